"""The header facts of a document: what each may hold, where it is kept, and which doubts a person's word settles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from app.backends import UnitOfWork
from app.models import CopyKind, Document, DocumentFact, Source
from app.services.wording import Complaints, line, lines
from config.document_types import UNKNOWN, by_code, document_types
from ingestion import Flag

SOURCED = ("type", "number", "symbol", "date", "body", "signer", "subject", "title")
"""Facts that the parser finds too; each has a row that says where it is from."""
_LENGTHS = {"number": 20, "symbol": 60, "body": 200, "signer": 120, "subject": 500, "title": 400, "kept_at": 120}
_TEXT_LENGTH = 4000
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SETTLES: dict[str, frozenset[str]] = {
    "number": frozenset({Flag.NO_NUMBER, Flag.CONFLICTING_NUMBERS}),
    "date": frozenset({Flag.NO_DATE, Flag.PARTIAL_DATE, Flag.CONFLICTING_DATES}),
    "type": frozenset({Flag.UNKNOWN_TYPE}),
}


@dataclass(frozen=True, slots=True)
class FactsData:
    """Facts typed or confirmed by a person. None leaves a fact as it is; an empty text says that the paper has none.

    `type` is a code of `config.document_types`; `date` is ISO, in full or as far as it is legible ("2023-11").
    `kept_at` is where the paper lies; `typed_text` is what a person read from a page that no machine can read.
    """

    type: str | None = None
    number: str | None = None
    symbol: str | None = None
    date: str | None = None
    body: str | None = None
    signer: str | None = None
    subject: str | None = None
    title: str | None = None
    kept_at: str | None = None
    copy_kind: CopyKind | None = None
    typed_text: str | None = None

    def given(self) -> dict[str, str]:
        """The facts that are given, by name."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}


def checked(data: FactsData, *, today: date) -> FactsData:
    """The same as it is kept; raises `Invalid` with all complaints."""
    wrong = Complaints()
    kept: dict[str, str | None] = {}
    for name, most in _LENGTHS.items():
        value = getattr(data, name)
        kept[name] = None if value is None else line(value)
        if value is not None:
            wrong.length(name, kept[name] or "", most)
    if kept["number"] and not any(char.isdigit() for char in kept["number"]):
        wrong.add("number", "Số văn bản phải có chữ số; ký hiệu ghi ở ô bên cạnh.")
    if data.type and data.type not in {kind.code for kind in document_types()}:
        wrong.add("type", "Chọn loại văn bản trong danh sách.")
    if data.date and not _is_past_day(data.date, today):
        wrong.add("date", "Ghi ngày có thật, không sau hôm nay; có thể chỉ ghi tháng hoặc năm.")
    text = None if data.typed_text is None else lines(data.typed_text)
    wrong.length("typed_text", text or "", _TEXT_LENGTH)
    wrong.settle()
    return FactsData(type=data.type, date=data.date, copy_kind=data.copy_kind, typed_text=text, **kept)


def put(document: Document, name: str, value: str) -> None:
    """Write one fact into its column; empty means none."""
    if name == "date":
        document.date_text = value
        document.date = date.fromisoformat(value) if len(value) == len("2026-11-20") else None
    elif name == "type":
        document.type = value or UNKNOWN
    elif name == "copy_kind":
        document.copy_kind = CopyKind(value)
    elif name in ("number", "symbol"):
        setattr(document, name, value or None)
    else:
        setattr(document, name, value)


def confirm(uow: UnitOfWork, row: Document, name: str, value: str) -> None:
    """Say that a person stands for a fact. Where the parser had found the same, its page and words stay as evidence."""
    fact = next((known for known in row.facts if known.name == name), None)
    if fact is None:
        fact = DocumentFact(name=name)
        row.facts.append(fact)
    elif fact.value != value:
        fact.page, fact.quote = None, ""
    fact.value, fact.source = value[:500], Source.PERSON
    fact.user_id, fact.at = uow.actor.user_id, uow.now


def title_from(type_code: str, subject: str) -> str:
    """The title that kind and subject give, where nobody typed one: "Quyết định về việc ...". A subject in capitals
    stays as it is, since names in it cannot be told."""
    kind = by_code(type_code)
    most = _LENGTHS["title"]
    if kind.code == UNKNOWN or not subject:
        return subject[:most]
    in_capitals = subject[:2].isupper()
    return f"{kind.name_vi} {subject if in_capitals else subject[0].lower() + subject[1:]}"[:most]


def rename_file(row: Document, name: str) -> None:
    """Give a document the name of another file; a title that was only the old name follows."""
    if row.title == row.file_name and not any(f.name == "title" and f.source is Source.PERSON for f in row.facts):
        row.title = name
    row.file_name = name


def doubts_left(flags: Iterable[str], confirmed: Iterable[str]) -> list[str]:
    """The flags of a reading without those that the facts confirmed by a person have settled."""
    settled = frozenset[str]().union(*(_SETTLES.get(name, frozenset()) for name in confirmed))
    return sorted(str(flag) for flag in flags if flag not in settled)


def _is_past_day(text: str, today: date) -> bool:
    if not _ISO.fullmatch(text):
        return False
    try:
        first = date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return date(1900, 1, 1) <= first <= today
