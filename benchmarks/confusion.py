"""Words misread on bad scans: how many of them confusion keys find, and what they bring in that is not there.

The pages of the public plans are made hard to read (out of focus or coarse, and grainy), read, and put into an index,
each as a document. Asked are the words that stand on a page and that the recogniser lost from it, alone and three in a
row. The baseline is the same question in quotation marks, which has no keys. `--quick` reads two pages of each kind.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter

from benchmarks import degrading
from benchmarks.measuring import Table, latencies
from benchmarks.scans import plan_pages, scanned_plans
from indexer import Allowed, Found, SearchBackend, SearchDocument, SearchPage, SearchRequest, open_backend
from indexer.confusion import SHORTEST, key, keys_of_word, unsure_words
from indexer.folding import folded_tokens
from ingestion import Page, Sandbox, Word, read

PAGES = 8
IN_A_ROW = 3
MOST_ROWS = 400  # questions of three words; enough for a figure of two digits
THRESHOLDS = (0.3, 0.4, 0.5, 0.7, 0.9)

_noise = degrading.KINDS["noise"][0]


def _blurred(radius: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: _noise(image.filter(ImageFilter.GaussianBlur(radius)))


def _coarse(image: Image.Image) -> Image.Image:
    size = (round(image.width * 0.55), round(image.height * 0.55))
    return _noise(image.resize(size, Image.Resampling.BOX))


HARD: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "blur of 1.5 points and noise": (_blurred(1.5), 200),
    "blur of 1.8 points and noise": (_blurred(1.8), 200),
    "110 dpi and noise": (_coarse, 110),
}
"""What is done to a page, and the dots per inch of the result."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A page as it was read and the words that truly stand on it, without accents, in order."""

    page: Page
    true: tuple[str, ...]
    read: frozenset[str]

    @property
    def lost(self) -> frozenset[str]:
        """Words of the page that were not read anywhere on it."""
        return frozenset(word for word in self.true if _is_word(word)) - self.read


def bench(*, quick: bool) -> Table:
    """Words of hard pages, found by keys and without."""
    folder = scanned_plans()
    made = Table("Confusion", baseline="the same words in quotation marks, for which no key is asked")
    images = plan_pages(folder, 2 if quick else PAGES)
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        pairs = [pair for kind in HARD for pair in _read(kind, images, Path(name))]
        backend = open_backend(Path(name) / "search")
        backend.write([_document(number, pair.page) for number, pair in enumerate(pairs, start=1)])
        ours: list[float] = []
        bare: list[float] = []
        singles = [(word,) for word in sorted({word for pair in pairs for word in pair.lost})]
        rows = list(dict.fromkeys(_rows(pairs)))[:MOST_ROWS]
        for what, questions in (("a lost word", singles), ("three words in a row, one lost", rows)):
            made.remarks.append(f"- {what}: {_asked(backend, pairs, questions, ours, bare)}")
        made.rows += latencies("answer", ours, bare)
        backend.close()
    made.remarks += list(_thresholds(pairs))
    return made


def _is_word(token: str) -> bool:
    return len(token) >= SHORTEST and not token.isdigit()


def _read(kind: str, images: Sequence[tuple[Image.Image, str]], folder: Path) -> Iterator[Pair]:
    worse, dpi = HARD[kind]
    path = folder / "pages.tiff"
    pictures = [worse(image) for image, _ in images]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], dpi=(dpi, dpi), compression="tiff_lzw")
    for page, (_, true) in zip(read(path, sandbox=Sandbox()).pages, images, strict=True):
        yield Pair(page, tuple(folded_tokens(true)), frozenset(folded_tokens(page.text)))


def _document(number: int, page: Page) -> SearchDocument:
    doubtful = unsure_words([(word.text, word.confidence) for word in page.words], page.confidence)
    return SearchDocument(id=number, revision=1, organisations=(1,), pages=(SearchPage(1, page.text, doubtful),))


def _below(page: Page, threshold: float) -> list[Word]:
    return [word for word in page.words if word.confidence is not None and word.confidence < threshold]


def _rows(pairs: Sequence[Pair]) -> Iterator[tuple[str, ...]]:
    for pair in pairs:
        for at in range(len(pair.true) - IN_A_ROW + 1):
            row = pair.true[at : at + IN_A_ROW]
            if all(_is_word(word) for word in row) and any(word in pair.lost for word in row):
                yield row


def _asked(
    backend: SearchBackend,
    pairs: Sequence[Pair],
    questions: Sequence[tuple[str, ...]],
    ours: list[float],
    bare: list[float],
) -> str:
    """Pages that hold all words of a question and lost one: found by keys. Of what keys find: how much holds them."""
    wanted = found = brought = right = 0
    for words in questions:
        answer = _timed(backend, " ".join(words), ours)
        _timed(backend, " ".join(f'"{word}"' for word in words), bare)
        holding = {at for at, pair in enumerate(pairs, start=1) if set(words) <= set(pair.true)}
        lost = {at for at in holding if not set(words) <= pairs[at - 1].read}
        by_key = {hit.id for hit in answer.hits if "misread" in hit.why}
        wanted += len(lost)
        found += len(lost & by_key)
        brought += len(by_key)
        right += len(by_key & holding)
    return (
        f"{len(questions)} questions, {wanted} pages lost, {found / max(1, wanted):.3f} of them found by a key; a "
        f"question gets {brought / max(1, len(questions)):.1f} of {len(pairs)} pages by keys, "
        f"{right / max(1, brought):.3f} of which hold it."
    )


def _timed(backend: SearchBackend, text: str, seconds: list[float]) -> Found:
    start = time.perf_counter()
    answer = backend.find(SearchRequest(text=text, allowed=Allowed.everything(), limit=100))
    seconds.append(time.perf_counter() - start)
    return answer


def _thresholds(pairs: Sequence[Pair]) -> Iterator[str]:
    """What each threshold finds: of lost words, and of words of the other pages that do not stand on this one."""
    vocabulary = frozenset(word for pair in pairs for word in pair.true if _is_word(word))
    for threshold in THRESHOLDS:
        doubtful = lost = found = others = false = 0
        for pair in pairs:
            below = _below(pair.page, threshold)
            keys = {one for word in below for one in keys_of_word(word.text)}
            absent = vocabulary - set(pair.true) - pair.read
            doubtful += len(below)
            lost += len(pair.lost)
            found += sum(key(word) in keys for word in pair.lost)
            others += len(absent)
            false += sum(key(word) in keys for word in absent)
        yield (
            f"- Below {threshold}: {doubtful} words with keys; of {lost} lost words {found / max(1, lost):.3f} found; "
            f"of words of other pages that are not on this one {false / max(1, others):.3f}."
        )
