"""Words of a question that are a person's name: what may be one, and the question that also means that person.

Whose name it is, the caller knows (`SearchRequest.persons`); here words are cut into pieces of the length of names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from indexer.name_keys import MOST_WORDS
from indexer.tree import And, Node, Or, ParsedQuery, Text, Value

# Tokens of a question that are looked at, and of a name among others: with longer ones a sentence would be looked up
# in many more pieces. A longer name is known where it stands alone.
MOST_TOKENS = 60
LONGEST_AMONG = 6

_YEARS = range(1900, 2100)
_BEFORE_YEAR = (("sinh", "nam"), ("nam", "sinh"), ("sinh", "ngay"), ("sinh",), ("sn",), ("ns",), ())
_TITLES = frozenset({"ong", "ba", "anh", "chi", "em", "co", "chu", "bac", "doi", "tuong", "nguoi", "ten", "ho", "va"})


@dataclass(frozen=True, slots=True)
class Piece:
    """Words next to each other that may be a name: as typed, without accents, and the year of birth that follows.

    `words` are all of them without accents, year included; `alone`: the question says nothing else but a title;
    `places` are those of the words among all plain words.
    """

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    year: int | None
    words: tuple[str, ...]
    alone: bool
    places: range


def pieces(parsed: ParsedQuery) -> Iterator[Piece]:
    """What in a question of words alone may be a name, the longest first."""
    if not parsed.plain or (parsed.number is not None and parsed.number.alone):
        return
    runs = list(_runs(parsed.node.nodes))
    everything = sum(len(text.folded) for run in runs for text in run)
    # Beside a name that stands alone are titles and a year.
    for length in range(MOST_WORDS if everything <= 2 * MOST_WORDS else LONGEST_AMONG, 0, -1):
        before = 0
        for run in runs:
            found = _of_length(run, length, everything, before)
            yield from found if length <= LONGEST_AMONG else (piece for piece in found if piece.alone)
            before += sum(len(text.folded) for text in run)


def with_persons(parsed: ParsedQuery, persons: Mapping[tuple[str, ...], tuple[int, ...]]) -> ParsedQuery:
    """The question in which these words (without accents) also mean documents of these persons (ids)."""
    nodes = list(parsed.node.nodes)
    for words, ids in persons.items() if parsed.plain else ():
        place = _place(nodes, words)
        if place is not None and ids:
            first, end = place
            meant = Value("person", tuple(str(id_) for id_ in ids))
            nodes[first:end] = [Or((And(tuple(nodes[first:end])), meant))]
    return replace(parsed, node=And(tuple(nodes)))


def persons_meant(parsed: ParsedQuery) -> tuple[str, ...]:
    """The ids of the persons whom words of the question mean."""
    parts = [part for node in parsed.node.nodes if isinstance(node, Or) for part in node.nodes]
    return tuple(id_ for part in parts if isinstance(part, Value) and part.field == "person" for id_ in part.values)


def _is_word(node: Node) -> bool:
    return isinstance(node, Text) and node.is_plain and not node.prefix


def _runs(nodes: tuple[Node, ...]) -> Iterator[list[Text]]:
    """Plain words that follow one another."""
    run: list[Text] = []
    for node in nodes[:MOST_TOKENS]:
        if isinstance(node, Text) and _is_word(node):
            run.append(node)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _of_length(run: list[Text], length: int, everything: int, before: int) -> Iterator[Piece]:
    for first in range(len(run)):
        end = first
        exact: tuple[str, ...] = ()
        folded: tuple[str, ...] = ()
        while end < len(run) and len(folded) < length:
            exact, folded, end = (*exact, *run[end].exact), (*folded, *run[end].folded), end + 1
        if len(folded) != length or any(char.isdigit() for word in folded for char in word):
            continue
        after = tuple(word for text in run[end : end + 4] for word in text.folded)
        year, taken = _year(after)
        others = [word for text in run[:first] for word in text.folded] + list(after[taken:])
        place = before + sum(len(text.folded) for text in run[:first])
        alone = set(others) <= _TITLES and everything == len(others) + length + taken
        yield Piece(exact, folded, year, (*folded, *after[:taken]), alone, range(place, place + length))


def _year(after: tuple[str, ...]) -> tuple[int | None, int]:
    """The year of birth that these words begin with, and how many of them say it."""
    for words in _BEFORE_YEAR:
        size = len(words)
        if after[:size] == words and len(after) > size and len(after[size]) == 4 and after[size].isdecimal():
            year = int(after[size])
            return (year, size + 1) if year in _YEARS else (None, 0)
    return None, 0


def _place(nodes: list[Node], words: tuple[str, ...]) -> tuple[int, int] | None:
    """Where these words stand among the nodes."""
    for first in range(len(nodes)):
        found: tuple[str, ...] = ()
        for end in range(first, len(nodes)):
            node = nodes[end]
            if not isinstance(node, Text) or not _is_word(node):
                break
            found = (*found, *node.folded)
            if found == words:
                return first, end + 1
            if len(found) >= len(words):
                break
    return None
