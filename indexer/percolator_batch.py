"""A few new documents as kept questions see them: one bit per document for everything that a question speaks of, and a
small Tantivy index in memory for what bits do not say."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import tantivy

from indexer import tantivy_schema
from indexer.backend import SearchDocument
from indexer.clauses import AnyOf, Clause, Everything, Group, Near, Phrase, Range, Word
from indexer.fields import Values, columns
from indexer.generation import WRITER_BYTES

Sign = str | tuple[str, str] | tuple[int | None, int | None]
"""What a column of a document may show: a token or whole value, two tokens next to each other, a number in a range."""

Need = tuple[str, Sign]
"""A column and what it must show."""

Places = dict[str, dict[Sign, int]]
"""Column -> sign -> its place in the list of masks."""


class Batch:
    """Documents, projected: for each place in `masks` those that show its sign, the first document the lowest bit."""

    def __init__(self, rows: Sequence[Mapping[str, Values]], places: Places, count: int) -> None:
        self._rows = rows
        self._places = places
        self._phrases: dict[tuple[str, tuple[str, ...]], int] = {}
        self.everyone = (1 << len(rows)) - 1
        self.masks = [0] * count
        for column, known in places.items():
            with_pairs = any(isinstance(sign, tuple) for sign in known)
            for number, row in enumerate(rows):
                for sign in _shown(row[column], known, with_pairs=with_pairs):
                    self.masks[known[sign]] |= 1 << number

    def mask_of(self, clause: Clause) -> int:
        """The documents that a bare clause finds, whose signs all have a place."""
        if isinstance(clause, Group):
            return self._mask_of_group(clause)
        if isinstance(clause, Everything):
            return self.everyone
        if isinstance(clause, Phrase) and len(clause.tokens) > 2:
            return self._mask_of_phrase(clause)
        return at_least(1, [self.masks[self._places[column][sign]] for column, sign in signs_of(clause)])

    def _mask_of_group(self, group: Group) -> int:
        found = self.everyone
        for part in group.must:
            found &= self.mask_of(part)
            if not found:
                return 0
        if group.should:
            found &= at_least(group.minimum, [self.mask_of(part) for part in group.should])
        for part in group.exclude:
            if found:
                found &= ~self.mask_of(part)
        return found

    def _mask_of_phrase(self, phrase: Phrase) -> int:
        """Of the documents that show all its pairs, those that hold it whole: tokens are cut at blanks."""
        at = (phrase.field, phrase.tokens)
        if at not in self._phrases:
            likely = self.everyone
            for column, sign in signs_of(phrase):
                likely &= self.masks[self._places[column][sign]]
            whole = f" {' '.join(phrase.tokens)} "
            self._phrases[at] = sum(
                1 << number for number in bits(likely) if whole in f" {self._rows[number][phrase.field]} "
            )
        return self._phrases[at]


def leaves(clause: Clause) -> Iterator[Clause]:
    """The parts of a clause that have none."""
    if isinstance(clause, Group):
        for part in (*clause.must, *clause.should, *clause.exclude):
            yield from leaves(part)
    else:
        yield clause


def signs_of(leaf: Clause) -> list[Need]:
    """What a leaf speaks of: what a document must show of it (of a value of several: one)."""
    if isinstance(leaf, Word):
        return [(leaf.field, leaf.token)]
    if isinstance(leaf, Phrase):
        pairs: Sequence[Sign] = list(pairwise(leaf.tokens)) or leaf.tokens
        return [(leaf.field, sign) for sign in pairs]
    if isinstance(leaf, AnyOf):
        return [(leaf.field, value) for value in leaf.values]
    if isinstance(leaf, Range):
        return [(leaf.field, (leaf.first, leaf.last))]
    if isinstance(leaf, Near):
        return [(leaf.field, leaf.first), (leaf.field, leaf.second)]
    return []


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


def _within(value: int, first: int | str | None, last: int | str | None) -> bool:
    low = not isinstance(first, int) or value >= first
    return low and (not isinstance(last, int) or value <= last)


def at_least(least: int, masks: Sequence[int]) -> int:
    """The documents that stand in at least so many of the masks."""
    reached = [0] * least  # reached[n]: the documents seen in more than n masks
    for mask in masks:
        for place in range(least - 1, 0, -1):
            reached[place] |= reached[place - 1] & mask
        reached[0] |= mask
    return reached[-1]


def bits(mask: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


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
