"""Number books: never shared, never skipped, cancelled ones stay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.errors import DuplicateNumber, Invalid, NotAllowed, NotFound, WrongState
from app.models import BookKeeping, EntryState, Paper, RegisterEntry, RegisterSeries
from app.services import papers, registers
from tests import desks, factories
from tests.desks import Desk


def _elsewhere(desk: Desk) -> int:
    """A book of 2026 kept on paper for everything; its id."""
    with desk.backends.begin(desk.clerk) as uow:
        return registers.open_book(
            uow, organisation=desk.organisation(uow), year=2026, name="Sổ giấy", keeping=BookKeeping.ENTERED
        ).id


def _draw(desk: Desk, book: int | None = None, by: Actor | None = None) -> RegisterEntry:
    with desk.backends.begin(by or desk.clerk) as uow:
        series = (
            registers.book_for(uow, desk.organisation_id, 2026, "QĐ")
            if book is None
            else uow.session.get_one(RegisterSeries, book)
        )
        return registers.draw(uow, series, paper=None, date=date(2026, 11, 20), symbol="QĐ-UBND", subject="Thử")


def _enter(desk: Desk, book: int, text: str) -> RegisterEntry:
    with desk.backends.begin(desk.clerk) as uow:
        return registers.enter(
            uow,
            uow.session.get_one(RegisterSeries, book),
            number_text=text,
            paper=None,
            date=date(2026, 11, 20),
            symbol="QĐ-UBND",
            subject="Thử",
        )


def test_one_drawn_book_for_all_kinds_is_made_on_first_need(desk: Desk) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        decision = registers.book_for(uow, desk.organisation_id, 2026, "QĐ")
        certificate = registers.book_for(uow, desk.organisation_id, 2026, "GXN")
        assert decision is certificate
        assert decision.keeping is BookKeeping.DRAWN
        assert decision.types == []


def test_numbers_begin_at_one_each_year(desk: Desk) -> None:
    assert [_draw(desk).number, _draw(desk).number] == [1, 2]
    with desk.backends.begin(desk.clerk) as uow:
        series = registers.book_for(uow, desk.organisation_id, 2025, "QĐ")
        entry = registers.draw(uow, series, paper=None, date=date(2025, 5, 5), symbol="QĐ-UBND", subject="Thử")
        assert entry.number == 1


def test_a_new_year_is_set_up_as_the_year_before(desk: Desk) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        office = desk.organisation(uow)
        registers.open_book(uow, organisation=office, year=2025, name="Sổ quyết định", types=["QĐ"])
        registers.open_book(uow, organisation=office, year=2025, name="Sổ giấy", keeping=BookKeeping.ENTERED)
    with desk.backends.begin(desk.clerk) as uow:
        assert registers.book_for(uow, desk.organisation_id, 2026, "QĐ").name == "Sổ quyết định"
        assert registers.book_for(uow, desk.organisation_id, 2026, "GXN").keeping is BookKeeping.ENTERED


def test_a_kind_belongs_to_one_book_of_the_year(desk: Desk) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        registers.open_book(uow, organisation=desk.organisation(uow), year=2026, name="A", types=["QĐ"])
    with pytest.raises(Invalid), desk.backends.begin(desk.clerk) as uow:
        registers.open_book(uow, organisation=desk.organisation(uow), year=2026, name="B", types=["QĐ", "GXN"])


def test_a_book_of_its_own_is_refused_once_the_kind_was_numbered_in_the_year(desk: Desk) -> None:
    desks.numbered(desk)
    with pytest.raises(Invalid), desk.backends.begin(desk.clerk) as uow:
        registers.open_book(uow, organisation=desk.organisation(uow), year=2026, name="Sổ quyết định", types=["QĐ"])


def test_a_unit_of_work_that_fails_skips_no_number(desk: Desk) -> None:
    _draw(desk)

    def draw_and_fail() -> None:
        with desk.backends.begin(desk.clerk) as uow:
            series = registers.book_for(uow, desk.organisation_id, 2026, "QĐ")
            registers.draw(uow, series, paper=None, date=date(2026, 11, 20), symbol="QĐ-UBND", subject="Thử")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        draw_and_fail()
    assert _draw(desk).number == 2


@pytest.mark.parametrize("typed", ["15a", "015A", " 15a "])
def test_a_number_from_a_book_kept_elsewhere_may_have_a_letter(desk: Desk, typed: str) -> None:
    entry = _enter(desk, _elsewhere(desk), typed)
    assert (entry.number, entry.suffix) == (15, "a")


@pytest.mark.parametrize("typed", ["", "0", "a", "15ab", "-3", "1.5", "15/QĐ"])
def test_a_typed_number_that_is_none_is_refused(desk: Desk, typed: str) -> None:
    book = _elsewhere(desk)
    with pytest.raises(Invalid):
        _enter(desk, book, typed)


def test_a_typed_number_is_taken_once(desk: Desk) -> None:
    book = _elsewhere(desk)
    _enter(desk, book, "15")
    _enter(desk, book, "15a")
    with pytest.raises(DuplicateNumber):
        _enter(desk, book, "015")


def test_number_and_symbol_are_unique_over_all_books_of_the_year(desk: Desk) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        own = registers.open_book(uow, organisation=desk.organisation(uow), year=2026, name="A", types=["QĐ"]).id
    rest = _elsewhere(desk)
    _draw(desk, own)
    with pytest.raises(DuplicateNumber):
        _enter(desk, rest, "1")


def test_a_book_kept_here_takes_no_typed_number_and_one_kept_elsewhere_draws_none(desk: Desk) -> None:
    book = _elsewhere(desk)
    with pytest.raises(WrongState):
        _draw(desk, book)
    with desk.backends.begin(desk.clerk) as uow:
        drawn = registers.book_for(uow, desk.organisation_id, 2025, "QĐ").id
    with pytest.raises(WrongState):
        _enter(desk, drawn, "7")


def test_a_cancelled_number_stays_with_its_reason_and_is_not_given_again(desk: Desk) -> None:
    entry_id = _draw(desk).id
    with desk.backends.begin(desk.clerk) as uow:
        registers.cancel_entry(uow, uow.session.get_one(RegisterEntry, entry_id), reason="Ghi nhầm sổ")
    with desk.backends.read(desk.clerk) as uow:
        kept = uow.session.get_one(RegisterEntry, entry_id)
        assert (kept.state, kept.reason) == (EntryState.CANCELLED, "Ghi nhầm sổ")
    assert _draw(desk).number == 2


def test_a_cancellation_needs_a_reason(desk: Desk) -> None:
    entry_id = _draw(desk).id
    with pytest.raises(Invalid), desk.backends.begin(desk.clerk) as uow:
        registers.cancel_entry(uow, uow.session.get_one(RegisterEntry, entry_id), reason=" ")


def test_the_number_of_a_paper_is_cancelled_with_the_paper_only(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.begin(desk.clerk) as uow:
        entry = registers.entry_of(uow, papers.paper(uow, paper_id))
        assert entry is not None
        with pytest.raises(WrongState):
            registers.cancel_entry(uow, entry, reason="Nhầm")
        papers.cancel(uow, papers.paper(uow, paper_id), reason="In sai tên")
        assert entry.state is EntryState.CANCELLED


def test_a_drawn_number_without_an_entry_is_a_gap(desk: Desk) -> None:
    _draw(desk)
    with desk.backends.begin(desk.clerk) as uow:
        series = registers.book_for(uow, desk.organisation_id, 2026, "QĐ")
        assert registers.gaps(uow, series) == ()
        series.last = 3  # what tampering with the database would leave
        uow.session.flush()
        assert registers.gaps(uow, series) == (2, 3)


@pytest.mark.parametrize("role", [Role.RECORDS_OFFICER, Role.LEADER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_only_the_office_clerk_draws(desk: Desk, role: Role) -> None:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        actor = factories.user(uow, desk.organisation(uow), role).actor()
    with pytest.raises((NotAllowed, NotFound)):
        _draw(desk, by=actor)
    assert _numbers(desk) == []


def _numbers(desk: Desk) -> list[int]:
    with desk.backends.read(desk.clerk) as uow:
        return list(uow.session.scalars(select(RegisterEntry.number).order_by(RegisterEntry.number)))


def _shares(desk: Desk, clerks: int, each: int) -> list[list[int]]:
    return [[desks.signed(desk) for _ in range(each)] for _ in range(clerks)]


def test_clerks_in_threads_never_share_or_skip_a_number(desk: Desk) -> None:
    papers_to_number = [paper for share in _shares(desk, 1, 8) for paper in share]
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda paper: desks.number_one(desk.backends, desk.clerk, paper), papers_to_number))
    assert sorted(map(int, given)) == list(range(1, 9))
    assert _numbers(desk) == list(range(1, 9))


def test_clerks_in_processes_never_share_or_skip_a_number(desk: Desk, tmp_path: Path, database_url: str) -> None:
    shares = _shares(desk, 2, 4)
    environment = {"HOSO_HOME": str(tmp_path / "home"), "HOSO_DATABASE_URL": database_url}
    given = desks.in_processes(environment, desk.clerk, shares)
    assert sorted(map(int, given)) == list(range(1, 9))
    assert _numbers(desk) == list(range(1, 9))


def test_two_clerks_at_one_paper_give_it_one_number(desk: Desk) -> None:
    paper_id = desks.signed(desk)

    def try_it(_: int) -> str:
        try:
            return desks.number_one(desk.backends, desk.clerk, paper_id)
        except WrongState:
            return "late"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_it, range(2))) == ["1", "late"]
    with desk.backends.read(desk.clerk) as uow:
        assert uow.session.get_one(Paper, paper_id).number == "1"
    assert _numbers(desk) == [1]


def test_two_clerks_with_the_first_number_of_a_year_open_one_book(desk: Desk) -> None:
    first, second = desks.signed(desk), desks.signed(desk)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda paper: desks.number_one(desk.backends, desk.clerk, paper), [first, second]))
    with desk.backends.read(desk.clerk) as uow:
        assert len(registers.books(uow)) == 1
