"""What somebody is typing: documents by the beginnings of words in number and title, persons that have documents, past
questions that find something.

Whoever asks sees only what is theirs: every document counted or named lies in the scope of the question. All of it is
asked at once; a past question that finds nothing as it stands may need two steps more.
"""

from collections.abc import Sequence

from indexer.asking import Order, Reader
from indexer.backend import Suggested, Typed
from indexer.clauses import AnyOf, Clause, Prefix, Word, both, silent
from indexer.folding import folded_tokens
from indexer.plan import visible_to
from indexer.query import SHORTEST_PREFIX, parse
from indexer.scoring import number_clause
from indexer.totals import Totals

_NEWEST = Order("by_newest", True)
_ANNOUNCING = ("so", "no")  # "số 15/QĐ": the word is not part of the number


def suggest(reader: Reader, typed: Typed) -> Suggested:
    """Documents by number (those that bear exactly this number first) and by title, newest first, how many documents
    each of the persons asked about has, and how many each past question finds."""
    visible = silent(visible_to(typed.allowed, typed.exclude))
    words = folded_tokens(typed.text) if typed.limit > 0 else []
    bearing, begun = _numbers(typed.text, words)
    # Those that bear the number are among those that begin with it: the others are wanted besides.
    asked = (("title", _in("title", words), 1), ("bearing", bearing, 1), ("begun", begun, 2))
    listed = {name: (both(visible, one), times * typed.limit) for name, one, times in asked if one is not None}
    counting = Totals(typed.past)
    persons = [both(visible, AnyOf("person", (str(person),))) for person in typed.persons]
    counts, found = reader.together([*persons, *counting.asked], list(listed.values()), _NEWEST)
    counting.answer(counts[len(persons) :])
    ids = dict(zip(listed, found, strict=True))
    numbers = tuple(dict.fromkeys((*ids.get("bearing", ()), *ids.get("begun", ()))))[: typed.limit]
    owned = {person: n for person, n in zip(typed.persons, counts, strict=False) if n}
    return Suggested(numbers, tuple(ids.get("title", ())), owned, counting.settled(reader.count))


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


def _numbers(text: str, words: Sequence[str]) -> tuple[Clause | None, Clause | None]:
    """Who bears exactly this number, and of whose number this is the beginning."""
    if not words or not any(char.isdigit() for char in text):
        return None, None
    plain = words[1:] if words[0] in _ANNOUNCING else words
    keys = parse(text).numbers or (tuple(plain) if len(plain) == 1 else ())
    return number_clause(keys) if keys else None, _in("number", plain)
