"""The next number of a purpose inside one organisation and year, given once each whoever asks at the same time."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.backends import UnitOfWork
from app.models import Counter


def next_number(uow: UnitOfWork, organisation_id: int, name: str, year: int) -> int:
    """The next number, from 1. The counter's row stays locked until the unit of work ends, so that a number is given
    again only when nothing of it was kept."""
    taken = _take(uow, organisation_id, name, year)
    if taken is None:
        try:
            with uow.session.begin_nested():
                uow.session.add(Counter(organisation_id=organisation_id, name=name, year=year, last=0))
        except IntegrityError:
            pass  # somebody made it in the meantime: theirs counts
        taken = _take(uow, organisation_id, name, year)
    if taken is None:
        raise LookupError(f"counter {name} of {year} was removed while it was used")
    return taken


def _take(uow: UnitOfWork, organisation_id: int, name: str, year: int) -> int | None:
    return uow.session.execute(
        update(Counter)
        .where(Counter.organisation_id == organisation_id, Counter.name == name, Counter.year == year)
        .values(last=Counter.last + 1)
        .returning(Counter.last)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
