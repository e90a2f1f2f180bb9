"""Keeping the search index at the state of the records: writing what is behind, audit, rebuild (job INDEX).

What is behind is a WHERE clause: `indexed_revision IS DISTINCT FROM revision`. Index writes happen only here.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import aliased, selectinload

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.models import (
    Case,
    CaseDocument,
    Document,
    DocumentFact,
    DocumentPage,
    FilingState,
    Intake,
    PageText,
    Person,
    Source,
    StoredFile,
    TextSource,
    in_use,
    text_of_page,
)
from app.services.percolating import anything_to_percolate, forget_documents, note_indexed, percolate_some
from app.services.viewing import doubtful_words
from indexer import RebuildReport, SearchDocument, SearchPage
from indexer.errors import SearchBusy, SearchDamaged
from indexer.numbers import number_keys

log = structlog.get_logger()

BATCH = 50  # documents written at once: a few hundred pages in memory at most
READING = "reading"  # the quality of a document of which search knows a part while the rest is read
LEAP = 1000  # revisions; a restored database is rarely further behind its index than a few of these


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Index against database: in the index without a row, missing from it, and at another revision; after repair."""

    stray: int
    missing: int
    stale: int


def index_due(backends: Backends) -> int:
    """Write everything whose index is behind; returns how many documents were written or removed.

    One process at a time: the others leave. The holder works until nothing is due, lets go, then looks once more,
    since a ring may have come while it held the lock. A document that the index cannot take stays due and hidden where
    its access changed, is named in the log, and does not keep the others waiting.
    """
    written = 0
    refused: set[int] = set()
    while _anything_due(backends, refused):
        try:
            with backends.search.writing():
                while (count := _write_some(backends, refused)) or percolate_some(backends, _load):
                    written += count
        except SearchBusy:
            return written
    if refused:
        log.error("index.documents-refused", documents=sorted(refused))
    return written


def _known() -> ColumnElement[bool]:
    """What the index is to know: what was read once, also while it is read again or was deleted since; and what is
    read in part, once somebody said so by raising its revision."""
    read_in_part = (
        select(DocumentPage.id).join(PageText, text_of_page()).where(DocumentPage.document_id == Document.id).exists()
    )
    first_shown = and_(Document.revision > 1, read_in_part)
    return or_(Document.quality.is_not(None), Document.indexed_revision.is_not(None), first_shown)


def _due(but: Collection[int] = ()) -> Select[Document]:
    drifted = Document.indexed_revision.is_distinct_from(Document.revision)
    return select(Document).where(drifted, _known(), Document.id.not_in(but))


def _anything_due(backends: Backends, but: Collection[int]) -> bool:
    with backends.read() as uow:
        due = uow.session.scalar(_due(but).with_only_columns(Document.id).limit(1))
        return due is not None or anything_to_percolate(uow)


def _write_some(backends: Backends, refused: set[int]) -> int:
    """Write the next documents that are due; adds those that the index cannot take to `refused`."""
    with backends.read() as uow:
        rows = uow.session.scalars(_due(refused).order_by(Document.id).limit(BATCH)).all()
        alive = project_all(uow, [row for row in rows if not row.is_kept_out])
        dead = [(row.id, row.revision) for row in rows if row.is_kept_out]
        unknown = {row.id for row in rows if row.indexed_revision is None}
    newer = _put(backends, alive, refused)
    if dead:
        newer |= set(backends.search.remove(dead).refused)
    written = sorted([*((d.id, d.revision) for d in alive if d.id not in refused), *dead])
    with backends.begin(SYSTEM) as uow:
        for document_id, revision in written:
            if document_id in newer:
                _pass(uow, document_id, revision)
            else:
                _mark(uow, document_id, revision)
        note_indexed(uow, {d.id: d.id in unknown for d in alive if d.id not in refused | newer})
        forget_documents(uow, [document_id for document_id, _ in dead])
    return len(rows)


def _load(uow: UnitOfWork, ids: Sequence[int]) -> list[SearchDocument]:
    """Those of these documents that search shows, as it knows them."""
    rows = uow.session.scalars(select(Document).where(Document.id.in_(ids), in_use()).order_by(Document.id)).all()
    return project_all(uow, rows)


def _put(backends: Backends, documents: Sequence[SearchDocument], refused: set[int]) -> set[int]:
    """Write documents; one that the index cannot take does not keep the others out. Returns those of which the index
    holds a newer revision."""
    if not documents:
        return set()
    try:
        return set(backends.search.write(documents).refused)
    except SearchDamaged as error:
        if len(documents) == 1:
            log.warning("index.document-refused", document=documents[0].id, code=error.code)
            refused.add(documents[0].id)
            return set()
    return {number for document in documents for number in _put(backends, [document], refused)}


def _mark(uow: UnitOfWork, document_id: int, revision: int) -> None:
    """The index has this revision; a document that moved on meanwhile stays due and stays hidden."""
    uow.session.execute(
        update(Document).where(Document.id == document_id).values(indexed_revision=revision),
        execution_options={"synchronize_session": False},
    )
    uow.session.execute(
        update(Document).where(Document.id == document_id, Document.revision == revision).values(access_pending=False),
        execution_options={"synchronize_session": False},
    )


def _pass(uow: UnitOfWork, document_id: int, revision: int) -> None:
    """The index holds a newer revision than the newest there is: the database was restored from a backup. Leap until
    it is passed; a document that only moved on meanwhile is due at its new revision anyway."""
    uow.session.execute(
        update(Document)
        .where(Document.id == document_id, Document.revision == revision)
        .values(revision=revision + LEAP, indexed_revision=revision),
        execution_options={"synchronize_session": False},
    )


def project_all(uow: UnitOfWork, documents: Sequence[Document]) -> list[SearchDocument]:
    """The documents as the index knows them."""
    if not documents:
        return []
    ids = [document.id for document in documents]
    cases = _cases(uow, ids)
    texts = _texts(uow, ids)
    typed, unopened = _typed(uow, ids), _unopened(uow, ids)
    return [
        project(d, cases.get(d.id, []), texts.get(d.id, []), typed.get(d.id, ""), unopened.get(d.id, ()))
        for d in documents
    ]


def project(
    document: Document, cases: Sequence[Case], pages: Sequence[SearchPage], typed: str, unopened: Sequence[str] = ()
) -> SearchDocument:
    """One document as the index knows it: facts, owners, flags, pages; `unopened` are the names of files in it that
    could not be taken out."""
    persons = {case.person.id: case.person for case in cases}
    names = [(person.id, name) for person in persons.values() for name in _names(person)]
    number = number_text(document)
    return SearchDocument(
        id=document.id,
        revision=document.revision,
        title=document.title,
        type=document.type,
        number_text=number,
        number_keys=number_keys(number, document.date.year if document.date else None),
        date=document.date,
        body=document.body,
        subject=document.subject,
        persons=tuple(names),
        identities=tuple(identity.number for person in persons.values() for identity in person.identities),
        cases=tuple((case.id, case.code) for case in cases),
        organisations=tuple(sorted({document.organisation_id, *(case.organisation_id for case in cases)})),
        case_ids=tuple(case.id for case in cases),
        flags=tuple(document.flags),
        quality=READING if document.quality is None else document.quality.value,
        file_name=" ".join((document.file_name, *unopened)),
        place=document.kept_at,
        signer=document.signer,
        typed_text=f"{typed} {document.typed_text}".strip(),
        pages=tuple(pages),
    )


def _names(person: Person) -> tuple[str, ...]:
    """All names a person is known by, the full name first; a document is found by each of them."""
    return (person.full_name, *(known.name for known in person.names))


def number_text(document: Document) -> str:
    """Number and symbol as written, such as 15/QĐ-UBND; empty where neither is known."""
    if document.number and document.symbol:
        return f"{document.number}/{document.symbol}"
    return document.number or (f"/{document.symbol}" if document.symbol else "")


def _cases(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Case]]:
    rows = uow.session.execute(
        select(CaseDocument.document_id, Case)
        .join(Case, Case.id == CaseDocument.case_id)
        .where(CaseDocument.document_id.in_(ids), CaseDocument.state == FilingState.ACCEPTED)
        .options(
            selectinload(Case.person).selectinload(Person.identities),
            selectinload(Case.person).selectinload(Person.names),
        )
        .order_by(Case.id)
    ).all()
    found: dict[int, list[Case]] = {}
    for document_id, case in rows:
        found.setdefault(document_id, []).append(case)
    return found


def _texts(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[SearchPage]]:
    rows = uow.session.execute(
        select(
            DocumentPage.document_id,
            DocumentPage.position,
            PageText.text,
            PageText.source,
            StoredFile.sha256,
            PageText.words_name,
            PageText.page,
            PageText.confidence,
        )
        .join(PageText, text_of_page())
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .where(DocumentPage.document_id.in_(ids))
        .order_by(DocumentPage.document_id, DocumentPage.position)
    ).all()
    scanned = [row for row in rows if row.source is TextSource.OCR]
    asked = ((row.sha256, row.words_name, row.page, row.confidence) for row in scanned)
    words = doubtful_words(uow.store, asked)
    doubtful = dict(zip(((row.document_id, row.position) for row in scanned), words, strict=True))
    found: dict[int, list[SearchPage]] = {}
    for row in rows:
        page = SearchPage(row.position, row.text, doubtful.get((row.document_id, row.position), ()))
        found.setdefault(row.document_id, []).append(page)
    return found


def _typed(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, str]:
    rows = uow.session.execute(
        select(DocumentFact.document_id, DocumentFact.value).where(
            DocumentFact.document_id.in_(ids), DocumentFact.source == Source.PERSON
        )
    ).all()
    found: dict[int, str] = {}
    for document_id, value in rows:
        found[document_id] = f"{found.get(document_id, '')} {value}"
    return found


def _unopened(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the files in each archive or mail that have no document of their own, since they could not be taken
    out: it is found by them. The others are found by themselves, each by those who may see it."""
    inside = aliased(Intake)
    rows = uow.session.execute(
        select(Intake.document_id, inside.name)
        .join(inside, inside.parent_id == Intake.id)
        .where(Intake.document_id.in_(ids), Intake.settled.is_(None), inside.document_id.is_(None))
        .order_by(inside.id)
    ).all()
    found: dict[int, list[str]] = {}
    for document_id, name in rows:
        found.setdefault(document_id or 0, []).append(name)
    return found


def _expected(uow: UnitOfWork) -> Iterator[tuple[int, int]]:
    """(id, revision) of everything the index should hold."""
    rows = uow.session.execute(select(Document.id, Document.revision).where(in_use(), _known()).order_by(Document.id))
    return ((row.id, row.revision) for row in rows)


def audit(backends: Backends) -> AuditReport:
    """Compare index and database both ways and repair: what differs is marked as behind and written again."""
    index_due(backends)
    held = dict(backends.search.revisions())
    with backends.read() as uow:
        expected = dict(_expected(uow))
    stray = sorted(held.keys() - expected.keys())
    missing = sorted(expected.keys() - held.keys())
    stale = sorted(i for i in held.keys() & expected.keys() if held[i] != expected[i])
    if stray:
        with backends.read() as uow:
            newest = dict(
                uow.session.execute(select(Document.id, Document.revision).where(Document.id.in_(stray))).all()
            )
        backends.search.remove([(i, max(held[i], newest.get(i, 0)) + (i not in newest)) for i in stray])
    if missing or stale:
        with backends.begin(SYSTEM) as uow:
            for start in range(0, len(missing + stale), 500):
                part = (missing + stale)[start : start + 500]
                uow.session.execute(
                    update(Document).where(Document.id.in_(part)).values(revision=Document.revision + 1),
                    execution_options={"synchronize_session": False},
                )
        index_due(backends)
    report = AuditReport(len(stray), len(missing), len(stale))
    with backends.begin(SYSTEM) as uow:
        uow.record("index.audited", "index", None, stray=report.stray, missing=report.missing, stale=report.stale)
    log.info("index.audited", stray=report.stray, missing=report.missing, stale=report.stale)
    return report


def rebuild(backends: Backends) -> tuple[RebuildReport, AuditReport]:
    """Write a new index beside the live one from the database, swap, and end with an audit."""

    def documents() -> Iterator[SearchDocument]:
        last = 0
        while True:
            with backends.read() as uow:
                rows = uow.session.scalars(
                    select(Document).where(Document.id > last, in_use(), _known()).order_by(Document.id).limit(BATCH)
                ).all()
                projected = project_all(uow, rows)
            if not rows:
                return
            last = rows[-1].id
            yield from projected

    def expected() -> list[tuple[int, int]]:
        with backends.read() as uow:
            return list(_expected(uow))

    def as_they_are(ids: Sequence[int]) -> list[SearchDocument]:
        with backends.read() as uow:
            return _load(uow, ids)

    report = backends.search.rebuild(documents(), check=expected, fetch=as_they_are)
    return report, audit(backends)


def searchable_count(uow: UnitOfWork) -> tuple[int, int]:
    """How many living documents are read and in the index, and how many there are."""
    alive = select(func.count()).select_from(Document).where(in_use())
    done = alive.where(Document.quality.is_not(None), Document.indexed_revision.is_not(None))
    return uow.session.scalar(done) or 0, uow.session.scalar(alive) or 0


def behind(uow: UnitOfWork) -> int:
    """How many documents the index does not know in their newest state."""
    return uow.session.scalar(select(func.count()).select_from(_due().subquery())) or 0
