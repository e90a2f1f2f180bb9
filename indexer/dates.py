"""Dates as people type them into a question and as texts write them."""

import re
from calendar import monthrange
from datetime import date

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")

_WRITTEN = re.compile(
    r"(?:ngày|ngay)\s+(\d{1,2})\s+(?:tháng|thang)\s+(\d{1,2})\s+(?:năm|nam)\s+(\d{4})(?!\d)", re.IGNORECASE
)
_SIGNS = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)")
_THIS_CENTURY = 69  # 5/2/26 is 2026, 5/2/70 is 1970: the rule of POSIX `strptime`


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


def day_token(day: date) -> str:
    """The value under which a day is found, however it is written: 2026-02-05."""
    return day.isoformat()


def day_tokens(text: str) -> list[str]:
    """Days that a text names, each once: "ngày 05 tháng 02 năm 2026", 5/2/2026, 05-02-2026, 5.2.2026, 5/2/26."""
    found = [_day_of(match) for form in (_WRITTEN, _SIGNS) for match in form.finditer(text)]
    return list(dict.fromkeys(day_token(day) for day in found if day is not None))


def day_at(text: str, at: int) -> tuple[date, int] | None:
    """The day that is written at this place, and where it ends; None where none is."""
    match = _WRITTEN.match(text, at) or _SIGNS.match(text, at)
    day = _day_of(match) if match else None
    return (day, match.end()) if match and day else None


def _day_of(match: re.Match[str]) -> date | None:
    """None for a day that does not exist, and for two digits of a year after a dot or dash (5.2.26 is a heading)."""
    if match.re is _WRITTEN:
        day, month, year = match.groups()
    else:
        day, sign, month, year = match.groups()
        if len(year) == 2:
            if sign != "/":
                return None
            year = f"{20 if int(year) < _THIS_CENTURY else 19}{year}"
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
