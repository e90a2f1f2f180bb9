"""Kept questions asked of new documents: which of many questions find which of a few documents, the same for both
engines.

The questions are compiled once. Each says which tokens a document must hold, which pairs of tokens next to each other,
in which range its day must be; of a batch each of these that any question speaks of is kept as one bit per document, so
that most questions are ruled out or answered by a few operations on numbers, and the others by going through their
clause with them. Words near each other and beginnings of words are asked of a small Tantivy index of the batch in
memory. Nothing is said of who may see what.

A question finds here what it finds by the rule of all its words. One of more than eight words finds what holds most of
them, all words counted alike: which ones are rare is not known of documents that are still coming.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import tantivy

from indexer import tantivy_schema
from indexer.backend import Allowed, SearchDocument, SearchRequest
from indexer.clauses import (
    AnyOf,
    Clause,
    Constant,
    Everything,
    Group,
    Near,
    Nothing,
    Phrase,
    Prefix,
    Range,
    Word,
    both,
    either,
)
from indexer.fields import project
from indexer.keystrokes import decoded
from indexer.named_persons import with_persons
from indexer.percolator_batch import Batch, Need, Places, at_least, batch_index, leaves, searched, signs_of
from indexer.plan import first_rule, plan
from indexer.query import parse

# Share of all words of a long question; the live rule counts rare words only and can do with less.
MOST_OF_ALL = 0.5


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that is asked again and again: its words, filters by facet name, and which of its words (without
    accents) mean which persons, as `SearchRequest.persons`."""

    id: int
    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    persons: Mapping[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a document must show: all of `all_of`, of each of `some_of` so many. `decided`: one that does is found."""

    all_of: frozenset[Need] = frozenset()
    some_of: tuple[tuple[int, tuple[Need, ...]], ...] = ()
    decided: bool = True


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`Needs` as places in the list of masks; where they do not decide the whole clause, and the query where bits do
    not decide it either."""

    all_of: tuple[int, ...]
    some_of: tuple[tuple[int, tuple[int, ...]], ...]
    clause: Clause | None
    query: tantivy.Query | None


class Percolator:
    """Questions, compiled as they are added."""

    def __init__(self) -> None:
        self._schema = tantivy_schema.document_schema()
        self._places: Places = {}
        self._count = 0
        self._compiled: dict[int, _Compiled] = {}

    def __len__(self) -> int:
        return len(self._compiled)

    def add(self, question: KeptQuestion) -> None:
        """Ask this from now on, in the place of what had its id. `ValueError` where no engine takes it."""
        clause = wanted(question)
        needs = needs_of(clause)
        is_bits = all(not isinstance(leaf, Near | Prefix) for leaf in leaves(clause))
        for leaf in leaves(clause) if is_bits else ():
            for need in signs_of(leaf):
                self._place(need)
        self._compiled[question.id] = _Compiled(
            self._all(needs.all_of),
            tuple((least, tuple(self._place(one) for one in several)) for least, several in needs.some_of),
            None if needs.decided else clause,
            None if is_bits else tantivy_schema.query(clause, self._schema),
        )

    def remove(self, id_: int) -> None:
        """Ask this no more."""
        self._compiled.pop(id_, None)

    def matches(self, documents: Sequence[SearchDocument]) -> Iterator[tuple[int, int]]:
        """(question, document) for every question that finds a document; `documents` have different ids."""
        if not documents or not self._compiled:
            return
        rows = [project(document) for document in documents]
        batch = Batch(rows, self._places, self._count)
        masks, everyone = batch.masks, batch.everyone
        ids = [document.id for document in documents]
        undecided: list[tuple[int, tantivy.Query]] = []
        for id_, question in self._compiled.items():
            mask = everyone
            for place in question.all_of:
                mask &= masks[place]
                if not mask:
                    break
            for least, places in question.some_of if mask else ():
                mask &= at_least(least, [masks[place] for place in places])
            if not mask:
                continue
            if question.query is not None:
                undecided.append((id_, question.query))
                continue
            if question.clause is not None:
                mask = batch.mask_of(question.clause)
            while mask:
                lowest = mask & -mask
                yield id_, ids[lowest.bit_length() - 1]
                mask ^= lowest
        if undecided:
            index = batch_index(self._schema, documents, rows)
            yield from searched(index, undecided, len(rows))

    def _all(self, needs: frozenset[Need]) -> tuple[int, ...]:
        """Their places; pairs first, which rule out most."""
        return tuple(self._place(one) for one in sorted(needs, key=lambda need: (isinstance(need[1], str), str(need))))

    def _place(self, need: Need) -> int:
        column, sign = need
        known = self._places.setdefault(column, {})
        if sign not in known:
            known[sign] = self._count
            self._count += 1
        return known[sign]


def wanted(question: KeptQuestion) -> Clause:
    """The clause of a question without scores and without permission. One that reads as keystrokes is asked as typed
    and as it was meant."""
    meant = decoded(question.text)
    forms = dict.fromkeys((question.text, meant))
    return bare(either([_asked_as(text, question) for text in forms]))


def _asked_as(text: str, question: KeptQuestion) -> Clause:
    parsed = with_persons(parse(text), question.persons)
    request = SearchRequest(text=text, filters=question.filters, allowed=Allowed.everything())
    made = plan(request, parsed, first_rule(parsed), _alike, MOST_OF_ALL)
    return both(made.narrowed(), made.match)


def _alike(clauses: Sequence[Clause]) -> Sequence[int]:
    """Counts under which every word is as rare as every other one, and rare enough."""
    return [2 * len(clauses), *(1 for _ in clauses[1:])]


def bare(clause: Clause) -> Clause:
    """The same documents, without what only adds to scores."""
    if isinstance(clause, Constant):
        return bare(clause.clause)
    if isinstance(clause, Word | Phrase):
        return replace(clause, boost=1.0)
    if not isinstance(clause, Group):
        return clause
    must = tuple(bare(part) for part in clause.must)
    exclude = tuple(bare(part) for part in clause.exclude)
    if must and not clause.minimum:
        return both(*must) if not exclude else Group(must=must, exclude=exclude)
    return Group(must, tuple(bare(part) for part in clause.should), exclude, max(clause.minimum, 1))


def needs_of(clause: Clause) -> Needs:
    """What a document must show to be found by a bare clause."""
    if isinstance(clause, Everything):
        return Needs()
    if isinstance(clause, Nothing):
        return Needs(some_of=((1, ()),))
    if isinstance(clause, Group):
        return _needs_of_group(clause)
    if isinstance(clause, AnyOf):
        return _some(1, tuple(signs_of(clause)))
    whole = isinstance(clause, Word | Range) or (isinstance(clause, Phrase) and len(clause.tokens) <= 2)
    return Needs(frozenset(signs_of(clause)), decided=whole)


def _needs_of_group(group: Group) -> Needs:
    parts = [needs_of(part) for part in group.must]
    if group.should:
        parts.append(_needs_of_choice(group.minimum, [needs_of(part) for part in group.should]))
    return Needs(
        frozenset().union(*(part.all_of for part in parts)),
        tuple(one for part in parts for one in part.some_of),
        all(part.decided for part in parts) and not group.exclude,
    )


def _needs_of_choice(least: int, parts: Sequence[Needs]) -> Needs:
    """At least so many of these: decided where each is one thing, or where any one of all their things is enough."""
    if all(len(part.all_of) == 1 and not part.some_of and part.decided for part in parts):
        return _some(least, tuple(need for part in parts for need in part.all_of))
    if least > 1:
        known = all(part.all_of for part in parts)
        return replace(_some(least, tuple(_telling(part) for part in parts)), decided=False) if known else _UNKNOWN
    needs: list[Need] = []
    for part in parts:
        if part.all_of:
            needs.append(_telling(part))
        elif part.some_of:
            needs += part.some_of[0][1]
        else:
            return _UNKNOWN
    return Needs(some_of=((1, tuple(needs)),), decided=all(_is_choice(part) for part in parts))


def _is_choice(part: Needs) -> bool:
    """Whether any one of its needs is enough for it."""
    only = part.decided and len(part.all_of) + len(part.some_of) == 1
    return only and all(least == 1 for least, _ in part.some_of)


def _telling(part: Needs) -> Need:
    """The one that rules out most documents: a pair, else the longest word."""
    return max(part.all_of, key=lambda need: (isinstance(need[1], tuple), len(need[1]), str(need)))


_UNKNOWN = Needs(decided=False)


def _some(least: int, needs: tuple[Need, ...]) -> Needs:
    return Needs(frozenset(needs)) if len(needs) == 1 == least else Needs(some_of=((least, needs),))
