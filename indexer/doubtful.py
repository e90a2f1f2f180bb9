"""Questions that also find words which were recognised badly, by their confusion keys.

Only words and numbers do so; a question with anything else (quotation marks, fields, OR, -) means what it says. What is
found by a key alone stands after everything else, in every order: it is the second part of the answer.
"""

from collections.abc import Iterator
from dataclasses import replace

from indexer.confusion import SHORTEST, key, together
from indexer.fields import MISREAD
from indexer.tree import Alike, And, Node, Note, Number, Or, ParsedQuery, Text, Value

MARK = "misread"  # in `Hit.why`


def keys_of(parsed: ParsedQuery) -> tuple[str, ...]:
    """The keys of a question's words; none where it has more than words and numbers."""
    return tuple(dict.fromkeys(_keys(parsed.node))) if parsed.plain else ()


def loosened(parsed: ParsedQuery) -> ParsedQuery:
    """The same question, each of its words also by its key."""
    return replace(parsed, node=And(tuple(_loose(node) for node in parsed.node.nodes)))


def note(parsed: ParsedQuery, count: int) -> Note:
    """What is said above the results."""
    words = " ".join(word for text in parsed.texts() for word in text.exact)
    told = f"Gồm {count} văn bản có thể do nhận dạng (chữ trên bản quét đọc không chắc), xếp sau cùng."
    return Note("query-misread", words, told)


def key_of_text(text: Text) -> str | None:
    """The key of plain words that stand together, None where they are not looked for by one."""
    if not text.is_plain or text.prefix:
        return None
    if len(text.folded) > 1:
        return together(text.folded)
    return key(text.folded[0]) if len(text.folded[0]) >= SHORTEST else None


def _keys(node: Node) -> Iterator[str]:
    match node:
        case And(nodes) | Or(nodes):
            for part in nodes:
                yield from _keys(part)
        case Alike(inner):
            yield from _keys(inner)
        case Number(text=text):
            yield together(text.folded)
        case Text() if found := key_of_text(node):
            yield found


def _loose(node: Node) -> Node:
    match node:
        case And(nodes):
            return And(tuple(_loose(part) for part in nodes))
        case Or(nodes):
            return Or(tuple(_loose(part) for part in nodes))
        case Alike(inner):
            return replace(node, node=_loose(inner))
        case Text() | Number():
            keys = tuple(_keys(node))
            return Or((node, Value(MISREAD, keys))) if keys else node
        case _:
            return node
