"""The list of documents: rows, and the filters of its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.backends import UnitOfWork
from app.models import Document, Organisation, Outcome
from app.services.filing import filings
from app.services.indexing import READING, number_text
from app.services.organisations import organisations
from app.services.originals import pictured
from app.services.searching import badges_of, papers_of
from app.web.document_sheet import SMALL, image_url
from app.web.document_tabs import is_known, value_of
from app.web.document_words import QUALITIES, STAGES, Badge, badges, printed_number, type_name
from config.document_types import document_types


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the list; `file_name` is empty where it is the title, or where number or date tell the paper."""

    title: str
    url: str
    thumb_url: str | None
    type: str
    number: str
    date: str
    body: str
    cases: tuple[tuple[str, str], ...]
    badges: tuple[Badge, ...]
    received: datetime
    file_name: str


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list is narrowed to; None is everything."""

    stage: Outcome | None = None
    type: str | None = None
    organisation_id: int | None = None

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> "ListFilter":
        """Read an address; what makes no sense in it is left out."""
        stage, kind, owner = args.get("muc", ""), args.get("loai", ""), args.get("co-quan", "")
        return cls(
            stage=next((one for one in STAGES if one == stage), None),
            type=kind if kind in {known.code for known in document_types()} else None,
            organisation_id=int(owner) if owner.isascii() and owner.isdigit() else None,
        )

    @property
    def is_set(self) -> bool:
        """Whether anything is narrowed."""
        return self != ListFilter()

    def url(self, page: int) -> str:
        """The address of a part of the list."""
        values: dict[str, object] = {
            "muc": self.stage.value if self.stage else None,
            "loai": self.type,
            "co-quan": self.organisation_id,
            "trang": page if page > 1 else None,
        }
        return url_for("documents.index", **values)  # type: ignore[arg-type]


def filter_bar(uow: UnitOfWork, chosen: ListFilter) -> list[dict[str, Any]]:
    """The filters as `macros/lists.html` draws them; the organisation only where there is more than one to choose."""
    everything = ("", _("Tất cả"))
    bar = [
        _select(
            "muc", _("Tình trạng"), chosen.stage or "", [everything, *((k.value, str(v)) for k, v in STAGES.items())]
        ),
        _select(
            "loai",
            _("Loại văn bản"),
            chosen.type or "",
            [everything, *((kind.code, type_name(kind.code)) for kind in document_types())],
        ),
    ]
    owners: Sequence[Organisation] = organisations(uow)
    if len(owners) > 1:
        choices = [everything, *((str(owner.id), owner.name) for owner in owners)]
        bar.append(_select("co-quan", _("Cơ quan giữ"), str(chosen.organisation_id or ""), choices))
    return bar


def _select(name: str, label: str, value: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    return {"name": name, "label": label, "kind": "select", "value": value, "choices": choices}


def document_rows(uow: UnitOfWork, rows: Sequence[Document]) -> list[DocumentRow]:
    """The documents as lines."""
    ids = [row.id for row in rows]
    papers, pictures = papers_of(uow, ids), pictured(uow, ids)
    return [
        DocumentRow(
            title=row.title or row.file_name,
            url=url_for("documents.view", document_id=row.id),
            thumb_url=image_url(row.id, 1, SMALL) if row.id in pictures else None,
            type=type_name(row.type) if is_known(row) else "",
            number=printed_number(number_text(row)),
            date=value_of(row, "date"),
            body=row.body,
            cases=tuple(
                (one.case.code, url_for("cases.view", case_id=one.case_id)) for one in filings(uow, document=row)
            ),
            badges=badges(badges_of(row, papers.get(row.id))) or (("none", QUALITIES[row.quality or READING]),),
            received=row.created_at,
            file_name=_told_file(row),
        )
        for row in rows
    ]


def _told_file(row: Document) -> str:
    told = row.number or row.date_text or row.date or row.title in ("", row.file_name)
    return "" if told else row.file_name
