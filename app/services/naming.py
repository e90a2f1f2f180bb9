"""Whom the words of a question name: persons in scope by their whole name in any order, by initials, by other names,
with the year of birth beside it; and, where that finds nobody, by a name with one mistake in it.

Names are found by equality of the keys of `indexer.name_keys`. A part of a name names somebody only where nothing else
is asked. Nobody outside the actor's scope is ever looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import load_only, selectinload

from app.backends import UnitOfWork
from app.models import Person, PersonKey
from app.services.access import Act, Scope, require, scope_of, visible_persons
from indexer import SearchRequest, parse
from indexer.folding import both_forms, folded_tokens, spans
from indexer.name_keys import (
    INITIALS,
    MISTAKEN,
    MOST_WORDS,
    PART,
    WHOLE,
    fits_initials,
    keys_of_name,
    mistaken_keys,
    part_keys,
    whole_keys,
)
from indexer.named_persons import Piece, pieces

MOST = 50  # persons of one name: a namesake more is not told apart by anything shown
MOST_PARTLY = 5  # persons whom a part of a name may mean; of more it says nothing
MOST_OF_A_NAME = 1_000  # persons of one name that are counted for a line of a list
_LOOKED_AT = 400  # keys and persons read for one question
# A question of many words has hundreds of keys, of which hardly one is anybody's. Of more than so many those that are
# somebody's are looked for first: joined with persons at once they make SQLite go through all persons in scope.
_FEW = 30


@dataclass(frozen=True, slots=True)
class Naming:
    """Words of a question and the persons they may mean; `part`: a part of their names alone was typed."""

    piece: Piece
    persons: tuple[Person, ...]
    part: bool = False


@dataclass(frozen=True, slots=True)
class PersonFound:
    """A person whom a question names, the year of birth (empty where it is not known), and how many documents of theirs
    may be seen."""

    id: int
    name: str
    born: str
    count: int


@dataclass(frozen=True, slots=True)
class Called:
    """Persons of a name; `near`: the name, or the year of birth beside it, is not wholly theirs."""

    persons: tuple[Person, ...] = ()
    near: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """A question with a name put right."""

    text: str
    name: str


def persons_named(uow: UnitOfWork, text: str) -> tuple[Naming, ...]:
    """Names in a question of plain words, the longest first; pieces of one that was found name nobody else."""
    require(uow, Act.PERSON_VIEW)
    asked = list(pieces(parse(text)))
    wanted = {piece: _sure_keys(piece) for piece in asked}
    found: list[Naming] = []
    known = _by_key(uow, (key for keys in wanted.values() for key in keys))
    for piece, keys in wanted.items():
        if any(_overlap(piece, other.piece) for other in found):
            continue
        persons = _fitting(piece, [(key, person) for key in keys for person in known.get(key, ())])
        whole = [person for key, person in persons if not key.startswith(PART)]
        chosen = _told_apart(piece, whole or [person for _, person in persons])
        if chosen and (whole or len(chosen) <= MOST_PARTLY):
            found.append(Naming(_without_wrong_year(piece, chosen), chosen[:MOST], part=not whole))
    return tuple(found)


def called(uow: UnitOfWork, name: str, born: int | None = None) -> Called:
    """Whom a name means that is all of a text: those who bear all its words in any order, accents that are missing
    apart; else those it nearly names (initials, other accents, a word left out, one mistake), the likeliest kind alone.
    A year of birth beside it tells them apart."""
    require(uow, Act.PERSON_VIEW)
    exact, folded = both_forms(name)
    if not folded or len(folded) > MOST_WORDS:
        return Called()
    piece = Piece(tuple(exact), tuple(folded), born, tuple(folded), alone=True, places=range(len(folded)))
    for keys, near in ((_sure_keys(piece), False), (mistaken_keys(folded) if len(folded) > 1 else (), True)):
        known = _by_key(uow, keys, MOST_OF_A_NAME)
        fitting = _fitting(piece, [(key, person) for key in keys for person in known.get(key, ())])
        for sign in (WHOLE, INITIALS, PART, MISTAKEN):
            persons = _told_apart(piece, [person for key, person in fitting if key.startswith(sign)])
            if persons and (sign != PART or len(persons) <= MOST_PARTLY):
                sure = not near and sign == WHOLE and _is_written(piece, persons[0])
                return Called(persons, near=not sure or not _is_born(persons[0], born))
    return Called()


def _is_born(person: Person, year: int | None) -> bool:
    return year is None or (person.birth_date is not None and person.birth_date.year == year)


def _is_written(piece: Piece, person: Person) -> bool:
    """Whether one of the person's names has the accents that were given."""
    given = {exact for exact, folded in zip(piece.exact, piece.folded, strict=True) if exact != folded}
    return any(given <= set(both_forms(name)[0]) for name in _names(person))


def keys_asked(text: str) -> frozenset[str]:
    """Keys of every name that a question may hold: it names nobody who has none of them."""
    return frozenset(key for piece in pieces(parse(text)) for key in _sure_keys(piece))


def names_like(uow: UnitOfWork, text: str) -> tuple[Corrected, ...]:
    """The question with a name of one mistake put right, in every way that a person in scope is called."""
    require(uow, Act.PERSON_VIEW)
    for piece, persons in _mistaken(uow, text):
        place = _place(text, piece.folded)
        names = dict.fromkeys(name for person in persons for name in _names(person) if _is_like(piece, name))
        if place is not None and names:
            return tuple(Corrected(text[: place[0]] + name + text[place[1] :], name) for name in names)
    return ()


def ids_named(uow: UnitOfWork, text: str) -> tuple[int, ...]:
    """The persons whom a text names that is nothing but a name, or whom it nearly names."""
    sure = [one for one in persons_named(uow, text) if one.piece.alone]
    if sure:
        return tuple(dict.fromkeys(person.id for one in sure for person in one.persons))
    return tuple(
        dict.fromkeys(person.id for piece, persons in _mistaken(uow, text) if piece.alone for person in persons)
    )


def _sure_keys(piece: Piece) -> tuple[str, ...]:
    if len(piece.folded) == 1:
        return whole_keys(piece.folded) if piece.alone else ()
    return (*whole_keys(piece.folded), *(part_keys(piece.folded) if piece.alone else ()))


def _by_key(uow: UnitOfWork, keys: Iterable[str], most: int = _LOOKED_AT) -> dict[str, list[Person]]:
    wanted: Sequence[str] = list(dict.fromkeys(keys))
    if len(wanted) > _FEW:
        wanted = uow.session.scalars(_KNOWN, {"keys": wanted}).all()
    if not wanted:
        return {}
    scope = scope_of(uow)
    rows = uow.session.execute(_persons_in(scope, most), {"keys": wanted})
    found: dict[str, list[Person]] = {}
    for key, person in rows:
        found.setdefault(key, []).append(person)
    return found


_KNOWN = select(PersonKey.key).where(PersonKey.key.in_(bindparam("keys", expanding=True))).distinct()


@lru_cache(maxsize=64)
def _persons_in(scope: Scope, most: int) -> Select[str, Person]:
    """Persons in scope by `keys`, with what their names are told apart by; anything else is loaded where it is asked
    for."""
    return (
        select(PersonKey.key, Person)
        .join(Person, Person.id == PersonKey.person_id)
        .where(PersonKey.key.in_(bindparam("keys", expanding=True)), visible_persons(scope))
        .order_by(Person.sort_key, Person.id)
        .options(load_only(Person.full_name, Person.birth_date), selectinload(Person.names))
        .limit(most)
    )


def _names(person: Person) -> tuple[str, ...]:
    return (person.full_name, *(known.name for known in person.names))


def _fitting(piece: Piece, found: Sequence[tuple[str, Person]]) -> list[tuple[str, Person]]:
    """Those found by initials only where the initials stand in their places."""
    return [
        (key, person)
        for key, person in found
        if not key.startswith(INITIALS)
        or any(fits_initials(piece.folded, folded_tokens(name)) for name in _names(person))
    ]


def _told_apart(piece: Piece, persons: Sequence[Person]) -> tuple[Person, ...]:
    """Those of the persons, each once, whose names are written as typed; else those with the accents that were given;
    else all of them. Of these, those with the year of birth, where it is anybody's."""
    chosen = list({person.id: person for person in persons}.values())
    accented = {exact for exact, folded in zip(piece.exact, piece.folded, strict=True) if exact != folded}
    written = {exact for exact in piece.exact if len(exact) > 1}
    for wanted in (written, accented) if accented else ():
        same = [p for p in chosen if any(wanted <= set(both_forms(name)[0]) for name in _names(p))]
        if same:
            chosen = same
            break
    born = [p for p in chosen if p.birth_date is not None and p.birth_date.year == piece.year]
    return tuple(born or chosen)


def _without_wrong_year(piece: Piece, persons: Sequence[Person]) -> Piece:
    """A year in which none of them was born is not part of the name."""
    if piece.year is None or any(p.birth_date is not None and p.birth_date.year == piece.year for p in persons):
        return piece
    return replace(piece, year=None, words=piece.folded)


def _overlap(one: Piece, other: Piece) -> bool:
    return one.places.start < other.places.stop and other.places.start < one.places.stop


def _mistaken(uow: UnitOfWork, text: str) -> list[tuple[Piece, list[Person]]]:
    """The longest pieces that a name differs from by one mistake; two words alone are a name only by themselves."""
    asked = [piece for piece in pieces(parse(text)) if len(piece.folded) > (1 if piece.alone else 2)]
    wanted = {piece: mistaken_keys(piece.folded) for piece in asked}
    known = _by_key(uow, (key for keys in wanted.values() for key in keys))
    found: list[tuple[Piece, list[Person]]] = []
    for piece, keys in wanted.items():
        persons = _told_apart(piece, [person for key in keys for person in known.get(key, ())])
        if persons and not any(_overlap(piece, other) for other, _ in found):
            found.append((piece, list(persons)))
    return found


def _is_like(piece: Piece, name: str) -> bool:
    return bool(set(mistaken_keys(piece.folded)) & set(keys_of_name(name)))


def _place(text: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Where these words stand in the text."""
    tokens = spans(text)
    for at in range(len(tokens) - len(words) + 1):
        part = tokens[at : at + len(words)]
        if [token.folded for token in part] == list(words):
            return part[0].start, part[-1].end
    return None


def found_persons(uow: UnitOfWork, named: Sequence[Naming], request: SearchRequest) -> tuple[PersonFound, ...]:
    """The persons named of whom the request's scope shows documents, with how many, those with most first.

    Raises `SearchError` where the index does not answer.
    """
    rows = list({person.id: person for one in named for person in one.persons}.values())[:MOST]
    plain = replace(request, text="", persons={}, cursor=None, offset=0)
    counts = uow.search.count([replace(plain, filters={"person": (str(row.id),)}) for row in rows]) if rows else ()
    found = [PersonFound(row.id, row.full_name, _year_of(row), n) for row, n in zip(rows, counts, strict=True) if n]
    return tuple(sorted(found, key=lambda one: -one.count))


def persons_by_words(named: Iterable[Naming]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """What the index is told of names: words of the question and the persons they mean. A part of a name tells it
    nothing: all its words are asked for anyway."""
    return {one.piece.words: tuple(person.id for person in one.persons) for one in named if not one.part}


def _year_of(person: Person) -> str:
    return "" if person.birth_date is None else str(person.birth_date.year)
