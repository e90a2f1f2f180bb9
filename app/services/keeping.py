"""What an account keeps under a name, for itself or shared with its organisation: saved searches and work lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from app.backends import UnitOfWork
from app.errors import NotAllowed, NotFound, WrongState
from app.models import SavedSearch, WorkList
from app.services.access import Act, require
from indexer.folding import sort_key

Row = TypeVar("Row", SavedSearch, WorkList)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that outlives its page: the words, and filters by facet name."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def keeper(uow: UnitOfWork) -> tuple[int, int]:
    """Account and organisation of the actor. Raises `WrongState` for the operator, who has neither."""
    if uow.actor.user_id is None or uow.actor.organisation_id is None:
        raise WrongState()
    return uow.actor.user_id, uow.actor.organisation_id


def open_to(uow: UnitOfWork, kind: type[Row]) -> ColumnElement[bool]:
    """Those that the actor may open: one's own and those that colleagues share."""
    shared = and_(kind.shared.is_(True), kind.organisation_id == uow.actor.organisation_id)
    return and_(kind.deleted_at.is_(None), or_(kind.user_id == uow.actor.user_id, shared))


def all_open(uow: UnitOfWork, kind: type[Row]) -> list[Row]:
    """All of them, by name."""
    require(uow, Act.SEARCH)
    return sorted(uow.session.scalars(select(kind).where(open_to(uow, kind))), key=lambda row: sort_key(row.name))


def one_open(uow: UnitOfWork, kind: type[Row], row_id: int) -> Row:
    """One of them; `NotFound` for everybody else's."""
    require(uow, Act.SEARCH)
    row = uow.session.scalar(select(kind).where(kind.id == row_id, open_to(uow, kind)))
    if row is None:
        raise NotFound()
    return row


def is_own(uow: UnitOfWork, row: SavedSearch | WorkList) -> bool:
    """Whether the actor made it, and so may change and delete it."""
    return row.user_id == uow.actor.user_id


def require_own(uow: UnitOfWork, row: SavedSearch | WorkList) -> None:
    """Raise `NotAllowed` where somebody else made it."""
    require(uow, Act.SEARCH)
    if not is_own(uow, row):
        raise NotAllowed()


def own_names(uow: UnitOfWork, kind: type[Row], *, but: Row | None) -> Sequence[str]:
    """The names of all that the actor made, one row left out."""
    own = (kind.user_id == uow.actor.user_id, kind.deleted_at.is_(None), kind.id != (but.id if but else 0))
    return uow.session.scalars(select(kind.name).where(*own)).all()
