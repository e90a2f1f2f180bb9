"""Recognised text against the true text: characters wrong, and accents right, whatever the order of blocks.

Words are aligned in reading order first (longest common runs of their bare forms). What is left over on both sides is
paired by equal bare form wherever it stands, so that a head of two columns read in the other order costs nothing. Only
what then remains is counted by edit distance, gap by gap.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_MARKS = re.compile(r"[*#_]+")  # of Markdown in the true texts
# Signs that a printer and a reader write in more than one way.
_SAME = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00ad": "-", "\ufffe": "-"}
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Counts over one or more pages: true characters, edits to get there, words whose bare form was found, and those of
    them whose accents agree too."""

    characters: int = 0
    edits: int = 0
    words: int = 0
    accented: int = 0

    def __add__(self, other: "Likeness") -> "Likeness":
        return Likeness(
            self.characters + other.characters,
            self.edits + other.edits,
            self.words + other.words,
            self.accented + other.accented,
        )

    @property
    def error_rate(self) -> float:
        """Character errors for each true character."""
        return self.edits / max(1, self.characters)

    @property
    def diacritics(self) -> float:
        """Share of the words found by their bare form whose accents are right."""
        return self.accented / max(1, self.words)


def bare(word: str) -> str:
    """Without accents, in small letters."""
    taken = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    return taken.replace("đ", "d").replace("Đ", "D").lower()


def words_of(text: str) -> list[str]:
    """Words between blanks, NFC, with signs written one way."""
    return _MARKS.sub("", unicodedata.normalize("NFC", text).translate(_SAME)).split()


def compare(true: str, found: str) -> Likeness:
    """How like the found text is to the true one."""
    wanted, got = words_of(true), words_of(found)
    pairs, gaps = _aligned(wanted, got)
    edits = sum(distance(one, other) for one, other in pairs)
    edits += sum(distance(" ".join(left), " ".join(right)) for left, right in gaps)
    accented = sum(unicodedata.normalize("NFC", one).lower() == other.lower() for one, other in pairs)
    return Likeness(len(" ".join(wanted)), edits, len(pairs), accented)


def right_words(true: str, found: list[str]) -> list[bool]:
    """For every found word whether it stands so in the true text, letter by letter, each true word used once."""
    wanted, got = words_of(true), [" ".join(words_of(word)) for word in found]
    right = [False] * len(got)
    rest: dict[str, int] = defaultdict(int)
    matcher = SequenceMatcher(None, wanted, got, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            right[start:end] = [True] * (end - start)
        else:
            for word in wanted[first:last]:
                rest[word] += 1
    for at, word in enumerate(got):
        if not right[at] and rest[word] > 0:
            rest[word] -= 1
            right[at] = True
    return right


Pair = tuple[str, str]
Gap = tuple[list[str], list[str]]


def _aligned(wanted: list[str], got: list[str]) -> tuple[list[Pair], list[Gap]]:
    """Pairs of equal bare form, in order or moved, and the gaps that are left."""
    matcher = SequenceMatcher(None, [bare(word) for word in wanted], [bare(word) for word in got], autojunk=False)
    pairs: list[Pair] = []
    gaps: list[Gap] = []
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            pairs += zip(wanted[first:last], got[start:end], strict=True)
        else:
            gaps.append((wanted[first:last], got[start:end]))
    free: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for gap, (_, right) in enumerate(gaps):
        for at, word in enumerate(right):
            free[bare(word)].append((gap, at))
    taken: set[tuple[int, int]] = set()
    lefts: list[list[str]] = []
    for left, _ in gaps:
        kept = []
        for word in left:
            places = free[bare(word)]
            if places:
                place = places.pop(0)
                taken.add(place)
                pairs.append((word, gaps[place[0]][1][place[1]]))
            else:
                kept.append(word)
        lefts.append(kept)
    rights = [[word for at, word in enumerate(right) if (gap, at) not in taken] for gap, (_, right) in enumerate(gaps)]
    return pairs, list(zip(lefts, rights, strict=True))


def distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace) from one to the other."""
    if one == other:
        return 0
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = list(_next_row(row, at, letter, other))
    return row[-1]


def _next_row(above: list[int], at: int, letter: str, other: str) -> Iterator[int]:
    left = at
    yield left
    for place, against in enumerate(other, start=1):
        left = min(left + 1, above[place] + 1, above[place - 1] + (letter != against))
        yield left
