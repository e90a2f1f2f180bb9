"""Values of facets with the words to show for them, within what the actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from app.backends import UnitOfWork
from app.models import Case, Person
from app.services.access import scope_of
from app.services.wording import row_number
from config.document_types import by_code
from indexer import Bucket

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with its exact count and the words to show for it."""

    value: str
    count: int
    label: str


def labelled(uow: UnitOfWork, facet: str, buckets: Iterable[Bucket]) -> tuple[FacetValue, ...]:
    """Values of a facet with words to show. Persons and cases outside the actor's scope are left out."""
    if facet not in ("person", "case"):
        name_of = (lambda value: by_code(value).name_vi) if facet == "type" else str
        return tuple(FacetValue(bucket.value, bucket.count, name_of(bucket.value)) for bucket in buckets)
    counts = {row_number(bucket.value): bucket.count for bucket in buckets}
    names = _names(uow, counts) if facet == "person" else _codes(uow, counts)
    return tuple(FacetValue(str(id_), count, names[id_]) for id_, count in counts.items() if id_ in names)


_PERSONS = select(Person.id, Person.full_name, Person.organisation_id).where(Person.id.in_(_IDS))
_CODES = select(Case.id, Case.code, Case.organisation_id).where(Case.id.in_(_IDS))


def _names(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, str]:
    scope = scope_of(uow)
    rows = uow.session.execute(_PERSONS, {"ids": list(ids)})
    return {id_: name for id_, name, owner in rows if scope.owns(owner)}


def _codes(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, str]:
    scope = scope_of(uow)
    rows = uow.session.execute(_CODES, {"ids": list(ids)})
    return {id_: code for id_, code, owner in rows if scope.reaches(id_, owner)}
