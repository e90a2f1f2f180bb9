"""What every view needs: the backends, the one who acts, units of work, and lines in the audit trail for reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, g

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.models import User

EXTENSION = "hoso"


def backends() -> Backends:
    """Database, store, index and queue of this application."""
    made: Backends = current_app.extensions[EXTENSION]
    return made


def actor() -> Actor:
    """The one who acts in this request; routes without one are refused before their view runs."""
    acting: Actor = g.actor
    return acting


def account() -> User | None:
    """The signed-in account, with its organisation loaded; None for open pages."""
    found: User | None = g.get("user")
    return found


@contextmanager
def reading() -> Iterator[UnitOfWork]:
    """A unit of work that cannot write, as the one who acts."""
    with backends().read(actor()) as uow:
        yield uow


@contextmanager
def writing() -> Iterator[UnitOfWork]:
    """A unit of work that commits at its end, as the one who acts."""
    with backends().begin(actor()) as uow:
        yield uow


def seen(kind: str, object_kind: str, object_id: int | None, **detail: Any) -> None:
    """Record that personal records were looked at, committed before the answer is sent."""
    with backends().begin(actor()) as uow:
        uow.record(kind, object_kind, object_id, **detail)
