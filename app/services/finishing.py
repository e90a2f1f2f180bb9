"""Taking over what was read: quality, header facts and proposals for filing, each document by its own pages (FINISH).

Acts only when every slice of the file is done or given up; the file's row is locked meanwhile. A document with pages
of several files waits for all of them. A fact that a person typed or confirmed is never overwritten.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import structlog
from sqlalchemy import Select, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import ArchiveTooDeep
from app.jobs import ALL, Job
from app.models import (
    UNPACK_FIRST,
    Document,
    DocumentFact,
    DocumentPage,
    Organisation,
    PageText,
    Quality,
    Reading,
    ReadingState,
    Source,
    StoredFile,
    TextSource,
    text_of_page,
)
from app.services.document_facts import doubts_left, put, title_from
from app.services.filing import propose_all
from app.services.likeness import find_likenesses, forget_print, unprinted
from app.services.quarantine import quarantine
from app.services.reading import documents_over, lay_pages
from app.services.revisions import hold_documents
from app.services.sides import DUPLEX, believe_sides
from app.services.signed_copy import recognise_all
from app.services.split_proposals import propose_split, seen_parts
from app.services.unpacking import deliver_members
from app.services.viewing import read_page, words_between
from indexer.folding import fold
from ingestion import ENGINE, WEAK_BELOW, Fact, Facts, Page, RegionKind, is_weak, secrecy, sheet_number, understand
from ingestion.sheets import order_problem, two_sided

log = structlog.get_logger()

HEAD_PAGES = 3  # the header facts stand on the first pages; the words and boxes of no others are loaded
ARCHIVES = frozenset(
    {"application/zip", "application/x-7z-compressed", "application/vnd.rar", "application/x-tar", "application/gzip"}
    | {"application/x-bzip2", "application/x-xz"}
)
"""Media types of files that are no papers themselves: nothing in what their text counts is a number or a date."""
_STAMP = re.compile(r"\bB\.?\s?L\b|b[úu]t\s?l", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OwnReading:
    """What was read of the pages of one document: the pages by their position, and the code of what failed there.
    `opened` says that it is a container whose files could be taken out, `listing` that its text only says how many."""

    pages: tuple[Page, ...]
    failure_code: str | None
    opened: bool = False
    listing: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What the readings of a document came to; `sheets` are the numbers on its sheets (bút lục), by position.
    `legible` says whether the words of the subject were recognised well enough to be a title."""

    quality: Quality
    failure_code: str | None
    facts: Facts
    secret: bool = False
    sheets: Mapping[int, str] = field(default_factory=dict)
    two_sided: bool | None = None
    legible: bool = True


def finish_file(backends: Backends, file_id: int) -> None:
    """Take over the readings of a file into every document that has pages of it, ask for the index, and let the files
    inside it arrive."""
    _take_over_all(backends, file_id)
    with backends.read(SYSTEM) as uow:
        new = unprinted(uow, [document.id for document in documents_over(uow, file_id)])
    for document_id in new:
        find_likenesses(backends, document_id)
    deliver_members(backends, file_id)


def _take_over_all(backends: Backends, file_id: int) -> None:
    with backends.read(SYSTEM) as uow:
        file = uow.session.get(StoredFile, file_id)
        if file is None or read_with(file) is None:
            return
        rows = _waiting(uow, file)
        owned = {document.id: own_reading(uow, document) for document in rows}
        cuts = {document.id: seen_parts(uow, document) for document in rows}
    results = {document_id: judge(own) for document_id, own in owned.items()}
    with backends.begin(SYSTEM) as uow:
        held = select(StoredFile).where(StoredFile.id == file_id).with_for_update(key_share=True)
        file = uow.session.scalars(held).one()
        engine = read_with(file)
        if engine is None:
            return
        waiting = hold_documents(uow, [document.id for document in _waiting(uow, file)])
        if not waiting and file.finished_engine == engine:
            return
        file.finished_engine = engine
        for document in waiting:
            if document.id in results:
                take_over(uow, document, results[document.id])
                propose_split(uow, document, cuts[document.id])
            else:  # it came to the file a moment ago
                document.quality = None
                uow.defer(Job.FINISH, file_id)
        uow.defer(Job.INDEX, ALL)
    log.info("file.finished", file=file_id, documents=len(waiting))


def _waiting(uow: UnitOfWork, file: StoredFile) -> list[Document]:
    """The documents that do not have the newest reading of a file yet and whose other files are read too.

    One that joins a file taken over before is taken over alone: what others did with the same bytes stays as it is.
    """
    rows = documents_over(uow, file.id)
    if file.finished_engine == read_with(file):
        rows = [row for row in rows if row.quality is None]
    return [row for row in rows if not _waits_for_another(uow, row, file)]


def _waits_for_another(uow: UnitOfWork, document: Document, file: StoredFile) -> bool:
    """Whether the document has pages of another file that is not read yet; that one's end takes it over."""
    unread = (
        select(DocumentPage.id)
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .where(
            DocumentPage.document_id == document.id,
            StoredFile.id != file.id,
            StoredFile.finished_engine.is_(None),
        )
    )
    return uow.session.scalar(unread.limit(1)) is not None


def read_with(file: StoredFile) -> str | None:
    """The engine version by which a file is read whole: this one where nothing is left to do with it, else the one it
    was read with before; None while it is being read for the first time."""
    mine = [r for r in file.readings if r.engine == ENGINE]
    if any(r.state in (ReadingState.DUE, ReadingState.RUNNING) for r in mine):
        return None
    return ENGINE if mine else file.finished_engine


def own_reading(uow: UnitOfWork, document: Document) -> OwnReading:
    """What was read of a document's own pages; those of a document that has none yet are all pages of its file."""
    rows = uow.session.execute(_texts_of(document)).all()
    pages = tuple(
        read_page(uow.store, sha256, text, position, with_words=index < HEAD_PAGES or _is_stamped(text))
        for index, (position, text, sha256) in enumerate(rows)
    )
    has = {(text.stored_file_id, text.page) for _, text, _ in rows}
    wanted = {(page.stored_file_id, page.page) for page in document.pages}
    if not wanted:
        wanted = {(document.stored_file_id, page) for page in range(1, (document.file.pages or 0) + 1)}
    opened = any(r.first == UNPACK_FIRST and r.state is ReadingState.DONE for r in document.file.readings)
    code = _failure(uow, document, missing=wanted - has, read_some=bool(has), opened=opened)
    return OwnReading(pages, code, opened, listing=document.file.media_type in ARCHIVES)


def _is_stamped(text: PageText) -> bool:
    """Whether the number of a sheet may stand on a page: only then are its words and their places looked at."""
    return bool(_STAMP.search(text.text)) or any(row["kind"] == RegionKind.SHEET_NUMBER for row in text.regions)


def _texts_of(document: Document) -> Select[int, PageText, str]:
    read = select(DocumentPage.position, PageText, StoredFile.sha256)
    if document.pages:
        return (
            read.join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
            .join(PageText, text_of_page())
            .where(DocumentPage.document_id == document.id)
            .order_by(DocumentPage.position)
        )
    return (
        select(PageText.page, PageText, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == PageText.stored_file_id)
        .where(PageText.stored_file_id == document.stored_file_id, PageText.current.is_(True))
        .order_by(PageText.page)
    )


def _failure(
    uow: UnitOfWork, document: Document, *, missing: set[tuple[int, int]], read_some: bool, opened: bool
) -> str | None:
    """The code of the first failure that left a page of the document without text, or its file unopened."""
    files = {page.stored_file_id for page in document.pages} | {document.stored_file_id}
    failed = uow.session.scalars(
        select(Reading)
        .where(Reading.stored_file_id.in_(files), Reading.state == ReadingState.FAILED)
        .order_by(Reading.engine.desc(), Reading.first)
    )
    for reading in failed:
        lost = any(file == reading.stored_file_id and reading.first <= page <= reading.last for file, page in missing)
        unopened = reading.first == UNPACK_FIRST and not opened and reading.error_code != ArchiveTooDeep.code
        if lost or unopened or not (read_some or opened):
            return reading.error_code
    return None


def judge(own: OwnReading) -> Result:
    """Quality and facts of a document from its pages and from what failed."""
    if not own.pages:
        if own.opened and own.failure_code is None:
            return Result(Quality.TEXT, None, Facts())
        return Result(Quality.UNREAD, own.failure_code or "read-nothing", Facts())
    facts = Facts() if own.listing else understand(own.pages)
    secret = any(secrecy((page,)) is not None for page in own.pages)
    sides = two_sided(own.pages)
    if order_problem(own.pages) is not None:
        facts = replace(facts, flags=(*facts.flags, DUPLEX))
    numbers = {page.number: sheet_number(page) for page in own.pages if page.words or page.regions}
    sheets = {position: number for position, number in numbers.items() if number is not None}
    if own.failure_code is not None or is_weak(own.pages) or not any(page.text.strip() for page in own.pages):
        legible = _is_legible(own.pages, facts.subject)
        return Result(Quality.WEAK, own.failure_code, facts, secret, sheets, sides, legible)
    scanned = any(page.source.value == TextSource.OCR for page in own.pages)
    return Result(Quality.SCAN if scanned else Quality.TEXT, None, facts, secret, sheets, sides)


def _is_legible(pages: Sequence[Page], fact: Fact | None) -> bool:
    """Whether the words of a fact were recognised well enough to stand as a name; those of a text layer always are."""
    place = fact.evidence if fact else None
    page = next((one for one in pages if place and one.number == place.page), None)
    if place is None or page is None:
        return True
    sure = [word.confidence for word in words_between(page, place.start, place.end) if word.confidence is not None]
    return not sure or sum(sure) / len(sure) >= WEAK_BELOW


def take_over(uow: UnitOfWork, document: Document, result: Result) -> None:
    """Write the result into one document, keeping what people confirmed. Of one in quarantine nothing but the quality
    is written, and one that is not an item of record now is proposed for no case."""
    lay_pages(uow, document)
    for page in document.pages:
        if page.sheet_source is not Source.PERSON:
            page.sheet = result.sheets.get(page.position, "")
            page.sheet_source = Source.PARSER if page.sheet else None
    take_over_all(uow, [(document, result)])


def take_over_all(uow: UnitOfWork, read: Sequence[tuple[Document, Result]]) -> None:
    """`take_over` for many documents of one organisation, with as many questions as for one. The caller has laid their
    pages and sheet numbers, and checked that the actor may file them."""
    bodies = body_names(uow) if read else {}
    for document, result in read:
        document.quality, document.failure_code = result.quality, result.failure_code
        if result.secret:
            quarantine(uow, document)
        if document.quarantined_at is None:
            apply_facts(uow, document, result.facts, legible=result.legible, bodies=bodies)
        believe_sides(document, result.two_sided)
        document.touch()
        uow.record("document.read", "document", document.id, quality=result.quality.value, code=result.failure_code)
    forget_print(uow, *(document for document, _ in read))
    uow.session.flush()
    told = [(document, result.facts) for document, result in read if not document.is_kept_out]
    if told:
        propose_all(uow, told[0][0].organisation_id, told)
        recognise_all(uow, told)


def apply_facts(
    uow: UnitOfWork,
    document: Document,
    facts: Facts,
    *,
    legible: bool = True,
    bodies: Mapping[str, str] | None = None,
) -> None:
    """The parser's facts as columns of the document, each with its source row. The title follows the subject while
    that is `legible`, or a person's; one that an earlier reading gave goes with its subject. `bodies` are those of
    `body_names`, asked for where they are not given."""
    bodies = body_names(uow) if bodies is None else bodies
    given = title_from(document.type, document.subject)
    confirmed = {fact.name for fact in document.facts if fact.source is Source.PERSON}
    found: dict[str, Fact | None] = {
        "type": facts.type,
        "number": facts.number,
        "symbol": facts.symbol,
        "date": facts.date,
        "body": facts.body,
        "signer": facts.signer,
        "subject": facts.subject,
    }
    for name, fact in found.items():
        if name not in confirmed:
            _apply(uow, document, name, fact, facts, bodies)
    if "title" not in confirmed and document.subject and (legible or "subject" in confirmed):
        document.title = title_from(document.type, document.subject)
    elif "title" not in confirmed and document.title == given:
        document.title = document.file_name
    document.fact_flags = doubts_left((str(flag) for flag in facts.flags), confirmed)


def _apply(
    uow: UnitOfWork, document: Document, name: str, fact: Fact | None, facts: Facts, bodies: Mapping[str, str]
) -> None:
    row = next((known for known in document.facts if known.name == name), None)
    if fact is None:
        if row is not None:
            document.facts.remove(row)
            uow.session.delete(row)
            put(document, name, "")
        return
    value = fact.value
    if name == "number" and facts.suffix is not None:
        value += facts.suffix.value
    _set_column(document, name, known_body(value, bodies) if name == "body" else value)
    if row is None:
        row = DocumentFact(name=name, document_id=document.id)
        document.facts.append(row)
    row.value, row.source, row.at = value[:500], Source.PARSER, uow.now
    row.page = fact.evidence.page if fact.evidence else None
    row.quote = (fact.evidence.quote if fact.evidence else "")[:500]


def body_names(uow: UnitOfWork) -> dict[str, str]:
    """The names of all organisations by their folded form."""
    return {fold(name): name for name in uow.session.scalars(select(Organisation.name).order_by(Organisation.id))}


def known_body(value: str, bodies: Mapping[str, str]) -> str:
    """The name of a body read from a head, where it stands in capitals: in ordinary case where an organisation has
    this name, so that its papers count as one body's. The fact keeps what was read."""
    return bodies.get(fold(value), value) if value.isupper() else value


def _set_column(document: Document, name: str, value: str) -> None:
    if name == "date":
        document.date_text = value[:20]
        document.date = date.fromisoformat(value) if len(value) == len("2026-11-20") else None
        return
    limits = {"type": 12, "number": 20, "symbol": 60, "body": 200, "signer": 120, "subject": 500}
    setattr(document, name, value[: limits[name]])
