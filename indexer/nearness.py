"""Where the words of a near question (`"a b"~5`) stand close to each other among the words of a page."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from indexer.tree import Text

Span = tuple[int, int]


def near_spans(exact: Sequence[str], folded: Sequence[str], words: Sequence[Text], distance: int) -> list[Span]:
    """First and last place of each stretch of a page in which every word has the next one before or after it, with at
    most `distance` others between. `exact` and `folded` are all words of the page; typed accents count."""
    accented = any(word.is_accented for word in words)
    page = exact if accented else folded
    standing = [_places(page, word.exact[0] if accented else word.folded[0]) for word in words]
    # From the last word backwards: only places from which all later words can be reached.
    leading = standing[-1:]
    for places in reversed(standing[:-1]):
        leading.insert(0, [at for at in places if _closest(leading[0], at, distance) is not None])
    return [_stretch(at, leading[1:], distance) for at in (leading[0] if leading else ())]


def _places(page: Sequence[str], word: str) -> list[int]:
    return [at for at, one in enumerate(page) if one == word]


def _closest(places: Sequence[int], to: int, distance: int) -> int | None:
    """The closest of these places, which are in order, that is near enough and not the same one."""
    first, last = bisect_left(places, to - distance - 1), bisect_right(places, to + distance + 1)
    near = [at for at in places[first:last] if at != to]
    return min(near, key=lambda at: abs(at - to)) if near else None


def _stretch(first: int, others: Sequence[Sequence[int]], distance: int) -> Span:
    chain = [first]
    for places in others:
        following = _closest(places, chain[-1], distance)
        if following is not None:
            chain.append(following)
    return min(chain), max(chain)
