"""What a reading believes about a document: facts with their evidence, and flags where it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Flag(StrEnum):
    """What is missing, doubtful or contradictory; a person decides."""

    NO_NUMBER = "NO_NUMBER"
    NO_DATE = "NO_DATE"
    PARTIAL_DATE = "PARTIAL_DATE"
    CONFLICTING_DATES = "CONFLICTING_DATES"
    CONFLICTING_NUMBERS = "CONFLICTING_NUMBERS"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    HANDWRITTEN = "HANDWRITTEN?"
    WEAK = "WEAK"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it stands: 1-based page, half-open character range in that page's text, and the words there."""

    page: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value as text (dates ISO, "2023-11" where the day is blank) and where it stands."""

    value: str
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An identity number (digits only) found in the text."""

    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A name with what stands beside it.

    `birth_date` is ISO ("1990-03-05", "1990-03", "1990") and `birth_precision` is "day", "month" or "year"; both None
    where no birth date stands by the name.
    """

    name: str
    birth_date: str | None
    birth_precision: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Facts:
    """The header facts of one document and the people in it.

    `type` is a code of `config.document_types`; `number` and `suffix` are "15" and "a" of "15a/QĐ-UBND", `symbol` is
    "QĐ-UBND". `alternatives` keeps every value of a fact that stands in conflict, as (fact name, fact).
    """

    type: Fact | None = None
    number: Fact | None = None
    suffix: Fact | None = None
    symbol: Fact | None = None
    date: Fact | None = None
    body: Fact | None = None
    place: Fact | None = None
    subject: Fact | None = None
    signer: Fact | None = None
    signer_post: Fact | None = None
    signer_authority: Fact | None = None
    flags: tuple[str, ...] = ()
    identities: tuple[Mention, ...] = ()
    people: tuple[PersonMention, ...] = ()
    alternatives: tuple[tuple[str, Fact], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, the `facts` member of `hoso read --json`."""
        return asdict(self)


_SINGLE = (
    *("type", "number", "suffix", "symbol", "date", "body", "place", "subject"),
    *("signer", "signer_post", "signer_authority"),
)


def facts_from_json(value: Mapping[str, Any]) -> Facts:
    """The inverse of `Facts.as_json`. Raises KeyError or TypeError on another shape."""
    single = {name: _fact(value[name]) for name in _SINGLE if value.get(name) is not None}
    return Facts(
        **single,
        flags=tuple(value.get("flags", ())),
        identities=tuple(Mention(row["value"], Evidence(**row["evidence"])) for row in value.get("identities", ())),
        people=tuple(
            PersonMention(row["name"], row["birth_date"], row["birth_precision"], Evidence(**row["evidence"]))
            for row in value.get("people", ())
        ),
        alternatives=tuple((name, _fact(row)) for name, row in value.get("alternatives", ())),
    )


def _fact(value: Mapping[str, Any]) -> Fact:
    evidence = value.get("evidence")
    return Fact(str(value["value"]), Evidence(**evidence) if evidence else None)
