"""Looking documents up in the database while the search index does not answer: by number, by day, by a person's name.

The question is read by the same parser as a search. Nothing is scored and no text of pages is looked at: what the
database cannot answer is named in `left_out`. Documents that the index holds and that search hides until it knows of a
change of access are hidden here too; those that came in since it went down are found.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    extract,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from app.backends import UnitOfWork
from app.models import Case, CaseDocument, Document, FilingState, Identity, Person, PersonName, Quality, in_use
from app.services.access import Act, Scope, require, scope_of, visible_cases, visible_documents, visible_persons
from app.services.indexing import READING, number_text
from app.services.labelling import FacetValue
from app.services.paging import paged
from app.services.purpose import require_purpose
from app.services.searching import MOST, Hit, Query, Results, cases_of, hit_of, papers_of
from indexer import parse
from indexer.dates import parse_days, span_of
from indexer.numbers import number_keys, number_questions
from indexer.plan import DAY
from indexer.tree import Alike, And, Close, Days, Node, Not, Number, Or, Text, Value

Condition = ColumnElement[bool]

_YEAR = cast(extract("year", Document.date), Integer)
_OWN_LENGTHS = (9, 12)  # digits of identity numbers
_TELLING = ("days", "identities", "number_keys")  # what words mean; the words themselves stand in the texts of pages
_TOO_LONG = 10  # digits: a column of numbers holds up to 2,147,483,647


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was found, newest first and without scores, snippets and facets (`facets` only names the chosen persons and
    cases); `left_out` are the parts of the question that the database cannot answer, as they were typed."""

    results: Results
    left_out: tuple[str, ...]


def look_up(uow: UnitOfWork, query: Query) -> LookedUp:
    """Documents within the actor's scope that have the number, the day and the person's name that `query` asks for.

    The total is exact. A cursor of the index is passed over: `offset` alone says which part is meant.
    """
    require(uow, Act.SEARCH)
    require_purpose(uow)
    begun = time.monotonic()
    reader = _Reader(uow, scope_of(uow))
    wanted = [*reader.question(query.text), *reader.filters(query.filters)]
    listed = select(Document).where(reader.shown, *wanted)
    ordered = listed.order_by(Document.date.desc().nulls_last(), Document.id.desc())
    page = paged(uow.session, ordered, limit=min(query.limit, MOST), offset=query.offset)
    hits = _hits(uow, page.items)
    chosen = _chosen(uow, reader, query.filters)
    took = round((time.monotonic() - begun) * 1000)
    results = Results(query, page.total, took, hits, chosen, "", (), None)
    return LookedUp(results, tuple(dict.fromkeys(reader.left_out)))


@dataclass(slots=True)
class _Reader:
    """Turns the tree of a question into conditions on `Document`."""

    uow: UnitOfWork
    scope: Scope
    left_out: list[str] = field(default_factory=list)

    @property
    def shown(self) -> Condition:
        """What search would show if it answered, and what it was never told of."""
        hidden = Document.access_pending & Document.indexed_revision.is_not(None)
        return and_(visible_documents(self.scope), in_use(), not_(hidden))

    @property
    def cases(self) -> Condition:
        """The cases in scope."""
        return visible_cases(self.scope)

    def question(self, text: str) -> list[Condition]:
        """The conditions that the typed text makes; a text of which nothing can be looked up finds nothing."""
        if not text.strip():
            return []
        days = parse_days(text)
        if days is not None:
            return [or_(_between(*days), self._numbered(number_questions(text)))]
        parsed = parse(text)
        if parsed.number is not None and parsed.number.alone:
            return [self._numbered(parsed.number.keys)]
        return self._all_of(parsed.node.nodes) or [false()]

    def _all_of(self, nodes: Sequence[Node]) -> list[Condition]:
        """Conditions of parts that must all hold; words that no single person is called by are left out where a number
        or a day is asked for as well."""
        names = [node for node in nodes if _is_name(node)]
        made = [self._one(node) for node in nodes if not _is_name(node)]
        conditions = [one for one in made if one is not None]
        if names:
            words = [text for text in names if isinstance(text, Text)]
            persons = self._called(words)
            if conditions and not self._anybody(persons) and all(text.field == "all" for text in words):
                self.left_out += [_typed(text) for text in words]
            else:
                conditions.append(self._of_persons(persons))
        return conditions

    def _one(self, node: Node) -> Condition | None:
        match node:
            case And(nodes) | Close(words=nodes):
                conditions = self._all_of(nodes)
                return and_(*conditions) if conditions else None
            case Or(nodes):
                whole = [part for part in nodes if isinstance(part, Value) and part.field in _TELLING]
                several = [self._one(part) for part in whole or nodes]
                known = [one for one in several if one is not None]
                return or_(*known) if known else None
            case Not(inner):
                condition = self._one(inner)
                return None if condition is None else not_(condition)
            case Alike(inner):
                return self._one(inner)
            case Number(keys):
                return self._numbered(keys)
            case Days(first, last):
                return _between(first, last)
            case Value(name, values):
                return self._valued(name, values)
            case Text():
                return self._text(node)

    def _text(self, text: Text) -> Condition | None:
        if _is_name(text):
            return self._of_persons(self._called([text]))
        typed = "".join(text.folded)
        if text.field == "all" and len(text.folded) == 1:
            number = self._numbered(number_questions(typed))
            return number | self._identified([typed]) if len(typed) in _OWN_LENGTHS else number
        if text.field == "case":
            return self._filed(func.lower(func.replace(Case.code, "-", "")) == typed)
        if text.field == "all":
            return self._numbered(number_questions(" ".join(text.folded)))
        self.left_out.append(_typed(text))
        return None

    def _valued(self, name: str, values: Sequence[str]) -> Condition | None:
        if name == "days":
            return Document.date.in_([date.fromisoformat(value) for value in values])
        if name == "identities":
            return self._identified(values)
        if name == "number_keys":
            return self._numbered(values)
        return and_(true(), *self.filters({name: tuple(values)}))

    def _numbered(self, keys: Iterable[str]) -> Condition:
        """Documents with one of these keys, however their number is written: the few ways of writing that the database
        holds of it are read and compared as the index would."""
        wanted = set(keys)
        symbols = {key for key in wanted if key.startswith("/")}
        spelled = [Document.number.contains(_digits(key)) for key in wanted - symbols]
        triple = (func.coalesce(Document.number, ""), func.coalesce(Document.symbol, ""), func.coalesce(_YEAR, 0))
        rows = self.uow.session.execute(select(*triple).where(self.shown, or_(false(), *spelled)).distinct())
        same = [tuple(row) for row in rows if wanted & set(_keys(row[0], row[1], row[2]))]
        conditions: list[Condition] = [tuple_(*triple).in_(same)] if same else []
        if symbols:
            known = self.uow.session.scalars(
                select(Document.symbol).where(self.shown, Document.symbol != "").distinct()
            )
            conditions.append(Document.symbol.in_([one for one in known if one and symbols & set(_keys("1", one, 0))]))
        return or_(false(), *conditions)

    def _called(self, texts: Iterable[Text]) -> Select[Any]:
        """Ids of the persons in scope who are called by all these words, in one of their names."""
        persons = select(Person.id)
        others = select(PersonName.person_id)
        for text in texts:
            for word in text.folded:
                inside = f" {word}" if text.prefix else f" {word} "
                persons = persons.where(_padded(Person.folded_name).contains(inside, autoescape=True))
                others = others.where(_padded(PersonName.folded_name).contains(inside, autoescape=True))
        return persons.union(others)  # type: ignore[return-value]

    def _anybody(self, persons: Any) -> bool:
        known = select(Case.id).where(self.cases, Case.person_id.in_(persons)).limit(1)
        return self.uow.session.scalar(known) is not None

    def _of_persons(self, persons: Any) -> Condition:
        return self._filed(Case.person_id.in_(persons))

    def _identified(self, numbers: Sequence[str]) -> Condition:
        return self._filed(Case.person_id.in_(select(Identity.person_id).where(Identity.number.in_(numbers))))

    def _filed(self, condition: Condition) -> Condition:
        """Documents filed in a case in scope for which the condition holds."""
        filed = (
            select(CaseDocument.document_id)
            .join(Case, Case.id == CaseDocument.case_id)
            .where(CaseDocument.state == FilingState.ACCEPTED, self.cases, condition)
        )
        return Document.id.in_(filed)

    def filters(self, chosen: Mapping[str, tuple[str, ...]]) -> list[Condition]:
        """The filters of the search page, by facet name."""
        made: list[Condition] = []
        for name, values in chosen.items():
            numbers = _ids(values)
            if name == "type":
                made.append(Document.type.in_(values))
            elif name == "year":
                made.append(_YEAR.in_(numbers))
            elif name == "body":
                made.append(Document.body.in_(values))
            elif name == "person":
                made.append(self._filed(Case.person_id.in_(numbers)))
            elif name == "case":
                made.append(self._filed(Case.id.in_(numbers)))
            elif name == "quality":
                read = [quality for quality in Quality if quality.value in values]
                unread = Document.quality.is_(None) if READING in values else false()
                made.append(or_(unread, Document.quality.in_(read)))
            elif name == DAY:
                spans = [span for value in values if (span := span_of(value)) is not None]
                made.append(or_(false(), *(_between(*span) for span in spans)))
        return made


def _ids(values: Iterable[str]) -> list[int]:
    """The values that are numbers of rows; one that no column can hold is none."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < _TOO_LONG]


def _is_name(node: Node) -> bool:
    """Whether these are words by which a person may be called."""
    if not isinstance(node, Text) or node.field not in ("all", "person"):
        return False
    return node.field == "person" or not any(char.isdigit() for word in node.folded for char in word)


def _typed(text: Text) -> str:
    return " ".join(text.exact)


def _padded(column: Any) -> ColumnElement[str]:
    """A name with a blank on either side, so that a word is found whole."""
    padded: ColumnElement[str] = literal(" ") + column + literal(" ")
    return padded


def _between(first: int | None, last: int | None) -> Condition:
    ends = [Document.date >= date.fromordinal(first)] if first else []
    return and_(Document.date.is_not(None), *ends, *([Document.date <= date.fromordinal(last)] if last else []))


def _digits(key: str) -> str:
    """The number in a key ("qd 15/2024" -> 15)."""
    return "".join(takewhile(str.isdigit, key.rpartition(" ")[2]))


def _keys(number: str, symbol: str, year: int) -> tuple[str, ...]:
    return number_keys(number_text(Document(number=number, symbol=symbol)), year or None)


def _chosen(uow: UnitOfWork, reader: _Reader, filters: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The persons and cases chosen as filters, with the words to show for them."""
    found: dict[str, tuple[FacetValue, ...]] = {}
    for name, column, label in (("person", Person.id, Person.full_name), ("case", Case.id, Case.code)):
        ids = _ids(filters.get(name, ()))
        if not ids:
            continue
        query = select(column, label).where(column.in_(ids)).distinct()
        within = visible_persons(reader.scope) if name == "person" else reader.cases
        rows = uow.session.execute(query.where(within))
        found[name] = tuple(FacetValue(str(row[0]), 0, row[1]) for row in rows)
    return found


def _hits(uow: UnitOfWork, rows: Sequence[Document]) -> tuple[Hit, ...]:
    ids = [row.id for row in rows]
    papers, cases = papers_of(uow, ids), cases_of(uow, ids)
    return tuple(hit_of(row, cases.get(row.id, []), papers.get(row.id)) for row in rows)
