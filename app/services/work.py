"""What waits for the one who acts: counts of open work by kind, each a question to the database, none remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.backends import UnitOfWork
from app.models import Case, CaseDocument, Document, FilingState, Paper, PaperState, Quality, Removal, SplitPlan, in_use
from app.services.access import Act, may, owned_in, scope_of, visible_documents
from app.services.removing import unasked, undecided
from app.services.split_drafts import waiting_splits


class Work(StrEnum):
    """Kinds of open work."""

    PROPOSALS = "proposals"  # machine-made filings to accept or reject
    CLOSED = "closed"  # quarantined papers: ask for their removal
    TO_REMOVE = "to-remove"  # removals that somebody asked for
    SPLITS = "splits"  # scans of several papers, proposed or begun to be cut
    UNREAD = "unread"  # documents that could not be read, or only badly
    DRAFTS = "drafts"  # papers being drafted, returned ones among them
    TO_DECIDE = "to-decide"  # presented to the leader
    TO_SIGN = "to-sign"  # approved, waiting for the pen
    TO_NUMBER = "to-number"  # signed, waiting for a number
    TO_RELEASE = "to-release"  # made, waiting to go out
    TO_RETURN = "to-return"  # numbered without a signed scan so far


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How much of one kind waits."""

    kind: Work
    count: int


def open_work(uow: UnitOfWork) -> tuple[OpenWork, ...]:
    """The kinds of work that the actor's role can do, with counts; kinds with nothing waiting are included."""
    found = []
    for kind, act, query in _KINDS:
        if may(uow, act):
            count = uow.session.scalar(select(func.count()).select_from(query(uow).subquery())) or 0
            found.append(OpenWork(kind, count))
    return tuple(found)


def papers_in(uow: UnitOfWork, *states: PaperState) -> Select[Paper]:
    """The papers of the actor's own organisation in these states, oldest first."""
    return _own_papers(uow, Paper.state.in_(states))


def waiting_proposals(uow: UnitOfWork) -> Select[CaseDocument]:
    """Proposed filings of documents of the actor's own organisation."""
    return (
        select(CaseDocument)
        .join(Case, Case.id == CaseDocument.case_id)
        .join(Document, Document.id == CaseDocument.document_id)
        .where(CaseDocument.state == FilingState.PROPOSED, _own(uow, Case.organisation_id), in_use())
        .order_by(CaseDocument.id)
    )


def badly_read(uow: UnitOfWork) -> Select[Document]:
    """Documents of one's own that were read badly or not at all."""
    scope = scope_of(uow)
    return (
        select(Document)
        .where(
            Document.quality.in_((Quality.WEAK, Quality.UNREAD)),
            visible_documents(scope),
            _own(uow, Document.organisation_id),
            in_use(),
        )
        .order_by(Document.id.desc())
    )


def without_signed_copy(uow: UnitOfWork) -> Select[Paper]:
    """Numbered papers whose signed scan has not come back."""
    states = (PaperState.MADE, PaperState.RELEASED)
    return _own_papers(uow, Paper.state.in_(states) & Paper.signed_document_id.is_(None))


def _own_papers(uow: UnitOfWork, condition: ColumnElement[bool]) -> Select[Paper]:
    return select(Paper).where(condition, _own(uow, Paper.organisation_id)).order_by(Paper.id)


def _own(uow: UnitOfWork, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    if uow.actor.organisation_id is not None:
        return column == uow.actor.organisation_id
    return owned_in(column, scope_of(uow))


def _drafts(uow: UnitOfWork) -> Select[Paper]:
    return papers_in(uow, PaperState.DRAFT)


def _presented(uow: UnitOfWork) -> Select[Paper]:
    return papers_in(uow, PaperState.PRESENTED)


def _approved(uow: UnitOfWork) -> Select[Paper]:
    return papers_in(uow, PaperState.APPROVED)


def _signed(uow: UnitOfWork) -> Select[Paper]:
    return papers_in(uow, PaperState.SIGNED)


def _made(uow: UnitOfWork) -> Select[Paper]:
    return papers_in(uow, PaperState.MADE)


_Query = Callable[
    [UnitOfWork], Select[Paper] | Select[CaseDocument] | Select[Document] | Select[Removal] | Select[SplitPlan]
]

_KINDS: tuple[tuple[Work, Act, _Query], ...] = (
    (Work.PROPOSALS, Act.DOCUMENT_FILE, waiting_proposals),
    (Work.CLOSED, Act.REMOVAL_ASK, unasked),
    (Work.TO_REMOVE, Act.REMOVAL_DECIDE, undecided),
    (Work.SPLITS, Act.DOCUMENT_EDIT, waiting_splits),
    (Work.UNREAD, Act.DOCUMENT_EDIT, badly_read),
    (Work.DRAFTS, Act.PAPER_DRAFT, _drafts),
    (Work.TO_DECIDE, Act.PAPER_DECIDE, _presented),
    (Work.TO_SIGN, Act.PAPER_SIGN, _approved),
    (Work.TO_NUMBER, Act.PAPER_NUMBER, _signed),
    (Work.TO_RELEASE, Act.PAPER_RELEASE, _made),
    (Work.TO_RETURN, Act.SIGNED_COPY, without_signed_copy),
)
