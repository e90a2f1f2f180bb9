"""The reader of formats that are read whole when they are opened: pages of text, and pictures of papers among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingestion.engines.reader import Scan
from ingestion.engines.word_pictures import PicturePages
from ingestion.errors import NoPageImage
from ingestion.pages import Attachment, Page, Source, Table, Warning

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class PicturePage:
    """A page that is a picture inside the file: the name of its part."""

    part: str


class PagedReader:
    """Pages at hand; only pictures are opened when they are asked for. The first page that is text has `number` 1,
    whatever number the page given has."""

    def __init__(
        self,
        pages: Sequence[Page | PicturePage],
        *,
        pictures: PicturePages | None = None,
        warnings: Sequence[Warning] = (),
        attachments: Sequence[Attachment] = (),
    ) -> None:
        self._pages = tuple(pages)
        self._pictures = pictures
        self.warnings = tuple(warnings)
        self.attachments = tuple(attachments)
        self.page_count = len(self._pages)
        self.has_images = any(isinstance(page, PicturePage) for page in self._pages)

    def needs_recognition(self, number: int) -> bool:
        """Whether the page is a picture."""
        return isinstance(self._pages[number - 1], PicturePage)

    def text_page(self, number: int) -> Page:
        """The page; a picture is a blank one of its size."""
        page = self._pages[number - 1]
        if isinstance(page, Page):
            return replace(page, number=number)
        pictures, part = self._picture(number)
        return pictures.text_page(part, number)

    def scan(self, number: int) -> Scan:
        """A picture in the file, to be recognised. Raises `NoPageImage` for a page of text."""
        pictures, part = self._picture(number)
        return pictures.scan(part, number)

    def picture(self, number: int, width: int) -> Image.Image:
        """A picture in the file. Raises `NoPageImage` for a page of text."""
        pictures, part = self._picture(number)
        return pictures.picture(part, width)

    def _picture(self, number: int) -> tuple[PicturePages, str]:
        page = self._pages[number - 1]
        if self._pictures is None or isinstance(page, Page):
            raise NoPageImage(page=number)
        return self._pictures, page.part


def written_page(
    lines: Sequence[str],
    *,
    running: Sequence[str] = (),
    tables: Sequence[Table] = (),
    width: float = 0.0,
    height: float = 0.0,
) -> Page:
    """A page of text without a picture: its lines, then what runs along with it; sizes in points."""
    body = "\n".join(lines).strip("\n")
    tail = "\n".join(running).strip("\n")
    text = "\n".join(part for part in (body, tail) if part)
    return Page(
        number=1,
        width=width,
        height=height,
        source=Source.TEXT if text.strip() else Source.NONE,
        confidence=None,
        text=text,
        tables=tuple(tables),
        running=len(text) - len(tail) if tail else None,
        pictured=False,
    )
