"""How a document was read, in words: pages and sheets, where it came from, its scans, copies, digital signatures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.models import Document, Outcome, PageText, Quality
from app.services.access import Act, may
from app.services.account_names import account_names
from app.services.containers import holder_of, inside
from app.services.likeness import proposals_for, versions_of
from app.services.originals import has_pictures, may_see_pages
from app.services.receipts import progress_of_file
from app.services.rereading import NotReread
from app.services.rescans import earlier_scans, may_be_rescanned, waiting
from app.services.sides import sheets_of
from app.services.viewing import page_texts
from app.web.document_address import DocumentAddress
from app.web.document_words import STAGES, Badge
from app.web.language import moment
from app.web.reading_words import REGIONS, advice, sureness
from ingestion import WEAK_BELOW, RegionKind

MOST_HINTS = 12  # places of seals and signatures named beside the page; all are drawn on their pages
MOST_INSIDE = 200  # files inside a container named on its page; the receipt has them all
_INSIDE: Mapping[Outcome, Any] = {
    **STAGES,
    Outcome.DUPLICATE: lazy_gettext("Đã có sẵn"),
    Outcome.REMOVED: lazy_gettext("Đã bỏ"),
}
_SIGNS = {Outcome.WAITING: "info", Outcome.SEARCHABLE: "ok", Outcome.WEAK: "warn", Outcome.FAILED: "bad"}


@dataclass(frozen=True, slots=True)
class Hint:
    """Something the machine saw on a page, and where."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A file inside a container."""

    name: str
    url: str | None
    badge: Badge


@dataclass(frozen=True, slots=True)
class Copy:
    """Another document with the same text; the addresses are None where it is not the reader's to say."""

    title: str
    url: str
    decide_url: str | None = None


@dataclass(frozen=True, slots=True)
class OldScan:
    """A scan that the document had before."""

    url: str
    name: str
    at: datetime
    by: str
    pages: int
    reason: str


def reading_of(uow: UnitOfWork, document: Document, address: DocumentAddress) -> dict[str, Any]:
    """Everything that the part "Bản quét và việc đọc" of a document page shows."""
    editable = may(uow, Act.DOCUMENT_EDIT, document)
    texts = [(page.position, text) for page, text in page_texts(uow, document)] if may_see_pages(uow, document) else []
    holder = holder_of(uow, document)
    pictured, unread = has_pictures(document.file), document.quality is Quality.UNREAD
    replaceable = editable and (pictured or unread) and may_be_rescanned(uow, document)
    here: dict[str, Any] = {"document_id": document.id}
    return {
        "sheets": _sheets(document) if pictured else "",
        "sides_url": url_for("scans.sides_said", **here) if editable and pictured and len(document.pages) > 1 else None,
        "two_sided": document.two_sided,
        "holder": None if holder is None else (holder.name, url_for("documents.view", document_id=holder.document_id)),
        "inside": _inside(uow, document),
        "digital": [_digital(row) for row in document.file.signatures],
        "hints": _hints(texts, address),
        "seen": {region["kind"] for _position, text in texts if text for region in text.regions},
        "weak_pages": spans(n for n, text in texts if text and _is_weak(text)),
        "versions": [Copy(_copy(row), _url(row)) for row in versions_of(uow, document)],
        "alike": _alike(uow, document, editable=editable),
        "reread_url": url_for("scans.reread", **here) if editable and document.quality is not None else None,
        "rescan_url": url_for("scans.rescan", **here) if replaceable else None,
        "rescan_waits": waiting(uow, document) is not None,
        "old_scans": _old_scans(uow, document),
    }


def progress_note(document: Document) -> str:
    """How far the reading of a long file has come; empty before it has begun."""
    progress = progress_of_file(document.file)
    if not progress.done or not progress.pages:
        return ""
    return str(
        _(
            "Đang đọc, %(done)s/%(all)s trang; các trang đã đọc tìm được ngay.",
            done=progress.done,
            all=progress.pages,
        )
    )


def not_reread_words(one: NotReread) -> str:
    """What could not be read again: when, what, why with its code, and what is in use meanwhile."""
    at = moment(one.at) if one.at else ""
    what = _("cả tệp") if one.whole else _("ở trang %(pages)s", pages=spans(one.pages))
    head = _("Đọc lại không được (%(what)s, %(at)s).", what=what, at=at)
    kept = _("Chữ đọc lần trước vẫn dùng.")
    return f"{head} {kept} {advice(one.code, one.advice)} ({one.code})"


def spans(numbers: Iterable[int]) -> str:
    """Page numbers the way people write them: 1, 3-5, 9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _is_weak(text: PageText) -> bool:
    return text.confidence is not None and text.confidence < WEAK_BELOW


def _url(document: Document) -> str:
    return url_for("documents.view", document_id=document.id)


def _sheets(document: Document) -> str:
    pages = len(document.pages)
    if not pages:
        return ""
    sheets = sheets_of(document)
    if sheets is None:
        return str(_("%(pages)s trang", pages=pages))
    return str(_("%(pages)s trang, %(sheets)s tờ", pages=pages, sheets=sheets))


def _inside(uow: UnitOfWork, document: Document) -> list[Inside]:
    rows = inside(uow, document)[:MOST_INSIDE]
    return [
        Inside(
            row.name,
            url_for("documents.view", document_id=row.document_id) if row.document_id else None,
            ("bad", _("Đang cách ly")) if row.closed else (_SIGNS.get(row.outcome, "none"), _INSIDE[row.outcome]),
        )
        for row in rows
    ]


def _digital(row: dict[str, Any]) -> str:
    """One digital signature; whether its certificate can be trusted is not judged here and never claimed."""
    at = row.get("at")
    when = moment(datetime.fromisoformat(at)) if at else _("không rõ lúc ký")
    state = _("còn nguyên vẹn") if row["intact"] else _("nội dung đã bị sửa sau khi ký")
    if row["intact"] and not row["covers_all"]:
        state = _("phần đã ký còn nguyên vẹn; tệp có phần thêm vào sau khi ký")
    signer = row["signer"] or _("không rõ người ký")
    return f"{signer}, {when}, {state}"


def _hints(texts: Sequence[tuple[int, PageText | None]], address: DocumentAddress) -> list[Hint]:
    shown = (RegionKind.SEAL, RegionKind.SIGNATURE, RegionKind.HANDWRITING)
    found = [
        Hint(
            str(
                _(
                    "%(what)s ở trang %(page)s, %(sure)s",
                    what=REGIONS[RegionKind(region["kind"])],
                    page=position,
                    sure=sureness(region["score"]),
                )
            ),
            address.at(position).url(),
        )
        for position, text in texts
        for region in (text.regions if text else ())
        if region["kind"] in shown
    ]
    return list({hint.text: hint for hint in found}.values())[:MOST_HINTS]


def _alike(uow: UnitOfWork, document: Document, *, editable: bool) -> list[Copy]:
    found = []
    for row, other in proposals_for(uow, document):
        both = editable and may(uow, Act.DOCUMENT_EDIT, other)
        url = url_for("scans.decide_copy", document_id=document.id, likeness_id=row.id) if both else None
        found.append(Copy(_copy(other), _url(other), url))
    return found


def _copy(document: Document) -> str:
    """A copy by its title and its file: copies of one paper mostly have one title."""
    named = document.file_name and document.file_name != document.title
    return f"{document.title} ({document.file_name})" if named else document.title


def _old_scans(uow: UnitOfWork, document: Document) -> list[OldScan]:
    rows = earlier_scans(uow, document)
    names = account_names(uow, (row.replaced_by for row in rows))
    return [
        OldScan(
            url_for("scans.earlier", document_id=document.id, scan_id=row.id),
            row.file_name or str(_("bản quét cũ")),
            row.replaced_at,
            names.get(row.replaced_by or 0, ""),
            len(row.pages),
            row.reason,
        )
        for row in rows
    ]
