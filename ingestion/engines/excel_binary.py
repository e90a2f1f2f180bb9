"""XLS through xlrd: a page for each sheet that has cells, values as their number formats show them, letters by font.

Formulas are never worked out: the file carries their last values. Macros are never run.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import xlrd  # type: ignore[import-untyped]
from xlrd.formula import FormulaError  # type: ignore[import-untyped]
from xlrd.sheet import Sheet  # type: ignore[import-untyped]

from ingestion.engines.font_runs import joined
from ingestion.engines.number_formats import shown
from ingestion.engines.reader import Scan
from ingestion.errors import Damaged, Encrypted, NoPageImage, TooLarge
from ingestion.pages import Attachment, Page, Source, Warning
from ingestion.vietnamese.legacy import Encoding, encoding_around
from ingestion.vietnamese.normalise import squeeze

if TYPE_CHECKING:
    from PIL import Image

# What xlrd raises on bytes that are cut off or altered.
_BROKEN = (
    *(
        xlrd.XLRDError,
        xlrd.compdoc.CompDocError,
        FormulaError,
        struct.error,
        AssertionError,
        IndexError,
        KeyError,
        ValueError,
    ),
    *(TypeError, AttributeError, UnicodeError, EOFError, ArithmeticError, NotImplementedError, RecursionError),
)
_MOST_CELLS = 3_000_000  # over all sheets; a full sheet of XLS has 16 million, lists of an office 100,000
_CELLS_TO_TELL = 2_000  # cells with text
_MACROS = "_VBA_PROJECT_CUR"


class ExcelBinaryReader:
    """An XLS; all of it is read when it is opened."""

    has_images = False
    attachments: tuple[Attachment, ...] = ()

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        book = _opened(content)
        try:
            self._pages = list(_pages(book))
        except _BROKEN as problem:
            raise Damaged() from problem
        self.page_count = len(self._pages)
        self.warnings = tuple(_warnings(book, content))

    def needs_recognition(self, _number: int) -> bool:
        """Never; pictures inside an XLS are not read."""
        return False

    def text_page(self, number: int) -> Page:
        """One sheet: its name and its rows, cells set apart by tabs, and the same as a table."""
        return self._pages[number - 1]

    def scan(self, number: int) -> Scan:
        """Never asked for. Raises `NoPageImage`."""
        raise NoPageImage(page=number)

    def picture(self, number: int, _width: int) -> Image.Image:
        """Raises `NoPageImage`."""
        raise NoPageImage(page=number)


def _opened(content: bytes) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO(), on_demand=False
        )
    except _BROKEN as problem:
        if "encrypted" in str(problem).lower():
            raise Encrypted() from problem
        raise Damaged() from problem


def _warnings(book: xlrd.Book, content: bytes) -> Iterator[Warning]:
    hidden = sum(1 for sheet in book.sheets() if sheet.visibility)
    if hidden:
        yield Warning("sheets-hidden", None, f"{hidden} of the sheets are hidden in the file; they were read too.")
    if _MACROS.encode("utf-16-le") in content:
        yield Warning("macros-ignored", None, "The file carries macros; they are never run.")


def _pages(book: xlrd.Book) -> Iterator[Page]:
    """Sheets with cells; one empty page where there is none."""
    sheets = book.sheets()
    if sum(sheet.row_len(row) for sheet in sheets for row in range(sheet.nrows)) > _MOST_CELLS:
        raise TooLarge("The spreadsheet has millions of cells; save the sheets that belong to the records alone.")
    number = 0
    around = encoding_around((font.name for font in book.font_list), _letters(sheets))
    for sheet in sheets:
        rows = _trimmed(
            [[_cell(book, sheet, row, at, around) for at in range(sheet.row_len(row))] for row in range(sheet.nrows)]
        )
        if rows:
            number += 1
            lines = [squeeze(sheet.name), *("\t".join(row).rstrip("\t") for row in rows if any(row))]
            table = tuple(tuple(row) for row in rows)
            yield Page(number, 0.0, 0.0, Source.TEXT, None, "\n".join(lines), tables=(table,), pictured=False)
    if not number:
        yield Page(1, 0.0, 0.0, Source.NONE, None, "", pictured=False)


def _letters(sheets: list[Sheet]) -> str:
    """The texts of the cells, as many as it takes to tell their encoding."""
    texts = (
        str(sheet.cell_value(row, at))
        for sheet in sheets
        for row in range(sheet.nrows)
        for at in range(sheet.row_len(row))
        if sheet.cell_type(row, at) == xlrd.XL_CELL_TEXT
    )
    return "\n".join(islice(texts, _CELLS_TO_TELL))


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without empty rows and columns at the edges; rows of equal length."""
    used = [number for number, row in enumerate(rows) if any(row)]
    if not used:
        return []
    rows = rows[used[0] : used[-1] + 1]
    columns = [at for row in rows for at, cell in enumerate(row) if cell]
    first, last = min(columns), max(columns) + 1
    return [[*row[first:last], *[""] * (last - max(first, len(row)))] for row in rows]


def _cell(book: xlrd.Book, sheet: Sheet, row: int, at: int, around: Encoding) -> str:
    kind, value = sheet.cell_type(row, at), sheet.cell_value(row, at)
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    look = book.xf_list[sheet.cell_xf_index(row, at)]
    font = book.font_list[look.font_index].name
    code = book.format_map[look.format_key].format_str if look.format_key in book.format_map else ""
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    text = shown(value, code, date_1904=bool(book.datemode))
    runs = sheet.rich_text_runlist_map.get((row, at)) if text == value else None
    return squeeze(joined(_pieces(book, text, font, runs or []), around).replace("\n", " "))


def _pieces(book: xlrd.Book, text: str, font: str, runs: list[tuple[int, int]]) -> Iterator[tuple[str, str | None]]:
    """The text of a cell with its fonts; up to the first run it is in the cell's own."""
    at = 0
    for start, number in runs:
        if start > at:
            yield text[at:start], font
        at, font = max(at, start), book.font_list[number].name
    yield text[at:], font
