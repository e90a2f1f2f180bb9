"""Where a question's words stand in a page, and the pieces of the page worth showing.

The same on both engines, for it works on the text of the page alone. A word typed with accents marks the places that
have them; only where a page has none, the places without (and misread ones with other) accents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.folding import Token, spans
from indexer.query import parse

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a page: `text` is `page_text[start:start + len(text)]`, `marks` are (start, end) inside it."""

    text: str
    marks: tuple[Mark, ...]
    start: int


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    term: int


def marks(page_text: str, query_text: str) -> tuple[Mark, ...]:
    """All places (start, end, in characters) to mark on a page, in order, not overlapping."""
    return _merged(_places(spans(page_text), query_text))


def cut(page_text: str, query_text: str, *, limit: int = 1, width: int = 240) -> tuple[Snippet, ...]:
    """At most `limit` pieces of about `width` characters, in the order of the page, those with most words chosen.

    A page without any word of the question gives its beginning, without marks; an empty page nothing.
    """
    tokens = spans(page_text)
    if not tokens or limit < 1:
        return ()
    places = _places(tokens, query_text)
    if not places:
        return (_piece(page_text, tokens, (tokens[0].start, tokens[0].end), width, ()),)
    chosen: list[Snippet] = []
    for window in _best_windows(places, width):
        piece = _piece(page_text, tokens, window, width, _merged(places))
        if piece.marks and all(_apart(piece, other) for other in chosen):
            chosen.append(piece)
        if len(chosen) == limit:
            break
    return tuple(sorted(chosen, key=lambda piece: piece.start))


def _places(tokens: Sequence[Token], query_text: str) -> list[_Place]:
    parsed = parse(query_text)
    exact = [token.exact for token in tokens]
    folded = [token.folded for token in tokens]
    found: list[_Place] = []
    for term, text in enumerate((*parsed.texts(), *parsed.others())):
        runs = _beginnings if text.prefix else _runs
        places = list(runs(exact, text.exact)) if parsed.accented else []
        places = places or list(runs(folded, text.folded))
        length = len(text.folded)
        found += [_Place(tokens[at].start, tokens[at + length - 1].end, term) for at in places]
    return sorted(found, key=lambda place: (place.start, -place.end))


def _runs(words: Sequence[str], wanted: tuple[str, ...]) -> Iterator[int]:
    for at, word in enumerate(words):
        if word == wanted[0] and tuple(words[at : at + len(wanted)]) == wanted:
            yield at


def _beginnings(words: Sequence[str], wanted: tuple[str, ...]) -> Iterator[int]:
    return (at for at, word in enumerate(words) if word.startswith(wanted[0]))


def _merged(places: Sequence[_Place]) -> tuple[Mark, ...]:
    merged: list[Mark] = []
    for place in places:
        if merged and place.start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], place.end))
        else:
            merged.append((place.start, place.end))
    return tuple(merged)


def _best_windows(places: Sequence[_Place], width: int) -> list[Mark]:
    """Groups of places that fit into the width: most different words first, then most words, then by place."""
    scored: list[tuple[int, int, Mark]] = []
    last = 0
    for first, place in enumerate(places):
        last = max(last, first + 1)
        while last < len(places) and places[last].end <= place.start + width:
            last += 1
        group = places[first:last]
        end = max(one.end for one in group)
        scored.append((-len({one.term for one in group}), -len(group), (place.start, end)))
    return [window for _, _, window in sorted(scored)]


def _piece(page_text: str, tokens: Sequence[Token], window: Mark, width: int, all_marks: Sequence[Mark]) -> Snippet:
    """The window with whole words around it: what is left of the width, at most a third of it before the window."""
    spare = max(0, width - (window[1] - window[0]))
    earliest = max(0, window[0] - min(spare // 2, width // 3))
    start = min(next((token.start for token in tokens if token.start >= earliest), window[0]), window[0])
    latest = max(start + width, window[1])
    end = max((token.end for token in tokens if token.end <= latest), default=window[1])
    end = max(end, window[1])
    inside = tuple((one - start, two - start) for one, two in all_marks if start <= one and two <= end)
    return Snippet(page_text[start:end], inside, start)


def _apart(one: Snippet, two: Snippet) -> bool:
    return one.start + len(one.text) <= two.start or two.start + len(two.text) <= one.start
