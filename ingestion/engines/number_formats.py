"""Cell values as a spreadsheet shows them, by the number format of the cell (ECMA-376 part 1, 18.8.31).

Format codes are stored in the American way in every file (`.` for decimals, `,` between thousands) and a program shows
them with the separators of its own machine. Which machine that was is not in the file, so none are invented: numbers
come with `.` and `,` as the code says. Three departures, each for what a reader of records needs:

- `General` shows whole numbers of up to 15 digits in full, where Excel turns to `1.23E+11` at 12: an identity number
  has 12 digits and must be found.
- The format "short date" (number 14 and 22) stands for whatever the machine's own short date is; it is shown as
  dd/mm/yyyy, as in every office of Vietnam.
- A blank as wide as a letter (`_x`) is one blank, a filler (`*x`) is nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import Enum, auto
from fractions import Fraction
from functools import lru_cache

from ingestion.engines.date_formats import DateToken, elapsed_or_date, moment_of

_SHORT_DATES = {
    "mm-dd-yy": "dd/mm/yyyy",
    "m/d/yy": "dd/mm/yyyy",
    "m/d/yy h:mm": "dd/mm/yyyy h:mm",
}
_LONGEST_CODE = 1_000  # characters; Excel allows 255
_MOST_DECIMALS = 30  # the most that Excel lets one ask for
_LARGEST = Decimal(10) ** 30  # larger numbers are never written out
_EXACT = Context(prec=400)  # digits: those of the largest number and of the most decimals
_MOST_DAYS = 1_000_000  # of a duration
_WHOLE_DIGITS = 15  # what a double holds exactly
_GENERAL_DIGITS = 10  # significant digits of General for other numbers: 11 places with the point


class _Kind(Enum):
    LITERAL = auto()
    DIGIT = auto()  # 0, # or ?
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    EXPONENT = auto()
    SLASH = auto()
    TEXT = auto()  # @
    GENERAL = auto()
    DATE = auto()
    ELAPSED = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of a code between semicolons: its tokens, its condition if it states one, its locale (LCID)."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, Decimal] | None
    locale: int | None

    @property
    def is_date(self) -> bool:
        dated = any(token.kind in (_Kind.DATE, _Kind.ELAPSED) for token in self.tokens)
        return dated and not any(token.kind is _Kind.DIGIT and token.text in "#?" for token in self.tokens)

    @property
    def has_text(self) -> bool:
        return any(token.kind is _Kind.TEXT for token in self.tokens)


_SCAN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P|SA/CH)|(?P<exponent>E[+-])|(?P<date>y+|m+|d+|h+|s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"^(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")
_LOCALE = re.compile(r"^\$(?P<symbol>[^-]*)(?:-(?P<lcid>[0-9A-Fa-f]+))?")
_ELAPSED = re.compile(r"^(?:h+|m+|s+)$", re.IGNORECASE)
_SIGNS = {
    "0": _Kind.DIGIT,
    "#": _Kind.DIGIT,
    "?": _Kind.DIGIT,
    ".": _Kind.POINT,
    ",": _Kind.COMMA,
    "%": _Kind.PERCENT,
    "/": _Kind.SLASH,
    "@": _Kind.TEXT,
}


def shown(value: object, format_code: str, *, date_1904: bool = False) -> str:
    """The value as the cell shows it.

    `value` is what the engines give: text, bool, a number (serial days for dates) or a date, time or duration;
    `format_code` is the code with its American separators ("" is General); `date_1904` that serial days count from
    1904. Anything else is `str(value)`. Never raises: a code that makes no sense is taken as General.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    code = _SHORT_DATES.get(format_code.lower(), format_code)[:_LONGEST_CODE]
    sections = _sections(code)
    if isinstance(value, str):
        return _text(value, sections)
    if isinstance(value, datetime | date | time | timedelta):
        dated = next((section for section in sections[:1] if section.is_date), None)
        return _dated(value, dated)
    if isinstance(value, int | float | Decimal):
        return _number(value, sections, date_1904)
    return str(value)


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[re.Match[str]]] = [[]]
    for found in _SCAN.finditer(code):
        if found.group("other") == ";":
            parts.append([])
        else:
            parts[-1].append(found)
    return tuple(_section(part) for part in parts[:4])


def _section(part: list[re.Match[str]]) -> _Section:
    tokens: list[_Token] = []
    condition = None
    locale = None
    for found in part:
        kind, text = found.lastgroup or "", found.group(found.lastgroup or 0)
        if kind == "bracket":
            stated, named = _CONDITION.match(text), _LOCALE.match(text)
            if stated:
                condition = (stated.group(1), Decimal(stated.group(2)))
            elif named:
                tokens.append(_Token(_Kind.LITERAL, named.group("symbol")))
                locale = int(named.group("lcid") or "0", 16) or locale
            elif _ELAPSED.match(text):
                tokens.append(_Token(_Kind.ELAPSED, text.lower()))
        else:
            tokens.append(_token(kind, text))
    return _Section(tuple(tokens), condition, locale)


def _token(kind: str, text: str) -> _Token:
    if kind == "general":
        return _Token(_Kind.GENERAL, text)
    if kind in ("date", "half"):
        return _Token(_Kind.DATE, text.lower() if kind == "date" else text)
    if kind == "exponent":
        return _Token(_Kind.EXPONENT, text)
    if kind == "blank":
        return _Token(_Kind.LITERAL, " ")
    if kind == "fill":
        return _Token(_Kind.LITERAL, "")
    if kind == "other":
        return _Token(_SIGNS.get(text, _Kind.LITERAL), text)
    return _Token(_Kind.LITERAL, text)


def _text(value: str, sections: tuple[_Section, ...]) -> str:
    section = sections[3] if len(sections) == 4 else sections[-1]
    if len(sections) == 4 or section.has_text:
        said = "".join(value if token.kind is _Kind.TEXT else token.text for token in section.tokens)
        return said.strip() if section.has_text else said
    return value


def _dated(value: datetime | date | time | timedelta, section: _Section | None) -> str:
    if section is None:
        section = _sections("[h]:mm:ss" if isinstance(value, timedelta) else _plain_code(value))[0]
    return _render_date(value, section)


def _plain_code(value: datetime | date | time) -> str:
    if isinstance(value, time):
        return "hh:mm:ss"
    timed = isinstance(value, datetime) and (value.hour or value.minute or value.second)
    return "dd/mm/yyyy hh:mm:ss" if timed else "dd/mm/yyyy"


def _render_date(value: datetime | date | time | timedelta, section: _Section) -> str:
    pieces = [
        DateToken(
            token.text, is_field=token.kind in (_Kind.DATE, _Kind.ELAPSED), is_elapsed=token.kind is _Kind.ELAPSED
        )
        for token in section.tokens
    ]
    return elapsed_or_date(value, pieces, section.locale).strip()


def _number(value: int | float | Decimal, sections: tuple[_Section, ...], date_1904: bool) -> str:
    try:
        exact = value if isinstance(value, Decimal) else Decimal(f"{value:.15g}" if isinstance(value, float) else value)
    except (InvalidOperation, ValueError, OverflowError):
        return str(value)
    if not exact.is_finite():
        return str(value)
    if abs(exact) >= _LARGEST:
        return _general(exact)
    section, keeps_sign = _chosen(exact, sections)
    if section.is_date:
        return _serial(exact, section, date_1904)
    kinds = {token.kind for token in section.tokens}
    sign = "-" if keeps_sign and exact < 0 else ""
    if not section.tokens:
        return _general(exact) if len(sections) == 1 else ""
    if _Kind.GENERAL in kinds or (_Kind.TEXT in kinds and _Kind.DIGIT not in kinds):
        general = _general(abs(exact))
        plain = (_Kind.GENERAL, _Kind.TEXT)
        return (sign + "".join(general if token.kind in plain else token.text for token in section.tokens)).strip()
    if _Kind.DIGIT not in kinds:
        return (sign + "".join(token.text for token in section.tokens)).strip()
    if _Kind.SLASH in kinds:
        return (sign + _fraction(abs(exact), section)).strip()
    body = _scientific(abs(exact), section) if _Kind.EXPONENT in kinds else _decimal(abs(exact), section.tokens)
    if sign and not any(letter in "123456789" for letter in body):
        sign = ""
    return (sign + body).strip()


def _serial(value: Decimal, section: _Section, date_1904: bool) -> str:
    """A serial number of days; hours elapsed count from nothing, not from the first day."""
    if any(token.kind is _Kind.ELAPSED for token in section.tokens) and abs(value) < _MOST_DAYS:
        sign = "-" if value < 0 else ""
        return sign + _render_date(timedelta(days=float(abs(value))), section)
    moment = moment_of(float(value), date_1904=date_1904)
    return _general(value) if moment is None else _render_date(moment, section)


def _chosen(value: Decimal, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for this number, and whether a minus is still to be written before it."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _holds(value, section.condition):
                return section, True
        return numeric[-1], True
    if len(numeric) == 1:
        return numeric[0], True
    if value < 0:
        return numeric[1], False
    if value == 0 and len(numeric) == 3:
        return numeric[2], False
    return numeric[0], False


def _holds(value: Decimal, condition: tuple[str, Decimal]) -> bool:
    sign, bound = condition
    compared = {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }
    return compared[sign]


def _general(value: Decimal) -> str:
    if value == value.to_integral_value() and abs(value) < 10**_WHOLE_DIGITS:
        return str(int(value))
    if Decimal("1e-5") <= abs(value) < 10**_WHOLE_DIGITS:
        whole = len(str(int(abs(value))))
        places = max(0, _GENERAL_DIGITS - whole)
        rounded = _rounded(value, places)
        text = f"{rounded:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
    mantissa, _, exponent = f"{value:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}"


def _rounded(value: Decimal, places: int) -> Decimal:
    """To so many decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


def _decimal(value: Decimal, tokens: tuple[_Token, ...]) -> str:
    """Digits put into their places, literals between them, commas of thousands and scale, per cent."""
    places = [at for at, token in enumerate(tokens) if token.kind is _Kind.DIGIT]
    point = next((at for at, token in enumerate(tokens) if token.kind is _Kind.POINT), len(tokens))
    whole = [at for at in places if at < point]
    parts = [at for at in places if at > point][:_MOST_DECIMALS]
    commas = [at for at, token in enumerate(tokens) if token.kind is _Kind.COMMA]
    last_whole = whole[-1] if whole else -1
    grouped = any(whole[0] < at < last_whole for at in commas) if whole else False
    scale = sum(1 for at in commas if last_whole < at < point) if whole else 0
    value = value.scaleb(2 * sum(token.kind is _Kind.PERCENT for token in tokens) - 3 * scale)
    digits = f"{_rounded(value, len(parts)):f}"
    whole_digits, _, part_digits = digits.partition(".")
    filled = _whole(whole_digits.lstrip("0"), [tokens[at].text for at in whole], grouped)
    shown_at = dict(zip(whole, filled, strict=True))
    shown_at |= dict(zip(parts, _parts(part_digits, [tokens[at].text for at in parts]), strict=True))
    lead = whole_digits.lstrip("0") if not whole else ""
    out = []
    for at, token in enumerate(tokens):
        if token.kind is _Kind.POINT and at == point:
            out.append(lead + ".")
        elif token.kind is _Kind.DIGIT:
            out.append(shown_at.get(at, ""))
        elif token.kind is not _Kind.COMMA:
            out.append(token.text)
    return "".join(out)


def _whole(digits: str, places: list[str], grouped: bool) -> list[str]:
    """What stands in each place for a whole digit, filled from the right; the first takes all that is left."""
    out: list[str] = []
    left = digits
    count = 0
    for at in range(len(places) - 1, -1, -1):
        taken = left if at == 0 else left[-1:]
        left = "" if at == 0 else left[:-1]
        taken = taken or {"0": "0", "?": " "}.get(places[at], "")
        piece = ""
        for digit in reversed(taken):
            if grouped and count and count % 3 == 0 and digit.isdigit():
                piece = "," + piece
            piece = digit + piece
            count += digit.isdigit()
        out.append(piece)
    return out[::-1]


def _parts(digits: str, places: list[str]) -> list[str]:
    """What stands in each place after the point; zeros at the end stay only where a place asks for them."""
    needed = max((at + 1 for at, place in enumerate(places) if place == "0"), default=0)
    kept = max(needed, len(digits.rstrip("0")))
    return [digits[at] if at < kept else (" " if place == "?" else "") for at, place in enumerate(places)]


def _scientific(value: Decimal, section: _Section) -> str:
    at = next(at for at, token in enumerate(section.tokens) if token.kind is _Kind.EXPONENT)
    before, after = section.tokens[:at], section.tokens[at + 1 :]
    point = next((n for n, token in enumerate(before) if token.kind is _Kind.POINT), len(before))
    places = sum(token.kind is _Kind.DIGIT for token in before[point:])
    exponent = value.adjusted() if value else 0
    mantissa = value.scaleb(-exponent)
    if _rounded(mantissa, min(places, _MOST_DECIMALS)) >= 10:
        mantissa, exponent = mantissa.scaleb(-1), exponent + 1
    sign = "-" if exponent < 0 else ("+" if section.tokens[at].text.endswith("+") else "")
    return f"{_decimal(mantissa, before)}E{sign}{_decimal(Decimal(abs(exponent)), after)}"


def _fraction(value: Decimal, section: _Section) -> str:
    at = next(at for at, token in enumerate(section.tokens) if token.kind is _Kind.SLASH)
    below = "".join(token.text for token in section.tokens[at + 1 :] if token.kind in (_Kind.DIGIT, _Kind.LITERAL))
    fixed = int(below.strip()) if below.strip().isdigit() and int(below.strip()) else 0
    whole_part = sum(1 for token in section.tokens[:at] if token.kind is _Kind.LITERAL and token.text == " ")
    exact = Fraction(value)
    if fixed:
        top, bottom = round(exact * fixed), fixed
    else:
        near = exact.limit_denominator(10 ** min(3, max(1, len(below.strip()))) - 1)
        top, bottom = near.numerator, near.denominator
    whole = top // bottom if whole_part else 0
    top -= whole * bottom
    if not top:
        return str(whole)
    return f"{whole} {top}/{bottom}" if whole else f"{top}/{bottom}"
