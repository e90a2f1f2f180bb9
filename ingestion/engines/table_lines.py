"""A row of a table in a text as lines: the rule that all formats with tables share."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion.vietnamese.normalise import squeeze

_LIST_COLUMNS = 3  # from so many on a table is a list, and each of its rows one line
_LIST_CELL = 300  # characters; longer cells keep their lines


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a row from those of its cells: one line with tabs, unless cells have several lines and the table is
    no list. The head and the foot of a paper are such tables; their lines follow cell by cell."""
    if all(len(lines) <= 1 for lines in cells):
        return ["\t".join(lines[0] if lines else "" for lines in cells)]
    if len(cells) >= _LIST_COLUMNS and all(sum(map(len, lines)) <= _LIST_CELL for lines in cells):
        return ["\t".join(squeeze(" ".join(lines)) for lines in cells)]
    return [line for lines in cells for line in lines]
