"""What an account asks for and a job makes: exports and searches by list. Opened by the asker alone, tried again where
a maker dies, forgotten after some days."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import NotFound
from app.models import AskedState, Export, ListSearch
from app.services.access import Act, require
from app.services.purpose import require_purpose
from app.services.revisions import hold

Row = TypeVar("Row", Export, ListSearch)

MOST_TRIES = 5  # after so many deaths or failures a person has to ask again
RING_AGAIN = timedelta(minutes=5)  # a maker tells of itself after each part; silent for longer, it is dead


def asked_row(uow: UnitOfWork, kind: type[Row], row_id: int) -> Row:
    """One of the actor; `NotFound` for everybody else's. What was asked may be names: who has to say why, says it in
    every session that looks at it."""
    require(uow, Act.SEARCH)
    require_purpose(uow)
    row = uow.session.get(kind, row_id)
    if row is None or row.user_id != uow.actor.user_id:
        raise NotFound()
    return row


def still_asked(uow: UnitOfWork, kind: type[Row], row_id: int) -> Row | None:
    """The row, held for this unit of work, while it is still to be made."""
    row = uow.session.get(kind, row_id)
    if row is None:
        return None
    hold(uow, row)
    return row if row.state is AskedState.ASKED else None


def begin_try(uow: UnitOfWork, kind: type[Row], row_id: int, *, failed: str, name: str) -> Row | None:
    """Count one more try; None where nothing is to be made, or not any more: then an event of kind `failed` about a
    `name` is recorded."""
    row = still_asked(uow, kind, row_id)
    if row is None:
        return None
    if row.tries >= MOST_TRIES or not row.user.active:
        row.state = AskedState.FAILED
        uow.record(failed, name, row.id, tries=row.tries)
        return None
    row.tries, row.touched_at = row.tries + 1, uow.now
    return row


def due(uow: UnitOfWork, kind: type[Row]) -> list[int]:
    """Those whose maker has been silent: their message was lost, or it died."""
    silent = kind.touched_at < uow.now - RING_AGAIN
    return list(uow.session.scalars(select(kind.id).where(kind.state == AskedState.ASKED, silent)))


def outdated(uow: UnitOfWork, kind: type[Row], *, days: int) -> Sequence[Row]:
    """Those asked for longer ago, held, now marked as deleted; the caller deletes what they hold."""
    old = select(kind).where(kind.asked_at < uow.now - timedelta(days=days), kind.state != AskedState.DELETED)
    rows = uow.session.scalars(old.with_for_update()).all()
    for row in rows:
        row.state = AskedState.DELETED
    return rows
