"""Removing the content of a document: asked for by one person, decided by another, with a reason; a trace remains.

Asking closes the document at once, and with it every other that shows one of its pages: the parts of a scan, the scan
of a part. What is decided is carried out by the job REMOVE, see `app.services.clearing`; what goes with it is told by
`app.services.removal_effects`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from app.backends import UnitOfWork
from app.errors import Conflict, NotAllowed, NotFound, WrongState
from app.jobs import Job
from app.models import Document, DocumentPage, Intake, Paper, Removal, RemovalReason, RemovalState, User
from app.services.access import Act, require, scope_of
from app.services.clearing_plans import sharing
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.quarantine import (
    ASKED,
    LONGEST_REASON,
    RELEASED,
    SECRET_MARK,
    close,
    covering,
    open_again,
    reopen,
)
from app.services.receipts import HIDDEN
from app.services.revisions import hold, hold_documents
from app.services.wording import Complaints, line

__all__ = ["Closed", "ask", "closed_documents", "closed_for", "decide", "unasked", "undecided", "withdraw"]

SAME_PERSON = "Người đề nghị không được tự quyết định; một lãnh đạo khác quyết định việc gỡ bỏ."


@dataclass(frozen=True, slots=True)
class Closed:
    """What may be told of a document that is closed: not its text, nor its pictures.

    `name` is the file name of its arrival, `uploader` the account that brought it, `pages` how many there are.
    """

    document: Document
    name: str
    uploader: str
    pages: int
    removal: Removal | None
    asker: str


def ask(uow: UnitOfWork, document_id: int, *, reason: RemovalReason, explanation: str) -> Removal:
    """Ask for the removal of a document; it is closed at once with all that show one of its pages.

    Raises `Invalid` without an explanation, `WrongState` where one is asked for already or where the document, or one
    that shares its pages, is the file or signed copy of a paper made here.
    """
    require(uow, Act.REMOVAL_ASK)
    document, others = _own(uow, document_id)
    kept = _explained(explanation)
    if covering(uow, document) is not None:
        raise WrongState("Đã có đề nghị gỡ bỏ văn bản này hoặc bản quét có trang của văn bản này.")
    _refuse_of_paper(uow, [document, *others])
    removal = Removal(
        document_id=document.id,
        organisation_id=document.organisation_id,
        reason=reason,
        explanation=kept,
        state=RemovalState.ASKED,
        asked_by=uow.actor.user_id,
        asked_at=uow.now,
    )
    uow.session.add(removal)
    for row in (document, *others):
        if row.quarantined_at is None:
            close(uow, row, code=ASKED)
    uow.session.flush()
    uow.record("removal.asked", "document", document.id, reason=reason.value, with_it=len(others))
    return removal


def _refuse_of_paper(uow: UnitOfWork, rows: Sequence[Document]) -> None:
    ids = [row.id for row in rows]
    of_paper = Paper.document_id.in_(ids) | Paper.signed_document_id.in_(ids)
    if uow.session.scalar(select(Paper.id).where(of_paper).limit(1)) is not None:
        raise WrongState(
            "Văn bản này, hoặc văn bản có chung trang với nó, thuộc một văn bản đi làm tại đây nên không gỡ bỏ được. "
            "Hủy văn bản đi nếu cần."
        )


def withdraw(uow: UnitOfWork, removal_id: int) -> None:
    """Take one's own request back; the document, and what was closed with it, is open again unless a mark of secrecy
    closed it."""
    removal, document, others = _held(uow, removal_id)
    require(uow, Act.REMOVAL_ASK)
    if removal.asked_by != uow.actor.user_id:
        raise NotAllowed("Chỉ người đã đề nghị mới rút lại được.")
    removal.state, removal.decided_at = RemovalState.WITHDRAWN, uow.now
    uow.session.flush()
    open_again(uow, [document.id, *others], but=removal)
    uow.record("removal.withdrawn", "document", document.id)


def decide(uow: UnitOfWork, removal_id: int, *, approve: bool, remarks: str = "") -> Removal:
    """Decide on a request of somebody else. Approved, the content goes; refused, the document is open again, and what
    was closed with it.

    Raises `NotAllowed` for the one who asked, `WrongState` where it is decided already.
    """
    removal, document, others = _held(uow, removal_id)
    require(uow, Act.REMOVAL_DECIDE)
    if removal.asked_by == uow.actor.user_id:
        raise NotAllowed(SAME_PERSON)
    wrong = Complaints()
    removal.remarks = line(remarks)
    wrong.length("remarks", removal.remarks, LONGEST_REASON, least=0 if approve else 1)
    wrong.settle()
    removal.state = RemovalState.APPROVED if approve else RemovalState.REFUSED
    removal.decided_by, removal.decided_at = uow.actor.user_id, uow.now
    uow.session.flush()
    if approve:
        uow.defer(Job.REMOVE, removal.id)
    else:
        reopen(uow, document, code=RELEASED if document.quarantine_code == SECRET_MARK else None)
        open_again(uow, others, but=removal)
    uow.record("removal.approved" if approve else "removal.refused", "document", document.id)
    return removal


def closed_documents(
    uow: UnitOfWork, *, document_id: int | None = None, limit: int = PAGE_SIZE, offset: int = 0
) -> Page[Closed]:
    """What is quarantined in one's own organisation, the oldest first, and what waits to be carried out; or only the
    document with this id where it is."""
    require(uow, Act.REMOVAL_VIEW)
    query = closed_rows(uow)
    if document_id is not None:
        query = query.where(Document.id == document_id)
    found = paged(uow.session, query.order_by(Document.quarantined_at, Document.id), limit=limit, offset=offset)
    return Page([_told(uow, document) for document in found.items], found.total, offset, limit)


def closed_rows(uow: UnitOfWork) -> Select[Document]:
    """The quarantined documents of one's own organisation whose content is still here."""
    query = select(Document).where(
        Document.quarantined_at.is_not(None), Document.deleted_at.is_(None), Document.removed_at.is_(None)
    )
    if uow.actor.organisation_id is not None:
        query = query.where(Document.organisation_id == uow.actor.organisation_id)
    return query


def closed_for(uow: UnitOfWork, removal_id: int) -> Closed:
    """What a removal that waits for a decision is about; else `NotFound`."""
    removal = uow.session.get(Removal, removal_id)
    found = [] if removal is None else closed_documents(uow, document_id=removal.document_id, limit=1).items
    if not found:
        raise NotFound()
    return found[0]


def undecided(uow: UnitOfWork) -> Select[Removal]:
    """Requests of others in one's own organisation that wait for a decision, the oldest first."""
    query = select(Removal).where(
        Removal.state == RemovalState.ASKED, Removal.asked_by.is_distinct_from(uow.actor.user_id)
    )
    if uow.actor.organisation_id is not None:
        query = query.where(Removal.organisation_id == uow.actor.organisation_id)
    return query.order_by(Removal.id)


def unasked(uow: UnitOfWork) -> Select[Document]:
    """Closed documents for whose removal nobody has asked yet; what was closed with another waits for its decision."""
    asked = select(Removal.id).where(
        Removal.document_id == Document.id, Removal.state.in_((RemovalState.ASKED, RemovalState.APPROVED))
    )
    own = closed_rows(uow).where(Document.quarantine_code.is_distinct_from(ASKED), ~asked.exists())
    return own.order_by(Document.quarantined_at, Document.id)


def _told(uow: UnitOfWork, document: Document) -> Closed:
    session = uow.session
    removal = covering(uow, document)
    arrival = session.scalars(select(Intake).where(Intake.document_id == document.id).order_by(Intake.id)).first()
    name = arrival.name if arrival is not None else document.file_name
    shown = scope_of(uow).shows(document.flags)
    pages = session.scalar(select(func.count()).where(DocumentPage.document_id == document.id)) or 0
    return Closed(
        document,
        name if shown else HIDDEN,
        _account_name(uow, document.created_by),
        pages,
        removal,
        _account_name(uow, removal.asked_by) if removal else "",
    )


def _account_name(uow: UnitOfWork, user_id: int | None) -> str:
    user = None if user_id is None else uow.session.get(User, user_id)
    return "" if user is None else user.name


def _own(uow: UnitOfWork, document_id: int) -> tuple[Document, list[Document]]:
    """A document of the actor's own organisation, one that may be seen or one that is closed already, and those that
    share its pages, all held."""
    document = uow.session.get(Document, document_id)
    if document is None:
        raise NotFound()
    shared = sharing(uow, document)
    held = {row.id: row for row in hold_documents(uow, {document_id, *shared})}
    if document_id not in held or document.removed_at is not None:
        raise NotFound()
    if document.quarantined_at is None:
        require(uow, Act.REMOVAL_ASK, document)
    elif uow.actor.organisation_id not in (None, document.organisation_id):
        raise NotFound()
    if sharing(uow, document) != shared:  # cut anew a moment ago
        raise Conflict()
    return document, [row for number, row in held.items() if number != document_id]


def _held(uow: UnitOfWork, removal_id: int) -> tuple[Removal, Document, list[int]]:
    """A request that waits for a decision in the actor's own organisation, with its document and those that share its
    pages, all held."""
    require(uow, Act.REMOVAL_VIEW)
    removal = uow.session.get(Removal, removal_id)
    if removal is None or uow.actor.organisation_id not in (None, removal.organisation_id):
        raise NotFound()
    shared = sharing(uow, removal.document)
    documents = {row.id: row for row in hold_documents(uow, {removal.document_id, *shared})}
    hold(uow, removal)
    if removal.state is not RemovalState.ASKED or removal.document_id not in documents:
        raise WrongState()
    return removal, documents[removal.document_id], sorted(documents.keys() - {removal.document_id})


def _explained(text: str) -> str:
    kept = line(text)
    wrong = Complaints()
    wrong.length("explanation", kept, LONGEST_REASON, least=1)
    wrong.settle()
    return kept
