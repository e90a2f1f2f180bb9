"""Search as people and programs see it: hits that the actor may see, with snippets, boxes, badges and facets.

The index answers ids and scores; every hit is checked against the database again, and one that fails the check is an
alarm, never shown.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy import BindParameter, Select, bindparam, not_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from app.backends import UnitOfWork
from app.errors import Invalid, SearchUnavailable
from app.models import (
    Case,
    CaseDocument,
    Document,
    FilingState,
    Paper,
    Person,
    Quality,
    in_use,
)
from app.services.accents import accents
from app.services.access import Act, Scope, index_filter, known_whole, require, scope_of, visible_documents
from app.services.indexing import number_text
from app.services.labelling import FacetValue, labelled
from app.services.naming import Naming, PersonFound, found_persons, names_like, persons_by_words, persons_named
from app.services.pieces import SNIPPETS, HitSnippet, pieces_of
from app.services.purpose import require_purpose
from indexer import Found, Note, SearchRequest
from indexer.accents import written
from indexer.doubtful import MARK
from indexer.errors import CursorInvalid, SearchError
from indexer.lacking import as_typed

log = structlog.get_logger()

SUGGESTIONS = 3  # other questions under an answer: one line on a phone
SORTS = ("relevance", "newest", "oldest", "number")
FILTERS = ("type", "year", "body", "person", "case", "quality")
MOST = 100  # hits on one page of an answer
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)  # statements of every search are made once


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: text, filters by facet name (and `day`: spans of days), order, and which part of the answer.

    `last` asks for the last part; `months_of` is a year whose months are counted too.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    limit: int = 20
    offset: int = 0
    cursor: str | None = None
    last: bool = False
    months_of: int | None = None

    @property
    def is_first(self) -> bool:
        """Whether the beginning of the answer is asked for, not its size alone."""
        return self.limit > 0 and self.offset == 0 and self.cursor is None and not self.last


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `badges` are codes of its state (see `badges_of`) and of how sure the hit is, `why` the
    fields that matched, `lacks` the words of the question that it does not hold, as they were typed."""

    document: int
    title: str
    type: str
    number: str
    date: str
    body: str
    persons: tuple[tuple[int, str], ...]
    cases: tuple[tuple[int, str], ...]
    score: float
    badges: tuple[str, ...]
    why: tuple[str, ...]
    snippets: tuple[HitSnippet, ...]
    page: int
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """Another question and how many documents it finds for the same person under the same filters."""

    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """The answer: exact total, hits of this part, facets, and notes on how the query was understood; `text` is the
    question that was answered where it is not the one that was typed. `people` are persons in scope whom the question
    names, told on the first page alone; `suggestions` other questions, each of which finds something."""

    query: Query
    total: int
    took_ms: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    rule: str
    notes: tuple[Note, ...]
    cursor: str | None
    text: str | None = None
    months: tuple[FacetValue, ...] = ()
    people: tuple[PersonFound, ...] = ()
    suggestions: tuple[Suggested, ...] = ()


def search(uow: UnitOfWork, query: Query, *, boxes: bool = True) -> Results:
    """Answer a query within the actor's scope. Raises `SearchUnavailable` where the index does not answer. `boxes`:
    whether the pieces of pages say where their words stand on the page."""
    begun = time.monotonic()
    named = persons_named(uow, query.text)
    request = request_of(uow, query, named)
    try:
        found = uow.search.find(request)
        people = found_persons(uow, named, request) if query.is_first else ()
        others = _others(uow, query, request, found, named) if query.is_first else ()
        asked = found.text or query.text
        best = uow.search.pages([hit.id for hit in found.hits], asked, SNIPPETS) if asked else {}
    except CursorInvalid as error:
        raise Invalid(fields={"cursor": "Trang này không còn mở được. Bắt đầu lại từ trang đầu."}) from error
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        raise SearchUnavailable() from error
    rows = checked(uow, found)
    hits = tuple(_hits(uow, found, rows, best, asked, boxes=boxes))
    took = round((time.monotonic() - begun) * 1000)
    facets = {name: labelled(uow, name, buckets) for name, buckets in found.facets.items()}
    months = tuple(FacetValue(bucket.value, bucket.count, bucket.value) for bucket in found.months)
    return Results(
        query,
        found.total - (len(found.hits) - len(rows)),  # of what changed hands meanwhile nothing is shown, nor counted
        took,
        hits,
        facets,
        found.rule,
        found.notes,
        found.cursor,
        text=found.text,
        months=months,
        people=people,
        suggestions=others,
    )


def _others(
    uow: UnitOfWork, query: Query, request: SearchRequest, found: Found, named: Sequence[Naming]
) -> tuple[Suggested, ...]:
    """Other questions that find something: with a name put right, with the accents that were probably meant."""
    put_right = _names_put_right(uow, query) if found.is_poor and not named else ()
    meant = written(query.text, request.accents) if request.accents is not None and found.total else None
    if meant is None:
        return put_right
    # Told only where a document that the asker may open holds the words with these accents; words in quotation marks
    # name no person.
    quoted = replace(request, text=" ".join(f'"{word}"' for word in meant.split()), persons={})
    holding = uow.search.count([quoted])[0]
    return (*put_right, Suggested(meant, found.total)) if holding else put_right


def _names_put_right(uow: UnitOfWork, query: Query) -> tuple[Suggested, ...]:
    """The question with a name of one mistake put right, where that finds something."""
    texts = [other.text for other in names_like(uow, query.text)][:SUGGESTIONS]
    counts = uow.search.count([request_of(uow, replace(query, text=text)) for text in texts]) if texts else ()
    return tuple(Suggested(text, count) for text, count in zip(texts, counts, strict=True) if count)


def request_of(uow: UnitOfWork, query: Query, named: Sequence[Naming] | None = None) -> SearchRequest:
    """The question as the index is asked it: within what the actor may search. `named`: whom it names, where that is
    known already."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    asked = SearchRequest(
        text=query.text,
        filters=query.filters,
        sort=query.sort,
        limit=min(query.limit, MOST),
        offset=query.offset,
        cursor=query.cursor,
        home=frozenset({uow.actor.organisation_id} if uow.actor.organisation_id else ()),
        persons=persons_by_words(persons_named(uow, query.text) if named is None else named),
        last=query.last,
        months_of=query.months_of,
        accents=accents(uow),
    )
    return within_scope(uow, asked)


def within_scope(uow: UnitOfWork, asked: SearchRequest) -> SearchRequest:
    """The same question of the documents that the actor may search alone, see `left_out`."""
    allowed = index_filter(scope_of(uow))
    return replace(asked, allowed=allowed, exclude=asked.exclude | left_out(uow))


def left_out(uow: UnitOfWork) -> frozenset[int]:
    """Documents whose owners or flags the index does not know yet (one deleted before it was ever read is in none), and
    those that the index would find by cases which the actor may not know."""
    found = frozenset(uow.session.scalars(_PENDING))
    scope = scope_of(uow)
    if not scope.cases:
        return found
    return found.union(
        uow.session.scalars(select(Document.id).where(visible_documents(scope), not_(known_whole(scope))))
    )


_PENDING = select(Document.id).where(Document.access_pending, Document.indexed_revision.is_not(None) | in_use())


def checked(uow: UnitOfWork, found: Found) -> dict[int, Document]:
    """The rows of the hits that the actor may see; anything else the index gave is an alarm."""
    return checked_rows(uow, [hit.id for hit in found.hits])


@lru_cache(maxsize=64)
def _rows_in(scope: Scope) -> Select[Document]:
    """Of the documents `ids` those in scope; made once for all who have the same."""
    return select(Document).where(Document.id.in_(_IDS), visible_documents(scope))


def checked_rows(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, Document]:
    """The same for ids that the index named in another way."""
    rows = uow.session.scalars(_rows_in(scope_of(uow)), {"ids": ids})
    seen = {row.id: row for row in rows}
    for leaked in set(ids) - seen.keys():
        log.error("search.hit-not-allowed", document=leaked)
    return seen


def _hits(
    uow: UnitOfWork,
    found: Found,
    rows: dict[int, Document],
    best: Mapping[int, tuple[int, ...]],
    text: str,
    *,
    boxes: bool,
) -> list[Hit]:
    cases = cases_of(uow, list(rows))
    papers = papers_of(uow, list(rows))
    cut = pieces_of(uow, {i: best.get(i, ()) for i in rows}, text, boxes=boxes)
    hits = []
    for place, hit in enumerate(found.hits, start=found.before + 1):
        row = rows.get(hit.id)
        if row is None:
            continue
        made = hit_of(row, cases.get(row.id, []), papers.get(row.id))
        parts = cut.get(row.id, ())
        page = parts[0].page if parts else 1
        badges = (*made.badges, *(code for code in hit.why if code == MARK))
        score = _order(place) if hit.score else 0.0
        lacks = as_typed(hit.lacks, text)
        hits.append(replace(made, score=score, badges=badges, why=hit.why, snippets=parts, page=page, lacks=lacks))
    return hits


def _order(place: int) -> float:
    """The score that is shown: one over the place among all results. What the index weighs with counts documents that
    the asker may not see."""
    return round(1 / place, 6)


def hit_of(row: Document, filed: Sequence[Case], paper: Paper | None) -> Hit:
    """A document as a hit that nothing is known of but its row: no score, no snippets, its first page."""
    return Hit(
        document=row.id,
        title=row.title,
        type=row.type,
        number=number_text(row),
        date=row.date.isoformat() if row.date else row.date_text,
        body=row.body,
        persons=tuple({(case.person.id, case.person.full_name): None for case in filed}),
        cases=tuple((case.id, case.code) for case in filed),
        score=0.0,
        badges=badges_of(row, paper),
        why=(),
        snippets=(),
        page=1,
    )


_PAPERS = (
    select(Paper)
    .where(Paper.document_id.in_(_IDS) | Paper.signed_document_id.in_(_IDS))
    .options(selectinload(Paper.signed_document))
)


def papers_of(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, Paper]:
    """The papers made here whose generated file or signed scan these documents are."""
    found: dict[int, Paper] = {}
    for paper in uow.session.scalars(_PAPERS, {"ids": ids}):
        for document_id in (paper.document_id, paper.signed_document_id):
            if document_id is not None:
                found[document_id] = paper
    return found


def badges_of(document: Document, paper: Paper | None) -> tuple[str, ...]:
    """Codes of what must be seen at once: reading (not to the end yet), scan, weak, unread; of a made file
    made-unsigned, made-scan (its scan came back, nobody has looked at the signature) or made-signed; of such a scan
    signed-scan or signed-copy."""
    badges = ["reading"] if document.quality is None else []
    if document.quality in (Quality.SCAN, Quality.WEAK, Quality.UNREAD):
        badges.append(document.quality.value)
    if paper is not None:
        if paper.signed_document_id == document.id:
            badges.append("signed-copy" if paper.is_seen_signed else "signed-scan")
        elif paper.signed_document_id is None:
            badges.append("made-unsigned")
        else:
            badges.append("made-signed" if paper.is_seen_signed else "made-scan")
    return tuple(badges)


# Of a case what is said beside a document; anything else is loaded where it is asked for.
_CASES = (
    select(CaseDocument.document_id, Case)
    .join(Case, Case.id == CaseDocument.case_id)
    .where(CaseDocument.document_id.in_(_IDS), CaseDocument.state == FilingState.ACCEPTED)
    .options(
        load_only(Case.code, Case.organisation_id),
        joinedload(Case.person, innerjoin=True).load_only(Person.full_name),
    )
    .order_by(Case.id)
)


def cases_of(uow: UnitOfWork, ids: Sequence[int]) -> dict[int, list[Case]]:
    """The cases in the actor's scope in which these documents are filed."""
    scope = scope_of(uow)
    found: dict[int, list[Case]] = {}
    for document_id, case in uow.session.execute(_CASES, {"ids": ids}):
        if scope.reaches(case.id, case.organisation_id):
            found.setdefault(document_id, []).append(case)
    return found


def as_json(results: Results) -> dict[str, object]:
    """The value of `hoso search --json` and `GET /api/v1/search`."""
    return {
        "query": results.query.text,
        "total": results.total,
        "took_ms": results.took_ms,
        "hits": [
            {
                "document": hit.document,
                "title": hit.title,
                "type": hit.type,
                "number": hit.number,
                "date": hit.date,
                "body": hit.body,
                "persons": [{"id": i, "name": name} for i, name in hit.persons],
                "cases": [{"id": i, "code": code} for i, code in hit.cases],
                "score": hit.score,
                "badges": list(hit.badges),
                "why": list(hit.why),
                "lacks": list(hit.lacks),
                "snippets": [
                    {
                        "page": part.page,
                        "text": part.text,
                        "marks": [list(mark) for mark in part.marks],
                        "boxes": [list(box) for box in part.boxes],
                    }
                    for part in hit.snippets
                ],
            }
            for hit in results.hits
        ],
        "facets": {
            name: [{"value": v.value, "count": v.count} for v in values] for name, values in results.facets.items()
        },
        "suggestions": [other.text for other in results.suggestions],
        "notes": [note.message for note in results.notes],
    }
