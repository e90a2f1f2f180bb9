"""Slices taken to be read: claimed by one process, given back where it dies, failed with a reason.

What is left to do is the state of the `Reading` rows. A row is asked for by ringing (`ask`); whoever claims it first
has it until its lease runs out.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import select, update

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError
from app.jobs import Job
from app.models import SURVEY_FIRST, UNPACK_FIRST, Reading, ReadingState, StoredFile
from ingestion import ENGINE, ReadError

log = structlog.get_logger()

MOST_TRIES = 3
LEASE = timedelta(minutes=35)  # longer than the queue lets one slice take: see SLOWEST_READ in app/tasks.py
CRASHED = "read-crashed"
UNFORESEEN = "Máy đọc dừng ở tệp này vì lỗi ngoài dự kiến; bấm Đọc lại, nếu vẫn lỗi thì báo người quản trị."

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Claim:
    """A slice that this process has taken to read."""

    reading_id: int
    file_id: int
    sha256: str
    first: int
    last: int
    tries: int


def runner_name() -> str:
    """This process, so that another one can see whether it still lives: host, pid, moment of start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def runner_lives(runner: str) -> bool | None:
    """Whether the process lives; None for a process of another host, which cannot be seen from here."""
    host, pid, started = runner.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    return _started(int(pid)) == started


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return "gone"
    return stat.rsplit(") ", 1)[1].split()[19]  # field 22 of proc(5): start time since boot


def survey_due(uow: UnitOfWork, file: StoredFile) -> None:
    """Ask for the survey of a file that is not read yet, with this engine version."""
    known = uow.session.scalar(
        select(Reading.id).where(
            Reading.stored_file_id == file.id, Reading.engine == ENGINE, Reading.first == SURVEY_FIRST
        )
    )
    if known is None:
        uow.session.add(Reading(stored_file_id=file.id, engine=ENGINE, first=SURVEY_FIRST, last=SURVEY_FIRST))
    uow.defer(Job.SURVEY, file.id)


def job_of(reading: Reading) -> tuple[Job, int]:
    """The job that does this reading, with the id that travels with it."""
    if reading.first == SURVEY_FIRST:
        return Job.SURVEY, reading.stored_file_id
    return (Job.UNPACK if reading.first == UNPACK_FIRST else Job.READ), reading.id


def due_again(uow: UnitOfWork, reading: Reading) -> None:
    """Ask for a reading as if it had never been tried."""
    reading.state, reading.tries, reading.rung_at = ReadingState.DUE, 0, None
    reading.error_code, reading.error_page, reading.error_advice = None, None, ""
    uow.defer(*job_of(reading))


def take(backends: Backends, *which: object) -> Claim | None:
    """Take a due slice, or nothing if another process has it or it is done."""
    with backends.begin(SYSTEM) as uow:
        row = uow.session.execute(
            update(Reading)
            .where(Reading.engine == ENGINE, Reading.state == ReadingState.DUE, *which)  # type: ignore[arg-type]
            .values(
                state=ReadingState.RUNNING,
                tries=Reading.tries + 1,
                runner=runner_name(),
                lease_until=uow.now + LEASE,
            )
            .returning(Reading.id, Reading.stored_file_id, Reading.first, Reading.last, Reading.tries)
            .execution_options(synchronize_session=False)
        ).first()
        if row is None:
            return None
        sha256 = uow.session.scalars(select(StoredFile.sha256).where(StoredFile.id == row.stored_file_id)).one()
        return Claim(row.id, row.stored_file_id, sha256, row.first, row.last, row.tries)


def still_mine(uow: UnitOfWork, claim: Claim) -> Reading | None:
    """The row, locked, if this process still has it: a slow one may have lost it to the sweep."""
    row = uow.session.scalar(select(Reading).where(Reading.id == claim.reading_id).with_for_update(key_share=True))
    if row is None or row.state is not ReadingState.RUNNING or row.runner != runner_name():
        return None
    return row


def fail(backends: Backends, claim: Claim, code: str, advice: str, page: int | None) -> None:
    """Give up a slice with its reason; a crashed child is tried again first."""
    again = code == CRASHED and claim.tries < MOST_TRIES
    with backends.begin(SYSTEM) as uow:
        reading = still_mine(uow, claim)
        if reading is None:
            return
        if again:
            reading.state = ReadingState.DUE
            uow.defer(*job_of(reading))
        else:
            give_up(uow, reading, code=code, advice=advice, page=page)
    log.warning("slice.failed", file=claim.file_id, first=claim.first, code=code, again=again)


def give_up(uow: UnitOfWork, reading: Reading, *, code: str, advice: str, page: int | None = None) -> None:
    """Mark a slice as failed, with its reason, and let the file be finished without it."""
    reading.state, reading.lease_until = ReadingState.FAILED, uow.now
    reading.error_code, reading.error_advice, reading.error_page = code, advice, page
    uow.defer(Job.FINISH, reading.stored_file_id)


def answered(backends: Backends, claim: Claim, ask: Callable[[], Answer]) -> Answer | None:
    """What the slow step says; None where it failed, which is then written on the slice.

    Whatever goes wrong there must not leave the slice running: its process lives on and nobody would take it back.
    """
    try:
        return ask()
    except ReadError as error:
        fail(backends, claim, error.code, error.advice, error.page)
    except HosoError as error:
        fail(backends, claim, error.code, error.advice, None)
    except Exception as error:  # the edge of a job: named in the log, counted as a crash, visible after the last try
        log.exception("slice.unexpected", file=claim.file_id, first=claim.first, error=type(error).__name__)
        fail(backends, claim, CRASHED, UNFORESEEN, None)
    return None
