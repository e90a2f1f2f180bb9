"""Words with right diacritics in public office papers of 1998 to 2009 (DOC, RTF, XLS), ours and viparse's.

Both get the same files. viparse is called as its own documentation says, on what it can open here (its extras, which
bring the readers of the formats, are not installed): the bare letters of each paragraph with the fonts of its runs,
which are its signals, as our readers found them.
"""

import re
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from benchmarks.material import MaterialMissing, shared
from benchmarks.measuring import Row, Table

_WORD = re.compile(r"[^\W_]+")
_CHUNK = 400  # words aligned at once; longer ones take time that grows with the square


@dataclass(frozen=True, slots=True)
class Score:
    """Words of the reference with letters, those aligned with ours, and those of them with all diacritics right."""

    words: int
    aligned: int
    right: int

    @property
    def share(self) -> float:
        """Right words among the aligned."""
        return self.right / self.aligned if self.aligned else 0.0

    @property
    def recall(self) -> float:
        """Aligned words among all."""
        return self.aligned / self.words if self.words else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.words + other.words, self.aligned + other.aligned, self.right + other.right)


def score(reference: str, ours: str, *, fold: bool = True) -> tuple[Score, list[tuple[str, str]]]:
    """Compare two texts word by word; also the wrong pairs. `fold`: capitals and small letters are the same (capitals
    fonts draw small letters as capitals: the reference has them small, ours as they are shown)."""
    theirs, mine = _words(reference, fold=fold), _words(ours, fold=fold)
    pairs = list(aligned(theirs, mine))
    wrong = [(a, b) for a, b in pairs if a != b]
    return Score(len(theirs), len(pairs), len(pairs) - len(wrong)), wrong


def _words(text: str, *, fold: bool) -> list[str]:
    text = unicodedata.normalize("NFC", text)
    words = [word for word in _WORD.findall(text) if not word.isdigit()]
    return [word.lower() for word in words] if fold else words


def bare(word: str) -> str:
    """The word without accents; đ as d."""
    plain = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def aligned(theirs: Sequence[str], mine: Sequence[str]) -> list[tuple[str, str]]:
    """Words of both that stand for each other: equal bare forms in the same order."""
    a, b = [bare(word) for word in theirs], [bare(word) for word in mine]
    pairs = []
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) > _CHUNK * 10)
    for block in matcher.get_matching_blocks():
        pairs += [(theirs[block.a + at], mine[block.b + at]) for at in range(block.size)]
    return pairs
