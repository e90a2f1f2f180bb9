"""RTF: text by font run, tables, notes, heads and feet, one page per section, and scans in it as pages behind.

Parsing is in `rtf_parsing`.
"""

from __future__ import annotations

from pathlib import Path

from ingestion.engines.embedded_pictures import ScanPictures, in_rtf
from ingestion.engines.paged import PagedReader, PicturePage
from ingestion.engines.rtf_parsing import RtfText, parse
from ingestion.engines.sections import Section, add_running, add_story, lines_of, page_of
from ingestion.engines.word_pictures import PicturePages
from ingestion.errors import TooLarge
from ingestion.pages import Page, Warning

_MOST = 256 * 1024 * 1024  # bytes; pictures are written as text, so a paper of 50 scans reaches 100 MB


class RtfReader(PagedReader):
    """An RTF; all of it is read when it is opened (the format has no random access)."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > _MOST:
            raise TooLarge()
        content = path.read_bytes()
        found = parse(content)
        scans = ScanPictures(in_rtf(content))
        pages = with_scans(_pages(found), scans)
        super().__init__(pages, pictures=PicturePages(scans), warnings=_warnings(found, len(scans.names)))


def with_scans(pages: list[Page], scans: ScanPictures) -> list[Page | PicturePage]:
    """Pages of text, then the scans; no page for text where there is none but scans."""
    written = [page for page in pages if page.text or not scans.names]
    return [*written, *(PicturePage(name) for name in scans.names)]


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


def _warnings(found: RtfText, scans: int) -> tuple[Warning, ...]:
    warnings = []
    if found.counts["deleted"] or found.counts["revised"]:
        message = "The file has tracked changes; it is read as if all were accepted."
        warnings.append(Warning("tracked-changes", None, message))
    if found.counts["object"]:
        message = f"The file holds {found.counts['object']} embedded objects; they are not read."
        warnings.append(Warning("objects-not-read", None, message))
    if found.counts["pict"] > scans:
        message = f"The file holds {found.counts['pict'] - scans} pictures that are no scans; they are not read."
        warnings.append(Warning("pictures-not-read", None, message))
    return tuple(warnings)
