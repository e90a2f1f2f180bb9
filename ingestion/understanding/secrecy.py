"""The marks of secrecy MẬT, TỐI MẬT and TUYỆT MẬT as stamped or printed on a paper.

Decree 30/2020 names the mark among the parts of a paper (legal.md 3.1, component 10a, beside number and head). Only a
mark counts: capitals that stand alone in the head or at the edge of a page, beside the number, or after "Độ mật:";
never the word in running text, in a title, or in a list of the degrees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.facts import Fact
from ingestion.pages import Page
from ingestion.understanding.layout import Fragment, fragments, is_national
from ingestion.understanding.numbers import number_line
from ingestion.vietnamese.normalise import bare

_DEGREES = {"tuyetmat": "TUYỆT MẬT", "toimat": "TỐI MẬT", "mat": "MẬT"}
_RANK = tuple(_DEGREES.values())
# "MẬT" as recognition gives it; "MẶT" and "MAT" are other words when they stand alone.
_LONE = re.compile(r"M\s?[ẬÂẠ]\s?T")
_BESIDE = re.compile(r"(?P<mark>(?:TUY[ỆÊẸE]T|T[ỐÔÓỎO]I) M[ẬÂẠẶA]T|M[ẬÂẠ]T)$")
_BEFORE = re.compile(r"(?P<mark>(?:TUY[ỆÊẸE]T|T[ỐÔÓỎO]I) M[ẬÂẠẶA]T|M[ẬÂẠ]T)\s+(?=C[ỘÔOÓ]NG H)")
_LABELLED = re.compile(
    r"(?:^|\s)[Đđ][ộô] m[ậâ]t\s*:\s*(?P<mark>tuy[ệêẹ]t m[ậâạ]t|t[ốôó]i m[ậâạ]t|m[ậâạ]t)\s*[.;)]?\s*$", re.IGNORECASE
)
_SIGNS = " .,;|[](){}_-–—*'\"“”‘’`~=!/\\<>«»°•"
_HEAD, _FOOT = 0.32, 0.88  # shares of the page's height: marks stand in the head, or at the lower edge
_HEAD_LINES, _FOOT_LINES = 14, 3  # the same for pages without boxes
_LEAST_SHARE = 0.85  # of a mark's letters that are capitals


@dataclass(frozen=True, slots=True)
class _Mark:
    degree: str
    fact: Fact


def secrecy(pages: Sequence[Page]) -> Fact | None:
    """The highest mark of secrecy that these pages carry ("MẬT", "TỐI MẬT", "TUYỆT MẬT"), or None. About 0.1 ms a page
    without the letters of a mark."""
    marks = [mark for page in pages if _may_hold(page.text) for mark in _marks(page)]
    return min(marks, key=lambda mark: _RANK.index(mark.degree)).fact if marks else None


def _may_hold(text: str) -> bool:
    return bool(_QUICK.search(text))


_QUICK = re.compile(r"M\s?[ẬÂẠẶA]\s?T|[Đđ][ộô] m[ậâ]t")


def _marks(page: Page) -> list[_Mark]:
    lines = [line for line in fragments(replace(page, running=None)) if line.text.strip(_SIGNS)]
    found = []
    for index, line in enumerate(lines):
        said = _lone(line) if _is_at_edge(line, index, len(lines)) else None
        said = said or _beside(line) or _labelled(line, index)
        if said is None or _goes_on(lines, index):
            continue
        degree, start, end = said
        found.append(_Mark(degree, Fact(degree, line.evidence(start, end))))
    degrees = {mark.degree for mark in found}
    listed = {_degree(cell.strip(_SIGNS)) for table in page.tables for row in table for cell in row} - {None}
    if len(degrees) > 1 or len(listed) > 1:  # a list of the degrees, or samples of the stamps
        return []
    return found


def _is_at_edge(line: Fragment, index: int, count: int) -> bool:
    if line.top is None or line.bottom is None:
        return index < _HEAD_LINES or index >= count - _FOOT_LINES
    return line.top < _HEAD or line.bottom > _FOOT


def _degree(text: str) -> str | None:
    return _DEGREES.get(re.sub(r"[^a-z]", "", bare(text))) if text else None


def _lone(line: Fragment) -> tuple[str, int, int] | None:
    """The degree where the line is nothing but a mark, framed or not."""
    text = line.text.strip(_SIGNS)
    letters = [letter for letter in text if letter.isalpha()]
    if not 3 <= len(letters) <= 8 or sum(map(str.isupper, letters)) < _LEAST_SHARE * len(letters):
        return None
    degree = _degree(text)
    if degree is None or (degree == "MẬT" and not _LONE.fullmatch(text)) or line.text.rstrip().endswith(":"):
        return None
    start = line.text.find(text)
    return degree, start, start + len(text)


def _beside(line: Fragment) -> tuple[str, int, int] | None:
    """The degree where a stamp was read into the line of the number or of the State's name."""
    match = _BESIDE.search(line.text.rstrip(_SIGNS))
    if match and number_line(line.text[: match.start()].rstrip(_SIGNS)) is None:
        match = None
    if match is None and is_national(line):
        match = _BEFORE.match(line.text)
    if match is None or not match["mark"]:
        return None
    degree = _degree(match["mark"])
    return (degree, match.start("mark"), match.end("mark")) if degree else None


def _labelled(line: Fragment, index: int) -> tuple[str, int, int] | None:
    """The degree after "Độ mật:" in the head."""
    if index > 2 * _HEAD_LINES:
        return None
    match = _LABELLED.search(line.text)
    degree = _degree(match["mark"]) if match else None
    return (degree, match.start("mark"), match.end("mark")) if match and degree else None


def _goes_on(lines: Sequence[Fragment], index: int) -> bool:
    """Whether the word belongs to a title broken over lines: "… BẢO VỆ BÍ" / "MẬT"."""
    above = bare(lines[index - 1].text).rstrip() if index else ""
    below = bare(lines[index + 1].text).lstrip() if index + 1 < len(lines) else ""
    near = index > 0 and lines[index].column is lines[index - 1].column
    return (near and above.endswith((" bi", "do", " tui", " ong", " gan"))) or below.startswith(("nha nuoc", "ong "))
