"""Ruled tables of a page from its rules and words: cells are where rules cross, words fall into them.

Only geometry: about 2 ms a table, where pdfplumber takes 0.1 to 1 s a page to find the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingestion.pages import Table, Word

_NEAR = 2.5  # points: ends that nearly meet do; lines at nearly one height are one
_MOST_RULES = 3_000  # of one page; a drawing has more
_MOST_CELLS = 20_000

Rule = tuple[float, float, float]  # where it lies, and from where to where it runs


@dataclass(slots=True)
class Rules:
    """Level rules as (y, from x, to x) and upright ones as (x, from y, to y), in points as shown."""

    level: list[Rule] = field(default_factory=list)
    upright: list[Rule] = field(default_factory=list)


def from_rules(rules: Rules, lines: Iterable[Sequence[Word]]) -> tuple[Table, ...]:
    """The tables from top to bottom, rows of cell texts; a cell over several rows or columns has its text in the first
    and leaves the others empty. Tables of one row or one column are frames, no tables."""
    if len(rules.level) + len(rules.upright) > _MOST_RULES:
        return ()
    level, upright = _merged(rules.level), _merged(rules.upright)
    words = [word for line in lines for word in line]
    found = []
    for rows, columns in _grids(level, upright):
        table = _filled(rows, columns, words)
        if table is not None:
            found.append((min(rule[0] for rule in rows), table))
    return tuple(table for _, table in sorted(found, key=lambda one: one[0]))


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Rules that lie at one place and touch, as one."""
    merged: list[Rule] = []
    for at, start, end in sorted(rules):
        index = _touched(merged, at, start, end)
        if index is None:
            merged.append((at, start, end))
        else:
            other, begin, stop = merged[index]
            merged[index] = (other, min(begin, start), max(stop, end))
    return merged


def _touched(rules: Sequence[Rule], at: float, start: float, end: float) -> int | None:
    """The last rule at this place that touches; `rules` are sorted by place."""
    for index in range(len(rules) - 1, -1, -1):
        other, begin, stop = rules[index]
        if at - other > _NEAR:
            return None
        if start <= stop + _NEAR and end >= begin - _NEAR:
            return index
    return None


def _grids(level: list[Rule], upright: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules that cross each other, group by group."""
    groups: list[tuple[set[int], set[int]]] = []
    for column, rule in enumerate(upright):
        crossed = {row for row, other in enumerate(level) if _cross(other, rule)}
        joined = [group for group in groups if group[0] & crossed]
        rows, columns = crossed.union(*(group[0] for group in joined)), {column}.union(*(group[1] for group in joined))
        groups = [group for group in groups if group not in joined] + [(rows, columns)]
    return [
        ([level[row] for row in sorted(rows)], [upright[column] for column in sorted(columns)])
        for rows, columns in groups
        if len(rows) > 1 and len(columns) > 1
    ]


def _cross(level: Rule, upright: Rule) -> bool:
    y, x0, x1 = level
    x, y0, y1 = upright
    return x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR


def _filled(rows: list[Rule], columns: list[Rule], words: Sequence[Word]) -> Table | None:
    ys, xs = _places(rows), _places(columns)
    high, wide = len(ys) - 1, len(xs) - 1
    if high < 2 or wide < 2 or high * wide > _MOST_CELLS:
        return None
    owner = _owners(ys, xs, rows, columns)
    texts: dict[tuple[int, int], list[str]] = {}
    for word in words:
        row, column = _band(ys, (word.box[1] + word.box[3]) / 2), _band(xs, (word.box[0] + word.box[2]) / 2)
        if row is not None and column is not None:
            texts.setdefault(owner[row][column], []).append(word.text)
    # The text of a cell over several is that of its first.
    return tuple(
        tuple(
            " ".join(texts.get((row, column), ())) if owner[row][column] == (row, column) else ""
            for column in range(wide)
        )
        for row in range(high)
    )


def _places(rules: Sequence[Rule]) -> list[float]:
    places: list[float] = []
    for at, _, _ in sorted(rules):
        if not places or at - places[-1] > _NEAR:
            places.append(at)
    return places


def _band(places: Sequence[float], at: float) -> int | None:
    return next((number for number, (low, high) in enumerate(pairwise(places)) if low <= at < high), None)


def _owners(
    ys: Sequence[float], xs: Sequence[float], rows: Sequence[Rule], columns: Sequence[Rule]
) -> list[list[tuple[int, int]]]:
    """For every field of the grid the first field of the cell it belongs to: where no rule parts two, they are one."""
    owner = [[(row, column) for column in range(len(xs) - 1)] for row in range(len(ys) - 1)]
    for row, (top, bottom) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            if column and not _is_parted(columns, left, (top + bottom) / 2):
                owner[row][column] = owner[row][column - 1]
            elif row and not _is_parted(rows, top, (left + right) / 2):
                owner[row][column] = owner[row - 1][column]
    return owner


def _is_parted(rules: Sequence[Rule], at: float, middle: float) -> bool:
    return any(abs(place - at) <= _NEAR and start <= middle <= end for place, start, end in rules)
