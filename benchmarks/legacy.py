"""Words with right diacritics in public office papers of 1998 to 2009 (DOC, RTF, XLS), ours and viparse's.

viparse is given each file as far as it can open it: a DOC whole (it asks LibreOffice and python-docx, both are here);
of an RTF the bare letters, paragraph by paragraph, which is what its own reader gives; of an XLS the bare cells of each
sheet with the fonts of the workbook, likewise. `encoding="auto"` throughout: convert what is found to need it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import viparse  # type: ignore[import-untyped]
import xlrd  # type: ignore[import-untyped]
from viparse.engines._shared import blocks_to_text  # type: ignore[import-untyped]
from viparse.model import RawExtraction  # type: ignore[import-untyped]
from viparse.normalize.normalizer import VietnameseNormalizer  # type: ignore[import-untyped]
from viparse.options import LoadOptions  # type: ignore[import-untyped]

from benchmarks.material import shared
from benchmarks.measuring import Row, Table, Watch
from ingestion.detect import detect
from ingestion.engines.opening import open_reader
from ingestion.engines.rtf_parsing import parse
from ingestion.vietnamese.legacy import Encoding

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


def bench(*, quick: bool) -> Table:
    """A row for each format and one for all: words right of those aligned, words found of all."""
    files = sorted((shared("legacy") / "files").iterdir())
    if quick:
        files = files[::8]
    made = Table("Legacy", baseline='viparse, `encoding="auto"`. Ratio: our time by its time for the same files.')
    ours, theirs = _Side(_ours), _Side(_viparse)
    for path in files:
        reference = (path.parent.parent / "text" / f"{path.name}.txt").read_text(encoding="utf-8")
        for side in (ours, theirs):
            side.take(path, reference)
    for kind in (*sorted(ours.scores), "all"):
        mine, bare_engine = ours.total(kind), theirs.total(kind)
        made.rows.append(
            Row(
                f"diacritics right, {kind}",
                mine.words,
                ours.watch(kind).seconds,
                f"{mine.share:.4f} of {mine.recall:.4f}",
                f"{bare_engine.share:.4f} of {bare_engine.recall:.4f}",
                ours.watch(kind).each / theirs.watch(kind).each,
            )
        )
    made.remarks.append(
        "n counts the words of the references; 'a of b': of the share b of them that was found, a is right."
    )
    made.remarks.append(f"Our poorest file: {ours.poorest()}. Theirs: {theirs.poorest()}.")
    return made


class _Side:
    """One of the two compared: what it made of each file."""

    def __init__(self, read: Callable[[Path], str]) -> None:
        self._read = read
        self.scores: dict[str, list[tuple[str, Score]]] = {}
        self._watches: dict[str, Watch] = {}

    def take(self, path: Path, reference: str) -> None:
        """Read a file, timed, and score it."""
        kind = path.suffix[1:].upper()
        with self._watches.setdefault(kind, Watch()).turn(1):
            text = self._read(path)
        self.scores.setdefault(kind, []).append((path.name, score(reference, text)[0]))

    def total(self, kind: str) -> Score:
        """All files of a kind together, or of all kinds."""
        chosen = [pair for name, pairs in self.scores.items() if kind in (name, "all") for pair in pairs]
        return sum((found for _, found in chosen), Score(0, 0, 0))

    def watch(self, kind: str) -> Watch:
        """Time and number of files."""
        chosen = [watch for name, watch in self._watches.items() if kind in (name, "all")]
        return Watch(sum(watch.seconds for watch in chosen), sum(watch.count for watch in chosen))

    def poorest(self) -> str:
        """The file with the smallest share of its words both found and right."""
        worst = min(
            (pair for pairs in self.scores.values() for pair in pairs), key=lambda pair: pair[1].right / pair[1].words
        )
        return f"{worst[0]} ({worst[1].share:.4f} of {worst[1].recall:.4f})"


def _ours(path: Path) -> str:
    reader = open_reader(path, detect(path))
    return "\n".join(reader.text_page(number).text for number in range(1, reader.page_count + 1))


def _viparse(path: Path) -> str:
    if path.suffix == ".doc":
        return "\n".join(str(document.text) for document in viparse.load(str(path), encoding="auto"))
    blocks, fonts = _bare_rtf(path) if path.suffix == ".rtf" else _bare_xls(path)
    raw = RawExtraction(
        source=path.name,
        content_type="",
        text=blocks_to_text(blocks),
        engine="",
        signals={"blocks": blocks} | ({"fonts": fonts} if fonts else {}),
    )
    return str(VietnameseNormalizer().normalize(raw, LoadOptions(encoding="auto")).text)


Blocks = list[dict[str, Any]]


def _bare_rtf(path: Path) -> tuple[Blocks, list[str]]:
    def bare_letters(pieces: Iterable[tuple[str, str | None]], _around: Encoding) -> str:
        # The soft hyphen, which is a letter in TCVN3, would not outlive our own clean-up.
        return "".join(text for text, _ in pieces).replace("\u00ad", "\ue0ad")

    found = parse(path.read_bytes(), show=bare_letters)
    stories = [*found.sections, *found.notes, *found.running]
    texts = [one.text.replace("\ue0ad", "\u00ad") for story in stories for one in story]
    return [{"type": "paragraph", "text": text} for text in texts], []


def _bare_xls(path: Path) -> tuple[Blocks, list[str]]:
    book = xlrd.open_workbook(str(path), formatting_info=True)
    blocks: Blocks = []
    for sheet in book.sheets():
        rows = [[str(value) for value in sheet.row_values(row)] for row in range(sheet.nrows)]
        if rows:
            blocks += [{"type": "heading", "level": 1, "text": sheet.name}, {"type": "table", "rows": rows}]
    return blocks, sorted({font.name for font in book.font_list})
