"""The chain of the audit trail on both databases: it holds over every kind of value, and whatever was done to it is
found: a line altered, removed, put in, or cut off at the end, its head removed, its key lost."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from app.backends import Backends, UnitOfWork
from app.chain import ChainReport
from app.models import Event, EventChain
from tests import factories
from tests.conftest import Bell

LINES = 6


@pytest.fixture
def trail(backends: Backends) -> Backends:
    """Some lines, written in units of work of their own."""
    for number in range(LINES):
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            uow.record("test.done", "test", number, count=number, note="tiếng Việt đủ dấu", share=0.1, many=(1, 2))
    return backends


def check(backends: Backends) -> ChainReport:
    with backends.read() as uow:
        return backends.chain.check(uow.session)


def test_the_chain_holds_over_what_the_database_gives_back(trail: Backends) -> None:
    assert check(trail) == ChainReport(LINES, None)


@pytest.mark.parametrize("moment", [datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), datetime(2026, 1, 2, tzinfo=UTC)])
def test_the_chain_holds_with_and_without_parts_of_a_second(backends: Backends, moment: datetime) -> None:
    later = Backends(backends.settings, send=Bell(), clock=lambda: moment)
    with later.begin(factories.SYSTEM_ACTOR) as uow:
        uow.record("test.done", "test", 1)
    later.close()
    assert check(backends).broken_at is None


def altered(uow: UnitOfWork) -> None:
    uow.session.execute(update(Event).where(Event.sequence == 3).values(object_id=99))


def altered_detail(uow: UnitOfWork) -> None:
    uow.session.execute(update(Event).where(Event.sequence == 3).values(detail={"count": 2}))


def moved_in_time(uow: UnitOfWork) -> None:
    moved = factories.NOW - timedelta(microseconds=1)
    uow.session.execute(update(Event).where(Event.sequence == 3).values(at=moved))


def removed(uow: UnitOfWork) -> None:
    uow.session.execute(delete(Event).where(Event.sequence == 3))


def removed_and_closed_up(uow: UnitOfWork) -> None:
    removed(uow)
    for number in range(4, LINES + 1):
        uow.session.execute(update(Event).where(Event.sequence == number).values(sequence=number - 1))
    uow.session.execute(update(EventChain).values(length=LINES - 1))


def put_in(uow: UnitOfWork) -> None:
    columns = [column for column in Event.__table__.columns if column.name != "id"]
    last = uow.session.execute(select(*columns).where(Event.sequence == LINES)).one()._asdict()
    false = last | {"sequence": LINES + 1, "previous": last["hash"], "hash": "f" * 64}
    uow.session.execute(insert(Event).values(**false))
    uow.session.execute(update(EventChain).values(length=LINES + 1, head=false["hash"]))


def put_in_unknown_to_the_head(uow: UnitOfWork) -> None:
    put_in(uow)
    true_head = uow.session.scalar(select(Event.hash).where(Event.sequence == LINES))
    uow.session.execute(update(EventChain).values(length=LINES, head=true_head))


def cut_off(uow: UnitOfWork) -> None:
    uow.session.execute(delete(Event).where(Event.sequence >= LINES - 1))


def cut_off_with_the_head(uow: UnitOfWork) -> None:
    cut_off(uow)
    uow.session.execute(delete(EventChain))


def emptied(uow: UnitOfWork) -> None:
    uow.session.execute(delete(Event))


@pytest.mark.parametrize(
    ("deed", "found_at"),
    [
        (altered, 3),
        (altered_detail, 3),
        (moved_in_time, 3),
        (removed, 3),
        (removed_and_closed_up, 3),
        (put_in, LINES + 1),
        (put_in_unknown_to_the_head, LINES + 1),
        (cut_off, LINES - 1),
        (cut_off_with_the_head, LINES - 1),
        (emptied, 1),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_whatever_was_done_to_the_lines_is_found(
    trail: Backends, deed: Callable[[UnitOfWork], None], found_at: int
) -> None:
    with trail.begin(factories.SYSTEM_ACTOR) as uow:
        deed(uow)
    assert check(trail).broken_at == found_at


def test_a_unit_of_work_that_fails_leaves_no_line_and_no_gap(trail: Backends) -> None:
    with pytest.raises(LookupError), trail.begin(factories.SYSTEM_ACTOR) as uow:  # noqa: PT012
        uow.record("test.lost", "test", 1)
        raise LookupError
    with trail.begin(factories.SYSTEM_ACTOR) as uow:
        uow.record("test.done", "test", 2)
    assert check(trail) == ChainReport(LINES + 1, None)


def test_a_key_that_was_lost_is_named_and_never_made_again_under_its_name(trail: Backends) -> None:
    for path in trail.settings.keys.glob("*.key"):
        path.unlink()
    afterwards = Backends(trail.settings, send=Bell(), clock=lambda: factories.NOW)
    with afterwards.begin(factories.SYSTEM_ACTOR) as uow:
        uow.record("test.done", "test", 1)
    report = check(afterwards)
    afterwards.close()
    assert (report.broken_at, report.reason) == (1, "key k0001 is missing")


def test_lines_written_while_the_chain_is_read_do_not_break_it(trail: Backends) -> None:
    """On PostgreSQL every statement sees what was committed before it."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with trail.begin(factories.SYSTEM_ACTOR) as uow:
                uow.record("test.done", "test", 1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reports = [check(trail) for _ in range(15)]
    finally:
        stop.set()
        writer.join()
    assert [report.reason for report in reports if report.broken_at is not None] == []


def test_writers_at_once_share_one_key_and_one_chain(trail: Backends) -> None:
    others = [Backends(trail.settings, send=Bell(), clock=lambda: factories.NOW) for _ in range(4)]

    def write(mine: Backends) -> None:
        for number in range(5):
            with mine.begin(factories.SYSTEM_ACTOR) as uow:
                uow.record("test.done", "test", number)

    threads = [threading.Thread(target=write, args=(mine,)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in others:
        mine.close()
    assert check(trail) == ChainReport(LINES + 20, None)
    assert [path.name for path in trail.settings.keys.iterdir()] == ["k0001.key"]
