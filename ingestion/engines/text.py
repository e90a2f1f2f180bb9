"""Plain text: one page, or one per form feed. A text kept as Unicode may still hold the bare letters of an old font."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.engines.reader import Scan
from ingestion.errors import NoPageImage
from ingestion.pages import Attachment, Page, Source, Warning
from ingestion.vietnamese.legacy import to_unicode
from ingestion.vietnamese.normalise import normalise

if TYPE_CHECKING:
    from PIL import Image


class TextReader:
    """A plain text in a known or guessed encoding."""

    has_images = False
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path, encoding: str, *, guessed: bool) -> None:
        content = to_unicode(path.read_bytes().decode(encoding, errors="replace"), None)
        self._pages = [normalise(part).strip("\n") for part in content.split("\f")]
        while len(self._pages) > 1 and not self._pages[-1].strip():
            self._pages.pop()
        self.page_count = len(self._pages)
        self.warnings: tuple[Warning, ...] = ()
        if guessed:
            message = f"The text does not say its encoding; it was read as {encoding} and may be wrong."
            self.warnings = (Warning("text-encoding-guessed", None, message),)

    def needs_recognition(self, _number: int) -> bool:
        """Never."""
        return False

    def text_page(self, number: int) -> Page:
        """The text; no size, no boxes."""
        text = self._pages[number - 1]
        return Page(number, 0.0, 0.0, Source.TEXT if text.strip() else Source.NONE, None, text)

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)
