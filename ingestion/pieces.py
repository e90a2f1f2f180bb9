"""Pieces of lines: what stands together between two wide gaps, with its edges on the upright page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from ingestion.pages import Box, Word

# A gap wider than this many letter heights parts two columns; blanks between words are a third of a height.
COLUMN_GAP = 1.8
_LEAST_HEIGHT = 4.0  # points; below that a height is noise


class Zone(Enum):
    """The part of an office paper that a piece belongs to; head and foot have columns of their own."""

    BODY = 0
    HEAD = 1
    FOOT = 2


@dataclass(slots=True)
class Piece:
    """Words of one line of the engine; edges in points of the upright page, `height` that of its usual word.

    A piece of a head or foot belongs to its column and no longer to the line it was cut from. `place` turns the boxes
    of words to the upright page.
    """

    words: Sequence[Word]
    text: str
    line: int
    left: float
    top: float
    right: float
    bottom: float
    height: float
    place: Callable[[Box], Box] | None = None
    zone: Zone = Zone.BODY

    @property
    def apart(self) -> bool:
        """Whether it stands in a column of a head or foot."""
        return self.zone is not Zone.BODY

    @property
    def centre(self) -> float:
        """The middle from left to right."""
        return (self.left + self.right) / 2

    @property
    def level(self) -> float:
        """The middle from top to bottom."""
        return (self.top + self.bottom) / 2

    @property
    def first(self) -> Box:
        """The box of the first word on the upright page."""
        return self.boxed(0)

    @property
    def last(self) -> Box:
        """The box of the last word on the upright page."""
        return self.boxed(-1)

    def boxed(self, index: int) -> Box:
        """The box of a word on the upright page."""
        box = self.words[index].box
        return self.place(box) if self.place else box


def cut_line(line: Sequence[Word], index: int, place: Callable[[Box], Box] | None) -> list[Piece]:
    """The line in pieces, cut where a gap is wide or the next word stands before the last."""
    boxes = [word.box for word in line] if place is None else [place(word.box) for word in line]
    heights = sorted([box[3] - box[1] for box in boxes])
    height = heights[len(heights) // 2]
    if height < _LEAST_HEIGHT:
        height = _LEAST_HEIGHT
    wide, back = COLUMN_GAP * height, -4 * height
    begin, before = 0, boxes[0][2]
    found = []
    for at, box in enumerate(boxes):
        gap = box[0] - before
        if at and (gap > wide or gap < back):
            found.append(_piece(line[begin:at], boxes[begin:at], index, height, place))
            begin = at
        before = box[2]
    found.append(_piece(line[begin:] if begin else line, boxes[begin:], index, height, place))
    return found


def recut(piece: Piece, at: int) -> tuple[Piece, Piece]:
    """The piece in two, the second beginning with word `at`; levelled edges are kept."""
    lean_x = piece.left - min(piece.boxed(index)[0] for index in range(len(piece.words)))
    halves = []
    for words in (piece.words[:at], piece.words[at:]):
        boxes = [word.box if piece.place is None else piece.place(word.box) for word in words]
        half = _piece(words, boxes, piece.line, piece.height, piece.place)
        half.left, half.right = half.left + lean_x, half.right + lean_x
        half.top, half.bottom = piece.top, piece.bottom
        halves.append(half)
    return halves[0], halves[1]


def gaps(piece: Piece) -> list[float]:
    """The blank before every word of the piece but the first, in points."""
    boxes = [piece.boxed(index) for index in range(len(piece.words))]
    return [after[0] - before[2] for before, after in pairwise(boxes)]


def _piece(
    words: Sequence[Word], boxes: Sequence[Box], line: int, height: float, place: Callable[[Box], Box] | None
) -> Piece:
    return Piece(
        words,
        " ".join([word.text for word in words]),
        line,
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
        height,
        place,
    )
