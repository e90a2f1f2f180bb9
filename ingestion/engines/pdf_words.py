"""The text layer of a PDF page: lines of words with boxes, in the order of the file.

The text of a page is taken in one call and the box of each word in two (the union of its letters' boxes, which pdfium
makes), where a box for every letter would take four times as long.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.engines import pdf_binding as pdfium
from ingestion.engines.pdf_fonts import Fonts
from ingestion.pages import Box, Word
from ingestion.vietnamese.normalise import normalise

# pdfium marks a hyphen at the end of a line with one of these and goes on with the next line without a break.
HYPHENS = "\x02\ufffe"
_MARKED = re.compile(f"[{HYPHENS}]")
# Anything that `normalise` might change: with none of these a page is taken as it is.
_UNCLEAN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u00d0\u0189\u0300-\u036f\u200b-\u200d\u2028-\u202f\u2060\ufb00-\ufb04\ufeff\ufffe\ud800-\udfff]"
)
_UNMAPPED_SAMPLE = 200  # letters of a page that are asked for their map to Unicode
_DOUBLE = 8  # bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page shows of its space: edges in points before rotation, and quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turns % 2 else (wide, high)

    def placed(self, edges: Sequence[float]) -> list[Box]:
        """Boxes in points as shown (origin top left) of edges in page space: left, bottom, right, top of each."""
        left, bottom, right, top = self.left, self.bottom, self.right, self.top
        four = iter(edges)
        boxes = zip(four, four, four, four, strict=True)
        if self.turns == 1:
            return [(y0 - bottom, x0 - left, y1 - bottom, x1 - left) for x0, y0, x1, y1 in boxes]
        if self.turns == 2:
            return [(right - x1, y0 - bottom, right - x0, y1 - bottom) for x0, y0, x1, y1 in boxes]
        if self.turns == 3:
            return [(top - y1, right - x1, top - y0, right - x0) for x0, y0, x1, y1 in boxes]
        return [(x0 - left, top - y1, x1 - left, top - y0) for x0, y0, x1, y1 in boxes]


@dataclass(frozen=True, slots=True)
class Cut:
    """The words of a page as the file writes them: letters and half-open range of pdfium's characters side by side, and
    how many of them stand in each line."""

    texts: list[str]
    spans: list[tuple[int, int]]
    counts: list[int]


def letters(textpage: int) -> str:
    """All characters of the page, one for each of pdfium's, so that offsets are its indices."""
    count = pdfium.count_chars(textpage)
    if count <= 0:
        return ""
    buffer = ctypes.create_string_buffer(2 * count + 2)
    taken = pdfium.get_text(textpage, 0, count, ctypes.addressof(buffer))
    text = buffer.raw[: 2 * max(0, taken - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    # Letters without a code, which the text leaves out, or in two halves: taken one by one.
    return "".join(map(chr, (pdfium.get_unicode(textpage, index) for index in range(count))))


def cut(text: str) -> Cut:
    """The words of `letters`, with a line break after a hyphen that ends a line."""
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
    counts: list[int] = []
    at = 0
    find = text.find
    for line in (_MARKED.sub(r"\g<0>\n", text) if _MARKED.search(text) else text).split("\n"):
        words = line.split()
        for word in words:
            at = find(word, at)
            spans.append((at, at := at + len(word)))
        texts += words
        counts.append(len(words))
    return Cut(texts, spans, counts)


def lines(textpage: int, text: str, frame: Frame, fonts: Fonts) -> list[list[Word]]:
    """Lines of words, in Unicode and NFC, with boxes in points as shown; words beside the page are left out."""
    found = cut(text)
    texts = fonts.converted(textpage, found.texts, found.spans) if fonts.legacy else found.texts
    if fonts.legacy or _UNCLEAN.search(text) or not unicodedata.is_normalized("NFC", text):
        texts = [_clean(word) for word in texts]
    edges = _edges(textpage, found.spans)
    words = list(map(Word, texts, frame.placed(edges)))
    made = []
    at = 0
    for count in found.counts:
        if count:
            made.append(words[at : at + count])
            at += count
    if all(texts) and _is_within(edges, frame):
        return made
    width, height = frame.size
    kept = ([word for word in line if word.text and _is_shown(word.box, width, height)] for line in made)
    return [line for line in kept if line]


def _is_within(edges: array[float], frame: Frame) -> bool:
    """Whether all words touch the page; most pages need no closer look."""
    if not edges:
        return True
    across = min(edges[2::4]) >= frame.left and max(edges[0::4]) <= frame.right
    return across and min(edges[3::4]) >= frame.bottom and max(edges[1::4]) <= frame.top


def _is_shown(box: Box, width: float, height: float) -> bool:
    return box[2] >= 0 and box[0] <= width and box[3] >= 0 and box[1] <= height


def _clean(word: str) -> str:
    for mark in HYPHENS:
        word = word.replace(mark, "-")
    if any("\ud800" <= letter <= "\udfff" for letter in word):
        word = word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(normalise(word).split())


def _edges(textpage: int, spans: Sequence[tuple[int, int]]) -> array[float]:
    """Left, bottom, right and top of every word in page space, one after the other."""
    edges = array("d", bytes(4 * _DOUBLE * len(spans)))
    at, _ = edges.buffer_info()
    count_rects, get_rect = pdfium.count_rects, pdfium.get_rect
    for number, (start, end) in enumerate(spans):
        rects = count_rects(textpage, start, end - start)
        if rects > 0:
            get_rect(textpage, 0, at, at + 3 * _DOUBLE, at + 2 * _DOUBLE, at + _DOUBLE)
        if rects != 1:
            _settle(textpage, start, rects, edges, number * 4)
        at += 4 * _DOUBLE
    return edges


def _settle(textpage: int, start: int, rects: int, edges: array[float], at: int) -> None:
    """The box around a word in several pieces; of a word without any ink (a font that is missing), its place alone."""
    four = (ctypes.c_double * 4)()
    base = ctypes.addressof(four)
    if rects < 1:
        pdfium.get_origin(textpage, start, base, base + _DOUBLE)
        edges[at : at + 4] = array("d", (four[0], four[1], four[0], four[1]))
        return
    for index in range(1, rects):
        pdfium.get_rect(textpage, index, base, base + 3 * _DOUBLE, base + 2 * _DOUBLE, base + _DOUBLE)
        edges[at], edges[at + 1] = min(edges[at], four[0]), min(edges[at + 1], four[1])
        edges[at + 2], edges[at + 3] = max(edges[at + 2], four[2]), max(edges[at + 3], four[3])


def unmapped_share(textpage: int, count: int) -> float:
    """Share of characters whose font has no map to Unicode, from letters spread over the page."""
    if not count:
        return 0.0
    asked = range(0, count, max(1, count // _UNMAPPED_SAMPLE))
    wrong = sum(1 for index in asked if pdfium.has_no_unicode(textpage, index) == 1)
    return wrong / len(asked)
