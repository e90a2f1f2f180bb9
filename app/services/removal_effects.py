"""What a removal would take with it and what it leaves, told to those who ask and decide before they do.

The same plans are carried out by `app.services.clearing`: a document that shows only pages that go becomes a trace too,
one that has others keeps these. An archive or mail in which the file came loses its bytes; its own text stays, and so
do its other members, as the documents they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import NotAllowed
from app.models import Batch, Document, FileMember, Intake, IntakeSource
from app.services.access import Scope, scope_of
from app.services.clearing_plans import FilePlan, pages_of, plans_for, sharing
from app.services.quarantine import SECRET_MARK
from app.services.receipts import HIDDEN


@dataclass(frozen=True, slots=True)
class HolderEffect:
    """An archive or mail whose bytes go: its name, the files in it that stay as documents of their own, those that go
    because they lie nowhere else (locked, or never arrived), and whether its own text stays."""

    name: str
    staying: tuple[str, ...]
    lost: tuple[str, ...]
    keeps_text: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What goes with a document: `gone` are the names of others that lose all their pages, `shortened` of those that
    lose some; names that the actor may not know are `HIDDEN`. `in_folder` says that its file came from a watched
    folder, where it lies still."""

    gone: tuple[str, ...]
    shortened: tuple[str, ...]
    holders: tuple[HolderEffect, ...]
    in_folder: bool = False


def effect_of(uow: UnitOfWork, document: Document) -> Effect:
    """What the removal of this document would do to others, as the records are now. Raises `NotAllowed` for one of
    another organisation: what lies beside it there is told to nobody else."""
    if uow.actor.organisation_id not in (None, document.organisation_id):
        raise NotAllowed()
    scope = scope_of(uow)
    going = pages_of(uow, document)
    gone: list[Document] = []
    shortened: list[Document] = []
    for row in _documents(uow, sharing(uow, document)):
        shown = {(page.stored_file_id, page.page) for page in row.pages}
        if shown <= going:
            gone.append(row)
        elif shown & going:
            shortened.append(row)
    away = {document.id, *(row.id for row in gone)}
    plans = plans_for(uow, document.id)
    told = [_holder(uow, scope, document, plan, away) for plan in plans if plan.container]
    return Effect(
        tuple(_named(scope, row) for row in gone),
        tuple(_named(scope, row) for row in shortened),
        tuple(one for one in told if one is not None),
        in_folder=_came_from_folder(uow, document, [plan.file_id for plan in plans]),
    )


def _came_from_folder(uow: UnitOfWork, document: Document, files: Iterable[int]) -> bool:
    query = select(Intake.id).join(Batch, Batch.id == Intake.batch_id)
    query = query.where(Intake.organisation_id == document.organisation_id, Intake.stored_file_id.in_(list(files)))
    return uow.session.scalar(query.where(Batch.source == IntakeSource.FOLDER).limit(1)) is not None


def _documents(uow: UnitOfWork, ids: Iterable[int]) -> list[Document]:
    return list(uow.session.scalars(select(Document).where(Document.id.in_(set(ids))).order_by(Document.id)))


def _named(scope: Scope, row: Document) -> str:
    """The title; of a document that a mark of secrecy closed the file name alone: a title is taken from the text."""
    if not scope.shows(row.flags):
        return HIDDEN
    marked = row.quarantined_at is not None and row.quarantine_code == SECRET_MARK
    return row.file_name if marked else row.title or row.file_name


def _holder(uow: UnitOfWork, scope: Scope, document: Document, plan: FilePlan, away: set[int]) -> HolderEffect | None:
    """None for an archive that belongs to other organisations alone."""
    arrivals = uow.session.scalars(
        select(Intake)
        .join(Document, Document.id == Intake.document_id)
        .where(
            Intake.organisation_id == document.organisation_id,
            Intake.stored_file_id == plan.file_id,
            Document.removed_at.is_(None),
        )
        .order_by(Intake.id)
    ).all()
    if not arrivals:
        return None
    inside = uow.session.scalars(
        select(Intake).where(Intake.parent_id.in_([one.id for one in arrivals])).order_by(Intake.id)
    ).all()
    staying, lost = [], []
    for item in inside:
        if item.document is None:
            lost.append(item.name)
        elif item.document_id not in away and item.document.deleted_at is None and item.document.removed_at is None:
            staying.append(item.name if scope.shows(item.document.flags) else HIDDEN)
    lost += _never_arrived(uow, plan.file_id, len(inside))
    holder = arrivals[0].document
    name = arrivals[0].name if holder is None or scope.shows(holder.flags) else HIDDEN
    return HolderEffect(name, tuple(staying), tuple(lost), keeps_text=bool(plan.rest))


def _never_arrived(uow: UnitOfWork, file_id: int, delivered: int) -> list[str]:
    """Files inside that were left out when a batch was full: they arrive in their order."""
    members = select(FileMember.name).where(FileMember.container_id == file_id, FileMember.position > delivered)
    return list(uow.session.scalars(members.order_by(FileMember.position)))
