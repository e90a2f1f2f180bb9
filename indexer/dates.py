"""Dates as people type them into a question and as texts write them."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")

_WRITTEN = re.compile(
    r"(?:ngày|ngay)\s+(\d{1,2})\s+(?:tháng|thang)\s+(\d{1,2})\s+(?:năm|nam)\s+(\d{4})(?!\d)", re.IGNORECASE
)
# What may not stand before is asked after the first digit: a pattern that begins with a digit is looked for three times
# as fast.
_SIGNS = re.compile(r"(\d(?<![\d/.-]\d)\d?)([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)")
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


def span_of(value: str) -> tuple[int | None, int | None] | None:
    """First and last day (ordinals; None where an end is open) of the filters 2026-02, 2026-02-05 and
    2026-02-05..2026-03-01; None for what is none of them."""
    if month := _ISO_MONTH.fullmatch(value):
        return parse_days(f"{month[2]}/{month[1]}")
    first, dots, last = value.partition("..")
    begin = parse_days(first) if _ISO.fullmatch(first) else None
    if not dots:
        return begin
    end = parse_days(last) if _ISO.fullmatch(last) else None
    if (first and begin is None) or (last and end is None) or not (begin or end):
        return None
    return (begin[0] if begin else None), (end[1] if end else None)


def months_of(year: int) -> dict[str, tuple[int, int]]:
    """The months of a year as filters (2026-02), each with its first and last day."""
    spans = {f"{year:04}-{month:02}": parse_days(f"{month}/{year:04}") for month in range(1, 13)}
    return {value: span for value, span in spans.items() if span is not None}


def day_places(text: str) -> Iterator[tuple[str, int, int]]:
    """The days that a text names, as tokens, each with where it stands."""
    for form in (_WRITTEN, _SIGNS):
        for match in form.finditer(text):
            day = _day_of(match)
            if day is not None:
                yield day_token(day), match.start(), match.end()


def day_spellings(token: str) -> tuple[tuple[str, ...], ...]:
    """The tokens of a day in the ways in which texts write it."""
    day = date.fromisoformat(token)
    forms = (f"ngay {day:%d} thang {day:%m} nam {day:%Y}", f"ngay {day.day} thang {day.month} nam {day.year:04}")
    plain = (f"{day:%d} {day:%m} {day:%Y}", f"{day.day} {day.month} {day.year:04}", f"{day:%d} {day.month} {day:%Y}")
    mixed = (f"ngay {day:%d} thang {day.month} nam {day:%Y}", f"{day:%d} {day:%m} {day:%y}")
    return tuple(tuple(form.split()) for form in dict.fromkeys((*forms, *plain, *mixed)))


def day_token(day: date) -> str:
    """The value under which a day is found, however it is written: 2026-02-05."""
    return day.isoformat()


def day_tokens(text: str) -> list[str]:
    """Days that a text names, each once: "ngày 05 tháng 02 năm 2026", 5/2/2026, 05-02-2026, 5.2.2026, 5/2/26."""
    return list(dict.fromkeys(token for token, _, _ in day_places(text)))


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
