"""The sweep: rings for everything that is due, and takes slices back from processes that died (job SWEEP).

Runs at start and every 30 seconds. Messages may be lost at any time; nothing else has to be remembered.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import CompoundSelect, Select, and_, or_, select, union
from sqlalchemy.orm import aliased

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.jobs import ALL, Job
from app.models import (
    Document,
    DocumentPage,
    Paper,
    PaperState,
    Reading,
    ReadingState,
    Removal,
    RemovalState,
    StoredFile,
)
from app.services.accents import accents_due
from app.services.claiming import CRASHED, MOST_TRIES, give_up, job_of, runner_lives, survey_due
from app.services.exporting import due_exports, forget_exports
from app.services.indexing import behind
from app.services.list_search import due_lists, forget_lists
from app.services.percolating import anything_to_percolate
from app.services.rebuilding import rebuild_due
from app.services.unpacking import deliverable
from app.services.uploading import forget_old
from ingestion import ENGINE

log = structlog.get_logger()

RING_AGAIN = timedelta(minutes=5)  # a message lost after a ring delays its slice by this at most
MOST_MAKES = 20  # failures of one paper after which only a person asks again: its page shows the reason and the button
MOST_RINGS = 200  # per sweep and kind: the queue never holds more than a few minutes of work twice
DIED = "Tiến trình đọc bị ngắt nhiều lần ở phần này; bấm Đọc lại, hoặc chia nhỏ tệp."


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What the sweep rang for and took back."""

    taken_back: int
    readings: int
    files: int
    documents: int
    papers: int


def sweep(backends: Backends) -> SweepReport:
    """Ring once for whatever is due."""
    forget_old(backends)
    forget_exports(backends)
    forget_lists(backends)
    rebuilding = rebuild_due(backends)
    with backends.begin(SYSTEM) as uow:
        taken_back = _take_back(uow)
        _renew(uow)
        readings = _ring_readings(uow)
        files = _ring_files(uow)
        documents = behind(uow)
        if documents or anything_to_percolate(uow):
            uow.defer(Job.INDEX, ALL)
        papers = _ring_papers(uow)
        for removal_id in decided_removals(uow):
            uow.defer(Job.REMOVE, removal_id)
        if rebuilding:
            uow.defer(Job.REBUILD, ALL)
        if accents_due(uow):
            uow.defer(Job.LEARN, ALL)
        for export_id in due_exports(uow):
            uow.defer(Job.EXPORT, export_id)
        for list_id in due_lists(uow):
            uow.defer(Job.LIST, list_id)
    report = SweepReport(taken_back, readings, files, documents, papers)
    if any((taken_back, readings, files, documents, papers)):
        log.info("sweep", taken_back=taken_back, readings=readings, files=files, documents=documents, papers=papers)
    return report


def take_back(backends: Backends) -> int:
    """Only take slices back from processes that died; returns how many."""
    with backends.begin(SYSTEM) as uow:
        return _take_back(uow)


def _take_back(uow: UnitOfWork) -> int:
    """Slices whose process is gone (seen on this host) or whose lease ran out are due again, or given up."""
    count = 0
    running = uow.session.scalars(
        select(Reading)
        .where(Reading.state == ReadingState.RUNNING, Reading.engine == ENGINE)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for reading in running:
        lives = runner_lives(reading.runner) if reading.runner else False
        expired = reading.lease_until is None or reading.lease_until < uow.now
        if lives is not False and not expired:
            continue  # at work; one that lives beyond its lease has dropped the slice or lost it by `_still_mine`
        count += 1
        if reading.tries >= MOST_TRIES:
            give_up(uow, reading, code=CRASHED, advice=DIED)
        else:
            reading.state, reading.rung_at = ReadingState.DUE, None
    uow.session.flush()
    return count


def _renew(uow: UnitOfWork) -> None:
    """Files that an earlier version of the program had not read to the end are read with this one from the start; what
    it had read is read again only when a person asks."""
    mine = select(Reading.stored_file_id).where(Reading.engine == ENGINE)
    begun = select(Reading.stored_file_id).where(Reading.engine != ENGINE)
    left = select(StoredFile).where(
        StoredFile.finished_engine.is_(None),
        StoredFile.cleared_at.is_(None),
        StoredFile.id.in_(begun),
        StoredFile.id.not_in(mine),
    )
    for file in uow.session.scalars(left.order_by(StoredFile.id).limit(MOST_RINGS)):
        survey_due(uow, file)
    uow.session.flush()


def _ring_readings(uow: UnitOfWork) -> int:
    """Ring for due slices, for each once in `RING_AGAIN`: a queue with hours of work does not grow at every sweep."""
    silent = or_(Reading.rung_at.is_(None), Reading.rung_at < uow.now - RING_AGAIN)
    due = uow.session.scalars(
        select(Reading)
        .where(Reading.state == ReadingState.DUE, Reading.engine == ENGINE, silent)
        .order_by(Reading.id)
        .limit(MOST_RINGS)
    ).all()
    for reading in due:
        reading.rung_at = uow.now
        uow.defer(*job_of(reading))
    return len(due)


def _ring_files(uow: UnitOfWork) -> int:
    due = uow.session.scalars(due_files().limit(MOST_RINGS)).all()
    for file_id in due:
        uow.defer(Job.FINISH, file_id)
    return len(due)


def due_files() -> Select[int]:
    """Files read whole whose readings were not taken over yet, or that a document joined after that."""
    mine = select(Reading.id).where(Reading.stored_file_id == StoredFile.id, Reading.engine == ENGINE)
    pending = mine.where(Reading.state.in_((ReadingState.DUE, ReadingState.RUNNING))).exists()
    untaken = and_(mine.exists(), StoredFile.finished_engine.is_distinct_from(ENGINE))
    joined = and_(StoredFile.finished_engine.is_not(None), StoredFile.id.in_(_awaited()))
    undelivered = StoredFile.id.in_(deliverable())
    due = and_(~pending, or_(untaken, joined, undelivered))
    return select(StoredFile.id).where(due).order_by(StoredFile.id)


def _awaited() -> CompoundSelect[int]:
    """The files of documents that wait to be taken over; one with an unread file waits for the end of that one."""
    owner, unread = aliased(DocumentPage), aliased(StoredFile)
    held_up = (
        select(owner.id)
        .join(unread, unread.id == owner.stored_file_id)
        .where(owner.document_id == Document.id, unread.finished_engine.is_(None))
        .exists()
    )
    waits = and_(Document.quality.is_(None), Document.deleted_at.is_(None), Document.removed_at.is_(None), ~held_up)
    whole = select(Document.stored_file_id).where(waits)
    parts = select(DocumentPage.stored_file_id).join(Document, Document.id == DocumentPage.document_id).where(waits)
    return union(whole, parts)


def _ring_papers(uow: UnitOfWork) -> int:
    due = uow.session.scalars(
        select(Paper.id)
        .where(Paper.state == PaperState.NUMBERED, Paper.make_tries < MOST_MAKES)
        .order_by(Paper.id)
        .limit(MOST_RINGS)
    ).all()
    for paper_id in due:
        uow.defer(Job.MAKE, paper_id)
    return len(due)


def decided_removals(uow: UnitOfWork) -> list[int]:
    """Removals that were decided and are not carried out yet."""
    query = select(Removal.id).where(Removal.state == RemovalState.APPROVED).order_by(Removal.id).limit(MOST_RINGS)
    return list(uow.session.scalars(query))
