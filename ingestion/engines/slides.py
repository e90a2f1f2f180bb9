"""PPTX through python-pptx: one page per slide: its title, its other texts in the order they are drawn, tables, notes.

A slide that shows nothing but the scan of a paper becomes a page that is this picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.package import Package as SlidePackage

from ingestion.engines.font_runs import Piece, joined
from ingestion.engines.office_warnings import package_warnings
from ingestion.engines.package import BROKEN, Package, usual_form
from ingestion.engines.paged import PagedReader, PicturePage, written_page
from ingestion.engines.word_members import members_of
from ingestion.engines.word_names import EMU_A_POINT, R_EMBED
from ingestion.engines.word_pictures import PicturePages, Placed, is_scan, read_elsewhere
from ingestion.errors import Damaged
from ingestion.pages import Attachment, Page, Table, Warning
from ingestion.vietnamese.normalise import normalise, squeeze

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_BROKEN = (PythonPptxError, ParseError, AttributeError, OverflowError, *BROKEN)
_DEEPEST = 40  # groups in groups
_RUNNING = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.HEADER)
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)


@dataclass(slots=True)
class _Slide:
    title: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Placed] = field(default_factory=list)


class SlidesReader(PagedReader):
    """A PPTX; all slides are read when it is opened, hidden ones too."""

    def __init__(self, path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="hoso-slides-") as folder:
            path = usual_form(path, Path(folder))
            package = Package(path)
            try:
                package.refuse_entities()
                with path.open("rb") as stream:
                    # `pptx.Presentation` would refuse slide shows and templates, the same but for their name.
                    part: Any = SlidePackage.open(stream).main_document_part
                    pages, warnings = _pages(part.presentation, package)
                attachments = [Attachment(name, len(content)) for name, content in members_of(package)]
                warnings = [*package_warnings(package), *warnings]
            except _BROKEN as problem:
                raise Damaged() from problem
        super().__init__(pages, pictures=PicturePages(package), warnings=warnings, attachments=attachments)


def _pages(presentation: Any, package: Package) -> tuple[list[Page | PicturePage], list[Warning]]:
    pages: list[Page | PicturePage] = []
    warnings: list[Warning] = []
    width = (presentation.slide_width or 0) / EMU_A_POINT
    height = (presentation.slide_height or 0) / EMU_A_POINT
    hidden = 0
    for slide in presentation.slides:
        found = _Slide()
        hidden += slide._element.get("show") in ("0", "false")
        for shape in slide.shapes:
            _shape(shape, found, package, 0)
        notes = _notes(slide)
        lines = [*found.title, *found.lines, *notes]
        scans = [one.part for one in found.pictures if one.part and not lines and is_scan(package, one, width * height)]
        if scans:
            pages += [PicturePage(part) for part in scans]
        else:
            page = written_page(lines, running=found.running, tables=found.tables, width=width, height=height)
            pages.append(page)
        unread = len(found.pictures) - len(scans)
        if unread:
            message = f"{unread} pictures on the slide were not read."
            warnings.append(Warning("pictures-not-read", len(pages), message))
    if hidden:
        message = f"{hidden} of the slides are hidden in the file; they were read too."
        warnings.append(Warning("slides-hidden", None, message))
    return pages or [written_page([])], warnings


def _shape(shape: Any, found: _Slide, package: Package, depth: int) -> None:
    if depth > _DEEPEST:
        return
    placeholder = shape.placeholder_format.type if shape.is_placeholder else None
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            _shape(inner, found, package, depth + 1)
    elif getattr(shape, "has_table", False):
        _table(shape.table, found)
    elif getattr(shape, "has_text_frame", False):
        lines = list(_lines(shape.text_frame._txBody))
        if placeholder in _TITLES:
            found.title += lines
        elif placeholder in _RUNNING:
            found.running += [line for line in lines if any(letter.isalpha() for letter in line)]
        else:
            found.lines += lines
    else:
        relations = package.relations(str(shape.part.partname).lstrip("/"))
        found.lines += [squeeze(line) for line in read_elsewhere(package, shape._element, relations)]
    if not hasattr(shape, "shapes"):
        _pictures(shape, found, package)


def _pictures(shape: Any, found: _Slide, package: Package) -> None:
    blips = list(shape._element.iter(f"{_A}blip"))
    if not blips:
        return
    relations = package.relations(str(shape.part.partname).lstrip("/"))
    area = (shape.width or 0) * (shape.height or 0) / EMU_A_POINT**2 or None
    for blip in blips:
        name = blip.get(R_EMBED)
        relation = relations.get(name or "")
        found.pictures.append(Placed(None if relation is None or relation.is_remote else relation.target, area))


def _table(table: Any, found: _Slide) -> None:
    rows = []
    for row in table.rows:
        cells = [[] if cell.is_spanned else list(_lines(cell.text_frame._txBody)) for cell in row.cells]
        texts = tuple(squeeze(" ".join(lines)) for lines in cells)
        found.lines.append("\t".join(texts))
        rows.append(texts)
    if rows:
        found.tables.append(tuple(rows))


def _notes(slide: Any) -> list[str]:
    if not slide.has_notes_slide:
        return []
    frame = slide.notes_slide.notes_text_frame
    return [] if frame is None else list(_lines(frame._txBody))


def _lines(body: Any) -> Iterator[str]:
    """The lines of a text body, without empty ones."""
    for paragraph in body.iter(f"{_A}p"):
        text = normalise(joined(_pieces(paragraph)))
        yield from (line.strip() for line in text.split("\n") if line.strip())


def _pieces(paragraph: Any) -> Iterator[Piece]:
    for part in paragraph:
        if part.tag == f"{_A}br":
            yield "\n", None
        elif part.tag in (f"{_A}r", f"{_A}fld"):
            text, look = part.find(f"{_A}t"), part.find(f"{_A}rPr")
            face = None if look is None else look.find(f"{_A}sym")
            face = look.find(f"{_A}latin") if look is not None and face is None else face
            yield (text.text or "") if text is not None else "", None if face is None else face.get("typeface")
