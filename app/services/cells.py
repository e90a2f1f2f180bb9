"""Lists that people open in a spreadsheet program: CSV and XLSX with cells that nothing is run in."""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

LONGEST_CELL = 32_767  # characters of a cell (Excel specifications and limits)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones are read as the narrow
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no place in XML 1.0, and a formula may hide behind one

Row = Sequence[str]


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet shows as text whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def safe_row(cells: Iterable[str]) -> Row:
    """A row whose cells are safe, printable and no longer than a spreadsheet takes."""
    return [safe_cell(_UNPRINTABLE.sub("", cell))[:LONGEST_CELL] for cell in cells]


def write_csv(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:  # the mark by which spreadsheet programs know UTF-8
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)


def write_xlsx(path: Path, rows: Iterable[Row], *, title: str) -> None:
    """Write rows as one sheet, the first of them always in sight."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # slow to import, and few need it

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append(row)
    book.save(path)
