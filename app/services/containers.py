"""Where a document came from and what lies in it: the archive or mail that held it, and the files inside."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.models import UNPACK_FIRST, Document, Intake, Outcome, Reading, StoredFile
from app.services.access import Act, may, require
from app.services.receipts import HIDDEN, failure_of, is_closed, outcome_of


@dataclass(frozen=True, slots=True)
class Holder:
    """The file in which a document came, where the actor may open it."""

    document_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A file inside: its document where the actor may open it, and what became of it."""

    name: str
    document_id: int | None
    outcome: Outcome
    code: str | None
    closed: bool = False


def holder_of(uow: UnitOfWork, document: Document) -> Holder | None:
    """The archive or mail in which a document first came; None for one that came by itself."""
    require(uow, Act.DOCUMENT_VIEW, document)
    arrival = uow.session.scalars(
        select(Intake).where(Intake.document_id == document.id, Intake.settled.is_(None)).order_by(Intake.id).limit(1)
    ).first()
    if arrival is None or arrival.parent_id is None:
        return None
    above = uow.session.get_one(Intake, arrival.parent_id)
    if above.document is None or not may(uow, Act.DOCUMENT_VIEW, above.document):
        return None
    return Holder(above.document.id, above.document.title or above.name)


def inside(uow: UnitOfWork, document: Document) -> Sequence[Held]:
    """The files that came in this one, in their order; those that the actor may not open have no name."""
    require(uow, Act.DOCUMENT_VIEW, document)
    arrival = select(Intake.id).where(Intake.document_id == document.id, Intake.settled.is_(None))
    rows = uow.session.scalars(
        select(Intake)
        .where(Intake.parent_id.in_(arrival))
        .options(
            selectinload(Intake.document).selectinload(Document.file),
            selectinload(Intake.file).selectinload(StoredFile.readings),
        )
        .order_by(Intake.id)
    ).all()
    return [_held(uow, row) for row in rows]


def undelivered() -> Select[Intake]:
    """The living arrivals of containers whose files have not all arrived, taken out yet or not."""
    return (
        select(Intake)
        .join(Document, Document.id == Intake.document_id)
        .where(
            Intake.settled.is_(None),
            Intake.delivered_at.is_(None),
            Document.deleted_at.is_(None),
            Document.removed_at.is_(None),
            Intake.stored_file_id.in_(select(Reading.stored_file_id).where(Reading.first == UNPACK_FIRST)),
        )
        .order_by(Intake.id)
    )


def _held(uow: UnitOfWork, row: Intake) -> Held:
    shown = row.document is not None and may(uow, Act.DOCUMENT_VIEW, row.document)
    hidden = row.document is not None and not shown and row.document.deleted_at is None
    name = HIDDEN if hidden else row.name
    return Held(name, row.document_id if shown else None, outcome_of(row), failure_of(row)[0], is_closed(row))
