"""A glance at a PDF page: what is drawn on it, in which fonts, and whether its text layer is what it shows."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as raw

from ingestion.engines import pdf_binding as pdfium
from ingestion.engines.pdf_fonts import Fonts
from ingestion.engines.pdf_words import Frame
from ingestion.pages import Box
from ingestion.vietnamese.legacy import to_unicode
from ingestion.vietnamese.syllables import is_rubbish, is_syllable, statistics

_MOST_OBJECTS = 20_000  # of one page; maps have more, and by then what the page is has shown
_DEEPEST = 3  # forms in forms
_POINTS = 72.0
_CELL_SEGMENTS = 6  # of the outline of one cell, at most

SCAN_SHARE = 0.5  # of the page covered by pictures
_STAMP_WORDS = 40  # a text layer of fewer words over a scan is a stamp or a page number, not the text of the page
_UNMAPPED_SHARE = 0.1  # characters without a Unicode map
# A layer that a program laid under a scan is held to more than one that was typed: our own recognition gives 0.95.
_LAID_SHARE = 0.88
# Vietnamese recognised as another language: words that could be Vietnamese, few of them with a mark. Measured: a
# public notice recognised as English has 0.71 syllables and 0.1 of them marked, in Vietnamese 0.99 and 0.82; English
# prose has 0.4 words that happen to be syllables.
_PLAIN_SHARE, _MARKED_SHARE = 0.55, 0.25

_SAMPLE, _PLAINLY_GOOD = 100, 0.95  # words; of them believable, where 0.8 of all are asked for

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Drawn:
    """What is on a page besides its letters: the share of it under pictures, dots per inch of the largest one, boxes of
    the pictures in page space (left, bottom, right, top), number of rules and outlines, whether they run both ways."""

    fonts: Fonts = field(default_factory=Fonts)
    covered: float = 0.0
    dpi: float | None = None
    pictures: list[Box] = field(default_factory=list)
    shapes: int = 0
    _level: int = 0
    _upright: int = 0

    @property
    def ruled(self) -> bool:
        """Whether rules look like a table."""
        return self._level >= 2 and self._upright >= 2

    @property
    def is_scan(self) -> bool:
        """Whether pictures are most of the page."""
        return self.covered >= SCAN_SHARE

    def add_picture(self, box: Box, pixels: int, frame: Frame) -> None:
        """Count a picture at `box` (page space) whose longer side has so many points."""
        wide, high = box[2] - box[0], box[3] - box[1]
        area = (frame.right - frame.left) * (frame.top - frame.bottom)
        if wide <= 1 or high <= 1 or area <= 0:
            return
        self.covered = min(1.0, self.covered + wide * high / area)
        if not self.pictures or wide * high > max(_area(one) for one in self.pictures):
            self.dpi = pixels / max(wide, high) * _POINTS
        self.pictures.append(box)

    def add_shape(self, box: Box, segments: int) -> None:
        """Count a rule or an outline of so many segments."""
        wide, high = box[2] - box[0], box[3] - box[1]
        self.shapes += 1
        self._level += wide > 30 and high < 3
        self._upright += high > 8 and wide < 3
        if wide > 30 and high > 8:  # a drawn cell is both; a path of many segments may be a whole table
            several = 2 if segments > _CELL_SEGMENTS else 1
            self._level, self._upright = self._level + several, self._upright + several


def drawn(page: int, frame: Frame) -> Drawn:
    """Look at the objects of a page. About half a millisecond for a page of text."""
    found = Drawn()
    for item, kind, place in objects(page):
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            found.fonts.add(pdfium.font_of(item) or 0)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.add_picture(box_of(times(matrix_of(item), place)), max(pixels_of(item)), frame)
        elif kind in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            found.add_shape(_bounds(item), pdfium.count_segments(item) if kind == raw.FPDF_PAGEOBJ_PATH else 0)
    return found


def objects(page: int) -> Iterator[tuple[int, int, Matrix]]:
    """The objects of a page with their kind and the matrix of the forms they stand in; forms themselves are entered."""
    left = _MOST_OBJECTS
    waiting = [(pdfium.get_object(page, number), 0, _IDENTITY) for number in _upto(pdfium.count_objects(page), left)]
    waiting.reverse()
    while waiting and left:
        left -= 1
        item, depth, place = waiting.pop()
        kind = pdfium.object_type(item) if item else 0
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield item, kind, place
        elif depth < _DEEPEST:
            inner = times(matrix_of(item), place)
            count = _upto(pdfium.count_inside(item), left)
            waiting += [(pdfium.get_inside(item, number), depth + 1, inner) for number in reversed(count)]


def _upto(count: int, most: int) -> range:
    return range(max(0, min(count, most)))


def matrix_of(item: int) -> Matrix:
    """The matrix of an object."""
    six = (ctypes.c_float * 6)()
    if not pdfium.matrix(item, ctypes.addressof(six)):
        return _IDENTITY
    return (six[0], six[1], six[2], six[3], six[4], six[5])


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does one after the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def box_of(matrix: Matrix) -> Box:
    """Left, bottom, right and top of the unit square under a matrix: where a picture stands."""
    a, b, c, d, e, f = matrix
    across, up = (0.0, a, c, a + c), (0.0, b, d, b + d)
    return (e + min(across), f + min(up), e + max(across), f + max(up))


def pixels_of(image: int) -> tuple[int, int]:
    """Width and height of a picture object in its own points."""
    two = (ctypes.c_uint * 2)()
    base = ctypes.addressof(two)
    pdfium.pixel_size(image, base, base + ctypes.sizeof(ctypes.c_uint))
    return two[0], two[1]


def _bounds(item: int) -> Box:
    four = (ctypes.c_float * 4)()
    base = ctypes.addressof(four)
    pdfium.bounds(item, base, base + 4, base + 8, base + 12)
    return (four[0], four[1], four[2], four[3])


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def is_not_what_it_shows(text: str, unmapped: float, seen: Drawn) -> bool:
    """Whether a text layer is rubbish: letters without a map, hardly any words, or another language than the paper's.

    Where no font told that it is older than Unicode but the text itself does, `seen.fonts` is set to convert it.
    """
    if not text.strip():
        return False
    if seen.fonts.legacy:
        return False  # judged again by its words when it is converted
    if unmapped > _UNMAPPED_SHARE:
        return True
    found = not _is_plainly_good(text) and is_rubbish(text)
    if found and not is_rubbish(to_unicode(text, None)):
        seen.fonts.legacy = seen.fonts.untold = True
        return False
    return found or (seen.is_scan and _is_badly_laid(text))


def _is_plainly_good(text: str) -> bool:
    """Whether words spread over the page leave no doubt; saves counting all of them."""
    words = text.split()
    some = " ".join(words[:: max(1, len(words) // _SAMPLE)])
    found = statistics(some)
    return found.words >= _SAMPLE // 2 and found.share >= _PLAINLY_GOOD and found.strange_share == 0


def is_stamp(text: str) -> bool:
    """Whether a text layer over a scan is only a stamp or a page number."""
    return statistics(text).words < _STAMP_WORDS


def _is_badly_laid(text: str) -> bool:
    """Whether a layer under a scan was recognised badly, or as another language."""
    words = [word for word in text.split() if word.isalpha()]
    if len(words) < _STAMP_WORDS:
        return False
    if statistics(text).share < _LAID_SHARE:
        return True
    syllables = [word for word in words if is_syllable(word)]
    marked = sum(1 for word in syllables if not word.isascii())
    return len(syllables) > len(words) * _PLAIN_SHARE and marked < len(syllables) * _MARKED_SHARE
