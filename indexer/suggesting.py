"""What somebody is typing: documents by the beginnings of words in number and title, persons that have documents.

Whoever asks sees only what is theirs: every document counted or named lies in the scope of the question.
"""

from collections.abc import Sequence

from indexer.asking import Order, Reader, Window
from indexer.backend import Rule, Suggested, Typed
from indexer.clauses import AnyOf, Clause, Prefix, Word, both, silent
from indexer.folding import folded_tokens
from indexer.plan import Plan, visible_to
from indexer.query import SHORTEST_PREFIX, parse
from indexer.scoring import number_clause

_NEWEST = Order("by_newest", True)
_ANNOUNCING = ("so", "no")  # "số 15/QĐ": the word is not part of the number


def suggest(reader: Reader, typed: Typed) -> Suggested:
    """Documents by number (those that bear exactly this number first) and by title, newest first, and how many
    documents each of the persons asked about has."""
    visible = silent(visible_to(typed.allowed, typed.exclude))
    words = folded_tokens(typed.text)
    titles: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    if typed.limit > 0:
        titles = _newest(reader, visible, _in("title", words), typed.limit)
        if any(char.isdigit() for char in typed.text):
            numbers = _numbers(reader, visible, typed, words)
    return Suggested(numbers, titles, _of_persons(reader, visible, typed.persons))


def _in(field: str, words: Sequence[str]) -> Clause | None:
    """All words, of which the last is perhaps only begun. A single letter begins too many words: it is passed over,
    and what stands before it is known to be whole."""
    column, last = f"{field}_folded", words[-1] if words else ""
    clauses: list[Clause] = [Word(column, word) for word in words[:-1]]
    if len(last) >= SHORTEST_PREFIX:
        clauses.append(Prefix(column, last))
    elif last.isdigit():
        clauses.append(Word(column, last))
    return both(*(silent(clause) for clause in clauses)) if clauses else None


def _numbers(reader: Reader, visible: Clause, typed: Typed, words: Sequence[str]) -> tuple[int, ...]:
    plain = words[1:] if words[0] in _ANNOUNCING else words
    keys = parse(typed.text).numbers or (tuple(plain) if len(plain) == 1 else ())
    exact = _newest(reader, visible, number_clause(keys), typed.limit) if keys else ()
    if len(exact) >= typed.limit:
        return exact
    begun = _newest(reader, visible, _in("number", plain), typed.limit + len(exact))
    return tuple(dict.fromkeys((*exact, *begun)))[: typed.limit]


def _newest(reader: Reader, visible: Clause, wanted: Clause | None, limit: int) -> tuple[int, ...]:
    if wanted is None:
        return ()
    found = Plan(wanted, visible, {}, Rule.ALL, scored=False)
    _, ranked = reader.rank(found, _NEWEST, Window(limit, 0, None))
    return tuple(hit.id for hit in ranked)


def _of_persons(reader: Reader, visible: Clause, persons: Sequence[int]) -> dict[int, int]:
    if not persons:
        return {}
    counts = reader.count([both(visible, AnyOf("person", (str(person),))) for person in persons])
    return {person: count for person, count in zip(persons, counts, strict=True) if count}
