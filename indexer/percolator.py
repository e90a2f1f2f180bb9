"""Kept questions asked of new documents: which of many questions find which of a few documents, the same for both
engines.

The questions are compiled once. Each says which tokens a document must hold; the tokens of a batch that any question
speaks of are kept as one bit per document, so that most questions are answered by a few operations on numbers. Those
that tokens alone do not decide (phrases, words near each other, beginnings of words, ranges, exclusions) and that the
tokens do not rule out are asked of a small Tantivy index of the batch in memory. Nothing is said of who may see what.

A question finds here what it finds by the rule of all its words. One of more than eight words finds what holds most of
them, all words counted alike: which ones are rare is not known of documents that are still coming.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import tantivy

from indexer import tantivy_schema
from indexer.backend import Allowed, SearchDocument, SearchRequest
from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Phrase, Word, both, either
from indexer.fields import Values, columns, project
from indexer.generation import WRITER_BYTES
from indexer.keystrokes import decoded
from indexer.plan import first_rule, plan
from indexer.query import parse

Token = tuple[str, str]
"""A column and one of its tokens or whole values."""


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that is asked again and again: its words, and filters by facet name."""

    id: int
    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a document must hold: all of `all_of`, and of each of `some_of` so many of these tokens. `decided`: a
    document that holds them is found."""

    all_of: frozenset[Token] = frozenset()
    some_of: tuple[tuple[int, tuple[Token, ...]], ...] = ()
    decided: bool = True


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`all_of` and `some_of` as places in the list of masks; `query` where tokens do not decide."""

    id: int
    all_of: tuple[int, ...]
    some_of: tuple[tuple[int, tuple[int, ...]], ...]
    query: tantivy.Query | None


class Percolator:
    """Questions, compiled; `refused` are the ids of those that no engine takes."""

    def __init__(self, questions: Iterable[KeptQuestion]) -> None:
        self._schema = tantivy_schema.document_schema()
        self._places: dict[str, dict[str, int]] = {}
        self._count = 0
        refused: list[int] = []
        self._compiled: list[_Compiled] = []
        for question in questions:
            try:
                self._compiled.append(self._compile(question))
            except ValueError:  # what Tantivy says of a query that it cannot take
                refused.append(question.id)
        self.refused = tuple(refused)

    def __len__(self) -> int:
        return len(self._compiled)

    def matches(self, documents: Sequence[SearchDocument]) -> Iterator[tuple[int, int]]:
        """(question, document) for every question that finds a document; `documents` have different ids."""
        if not documents or not self._compiled:
            return
        rows = [project(document) for document in documents]
        masks = self._masks(rows)
        everyone = (1 << len(rows)) - 1
        undecided: list[_Compiled] = []
        for question in self._compiled:
            mask = everyone
            for place in question.all_of:
                mask &= masks[place]
                if not mask:
                    break
            else:
                for least, places in question.some_of:
                    mask &= _at_least(least, [masks[place] for place in places])
            if not mask:
                continue
            if question.query is None:
                for place in _bits(mask):
                    yield question.id, documents[place].id
            else:
                undecided.append(question)
        if undecided:
            yield from self._asked(undecided, documents, rows)

    def _compile(self, question: KeptQuestion) -> _Compiled:
        clause = wanted(question)
        needs = needs_of(clause)
        return _Compiled(
            question.id,
            tuple(self._place(token) for token in sorted(needs.all_of)),
            tuple((least, tuple(self._place(token) for token in tokens)) for least, tokens in needs.some_of),
            None if needs.decided else tantivy_schema.query(clause, self._schema),
        )

    def _place(self, token: Token) -> int:
        column, value = token
        known = self._places.setdefault(column, {})
        if value not in known:
            known[value] = self._count
            self._count += 1
        return known[value]

    def _masks(self, rows: Sequence[Mapping[str, Values]]) -> list[int]:
        """For each place the documents that hold its token, one bit each."""
        masks = [0] * self._count
        for number, row in enumerate(rows):
            bit = 1 << number
            for column, known in self._places.items():
                for value in known.keys() & _tokens(row[column]):
                    masks[known[value]] |= bit
        return masks

    def _asked(
        self, questions: Sequence[_Compiled], documents: Sequence[SearchDocument], rows: Sequence[Mapping[str, Values]]
    ) -> Iterator[tuple[int, int]]:
        """What Tantivy says to these questions."""
        index = batch_index(self._schema, documents, rows)
        searcher = index.searcher()
        everything = searcher.search(tantivy.Query.all_query(), limit=len(rows), count=False)
        addresses = [address for _, address in everything.hits]
        ids = tantivy_schema.integers(searcher, "id", addresses)
        known = {(at.segment_ord, at.doc): id_ for at, id_ in zip(addresses, ids, strict=True)}
        for question in questions:
            if question.query is None:
                continue
            for _, address in searcher.search(question.query, limit=len(rows), count=False).hits:
                yield question.id, known[(address.segment_ord, address.doc)]


def batch_index(
    schema: tantivy.Schema, documents: Sequence[SearchDocument], rows: Sequence[Mapping[str, Values]]
) -> tantivy.Index:
    """A small index in memory of these documents, already projected."""
    index = tantivy.Index(schema)
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    declared = columns()
    for document, row in zip(documents, rows, strict=True):
        writer.add_document(tantivy_schema.row(str(document.id), row, declared))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def wanted(question: KeptQuestion) -> Clause:
    """The clause of a question without scores and without permission. One that reads as keystrokes is asked as typed
    and as it was meant."""
    meant = decoded(question.text)
    forms = dict.fromkeys((question.text, meant))
    return bare(either([_asked_as(text, question.filters) for text in forms]))


def _asked_as(text: str, filters: Mapping[str, tuple[str, ...]]) -> Clause:
    parsed = parse(text)
    request = SearchRequest(text=text, filters=filters, allowed=Allowed.everything())
    made = plan(request, parsed, first_rule(parsed), _alike)
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
    """What a document must hold to be found by a bare clause."""
    if isinstance(clause, Everything):
        return Needs()
    if isinstance(clause, Nothing):
        return Needs(some_of=((1, ()),))
    if isinstance(clause, Word):
        return Needs(frozenset({(clause.field, clause.token)}))
    if isinstance(clause, Phrase):
        tokens = frozenset((clause.field, token) for token in clause.tokens)
        return Needs(tokens, decided=len(clause.tokens) == 1)
    if isinstance(clause, AnyOf):
        return _some(1, tuple((clause.field, value) for value in clause.values))
    if isinstance(clause, Near):
        return Needs(frozenset({(clause.field, clause.first), (clause.field, clause.second)}), decided=False)
    if isinstance(clause, Group):
        return _needs_of_group(clause)
    return Needs(decided=False)


def _needs_of_group(group: Group) -> Needs:
    parts = [needs_of(part) for part in group.must]
    if group.should and group.minimum:
        parts.append(_needs_of_choice(group.minimum, [needs_of(part) for part in group.should]))
    return Needs(
        frozenset().union(*(part.all_of for part in parts)),
        tuple(one for part in parts for one in part.some_of),
        all(part.decided for part in parts) and not group.exclude,
    )


def _needs_of_choice(least: int, parts: Sequence[Needs]) -> Needs:
    """At least so many of these: decided where each is one token, or where any one of all their tokens is enough."""
    if all(len(part.all_of) == 1 and not part.some_of and part.decided for part in parts):
        return _some(least, tuple(token for part in parts for token in part.all_of))
    if least > 1:
        known = all(part.all_of for part in parts)
        return replace(_some(least, tuple(min(part.all_of) for part in parts)), decided=False) if known else _UNKNOWN
    tokens: list[Token] = []
    for part in parts:
        if part.all_of:
            tokens.append(max(part.all_of, key=lambda token: len(token[1])))  # a long word is rarer than a short one
        elif part.some_of:
            tokens += part.some_of[0][1]
        else:
            return _UNKNOWN
    whole = all(part.decided and len(part.all_of) + len(part.some_of) == 1 for part in parts)
    single = all(not part.some_of or part.some_of[0][0] == 1 for part in parts)
    return Needs(some_of=((1, tuple(tokens)),), decided=whole and single)


_UNKNOWN = Needs(decided=False)


def _some(least: int, tokens: tuple[Token, ...]) -> Needs:
    return Needs(frozenset(tokens)) if len(tokens) == 1 == least else Needs(some_of=((least, tokens),))


def _tokens(value: Values) -> set[str]:
    if isinstance(value, list):
        return set(value)
    return set(value.split()) if isinstance(value, str) else set()


def _at_least(least: int, masks: Sequence[int]) -> int:
    """The documents that stand in at least so many of the masks."""
    if least == 1:
        found = 0
        for mask in masks:
            found |= mask
        return found
    reached = [0] * least  # reached[n]: the documents seen in more than n masks
    for mask in masks:
        for place in range(least - 1, 0, -1):
            reached[place] |= reached[place - 1] & mask
        reached[0] |= mask
    return reached[-1]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
