"""DOCX through python-docx: headers, paragraphs and tables in their order, one page per section."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.section import Section
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError  # type: ignore[import-untyped]
from PIL import Image

from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, NoPageImage
from ingestion.pages import Attachment, Page, Source, Table, Warning
from ingestion.vietnamese.normalise import normalise, squeeze

# What zipfile, lxml and python-docx raise on parts that are cut off, altered or missing.
_BROKEN = (
    *(PackageNotFoundError, zipfile.BadZipFile, zlib.error, LxmlError),
    *(KeyError, ValueError, TypeError, IndexError, EOFError, NotImplementedError, OSError),
)
_DEEPEST = 4  # tables in tables


@dataclass(slots=True)
class _Section:
    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


class WordReader:
    """A DOCX; all of it is read when it is opened (the format has no random access)."""

    has_images = False
    warnings: tuple[Warning, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path) -> None:
        try:
            self._sections = list(_sections(path))
        except _BROKEN as problem:
            raise Damaged() from problem
        except AttributeError as problem:  # python-docx meets a missing required element as an attribute of None
            raise Damaged() from problem
        self.page_count = len(self._sections)

    def needs_recognition(self, _number: int) -> bool:
        """Never; pictures inside a DOCX are not read yet."""
        return False

    def text_page(self, number: int) -> Page:
        """One section: its text, its tables, its paper size; no boxes."""
        section = self._sections[number - 1]
        text = "\n".join(section.lines).strip("\n")
        source = Source.TEXT if text.strip() else Source.NONE
        return Page(number, section.width, section.height, source, None, text, tables=tuple(section.tables))

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)


def _sections(path: Path) -> Iterator[_Section]:
    document = Document(str(path))
    numbering = iter(document.sections)
    setting = next(numbering, None)
    current = _begin(setting)
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            current.lines.append(_line(block))
            if block._p.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None:
                _end(current, setting)
                yield current
                setting = next(numbering, None)
                current = _begin(setting)
        else:
            _add_table(current, block, 0)
    _end(current, setting)
    yield current


def _begin(setting: Section | None) -> _Section:
    section = _Section()
    if setting is None:
        return section
    if setting.page_width is not None and setting.page_height is not None:
        section.width, section.height = float(setting.page_width.pt), float(setting.page_height.pt)
    first = setting.first_page_header if setting.different_first_page_header_footer else setting.header
    section.lines += _running(first)
    return section


def _end(section: _Section, setting: Section | None) -> None:
    if setting is not None:
        first = setting.first_page_footer if setting.different_first_page_header_footer else setting.footer
        section.lines += _running(first)


def _running(part: object) -> list[str]:
    """The lines of a header or footer not taken over from the section before; page numbers alone are left out."""
    if getattr(part, "is_linked_to_previous", True):
        return []
    lines = [_line(paragraph) for paragraph in getattr(part, "paragraphs", ())]
    return [line for line in lines if any(letter.isalpha() for letter in line)]


def _line(paragraph: Paragraph) -> str:
    return normalise(paragraph.text).strip(" ")


def _add_table(section: _Section, table: DocxTable, depth: int) -> None:
    """Cells in order. A cell of several lines (the head and foot of a paper are such tables) keeps them as lines."""
    rows = []
    for row in table.rows:
        cells = []
        seen = set()
        for cell in row.cells:
            if cell._tc in seen:  # merged cells come once per column they span
                continue
            seen.add(cell._tc)
            cells.append([_line(paragraph) for paragraph in cell.paragraphs])
            if depth < _DEEPEST:
                for inner in cell.tables:
                    _add_table(section, inner, depth + 1)
        if all(len(lines) <= 1 for lines in cells):
            section.lines.append("\t".join(lines[0] if lines else "" for lines in cells))
        else:
            section.lines += [line for lines in cells for line in lines]
        rows.append(tuple(squeeze(" ".join(lines)) for lines in cells))
    if len(rows) > 1 or (rows and len(rows[0]) > 2):
        section.tables.append(tuple(rows))
