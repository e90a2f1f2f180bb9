"""Taking over what was read of a file: quality, header facts and proposals for filing (job FINISH).

Acts only when every slice is done or given up; the file's row is locked meanwhile. A fact that a person typed or
confirmed is never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.jobs import ALL, Job
from app.models import (
    Document,
    DocumentFact,
    Organisation,
    PageText,
    Quality,
    Reading,
    ReadingState,
    Source,
    StoredFile,
    TextSource,
)
from app.services.document_facts import doubts_left, title_from
from app.services.filing import propose_filings
from app.services.intake import documents_over
from app.services.reading import lay_pages
from app.services.revisions import hold_documents
from app.services.signed_copy import recognise
from app.services.viewing import read_page
from indexer.folding import fold
from ingestion import ENGINE, Fact, Facts, Page, is_weak, understand

log = structlog.get_logger()

HEAD_PAGES = 3  # the header facts stand on the first pages; the words and boxes of no others are loaded


@dataclass(frozen=True, slots=True)
class Result:
    """What the readings of a file came to."""

    quality: Quality
    failure_code: str | None
    facts: Facts


def finish_file(backends: Backends, file_id: int) -> None:
    """Take over the readings of a file into every document over it, and ask for the index."""
    with backends.read(SYSTEM) as uow:
        file = uow.session.get(StoredFile, file_id)
        if file is None or not _is_read(file.readings):
            return
        pages = _pages(uow, file)
        readings = list(file.readings)
    result = judge(pages, readings)
    with backends.begin(SYSTEM) as uow:
        held = select(StoredFile).where(StoredFile.id == file_id).with_for_update(key_share=True)
        file = uow.session.scalars(held).one()
        if not _is_read(file.readings):
            return
        waiting = _waiting(uow, file)
        if not waiting and file.finished_engine == ENGINE:
            return
        file.finished_engine = ENGINE
        for document in waiting:
            take_over(uow, document, result)
        uow.defer(Job.INDEX, ALL)
    log.info("file.finished", file=file_id, pages=len(pages), quality=result.quality.value)


def _waiting(uow: UnitOfWork, file: StoredFile) -> list[Document]:
    """The documents over a file that do not have its newest reading yet, held in the order of their ids.

    One that joins a file read before is taken over alone: what others did with the same bytes stays as it is.
    """
    rows = documents_over(uow, file.id)
    if file.finished_engine == ENGINE:
        rows = [row for row in rows if row.quality is None]
    return hold_documents(uow, [row.id for row in rows])


def _is_read(readings: Sequence[Reading]) -> bool:
    """Whether nothing of the file is still to be read with this engine version."""
    mine = [r for r in readings if r.engine == ENGINE]
    return bool(mine) and all(r.state in (ReadingState.DONE, ReadingState.FAILED) for r in mine)


def _pages(uow: UnitOfWork, file: StoredFile) -> list[Page]:
    rows = uow.session.scalars(
        select(PageText).where(PageText.stored_file_id == file.id, PageText.engine == ENGINE).order_by(PageText.page)
    ).all()
    pages = []
    for index, row in enumerate(rows):
        if index >= HEAD_PAGES:
            row.words_name = ""
        pages.append(read_page(uow.store, file.sha256, row, row.page))
    uow.session.expunge_all()
    return pages


def judge(pages: Sequence[Page], readings: Sequence[Reading]) -> Result:
    """Quality and facts of a file from its pages and the fate of its slices."""
    failed = [r for r in readings if r.state is ReadingState.FAILED and r.engine == ENGINE]
    code = failed[0].error_code if failed else None
    if not pages:
        return Result(Quality.UNREAD, code or "read-nothing", Facts())
    facts = understand(pages)
    if code is not None or is_weak(pages) or not any(page.text.strip() for page in pages):
        return Result(Quality.WEAK, code, facts)
    scanned = any(page.source.value == TextSource.OCR for page in pages)
    return Result(Quality.SCAN if scanned else Quality.TEXT, None, facts)


def take_over(uow: UnitOfWork, document: Document, result: Result) -> None:
    """Write the result into one document, keeping what people confirmed."""
    lay_pages(uow, document)
    document.quality, document.failure_code = result.quality, result.failure_code
    apply_facts(uow, document, result.facts)
    document.touch()
    uow.session.flush()
    propose_filings(uow, document, result.facts)
    recognise(uow, document, result.facts)
    uow.record("document.read", "document", document.id, quality=result.quality.value, code=result.failure_code)


def apply_facts(uow: UnitOfWork, document: Document, facts: Facts) -> None:
    """The parser's facts as columns of the document, each with its source row."""
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
            _apply(uow, document, name, fact, facts)
    if "title" not in confirmed and document.subject:
        document.title = title_from(document.type, document.subject)
    document.fact_flags = doubts_left((str(flag) for flag in facts.flags), confirmed)


def _apply(uow: UnitOfWork, document: Document, name: str, fact: Fact | None, facts: Facts) -> None:
    row = next((known for known in document.facts if known.name == name), None)
    if fact is None:
        if row is not None:
            document.facts.remove(row)
            uow.session.delete(row)
        return
    value = fact.value
    if name == "number" and facts.suffix is not None:
        value += facts.suffix.value
    _set_column(document, name, known_body(uow, value) if name == "body" else value)
    if row is None:
        row = DocumentFact(name=name, document_id=document.id)
        document.facts.append(row)
    row.value, row.source, row.at = value[:500], Source.PARSER, uow.now
    row.page = fact.evidence.page if fact.evidence else None
    row.quote = (fact.evidence.quote if fact.evidence else "")[:500]


def known_body(uow: UnitOfWork, value: str) -> str:
    """The name of a body read from a head, where it stands in capitals: in ordinary case where an organisation has
    this name, so that its papers count as one body's. The fact keeps what was read."""
    if not value.isupper():
        return value
    known = {fold(name): name for name in uow.session.scalars(select(Organisation.name).order_by(Organisation.id))}
    return known.get(fold(value), value)


def _set_column(document: Document, name: str, value: str) -> None:
    if name == "date":
        document.date_text = value[:20]
        document.date = date.fromisoformat(value) if len(value) == len("2026-11-20") else None
        return
    limits = {"type": 12, "number": 20, "symbol": 60, "body": 200, "signer": 120, "subject": 500}
    setattr(document, name, value[: limits[name]])
