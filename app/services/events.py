"""The audit trail for its reader: lines by kind, day and actor; whether the chain holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.chain import ChainReport
from app.models import (
    Batch,
    Case,
    Document,
    Event,
    Export,
    ListSearch,
    Organisation,
    Paper,
    Person,
    RegisterSeries,
    SavedSearch,
    User,
    WorkList,
)
from app.services.access import Act, require
from app.services.local_day import VIETNAM
from app.services.paging import PAGE_SIZE, Page, paged

CHECKED = ("chain.checked", "store.verified")
"""The kinds of lines that say what a check of the chain found."""

_OWNED: dict[str, tuple[InstrumentedAttribute[int], InstrumentedAttribute[int]]] = {
    "account": (User.id, User.organisation_id),
    "batch": (Batch.id, Batch.organisation_id),
    "book": (RegisterSeries.id, RegisterSeries.organisation_id),
    "case": (Case.id, Case.organisation_id),
    "document": (Document.id, Document.organisation_id),
    "export": (Export.id, Export.organisation_id),
    "organisation": (Organisation.id, Organisation.id),
    "paper": (Paper.id, Paper.organisation_id),
    "person": (Person.id, Person.organisation_id),
    "list-search": (ListSearch.id, ListSearch.organisation_id),
    "saved-search": (SavedSearch.id, SavedSearch.organisation_id),
    "work-list": (WorkList.id, WorkList.organisation_id),
}
"""Kinds of objects with the column of their id and of the organisation that they belong to."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which lines: `kind` exactly or everything below it ("paper" for "paper.made"), days in Vietnam, both inclusive;
    `actor` is part of a name as it was written at the time."""

    kind: str = ""
    actor: str = ""
    object_kind: str = ""
    object_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last check of the chain found; `lines` is None where it was not counted."""

    at: datetime
    holds: bool
    lines: int | None


def events(
    uow: UnitOfWork, chosen: EventFilter = EventFilter(), *, limit: int = PAGE_SIZE, offset: int = 0
) -> Page[Event]:
    """Lines of the trail, the newest first, as far as they concern the auditor's organisation: what its accounts did,
    what anybody did to its records, and what the system did to no record in particular."""
    require(uow, Act.EVENTS_VIEW)
    query = select(Event).where(_in_scope(uow), *_conditions(chosen)).order_by(Event.sequence.desc())
    return paged(uow.session, query, limit=limit, offset=offset)


def kinds(uow: UnitOfWork) -> Sequence[str]:
    """The kinds of lines that the trail holds for this auditor, in alphabetical order."""
    require(uow, Act.EVENTS_VIEW)
    return uow.session.scalars(select(Event.kind).where(_in_scope(uow)).distinct().order_by(Event.kind)).all()


def last_check(uow: UnitOfWork) -> LastCheck | None:
    """What the last check of the chain found; None where there was none."""
    require(uow, Act.EVENTS_VIEW)
    row = uow.session.scalar(select(Event).where(Event.kind.in_(CHECKED)).order_by(Event.sequence.desc()).limit(1))
    return None if row is None else LastCheck(row.at, row.detail["chain_holds"] is True, row.detail.get("lines"))


def check_chain(backends: Backends, actor: Actor) -> ChainReport:
    """Read the whole chain and write down what was found. Takes the backends: nothing is held while it is read."""
    with backends.read(actor) as uow:
        require(uow, Act.EVENTS_VIEW)
        report = backends.chain.check(uow.session)
    with backends.begin(actor) as uow:
        found: dict[str, Any] = {"lines": report.lines, "chain_holds": report.broken_at is None}
        uow.record("chain.checked", "chain", None, **found, broken_at=report.broken_at)
    return report


def _in_scope(uow: UnitOfWork) -> ColumnElement[bool]:
    own = uow.actor.organisation_id
    if uow.actor.role in (Role.OPERATOR, Role.SYSTEM):
        return true()
    by_nobody = and_(Event.organisation_id.is_(None), Event.object_id.is_(None))
    about_own = [
        and_(Event.object_kind == kind, Event.object_id.in_(select(row_id).where(owner == own)))
        for kind, (row_id, owner) in _OWNED.items()
    ]
    return or_(Event.organisation_id == own, by_nobody, *about_own)


def trail_of(uow: UnitOfWork, object_kind: str, object_id: int) -> list[Event]:
    """All lines about one object that concern the auditor's organisation, the newest first."""
    require(uow, Act.EVENTS_VIEW)
    about = (Event.object_kind == object_kind, Event.object_id == object_id)
    query = select(Event).where(_in_scope(uow), *about).order_by(Event.sequence.desc())
    return list(uow.session.scalars(query))


def _conditions(chosen: EventFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.kind:
        found.append(or_(Event.kind == chosen.kind, Event.kind.startswith(f"{chosen.kind}.", autoescape=True)))
    if chosen.actor:
        found.append(Event.actor.icontains(chosen.actor, autoescape=True))
    if chosen.object_kind:
        found.append(Event.object_kind == chosen.object_kind)
    if chosen.object_id is not None:
        found.append(Event.object_id == chosen.object_id)
    if chosen.first_day is not None:
        found.append(Event.at >= _start(chosen.first_day))
    if chosen.last_day is not None:
        found.append(Event.at < _start(chosen.last_day + timedelta(days=1)))
    return found


def _start(day: date) -> datetime:
    """The first moment of a day in Vietnam."""
    return datetime.combine(day, time.min, VIETNAM).astimezone(UTC)
