"""Number and symbol (số, ký hiệu) after Decree 30/2020 (Article 8, Appendix I, II) and the misspellings that are met.

Grammar: `norm_doc := N/YYYY/TYPE[-AGENCY]`, `admin_doc := N/TYPE-AGENCY[-UNIT]*`, `letter := N/AGENCY[-UNIT]*`,
`blank := /TYPE-AGENCY`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = r"A-ZĐÂÊÔƠƯĂÁÀẢÃẠa-zđăâêôơư"
# "Số:" as printed and as recognition gives it (Sô, So, S6, Sõ); the colon may be lost.
_LABEL = re.compile(r"^\W{0,3}S[ốôồổõóòo06ỏ]{1,2}(?:\s+hi[ệêe]u)?\s*[:;.,]?\s*", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<number>\d{1,6})\s?(?P<suffix>[a-zđA-HĐ](?![A-Za-zĐđ]))?\s*")
_BLANKS = re.compile(r"[\s.…_·‥,:-]*")
_SYMBOL = re.compile(
    rf"(?:(?P<year>\d{{4}})\s*[/-]\s*)?(?P<rest>[{_LETTERS}&]+\d{{0,2}}(?:\s?[-–—/&.]\s?[{_LETTERS}\d&]+|\s[A-ZĐ&]+)*)?"
)
_CITED = re.compile(
    rf"(?<![\d/])(?P<number>\d{{1,6}}[a-zđ]?)\s?/\s?(?:(?P<year>\d{{4}})\s?[/-]\s?)?"
    rf"(?P<rest>[A-ZĐ][{_LETTERS}]{{0,9}}(?:\s?[-–—]\s?[A-ZĐ][{_LETTERS}&]*(?:\s?-\s?[A-ZĐ][{_LETTERS}]*)*)+)"
)


@dataclass(frozen=True, slots=True)
class NumberLine:
    """What a number line says: each part None where it is blank; `end` is where the reading stopped in the line."""

    number: str | None
    suffix: str | None
    symbol: str | None
    start: int
    end: int


def symbol_of(year: str | None, rest: str) -> str:
    """The canonical symbol: no blanks, plain hyphens, "2021-NĐ-CP" as "2021/NĐ-CP"."""
    plain = re.sub(r"\s+", "", rest).replace("–", "-").replace("—", "-").replace("Ð", "Đ").strip("-./&")
    return f"{year}/{plain}" if year else plain


def number_line(text: str) -> NumberLine | None:
    """The number and symbol of a line that begins with "Số"; None where the line is something else."""
    label = _LABEL.match(text)
    if label is None:
        return None
    at = label.end()
    number = suffix = None
    given = _NUMBER.match(text, at)
    if given:
        number, suffix, at = given["number"], given["suffix"], given.end()
    else:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
    if at >= len(text) or text[at] not in "/|":
        # "Số: 15" or "Số: ......" alone is a number line only with its colon; "Số người ..." is a sentence.
        alone = at >= len(text) and (number is not None or ":" in label.group() or "…" in text or ".." in text)
        return NumberLine(number, suffix, None, label.end(), at) if alone else None
    at += 1
    at += len(text[at:]) - len(text[at:].lstrip())
    said = _SYMBOL.match(text, at)
    symbol = None
    if said and said["rest"] and any(letter.isupper() for letter in said["rest"]):
        symbol = symbol_of(said["year"], said["rest"])
        at = said.end()
    return NumberLine(number, suffix.lower() if suffix else None, symbol, label.end(), at)


@dataclass(frozen=True, slots=True)
class Citation:
    """A document named in running text: canonical "116/2021/NĐ-CP" and its range."""

    value: str
    start: int
    end: int


def citations(text: str) -> Iterator[Citation]:
    """Documents cited by number and symbol, in order."""
    for match in _CITED.finditer(text):
        yield Citation(f"{match['number']}/{symbol_of(match['year'], match['rest'])}", match.start(), match.end())
