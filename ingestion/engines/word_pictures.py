"""Pictures in office files: which of them are scans of papers, and those scans as pages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ingestion.engines import word_names as names
from ingestion.engines.reader import Reader, Scan
from ingestion.errors import ReadError
from ingestion.pages import Page

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

    from PIL import Image

    from ingestion.engines.package import Element, Package, Relation

# A picture is a scan if it covers a third of the page, or has the pixels of a page read at 70 dpi and is not put
# there as a stamp-sized portrait or logo (a tenth of the page).
_SCAN_SHARE, _PORTRAIT_SHARE = 1 / 3, 1 / 10
_SCAN_SHORT, _SCAN_LONG = 600, 800  # pixels
_A4 = 595.0 * 842.0  # square points, where the page does not say its size
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
_MOST_LINES = 2_000  # of the words of one diagram or chart

_LENGTH = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]+)(pt|in|cm|mm|px)?", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "px": 0.75}


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture where it stands: the name of its part (None: not in the file), its area in square points if told."""

    part: str | None
    area: float | None


def placed_pictures(drawing: Element, relations: Mapping[str, Relation]) -> list[Placed]:
    """The pictures of a drawing, of whatever age."""
    extent = next(drawing.iter(names.EXTENT), None)
    area = None if extent is None else _area(extent.get("cx"), extent.get("cy"))
    blips = list(drawing.iter(names.BLIP))
    found = [_placed(blip.get(names.R_EMBED), relations, area if len(blips) == 1 else None) for blip in blips]
    for shape in drawing.iter(names.IMAGE_DATA):
        holder = shape.getparent()
        style = holder.get("style") or "" if holder is not None else ""
        found.append(_placed(shape.get(names.R_ID), relations, _styled_area(style)))
    return found


def _placed(name: str | None, relations: Mapping[str, Relation], area: float | None) -> Placed:
    relation = relations.get(name or "")
    return Placed(None if relation is None or relation.is_remote else relation.target, area)


def _area(width: str | None, height: str | None) -> float | None:
    try:
        return float(width or "") * float(height or "") / names.EMU_A_POINT**2
    except ValueError:
        return None


def _styled_area(style: str) -> float | None:
    sizes = {}
    for name, number, unit in _LENGTH.findall(style):
        try:
            sizes[name.lower()] = float(number) * _POINTS.get(unit.lower(), 1.0)
        except ValueError:
            continue
    return sizes["width"] * sizes["height"] if len(sizes) == 2 else None


def read_elsewhere(package: Package, drawing: Element, relations: Mapping[str, Relation]) -> list[str]:
    """The words of a diagram or chart, which lie in parts of their own."""
    lines: list[str] = []
    asked = [one.get(names.R_DATA) for one in drawing.iter(names.DIAGRAM)]
    asked += [one.get(names.R_ID) for one in drawing.iter(names.CHART)]
    for name in asked:
        relation = relations.get(name or "")
        root = None if relation is None or relation.is_remote else package.optional_xml(relation.target)
        if root is not None:
            lines += [text.text for text in root.iter(names.A_TEXT) if text.text and text.text.strip()][:_MOST_LINES]
    return lines


def is_scan(package: Package, placed: Placed, page_area: float) -> bool:
    """Whether the picture shows a paper rather than a logo, a portrait or a line; looks at its first bytes only."""
    if placed.part is None or not package.has(placed.part):
        return False
    from PIL import Image  # few files have pictures, and a child that needs none starts sooner

    from ingestion.engines.package import BROKEN, MOST_PICTURE

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            content = package.content(placed.part, MOST_PICTURE)
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                short, long = sorted(image.size)
    except (ReadError, Image.DecompressionBombError, SyntaxError, *BROKEN):
        return False
    share = None if placed.area is None else placed.area / (page_area or _A4)
    if share is not None and share >= _SCAN_SHARE:
        return short >= _SCAN_SHORT // 2  # a coloured ground of few pixels is no scan
    return short >= _SCAN_SHORT and long >= _SCAN_LONG and (share is None or share >= _PORTRAIT_SHARE)


class Contents(Protocol):
    """Where pictures lie: a package, or what was found in an older file."""

    def content(self, name: str, most: int, /) -> bytes:
        """The bytes of a picture. Raises `ReadError`."""


class PicturePages:
    """Pictures of a file as pages. One is open at a time, since each may be a hundred megabytes unpacked."""

    def __init__(self, package: Contents) -> None:
        self._package = package
        self._folder: TemporaryDirectory[str] | None = None
        self._open: tuple[str, Reader] | None = None

    def text_page(self, part: str, number: int) -> Page:
        """A blank page of the size of the picture."""
        return replace(self._reader(part).text_page(1), number=number)

    def scan(self, part: str, number: int) -> Scan:
        """The picture to recognise."""
        return replace(self._reader(part).scan(1), number=number)

    def picture(self, part: str, width: int) -> Image.Image:
        """The picture at this width in pixels."""
        return self._reader(part).picture(1, width)

    def _reader(self, part: str) -> Reader:
        import tempfile  # like the next slow to import, and few files have such pictures

        from ingestion.engines.image import ImageReader
        from ingestion.engines.package import MOST_PICTURE

        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="hoso-picture-")
        if self._open is None or self._open[0] != part:
            path = Path(self._folder.name) / "picture"
            path.unlink(missing_ok=True)
            path.write_bytes(self._package.content(part, MOST_PICTURE))
            self._open = (part, ImageReader(path))
        return self._open[1]
