"""Values of facets with the words to show for them, within what the actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from app.backends import UnitOfWork
from app.models import Case, Person
from app.services.access import scope_of, visible_cases, visible_persons
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


_PERSONS = select(Person.id, Person.full_name).where(Person.id.in_(_IDS))
_CODES = select(Case.id, Case.code).where(Case.id.in_(_IDS))


def _names(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, str]:
    rows = uow.session.execute(_PERSONS.where(visible_persons(scope_of(uow))), {"ids": list(ids)})
    return {row.id: row.full_name for row in rows}


def _codes(uow: UnitOfWork, ids: Iterable[int]) -> dict[int, str]:
    rows = uow.session.execute(_CODES.where(visible_cases(scope_of(uow))), {"ids": list(ids)})
    return {row.id: row.code for row in rows}
