"""CSV: one page with one table, whatever delimits its cells; line ends inside quotes belong to the cell."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from pathlib import Path

from ingestion.engines.paged import PagedReader, written_page
from ingestion.errors import Damaged
from ingestion.pages import Warning
from ingestion.vietnamese.legacy import to_unicode
from ingestion.vietnamese.normalise import normalise, squeeze

MOST_CELLS = 200_000  # of one table; beyond that a list is a database, and a person is told
_DELIMITERS = ("\t", ";", ",", "|")
_SAMPLE_ROWS = 200
_LONGEST_CELL = 1_000_000  # characters


class DelimitedReader(PagedReader):
    """A CSV from its text; `guessed` says that the encoding was."""

    def __init__(self, text: str, *, guessed_encoding: str | None = None) -> None:
        warnings = []
        if guessed_encoding:
            message = f"The text does not say its encoding; it was read as {guessed_encoding} and may be wrong."
            warnings.append(Warning("text-encoding-guessed", None, message))
        try:
            rows, is_cut = _rows(text)
        except csv.Error as problem:
            raise Damaged() from problem
        if is_cut:
            message = f"The list is longer than {MOST_CELLS} cells; the rest of it was not read."
            warnings.append(Warning("sheet-cut", 1, message))
        page = written_page(["\t".join(row) for row in rows], tables=[tuple(rows)] if rows else [])
        super().__init__([page], warnings=warnings)


def open_csv(path: Path, encoding: str, *, guessed: bool) -> DelimitedReader:
    """A CSV in this encoding (a codec that `ingestion.vietnamese.encodings` names)."""
    text = to_unicode(path.read_bytes().decode(encoding, errors="replace"), None)
    return DelimitedReader(text, guessed_encoding=encoding if guessed else None)


def _rows(text: str) -> tuple[list[tuple[str, ...]], bool]:
    csv.field_size_limit(_LONGEST_CELL)
    text = normalise(text)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        delimiter, text = first.strip()[4], rest
    else:
        delimiter = delimiter_of(text)
    rows: list[tuple[str, ...]] = []
    count = 0
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        count += len(row)
        if count > MOST_CELLS:
            return rows, True
        cells = tuple(squeeze(cell.replace("\n", " ").replace("\t", " ")) for cell in row)
        if any(cells):
            rows.append(cells)
    return rows, False


def delimiter_of(text: str) -> str:
    """The delimiter by which most rows have the same number of cells, two or more; a comma where none does."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), _SAMPLE_ROWS))
        widths.pop(0, None)  # empty lines
        if not widths:
            continue
        width, rows = widths.most_common(1)[0]
        score = rows / widths.total() + min(width, 50) / 1000  # of two that fit as well the one with more cells
        if width >= 2 and score > best_score:
            best, best_score = delimiter, score
    return best
