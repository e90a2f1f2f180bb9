"""Papers that must not be here: closed at once when their mark is read, opened again only by a person who decides.

A paper marked MẬT, TỐI MẬT or TUYỆT MẬT is quarantined before its text reaches the index: nobody opens it, and who
brought it is told by the receipt. What happens then is decided by two persons: see `app.services.removing`.
"""

from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import NotFound, WrongState
from app.jobs import ALL, Job
from app.models import Document, DocumentPage, Removal, RemovalState
from app.services.access import Act, require
from app.services.clearing_plans import sharing
from app.services.revisions import hold_documents
from app.services.wording import Complaints, line
from ingestion import Page, secrecy

log = structlog.get_logger()

SECRET_MARK = "document-secret"  # noqa: S105 - the code of a quarantine for a mark that was read
ASKED = "document-removal-asked"
RELEASED = "released"  # a person found that the mark is none: the machine does not close the document again
LONGEST_REASON = 500


def quarantine_if_secret(uow: UnitOfWork, file_id: int, pages: Sequence[Page]) -> bool:
    """Close every document that shows a page of this file with a mark of secrecy; `pages` are those just read.

    To be called before the pages of a slice are committed. A document that a person has released stays open.
    """
    marked = [page.number for page in pages if secrecy((page,)) is not None]
    if not marked:
        return False
    shown = select(DocumentPage.document_id).where(
        DocumentPage.stored_file_id == file_id, DocumentPage.page.in_(marked)
    )
    closed = [quarantine(uow, document) for document in hold_documents(uow, uow.session.scalars(shown).all())]
    return any(closed)


def quarantine(uow: UnitOfWork, document: Document) -> bool:
    """Close one document that is held and shows a mark of secrecy, unless a person has released it, or the whole scan
    of which it is a part; says whether it was closed now. One that was closed since its removal is asked for stays
    closed for its mark when that request is taken back."""
    whole = None if document.parcel_id is None else uow.session.get(Document, document.parcel_id)
    released = RELEASED in (document.quarantine_code, None if whole is None else whole.quarantine_code)
    if document.removed_at is not None or released:
        return False
    if document.quarantined_at is not None:
        if document.quarantine_code == ASKED:
            document.quarantine_code = SECRET_MARK
            uow.record("document.quarantined", "document", document.id, code=SECRET_MARK)
        return False
    close(uow, document, code=SECRET_MARK)
    log.warning("document.quarantined", document=document.id)
    return True


def close(uow: UnitOfWork, document: Document, *, code: str) -> None:
    """Quarantine a document that is held: from now on nobody opens or finds it."""
    document.quarantined_at, document.quarantine_code = uow.now, code
    document.hide_until_indexed()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    uow.record("document.quarantined", "document", document.id, code=code)


def reopen(uow: UnitOfWork, document: Document, *, code: str | None) -> None:
    """End the quarantine of a document that is held; `code` is kept as what became of it."""
    document.quarantined_at, document.quarantine_code = None, code
    document.hide_until_indexed()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)


def quarantined(uow: UnitOfWork, document_id: int) -> Document:
    """A quarantined document of the actor's own organisation, held; else `NotFound`. Its content stays closed."""
    require(uow, Act.REMOVAL_VIEW)
    held = hold_documents(uow, [document_id])
    if not held or held[0].quarantined_at is None or not _is_own(uow, held[0].organisation_id):
        raise NotFound()
    return held[0]


def release(uow: UnitOfWork, document_id: int, *, reason: str) -> Document:
    """Open a document whose mark is none, after somebody compared the paper; the reason is kept in the history.

    Raises `WrongState` while a removal of it is asked for or decided, `Invalid` without a reason.
    """
    document = quarantined(uow, document_id)
    require(uow, Act.REMOVAL_DECIDE)
    reason = line(reason)
    wrong = Complaints()
    wrong.length("reason", reason, LONGEST_REASON, least=1)
    wrong.settle()
    if covering(uow, document) is not None:
        raise WrongState("Đang có đề nghị gỡ bỏ văn bản này; quyết định đề nghị đó trước.")
    reopen(uow, document, code=RELEASED)
    uow.record("document.released", "document", document.id, reason=reason)
    return document


def covering(uow: UnitOfWork, document: Document, *, but: Removal | None = None) -> Removal | None:
    """The open removal by which a document is closed, `but` one: of itself, of a document with which it shares pages,
    or of the one whose better scan it is."""
    ids = {document.id, *sharing(uow, document)}
    if document.rescan_of_id is not None:
        ids.add(document.rescan_of_id)
    query = select(Removal).where(
        Removal.document_id.in_(ids),
        Removal.state.in_((RemovalState.ASKED, RemovalState.APPROVED)),
    )
    if but is not None:
        query = query.where(Removal.id != but.id)
    return uow.session.scalars(query.order_by(Removal.id)).first()


def open_again(uow: UnitOfWork, ids: Iterable[int], *, but: Removal) -> None:
    """Open the documents that were closed for this removal alone, which is over; those that are gone stay closed."""
    for row in hold_documents(uow, ids):
        if row.quarantine_code == ASKED and row.removed_at is None and covering(uow, row, but=but) is None:
            reopen(uow, row, code=None)


def close_beside(uow: UnitOfWork, document: Document) -> None:
    """Close a new document over bytes whose removal is asked for in its organisation, until that is decided."""
    asked = select(Document.id).where(
        Document.stored_file_id == document.stored_file_id,
        Document.organisation_id == document.organisation_id,
        Document.quarantine_code == ASKED,
        Document.removed_at.is_(None),
        Document.deleted_at.is_(None),
    )
    if uow.session.scalar(asked.limit(1)) is not None:
        close(uow, document, code=ASKED)


def _is_own(uow: UnitOfWork, organisation_id: int) -> bool:
    return uow.actor.organisation_id is None or uow.actor.organisation_id == organisation_id
