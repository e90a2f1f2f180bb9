"""RTF: text by font run, tables, notes, heads and feet, one page per section. Parsing is in `rtf_parsing`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from ingestion.engines.reader import Scan
from ingestion.engines.rtf_parsing import RtfText, parse
from ingestion.engines.sections import Section, add_running, add_story, lines_of, page_of
from ingestion.errors import NoPageImage, TooLarge
from ingestion.pages import Attachment, Page, Warning

_MOST = 256 * 1024 * 1024  # bytes; pictures are written as text, so a paper of 50 scans reaches 100 MB


class RtfReader:
    """An RTF; all of it is read when it is opened (the format has no random access)."""

    has_images = False
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > _MOST:
            raise TooLarge()
        found = parse(path.read_bytes())
        self._pages = _pages(found)
        self.warnings = _warnings(found)
        self.page_count = len(self._pages)

    def needs_recognition(self, _number: int) -> bool:
        """Never; pictures inside an RTF are not read."""
        return False

    def text_page(self, number: int) -> Page:
        """One section: its text with notes, its tables, heads and feet at the end; no size, no boxes."""
        return self._pages[number - 1]

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)


def _pages(found: RtfText) -> list[Page]:
    """Sections without any text are breaks of layout only; one stays where all are so."""
    pages: list[Page] = []
    for body, notes, running in zip(found.sections, found.notes, found.running, strict=True):
        section = Section()
        add_story(section, body)
        section.lines += lines_of(notes)
        add_running(section, running)
        page = page_of(len(pages) + 1, section)
        if page.text:
            pages.append(page)
    return pages or [page_of(1, Section())]


def _warnings(found: RtfText) -> tuple[Warning, ...]:
    warnings = []
    if found.counts["deleted"] or found.counts["revised"]:
        message = "The file has tracked changes; it is read as if all were accepted."
        warnings.append(Warning("tracked-changes", None, message))
    if found.counts["object"]:
        message = f"The file holds {found.counts['object']} embedded objects; they are not read."
        warnings.append(Warning("objects-not-read", None, message))
    if found.counts["pict"]:
        message = f"The file holds {found.counts['pict']} pictures; what they show is not read."
        warnings.append(Warning("pictures-not-read", None, message))
    return tuple(warnings)
