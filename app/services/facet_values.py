"""Looking for a value inside a facet: by the beginnings of its words, over all values that the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Select, literal, or_, select

from app.backends import UnitOfWork
from app.errors import SearchUnavailable
from app.models import Case, Person, PersonName
from app.services.access import scope_of, visible_cases, visible_persons
from app.services.labelling import FacetValue, labelled
from app.services.searching import Query, request_of
from app.services.wording import row_number
from indexer import Bucket
from indexer.errors import SearchError
from indexer.folding import folded_tokens

log = structlog.get_logger()

SEARCHED = ("type", "body", "person", "case")
"""The facets that may have more values than a page shows."""

MOST_SHOWN = 200  # values of one answer; more words narrow it
LONGEST, MOST_WORDS = 200, 10  # characters and words that are looked for; no name has more


@dataclass(frozen=True, slots=True)
class FacetValues:
    """The most frequent of the values that fit, with exact counts, and how many fit; `too_many`: there are more than
    the index counts exactly, and none is shown."""

    values: tuple[FacetValue, ...] = ()
    total: int = 0
    too_many: bool = False


def facet_values(uow: UnitOfWork, query: Query, facet: str, words: str = "") -> FacetValues:
    """The values of a facet that hold words beginning like each of these, accents apart, counted under the question and
    all filters but its own. Raises `SearchUnavailable` where the index does not answer."""
    request = replace(request_of(uow, query), limit=0, months_of=None)
    try:
        counted = uow.search.every_value(request, facet)
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        raise SearchUnavailable() from error
    if counted is None:
        return FacetValues(too_many=True)
    wanted = list(dict.fromkeys(folded_tokens(words[:LONGEST])))[:MOST_WORDS]
    if facet in ("person", "case"):
        known = set(uow.session.scalars(_persons(uow, wanted) if facet == "person" else _cases(uow, wanted)))
        fitting: Sequence[Bucket] = [bucket for bucket in counted if row_number(bucket.value) in known]
        return FacetValues(labelled(uow, facet, fitting[:MOST_SHOWN]), len(fitting))
    found = [value for value in labelled(uow, facet, counted) if _fits(wanted, f"{value.label} {value.value}")]
    return FacetValues(tuple(found[:MOST_SHOWN]), len(found))


def _fits(wanted: Sequence[str], label: str) -> bool:
    words = folded_tokens(label) if wanted else []
    return all(any(word.startswith(begun) for word in words) for begun in wanted)


def _persons(uow: UnitOfWork, wanted: Sequence[str]) -> Select[int]:
    """Persons in scope, one of whose names has these beginnings of words."""
    names = select(Person.id).where(visible_persons(scope_of(uow)))
    for begun in wanted:
        others = select(PersonName.person_id).where(
            (literal(" ") + PersonName.folded_name).contains(f" {begun}", autoescape=True)
        )
        own = (literal(" ") + Person.folded_name).contains(f" {begun}", autoescape=True)
        names = names.where(or_(own, Person.id.in_(others)))
    return names


def _cases(uow: UnitOfWork, wanted: Sequence[str]) -> Select[int]:
    """Cases in scope whose code has these words."""
    cases = select(Case.id).where(visible_cases(scope_of(uow)))
    for begun in wanted:
        cases = cases.where(Case.code.contains(begun.upper(), autoescape=True))
    return cases
