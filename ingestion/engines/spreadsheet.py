"""XLSX through openpyxl: one page per sheet, hidden ones too; cells as they are shown.

The text of a sheet is its name, then a line per row with tabs between the cells, then the words of its text boxes; the
notes on cells stand apart, after `Page.running`. A formula gives the value that was last computed, and itself where
none is kept. Of merged cells the first has the value, the others are empty.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from ingestion.engines.font_runs import joined
from ingestion.engines.lean_openpyxl import (
    CellRichText,
    InvalidFileException,
    TextBlock,
    load_workbook,
    range_boundaries,
)
from ingestion.engines.number_formats import shown
from ingestion.engines.office_warnings import package_warnings
from ingestion.engines.package import BROKEN, Package, Relation, usual_form
from ingestion.engines.paged import PagedReader, written_page
from ingestion.engines.word_members import members_of
from ingestion.errors import Damaged
from ingestion.pages import Attachment, Page, Warning
from ingestion.vietnamese.normalise import squeeze

MOST_CELLS = 200_000  # with a value, of one sheet; beyond that a list is a database, and a person is told
_MOST_PLACES = 6_000_000  # of a workbook, empty ones included; a cell in the last row is a million places
_MOST_COLUMNS = 1_024
_MOST_MERGED = 50_000  # cells under merged ones
_MOST_SHEETS = 500
_BROKEN = (ParseError, InvalidFileException, AttributeError, OverflowError, *BROKEN)
_CHUNK = 1024 * 1024  # bytes
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,200}?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True, slots=True)
class _Part:
    """What the XML of a sheet says besides its cells."""

    name: str
    relations: dict[str, Relation]
    merged: frozenset[Place]  # covered by a merged cell, not its first
    has_formulas: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as shown, without the empty cells at its end; the places it took; whether it goes on beyond the limit."""

    cells: tuple[str, ...]
    places: int
    is_cut: bool


_NO_CELLS = _Row((), 1, False)


class SpreadsheetReader(PagedReader):
    """An XLSX; all sheets are read when it is opened."""

    def __init__(self, path: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="hoso-sheets-") as folder:
            path = usual_form(path, Path(folder))
            package = Package(path)
            try:
                package.refuse_entities()  # openpyxl parses with expat, which knows entities
                workbook = _Workbook(path, package)
                pages = workbook.pages()
                attachments = [Attachment(name, len(content)) for name, content in members_of(package)]
                warnings = (*package_warnings(package), *workbook.warnings)
            except _BROKEN as problem:
                raise Damaged() from problem
        super().__init__(pages, warnings=warnings, attachments=attachments)


class _Workbook:
    def __init__(self, path: Path, package: Package) -> None:
        self._package = package
        self._path = path
        self._places = 0
        self.warnings: list[Warning] = []

    def pages(self) -> list[Page]:
        """One page a sheet; at least one."""
        with self._path.open("rb") as stream, self._path.open("rb") as again:
            values = load_workbook(stream, read_only=True, data_only=True, rich_text=True, keep_links=False)
            formulas: Any = None
            sheets = values.worksheets[:_MOST_SHEETS]
            parts = self._parts()
            pages = []
            for number, sheet in enumerate(sheets, start=1):
                part = parts.get(sheet.title)
                asked = None
                if part is not None and part.has_formulas:
                    formulas = formulas or load_workbook(again, read_only=True, keep_links=False)
                    asked = formulas[sheet.title]
                pages.append(self._page(sheet, asked, part, number))
        hidden = sum(sheet.sheet_state != "visible" for sheet in sheets)
        if hidden:
            message = f"{hidden} of the sheets are hidden in the file; they were read too."
            self.warnings.append(Warning("sheets-hidden", None, message))
        if len(values.worksheets) > _MOST_SHEETS:
            message = f"The file has more than {_MOST_SHEETS} sheets; the others were not read."
            self.warnings.append(Warning("sheet-cut", None, message))
        return pages or [written_page([])]

    def _page(self, sheet: Any, formulas: Any, part: _Part | None, number: int) -> Page:
        rows: list[tuple[str, ...]] = []
        lines = [squeeze(sheet.title)]
        count = 0
        is_cut = False
        for row in _rows(sheet, formulas, frozenset() if part is None else part.merged):
            count += sum(1 for cell in row.cells if cell)
            self._places += row.places
            is_cut = is_cut or row.is_cut
            if count > MOST_CELLS or self._places > _MOST_PLACES:
                is_cut = True
                break
            if row.cells:
                rows.append(row.cells)
                lines.append("\t".join(row.cells))
            elif lines[-1]:
                lines.append("")
        if is_cut:
            message = f"The sheet is larger than {MOST_CELLS} cells or {_MOST_COLUMNS} columns; the rest was not read."
            self.warnings.append(Warning("sheet-cut", number, message))
        notes: list[str] = []
        if part is not None:
            pictures, words, notes = _beside(self._package, part)
            lines += words
            if pictures:
                message = f"{pictures} pictures on the sheet were not read."
                self.warnings.append(Warning("pictures-not-read", number, message))
        wide = max((len(row) for row in rows), default=0)
        table = tuple((*row, *[""] * (wide - len(row))) for row in rows)
        return written_page(lines, running=notes, tables=[table] if table else [])

    def _parts(self) -> dict[str, _Part]:
        """The part of each sheet by the name of the sheet."""
        main = self._package.main_part()
        relations = self._package.relations(main)
        found = {}
        for sheet in self._package.xml(main).iter(f"{_MAIN}sheet"):
            relation = relations.get(sheet.get(_ID) or "")
            if relation is not None and not relation.is_remote and self._package.has(relation.target):
                found[sheet.get("name") or ""] = self._part(relation.target)
        return found

    def _part(self, name: str) -> _Part:
        merged: set[Place] = set()
        has_formulas = False
        kept = b""
        with self._package.stream(name) as stream:
            while chunk := stream.read(_CHUNK):
                text = kept + chunk
                has_formulas = has_formulas or b"<f>" in text or b"<f " in text or b":f>" in text
                end = 0
                for found in _MERGED.finditer(text):
                    end = found.end()
                    if len(merged) < _MOST_MERGED:
                        merged |= _covered(found.group(1).decode("ascii"))
                kept = text[max(end, len(text) - 512) :]
        return _Part(name, self._package.relations(name), frozenset(merged), has_formulas)


def _covered(reference: str) -> set[Place]:
    left, top, right, bottom = (int(edge) for edge in range_boundaries(reference))
    if (right - left + 1) * (bottom - top + 1) > _MOST_MERGED:
        return set()
    places = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return places - {(top, left)}


def _rows(sheet: Any, formulas: Any, merged: frozenset[Place]) -> Iterator[_Row]:
    """The rows of a sheet in order, empty ones too."""
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    computed = sheet.iter_rows(min_row=1)
    asked: Iterator[Any] = iter(())
    if formulas is not None:
        formulas.reset_dimensions()
        asked = formulas.iter_rows(min_row=1, values_only=True)
    for row, cells in enumerate(computed, start=1):
        written = next(asked, ())
        if not cells:
            yield _NO_CELLS
            continue
        out = []
        last = 0
        for column, cell in enumerate(cells[:_MOST_COLUMNS], start=1):
            value = cell.value
            if value is None and column <= len(written):
                value = written[column - 1]
            text = "" if value is None or (row, column) in merged else _cell(cell, value)
            out.append(text)
            last = column if text else last
        beyond = any(cell.value is not None for cell in cells[_MOST_COLUMNS:])
        yield _Row(tuple(out[:last]), 1 + len(cells), beyond)


def _cell(cell: Any, value: object) -> str:
    if isinstance(value, CellRichText):
        font = _font(cell)
        text = joined(
            (part.text, part.font.rFont or font) if isinstance(part, TextBlock) else (str(part), font) for part in value
        )
    elif isinstance(value, str):
        text = joined([(shown(value, cell.number_format or ""), _font(cell))])
    else:
        text = shown(getattr(value, "text", value), cell.number_format or "")  # an array formula has its text inside
    return squeeze(text.replace("\n", " ").replace("\t", " "))


def _font(cell: Any) -> str | None:
    font = getattr(cell, "font", None)
    return None if font is None else font.name


def _beside(package: Package, part: _Part) -> tuple[int, list[str], list[str]]:
    """Number of pictures on the sheet, the words of its text boxes, the notes on its cells."""
    pictures = 0
    words: list[str] = []
    notes: list[str] = []
    for relation in part.relations.values():
        if relation.is_remote or not package.has(relation.target):
            continue
        if relation.kind == "drawing":
            pictures += sum(one.kind == "image" for one in package.relations(relation.target).values())
            for paragraph in package.xml(relation.target).iter(f"{_DRAWING}p"):
                pieces = ((run.text or "", _latin(run)) for run in paragraph.iter(f"{_DRAWING}t"))
                words.append(squeeze(joined(pieces)))
        elif relation.kind == "comments":
            for note in package.xml(relation.target).iter(f"{_MAIN}comment"):
                said = squeeze("".join(text.text or "" for text in note.iter(f"{_MAIN}t")).replace("\n", " "))
                notes += [f"{note.get('ref')}: {said}"] if said else []
    return pictures, [word for word in words if word], ["[Ghi chú]", *notes] if notes else []


def _latin(text: Any) -> str | None:
    """The font of a run of DrawingML."""
    run = text.getparent()
    found = None if run is None else run.find(f"{_DRAWING}rPr/{_DRAWING}latin")
    return None if found is None else found.get("typeface")
