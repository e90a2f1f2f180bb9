"""Find in one document by the same accent rules as search: how many places match, page by page."""

from collections.abc import Mapping

import structlog
from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText
from app.services.access import Act, require
from app.services.originals import require_pages
from indexer import snippets
from indexer.errors import SearchError

log = structlog.get_logger()

READ_ALL = 60  # pages: about a tenth of a second of marking; longer documents ask the page index first
MOST_PAGES = 400  # pages with hits that are looked at; beyond that a person searches for something narrower


def hits_by_page(uow: UnitOfWork, document: Document, text: str) -> Mapping[int, int]:
    """Position of every page with a match -> number of places on it, in the order of the pages.

    In a long document the index names the pages; where it does not answer, the first pages are read.
    """
    require(uow, Act.DOCUMENT_VIEW, document)
    require_pages(uow, document)
    if not text:
        return {}
    query = (
        select(DocumentPage.position, PageText.text)
        .join(
            PageText,
            (PageText.stored_file_id == DocumentPage.stored_file_id)
            & (PageText.page == DocumentPage.page)
            & PageText.current.is_(True),
        )
        .where(DocumentPage.document_id == document.id)
        .order_by(DocumentPage.position)
    )
    if len(document.pages) > READ_ALL:
        query = query.where(DocumentPage.position.in_(_likely(uow, document, text)))
    counted = {position: len(snippets.marks(page_text, text)) for position, page_text in uow.session.execute(query)}
    return {position: count for position, count in counted.items() if count}


def _likely(uow: UnitOfWork, document: Document, text: str) -> list[int]:
    try:
        return sorted(uow.search.pages([document.id], text, MOST_PAGES).get(document.id, ()))
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        return list(range(1, READ_ALL + 1))
