"""Lists in parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Row = TypeVar("Row")

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`items` of a list from `offset`, and how many there are in all."""

    items: Sequence[Row]
    total: int
    offset: int
    limit: int


def paged(session: Session, query: Select[Row], *, limit: int, offset: int) -> Page[Row]:
    """The rows of an ordered query from `offset`, `limit` at most, with the exact total."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Page(session.scalars(query.limit(limit).offset(offset)).all(), total, offset, limit)
