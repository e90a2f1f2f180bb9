"""What reading yields: pages of words with boxes, and the read document; the shapes of `hoso read --json`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ingestion.facts import Facts

# A page whose mean word confidence is below this is weak: a person should compare it with the image. Measured on
# degraded scans of public plans: at 0.93 93 % of the words were right, at 0.83 81 %, at 0.59 43 %.
WEAK_BELOW: float = 0.88

Box = tuple[float, float, float, float]
Table = tuple[tuple[str, ...], ...]


class Source(StrEnum):
    """Where the text of a page comes from: its own text layer, recognition, or nowhere (a blank page)."""

    TEXT = "text"
    OCR = "ocr"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `box` is (x0, y0, x1, y1) in points, origin top left of the page as shown; confidence 0 to 1."""

    text: str
    box: Box
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as shown: width and height in points (0 for formats without pages), NFC text, words in text order."""

    number: int
    width: float
    height: float
    source: Source
    confidence: float | None
    text: str
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The page shape of `hoso read --json`."""
        return {
            "number": self.number,
            "width": round(self.width, 2),
            "height": round(self.height, 2),
            "source": str(self.source),
            "confidence": self.confidence,
            "text": self.text,
            "words": [
                {"text": word.text, "box": [round(edge, 2) for edge in word.box], "confidence": word.confidence}
                for word in self.words
            ],
            "tables": [[list(row) for row in table] for table in self.tables],
        }


@dataclass(frozen=True, slots=True)
class Warning:
    """Something a person should know; `page` is 1-based or None for the whole file."""

    code: str
    page: int | None
    message: str

    def as_json(self) -> dict[str, Any]:
        """The warning shape of `hoso read --json`."""
        return {"code": self.code, "page": self.page, "message": self.message}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the file (named, not read): name and size in bytes."""

    name: str
    size: int

    def as_json(self) -> dict[str, Any]:
        """The attachment shape of `hoso read --json`."""
        return {"name": self.name, "size": self.size}


@dataclass(frozen=True, slots=True)
class Slice:
    """Pages `first` to `last` (1-based, inclusive) to be read in one job; `ocr` if any of them needs recognition."""

    first: int
    last: int
    ocr: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """What a quick look at a file says: its type, number of pages and the slices to read it in."""

    media_type: str
    pages: int
    slices: tuple[Slice, ...]
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file, or a slice of it, as read; `page_count` counts the whole file, `pages` holds those read."""

    media_type: str
    sha256: str
    page_count: int
    pages: tuple[Page, ...]
    facts: Facts
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[Warning, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The value printed by `hoso read --json`."""
        return {
            "media_type": self.media_type,
            "sha256": self.sha256,
            "pages": [page.as_json() for page in self.pages],
            "facts": self.facts.as_json(),
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "warnings": [warning.as_json() for warning in self.warnings],
        }


def word_from_json(value: Mapping[str, Any]) -> Word:
    """The inverse of the word shape. Raises KeyError, TypeError or ValueError on another shape."""
    x0, y0, x1, y1 = (float(edge) for edge in value["box"])
    return Word(_text(value["text"]), (x0, y0, x1, y1), _confidence(value["confidence"]))


def page_from_json(value: Mapping[str, Any]) -> Page:
    """The inverse of `Page.as_json`, checked: raises KeyError, TypeError or ValueError on another shape."""
    return Page(
        number=int(value["number"]),
        width=float(value["width"]),
        height=float(value["height"]),
        source=Source(value["source"]),
        confidence=_confidence(value["confidence"]),
        text=_text(value["text"]),
        words=tuple(word_from_json(word) for word in value["words"]),
        tables=tuple(tuple(tuple(_text(cell) for cell in row) for row in table) for table in value["tables"]),
    )


def warning_from_json(value: Mapping[str, Any]) -> Warning:
    """The inverse of `Warning.as_json`."""
    page = value["page"]
    return Warning(str(value["code"]), None if page is None else int(page), str(value["message"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return unicodedata.normalize("NFC", value)


def _confidence(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float):
        raise TypeError("confidence expected")
    return min(1.0, max(0.0, float(value)))


def word_spans(page: Page) -> list[tuple[int, int]]:
    """The half-open range of every word of the page in its text, by a forward search; (-1, -1) for one not found."""
    spans: list[tuple[int, int]] = []
    at = 0
    for word in page.words:
        start = page.text.find(word.text, at)
        if start < 0:
            spans.append((-1, -1))
            continue
        at = start + len(word.text)
        spans.append((start, at))
    return spans


def is_weak(pages: Sequence[Page]) -> bool:
    """Whether any of these pages was recognised so badly that a person should compare it with its image."""
    return any(page.confidence is not None and page.confidence < WEAK_BELOW for page in pages)
