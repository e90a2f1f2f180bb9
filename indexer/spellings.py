"""What a question asks for as it may stand in a text: words as they were typed, their other forms, and numbers, days
and identity numbers in any spelling.

The page index is asked for the pages that hold it (`conditions`), and places in a page are found by what they mean: a
question for `nghị định 116` marks `116/2021/NĐ-CP`, one for `5/2/26` marks `ngày 05 tháng 02 năm 2026`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.dates import day_places, day_spellings
from indexer.folding import Token, spans
from indexer.numbers import SPELLED, number_keys
from indexer.tree import Alike, And, Close, Node, Not, Number, Or, ParsedQuery, Text, Value, positive_leaves

_UNKNOWN_YEAR = "-"
_METADATA = frozenset({"title", "person", "body", "signer", "case"})  # fields whose words need not be in the text


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a question: `texts` as typed, `ways` in which a text fulfils it (all texts of one of them), and
    the number keys, days (2026-02-05) and identity numbers it names. `near`: at most so many other words stand between
    the texts; None where they may stand anywhere."""

    texts: tuple[Text, ...]
    ways: tuple[tuple[Text, ...], ...]
    keys: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    near: int | None = None

    @property
    def others(self) -> tuple[Text, ...]:
        """The texts that were not typed: other forms and spellings."""
        typed = set(self.texts)
        return tuple(dict.fromkeys(text for way in self.ways for text in way if text not in typed))


def conditions(parsed: ParsedQuery) -> tuple[Condition, ...]:
    """The conditions that a text can fulfil; what is not wanted, and filters of a document's own facts, are none."""
    if parsed.number is not None and parsed.number.alone:
        return (_made(parsed.texts(), [parsed.texts()], parsed.numbers),)
    found = (_of(node) for node in parsed.node.nodes if not isinstance(node, Not))
    return tuple(one for one in found if one.texts or one.ways)


def _of(node: Node) -> Condition:
    """The condition that a node makes."""
    if isinstance(node, Close):
        return Condition(node.words, (node.words,), near=node.distance)
    texts = tuple(leaf.text if isinstance(leaf, Number) else leaf for leaf in positive_leaves(node))
    values = list(_values(node))
    keys = [key for field, key in values if field == "number_keys"]
    keys += [key for leaf in positive_leaves(node) if isinstance(leaf, Number) for key in leaf.keys]
    days = [value for field, value in values if field == "days"]
    identities = [value for field, value in values if field == "identities"]
    return _made(texts, _ways(node), keys, days, identities)


def _made(
    texts: tuple[Text, ...],
    ways: Sequence[tuple[Text, ...]],
    keys: Sequence[str],
    days: Sequence[str] = (),
    identities: Sequence[str] = (),
) -> Condition:
    spelled = [tokens for key in keys for tokens in _key_spellings(key)]
    spelled += [tokens for day in days for tokens in day_spellings(day)]
    spelled += [(digits,) for digits in identities]
    every = (*ways, *((Text(tokens, tokens),) for tokens in spelled))
    return Condition(texts, tuple(dict.fromkeys(every)), frozenset(keys), frozenset(days), frozenset(identities))


def _ways(node: Node) -> list[tuple[Text, ...]]:
    if isinstance(node, Text):
        return [] if node.field in _METADATA else [(node,)]
    if isinstance(node, Number):
        return [(node.text,)]
    if isinstance(node, Close):
        return [node.words]
    if isinstance(node, Alike):
        return [*_ways(node.node), (node.other,)]
    if isinstance(node, Or):
        return [way for part in node.nodes for way in _ways(part)]
    if isinstance(node, And):
        parts = [_ways(part)[:1] for part in node.nodes]
        return [tuple(text for part in parts for way in part for text in way)] if any(parts) else []
    return []


def _values(node: Node) -> Iterator[tuple[str, str]]:
    if isinstance(node, Value):
        yield from ((node.field, value) for value in node.values)
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from _values(part)


def _key_spellings(key: str) -> Iterator[tuple[str, ...]]:
    """The tokens that a number key stands for: `nd 116/2021` is 116/2021/NĐ-..., `15/2024` is itself. A symbol whose
    groups are joined in the key gives none: it was typed."""
    kind, _, number = key.rpartition(" ")
    parts = number.split("/")
    if _UNKNOWN_YEAR in parts or not all(part.isdigit() for part in parts[1:]) or not parts[0][:1].isdigit():
        return
    tail = (*parts[1:], *([kind] if kind else []))
    yield (parts[0], *tail)
    if len(parts[0]) == 1:
        yield (f"0{parts[0]}", *tail)


def whole_places(page_text: str, condition: Condition) -> list[tuple[int, int]]:
    """Where a page names the number, the day or the identity number of a condition, however it is written."""
    found: list[tuple[int, int]] = []
    if condition.keys:
        spelled = SPELLED.finditer(page_text)
        found += [match.span() for match in spelled if condition.keys & set(number_keys(match.group()))]
    if condition.days:
        found += [(start, end) for token, start, end in day_places(page_text) if token in condition.days]
    if condition.identities:
        found += _identity_places(spans(page_text), condition.identities)
    return found


def _identity_places(tokens: Sequence[Token], wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Runs of digits that make one of these numbers, with blanks and dots between or without."""
    for digits, group in groupby(tokens, key=lambda token: token.folded.isdigit()):
        run = list(group) if digits else []
        for first in range(len(run)):
            joined = ""
            for last in range(first, len(run)):
                joined += run[last].folded
                if joined in wanted:
                    yield run[first].start, run[last].end
                if len(joined) >= max(map(len, wanted)):
                    break
