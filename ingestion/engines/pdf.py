"""PDF: text with word boxes and page pictures through pypdfium2, tables through pdfplumber where rules hint at one."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, Encrypted, TooLarge
from ingestion.pages import Attachment, Box, Page, Source, Warning, Word
from ingestion.vietnamese.normalise import normalise
from ingestion.vietnamese.syllables import is_rubbish, statistics

_POINTS = 72.0
_BEST_DPI = 300.0  # for text drawn as shapes; a scan is read at its own resolution
_COARSE_DPI, _FINE_DPI = 150.0, 400.0
_SCAN_SHARE = 0.5  # of the page covered by one picture
_STAMP_WORDS = 40  # a text layer of fewer words over a scan is a stamp or a page number, not the text of the page
_UNMAPPED_SHARE = 0.1  # characters without a Unicode map
_MOST_PIXELS = 60_000_000
_NO_UNICODE_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class _Look:
    """What a glance at a page found."""

    recognise: bool
    rubbish: bool
    scan_dpi: float | None
    ruled: bool


class PdfReader:
    """An open PDF; pypdfium2 is not thread-safe, so it is used from one thread only."""

    has_images = True

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._pdf = pdfium.PdfDocument(str(path))
            self.page_count = len(self._pdf)
        except pdfium.PdfiumError as problem:
            if getattr(problem, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
                raise Encrypted() from problem
            if "password" in str(problem).lower():
                raise Encrypted() from problem
            raise Damaged() from problem
        if self.page_count < 1:
            raise Damaged()
        self._looks: dict[int, _Look] = {}
        self.warnings: tuple[Warning, ...] = ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Embedded files by name and size."""
        found = []
        for index in range(self._pdf.count_attachments()):
            attachment = self._pdf.get_attachment(index)
            try:
                size = len(attachment.get_data())
            except pdfium.PdfiumError:
                size = 0  # named without content
            found.append(Attachment(normalise(attachment.get_name()), size))
        return tuple(found)

    def needs_recognition(self, number: int) -> bool:
        """Whether the page shows more than its text layer says. About 5 ms."""
        return self._look(number).recognise

    def text_page(self, number: int) -> Page:
        """The text layer with a box for every word, and the tables where rules hint at one."""
        page = self._open(number)
        width, height = page.get_size()
        lines = list(_lines(page))
        text = "\n".join(" ".join(word.text for word in line) for line in lines)
        words = tuple(word for line in lines for word in line)
        if not words:
            return Page(number, width, height, Source.NONE, None, "")
        if not self._look(number).ruled:
            return Page(number, width, height, Source.TEXT, None, text, words)
        from ingestion.engines import tables  # a quarter of a second to import, and few pages have tables

        found = tables.of_page(self._path, number)
        return Page(number, width, height, Source.TEXT, None, text, words, found)

    def scan(self, number: int) -> Scan:
        """The page in grey at the resolution of the scan it holds, or at 300 dpi."""
        page = self._open(number)
        width, height = page.get_size()
        dpi = self._look(number).scan_dpi or _BEST_DPI
        if dpi < _COARSE_DPI:
            dpi = _BEST_DPI
        dpi = min(dpi, _FINE_DPI, _affordable(width, height))
        image = page.render(scale=dpi / _POINTS, grayscale=True).to_pil()
        return Scan(number, image, width, height, dpi)

    def picture(self, number: int, width: int) -> Image.Image:
        """The page as shown."""
        page = self._open(number)
        shown = page.get_width()
        if page.get_height() / shown * width * width > _MOST_PIXELS:
            raise TooLarge(page=number)
        shown_page: Image.Image = page.render(scale=width / shown).to_pil()
        return shown_page.convert("RGB")

    def _open(self, number: int) -> Any:
        try:
            page = self._pdf[number - 1]
        except (pdfium.PdfiumError, IndexError) as problem:
            raise Damaged(page=number) from problem
        if min(page.get_size()) < 1:
            raise Damaged(page=number)
        return page

    def _look(self, number: int) -> _Look:
        if number not in self._looks:
            self._looks[number] = _look(self._open(number))
        return self._looks[number]


def _affordable(width: float, height: float) -> float:
    """The dots per inch at which a page (points) has the most pixels allowed."""
    return math.sqrt(_MOST_PIXELS / (width / _POINTS * height / _POINTS))


def _look(page: Any) -> _Look:
    textpage = page.get_textpage()
    text = textpage.get_text_range()
    width, height = page.get_size()
    scan_dpi, covered, shapes, ruled = _drawn(page, width, height)
    rubbish = bool(text.strip()) and (is_rubbish(text) or _unmapped(textpage) > _UNMAPPED_SHARE)
    if not text.strip():
        recognise = covered > 0 or shapes > 0
    elif covered >= _SCAN_SHARE:
        recognise = rubbish or statistics(text).words < _STAMP_WORDS
    else:
        recognise = rubbish
    return _Look(recognise, rubbish, scan_dpi, ruled)


def _drawn(page: Any, width: float, height: float) -> tuple[float | None, float, int, bool]:
    """(dpi of the largest picture if it is a scan of the page, share it covers, number of shapes, ruled as a table)."""
    dpi, covered, shapes = None, 0.0, 0
    level, upright = 0, 0
    for item in page.get_objects(max_depth=3):
        left, bottom, right, top = item.get_bounds()
        wide, high = right - left, top - bottom
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            share = max(0.0, wide * high) / (width * height)
            if share > covered and wide > 1:
                covered = share
                meta = item.get_metadata()
                pixels = max(meta.width, meta.height)
                dpi = pixels / max(wide, high) * _POINTS if share >= _SCAN_SHARE else None
        elif item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            shapes += 1
            level += wide > 30 and high < 3
            upright += high > 8 and wide < 3
            if wide > 30 and high > 8:  # a drawn cell is both
                level, upright = level + 1, upright + 1
    return dpi, covered, shapes, level >= 2 and upright >= 2


def _unmapped(textpage: Any) -> float:
    """Share of characters whose font has no map to Unicode, from the first of them."""
    count = min(textpage.count_chars(), _NO_UNICODE_SAMPLE)
    wrong = sum(raw.FPDFText_HasUnicodeMapError(textpage, index) == 1 for index in range(count))
    return wrong / count if count else 0.0


def _lines(page: Any) -> Iterator[list[Word]]:
    """Lines of words in the order of the file, boxes in points of the page as shown."""
    textpage = page.get_textpage()
    place = _placing(page)
    line: list[Word] = []
    letters: list[str] = []
    boxes: list[Box] = []

    def close() -> None:
        text = normalise("".join(letters)).strip()
        if text and boxes:
            line.append(Word(text.replace(" ", ""), _around(boxes)))
        letters.clear()
        boxes.clear()

    for letter, box in _characters(textpage):
        if letter in "\r\n":
            close()
            if letter == "\n" and line:
                yield line
                line = []
        elif letter.isspace() or letter == "\u00a0":
            close()
        else:
            letters.append(letter)
            if box is not None:
                boxes.append(place(box))
    close()
    if line:
        yield line


def _characters(textpage: Any) -> Iterator[tuple[str, Box | None]]:
    """Every character with its box (left, bottom, right, top in page space), None for those that pdfium adds."""
    count = textpage.count_chars()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    high = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:  # first half of a pair
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
        letter = "-" if code in (0x02, 0xFFFE) else chr(code)  # pdfium's mark of a hyphen at the end of a line
        box = None
        if raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
            box = (left.value, bottom.value, right.value, top.value)
            if box[2] <= box[0] and box[3] <= box[1]:
                box = None
        yield letter, box


def _placing(page: Any) -> Any:
    """The function from page space to points as shown (origin top left, the page's rotation applied)."""
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation()

    def place(box: Box) -> Box:
        x0, y0, x1, y1 = box
        if turn == 90:
            return (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        if turn == 180:
            return (right - x1, y0 - bottom, right - x0, y1 - bottom)
        if turn == 270:
            return (top - y1, right - x1, top - y0, right - x0)
        return (x0 - left, top - y1, x1 - left, top - y0)

    return place


def _around(boxes: list[Box]) -> Box:
    return (
        round(min(box[0] for box in boxes), 2),
        round(min(box[1] for box in boxes), 2),
        round(max(box[2] for box in boxes), 2),
        round(max(box[3] for box in boxes), 2),
    )
