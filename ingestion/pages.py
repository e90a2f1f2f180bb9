"""What reading yields: pages of words with boxes, and the read document; the shapes of `hoso read --json`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingestion.facts import Facts

# A page whose confidence is below this is weak: a person should compare it with the image. Confidence is calibrated
# (see `calibration`), so one word in twelve is expected to be wrong, about one in every line; clean scans have 0.98.
WEAK_BELOW: float = 0.92

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


class RegionKind(StrEnum):
    """What a region of a page shows besides printed words."""

    SEAL = "seal"
    SIGNATURE = "signature"
    HANDWRITING = "handwriting"
    CODE = "code"  # a bar or QR code; `value` is what it says
    SHEET_NUMBER = "sheet-number"  # the number of the sheet (bút lục) written in a corner; `value` where it was read
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page: `box` as for words, `score` 0 to 1 how sure the kind is, `value` what it says, if anything."""

    kind: RegionKind
    box: Box
    score: float
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        """The region shape of `hoso read --json`."""
        return {
            "kind": str(self.kind),
            "box": [round(edge, 2) for edge in self.box],
            "score": round(self.score, 3),
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One page as shown: width and height in points (0 for formats without pages), NFC text, words in text order.

    Running heads, running feet and page numbers stand at the end of `text`, from the offset `running` on (None: the
    page has none). `regions` are seals, signatures, handwriting and codes; `steps` is what was done to the picture
    before it was read ("turned-90", "deskewed", ...); `blank` says that the side shows nothing; `pictured` that the
    page can be shown as a picture.
    """

    number: int
    width: float
    height: float
    source: Source
    confidence: float | None
    text: str
    words: tuple[Word, ...] = ()
    tables: tuple[Table, ...] = ()
    running: int | None = None
    regions: tuple[Region, ...] = ()
    steps: tuple[str, ...] = ()
    blank: bool = False
    pictured: bool = True

    @property
    def body(self) -> str:
        """The text without running heads, feet and page numbers."""
        return self.text if self.running is None else self.text[: self.running].rstrip("\n")

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
            "running": self.running,
            "regions": [region.as_json() for region in self.regions],
            "steps": list(self.steps),
            "blank": self.blank,
            "pictured": self.pictured,
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
class Signature:
    """A digital signature on a file: who signed (common name of the certificate), when (ISO, UTC, or None), whether the
    signed bytes are unaltered, and whether they are all of the file. Whether the certificate is to be trusted is not
    judged: that takes lists that are not at hand; `note` says what a person should know."""

    signer: str
    at: str | None
    intact: bool
    covers_all: bool
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """The signature shape of `hoso read --json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a quick look at a file says: its type, number of pages, the slices to read it in, how many files are inside
    it (see `unpack`) and its digital signatures."""

    media_type: str
    pages: int
    slices: tuple[Slice, ...]
    warnings: tuple[Warning, ...] = ()
    members: int = 0
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file as `unpack` left it: its name as far as it could be told, where its bytes lie and how many
    they are; without `path`, `code` and `advice` say why it could not be taken out."""

    name: str
    path: Path | None
    size: int
    code: str | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A file, or a slice of it, as read; `page_count` counts the whole file, `pages` holds those read."""

    media_type: str
    sha256: str
    page_count: int
    pages: tuple[Page, ...]
    attachments: tuple[Attachment, ...] = ()
    warnings: tuple[Warning, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def facts(self) -> Facts:
        """What the pages read say, found when it is asked for (some milliseconds a page): keep it."""
        from ingestion.understanding import understand  # not imported by children, which start sooner for it

        return understand(self.pages)

    def as_json(self) -> dict[str, Any]:
        """The value printed by `hoso read --json`."""
        return {
            "media_type": self.media_type,
            "sha256": self.sha256,
            "pages": [page.as_json() for page in self.pages],
            "facts": self.facts.as_json(),
            "attachments": [attachment.as_json() for attachment in self.attachments],
            "warnings": [warning.as_json() for warning in self.warnings],
            "signatures": [signature.as_json() for signature in self.signatures],
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
        running=None if value["running"] is None else int(value["running"]),
        regions=tuple(region_from_json(region) for region in value["regions"]),
        steps=tuple(_text(step) for step in value["steps"]),
        blank=bool(value["blank"]),
        pictured=bool(value["pictured"]),
    )


def region_from_json(value: Mapping[str, Any]) -> Region:
    """The inverse of `Region.as_json`. Raises KeyError, TypeError or ValueError on another shape."""
    x0, y0, x1, y1 = (float(edge) for edge in value["box"])
    return Region(RegionKind(value["kind"]), (x0, y0, x1, y1), float(value["score"]), _text(value["value"]))


def signature_from_json(value: Mapping[str, Any]) -> Signature:
    """The inverse of `Signature.as_json`. Raises KeyError or TypeError on another shape."""
    at = value["at"]
    return Signature(
        _text(value["signer"]),
        None if at is None else _text(at),
        bool(value["intact"]),
        bool(value["covers_all"]),
        _text(value["note"]),
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
