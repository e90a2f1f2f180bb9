"""Words that only ask ("là gì", "như thế nào"): not required in a question, and not counted."""

from collections.abc import Iterator, Sequence
from functools import cache

from config.question_words import question_words
from indexer.folding import exact_tokens, folded_tokens
from indexer.tree import Node, Note, Text

# A question of at most so many words holds such words only by its form: they begin it or end it.
SHORT = 8


def without_question_words(nodes: Sequence[Node]) -> tuple[tuple[Node, ...], tuple[Note, ...]]:
    """The nodes of a question that say what it is about, and a note on the words left out.

    Nothing is left out where nothing else would remain, or where a short question neither begins nor ends with a
    phrase of asking of two syllables or more: "ai" and "sao" may be names.
    """
    found = list(_asking(nodes))
    left_out = {place for start, end in found for place in range(start, end)}
    edges = [end - start for start, end in found if start == 0 or end == len(nodes)]
    asked = len(nodes) > SHORT or any(length > 1 for length in edges)
    if not asked or not left_out or len(left_out) == len(nodes):
        return tuple(nodes), ()
    words = ", ".join(f"“{' '.join(_word(nodes[place]) for place in range(start, end))}”" for start, end in found)
    told = Note("query-question-words", words, f"Chữ để hỏi không bắt buộc có trong văn bản: {words}.")
    return tuple(node for place, node in enumerate(nodes) if place not in left_out), (told,)


def _asking(nodes: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """Where phrases of asking stand, the longest one at each place."""
    at = 0
    while at < len(nodes):
        length = next((size for size in range(_longest(), 0, -1) if _is_asking(nodes[at : at + size], size)), 0)
        if length:
            yield at, at + length
        at += max(length, 1)


def _is_asking(nodes: Sequence[Node], size: int) -> bool:
    texts = [
        node for node in nodes if isinstance(node, Text) and node.is_plain and not node.prefix and len(node.folded) == 1
    ]
    if len(texts) != size:
        return False
    exact, folded = tuple(text.exact[0] for text in texts), tuple(text.folded[0] for text in texts)
    # Without accents one syllable may be another word: "vay" is a loan more often than "vậy".
    return exact in _phrases("exact") or (exact == folded and size > 1 and folded in _phrases("folded"))


def _word(node: Node) -> str:
    return node.exact[0] if isinstance(node, Text) else ""


@cache
def _phrases(form: str) -> frozenset[tuple[str, ...]]:
    tokens = exact_tokens if form == "exact" else folded_tokens
    return frozenset(tuple(tokens(phrase)) for phrase in question_words())


@cache
def _longest() -> int:
    return max(len(words) for words in _phrases("folded"))
