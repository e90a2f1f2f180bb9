"""Receipts: what became of every file that arrived, in counts that always add up."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import NotFound
from app.models import (
    UNPACK_FIRST,
    Batch,
    Document,
    Intake,
    IntakeSource,
    Outcome,
    Quality,
    ReadingState,
    StoredFile,
    in_use,
)
from app.services.access import Act, may, require, scope_of, visible_documents
from app.services.paging import Page, paged

HIDDEN = "—"  # in place of the name of a file whose document the reader may not see


@dataclass(frozen=True, slots=True)
class Receipt:
    """The counts of a batch, in files: `received` is always the sum of the others."""

    received: int
    waiting: int
    searchable: int
    weak: int
    failed: int
    duplicate: int
    removed: int

    @property
    def is_settled(self) -> bool:
        """Whether nothing of the batch is still under way."""
        return self.waiting == 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has been read: pages done of all, and whether reading has begun."""

    begun: bool
    done: int
    pages: int | None


def outcome_of(intake: Intake) -> Outcome:
    """What became of an arrival: settled, or what its document says now. One with files inside waits until those have
    arrived too. A paper in quarantine is taken out, as one that was removed: it was read, and nobody may have it."""
    if intake.settled is not None:
        return intake.settled
    document = intake.document
    if document is None:
        return Outcome.FAILED
    if document.deleted_at is not None or document.removed_at is not None or document.quarantined_at is not None:
        return Outcome.REMOVED
    if document.quality is None or document.indexed_revision is None or is_unpacking(intake):
        return Outcome.WAITING
    if document.quality is Quality.UNREAD:
        return Outcome.FAILED
    return Outcome.WEAK if document.quality is Quality.WEAK else Outcome.SEARCHABLE


def is_unpacking(intake: Intake) -> bool:
    """Whether the files inside this one have not all arrived yet."""
    if intake.delivered_at is not None or intake.file is None:
        return False
    return any(reading.first == UNPACK_FIRST for reading in intake.file.readings)


def is_closed(intake: Intake) -> bool:
    """Whether the document of an arrival, or the one it is a duplicate of, is in quarantine: its name is not told."""
    document = intake.document
    return document is not None and document.quarantined_at is not None and document.removed_at is None


def closed_in(batch: Batch) -> int:
    """How many of the removed ones of a batch are in quarantine and wait for the word of two persons."""
    return sum(outcome_of(item) is Outcome.REMOVED and is_closed(item) for item in batch.items)


def failure_of(intake: Intake) -> tuple[str | None, str]:
    """The code and the advice of a failed arrival."""
    if intake.code is not None:
        return intake.code, intake.message
    document = intake.document
    if document is not None and document.quarantined_at is not None:
        return document.quarantine_code, ""
    if document is not None and document.failure_code:
        failed = [r for r in document.file.readings if r.error_code == document.failure_code]
        return document.failure_code, failed[0].error_advice if failed else ""
    return None, ""


def receipt(batch: Batch) -> Receipt:
    """The counts of a batch."""
    counts = Counter(outcome_of(item) for item in batch.items)
    return Receipt(
        received=len(batch.items),
        waiting=counts[Outcome.WAITING],
        searchable=counts[Outcome.SEARCHABLE],
        weak=counts[Outcome.WEAK],
        failed=counts[Outcome.FAILED],
        duplicate=counts[Outcome.DUPLICATE],
        removed=counts[Outcome.REMOVED],
    )


def progress_of(intake: Intake) -> Progress:
    """How far the file of an arrival has been read, with the newest engine version that began it."""
    file = intake.file
    if file is None:
        return Progress(begun=False, done=0, pages=None)
    return progress_of_file(file)


def progress_of_file(file: StoredFile) -> Progress:
    """How far a file has been read."""
    engine = max((r.id, r.engine) for r in file.readings)[1] if file.readings else ""
    slices = [r for r in file.readings if r.first > 0 and r.engine == engine]
    done = sum(r.last - r.first + 1 for r in slices if r.state is ReadingState.DONE)
    begun = any(r.state is not ReadingState.DUE for r in file.readings)
    return Progress(begun=begun, done=done, pages=file.pages)


def batch(uow: UnitOfWork, batch_id: int) -> Batch:
    """A batch with its items, for those who may see its organisation's documents."""
    found = uow.session.scalar(
        select(Batch)
        .where(Batch.id == batch_id)
        .options(
            selectinload(Batch.items).selectinload(Intake.document).selectinload(Document.file),
            selectinload(Batch.items).selectinload(Intake.file).selectinload(StoredFile.readings),
        )
    )
    if found is None:
        raise NotFound()
    require(uow, Act.DOCUMENT_VIEW, found)
    return found


def batches(uow: UnitOfWork, *, limit: int = 20, offset: int = 0) -> Page[Batch]:
    """The batches of one's own organisation, newest first, without those of papers made here."""
    require(uow, Act.DOCUMENT_VIEW)
    query = (
        select(Batch)
        .where(Batch.source != IntakeSource.PAPER)
        .options(
            selectinload(Batch.items).selectinload(Intake.document),
            selectinload(Batch.items).selectinload(Intake.file).selectinload(StoredFile.readings),
        )
        .order_by(Batch.id.desc())
    )
    if uow.actor.organisation_id is not None:
        query = query.where(Batch.organisation_id == uow.actor.organisation_id)
    return paged(uow.session, query, limit=limit, offset=offset)


def can_open(uow: UnitOfWork, document: Document) -> bool:
    """Whether the actor may be told which record a duplicate already is."""
    return may(uow, Act.DOCUMENT_VIEW, document)


def nested(items: list[Intake]) -> list[Intake]:
    """The arrivals with what was inside each right after it, in the order they came."""
    inside: defaultdict[int | None, list[Intake]] = defaultdict(list)
    known = {item.id for item in items}
    for item in items:
        inside[item.parent_id if item.parent_id in known else None].append(item)
    ordered: list[Intake] = []
    waiting = inside[None][::-1]
    while waiting:
        item = waiting.pop()
        ordered.append(item)
        waiting.extend(inside[item.id][::-1])
    return ordered


def depth_of(item: Intake, by_id: dict[int, Intake]) -> int:
    """In how many others of these arrivals this one came; 0 for one that was sent itself."""
    depth = 0
    while item.parent_id is not None and item.parent_id in by_id:
        item, depth = by_id[item.parent_id], depth + 1
    return depth


def parts_of(uow: UnitOfWork, batch: Batch) -> dict[int, list[int]]:
    """The documents that the scans of a batch were cut into, by the document of the whole; those one may see."""
    wholes = [item.document_id for item in batch.items if item.document and item.document.set_aside_at]
    if not wholes:
        return {}
    rows = uow.session.execute(
        select(Document.parcel_id, Document.id)
        .where(Document.parcel_id.in_(wholes), in_use(), visible_documents(scope_of(uow)))
        .order_by(Document.id)
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for whole, part in rows:
        found[whole or 0].append(part)
    return found


def _is_veiled(uow: UnitOfWork, item: Intake) -> bool:
    """Whether the document of an arrival is closed, or of a restricted kind that the actor may not see: its name says
    too much."""
    if is_closed(item):
        return True
    flags = [] if item.document is None else item.document.flags
    return not scope_of(uow).shows(flags)


def as_json(uow: UnitOfWork, batch: Batch) -> dict[str, object]:
    """The value of `hoso ingest --json` and `GET /api/v1/batches/{id}`; `parent` is the place (from 0) among `items`
    of the file in which a file came."""
    counts = receipt(batch)
    ordered = nested(batch.items)
    places = {item.id: place for place, item in enumerate(ordered)}
    parts = parts_of(uow, batch)
    items = []
    for item in ordered:
        code, message = failure_of(item)
        shown = item.document is not None and can_open(uow, item.document)
        veiled = not shown and _is_veiled(uow, item)
        items.append(
            {
                "name": HIDDEN if veiled else item.name,
                "parent": places.get(item.parent_id) if item.parent_id else None,
                "outcome": outcome_of(item).value,
                "documents": parts.get(item.document_id or 0, [item.document_id]) if shown else [],
                "code": code,
                "message": message,
            }
        )
    return {"batch": batch.id, **asdict(counts), "items": items}
