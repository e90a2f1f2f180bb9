"""Kept questions asked of new documents: which of many questions find which of a few documents, the same for both
engines.

The questions are compiled once. Each says which tokens a document must hold, which pairs of tokens next to each other,
in which range its day must be; of a batch each of these that any question speaks of is kept as one bit per document, so
that a question is answered by a few operations on numbers. Longer phrases are looked for in the tokens of the documents
that are left. What that does not decide (words near each other, beginnings of words, phrases among other choices) is
asked of a small Tantivy index of the batch in memory. Nothing is said of who may see what.

A question finds here what it finds by the rule of all its words. One of more than eight words finds what holds most of
them, all words counted alike: which ones are rare is not known of documents that are still coming.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import tantivy

from indexer import tantivy_schema
from indexer.backend import Allowed, SearchDocument, SearchRequest
from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Phrase, Range, Word, both, either
from indexer.fields import Values, columns, project
from indexer.generation import WRITER_BYTES
from indexer.keystrokes import decoded
from indexer.plan import first_rule, plan
from indexer.query import parse

Sign = str | tuple[str, str] | tuple[int | None, int | None]
"""What a column of a document may show: a token or whole value, two tokens next to each other, a number in a range."""

Need = tuple[str, Sign]
"""A column and what it must show."""


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that is asked again and again: its words, and filters by facet name."""

    id: int
    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a document must show: all of `all_of`, of each of `some_of` so many, of no one of `none_of` all, and each of
    `phrases` (a column and tokens with a blank between). `decided`: a document that does is found."""

    all_of: frozenset[Need] = frozenset()
    some_of: tuple[tuple[int, tuple[Need, ...]], ...] = ()
    none_of: tuple[frozenset[Need], ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()
    decided: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether it asks for all of something and nothing else, which decides."""
        return self.decided and not (self.some_of or self.none_of or self.phrases)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`Needs` as places in the list of masks; `query` where they do not decide."""

    all_of: tuple[int, ...]
    some_of: tuple[tuple[int, tuple[int, ...]], ...]
    none_of: tuple[tuple[int, ...], ...]
    phrases: tuple[tuple[str, str], ...]
    query: tantivy.Query | None


class Percolator:
    """Questions, compiled as they are added."""

    def __init__(self) -> None:
        self._schema = tantivy_schema.document_schema()
        self._places: dict[str, dict[Sign, int]] = {}
        self._count = 0
        self._compiled: dict[int, _Compiled] = {}

    def __len__(self) -> int:
        return len(self._compiled)

    def add(self, question: KeptQuestion) -> None:
        """Ask this from now on, in the place of what had its id. `ValueError` where no engine takes it."""
        clause = wanted(question)
        needs = needs_of(clause)
        self._compiled[question.id] = _Compiled(
            self._all(needs.all_of),
            tuple((least, tuple(self._place(one) for one in several)) for least, several in needs.some_of),
            tuple(self._all(one) for one in needs.none_of),
            needs.phrases,
            None if needs.decided else tantivy_schema.query(clause, self._schema),
        )

    def remove(self, id_: int) -> None:
        """Ask this no more."""
        self._compiled.pop(id_, None)

    def matches(self, documents: Sequence[SearchDocument]) -> Iterator[tuple[int, int]]:
        """(question, document) for every question that finds a document; `documents` have different ids."""
        if not documents or not self._compiled:
            return
        rows = [project(document) for document in documents]
        masks = self._masks(rows)
        everyone = (1 << len(rows)) - 1
        undecided: list[tuple[int, tantivy.Query]] = []
        for id_, question in self._compiled.items():
            mask = everyone
            for place in question.all_of:
                mask &= masks[place]
                if not mask:
                    break
            if mask and (question.some_of or question.none_of):
                mask &= _chosen(question, masks)
            if not mask:
                continue
            if question.query is not None:
                undecided.append((id_, question.query))
                continue
            for place in _bits(mask):
                if not question.phrases or _reads(rows[place], question.phrases):
                    yield id_, documents[place].id
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

    def _masks(self, rows: Sequence[Mapping[str, Values]]) -> list[int]:
        """For each place the documents that show it, one bit each."""
        masks = [0] * self._count
        for column, known in self._places.items():
            with_pairs = any(isinstance(sign, tuple) for sign in known)
            for number, row in enumerate(rows):
                bit = 1 << number
                for sign in _shown(row[column], known, with_pairs=with_pairs):
                    masks[known[sign]] |= bit
        return masks


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


def searched(
    index: tantivy.Index, queries: Sequence[tuple[int, tantivy.Query]], most: int
) -> Iterator[tuple[int, int]]:
    """(question, document) for every query, by one search each; `most` documents are in the index."""
    searcher = index.searcher()
    everything = [address for _, address in searcher.search(tantivy.Query.all_query(), limit=most, count=False).hits]
    ids = tantivy_schema.integers(searcher, "id", everything)
    known = {(at.segment_ord, at.doc): id_ for at, id_ in zip(everything, ids, strict=True)}
    for id_, query in queries:
        for _, address in searcher.search(query, limit=most, count=False).hits:
            yield id_, known[(address.segment_ord, address.doc)]


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
    """What a document must show to be found by a bare clause."""
    if isinstance(clause, Everything):
        return Needs()
    if isinstance(clause, Nothing):
        return Needs(some_of=((1, ()),))
    if isinstance(clause, Word):
        return Needs(frozenset({(clause.field, clause.token)}))
    if isinstance(clause, Phrase):
        return _needs_of_phrase(clause)
    if isinstance(clause, AnyOf):
        return _some(1, tuple((clause.field, value) for value in clause.values))
    if isinstance(clause, Range):
        return Needs(frozenset({(clause.field, (clause.first, clause.last))}))
    if isinstance(clause, Near):
        return Needs(frozenset({(clause.field, clause.first), (clause.field, clause.second)}), decided=False)
    return _needs_of_group(clause) if isinstance(clause, Group) else _UNKNOWN


def _needs_of_phrase(phrase: Phrase) -> Needs:
    """Its pairs; two tokens are one pair, the pairs of more may stand apart."""
    if len(phrase.tokens) == 1:
        return Needs(frozenset({(phrase.field, phrase.tokens[0])}))
    pairs = frozenset((phrase.field, pair) for pair in pairwise(phrase.tokens))
    return Needs(pairs, phrases=((phrase.field, " ".join(phrase.tokens)),) if len(phrase.tokens) > 2 else ())


def _needs_of_group(group: Group) -> Needs:
    parts = [needs_of(part) for part in group.must]
    if group.should and group.minimum:
        parts.append(_needs_of_choice(group.minimum, [needs_of(part) for part in group.should]))
    unwanted = [needs_of(part) for part in group.exclude]
    simple = [part for part in unwanted if part.is_plain]
    return Needs(
        frozenset().union(*(part.all_of for part in parts)),
        tuple(one for part in parts for one in part.some_of),
        (*(one for part in parts for one in part.none_of), *(part.all_of for part in simple)),
        tuple(one for part in parts for one in part.phrases),
        all(part.decided for part in parts) and len(simple) == len(unwanted),
    )


def _needs_of_choice(least: int, parts: Sequence[Needs]) -> Needs:
    """At least so many of these: decided where each is one thing, or where any one of all their things is enough."""
    if any(part.none_of for part in parts):
        return _UNKNOWN
    if all(part.is_plain and len(part.all_of) == 1 for part in parts):
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
    if part.is_plain:
        return len(part.all_of) == 1
    only = part.decided and not part.all_of and not part.phrases and len(part.some_of) == 1
    return only and part.some_of[0][0] == 1


def _telling(part: Needs) -> Need:
    """The one that rules out most documents: a pair, else the longest word."""
    return max(part.all_of, key=lambda need: (isinstance(need[1], tuple), len(need[1]), str(need)))


_UNKNOWN = Needs(decided=False)


def _some(least: int, needs: tuple[Need, ...]) -> Needs:
    return Needs(frozenset(needs)) if len(needs) == 1 == least else Needs(some_of=((least, needs),))


def _shown(value: Values, known: Mapping[Sign, int], *, with_pairs: bool) -> Iterator[Sign]:
    """Which of these a value shows."""
    if isinstance(value, int):
        for sign in known:
            if isinstance(sign, tuple) and _within(value, *sign):
                yield sign
        return
    tokens = value if isinstance(value, list) else value.split()
    yield from known.keys() & set(tokens)
    if with_pairs and isinstance(value, str):
        yield from known.keys() & set(pairwise(tokens))


def _reads(row: Mapping[str, Values], phrases: Sequence[tuple[str, str]]) -> bool:
    """Whether a document holds these tokens next to each other."""
    return all(f" {phrase} " in f" {row[column]} " for column, phrase in phrases)


def _within(value: int, first: int | str | None, last: int | str | None) -> bool:
    low = not isinstance(first, int) or value >= first
    return low and (not isinstance(last, int) or value <= last)


def _chosen(question: _Compiled, masks: Sequence[int]) -> int:
    """The documents that show enough of the choices of a question and nothing that it excludes."""
    found = -1
    for least, places in question.some_of:
        found &= _at_least(least, [masks[place] for place in places])
    for excluded in question.none_of:
        whole = -1
        for place in excluded:
            whole &= masks[place]
        found &= ~whole
    return found


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
