"""Pictures of PDF pages: the scan that a page is, point by point where that is possible, and pages as shown."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageOps, ImageStat

from ingestion.engines import pdf_binding
from ingestion.engines.pdf_look import Drawn, box_of, matrix_of, objects, pixels_of, times
from ingestion.engines.pdf_words import Frame
from ingestion.engines.reader import Scan
from ingestion.errors import TooLarge

_POINTS = 72.0
_BEST_DPI = 300.0  # for text drawn as shapes; a scan is read at its own resolution
_COARSE_DPI, _FINE_DPI = 145.0, 400.0  # the sizes of sheets are rounded: 150 may come as 149.9
_MOST_PIXELS = 60_000_000
_INVISIBLE = 3  # text render mode: neither filled nor stroked, as recognition programs lay text under a scan
_SLANT = 0.003  # of the scale: a turn that is none
_UNLIKE = 0.02  # by which the two resolutions of a picture may differ
_MISSED = 3.0  # points by which a picture may miss the edges of the page and still be all of it
_CHECK_WIDTH = 120  # pixels at which the picture taken out is compared with the page as rendered
_ALIKE = 6.0  # mean difference of greys (of 255) between the two; masks, clips and inversions give 20 and more
_TINT = 8  # levels of 255 by which the colours of a point of a grey picture differ
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


def rendered(page: Any, number: int, width: int) -> Image.Image:
    """The page as shown, so many pixels wide, in colours. Raises `TooLarge`."""
    shown = page.get_width()
    if page.get_height() / shown * width * width > _MOST_PIXELS:
        raise TooLarge(page=number)
    # pdfium rounds up: a hair less than the width gives just the width.
    picture: Image.Image = page.render(scale=(width - 0.01) / shown).to_pil()
    return picture.convert("RGB")


def scan_of(page: Any, number: int, frame: Frame, seen: Drawn, *, plain: bool) -> Scan:
    """The page to recognise, at the resolution of the scan it holds, or at 300 dpi; `plain` pages (nothing but content)
    that are one picture give that picture itself."""
    width, height = frame.size
    if plain and seen.is_scan and len(seen.pictures) == 1 and not seen.shapes:
        taken = _taken_out(page, frame)
        if taken is not None:
            image, dpi = taken
            return _scan(number, image, width, height, dpi)
    dpi = seen.dpi if seen.is_scan and seen.dpi else _BEST_DPI
    if dpi < _COARSE_DPI:
        dpi = _BEST_DPI
    dpi = min(dpi, _FINE_DPI, _affordable(width, height))
    picture: Image.Image = page.render(scale=dpi / _POINTS).to_pil()
    return _scan(number, picture, width, height, dpi)


def _scan(number: int, image: Image.Image, width: float, height: float, dpi: float) -> Scan:
    if image.mode in ("1", "L") or _is_grey(image):
        return Scan(number, image.convert("L"), width, height, dpi)
    colour = image.convert("RGB")
    return Scan(number, ImageOps.grayscale(colour), width, height, dpi, colour)


def _is_grey(image: Image.Image) -> bool:
    """Whether a picture in colours holds greys alone, looked at in small."""
    small = image.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    red, green, blue = small.split()
    apart = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return all(ImageStat.Stat(one).extrema[0][1] < _TINT for one in apart)


def _affordable(width: float, height: float) -> float:
    """The dots per inch at which a page (points) has the most pixels allowed."""
    return math.sqrt(_MOST_PIXELS / (width / _POINTS * height / _POINTS))


def _taken_out(page: Any, frame: Frame) -> tuple[Image.Image, float] | None:
    """The one picture that the page is, turned as the page is shown, with its dots per inch; None where the page is
    more than it, or shows it otherwise than it is (cut, slanted, masked), or is too coarse or too fine to be read."""
    found = _only_picture(page)
    if found is None:
        return None
    item, (a, b, c, d, e, f) = found
    if a <= 0 or d <= 0 or abs(b) > a * _SLANT or abs(c) > d * _SLANT:
        return None
    sheet = (frame.left, frame.bottom, frame.right, frame.top)
    if any(abs(edge - own) > _MISSED for edge, own in zip(sheet, box_of((a, 0, 0, d, e, f)), strict=True)):
        return None
    wide, high = pixels_of(item)
    across, down = wide / a * _POINTS, high / d * _POINTS
    if abs(across - down) > across * _UNLIKE or not _COARSE_DPI <= across <= _FINE_DPI or wide * high > _MOST_PIXELS:
        return None
    image = _bitmap(item)
    if image is None or image.size != (wide, high):
        return None
    if frame.turns:
        image = image.transpose(_TURNS[frame.turns])
    return (image, across) if _shows(page, image) else None


def _only_picture(page: Any) -> tuple[int, tuple[float, float, float, float, float, float]] | None:
    """The picture object of a page that shows nothing else, and its matrix."""
    found = None
    for item, kind, place in objects(pdf_binding.handle(page)):
        if kind == raw.FPDF_PAGEOBJ_IMAGE and found is None:
            found = (item, times(matrix_of(item), place))
        elif kind != raw.FPDF_PAGEOBJ_TEXT or pdf_binding.render_mode(item) != _INVISIBLE:
            return None
    return found


def _bitmap(item: int) -> Image.Image | None:
    """The points of a picture object as they are kept, without masks."""
    held = raw.FPDFImageObj_GetBitmap(ctypes.cast(item, raw.FPDF_PAGEOBJECT))
    if not held:
        return None
    try:  # pdfium's own memory goes with the bitmap, at the end of this function
        image: Image.Image = pdfium.PdfBitmap.from_raw(held).to_pil().copy()
    except (pdfium.PdfiumError, ValueError, KeyError):
        return None  # a format of points that Pillow does not know
    return image


def _shows(page: Any, image: Image.Image) -> bool:
    """Whether a picture looks as its page does, both made small."""
    shown: Image.Image = page.render(scale=_CHECK_WIDTH / page.get_width(), grayscale=True).to_pil().convert("L")
    small = image.convert("L").resize(shown.size, Image.Resampling.BOX)
    return ImageStat.Stat(ImageChops.difference(shown, small)).mean[0] < _ALIKE
