"""What other documents need of a file that goes: their pages in a stored file of their own, with all that was read.

Pages of scans are taken over as they are. Of an archive or mail, and of a portfolio whose pages carry files, the text
that was read is what stays: its bytes hold the removed file.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import structlog
from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import StoredBytesLost
from app.models import Document, DocumentPage, EarlierScan, PageText, Reading, ReadingState, StoredFile
from app.services.clearing_plans import FilePlan, scans_of
from app.services.originals import has_pictures
from app.services.page_words import Rows, pack, read_one
from app.services.reading import reading_source, sandbox_of, words_name
from app.services.revisions import hold_documents
from app.storage import Stored
from ingestion import ENGINE, ReadError, extract, survey

log = structlog.get_logger()

PDF, TEXT = "application/pdf", "text/plain"
_LONGEST_NAME = 300  # characters of `Document.file_name`
_REST = "\n\n(Chữ của tệp số {number} trong hệ thống; tệp đó đã được gỡ bỏ.)\n"


@dataclass(frozen=True, slots=True)
class Copy:
    """The new bytes, and what they are."""

    stored: Stored
    media_type: str


def copy_of_rest(backends: Backends, plan: FilePlan) -> Copy:
    """A new stored file of the pages that other documents need, with their words and boxes. Slow: outside any unit of
    work. Raises `ReadError`, and `HosoError` where the store is full or bytes are gone."""
    copy = _copied(backends, plan)
    with backends.read(SYSTEM) as uow:
        texts = _current_texts(uow, plan.file_id, plan.rest)
        words: dict[str, Rows] = {}
        places = {page: number for number, page in enumerate(plan.rest, start=1)}  # one without text has a place too
        for text in texts:
            path = backends.store.derived(plan.sha256, text.words_name) if text.words_name else None
            if path is not None:
                words[str(places[text.page])] = read_one(path, text.page)
    backends.store.put_derived(copy.stored.sha256, words_name(1), pack(words))
    return copy


def _copied(backends: Backends, plan: FilePlan) -> Copy:
    with backends.read(SYSTEM) as uow:
        is_pictured = has_pictures(uow.session.get_one(StoredFile, plan.file_id))
        texts = [text.text for text in _current_texts(uow, plan.file_id, plan.rest)]
    if not plan.container:
        return Copy(backends.store.put(BytesIO(_extracted(backends, plan))), PDF)
    if is_pictured:
        try:
            content = _extracted(backends, plan)
        except (ReadError, StoredBytesLost) as error:  # its text stays all the same
            log.warning("removal.pages-not-copied", file=plan.file_id, code=error.code)
        else:
            if not _holds_files(backends, content):
                return Copy(backends.store.put(BytesIO(content)), PDF)
    # The number makes the bytes of each such file its own: two archives of two files say the same of themselves.
    said = "\n\n".join(texts) + _REST.format(number=plan.file_id)
    return Copy(backends.store.put(BytesIO(said.encode())), TEXT)


def _extracted(backends: Backends, plan: FilePlan) -> bytes:
    return extract([(reading_source(backends.store, plan.sha256), plan.rest)], sandbox=sandbox_of(backends))


def _holds_files(backends: Backends, content: bytes) -> bool:
    """Whether pages of a portfolio still carry files: one pinned to a page comes with it."""
    with tempfile.TemporaryDirectory(prefix="hoso-") as folder:
        path = Path(folder) / "rest.pdf"
        path.write_bytes(content)
        try:
            return survey(path, sandbox=sandbox_of(backends)).members > 0
        except ReadError:
            return True


def _current_texts(uow: UnitOfWork, file_id: int, pages: Sequence[int]) -> Sequence[PageText]:
    return uow.session.scalars(
        select(PageText)
        .where(PageText.stored_file_id == file_id, PageText.page.in_(pages), PageText.current.is_(True))
        .order_by(PageText.page)
    ).all()


def move_pages(uow: UnitOfWork, plan: FilePlan, copy: Copy, *, only: int | None) -> None:
    """Point the other documents to the same pages in the copy; only those of this organisation, where it is given."""
    new = _row_of(uow, plan, copy)
    places = {page: number for number, page in enumerate(plan.rest, start=1)}
    for text in _current_texts(uow, plan.file_id, plan.rest):
        uow.session.add(_moved_text(text, new.id, places[text.page]))
    uow.session.flush()
    query = select(DocumentPage).join(Document, Document.id == DocumentPage.document_id)
    query = query.where(DocumentPage.stored_file_id == plan.file_id, DocumentPage.page.in_(plan.rest))
    scans = scans_of(plan.file_id).join(Document, Document.id == EarlierScan.document_id)
    if only is not None:
        query = query.where(Document.organisation_id == only)
        scans = scans.where(Document.organisation_id == only)
    moved = uow.session.scalars(query).all()
    for document in hold_documents(uow, {page.document_id for page in moved}):
        if document.stored_file_id == plan.file_id:
            document.stored_file_id = new.id
            document.file_name = _name_of_copy(document.file_name, copy)
        document.touch()
    for page in moved:
        page.stored_file_id, page.page = new.id, places[page.page]
    for scan in uow.session.scalars(scans):
        kept = [row for row in scan.pages if row["file"] != plan.file_id or row["page"] in places]
        scan.pages = [
            {**row, "file": new.id, "page": places[row["page"]]} if row["file"] == plan.file_id else row for row in kept
        ]
        if scan.stored_file_id == plan.file_id:
            scan.stored_file_id = new.id
    uow.session.flush()


def _row_of(uow: UnitOfWork, plan: FilePlan, copy: Copy) -> StoredFile:
    new = StoredFile(
        sha256=copy.stored.sha256,
        size=copy.stored.size,
        media_type=copy.media_type,
        pages=len(plan.rest),
        finished_engine=ENGINE,
        created_at=uow.now,
    )
    uow.session.add(new)
    uow.session.flush()
    for first, last in ((0, 0), (1, len(plan.rest))):
        reading = Reading(stored_file_id=new.id, engine=ENGINE, first=first, last=last, state=ReadingState.DONE)
        uow.session.add(reading)
    return new


def _name_of_copy(name: str, copy: Copy) -> str:
    """The name under which a document is downloaded tells what its bytes are now."""
    ending = ".pdf" if copy.media_type == PDF else ".txt"
    return name if name.lower().endswith(ending) else name[: _LONGEST_NAME - len(ending)] + ending


def _moved_text(text: PageText, file_id: int, page: int) -> PageText:
    return PageText(
        stored_file_id=file_id,
        page=page,
        engine=ENGINE,
        source=text.source,
        confidence=text.confidence,
        width=text.width,
        height=text.height,
        text=text.text,
        blank=text.blank,
        pictured=text.pictured,
        running=text.running,
        regions=text.regions,
        steps=text.steps,
        words_name=words_name(1),
    )
