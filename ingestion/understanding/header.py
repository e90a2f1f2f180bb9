"""The head of an administrative document (Decree 30/2020, Article 8): who, number, place and date, type, subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache

from config.document_types import document_types
from ingestion.facts import Evidence, Fact, Flag
from ingestion.understanding.dates import iso, long_date
from ingestion.understanding.layout import Column, Fragment, is_national
from ingestion.understanding.numbers import NumberLine, number_line
from ingestion.understanding.subject import letter_subject, titled_subject
from ingestion.vietnamese.normalise import bare

_HEAD_LINES = 45  # fragments of the first page among which the head lies
_TITLE_LINES = 60
_PLACE = re.compile(r"(?P<place>[^\W\d_][^,;:\d]{1,40}?(?:\s\d{1,2})?)\s*[,.;]\s*$")  # a ward may be a number: Phường 1
# The words with which the name of a body begins; a line of the head beginning otherwise goes on with the name above.
_BODY_STARTS = tuple(
    sorted(
        {
            *("ubnd", "hdnd", "uy ban", "so ", "cong an", "toa an", "bo ", "chi cuc", "cuc ", "tong cuc", "trung tam"),
            *("co so", "phong ", "hoi dong", "truong ", "tram ", "van phong", "ban ", "vien ", "doi ", "trai "),
            *(
                "chinh phu",
                "quoc hoi",
                "benh vien",
                "tinh uy",
                "huyen uy",
                "dang uy",
                "don vi",
                "chu tich",
                "thu tuong",
            ),
        }
    )
)


# "BẢN SAO CĂN CƯỚC" is no "BAN ..."; "PHÒNG, CHỐNG ..." is no "PHÒNG ...".
_SHEET_NAMES = re.compile(
    r"ban (?:sao|khai|cam|tuong|tom|an\b|tu\b|xac nhan|thoa|ghi|kiem|ke\b|dich|chup|chinh|goc)|phong ?, ?chong"
)


# Names of identity cards; a copy of one lies anywhere on its page.
_CARD = re.compile(r"\W{0,3}(?:the )?(?:can cuoc(?: cong dan)?|chung minh nhan dan)\W{0,3}")


@dataclass(slots=True)
class Head:
    """What the head says; `alternatives` are values in conflict. `title_end` is the index after the last title line."""

    type: Fact | None = None
    number: Fact | None = None
    suffix: Fact | None = None
    symbol: Fact | None = None
    date: Fact | None = None
    body: Fact | None = None
    place: Fact | None = None
    subject: Fact | None = None
    flags: list[Flag] = field(default_factory=list)
    alternatives: list[tuple[str, Fact]] = field(default_factory=list)


def read_head(lines: Sequence[Fragment]) -> Head:
    """The facts of a head from the fragments of the first page that has text."""
    head = Head()
    title = title_of(lines)
    above = lines[: title.index] if title else lines[:_HEAD_LINES]
    numbered = _numbers(above if title else lines[:_HEAD_LINES], head)
    dated = _dates(lines[: (title.index + 3 if title else _HEAD_LINES)], head)
    _type(title, head, lines)
    _body(lines[: _first(numbered, title.index if title else None, _HEAD_LINES)], head, dated)
    letter = title is None or (head.type is not None and head.type.value == "CV")
    head.subject = letter_subject(lines[:_HEAD_LINES], numbered or 0) if letter else None
    if head.subject is None and title is not None:
        head.subject = titled_subject(lines, title.index, title.end)
    return head


def _first(*indexes: int | None) -> int:
    return min(index for index in indexes if index is not None)


@dataclass(frozen=True, slots=True)
class Title:
    """The line that names the kind of document: its index, the kind's code, where its words end in the line."""

    index: int
    code: str
    end: int


@cache
def _heads() -> list[tuple[str, str]]:
    """(title without accents, code), the longest titles first."""
    heads = [(bare(head), kind.code) for kind in document_types() for head in kind.heads]
    return sorted(heads, key=lambda one: -len(one[0]))


def title_of(lines: Sequence[Fragment]) -> Title | None:
    """The first line in capitals that names a known kind of document, however badly recognised."""
    heads = _heads()
    for index, line in enumerate(lines[:_TITLE_LINES]):
        if not line.is_upper or is_national(line):
            continue
        if line.column is Column.LEFT and (line.top or 0) < 0.12 and not _CARD.fullmatch(bare(line.text)):
            continue
        words = re.sub(r"[^\w]+$", "", bare(line.text))
        lead = len(words) - len(words.lstrip("*#_.-–'\" "))
        words = words[lead:]
        for head, code in heads:
            if words == head or words.startswith((head + " ", head + ":", head + "(", head + "*")):
                return Title(index, code, lead + len(head))
        for head, code in heads:
            close = len(head) >= 7 and abs(len(words) - len(head)) <= 2
            if close and SequenceMatcher(None, words, head).ratio() >= 0.84:
                return Title(index, code, len(line.text))
    return None


def _numbers(lines: Sequence[Fragment], head: Head) -> int | None:
    """Number, suffix and symbol into `head`; the index of the number line."""
    found: list[tuple[int, NumberLine]] = []
    for index, line in enumerate(lines):
        read = number_line(line.text)
        if read is not None:
            found.append((index, read))
    if not found:
        head.flags.append(Flag.NO_NUMBER)
        return None
    index, first = found[0]
    line = lines[index]
    if first.symbol:
        head.symbol = Fact(_mended(first.symbol), line.evidence(first.start, first.end))
    others = {(one.number, one.suffix, one.symbol) for _, one in found if one.number}
    if len(others) > 1:
        head.flags.append(Flag.CONFLICTING_NUMBERS)
        for at, one in found:
            if one.number:
                head.alternatives.append(("number", Fact(_written(one), lines[at].evidence(one.start, one.end))))
    elif first.number:
        head.number = Fact(first.number, line.evidence(first.start, first.end))
        if first.suffix:
            head.suffix = Fact(first.suffix, line.evidence(first.start, first.end))
    else:
        head.flags.append(Flag.NO_NUMBER)
    return index


def _mended(symbol: str) -> str:
    """Recognition doubles the Đ of "QĐ-UBND"; undone only where that gives the code of a kind of document."""
    kind, dash, rest = symbol.partition("-")
    single = kind.replace("ĐĐ", "Đ")
    known = any(single == one.code for one in document_types())
    return f"{single}{dash}{rest}" if known else symbol


def _written(line: NumberLine) -> str:
    return f"{line.number or ''}{line.suffix or ''}" + (f"/{line.symbol}" if line.symbol else "")


def _dates(lines: Sequence[Fragment], head: Head) -> int | None:
    """Place and date into `head`; the index of the line with the date."""
    found: list[tuple[int, Fact, bool]] = []
    blank = None
    for index, line in enumerate(lines):
        match = long_date(line.text)
        if match is None or len(line.text) > 90 or match.end() < len(line.text.rstrip(" .*_")) - 3:
            continue
        said = _PLACE.search(line.text[: match.start()])
        if line.text[: match.start()].strip(" *_(") and said is None:
            continue
        if said and head.place is None:
            start = said.start("place")
            head.place = Fact(said["place"].strip(" *_("), line.evidence(start, said.end("place")))
        value = iso(match["year"], match["month"], match["day"])
        if value is None:
            blank = index if blank is None else blank
            continue
        found.append((index, Fact(value[0], line.evidence(match.start(), match.end())), value[1] == "day"))
    if not found:
        head.flags.append(Flag.NO_DATE)
        return blank
    if len({fact.value for _, fact, _ in found}) > 1:
        head.flags.append(Flag.CONFLICTING_DATES)
        head.alternatives += [("date", fact) for _, fact, _ in found]
        return found[0][0]
    index, head.date, whole = found[0]
    if not whole:
        head.flags.append(Flag.PARTIAL_DATE)
    return index


def _type(title: Title | None, head: Head, lines: Sequence[Fragment]) -> None:
    """The kind by its title, else by the code that begins the symbol, else a letter by its "V/v" or "Kính gửi"."""
    if title is not None:
        head.type = Fact(title.code, lines[title.index].evidence(0, title.end))
        return
    codes = {kind.code for kind in document_types()}
    if head.symbol:
        first = head.symbol.value.rsplit("/", 1)[-1].split("-")[0]
        if first in codes:
            head.type = Fact(first, head.symbol.evidence)
            return
    for line in lines[:_HEAD_LINES]:
        plain = bare(line.text)
        if plain.startswith(("v/v", "v/ v", "kinh gui")):
            head.type = Fact("CV", line.evidence())
            return
    head.flags.append(Flag.UNKNOWN_TYPE)


def _body(lines: Sequence[Fragment], head: Head, dated: int | None) -> None:
    """The issuing body: the last name in the left part of the head, which the superior body stands above."""
    names: list[list[Fragment]] = []
    for index, line in enumerate(lines):
        plain = bare(line.text).strip(" *_#")
        if is_national(line) or index == dated or line.column is Column.RIGHT or not any(map(str.isalpha, line.text)):
            continue
        starts = plain.startswith(_BODY_STARTS) and not _SHEET_NAMES.match(plain)
        if not line.is_upper or not (starts or names):
            continue
        if starts and not (names and _goes_on(names[-1][-1], plain)):
            names.append([line])
        else:
            names[-1].append(line)
    if names:
        last = names[-1]
        text = " ".join(line.text.strip(" *_#-–—") for line in last)
        text = re.split(r"\sSố\s*:", text, maxsplit=1, flags=re.IGNORECASE)[0]  # a number read into the same line
        whole = Evidence(last[0].page, last[0].start, last[-1].end, " ".join(line.text for line in last))
        head.body = Fact(re.sub(r"\s+", " ", text), whole)


def _goes_on(before: Fragment, plain: str) -> bool:
    """Whether a line that could begin a name ends the one above, as "CHI CỤC / PHÒNG, CHỐNG TỆ NẠN XÃ HỘI"."""
    above = bare(before.text).strip()
    if above.endswith((" va", ",", "-", "–")):
        return True
    return plain.startswith(("phong, chong", "phong chong")) and above.startswith(("chi cuc", "cuc", "ban"))
