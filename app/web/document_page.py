"""One document as its template wants it: head, picture, the open tab."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.backends import UnitOfWork
from app.models import Document, Quality
from app.services.access import Act, may
from app.services.finding import FoundPages, find_pages
from app.services.indexing import number_text
from app.services.originals import has_pictures, is_whole_file, may_see_pages, may_take_original
from app.services.rereading import not_reread
from app.services.searching import badges_of, papers_of
from app.services.split_drafts import can_split
from app.services.unlocking import is_locked
from app.services.viewing import page_view
from app.web.document_address import ACCESS, HISTORY, INFO, LINKS, TEXT, DocumentAddress
from app.web.document_links import links_of
from app.web.document_reading import not_reread_words, progress_note, reading_of
from app.web.document_sheet import CurrentPage, current_page, leaves_of, sheet_of
from app.web.document_tabs import (
    access_of,
    doubts_of,
    facts_of,
    history_of,
    is_known,
    sensitive_of,
    signature_of,
    told_once,
    value_of,
)
from app.web.document_words import badges, printed_number, type_name
from app.web.reading_words import advice
from app.web.splitting_views import split_note
from indexer import snippets
from ingestion import WEAK_BELOW, Page, RegionKind

MOST_SECTIONS = 50  # of a format without pictures, shown under one another

_TAB_LABELS = (
    (INFO, lazy_gettext("Thông tin")),
    (TEXT, lazy_gettext("Văn bản")),
    (HISTORY, lazy_gettext("Lịch sử")),
    (ACCESS, lazy_gettext("Quyền")),
    (LINKS, lazy_gettext("Liên kết")),
)


@dataclass(frozen=True, slots=True)
class PageTextView:
    """The text of one page with the places marked."""

    number: int
    text: str
    marks: tuple[tuple[int, int], ...]
    source: str
    weak: bool


def page_context(uow: UnitOfWork, document: Document, address: DocumentAddress, text: str) -> dict[str, Any]:
    """Everything the template of one document asks for."""
    shown = may_see_pages(uow, document)
    found = find_pages(uow, document, text) if shown else FoundPages(text)
    current = current_page(uow, document, address, found.text) if shown else None
    sheet = sheet_of(document, address, current, found) if current else None
    tab = address.tab or (TEXT if text or (current and not sheet) else INFO)
    here = address.tabbed(tab)
    editable = may(uow, Act.DOCUMENT_EDIT, document)
    return {
        "title": document.title,
        "crumbs": [
            (_("Văn bản"), url_for("documents.index")),
            (printed_number(number_text(document)) if document.number else document.title, None),
        ],
        "actions": _actions(uow, document) if editable else [],
        "document": _head(uow, document),
        "split": split_note(uow, document),
        "page": sheet,
        "leaves": leaves_of(document, address, current.page.number, found) if current else (),
        "find": {
            "text": text,
            "total": found.total,
            "pages": len(found.pages),
            "understood": found.text if found.text != text else "",
            "submit_url": here.url("documents.find"),
        },
        "tabs": [(key, label, address.tabbed(key).url(), key == tab) for key, label in _TAB_LABELS],
        "tab": {INFO: "info", TEXT: "text", HISTORY: "history", ACCESS: "access", LINKS: "links"}[tab],
        **_open_tab(uow, document, here, current, found.text, has_sheet=sheet is not None),
    }


def _actions(uow: UnitOfWork, document: Document) -> list[dict[str, Any]]:
    """Editing, and deleting where it can be: what belongs to a paper made here is undone on the paper's page."""
    acts = [{"label": _("Sửa thông tin"), "url": url_for("documents.edit", document_id=document.id)}]
    if is_locked(uow, document):
        unlock = url_for("scans.unlock", document_id=document.id)
        acts.insert(0, {"label": _("Nhập mật khẩu"), "url": unlock, "kind": "primary"})
    if can_split(uow, document) and may_see_pages(uow, document):
        label = _("Xem cách tách") if document.parcel_id or document.set_aside_at else _("Tách bản quét")
        acts.append({"label": label, "url": url_for("splitting.view", document_id=document.id)})
    paper = papers_of(uow, [document.id]).get(document.id)
    if paper is not None:
        return [*acts, {"label": _("Mở văn bản soạn"), "url": url_for("papers.view", paper_id=paper.id)}]
    ask = {"label": _("Đề nghị gỡ bỏ"), "url": url_for("removals.ask", document_id=document.id)}
    url = url_for("documents.delete", document_id=document.id)
    return [*acts, ask, {"label": _("Xóa văn bản"), "url": url, "kind": "danger"}]


def _head(uow: UnitOfWork, document: Document) -> dict[str, Any]:
    paper = papers_of(uow, [document.id]).get(document.id)
    whole = may_take_original(uow, document)
    original = {
        "url": url_for("documents.file", document_id=document.id),
        "name": document.file_name,
        "size": document.file.size,
    }
    return {
        "number": printed_number(number_text(document)),
        "type": type_name(document.type) if is_known(document) else "",
        "date": value_of(document, "date"),
        "body": document.body,
        "badges": badges(badges_of(document, paper)),
        "doubts": (*doubts_of(document), *sensitive_of(document)),
        "stage_note": _stage_note(document),
        "kept_notes": [not_reread_words(one) for one in not_reread(uow, [document]).get(document.id, ())],
        "file_url": _own_pages_url(uow, document),
        "original": original if whole else None,
        "sha256": document.file.sha256,
    }


def _own_pages_url(uow: UnitOfWork, document: Document) -> str | None:
    """Where the own pages are downloaded, of a document that is not its whole file."""
    if is_whole_file(document) or not has_pictures(document.file) or not may_see_pages(uow, document):
        return None
    return url_for("documents.own_pages", document_id=document.id)


def _stage_note(document: Document) -> str:
    """What is not finished or not well about the reading, and the next step."""
    if document.quality is None:
        return progress_note(document) or str(
            _("Tệp đang chờ đọc hoặc đang được đọc; thông tin và chữ hiện ra khi đọc xong.")
        )
    failed = next((row for row in document.file.readings if row.error_code), None)
    said = advice(document.failure_code, failed.error_advice if failed else "")
    if document.quality is Quality.UNREAD:
        code = f" ({document.failure_code})" if document.failure_code else ""
        unread = _("Không đọc được tệp này.")
        return f"{unread} {said}{code}"
    if document.quality is Quality.WEAK:
        weak = _("Máy đọc kém: so với ảnh trang và gõ các thông tin chính.")
        return f"{weak} {said}".strip()
    return ""


def _open_tab(
    uow: UnitOfWork,
    document: Document,
    address: DocumentAddress,
    current: CurrentPage | None,
    text: str,
    *,
    has_sheet: bool,
) -> dict[str, Any]:
    """What the open tab shows; the others are not loaded."""
    if address.tab == TEXT:
        return {"texts": _texts(uow, document, current, text, has_sheet=has_sheet)}
    if address.tab == HISTORY:
        return {"history": history_of(uow, document)}
    if address.tab == ACCESS:
        return {"access": access_of(uow, document)}
    if address.tab == LINKS:
        return {"links": links_of(uow, document, address)}
    facts, shared = told_once(facts_of(uow, document, address))
    scan = reading_of(uow, document, address)
    signature = signature_of(uow, document, drawn=RegionKind.SIGNATURE in scan["seen"])
    return {"facts": facts, "shared_origin": shared, "signature": signature, "scan": scan}


def _texts(
    uow: UnitOfWork, document: Document, current: CurrentPage | None, text: str, *, has_sheet: bool
) -> list[PageTextView]:
    """The text beside the picture; of a format without pictures all sections."""
    if current is None:
        return []
    if has_sheet:
        return [_text(current.page, current.marks)] if current.page.text.strip() else []
    pages = [page_view(uow, document, row.position).page for row in document.pages[:MOST_SECTIONS]]
    return [_text(page, snippets.marks(page.text, text) if text else ()) for page in pages if page.text.strip()]


def _text(page: Page, marks: tuple[tuple[int, int], ...]) -> PageTextView:
    weak = page.confidence is not None and page.confidence < WEAK_BELOW
    return PageTextView(page.number, page.text, marks, page.source.value, weak)
