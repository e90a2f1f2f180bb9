"""What every format offers the child: pages, whether one needs recognition, its text, its scan, its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ingestion.pages import Attachment, Page, Signature, Warning

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Scan:
    """The picture of a page to recognise: greyscale, with its size in points and its dots per inch.

    `colour` is the same picture in RGB, of the same size in pixels, where the page was scanned in colour: red seals and
    blue ink are told and taken away there. None where the scan holds greys alone.
    """

    number: int
    image: Image.Image
    width: float
    height: float
    dpi: float
    colour: Image.Image | None = None


class Reader(Protocol):
    """An open file; pages are numbered from 1."""

    @property
    def page_count(self) -> int:
        """Number of pages (sections for formats without pages)."""

    @property
    def has_images(self) -> bool:
        """Whether pages can be shown as pictures."""

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """What a person should know about the file as a whole."""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Files carried inside."""

    def needs_recognition(self, number: int, /) -> bool:
        """Whether the page has no text worth having but may show some. Cheap."""

    def text_page(self, number: int, /) -> Page:
        """The page as its own text says it, or a blank page (`none`)."""

    def scan(self, number: int, /) -> Scan:
        """The picture to recognise, at the resolution that reads best."""

    def picture(self, number: int, width: int, /) -> Image.Image:
        """The page as shown, `width` pixels wide, in colour."""


@runtime_checkable
class Signable(Protocol):
    """A reader of files that may carry digital signatures."""

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The signatures, in the order of the file."""


@runtime_checkable
class Annotatable(Protocol):
    """A reader of files that may carry remarks beside what a page shows."""

    def notes(self, number: int, /) -> tuple[str, ...]:
        """The remarks on a page that do not show in its picture."""
