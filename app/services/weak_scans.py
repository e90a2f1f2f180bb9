"""Documents that were read badly, and which of their pages: the list of what to scan again."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText, Quality, in_use, text_of_page
from app.services.access import Act, require, scope_of, visible_documents
from app.services.paging import PAGE_SIZE, Page
from ingestion import WEAK_BELOW


@dataclass(frozen=True, slots=True)
class WeakScan:
    """A document read badly: the positions of its bad pages, and the confidence (0 to 1) of the worst."""

    document: Document
    pages: tuple[int, ...]
    worst: float | None


def weak_documents(uow: UnitOfWork, *, limit: int = PAGE_SIZE, offset: int = 0) -> Page[WeakScan]:
    """The weak documents of one's own organisation, the worst page first."""
    require(uow, Act.DOCUMENT_VIEW)
    query = select(Document).where(Document.quality == Quality.WEAK, in_use(), visible_documents(scope_of(uow)))
    if uow.actor.organisation_id is not None:
        query = query.where(Document.organisation_id == uow.actor.organisation_id)
    worst = (
        select(func.min(PageText.confidence))
        .join(
            DocumentPage,
            (PageText.stored_file_id == DocumentPage.stored_file_id) & (PageText.page == DocumentPage.page),
        )
        .where(DocumentPage.document_id == Document.id, PageText.current.is_(True))
        .correlate(Document)
        .scalar_subquery()
    )
    total = uow.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = uow.session.scalars(query.order_by(worst.nulls_last(), Document.id).limit(limit).offset(offset)).all()
    return Page([_told(uow, row) for row in rows], total, offset, limit)


def _told(uow: UnitOfWork, document: Document) -> WeakScan:
    read = uow.session.execute(
        select(DocumentPage.position, PageText.confidence)
        .join(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id, PageText.confidence < WEAK_BELOW)
        .order_by(DocumentPage.position)
    ).all()
    confidences = [confidence for _, confidence in read if confidence is not None]
    return WeakScan(document, tuple(position for position, _ in read), min(confidences, default=None))
