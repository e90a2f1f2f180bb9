"""Dates, times and durations of spreadsheets by the date part of a format code; see `number_formats`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_LAST_SERIAL = 2_958_466  # the day after 31/12/9999
_LEAP_BUG = 60  # serial day 60 is 29/02/1900, which never was; days before it count from one day later
_VIETNAMESE = 0x042A
_SYSTEM_LONG_DATE = 0xF800  # "the long date of the machine"

_ENGLISH_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_ENGLISH_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_VIETNAMESE_MONTHS = ["Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai"]
_VIETNAMESE_DAYS = ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"]


@dataclass(frozen=True, slots=True)
class DateToken:
    """A piece of a date code: a field such as `yyyy` (or a time elapsed, `[h]`), or what stands between fields."""

    text: str
    is_field: bool
    is_elapsed: bool = False


def moment_of(serial: float, *, date_1904: bool) -> datetime | None:
    """The moment of a serial number of days, rounded to milliseconds; None outside the years 1900 to 9999."""
    if date_1904:
        serial += 1462
    if not 0 <= serial < _LAST_SERIAL:
        return None
    epoch = datetime(1899, 12, 30) if serial >= _LEAP_BUG else datetime(1899, 12, 31)  # noqa: DTZ001 - cells have no zone
    return epoch + timedelta(milliseconds=round(serial * 86_400_000))


def elapsed_or_date(value: datetime | date | time | timedelta, tokens: Sequence[DateToken], locale: int | None) -> str:
    """The fields of the code filled in with this moment; a time or duration counts from day 0 (30/12/1899)."""
    moment = _as_moment(value)
    texts = [token.text for token in tokens]
    if not any(text.startswith(".0") or text == "0" for text in texts) and moment.microsecond:
        moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    if locale == _SYSTEM_LONG_DATE:
        return f"{moment:%d/%m/%Y}"
    halves = any(token.is_field and "/" in token.text for token in tokens)
    out: list[str] = []
    for at, token in enumerate(tokens):
        if not token.is_field:
            fraction = f"{moment.microsecond // 1000:03d}"
            before = sum(1 for text in texts[:at] if text == "0")
            out.append(fraction[before : before + 1] if token.text == "0" else token.text)
        elif token.is_elapsed:
            out.append(_elapsed(moment, token.text))
        elif token.text.startswith("m") and _is_minutes(tokens, at):
            out.append(_padded(moment.minute, token.text))
        else:
            out.append(_field(moment, token.text, locale == _VIETNAMESE, halves))
    return "".join(out)


def _as_moment(value: datetime | date | time | timedelta) -> datetime:
    start = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if isinstance(value, time):
        return datetime.combine(start, value.replace(tzinfo=None))
    try:
        return start + value
    except OverflowError:
        return start


def _elapsed(moment: datetime, text: str) -> str:
    seconds = int((moment - datetime(1899, 12, 30)).total_seconds())  # noqa: DTZ001
    unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
    return str(seconds // unit).zfill(len(text))


def _is_minutes(tokens: Sequence[DateToken], at: int) -> bool:
    """`m` is minutes after hours or before seconds, months elsewhere."""
    fields = [(n, token.text[0]) for n, token in enumerate(tokens) if token.is_field and "/" not in token.text]
    before = [letter for n, letter in fields if n < at]
    after = [letter for n, letter in fields if n > at]
    return (bool(before) and before[-1] == "h") or (bool(after) and after[0] == "s")


def _field(moment: datetime, text: str, vietnamese: bool, halves: bool) -> str:
    kind = text[0]
    if "/" in text:
        first, second = text.split("/")
        return first if moment.hour < 12 else second
    if kind == "y":
        return f"{moment.year % 100:02d}" if len(text) <= 2 else f"{moment.year:04d}"
    if kind == "m":
        return _padded(moment.month, text) if len(text) <= 2 else _month(moment.month, len(text), vietnamese)
    if kind == "d":
        return _padded(moment.day, text) if len(text) <= 2 else _day(moment.weekday(), len(text), vietnamese)
    if kind == "h":
        return _padded((moment.hour % 12 or 12) if halves else moment.hour, text)
    return _padded(moment.second, text)


def _padded(number: int, text: str) -> str:
    return str(number) if len(text) == 1 else f"{number:02d}"


def _month(month: int, letters: int, vietnamese: bool) -> str:
    if vietnamese:
        return f"Thg{month}" if letters == 3 else f"Tháng {_VIETNAMESE_MONTHS[month - 1]}"
    name = _ENGLISH_MONTHS[month - 1]
    return name[:3] if letters == 3 else (name[:1] if letters == 5 else name)


def _day(weekday: int, letters: int, vietnamese: bool) -> str:
    if vietnamese:
        return ("CN" if weekday == 6 else f"T{weekday + 2}") if letters == 3 else _VIETNAMESE_DAYS[weekday]
    name = _ENGLISH_DAYS[weekday]
    return name[:3] if letters == 3 else name
