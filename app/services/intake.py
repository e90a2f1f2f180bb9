"""Arrivals: the one way in for uploads, commands, made papers, signed scans and files inside files.

The bytes are in the store before any of these is called; what is written here is who brought them, under which name,
and the document they become. What became of them is told by `app.services.receipts`.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.actor import Role
from app.backends import UnitOfWork
from app.errors import ArchiveTooDeep, HosoError, Invalid, NotFound, WrongState
from app.jobs import Job
from app.models import (
    UNPACK_FIRST,
    Batch,
    Case,
    CopyKind,
    Document,
    Intake,
    IntakeSource,
    Outcome,
    Paper,
    ReadingState,
    StoredFile,
)
from app.services.access import Act, may, require, scope_of, visible_documents
from app.services.claiming import due_again, survey_due
from app.services.clearing import revive
from app.services.file_names import kept_name
from app.services.filing import file_document
from app.services.quarantine import close_beside
from app.services.reading import documents_over
from app.storage import Stored
from ingestion import ENGINE


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
        require(uow, act, case)
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


def hold_files(uow: UnitOfWork, stored: Iterable[Stored]) -> None:
    """Make and hold the rows of these bytes, always in the order of their hashes, so that two uploads of the same
    files never wait for each other. To be called before the first of several is received."""
    for one in sorted(stored, key=lambda stored: stored.sha256):
        _held_file(uow, stored_file(uow, one).id)


def receive(uow: UnitOfWork, batch: Batch, *, name: str, stored: Stored, parent: Intake | None = None) -> Intake:
    """One file of a batch whose bytes are stored: becomes a document, or a duplicate of one in the organisation that
    the actor may open. Who may not open it is not told of it and gets a document of their own. `parent` is the arrival
    of the archive or mail in which the file came."""
    intake = open_arrival(uow, batch, name, parent)
    take_in(uow, intake, stored_file(uow, stored))
    return intake


def take_in(uow: UnitOfWork, intake: Intake, file: StoredFile) -> None:
    """Let an arrival have this file; see `receive`."""
    file = _held_file(uow, file.id)
    if file.cleared_at is not None:
        revive(uow, file)
    intake.stored_file_id, intake.file = file.id, file
    existing = _same_bytes(uow, intake.organisation_id, file.id)
    if existing is not None:
        intake.settled = Outcome.DUPLICATE
        intake.code = "duplicate"
        intake.message = "Tệp này đã có trong hồ sơ của cơ quan."
        document = existing
    else:
        document = new_document(uow, intake, file)
        close_beside(uow, document)
        make_due(uow, file)
    intake.document_id, intake.document = document.id, document
    uow.session.flush()
    uow.record("file.received", "document", document.id, batch=intake.batch_id, duplicate=existing is not None)
    case_id = intake.batch.case_id
    if case_id is not None and may(uow, Act.DOCUMENT_FILE, document):
        file_document(uow, document, uow.session.get_one(Case, case_id))


def refuse(uow: UnitOfWork, batch: Batch, *, name: str, error: HosoError) -> Intake:
    """A file that could not be taken at all (empty, too large, store full): counted as failed, with its code."""
    return count_failed(uow, batch, name=name, code=error.code, message=error.message)


def count_failed(
    uow: UnitOfWork, batch: Batch, *, name: str, code: str, message: str, parent: Intake | None = None
) -> Intake:
    """A file of which nothing is kept: refused at the door, or not to be had from the archive in which it lies."""
    intake = open_arrival(uow, batch, name, parent)
    intake.settled, intake.code, intake.message = Outcome.FAILED, code, message
    uow.session.flush()
    uow.record("file.refused", "batch", batch.id, code=code)
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
    intake = open_arrival(uow, batch, name)
    intake.stored_file_id = file.id
    document = new_document(uow, intake, file)
    document.title = title
    document.copy_kind = CopyKind.ELECTRONIC
    intake.document_id = document.id
    make_due(uow, file)
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


def _held_file(uow: UnitOfWork, file_id: int) -> StoredFile:
    """The row of a file, locked, so that the same file sent many times at once is one document."""
    query = select(StoredFile).where(StoredFile.id == file_id).with_for_update(key_share=True)
    return uow.session.scalars(query.execution_options(populate_existing=True)).one()


def _same_bytes(uow: UnitOfWork, organisation_id: int, file_id: int) -> Document | None:
    """The document of this organisation over the same bytes that the actor may open. A scan that waits to take the
    place of another one is none yet."""
    return uow.session.scalars(
        select(Document)
        .where(
            Document.organisation_id == organisation_id,
            Document.stored_file_id == file_id,
            Document.parcel_id.is_(None),
            Document.rescan_of_id.is_(None),
            visible_documents(scope_of(uow)),
        )
        .order_by(Document.id)
        .limit(1)
    ).first()


def open_arrival(uow: UnitOfWork, batch: Batch, name: str, parent: Intake | None = None) -> Intake:
    """An arrival of which nothing is known yet but its name."""
    intake = Intake(
        batch=batch,
        organisation_id=batch.organisation_id,
        parent_id=None if parent is None else parent.id,
        name=kept_name(name),
        received_at=uow.now,
    )
    uow.session.add(intake)
    uow.session.flush()
    return intake


def new_document(uow: UnitOfWork, intake: Intake, file: StoredFile) -> Document:
    """A document over the whole of a file that arrived under the name of this arrival."""
    document = Document(
        organisation_id=intake.organisation_id,
        stored_file_id=file.id,
        file_name=intake.name,
        title=intake.name,
        created_by=uow.actor.user_id,
        created_at=uow.now,
    )
    uow.session.add(document)
    uow.session.flush()
    return document


def make_due(uow: UnitOfWork, file: StoredFile) -> None:
    """Ask for the survey of a new file; of a file read before, by whichever engine, only for its facts to be taken
    over, and for the files inside where they stayed there for lying too deep."""
    if file.finished_engine is None:
        survey_due(uow, file)
        return
    for reading in file.readings:
        if reading.first == UNPACK_FIRST and reading.error_code == ArchiveTooDeep.code:
            due_again(uow, reading)
    uow.defer(Job.FINISH, file.id)


def retry(uow: UnitOfWork, intake: Intake) -> None:
    """Read a failed file again from the beginning of what failed."""
    require(uow, Act.DOCUMENT_UPLOAD, intake)
    if intake.file is None:
        raise WrongState("Tệp này chưa được lưu; tải lên lại.")
    if not _retry(uow, intake.file):
        raise WrongState("Tệp này không có phần nào đọc hỏng.")
    uow.record("file.retried", "document", intake.document_id)


def retry_all(uow: UnitOfWork, batch: Batch) -> int:
    """Read every failed file of a batch again; returns how many there were. Raises `WrongState` where none can be."""
    require(uow, Act.DOCUMENT_UPLOAD, batch)
    files = {item.file.id: item.file for item in batch.items if item.file is not None and item.settled is None}
    count = sum(_retry(uow, files[file_id]) for file_id in sorted(files))
    if not count:
        raise WrongState("Không có tệp nào đọc lại được; tệp chưa lưu thì tải lên lại.")
    uow.record("batch.retried", "batch", batch.id, files=count)
    return count


def _retry(uow: UnitOfWork, file: StoredFile) -> bool:
    failed = [r for r in file.readings if r.state is ReadingState.FAILED and r.engine == ENGINE]
    for reading in failed:
        due_again(uow, reading)
    if not failed:
        return False
    file.finished_engine = None
    for document in documents_over(uow, file.id):
        document.quality, document.failure_code = None, None
        document.touch()
    return True
