"""Reading a stored file: survey, slices, and taking over what was read. Slow work happens outside any unit of work.

What is left to do is the state of the `Reading` rows; each of these may be called any number of times.
"""

import gzip
import json
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import delete, or_, select, update

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError
from app.jobs import Job
from app.models import SURVEY_FIRST, Document, DocumentPage, PageText, Reading, ReadingState, StoredFile, TextSource
from ingestion import ENGINE, Page, ReadDocument, ReadError, Sandbox, Survey, read, survey

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


def survey_file(backends: Backends, file_id: int) -> None:
    """Find the type, the pages and the slices of a file (job SURVEY)."""
    claim = _claim(backends, Reading.stored_file_id == file_id, Reading.first == SURVEY_FIRST)
    if claim is None:
        return
    found = _answered(backends, claim, lambda source: survey(source, sandbox=sandbox_of(backends)))
    if found is None:
        return
    with backends.begin(SYSTEM) as uow:
        reading = _still_mine(uow, claim)
        if reading is None:
            return
        reading.state = ReadingState.DONE
        reading.file.media_type, reading.file.pages = found.media_type, found.pages
        _add_slices(uow, reading.file, found)
        for document in documents_over(uow, file_id):
            lay_pages(uow, document)
    log.info("file.surveyed", file=file_id, pages=found.pages, slices=len(found.slices))


def _add_slices(uow: UnitOfWork, file: StoredFile, found: Survey) -> None:
    known = {r.first for r in file.readings if r.engine == ENGINE}
    for part in found.slices:
        if part.first in known:
            continue
        row = Reading(stored_file_id=file.id, engine=ENGINE, first=part.first, last=part.last, ocr=part.ocr)
        uow.session.add(row)
        uow.session.flush()
        uow.defer(Job.READ, row.id)


def read_slice(backends: Backends, reading_id: int) -> None:
    """Read one slice of a file (job READ)."""
    claim = _claim(backends, Reading.id == reading_id)
    if claim is None:
        return
    result = _answered(backends, claim, lambda source: _read_and_keep(backends, claim, source))
    if result is None:
        return
    with backends.begin(SYSTEM) as uow:
        reading = _still_mine(uow, claim)
        if reading is None:
            return
        _write_pages(uow, claim, result)
        reading.state = ReadingState.DONE
        uow.defer(Job.FINISH, claim.file_id)
    log.info("slice.read", file=claim.file_id, first=claim.first, last=claim.last)


def _read_and_keep(backends: Backends, claim: Claim, source: Path) -> ReadDocument:
    with tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        result = read(source, first=claim.first, last=claim.last, images=Path(folder), sandbox=sandbox_of(backends))
        _keep_derived(backends, claim, result, Path(folder))
    return result


def _answered(backends: Backends, claim: Claim, ask: Callable[[Path], Answer]) -> Answer | None:
    """What the slow step says of the stored bytes; None where it failed, which is then written on the slice.

    Whatever goes wrong there must not leave the slice running: its process lives on and nobody would take it back.
    """
    try:
        with backends.store.open(claim.sha256):
            return ask(backends.store.path(claim.sha256))
    except ReadError as error:
        _fail(backends, claim, error.code, error.advice, error.page)
    except HosoError as error:
        _fail(backends, claim, error.code, error.advice, None)
    except Exception as error:  # the edge of a job: named in the log, counted as a crash, visible after the last try
        log.exception("slice.unexpected", file=claim.file_id, first=claim.first, error=type(error).__name__)
        _fail(backends, claim, CRASHED, UNFORESEEN, None)
    return None


def words_name(first: int) -> str:
    """The derived file with the words and boxes of the slice that begins at this page."""
    return f"{ENGINE}/words-{first}.json.gz"


def image_name(page: int, *, thumbnail: bool) -> str:
    """The derived file with the image of a page."""
    return f"{ENGINE}/{'thumb' if thumbnail else 'page'}-{page}.webp"


def _keep_derived(backends: Backends, claim: Claim, result: ReadDocument, folder: Path) -> None:
    words = {str(page.number): [[w.text, *w.box, w.confidence] for w in page.words] for page in result.pages}
    packed = gzip.compress(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    backends.store.put_derived(claim.sha256, words_name(claim.first), packed)
    for image in sorted(folder.glob("*.webp")):
        backends.store.put_derived(claim.sha256, f"{ENGINE}/{image.name}", image.read_bytes())


def _write_pages(uow: UnitOfWork, claim: Claim, result: ReadDocument) -> None:
    uow.session.execute(
        delete(PageText).where(
            PageText.stored_file_id == claim.file_id,
            PageText.engine == ENGINE,
            PageText.page.between(claim.first, claim.last),
        )
    )
    uow.session.execute(
        update(PageText)
        .where(PageText.stored_file_id == claim.file_id, PageText.page.between(claim.first, claim.last))
        .values(current=False)
    )
    uow.session.add_all(_page_row(claim, page) for page in result.pages)


def _page_row(claim: Claim, page: Page) -> PageText:
    return PageText(
        stored_file_id=claim.file_id,
        page=page.number,
        engine=ENGINE,
        source=TextSource(page.source.value),
        confidence=page.confidence,
        width=page.width,
        height=page.height,
        text=page.text,
        blank=page.blank,
        pictured=page.pictured,
        running=page.running,
        regions=[region.as_json() for region in page.regions],
        steps=list(page.steps),
        words_name=words_name(claim.first),
    )


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


def lay_pages(uow: UnitOfWork, document: Document) -> None:
    """Give a document all pages of its file, in order, where it has none yet."""
    if document.pages or not document.file.pages:
        return
    for number in range(1, document.file.pages + 1):
        document.pages.append(DocumentPage(position=number, stored_file_id=document.stored_file_id, page=number))
    uow.session.flush()


def sandbox_of(backends: Backends) -> Sandbox:
    """How the reading child is isolated."""
    return Sandbox(backends.settings.sandbox.value)


def documents_over(uow: UnitOfWork, file_id: int) -> Sequence[Document]:
    """The living documents of all organisations that have pages of this file, or came from it."""
    owning = select(DocumentPage.document_id).where(DocumentPage.stored_file_id == file_id)
    return uow.session.scalars(
        select(Document)
        .where(
            or_(Document.stored_file_id == file_id, Document.id.in_(owning)),
            Document.deleted_at.is_(None),
            Document.removed_at.is_(None),
        )
        .order_by(Document.id)
    ).all()


def _claim(backends: Backends, *which: object) -> Claim | None:
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


def _still_mine(uow: UnitOfWork, claim: Claim) -> Reading | None:
    """The row, locked, if this process still has it: a slow one may have lost it to the sweep."""
    row = uow.session.scalar(select(Reading).where(Reading.id == claim.reading_id).with_for_update(key_share=True))
    if row is None or row.state is not ReadingState.RUNNING or row.runner != runner_name():
        return None
    return row


def _fail(backends: Backends, claim: Claim, code: str, advice: str, page: int | None) -> None:
    """Give up a slice with its reason; a crashed child is tried again first."""
    again = code == CRASHED and claim.tries < MOST_TRIES
    with backends.begin(SYSTEM) as uow:
        reading = _still_mine(uow, claim)
        if reading is None:
            return
        if again:
            reading.state = ReadingState.DUE
            survey_again = claim.first == SURVEY_FIRST
            uow.defer(Job.SURVEY if survey_again else Job.READ, claim.file_id if survey_again else claim.reading_id)
        else:
            give_up(uow, reading, code=code, advice=advice, page=page)
    log.warning("slice.failed", file=claim.file_id, first=claim.first, code=code, again=again)


def give_up(uow: UnitOfWork, reading: Reading, *, code: str, advice: str, page: int | None = None) -> None:
    """Mark a slice as failed, with its reason, and let the file be finished without it."""
    reading.state = ReadingState.FAILED
    reading.error_code, reading.error_advice, reading.error_page = code, advice, page
    uow.defer(Job.FINISH, reading.stored_file_id)
