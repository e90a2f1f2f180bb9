"""What words typed without accents were probably meant to be, from pairs of syllables of the collection itself.

A pair counts by the documents that hold it and is known only where at least `LEAST_DOCUMENTS` documents of
`LEAST_CASES` cases do, so that it says nothing about a person. The most likely reading of a run of syllables is the
best path through their pairs (Viterbi). A syllable of which no known pair speaks stays as it was typed.
"""

import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from indexer.folding import exact_tokens, fold, spans
from indexer.query import parse
from indexer.tree import ParsedQuery

LEAST_DOCUMENTS = 20
LEAST_CASES = 5

# Pairs seen once are forgotten after so many documents: a pair of the whole collection comes again, and the memory of
# learning stays flat. A pair may so be counted less often than it stands, never more often.
FORGET_AFTER = 2_000

_UNKNOWN = math.log(1e-6)  # of a step that no pair supports
_FORMAT = 1

_Y = str.maketrans("iíìỉĩị", "yýỳỷỹỵ")

Pair = tuple[str, str]


class AccentModel:
    """Pairs of syllables with accents and in how many documents each stands."""

    def __init__(self, pairs: Mapping[Pair, int]) -> None:
        self._pairs = dict(pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def to_bytes(self) -> bytes:
        """As it is kept: compressed JSON."""
        rows = [[first, second, count] for (first, second), count in sorted(self._pairs.items())]
        return zlib.compress(json.dumps([_FORMAT, rows], ensure_ascii=False).encode())

    @classmethod
    def from_bytes(cls, data: bytes) -> "AccentModel":
        """What `to_bytes` kept; `ValueError` for anything else."""
        try:
            version, rows = json.loads(zlib.decompress(data))
            if version != _FORMAT:
                raise ValueError(f"format {version}")
            return cls({(first, second): count for first, second, count in rows})
        except (zlib.error, TypeError, json.JSONDecodeError) as error:
            raise ValueError(str(error)) from error

    @cached_property
    def _forms(self) -> dict[str, dict[str, int]]:
        """Folded syllable -> its forms and how often each stands in a known pair."""
        found: dict[str, dict[str, int]] = {}
        for pair, count in self._pairs.items():
            for syllable in pair:
                forms = found.setdefault(fold(syllable), {})
                forms[syllable] = forms.get(syllable, 0) + count
        return found

    def restored(self, folded: Sequence[str]) -> tuple[str, ...]:
        """The most likely forms of a run of folded syllables, as many as were given."""
        if len(folded) < 2:
            return tuple(folded)
        best: dict[str, tuple[float, tuple[str, ...]]] = {form: (0.0, (form,)) for form in self._of(folded[0])}
        for syllable in folded[1:]:
            best = {form: max(self._steps(best, form)) for form in self._of(syllable)}
        found = max(best.values())[1]
        return tuple(
            form if self._supported(found, place) else plain
            for place, (form, plain) in enumerate(zip(found, folded, strict=True))
        )

    def _of(self, folded: str) -> Sequence[str]:
        return tuple(self._forms.get(folded, {folded: 0}))

    def _steps(
        self, best: Mapping[str, tuple[float, tuple[str, ...]]], form: str
    ) -> Iterator[tuple[float, tuple[str, ...]]]:
        for before, (score, path) in best.items():
            count = self._pairs.get((before, form))
            yield score + (math.log(count) if count else _UNKNOWN), (*path, form)

    def _supported(self, found: Sequence[str], place: int) -> bool:
        neighbours = (found[place - 1 : place + 1] if place else [], found[place : place + 2])
        return any(tuple(pair) in self._pairs for pair in neighbours if len(pair) == 2)


@dataclass(slots=True)
class _Seen:
    documents: int
    cases: frozenset[int]


class Learning:
    """Counts pairs document by document."""

    def __init__(self) -> None:
        self._seen: dict[Pair, _Seen] = {}
        self.documents = 0

    def add(self, texts: Iterable[str], cases: Iterable[int]) -> None:
        """One document: its texts, of which none is a name, and the cases in which it is filed."""
        filed = frozenset(cases)
        for pair in {pair for text in texts for pair in pairwise(exact_tokens(text))}:
            if not all(syllable.isalpha() for syllable in pair):
                continue
            seen = self._seen.get(pair)
            if seen is None:
                self._seen[pair] = _Seen(1, filed)
            else:
                seen.documents += 1
                if len(seen.cases) < LEAST_CASES:
                    seen.cases |= filed
        self.documents += 1
        if self.documents % FORGET_AFTER == 0:
            self._seen = {pair: seen for pair, seen in self._seen.items() if seen.documents > 1}

    def model(self) -> AccentModel:
        """What was learned from enough documents of enough cases."""
        return AccentModel(
            {
                pair: seen.documents
                for pair, seen in self._seen.items()
                if seen.documents >= LEAST_DOCUMENTS and len(seen.cases) >= LEAST_CASES
            }
        )


def restored_runs(model: AccentModel, parsed: ParsedQuery) -> tuple[tuple[str, ...], ...]:
    """The runs of a plain question without any accent as they were probably meant; none where nothing is known."""
    if not parsed.plain or parsed.accented:
        return ()
    runs = tuple(parsed.runs("folded"))
    meant = tuple(model.restored(run) for run in runs)
    return meant if meant != tuple(tuple(run) for run in runs) else ()


def written(text: str, model: AccentModel) -> str | None:
    """A question of plain words without any accent, as it was probably meant, i or y as typed; None where nothing else
    than what was typed is known."""
    runs = restored_runs(model, parse(text))
    tokens = spans(text)
    if len(runs) != 1 or len(runs[0]) != len(tokens):
        return None
    words = [_as_typed(meant, text[token.start : token.end]) for meant, token in zip(runs[0], tokens, strict=True)]
    found = " ".join(words)
    return found if found != text.lower() else None


def _as_typed(meant: str, typed: str) -> str:
    """Search holds "lý" and "lí" for one word; what was typed with y is shown with y."""
    return meant[:-1] + meant[-1].translate(_Y) if typed.lower().endswith("y") else meant
