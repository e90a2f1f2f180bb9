"""Whom a read document speaks of: identity numbers and names with birth dates, against the persons of one organisation.

A match is a reason to ask a person, never a decision: it says what was found, where, and how it compares.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.models import Identity, Person, PersonName
from indexer.folding import exact_tokens, fold
from ingestion import Evidence, Facts, PersonMention

_PARTS = {"day": 3, "month": 2, "year": 1}
"""How many parts of an ISO date are known at each precision."""


class Why(StrEnum):
    """What a match rests on, strongest first."""

    IDENTITY = "identity"
    NAME_AND_BIRTH_DATE = "name-and-birth-date"
    NAME_AND_BIRTH_YEAR = "name-and-birth-year"


@dataclass(frozen=True, slots=True)
class Match:
    """One reason to think that a document is about a person. `same_accents` is False where the names differ in their
    accents; `precision` is how much of the birth dates was compared (None for an identity number)."""

    person: Person
    why: Why
    evidence: Evidence
    precision: str | None = None
    same_accents: bool = True

    def as_json(self) -> dict[str, Any]:
        """What is kept with the proposal."""
        return {
            "why": self.why.value,
            "page": self.evidence.page,
            "start": self.evidence.start,
            "end": self.evidence.end,
            "quote": self.evidence.quote,
            "precision": self.precision,
            "same_accents": self.same_accents,
        }


def matches(uow: UnitOfWork, organisation_id: int, read: Sequence[Facts]) -> list[dict[int, list[Match]]]:
    """For each of several texts, by person id, the reasons, strongest first. Only persons of this organisation are
    looked at."""
    numbers = {mention.value for facts in read for mention in facts.identities}
    names = {fold(mention.name) for facts in read for mention in facts.people if mention.birth_date}
    by_number = _with_numbers(uow, organisation_id, numbers)
    by_name = _with_names(uow, organisation_id, names)
    return [_matches(facts, by_number, by_name) for facts in read]


def _matches(
    facts: Facts, by_number: Sequence[tuple[str, Person]], by_name: Mapping[str, Sequence[Person]]
) -> dict[int, list[Match]]:
    mentioned = {mention.value: mention.evidence for mention in reversed(facts.identities)}
    found = [Match(person, Why.IDENTITY, mentioned[number]) for number, person in by_number if number in mentioned]
    dated = [mention for mention in facts.people if mention.birth_date]
    pairs = [(person, mention) for mention in dated for person in by_name.get(fold(mention.name), ())]
    found += [match for person, mention in pairs if (match := _compared(person, mention)) is not None]
    order = list(Why)
    by_person: dict[int, list[Match]] = {}
    for match in sorted(found, key=lambda m: (order.index(m.why), not m.same_accents, m.evidence.page)):
        by_person.setdefault(match.person.id, []).append(match)
    return by_person


def _with_numbers(uow: UnitOfWork, organisation_id: int, wanted: Collection[str]) -> list[tuple[str, Person]]:
    if not wanted:
        return []
    rows = uow.session.execute(
        select(Identity.number, Person)
        .join(Person, Person.id == Identity.person_id)
        .where(Person.organisation_id == organisation_id, Identity.number.in_(wanted))
    )
    return [(number, person) for number, person in rows]


def _with_names(uow: UnitOfWork, organisation_id: int, wanted: Collection[str]) -> dict[str, list[Person]]:
    """The persons who have, or had, each of these folded names."""
    if not wanted:
        return {}
    also_known = select(PersonName.person_id).where(PersonName.folded_name.in_(wanted))
    persons = uow.session.scalars(
        select(Person)
        .where(
            Person.organisation_id == organisation_id,
            Person.birth_date.is_not(None),
            Person.folded_name.in_(wanted) | Person.id.in_(also_known),
        )
        .options(selectinload(Person.names))
    ).all()
    found: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        for name in {fold(known) for known in (person.full_name, *(n.name for n in person.names))}:
            found[name].append(person)
    return found


def _compared(person: Person, mention: PersonMention) -> Match | None:
    """Both must agree: the name without regard to accents, the birth date as far as both know it."""
    name = fold(mention.name)
    same = [known for known in (person.full_name, *(n.name for n in person.names)) if fold(known) == name]
    if not same or person.birth_date is None or not mention.birth_date:
        return None
    parts = min(_PARTS[person.birth_precision.value], len(mention.birth_date.split("-")))
    known_date = person.birth_date.isoformat().split("-")[:parts]
    if known_date != mention.birth_date.split("-")[:parts]:
        return None
    return Match(
        person,
        Why.NAME_AND_BIRTH_YEAR if parts == 1 else Why.NAME_AND_BIRTH_DATE,
        mention.evidence,
        precision=next(name for name, count in _PARTS.items() if count == parts),
        same_accents=exact_tokens(mention.name) in [exact_tokens(known) for known in same],
    )
