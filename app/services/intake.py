"""Arrivals: the one way in for uploads, commands, made papers and signed scans, and receipts that add up.

The bytes are in the store before any of these is called; what is written here is who brought them, under which name,
and the document they become.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.actor import Role
from app.backends import UnitOfWork
from app.errors import HosoError, Invalid, NotFound, WrongState
from app.jobs import Job
from app.models import (
    SURVEY_FIRST,
    Batch,
    Case,
    CopyKind,
    Document,
    Intake,
    IntakeSource,
    Outcome,
    Paper,
    Quality,
    Reading,
    ReadingState,
    StoredFile,
)
from app.services.access import Act, may, require, scope_of, visible_documents
from app.services.file_names import kept_name
from app.services.filing import file_document
from app.services.paging import Page, paged
from app.services.reading import documents_over, survey_due
from app.storage import Stored
from ingestion import ENGINE

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


def open_batch(
    uow: UnitOfWork,
    *,
    source: IntakeSource,
    organisation_id: int | None = None,
    case_id: int | None = None,
    paper_id: int | None = None,
) -> Batch:
    """A batch for files to come, of the actor's organisation (the operator names one)."""
    owner = organisation_id if uow.actor.role in (Role.OPERATOR, Role.SYSTEM) else uow.actor.organisation_id
    if owner is None:
        raise Invalid(fields={"organisation": "Chọn cơ quan nhận tệp (--organisation MÃ)."})
    act = Act.SIGNED_COPY if source is IntakeSource.SIGNED_SCAN else Act.DOCUMENT_UPLOAD
    require(uow, act)
    if case_id is not None:
        case = uow.session.get(Case, case_id)
        if case is None:
            raise NotFound()
        require(uow, Act.CASE_VIEW, case)
    batch = Batch(
        organisation_id=owner,
        user_id=uow.actor.user_id,
        source=source,
        case_id=case_id,
        paper_id=paper_id,
        created_at=uow.now,
    )
    uow.session.add(batch)
    uow.session.flush()
    uow.record("batch.opened", "batch", batch.id, source=source.value)
    return batch


def receive_all(uow: UnitOfWork, batch: Batch, files: Sequence[tuple[str, Stored]]) -> list[Intake]:
    """Several files of a batch, each with its name, in the order they came."""
    hold_files(uow, [stored for _, stored in files])
    return [receive(uow, batch, name=name, stored=stored) for name, stored in files]


def hold_files(uow: UnitOfWork, stored: Iterable[Stored]) -> None:
    """Make and hold the rows of these bytes, always in the order of their hashes, so that two uploads of the same
    files never wait for each other. To be called before the first of several is received."""
    for one in sorted(stored, key=lambda stored: stored.sha256):
        _hold_file(uow, stored_file(uow, one).id)


def receive(uow: UnitOfWork, batch: Batch, *, name: str, stored: Stored) -> Intake:
    """One file of a batch whose bytes are stored: becomes a document, or a duplicate of one in the organisation that
    the actor may open. Who may not open it is not told of it and gets a document of their own."""
    file = stored_file(uow, stored)
    intake = _arrival(uow, batch, name)
    intake.stored_file_id = file.id
    existing = _same_bytes(uow, batch.organisation_id, file.id)
    if existing is not None:
        intake.settled = Outcome.DUPLICATE
        intake.code = "duplicate"
        intake.message = "Tệp này đã có trong hồ sơ của cơ quan."
        intake.document_id = existing.id
        document = existing
    else:
        document = _document(uow, batch, file, name)
        intake.document_id = document.id
        _make_due(uow, file)
    uow.session.flush()
    uow.record("file.received", "document", document.id, batch=batch.id, duplicate=existing is not None)
    if batch.case_id is not None and may(uow, Act.DOCUMENT_FILE, document):
        case = uow.session.get_one(Case, batch.case_id)
        file_document(uow, document, case)
    return intake


def refuse(uow: UnitOfWork, batch: Batch, *, name: str, error: HosoError) -> Intake:
    """A file that could not be taken at all (empty, too large, store full): counted as failed, with its code."""
    intake = _arrival(uow, batch, name)
    intake.settled = Outcome.FAILED
    intake.code = error.code
    intake.message = error.message
    uow.session.flush()
    uow.record("file.refused", "batch", batch.id, code=error.code)
    return intake


def register_made(uow: UnitOfWork, paper: Paper, *, stored: Stored, name: str, title: str) -> Document:
    """The document of a paper made here: the same way in as any other file."""
    batch = Batch(
        organisation_id=paper.organisation_id,
        user_id=uow.actor.user_id,
        source=IntakeSource.PAPER,
        case_id=paper.case_id,
        paper_id=paper.id,
        created_at=uow.now,
    )
    uow.session.add(batch)
    uow.session.flush()
    file = stored_file(uow, stored)
    intake = _arrival(uow, batch, name)
    intake.stored_file_id = file.id
    document = _document(uow, batch, file, name)
    document.title = title
    document.copy_kind = CopyKind.ELECTRONIC
    intake.document_id = document.id
    _make_due(uow, file)
    uow.session.flush()
    return document


def stored_file(uow: UnitOfWork, stored: Stored) -> StoredFile:
    """The row of these bytes, one per distinct content; where two arrive at once, the second finds the first's."""
    found = uow.session.scalar(select(StoredFile).where(StoredFile.sha256 == stored.sha256))
    if found is not None:
        return found
    row = StoredFile(sha256=stored.sha256, size=stored.size, created_at=uow.now)
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        return uow.session.scalars(select(StoredFile).where(StoredFile.sha256 == stored.sha256)).one()
    return row


def _hold_file(uow: UnitOfWork, file_id: int) -> None:
    uow.session.execute(select(StoredFile.id).where(StoredFile.id == file_id).with_for_update(key_share=True))


def _same_bytes(uow: UnitOfWork, organisation_id: int, file_id: int) -> Document | None:
    """The document of this organisation over the same bytes that the actor may open. The file row is locked first, so
    that the same file sent many times at once is one document."""
    _hold_file(uow, file_id)
    return uow.session.scalars(
        select(Document)
        .where(
            Document.organisation_id == organisation_id,
            Document.stored_file_id == file_id,
            visible_documents(scope_of(uow.session, uow.actor)),
        )
        .order_by(Document.id)
        .limit(1)
    ).first()


def _arrival(uow: UnitOfWork, batch: Batch, name: str) -> Intake:
    intake = Intake(
        batch_id=batch.id,
        organisation_id=batch.organisation_id,
        name=kept_name(name),
        received_at=uow.now,
    )
    uow.session.add(intake)
    return intake


def _document(uow: UnitOfWork, batch: Batch, file: StoredFile, name: str) -> Document:
    document = Document(
        organisation_id=batch.organisation_id,
        stored_file_id=file.id,
        file_name=kept_name(name),
        title=kept_name(name),
        created_by=uow.actor.user_id,
        created_at=uow.now,
    )
    uow.session.add(document)
    uow.session.flush()
    return document


def _make_due(uow: UnitOfWork, file: StoredFile) -> None:
    """Ask for the survey of a new file; of a file read before, by whichever engine, only for its facts to be taken
    over."""
    if file.finished_engine is not None:
        uow.defer(Job.FINISH, file.id)
        return
    survey_due(uow, file)


def outcome_of(intake: Intake) -> Outcome:
    """What became of an arrival: settled, or what its document says now."""
    if intake.settled is not None:
        return intake.settled
    document = intake.document
    if document is None:
        return Outcome.FAILED
    if document.deleted_at is not None:
        return Outcome.REMOVED
    if document.quality is None or document.indexed_revision is None:
        return Outcome.WAITING
    if document.quality is Quality.UNREAD:
        return Outcome.FAILED
    return Outcome.WEAK if document.quality is Quality.WEAK else Outcome.SEARCHABLE


def failure_of(intake: Intake) -> tuple[str | None, str]:
    """The code and the advice of a failed arrival."""
    if intake.code is not None:
        return intake.code, intake.message
    if intake.document is not None and intake.document.failure_code:
        failed = [r for r in intake.document.file.readings if r.error_code]
        return intake.document.failure_code, failed[0].error_advice if failed else ""
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
    """How far the file of an arrival has been read."""
    file = intake.file
    if file is None:
        return Progress(begun=False, done=0, pages=None)
    slices = [r for r in file.readings if r.first != SURVEY_FIRST and r.engine == ENGINE]
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
        .options(selectinload(Batch.items).selectinload(Intake.document))
        .order_by(Batch.id.desc())
    )
    if uow.actor.organisation_id is not None:
        query = query.where(Batch.organisation_id == uow.actor.organisation_id)
    return paged(uow.session, query, limit=limit, offset=offset)


def can_open(uow: UnitOfWork, document: Document) -> bool:
    """Whether the actor may be told which record a duplicate already is."""
    return may(uow, Act.DOCUMENT_VIEW, document)


def retry(uow: UnitOfWork, intake: Intake) -> None:
    """Read a failed file again from the beginning of what failed."""
    require(uow, Act.DOCUMENT_UPLOAD, intake)
    if intake.file is None:
        raise WrongState("Tệp này chưa được lưu; tải lên lại.")
    failed = [r for r in intake.file.readings if r.state is ReadingState.FAILED]
    if not failed:
        raise WrongState("Tệp này không có phần nào đọc hỏng.")
    for reading in failed:
        reading.state, reading.tries, reading.error_code = ReadingState.DUE, 0, None
        uow.defer(Job.SURVEY if reading.first == SURVEY_FIRST else Job.READ, _job_row(reading))
    intake.file.finished_engine = None
    for document in documents_over(uow, intake.file.id):
        document.quality, document.failure_code = None, None
        document.touch()
    uow.record("file.retried", "document", intake.document_id)


def _job_row(reading: Reading) -> int:
    return reading.stored_file_id if reading.first == SURVEY_FIRST else reading.id


def _is_veiled(uow: UnitOfWork, item: Intake) -> bool:
    """Whether the document of an arrival is of a restricted kind that the actor may not see: its name says too much."""
    flags = [] if item.document is None else item.document.flags
    return not scope_of(uow.session, uow.actor).shows(flags)


def as_json(uow: UnitOfWork, batch: Batch) -> dict[str, object]:
    """The value of `hoso ingest --json` and `GET /api/v1/batches/{id}`."""
    counts = receipt(batch)
    items = []
    for item in batch.items:
        code, message = failure_of(item)
        shown = item.document is not None and can_open(uow, item.document)
        veiled = not shown and _is_veiled(uow, item)
        items.append(
            {
                "name": HIDDEN if veiled else item.name,
                "parent": item.parent_id,
                "outcome": outcome_of(item).value,
                "documents": [item.document_id] if shown else [],
                "code": code,
                "message": message,
            }
        )
    return {"batch": batch.id, **asdict(counts), "items": items}
