"""A question in ten kinds of clauses that both engines understand; each engine translates them one to one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents, score 0."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token in a text field, scored by BM25 times `boost`."""

    field: str
    token: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens next to each other in a text field, scored by BM25 times `boost`."""

    field: str
    tokens: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Prefix:
    """A token in a text field that begins with these letters; every document has the same score, `boost`."""

    field: str
    letters: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Near:
    """Two tokens of a text field in either order with at most `distance` others between them, score 0."""

    field: str
    first: str
    second: str
    distance: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these values in a keyword field, score 0."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A number in a number field, bounds included, score 0."""

    field: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """What `clause` finds, each with the same score."""

    clause: "Clause"
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """All of `must`, none of `exclude`, and at least `minimum` of `should`; scores add up."""

    must: tuple["Clause", ...] = ()
    should: tuple["Clause", ...] = ()
    exclude: tuple["Clause", ...] = ()
    minimum: int = 0


Clause = Everything | Nothing | Word | Phrase | Prefix | Near | AnyOf | Range | Constant | Group


def both(*clauses: Clause) -> Clause:
    """All of these."""
    kept = tuple(clause for clause in clauses if not isinstance(clause, Everything))
    if not kept:
        return Everything()
    return kept[0] if len(kept) == 1 else Group(must=kept)


def either(clauses: Sequence[Clause]) -> Clause:
    """At least one of these; none given finds nothing."""
    if not clauses:
        return Nothing()
    return clauses[0] if len(clauses) == 1 else Group(should=tuple(clauses), minimum=1)


def silent(clause: Clause) -> Clause:
    """The same documents with score 0; what would only add to the score is left out."""
    if isinstance(clause, Group) and clause.must and clause.minimum == 0:
        clause = Group(must=clause.must, exclude=clause.exclude) if clause.exclude else both(*clause.must)
    return clause if isinstance(clause, Everything | Nothing | AnyOf | Range) else Constant(clause, 0.0)
