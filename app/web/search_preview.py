"""A result beside the others: the page that matched with the hits drawn on it, as a piece of HTML for the script."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.backends import UnitOfWork
from app.models import Document
from app.services.finding import FoundPages, find_pages
from app.services.indexing import number_text
from app.services.originals import may_see_pages
from app.web.document_address import DocumentAddress
from app.web.document_sheet import Sheet, current_page, sheet_of
from app.web.document_words import printed_number
from indexer import snippets

LONGEST_TEXT = 1500  # characters of a page without a picture: what fits into the frame


@dataclass(frozen=True, slots=True)
class TextView:
    """A piece of a page without a picture, with the places marked."""

    text: str
    marks: tuple[tuple[int, int], ...]


def preview_of(uow: UnitOfWork, document: Document, address: DocumentAddress, text: str) -> dict[str, Any]:
    """What `search/preview.html` asks for."""
    found = find_pages(uow, document, text) if may_see_pages(uow, document) else FoundPages(text)
    current = current_page(uow, document, address, found.text) if may_see_pages(uow, document) else None
    sheet: Sheet | None = sheet_of(document, address, current, found) if current else None
    shown = None
    if current and not sheet:
        piece = next(iter(snippets.cut(current.page.text, found.text, width=LONGEST_TEXT)), None)
        shown = TextView(piece.text, piece.marks) if piece else None
    return {
        "label": printed_number(number_text(document)) if document.number else document.title,
        "title": document.title,
        "number": current.page.number if current else 1,
        "total": len(document.pages),
        "page": sheet,
        "text": shown,
        "url": address.url(),
        "pages_url": url_for("search.preview", document_id=document.id),
    }
