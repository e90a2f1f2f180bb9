"""Dates as Vietnamese papers write them; a blank day or month gives a partial date, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

# Dotted lines, underscores and ellipses stand where a pen is to write.
_BLANK = r"[\s.…_·‥,:;'/-]*"
_LONG = re.compile(
    rf"ng[àaáảãạ]y{_BLANK}(?P<day>\d{{1,2}})?{_BLANK}th[áaàảãạ]ng{_BLANK}(?P<month>\d{{1,2}})?{_BLANK}"
    rf"n[ăaâ]m{_BLANK}(?P<year>\d{{4}})?",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})\s?(?P<sign>[/.-])\s?(?P<month>\d{1,2})\s?(?P=sign)\s?(?P<year>(?:19|20)\d{2})(?!\d)"
)
_EARLIEST, _LATEST = 1900, 2100


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a text: ISO value as far as it is written, its precision, and its range in the text."""

    value: str
    precision: str
    start: int
    end: int


def iso(year: str | None, month: str | None, day: str | None) -> tuple[str, str] | None:
    """("2023-11-05", "day"), ("2023-11", "month"), ("2023", "year") or None for what no calendar has."""
    if not year or not _EARLIEST <= int(year) <= _LATEST:
        return None
    if not month:
        return f"{int(year):04}", "year"
    if not 1 <= int(month) <= 12:
        return None
    if not day:
        return f"{int(year):04}-{int(month):02}", "month"
    try:
        return date(int(year), int(month), int(day)).isoformat(), "day"
    except ValueError:
        return None


def find_dates(text: str) -> Iterator[WrittenDate]:
    """Every date in the text, in order: "ngày 05 tháng 9 năm 2023" (parts may be blank) and "13/6/2024"."""
    found = []
    for pattern in (_LONG, _SHORT):
        for match in pattern.finditer(text):
            value = iso(match["year"], match["month"], match["day"])
            if value is not None:
                found.append(WrittenDate(*value, match.start(), match.end()))
    yield from sorted(found, key=lambda one: one.start)


def long_date(text: str) -> re.Match[str] | None:
    """The first "ngày … tháng … năm …" of the text, filled in or blank."""
    return _LONG.search(text)
