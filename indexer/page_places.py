"""Where the words of a question stand in the text of one page.

A page of results looks at sixty pages: each thing is found when it is first needed, and once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from indexer.confusion import key, together
from indexer.doubtful import key_of_text
from indexer.folding import Placed
from indexer.nearness import near_spans
from indexer.query import parse
from indexer.spellings import Condition, conditions, whole_places
from indexer.tree import Text

Mark = tuple[int, int]
"""Start and end, in characters."""

_Place = tuple[int, int, int]
"""Start, end below zero, number of the text: so they sort in the order of the page, the longer first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question: its conditions, the texts of each (typed, then other forms), and the folded words they begin with."""

    accented: bool
    plain: bool
    conditions: tuple[tuple[Condition, tuple[Text, ...]], ...]
    begin: frozenset[str]


@lru_cache(maxsize=64)
def _asked(query_text: str) -> _Asked:
    parsed = parse(query_text)
    wanted = [(one, tuple(dict.fromkeys((*one.texts, *one.others)))) for one in conditions(parsed)]
    begin = frozenset(text.folded[0] for _, texts in wanted for text in texts)
    return _Asked(parsed.accented, parsed.plain, tuple(wanted), begin)


class PagePlaces:
    """What a page has of a question. `doubtful` are the stretches of its text that were recognised badly: there a word
    is found by its confusion key, where it is nowhere else."""

    def __init__(self, page_text: str, query_text: str, doubtful: Sequence[Mark] = ()) -> None:
        self.text, self.words = page_text, Placed(page_text)
        self._doubtful = doubtful
        self._asked = _asked(query_text)
        self._whole: dict[int, Sequence[Mark]] = {}
        self._close: dict[int, Sequence[tuple[int, int]]] = {}

    @cached_property
    def every(self) -> bool:
        """Whether the page fulfils every condition that a text can fulfil."""
        binding = ((at, one) for at, (one, _) in enumerate(self._asked.conditions) if one.ways)
        return all(self._holds(at, one) for at, one in binding) and bool(self.places)

    @cached_property
    def places(self) -> Sequence[_Place]:
        """The places of all texts, in the order of the page."""
        return sorted(self._found())

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The places, those that overlap as one."""
        merged: list[Mark] = []
        for start, below, _ in self.places:
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], -below))
            else:
                merged.append((start, -below))
        return tuple(merged)

    def _holds(self, at: int, condition: Condition) -> bool:
        """Whether a page fulfils a condition, accents apart where they were not put in quotation marks."""
        if self._named(at, condition):
            return True
        if condition.near is not None:
            return bool(self._near(at, condition))
        return any(all(self._starts(text, exactly=text.is_exactly) for text in way) for way in condition.ways)

    def _named(self, at: int, condition: Condition) -> Sequence[Mark]:
        """Where the number, the day or the identity number of the condition at this place stands."""
        if at not in self._whole:
            self._whole[at] = whole_places(self.text, condition)
        return self._whole[at]

    def _found(self) -> Iterator[_Place]:
        """Numbers, days and identity numbers by what they mean; single words of a question that was answered so are not
        marked besides. A word that is nowhere may be among those that were recognised badly."""
        starts, ends = self.words.starts, self.words.ends
        term = 0
        for at, (condition, texts) in enumerate(self._asked.conditions):
            whole = self._named(at, condition)
            yield from ((start, -end, term) for start, end in whole)
            if condition.near is not None:
                near = self._near(at, condition)
                yield from ((starts[first], -ends[last], term) for first, last in near)
                term += 1
                if near:
                    continue
            for text in texts:
                term += 1
                if whole and len(text.folded) == 1:
                    continue
                places = self._starts(text, exactly=True) if self._asked.accented else ()
                if not places and not text.is_exactly:
                    places = self._starts(text)
                further = len(text.folded) - 1
                yield from ((starts[one], -ends[one + further], term) for one in places)
                if not places and self._asked.plain:
                    yield from ((start, -end, term) for start, end in self._misread(text))
            term += 1

    def _near(self, at: int, condition: Condition) -> Sequence[tuple[int, int]]:
        """The stretches in which the words of the condition at this place stand near each other."""
        if at not in self._close:
            count = len(self.words.words)
            exact, folded = self.words.exact_at(0, count), self.words.folded_at(0, count)
            self._close[at] = near_spans(exact, folded, condition.texts, condition.near or 0)
        return self._close[at]

    def _starts(self, text: Text, *, exactly: bool = False) -> Sequence[int]:
        """Where a text begins among the words of the page."""
        wanted, forms = (text.exact, self.words.exact_at) if exactly else (text.folded, self.words.folded_at)
        if text.prefix:
            return [at for at in range(len(self.words.words)) if forms(at)[0].startswith(wanted[0])]
        places = self._standing[0 if exactly else 1].get(wanted[0], ())
        if len(wanted) == 1:
            return places
        return [at for at in places if tuple(forms(at, len(wanted))) == wanted]

    @cached_property
    def _standing(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """Where each word stands with which a text begins, by its exact and by its folded form."""
        kinds, words = self.words.kinds, self.words.words
        wanted = {word for word, folded in kinds.items() if folded in self._asked.begin}
        written: dict[str, list[int]] = {word: [] for word in wanted}
        for at in [at for at, word in enumerate(words) if word in wanted] if wanted else ():
            written[words[at]].append(at)
        exact: dict[str, list[int]] = {}
        folded: dict[str, list[int]] = {}
        for word, places in written.items():
            for form, into in ((self.words.exact_at(places[0])[0], exact), (kinds[word], folded)):
                into[form] = sorted((*into.get(form, ()), *places))
        return exact, folded

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(map(key, self.words.kinds.values()))

    def _misread(self, text: Text) -> Sequence[Mark]:
        """Stretches of badly recognised words that may be this text; which these are need not be known where no word of
        the page can be one of its words."""
        wanted = key_of_text(text)
        if not wanted or not self._keys.issuperset(map(key, text.folded)):
            return ()
        words, stretches = self._unsure
        return (stretches if len(text.folded) > 1 else words).get(wanted, ())

    @cached_property
    def _unsure(self) -> tuple[dict[str, list[Mark]], dict[str, list[Mark]]]:
        """The words in badly recognised stretches by their keys, and the stretches by those of their words together."""
        starts, ends = self.words.starts, self.words.ends
        words: dict[str, list[Mark]] = {}
        stretches: dict[str, list[Mark]] = {}
        for start, end in self._doubtful:
            first, last = bisect_left(starts, start), bisect_right(ends, end)
            folded = self.words.folded_at(first, max(0, last - first))
            for at, word in enumerate(folded, start=first):
                words.setdefault(key(word), []).append((starts[at], ends[at]))
            if folded:
                stretches.setdefault(together(folded), []).append((start, end))
        return words, stretches
