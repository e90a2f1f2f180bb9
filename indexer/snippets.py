"""Pieces of a page worth showing, and the places to mark on it, where a question's words stand.

The same on both engines, for it works on the text of the page alone. A word typed with accents marks the places that
have them; only where a page has none, the places without (and misread ones with other) accents; in quotation marks it
means these accents alone. Words in quotation marks are one place, words asked for near each other one with what stands
between them. Numbers, days and identity numbers are marked however the page writes them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.folding import Placed
from indexer.page_places import Mark, PagePlaces

WIDTH = 240  # characters of a piece: three lines of a phone


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a page: `text` is `page_text[start:start + len(text)]`, `marks` are (start, end) inside it."""

    text: str
    marks: tuple[Mark, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a page has of a question: `marks` (start, end, in characters, in order, not overlapping), and whether it
    fulfils every condition that a text can fulfil."""

    marks: tuple[Mark, ...]
    every: bool


def look(page_text: str, query_text: str, doubtful: Sequence[Mark] = ()) -> Look:
    """All places to mark on a page, and whether everything asked for is on it. `doubtful` are the stretches of the page
    that were recognised badly: there a word is found by its confusion key, where it is nowhere else."""
    page = PagePlaces(page_text, query_text, doubtful)
    return Look(page.marks, page.every)


def marks(page_text: str, query_text: str, doubtful: Sequence[Mark] = ()) -> tuple[Mark, ...]:
    """All places (start, end, in characters) to mark on a page, in order, not overlapping; `doubtful` as in `look`."""
    return PagePlaces(page_text, query_text, doubtful).marks


def cut(
    page_text: str, query_text: str, *, limit: int = 1, width: int = WIDTH, doubtful: Sequence[Mark] = ()
) -> tuple[Snippet, ...]:
    """At most `limit` pieces of about `width` characters, in the order of the page, those with most words chosen;
    `doubtful` as in `look`.

    A page without any word of the question gives its beginning, without marks; an empty page nothing.
    """
    return pieces(PagePlaces(page_text, query_text, doubtful), limit=limit, width=width)


def pieces(page: PagePlaces, *, limit: int, width: int = WIDTH) -> tuple[Snippet, ...]:
    """The same of a page that was looked at already."""
    if not page.words.starts or limit < 1:
        return ()
    if not page.places:
        return (_piece(page.text, page.words, (page.words.starts[0], page.words.ends[0]), width, ()),)
    chosen: list[Snippet] = []
    for window in _best_windows(page, width):
        if any(_overlaps(window, piece) for piece in chosen):
            continue
        piece = _piece(page.text, page.words, window, width, page.marks)
        if piece.marks and not any(_overlaps((piece.start, piece.start + len(piece.text)), one) for one in chosen):
            chosen.append(piece)
        if len(chosen) == limit:
            break
    return tuple(sorted(chosen, key=lambda piece: piece.start))


def _best_windows(page: PagePlaces, width: int) -> Iterator[Mark]:
    """Groups of places that fit into the width: most different words first, then most words, then by place."""
    places = page.places
    scored: list[tuple[int, int, int, int, int]] = []
    inside: dict[int, int] = {}  # how many places of each text the group has
    last = 0
    for first, (start, _, term) in enumerate(places):
        while last <= first or (last < len(places) and -places[last][1] <= start + width):
            inside[places[last][2]] = inside.get(places[last][2], 0) + 1
            last += 1
        # Of two groups of one size that begin together the second holds the shorter place alone.
        scored.append((-len(inside), first - last, start, -first, last))
        if inside[term] == 1:
            del inside[term]
        else:
            inside[term] -= 1
    for _, _, start, below, last in sorted(scored):
        yield start, max(-place[1] for place in places[-below:last])


def _piece(text: str, words: Placed, window: Mark, width: int, marks: Sequence[Mark]) -> Snippet:
    """The window with whole words around it: what is left of the width, at most a third of it before the window."""
    spare = max(0, width - (window[1] - window[0]))
    earliest = max(0, window[0] - min(spare // 2, width // 3))
    first = bisect_left(words.starts, earliest)
    start = min(words.starts[first], window[0]) if first < len(words.starts) else window[0]
    latest = max(start + width, window[1])
    last = bisect_right(words.ends, latest)
    end = max(words.ends[last - 1], window[1]) if last else window[1]
    near = marks[bisect_left(marks, (start,)) : bisect_right(marks, (end,))]
    return Snippet(text[start:end], tuple((one - start, two - start) for one, two in near if two <= end), start)


def _overlaps(stretch: Mark, piece: Snippet) -> bool:
    return stretch[0] < piece.start + len(piece.text) and piece.start < stretch[1]
