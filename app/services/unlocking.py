"""Files with a password: opened once with what a person types, and read from the unlocked copy from then on.

The password is used in the request and nowhere kept: not in the database, the queue or a log. The original stays
locked.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import select

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.errors import Conflict, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import (
    SURVEY_FIRST,
    UNPACK_FIRST,
    Document,
    FileMember,
    Intake,
    Outcome,
    Reading,
    ReadingState,
    StoredFile,
)
from app.services.access import Act, require
from app.services.intake import hold_files, take_in
from app.services.reading import documents_over, survey_and_keep, write_survey
from app.services.unpacking import Inside, keep_members, sender_of, take_out
from app.storage import Stored
from ingestion import ENGINE, Survey
from ingestion.errors import Encrypted, error_from_code

log = structlog.get_logger()

WRONG = "password-wrong"
LOCKED = (Encrypted.code, WRONG)
"""The codes of what only a password opens."""


def is_locked(uow: UnitOfWork, document: Document) -> bool:
    """Whether a password is wanted: for the file of a document, or for files inside it."""
    if document.failure_code in LOCKED:
        return True
    inside = select(FileMember.id).where(
        FileMember.container_id == document.stored_file_id, FileMember.code.in_(LOCKED)
    )
    return uow.session.scalar(inside.limit(1)) is not None


def unlock(backends: Backends, actor: Actor, document_id: int, password: str) -> None:
    """Open the locked file of a document and ask for it to be read. Slow: a few seconds, outside any unit of work.

    Raises `WrongState` where nothing is locked, `ReadError` (`password-wrong`) where this password does not open it,
    `Conflict` where the file was taken out or replaced meanwhile.
    """
    with backends.read(actor) as uow:
        document = _editable(uow, document_id)
        if not is_locked(uow, document):
            raise WrongState("Tệp này không có phần nào khóa bằng mật khẩu.")
        sha256 = document.file.sha256
    found = survey_and_keep(backends, sha256, password=password)
    inside = take_out(backends, sha256, password=password) if found.members else []
    if inside and all(one.code in LOCKED for one in inside):
        raise error_from_code(WRONG, None, None)
    with backends.begin(actor) as uow:
        document = _editable(uow, document_id)
        if document.file.sha256 != sha256:  # taken out by decision, or replaced, meanwhile
            raise Conflict()
        _hold(uow, document.file, inside)
        _take_over(uow, document.file, found, inside)
        uow.record("document.unlocked", "document", document.id)
    log.info("file.unlocked", file=document.stored_file_id, members=len(inside))


def _editable(uow: UnitOfWork, document_id: int) -> Document:
    document = uow.session.get(Document, document_id)
    if document is None:
        raise NotFound()
    require(uow, Act.DOCUMENT_EDIT, document)
    return document


def _hold(uow: UnitOfWork, file: StoredFile, inside: Sequence[Inside]) -> None:
    hold_files(uow, [Stored(file.sha256, file.size), *(one.stored for one in inside if one.stored is not None)])


def _take_over(uow: UnitOfWork, file: StoredFile, found: Survey, inside: Sequence[Inside]) -> None:
    """Write what the password opened: the survey where it had failed, and the files inside."""
    surveyed = _reading(uow, file, SURVEY_FIRST)
    was_locked = surveyed.state is not ReadingState.DONE
    if was_locked:
        _done(surveyed)
        file.finished_engine = None
        for document in documents_over(uow, file.id):
            document.quality, document.failure_code = None, None
            document.touch()
    if inside:
        _done(_reading(uow, file, UNPACK_FIRST))
        keep_members(uow, file, inside)
    write_survey(uow, file, found)
    if not was_locked:
        _deliver_opened(uow, file)


def _reading(uow: UnitOfWork, file: StoredFile, first: int) -> Reading:
    row = next((r for r in file.readings if r.first == first and r.engine == ENGINE), None)
    if row is None:
        row = Reading(engine=ENGINE, first=first, last=first)
        file.readings.append(row)
        uow.session.flush()
    return row


def _done(reading: Reading) -> None:
    reading.state = ReadingState.DONE
    reading.error_code, reading.error_page, reading.error_advice = None, None, ""


def _deliver_opened(uow: UnitOfWork, file: StoredFile) -> None:
    """Files inside that had arrived as locked ones arrive now; arrivals stand in the order of the files inside."""
    members = uow.session.scalars(
        select(FileMember).where(FileMember.container_id == file.id).order_by(FileMember.position)
    ).all()
    containers = uow.session.scalars(
        select(Intake).where(Intake.stored_file_id == file.id, Intake.delivered_at.is_not(None)).order_by(Intake.id)
    ).all()
    for container in containers:
        arrivals = uow.session.scalars(select(Intake).where(Intake.parent_id == container.id).order_by(Intake.id)).all()
        for arrival, member in zip(arrivals, members, strict=False):
            opened = arrival.settled is Outcome.FAILED and arrival.code in LOCKED and member.stored_file_id is not None
            if opened:
                arrival.settled, arrival.code, arrival.message = None, None, ""
                sender = uow.acting_as(sender_of(uow, container.batch))
                take_in(sender, arrival, uow.session.get_one(StoredFile, member.stored_file_id))
        if container.document is not None:  # it is found by the names of what is locked alone
            container.document.touch()
            uow.defer(Job.INDEX, ALL)
