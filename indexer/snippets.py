"""Where a question's words stand in a page, and the pieces of the page worth showing.

The same on both engines, for it works on the text of the page alone. A word typed with accents marks the places that
have them; only where a page has none, the places without (and misread ones with other) accents; in quotation marks it
means these accents alone. Words in quotation marks are one place, words asked for near each other one with what stands
between them. Numbers, days and identity numbers are marked however the page writes them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from indexer.confusion import key, together
from indexer.doubtful import key_of_text
from indexer.folding import Token, spans
from indexer.nearness import near_spans
from indexer.query import parse
from indexer.spellings import Condition, conditions, whole_places
from indexer.tree import ParsedQuery, Text

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a page: `text` is `page_text[start:start + len(text)]`, `marks` are (start, end) inside it."""

    text: str
    marks: tuple[Mark, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a page, best first, and whether the page holds everything that a text can hold of the question."""

    snippets: tuple[Snippet, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    term: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a page has of a question: `marks` (start, end, in characters, in order, not overlapping), and whether it
    fulfils every condition that a text can fulfil."""

    marks: tuple[Mark, ...]
    every: bool


def look(page_text: str, query_text: str, doubtful: Sequence[Mark] = ()) -> Look:
    """All places to mark on a page, and whether everything asked for is on it. `doubtful` are the stretches of the page
    that were recognised badly: there a word is found by its confusion key, where it is nowhere else."""
    tokens = spans(page_text)
    parsed, wanted = _asked(query_text)
    places = _places(page_text, tokens, parsed, wanted, doubtful)
    folded = [token.folded for token in tokens]
    every = bool(places) and all(_holds(page_text, tokens, folded, one) for one in wanted if one.ways)
    return Look(_merged(places), every)


@lru_cache(maxsize=64)  # a page of results asks sixty pages the same question
def _asked(query_text: str) -> tuple[ParsedQuery, tuple[Condition, ...]]:
    parsed = parse(query_text)
    return parsed, tuple(conditions(parsed))


def _holds(page_text: str, tokens: Sequence[Token], folded: Sequence[str], condition: Condition) -> bool:
    """Whether a page fulfils a condition, accents apart where they were not put in quotation marks."""
    if whole_places(page_text, tokens, condition):
        return True
    if condition.near is not None:
        return bool(near_spans([token.exact for token in tokens], folded, condition.texts, condition.near))
    return any(all(_stands(tokens, folded, text) for text in way) for way in condition.ways)


def _stands(tokens: Sequence[Token], folded: Sequence[str], text: Text) -> bool:
    found = _starts([token.exact for token in tokens], text, "exact") if text.is_exactly else _starts(folded, text)
    return next(found, None) is not None


def marks(page_text: str, query_text: str, doubtful: Sequence[Mark] = ()) -> tuple[Mark, ...]:
    """All places (start, end, in characters) to mark on a page, in order, not overlapping; `doubtful` as in `look`."""
    return look(page_text, query_text, doubtful).marks


def cut(
    page_text: str, query_text: str, *, limit: int = 1, width: int = 240, doubtful: Sequence[Mark] = ()
) -> tuple[Snippet, ...]:
    """At most `limit` pieces of about `width` characters, in the order of the page, those with most words chosen;
    `doubtful` as in `look`.

    A page without any word of the question gives its beginning, without marks; an empty page nothing.
    """
    found = pieces(page_text, query_text, limit=limit, width=width, doubtful=doubtful).snippets
    return tuple(sorted(found, key=lambda piece: piece.start))


def pieces(
    page_text: str, query_text: str, *, limit: int = 1, width: int = 240, doubtful: Sequence[Mark] = ()
) -> Pieces:
    """The same, the best piece first, with a word on whether the page holds everything asked for."""
    tokens = spans(page_text)
    if not tokens or limit < 1:
        return Pieces((), False)
    parsed, wanted = _asked(query_text)
    places = _places(page_text, tokens, parsed, wanted, doubtful)
    if not places:
        return Pieces((_piece(page_text, tokens, (tokens[0].start, tokens[0].end), width, ()),), False)
    folded = [token.folded for token in tokens]
    every = all(_holds(page_text, tokens, folded, one) for one in wanted if one.ways)
    chosen: list[Snippet] = []
    merged = _merged(places)
    for window in _best_windows(places, width):
        piece = _piece(page_text, tokens, window, width, merged)
        if piece.marks and all(_apart(piece, other) for other in chosen):
            chosen.append(piece)
        if len(chosen) == limit:
            break
    return Pieces(tuple(chosen), every)


def _places(
    page_text: str,
    tokens: Sequence[Token],
    parsed: ParsedQuery,
    wanted: Sequence[Condition],
    doubtful: Sequence[Mark],
) -> list[_Place]:
    """Numbers, days and identity numbers by what they mean; single words of a question that was answered so are not
    marked besides. A word that is nowhere may be among those that were recognised badly."""
    exact = [token.exact for token in tokens]
    folded = [token.folded for token in tokens]
    found: list[_Place] = []
    term = 0
    for condition in wanted:
        whole = whole_places(page_text, tokens, condition)
        found += [_Place(start, end, term) for start, end in whole]
        if condition.near is not None:
            near = near_spans(exact, folded, condition.texts, condition.near)
            found += [_Place(tokens[first].start, tokens[last].end, term) for first, last in near]
            term += 1
            if near:
                continue
        for text in dict.fromkeys((*condition.texts, *condition.others)):
            term += 1
            if whole and len(text.folded) == 1:
                continue
            places = list(_starts(exact, text, "exact")) if parsed.accented else []
            if not places and not text.is_exactly:
                places = list(_starts(folded, text))
            length = len(text.folded)
            found += [_Place(tokens[at].start, tokens[at + length - 1].end, term) for at in places]
            if not places and parsed.plain and doubtful:
                found += [_Place(start, end, term) for start, end in _misread(tokens, text, doubtful)]
        term += 1
    return sorted(found, key=lambda place: (place.start, -place.end))


def _misread(tokens: Sequence[Token], text: Text, doubtful: Sequence[Mark]) -> Iterator[Mark]:
    """Stretches of badly recognised words that may be this text."""
    wanted = key_of_text(text)
    for start, end in doubtful if wanted else ():
        inside = [token for token in tokens if start <= token.start and token.end <= end]
        if len(text.folded) > 1:
            if inside and together(token.folded for token in inside) == wanted:
                yield start, end
            continue
        yield from ((token.start, token.end) for token in inside if key(token.folded) == wanted)


def _starts(words: Sequence[str], text: Text, form: str = "folded") -> Iterator[int]:
    """Where a text begins among the words of a page."""
    return (_beginnings if text.prefix else _runs)(words, text.exact if form == "exact" else text.folded)


def _runs(words: Sequence[str], wanted: tuple[str, ...]) -> Iterator[int]:
    at = -1
    with suppress(ValueError):  # `index` finds the next place, or there is none
        while True:
            at = words.index(wanted[0], at + 1)
            if tuple(words[at : at + len(wanted)]) == wanted:
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
    first = bisect_left(tokens, earliest, key=_start)
    start = min(tokens[first].start, window[0]) if first < len(tokens) else window[0]
    latest = max(start + width, window[1])
    last = bisect_right(tokens, latest, key=_end)
    end = max(tokens[last - 1].end, window[1]) if last else window[1]
    inside = tuple((one - start, two - start) for one, two in all_marks if start <= one and two <= end)
    return Snippet(page_text[start:end], inside, start)


_start, _end = attrgetter("start"), attrgetter("end")


def _apart(one: Snippet, two: Snippet) -> bool:
    return one.start + len(one.text) <= two.start or two.start + len(two.text) <= one.start
