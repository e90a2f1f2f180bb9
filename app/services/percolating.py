"""Saved searches over what came into the index: the questions with alerts are asked of the documents that an index job
wrote, batch by batch, whenever nothing is due to be written (job INDEX, under the same lock).

What is still to be asked is a row per document, written in the transaction that says that the index has it: a worker
that dies forgets nothing. A match says only that a question finds a document; who may see it is decided where matches
are counted or shown. A document is told of once per question, and only where it is new to the search: written to the
index for the first time, taken in, or filed since the first alert of the question was set.

To whom a document is filed is read only where every alert of the question has a basis and an end within a year: then
names are known as the live search knows them (`naming`), in another order, by initials, by other names, also where the
document does not hold the words. Whom a question names is looked up when a document of somebody comes who may be meant,
so that it holds for persons who were entered later. Without that a question finds what a document itself says. Matches
are kept by question, not by account: of several accounts that are told, each has to say why, and only persons in the
scope of each are named. Accounts that are closed or may not open the search any more count for nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import delete, func, insert, or_, select, update

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.models import (
    CaseDocument,
    Document,
    FilingState,
    PercolationDue,
    PersonKey,
    SavedSearch,
    SearchAlert,
    SearchMatch,
)
from app.models.base import UtcDateTime
from app.services.local_day import today
from app.services.naming import keys_asked, persons_by_words, persons_named
from app.services.saved_searches import follows, told_accounts
from indexer import SearchDocument
from indexer.percolator import KeptQuestion, Percolator

log = structlog.get_logger()

AT_ONCE = 50  # documents of one small index, as many as an index job writes

ROWS_AT_ONCE = 500  # rows named in one statement

Match = tuple[int, int]
_Words = Mapping[tuple[str, ...], tuple[int, ...]]
Project = Callable[[UnitOfWork, Sequence[int]], Sequence[SearchDocument]]


@dataclass(slots=True)
class _Kept:
    """The compiled questions of this process, which revision of each, the keys of names in each, the first alert of
    each, and what `stamp` of the tables they were read at: it changes with every question and alert, and every day."""

    percolator: Percolator = field(default_factory=Percolator)
    revisions: dict[int, int] = field(default_factory=dict)
    naming: dict[int, frozenset[str]] = field(default_factory=dict)
    since: dict[int, datetime] = field(default_factory=dict)
    stamp: tuple[object, ...] | None = None


_compiled: WeakKeyDictionary[Backends, _Kept] = WeakKeyDictionary()


def note_indexed(uow: UnitOfWork, documents: Mapping[int, bool]) -> None:
    """The index has these documents now, true: for the first time. Part of the transaction that says so; where nobody
    is told of anything there is nothing to do."""
    if not documents or uow.session.scalar(select(SearchAlert.id).limit(1)) is None:
        return
    waiting = select(PercolationDue).where(PercolationDue.document_id.in_(documents))
    known = {row.document_id: row for row in uow.session.scalars(waiting)}
    for document_id, first in documents.items():
        if document_id in known:
            known[document_id].first |= first
        else:
            uow.session.add(PercolationDue(document_id=document_id, first=first))


def forget_documents(uow: UnitOfWork, ids: Collection[int]) -> None:
    """These documents are not in the index any more: nobody is told of them."""
    for table in (PercolationDue, SearchMatch):
        uow.session.execute(delete(table).where(table.document_id.in_(ids)))


def anything_to_percolate(uow: UnitOfWork) -> bool:
    """Whether a document waits to be asked about."""
    return uow.session.scalar(select(PercolationDue.document_id).limit(1)) is not None


def percolate_some(backends: Backends, project: Project) -> int:
    """Ask the questions about the next documents that wait; returns how many there were. One process at a time: the
    caller holds the turn to write the index. `project` loads documents as the index knows them, but those it shows
    nothing of.
    """
    with backends.read(SYSTEM) as uow:
        waiting = select(PercolationDue).order_by(PercolationDue.document_id).limit(AT_ONCE)
        due = {row.document_id: row.first for row in uow.session.scalars(waiting)}
        if not due:
            return 0
        kept = _questions(backends, uow)
        documents = project(uow, list(due)) if len(kept.percolator) else []
        arrived = _arrived(uow, list(due))
        named = _naming_persons(uow, kept, documents)
    found = {*kept.percolator.matches(documents), *named.matches(documents)}
    found = _without_names(backends, documents, found)
    new = {(one, at) for one, at in found if due[at] or arrived[at] >= kept.since[one]}
    with backends.begin(SYSTEM) as uow:
        _write(uow, list(due), found, new)
    return len(due)


def _questions(backends: Backends, uow: UnitOfWork) -> _Kept:
    """The questions that somebody is told of today; only those that changed are compiled again."""
    kept = _compiled.setdefault(backends, _Kept())
    told = (SavedSearch.deleted_at.is_(None), or_(SearchAlert.until.is_(None), SearchAlert.until >= today(uow)))
    told_of = select(SearchAlert.saved_search_id).join(SavedSearch).where(*told)
    weighed = SavedSearch.id * SavedSearch.revision
    counts = select(func.count(), func.max(SavedSearch.id), func.sum(SavedSearch.revision), func.sum(weighed))
    row = uow.session.execute(counts.where(SavedSearch.id.in_(told_of))).one()
    stamp = (today(uow), *row)
    if kept.stamp == stamp:
        return kept
    rows = uow.session.execute(
        select(SavedSearch.id, SavedSearch.revision, func.min(SearchAlert.since, type_=UtcDateTime))
        .join(SearchAlert)
        .where(*told)
        .group_by(SavedSearch.id, SavedSearch.revision)
    ).all()
    kept.since = {id_: since for id_, _, since in rows}
    revisions = {id_: revision for id_, revision, _ in rows}
    for gone in kept.revisions.keys() - revisions.keys():
        kept.percolator.remove(gone)
        kept.naming.pop(gone, None)
    changed = [id_ for id_, revision in revisions.items() if kept.revisions.get(id_) != revision]
    for search in _rows(uow, changed):
        _add(kept.percolator, search)
        kept.naming[search.id] = keys_asked(search.text)
    kept.revisions, kept.stamp = revisions, stamp
    return kept


def _rows(uow: UnitOfWork, ids: Sequence[int]) -> Iterator[SavedSearch]:
    for at in range(0, len(ids), ROWS_AT_ONCE):
        yield from uow.session.scalars(select(SavedSearch).where(SavedSearch.id.in_(ids[at : at + ROWS_AT_ONCE])))


def _add(percolator: Percolator, row: SavedSearch, persons: _Words | None = None) -> None:
    filters = {name: tuple(values) for name, values in row.filters.items()}
    try:
        percolator.add(KeptQuestion(row.id, row.text, filters, persons or {}))
    except ValueError:  # what Tantivy says of a query that it cannot take; the live search says it too
        percolator.remove(row.id)
        log.warning("percolation.question-left-out", search=row.id)


def _naming_persons(uow: UnitOfWork, kept: _Kept, documents: Sequence[SearchDocument]) -> Percolator:
    """The questions that name somebody to whom one of these documents is filed."""
    percolator = Percolator()
    filed = {person for document in documents for person, _ in document.persons}
    keys = set(uow.session.scalars(select(PersonKey.key).where(PersonKey.person_id.in_(filed)))) if filed else set()
    concerned = [id_ for id_, asked in kept.naming.items() if not asked.isdisjoint(keys)]
    for row in _rows(uow, concerned):
        persons = _persons_meant(uow, row)
        if any(filed.intersection(ids) for ids in persons.values()):
            _add(percolator, row, persons)
    return percolator


def _persons_meant(uow: UnitOfWork, row: SavedSearch) -> _Words:
    """Words of a question and the persons whom they mean to everybody who is told of it; nobody where somebody is told
    without a basis or an end."""
    told = told_accounts(uow, [row.id]).get(row.id, [])
    if not told or not all(follows(uow, alert) for alert, _ in told):
        return {}
    meant = [persons_by_words(persons_named(uow.acting_as(account), row.text)) for _, account in told]
    return {
        words: tuple(one for one in ids if all(one in other.get(words, ()) for other in meant))
        for words, ids in meant[0].items()
    }


def _without_names(backends: Backends, documents: Sequence[SearchDocument], found: set[Match]) -> set[Match]:
    """What is found, but for documents that a question without a basis finds only by whom they are filed to."""
    filed = {document.id: document for document in documents if document.persons}
    concerned = {one for one, at in found if at in filed}
    if not concerned:
        return found
    percolator = Percolator()
    with backends.read(SYSTEM) as uow:
        told = told_accounts(uow, concerned)
        unfounded = {one for one in concerned if not all(follows(uow, alert) for alert, _ in told.get(one, ()))}
        for row in _rows(uow, sorted(unfounded)):
            _add(percolator, row)
    bare = [replace(document, persons=(), identities=()) for document in filed.values()]
    still = set(percolator.matches(bare))
    return {(one, at) for one, at in found if one not in unfounded or at not in filed or (one, at) in still}


def _arrived(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, datetime]:
    """When each document came in or was filed to a case, whichever was later."""
    rows = uow.session.execute(select(Document.id, Document.created_at).where(Document.id.in_(ids)))
    found = {row.id: row.created_at for row in rows}
    filed = select(CaseDocument.document_id, CaseDocument.decided_at, CaseDocument.created_at).where(
        CaseDocument.document_id.in_(ids), CaseDocument.state == FilingState.ACCEPTED
    )
    for document_id, decided_at, created_at in uow.session.execute(filed):
        found[document_id] = max(found[document_id], decided_at or created_at)
    return found


def _write(uow: UnitOfWork, ids: Sequence[int], found: Collection[Match], new: Collection[Match]) -> None:
    """Keep the new matches, say of the known ones whether they still hold, and forget that the documents waited."""
    known: dict[bool, set[Match]] = {True: set(), False: set()}
    rows = select(SearchMatch.saved_search_id, SearchMatch.document_id, SearchMatch.holds)
    for one, at, holds in uow.session.execute(rows.where(SearchMatch.document_id.in_(ids))):
        known[holds].add((one, at))
    for holds, changed in ((True, known[False] & set(found)), (False, known[True] - set(found))):
        for one, at in changed:
            uow.session.execute(
                update(SearchMatch)
                .where(SearchMatch.saved_search_id == one, SearchMatch.document_id == at)
                .values(holds=holds)
            )
    added = set(new) - known[True] - known[False]
    if added:
        values = [{"saved_search_id": one, "document_id": at, "found_at": uow.now} for one, at in sorted(added)]
        uow.session.execute(insert(SearchMatch), values)
    uow.session.execute(delete(PercolationDue).where(PercolationDue.document_id.in_(ids)))
