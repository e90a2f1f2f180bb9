"""Pictures of pages: PNG, JPEG, WebP, BMP and TIFF with one or many pages, through Pillow."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from ingestion.engines.ocr import enlarged
from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, TooLarge
from ingestion.pages import Attachment, Page, Source, Warning

MOST_PIXELS = 120_000_000  # one page; A3 at 600 dpi is 70 million
# What Pillow's plug-ins raise on files that are cut off or altered.
_BROKEN = (
    *(UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, TypeError),
    *(KeyError, IndexError, struct.error, zlib.error, ZeroDivisionError, OverflowError),
)
_POINTS = 72.0
_A4_INCHES = 11.69  # longer side; the size assumed for a picture that does not say its own
_COARSEST, _FINEST = 100.0, 1200.0  # dots per inch that are believed; 72 and 96 are what programs write unasked
_READ_COARSE, _READ_FINE = 150.0, 400.0
_READ_BEST = 300.0
_SMALLEST_DPI = 96.0


class ImageReader:
    """An open picture file; every page is recognised."""

    has_images = True
    warnings: tuple[Warning, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path) -> None:
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            self._image = Image.open(path)
            self.page_count = int(getattr(self._image, "n_frames", 1))
            if self._image.format in ("PNG", "WEBP"):
                self.page_count = 1  # an animation is one page
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
            raise TooLarge() from problem
        except _BROKEN as problem:
            raise Damaged() from problem
        self._shown: tuple[int, Image.Image, float] | None = None

    def needs_recognition(self, _number: int) -> bool:
        """Always: a picture has no text of its own."""
        return True

    def text_page(self, number: int) -> Page:
        """A blank page of the size of the picture."""
        image, dpi = self._page(number)
        return Page(number, image.width / dpi * _POINTS, image.height / dpi * _POINTS, Source.NONE, None, "")

    def scan(self, number: int) -> Scan:
        """The picture in grey, enlarged where it is too coarse to read, reduced where it is needlessly fine."""
        image, dpi = self._page(number)
        width, height = image.width / dpi * _POINTS, image.height / dpi * _POINTS
        scan = Scan(number, ImageOps.grayscale(image), width, height, dpi)
        if dpi < _READ_COARSE or dpi > _READ_FINE:
            scan = enlarged(scan, _READ_BEST / dpi)
        return scan

    def picture(self, number: int, width: int) -> Image.Image:
        """The page at this width in pixels."""
        image, _ = self._page(number)
        height = max(1, round(image.height * width / image.width))
        return image.resize((width, height), Image.Resampling.LANCZOS)

    def _page(self, number: int) -> tuple[Image.Image, float]:
        """The page upright (EXIF), in colours on white, and its dots per inch."""
        if self._shown is not None and self._shown[0] == number:
            return self._shown[1], self._shown[2]
        try:
            self._image.seek(number - 1)
            dpi = _credible_dpi(self._image)
            image = ImageOps.exif_transpose(self._image)
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                flat = Image.new("RGBA", image.size, "white")
                flat.alpha_composite(image.convert("RGBA"))
                image = flat
            image = image.convert("L" if image.mode in ("1", "L", "I;16") else "RGB")
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
            raise TooLarge(page=number) from problem
        except _BROKEN as problem:
            raise Damaged(page=number) from problem
        self._shown = (number, image, dpi)
        return image, dpi


def _credible_dpi(image: Image.Image) -> float:
    said = image.info.get("dpi")
    if isinstance(said, tuple) and len(said) == 2:
        across, down = float(said[0]), float(said[1])
        if _COARSEST <= across <= _FINEST and abs(across - down) < 2:
            return across
    return max(_SMALLEST_DPI, max(image.size) / _A4_INCHES)
