"""Dates as people type them into a question."""

import re
from calendar import monthrange
from datetime import date

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")


def parse_days(text: str) -> tuple[int, int] | None:
    """First and last day (proleptic Gregorian ordinals) of 31/12/2025, 2025-12-31, 12/2025 or 2025; else None."""
    typed = text.strip()
    try:
        if match := _DAY.fullmatch(typed):
            day = date(int(match[3]), int(match[2]), int(match[1])).toordinal()
            return day, day
        if match := _ISO.fullmatch(typed):
            day = date(int(match[1]), int(match[2]), int(match[3])).toordinal()
            return day, day
        if match := _MONTH.fullmatch(typed):
            year, month = int(match[2]), int(match[1])
            last = date(year, month, monthrange(year, month)[1])
            return last.replace(day=1).toordinal(), last.toordinal()
        if _YEAR.fullmatch(typed):
            return date(int(typed), 1, 1).toordinal(), date(int(typed), 12, 31).toordinal()
    except ValueError:  # a day or month that does not exist; IllegalMonthError is one too
        return None
    return None
