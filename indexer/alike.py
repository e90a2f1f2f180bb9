"""Short and long forms in a question: UBND finds "ủy ban nhân dân" and the other way round, unless it is quoted."""

from collections.abc import Iterator, Sequence
from functools import cache

from config.abbreviations import Abbreviation, abbreviations
from indexer.folding import folded_tokens, is_syllable, spans
from indexer.tree import Alike, And, Node, Note, Text


def with_other_forms(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], tuple[Note, ...]]:
    """The nodes of a question with short and long forms made alike, and a note for each pair that was used.

    A short form that could be a syllable (CA) counts only in capitals.
    """
    made: list[Node] = []
    notes: list[Note] = []
    at = 0
    while at < len(nodes):
        pair, length = _pair_at(nodes, at)
        if pair is None:
            made.append(nodes[at])
        else:
            typed = nodes[at] if length == 1 else And(tuple(nodes[at : at + length]))
            made.append(Alike(typed, _text_of(pair.long if length == 1 else pair.short)))
            notes.append(_note(pair, short_typed=length == 1))
        at += length
    return tuple(made), tuple(dict.fromkeys(notes))


def _pair_at(nodes: Sequence[Node], at: int) -> tuple[Abbreviation | None, int]:
    """The pair one of whose forms begins here, and how many nodes it takes; the longest one first."""
    words = list(_plain_words(nodes[at:]))
    for length in range(min(_longest(), len(words)), 0, -1):
        typed = tuple(word.folded[0] for word in words[:length])
        if length > 1 and typed in _by_long():
            return _by_long()[typed], length
        if length == 1 and typed[0] in _by_short() and (words[0].capital or not is_syllable(typed[0])):
            return _by_short()[typed[0]], 1
    return None, 1


def _plain_words(nodes: Sequence[Node]) -> Iterator[Text]:
    """The words from here on, up to the first part of the question that is something else."""
    for node in nodes[: _longest()]:
        if not isinstance(node, Text) or not node.is_plain or len(node.folded) != 1:
            return
        yield node


def _note(pair: Abbreviation, *, short_typed: bool) -> Note:
    """Which other form is asked for, said from the side of the form that was typed."""
    typed, other = (pair.short, f"“{pair.long}”") if short_typed else (f"“{pair.long}”", pair.short)
    meaning = f"{typed}: tìm cả {other}." if pair.is_verified else f"{typed}: tìm cả {other} (chưa kiểm chứng)."
    return Note("query-abbreviation", pair.short, meaning)


def _text_of(form: str) -> Text:
    tokens = spans(form)
    return Text(tuple(token.exact for token in tokens), tuple(token.folded for token in tokens))


@cache
def _by_long() -> dict[tuple[str, ...], Abbreviation]:
    return {tuple(folded_tokens(pair.long)): pair for pair in abbreviations()}


@cache
def _by_short() -> dict[str, Abbreviation]:
    return {word: pair for pair in abbreviations() for word in folded_tokens(pair.short)}


@cache
def _longest() -> int:
    return max(len(words) for words in _by_long())
