"""Pictures of pages: PNG, JPEG, WebP, BMP, HEIC and TIFF with one or many pages, through Pillow."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, TooLarge
from ingestion.pages import Attachment, Page, Source, Warning

MOST_PIXELS = 120_000_000  # one page; A3 at 600 dpi is 70 million
# What Pillow's plug-ins raise on files that are cut off or altered.
_BROKEN = (
    *(UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, TypeError),
    *(KeyError, IndexError, struct.error, zlib.error, ZeroDivisionError, OverflowError, RuntimeError),
)
_POINTS = 72.0
_A4_INCHES = 11.69  # longer side; the size assumed for a picture that does not say its own
_COARSEST, _FINEST = 100.0, 1200.0  # dots per inch that are believed; 72 and 96 are what programs write unasked
_READ_FINE, _READ_BEST = 400.0, 300.0  # dots per inch: finer pictures are reduced to the second
_SMALLEST_DPI = 96.0
_TINT = 24  # levels of 255 between the colours of a point from which a picture shows colour
_FAX_LEAST = 90.0  # dots per inch down the page of a fax (204 by 98)


class ImageReader:
    """An open picture file; every page is recognised."""

    has_images = True
    warnings: tuple[Warning, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path) -> None:
        Image.MAX_IMAGE_PIXELS = MOST_PIXELS
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            _learn_heic(path)
            self._image = Image.open(path)
            self.page_count = int(getattr(self._image, "n_frames", 1))
            if self._image.format in ("PNG", "WEBP", "HEIF"):
                self.page_count = 1  # an animation or a burst is one page
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
        """The picture in grey, and in colour where it shows any; reduced where it is needlessly fine."""
        image, dpi = self._page(number)
        width, height = image.width / dpi * _POINTS, image.height / dpi * _POINTS
        if dpi > _READ_FINE:
            size = (round(image.width * _READ_BEST / dpi), round(image.height * _READ_BEST / dpi))
            image, dpi = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0), _READ_BEST
        colour = image if image.mode == "RGB" and _shows_colour(image) else None
        return Scan(number, ImageOps.grayscale(image), width, height, dpi, colour)

    def picture(self, number: int, width: int) -> Image.Image:
        """The page at this width in pixels."""
        image, _ = self._page(number)
        height = max(1, round(image.height * width / image.width))
        return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)

    def _page(self, number: int) -> tuple[Image.Image, float]:
        """The page upright (EXIF), in colours on white, and its dots per inch."""
        if self._shown is not None and self._shown[0] == number:
            return self._shown[1], self._shown[2]
        try:
            self._image.seek(number - 1)
            held = _squared(self._image)
            dpi = _credible_dpi(held)
            image = ImageOps.exif_transpose(held)
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


def _squared(image: Image.Image) -> Image.Image:
    """A fax has half as many lines as points in a line; with as many of both it looks as it was sent."""
    said = image.info.get("dpi")
    if not isinstance(said, tuple) or len(said) != 2:
        return image
    across, down = float(said[0]), float(said[1])
    least, most = sorted((across, down))
    if least < _FAX_LEAST or most > _FINEST or not 1.5 <= most / least <= 2.5:
        return image
    size = (round(image.width * max(1.0, down / across)), round(image.height * max(1.0, across / down)))
    grown = image.convert("L" if image.mode == "1" else image.mode).resize(size, Image.Resampling.BICUBIC)
    grown.info = {**image.info, "dpi": (max(across, down), max(across, down))}
    return grown


def _shows_colour(image: Image.Image) -> bool:
    """Whether any part of a picture differs from grey, looked at in small."""
    red, green, blue = image.reduce(8).split()
    differences = (ImageChops.difference(red, green), ImageChops.difference(red, blue))
    return any(sum(one.histogram()[_TINT:]) > 0 for one in differences)


def _learn_heic(path: Path) -> None:
    """Teach Pillow to open HEIC where the file is one: the package is slow to import and only phones need it."""
    with path.open("rb") as stream:
        head = stream.read(12)
    if head[4:8] == b"ftyp":
        import pi_heif  # type: ignore[import-untyped]

        pi_heif.register_heif_opener()
