"""Reading a stored file: survey, slices, and taking over what was read. Slow work happens outside any unit of work.

What is left to do is the state of the `Reading` rows; each of these may be called any number of times.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy import delete, or_, select, update

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.jobs import ALL, Job
from app.models import (
    SURVEY_FIRST,
    UNPACK_FIRST,
    Document,
    DocumentPage,
    PageText,
    Reading,
    ReadingState,
    StoredFile,
    TextSource,
)
from app.services.claiming import Claim, answered, job_of, still_mine, take
from app.services.page_words import pack
from app.services.quarantine import quarantine_if_secret
from app.services.revisions import hold_documents
from app.storage import FileStore
from ingestion import ENGINE, Page, ReadDocument, Sandbox, Survey, read, survey, survey_and_read
from ingestion.errors import Encrypted, ReadCrashed, ReadTimeout

log = structlog.get_logger()

COPY = "reading-copy"
"""The derived file that is read instead of bytes that are locked or damaged."""


def reading_source(store: FileStore, sha256: str) -> Path:
    """The file to read, draw and extract from: the unlocked or repaired copy where there is one, else the stored bytes.
    Raises `StoredBytesLost` where the original is gone."""
    with store.open(sha256):
        return store.derived(sha256, COPY) or store.path(sha256)


def survey_file(backends: Backends, file_id: int) -> None:
    """Find the type, the pages and the slices of a file, and read it at once where it is short (job SURVEY)."""
    claim = take(backends, Reading.stored_file_id == file_id, Reading.first == SURVEY_FIRST)
    if claim is None:
        return
    answer = answered(backends, claim, lambda: _survey_and_read(backends, claim))
    if answer is None:
        return
    found, whole = answer
    with backends.begin(SYSTEM) as uow:
        reading = still_mine(uow, claim)
        if reading is None:
            return
        reading.state = ReadingState.DONE
        write_survey(uow, reading.file, found, read_too=whole is not None)
        if whole is not None:
            _write_pages(uow, replace(claim, first=1), whole.pages)
            quarantine_if_secret(uow, file_id, whole.pages)
            uow.defer(Job.FINISH, file_id)
    log.info("file.surveyed", file=file_id, pages=found.pages, slices=len(found.slices))


def _survey_and_read(backends: Backends, claim: Claim) -> tuple[Survey, ReadDocument | None]:
    """The survey, and the pages of a file that is short and needs no recognition. Where a child could not do both, the
    survey alone: then the slice fails by itself and says why."""
    with backends.store.open(claim.sha256), tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        copy, images = Path(folder) / "copy", Path(folder) / "images"
        source, sandbox = backends.store.path(claim.sha256), sandbox_of(backends)
        try:
            found, whole = survey_and_read(source, images=images, sandbox=sandbox, copy=copy, sha256=claim.sha256)
        except (Encrypted, ReadCrashed, ReadTimeout):
            return survey_and_keep(backends, claim.sha256), None
        if copy.exists():
            backends.store.put_derived_path(claim.sha256, COPY, copy)
        if whole is not None:
            _keep_derived(backends, replace(claim, first=1), whole, images)
        return found, whole


def survey_and_keep(backends: Backends, sha256: str, *, password: str | None = None) -> Survey:
    """Survey the stored bytes and keep the copy that can be read in their place, where there is one.

    Bytes that were unlocked once stay unlocked: the kept copy is surveyed where the original asks for its password.
    """
    sandbox = sandbox_of(backends)
    with backends.store.open(sha256), tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        copy = Path(folder) / "copy"
        try:
            found = survey(backends.store.path(sha256), sandbox=sandbox, password=password, copy=copy)
        except Encrypted:
            unlocked = backends.store.derived(sha256, COPY)
            if unlocked is None or password is not None:
                raise
            return survey(unlocked, sandbox=sandbox)
        if copy.exists():
            backends.store.put_derived_path(sha256, COPY, copy)
        return found


def write_survey(uow: UnitOfWork, file: StoredFile, found: Survey, *, read_too: bool = False) -> None:
    """Write what a survey found and ask for what is to be read, and for the files inside to be taken out; `read_too`
    says that the one slice there is was read already."""
    file.media_type, file.pages = found.media_type, found.pages
    file.signatures = [signature.as_json() for signature in found.signatures]
    known = {r.first for r in file.readings if r.engine == ENGINE}
    for part in found.slices:
        if part.first not in known:
            state = ReadingState.DONE if read_too else ReadingState.DUE
            _add(uow, file, first=part.first, last=part.last, ocr=part.ocr, state=state)
    if found.members and UNPACK_FIRST not in {r.first for r in file.readings}:
        _add(uow, file, first=UNPACK_FIRST, last=UNPACK_FIRST)
    if not found.slices:
        uow.defer(Job.FINISH, file.id)
    for document in documents_over(uow, file.id):
        lay_pages(uow, document)


def _add(
    uow: UnitOfWork,
    file: StoredFile,
    *,
    first: int,
    last: int,
    ocr: bool = False,
    state: ReadingState = ReadingState.DUE,
) -> None:
    tries = 1 if state is ReadingState.DONE else 0
    row = Reading(engine=ENGINE, first=first, last=last, ocr=ocr, state=state, tries=tries)
    file.readings.append(row)
    uow.session.flush()
    if state is ReadingState.DUE:
        uow.defer(*job_of(row))


def read_slice(backends: Backends, reading_id: int) -> None:
    """Read one slice of a file (job READ)."""
    claim = take(backends, Reading.id == reading_id, Reading.first > SURVEY_FIRST)
    if claim is None:
        return
    result = answered(backends, claim, lambda: _read_and_keep(backends, claim))
    if result is None:
        return
    with backends.begin(SYSTEM) as uow:
        reading = still_mine(uow, claim)
        if reading is None:
            return
        _write_pages(uow, claim, result.pages)
        quarantine_if_secret(uow, claim.file_id, result.pages)
        reading.state = ReadingState.DONE
        uow.session.flush()
        _show_part(uow, reading.file)
        uow.defer(Job.FINISH, claim.file_id)
    log.info("slice.read", file=claim.file_id, first=claim.first, last=claim.last)


def _show_part(uow: UnitOfWork, file: StoredFile) -> None:
    """Let search know the pages read so far of a long scan: after the first, second, fourth, eighth ... slice."""
    slices = [r for r in file.readings if r.first > SURVEY_FIRST and r.engine == ENGINE]
    done = sum(r.state is ReadingState.DONE for r in slices)
    under_way = any(r.state in (ReadingState.DUE, ReadingState.RUNNING) for r in slices)
    if not under_way or done & (done - 1):
        return
    for document in hold_documents(uow, [row.id for row in documents_over(uow, file.id)]):
        document.touch()
    uow.defer(Job.INDEX, ALL)


def _read_and_keep(backends: Backends, claim: Claim) -> ReadDocument:
    source, sandbox = reading_source(backends.store, claim.sha256), sandbox_of(backends)
    with tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        images = Path(folder)
        result = read(source, first=claim.first, last=claim.last, images=images, sandbox=sandbox, sha256=claim.sha256)
        _keep_derived(backends, claim, result, images)
    return result


def words_name(first: int) -> str:
    """The derived file with the words and boxes of the slice that begins at this page."""
    return f"{ENGINE}/words-{first}.json.gz"


def image_name(page: int, *, thumbnail: bool) -> str:
    """The derived file with the image of a page."""
    return f"{ENGINE}/{'thumb' if thumbnail else 'page'}-{page}.webp"


def _keep_derived(backends: Backends, claim: Claim, result: ReadDocument, folder: Path) -> None:
    words = {
        str(page.number): [[w.text, *(round(edge, 2) for edge in w.box), w.confidence] for w in page.words]
        for page in result.pages
    }
    backends.store.put_derived(claim.sha256, words_name(claim.first), pack(words))
    for image in sorted(folder.glob("*.webp")):
        backends.store.put_derived(claim.sha256, f"{ENGINE}/{image.name}", image.read_bytes())


def _write_pages(uow: UnitOfWork, claim: Claim, pages: Sequence[Page]) -> None:
    """Put the pages read in the place of what was read of them before; the text of an earlier engine is kept."""
    earlier = (PageText.stored_file_id == claim.file_id) & PageText.page.in_([page.number for page in pages])
    uow.session.execute(delete(PageText).where(earlier, PageText.engine == ENGINE))
    uow.session.execute(update(PageText).where(earlier).values(current=False))
    uow.session.add_all(_page_row(claim, page) for page in pages)


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


def lay_pages(uow: UnitOfWork, document: Document) -> None:
    """Give a document all pages of its file, in order, where it has none yet; and those that a newer engine finds
    beyond the last, where it has all others as they stand in the file."""
    have = [page.page for page in document.pages if page.stored_file_id == document.stored_file_id]
    whole = have == list(range(1, len(document.pages) + 1)) and document.parcel_id is None
    if not whole or not document.file.pages:
        return
    for number in range(len(have) + 1, document.file.pages + 1):
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
