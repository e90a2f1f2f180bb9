"""What fits the words that somebody is typing: their own past queries, numbers, titles, persons.

Nothing is suggested that the asker's own search would not find: the index is asked within their scope, documents are
checked against the database again, a person has a document there, and a past query has a hit today. Who has to state a
purpose before names are looked up has to state it here too. Nothing typed is kept or recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

import structlog
from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.backends import UnitOfWork
from app.models import Document, Paper, Person, PersonName, QueryKey
from app.services.access import Act, Scope, index_filter, require, scope_of, visible_persons
from app.services.indexing import number_text
from app.services.purpose import require_purpose
from app.services.searching import badges_of, checked_rows, left_out, papers_of
from indexer import SearchRequest, Typed
from indexer.errors import SearchError
from indexer.folding import folded_tokens

log = structlog.get_logger()

SHORTEST = 2  # characters; one letter fits nearly everything
LONGEST = 200  # characters; nobody waits for suggestions to a page of text
OF_EACH = 4  # suggestions of one kind: a list that is seen at a glance
LOOKED_AT = 12  # persons of whom the index is asked whether they have a document for the asker
OF_PAST = 2  # past queries suggested: each is a whole question to the index
PAST = 100  # past queries looked through, the newest ones

_Past = tuple[str, list[str], str]  # words, persons they were narrowed to, key


class Kind(StrEnum):
    """What is suggested."""

    PAST = "past"
    NUMBER = "number"
    TITLE = "title"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line: `text` and what tells it apart; `document` and `person` are ids, `key` opens a past query. `count` is
    how many documents a past query or a person has, 0 for a document. `state` is the code of `badges_of` that says
    whether a document is a paper made here or its signed scan; empty for any other."""

    kind: Kind
    text: str
    detail: str = ""
    document: int | None = None
    person: int | None = None
    key: str | None = None
    count: int = 0
    state: str = ""


def suggest(uow: UnitOfWork, text: str) -> tuple[Suggestion, ...]:
    """Suggestions for what is typed so far. None where the index does not answer: nothing is shown unasked."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    typed = " ".join(text[:LONGEST].split())
    words = folded_tokens(typed)
    if len(typed) < SHORTEST or not words:
        return ()
    try:
        return _suggest(uow, typed, words)
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        return ()


def _suggest(uow: UnitOfWork, typed: str, words: Sequence[str]) -> tuple[Suggestion, ...]:
    scope, pending = scope_of(uow), left_out(uow)
    allowed = index_filter(scope)
    persons = _called(uow, scope, typed)
    past = _past(uow, words)
    found = uow.search.suggest(
        Typed(
            typed,
            allowed,
            pending,
            persons=tuple(person.id for person in persons),
            past=tuple(_asked(one, SearchRequest(allowed=allowed, exclude=pending, limit=0)) for one in past),
            limit=OF_EACH,
        )
    )
    rows = checked_rows(uow, (*found.numbers, *found.titles))
    papers = papers_of(uow, list(rows)) if rows else {}
    numbers = [_document(Kind.NUMBER, rows[one], papers.get(one)) for one in found.numbers if one in rows]
    others = [one for one in found.titles if one in rows and one not in found.numbers]
    titles = [_document(Kind.TITLE, rows[one], papers.get(one)) for one in others]
    named = [
        Suggestion(Kind.PERSON, one.full_name, _born(one), person=one.id, count=found.persons[one.id])
        for one in persons
        if one.id in found.persons
    ]
    again = [
        Suggestion(Kind.PAST, text, key=key, count=count)
        for (text, _, key), count in zip(past, found.past, strict=True)
        if count
    ]
    return (*again, *numbers, *titles, *named[:OF_EACH])


def _document(kind: Kind, row: Document, paper: Paper | None) -> Suggestion:
    number = number_text(row)
    year = str(row.date.year) if row.date else ""
    text, other = (number, row.title) if kind is Kind.NUMBER else (row.title, number)
    state = next(reversed(badges_of(row, paper)), "") if paper is not None else ""
    return Suggestion(kind, text, " · ".join(filter(None, (other, row.body, year))), document=row.id, state=state)


def _born(person: Person) -> str:
    return str(person.birth_date.year) if person.birth_date else ""


def _called(uow: UnitOfWork, scope: Scope, typed: str) -> Sequence[Person]:
    """Persons in scope of whom each word begins a word of one name, by given name; "người: tr" asks for them too."""
    words = folded_tokens(typed.rpartition(":")[2])
    if not words or any(char.isdigit() for char in typed):
        return ()
    others = select(PersonName.person_id).where(*(_begins(PersonName.folded_name, word) for word in words))
    full = and_(*(_begins(Person.folded_name, word) for word in words))
    query = (
        select(Person)
        .where(visible_persons(scope), or_(full, Person.id.in_(others)))
        .order_by(Person.sort_key, Person.id)
        .limit(LOOKED_AT)
    )
    return uow.session.scalars(query).all()


def _begins(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Whether a word of this folded name begins so."""
    padded: ColumnElement[str] = literal(" ") + column
    return padded.contains(f" {word}", autoescape=True)


def _past(uow: UnitOfWork, words: Sequence[str]) -> list[_Past]:
    """The asker's own past queries in which every word typed begins a word, the newest first."""
    own = select(QueryKey.text, QueryKey.persons, QueryKey.key).where(QueryKey.user_id == uow.actor.user_id)
    searches = own.where(QueryKey.text != "", QueryKey.narrows.is_(False))
    rows = uow.session.execute(searches.order_by(QueryKey.id.desc()).limit(PAST)).all()
    fitting = ((row.text, row.persons, row.key) for row in rows if _fits(row.text, words))
    return list(islice(fitting, OF_PAST))


def _asked(past: _Past, within: SearchRequest) -> SearchRequest:
    text, persons, _ = past
    return replace(within, text=text, filters={"person": tuple(persons)} if persons else {})


def _fits(text: str, words: Sequence[str]) -> bool:
    known = folded_tokens(text)
    return all(any(one.startswith(word) for one in known) for word in words)
