"""Lines of a page, cut where columns part: some readers give the two-column head of an office paper as one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from ingestion.facts import Evidence
from ingestion.pages import Box, Page, Word, word_spans
from ingestion.pieces import COLUMN_GAP
from ingestion.vietnamese.normalise import bare

_ENOUGH_WORDS = 5  # to tell which way the lines of a page run
_BREAK = re.compile(r"\t+| {3,}")


_NATION = "cong hoa xa hoi chu nghia viet nam"
_MOTTO = "doc lap tu do hanh phuc"


class Column(StrEnum):
    """Where on the page a fragment stands; unknown where the format has no boxes."""

    LEFT = "left"
    RIGHT = "right"
    MIDDLE = "middle"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fragment:
    """A line, or the part of a line in one column, with its range in the page's text.

    `left`, `right`, `top`, `bottom` are shares of the page's width and height, or None without boxes. `paragraph`
    counts the runs of lines between empty lines.
    """

    page: int
    text: str
    start: int
    end: int
    column: Column
    left: float | None = None
    right: float | None = None
    top: float | None = None
    bottom: float | None = None
    paragraph: int = 0

    def evidence(self, start: int | None = None, end: int | None = None) -> Evidence:
        """The whole fragment, or a part of it given by offsets in its own text."""
        first = 0 if start is None else start
        last = len(self.text) if end is None else end
        return Evidence(self.page, self.start + first, self.start + last, self.text[first:last])

    @property
    def is_upper(self) -> bool:
        """Whether nearly all letters are capitals (recognition gets one in ten wrong)."""
        letters = [letter for letter in self.text if letter.isalpha()]
        return len(letters) >= 2 and sum(letter.isupper() for letter in letters) >= 0.85 * len(letters)


def is_national(fragment: Fragment) -> bool:
    """Whether this is the line of the State or the motto, however badly recognised."""
    words = re.sub(r"[^a-z]+", " ", bare(fragment.text)).strip()
    if _NATION[:16] in words or ("doc lap" in words and "phuc" in words):
        return True
    if not 12 <= len(words) <= 50:
        return False
    compared = (SequenceMatcher(None, words, known) for known in (_NATION, _MOTTO))
    return any(one.real_quick_ratio() > 0.75 and one.quick_ratio() > 0.75 and one.ratio() > 0.75 for one in compared)


def _upright(page: Page) -> Page:
    """The page with its boxes turned so that its lines run from left to right.

    A paper scanned on its side or head is read after turning it, but its boxes are those of the page as shown.
    """
    across = down = 0.0
    for before, after in pairwise(page.words):
        step_x, step_y = after.box[0] - before.box[0], after.box[1] - before.box[1]
        # Steps within a line are many and of like sign; the jumps between lines are few and would drown them.
        across += (step_x > 0) - (step_x < 0) if abs(step_x) > abs(step_y) else 0
        down += (step_y > 0) - (step_y < 0) if abs(step_y) > abs(step_x) else 0
    if across >= abs(down) or len(page.words) < _ENOUGH_WORDS:
        return page
    wide, high = page.width, page.height

    def turned(box: Box) -> Box:
        x0, y0, x1, y1 = box
        if abs(down) <= -across:
            return (wide - x1, high - y1, wide - x0, high - y0)
        return (y0, wide - x1, y1, wide - x0) if down > 0 else (high - y1, x0, high - y0, x1)

    sideways = abs(down) > -across
    words = tuple(replace(word, box=turned(word.box)) for word in page.words)
    return replace(page, words=words, width=high if sideways else wide, height=wide if sideways else high)


def fragments(page: Page) -> list[Fragment]:
    """All fragments of a page in the order of its text, without running heads, feet and page numbers."""
    page = _upright(page)
    placed = [(span, word) for span, word in zip(word_spans(page), page.words, strict=True) if span[0] >= 0]
    found: list[Fragment] = []
    at, paragraph, next_word = 0, 0, 0
    for line in page.body.split("\n"):
        end = at + len(line)
        here: list[tuple[tuple[int, int], Word]] = []
        while next_word < len(placed) and placed[next_word][0][0] < end:
            here.append(placed[next_word])
            next_word += 1
        if not line.strip():
            paragraph += 1
        elif here:
            found += _boxed(page, here, paragraph)
        else:
            found += _plain(page, line, at, paragraph)
        at = end + 1
    return found


def _plain(page: Page, line: str, offset: int, paragraph: int) -> list[Fragment]:
    """A line without boxes, cut at tabulators and at three blanks."""
    parts: list[tuple[int, int]] = []
    at = 0
    for gap in _BREAK.finditer(line):
        parts.append((at, gap.start()))
        at = gap.end()
    parts.append((at, len(line)))
    kept = [(start, end) for start, end in parts if line[start:end].strip()]
    found = []
    for index, (start, end) in enumerate(kept):
        column = Column.UNKNOWN
        if len(kept) == 2:
            column = Column.LEFT if index == 0 else Column.RIGHT
        text = line[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        found.append(
            Fragment(page.number, text, offset + start, offset + start + len(text), column, paragraph=paragraph)
        )
    return found


def _boxed(page: Page, words: list[tuple[tuple[int, int], Word]], paragraph: int) -> list[Fragment]:
    """The lines that make up a paragraph of the text, and their columns: cut at wide gaps and where a line ends."""
    groups: list[list[tuple[tuple[int, int], Word]]] = [[words[0]]]
    heights = sorted(word.box[3] - word.box[1] for _, word in words)
    height = max(4.0, heights[len(heights) // 2])
    for before, after in pairwise(words):
        gap = after[1].box[0] - before[1].box[2]
        below = after[1].box[1] + after[1].box[3] - before[1].box[1] - before[1].box[3]
        if gap > COLUMN_GAP * height or gap < -4 * height or below > 1.2 * height:
            groups.append([])
        groups[-1].append(after)
    return [_fragment(page, group, paragraph) for group in groups]


def _fragment(page: Page, words: list[tuple[tuple[int, int], Word]], paragraph: int) -> Fragment:
    start, end = words[0][0][0], words[-1][0][1]
    width, height = max(page.width, 1.0), max(page.height, 1.0)
    left = min(word.box[0] for _, word in words) / width
    right = max(word.box[2] for _, word in words) / width
    top = min(word.box[1] for _, word in words) / height
    bottom = max(word.box[3] for _, word in words) / height
    column = _column(left, right)
    return Fragment(page.number, page.text[start:end], start, end, column, left, right, top, bottom, paragraph)


def _column(left: float, right: float) -> Column:
    centre = (left + right) / 2
    if right <= 0.52 and centre < 0.42:
        return Column.LEFT
    if left >= 0.38 and centre > 0.56:
        return Column.RIGHT
    return Column.MIDDLE
