"""Number books (sổ đăng ký văn bản đi): which book counts for a kind of paper, drawing, entering, cancelling.

Decree 30/2020 Article 15: one sequence per body and year from 01, number and symbol unique in the year. A number is
drawn with one `UPDATE ... RETURNING` in the unit of work that binds it to its paper, so that it is neither shared nor
skipped: where that unit of work fails, the number was never given.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.backends import UnitOfWork
from app.errors import DuplicateNumber, Invalid, NotFound, WrongState
from app.models import BookKeeping, EntryState, Organisation, Paper, RegisterEntry, RegisterSeries
from app.services.access import Act, owned_in, require, scope_of
from config.document_types import document_types

DEFAULT_BOOK = "Sổ đăng ký văn bản đi"
NUMBER = re.compile(r"0*([1-9]\d{0,6})([a-zđ]?)")  # digits from 1 on, one letter at most: 15, 015, 15a
YEARS = range(1975, 2200)
REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class NumberText:
    """A typed number in its parts: 15a is 15 and the suffix a."""

    number: int
    suffix: str

    def __str__(self) -> str:
        return f"{self.number}{self.suffix}"


def parse_number(text: str) -> NumberText:
    """The parts of a typed number. Raises `Invalid` for anything but digits from 1 on and one letter at most."""
    found = NUMBER.fullmatch(unicodedata.normalize("NFC", text).strip().lower())
    if found is None:
        raise Invalid(fields={"number_text": "Số gồm chữ số, từ 1 trở lên, có thể thêm một chữ cái (ví dụ 15a)."})
    return NumberText(int(found[1]), found[2])


def open_book(
    uow: UnitOfWork,
    *,
    organisation: Organisation,
    year: int,
    name: str = DEFAULT_BOOK,
    keeping: BookKeeping = BookKeeping.DRAWN,
    types: Sequence[str] = (),
) -> RegisterSeries:
    """Open a book of an organisation and year for some kinds of papers (none named: for all that no other book takes).

    Refused where another book of the year already takes one of the kinds, or has already given numbers to one: the
    same number and symbol would come twice in a year (Decree 30/2020 Article 15).
    """
    book = RegisterSeries(
        organisation_id=organisation.id,
        year=year,
        name=unicodedata.normalize("NFC", name).strip(),
        keeping=keeping,
        types=list(types),
        created_at=uow.now,
    )
    require(uow, Act.REGISTER_EDIT, book)
    _lock_books(uow, organisation.id)
    _check_book(uow, book)
    return _add_book(uow, book)


def _check_book(uow: UnitOfWork, book: RegisterSeries) -> None:
    if not book.name:
        raise Invalid(fields={"name": "Đặt tên sổ."})
    if book.year not in YEARS:
        raise Invalid(fields={"year": "Năm gồm bốn chữ số."})
    known = {kind.code for kind in document_types()}
    if not set(book.types) <= known:
        raise Invalid(fields={"types": "Chọn loại văn bản trong danh mục."})
    for other in _books_of(uow, book.organisation_id, book.year):
        if other.name == book.name:
            raise Invalid(fields={"name": "Năm này đã có sổ cùng tên."})
        if set(other.types) & set(book.types) or (not other.types and not book.types):
            raise Invalid(fields={"types": f"Loại văn bản này đã thuộc sổ “{other.name}”."})
        if _has_numbered(uow, other, book.types):
            raise Invalid(
                fields={"types": f"Sổ “{other.name}” đã cấp số cho loại này trong năm; mở sổ riêng từ năm sau."}
            )


def _has_numbered(uow: UnitOfWork, book: RegisterSeries, types: Sequence[str]) -> bool:
    query = (
        select(RegisterEntry.id)
        .join(Paper, Paper.id == RegisterEntry.paper_id)
        .where(RegisterEntry.series_id == book.id, Paper.type.in_(types))
        .limit(1)
    )
    return uow.session.scalar(query) is not None


def _add_book(uow: UnitOfWork, book: RegisterSeries) -> RegisterSeries:
    uow.session.add(book)
    uow.session.flush()
    uow.record("book.opened", "book", book.id, year=book.year, keeping=book.keeping.value, types=book.types)
    return book


def _lock_books(uow: UnitOfWork, organisation_id: int) -> None:
    """Hold the organisation's row, so that two clerks do not open the same book at once (SQLite has one writer).

    Without the key lock: writing any row that refers to the organisation must not wait for us, or two clerks, one with
    the organisation and one with the book, would wait for each other.
    """
    held = select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    uow.session.execute(held)


def _books_of(uow: UnitOfWork, organisation_id: int, year: int) -> Sequence[RegisterSeries]:
    return uow.session.scalars(
        select(RegisterSeries)
        .where(RegisterSeries.organisation_id == organisation_id, RegisterSeries.year == year)
        .order_by(RegisterSeries.id)
    ).all()


def book_for(uow: UnitOfWork, organisation_id: int, year: int, type: str) -> RegisterSeries:
    """The book that numbers this kind of paper in this year. Made on first need: set up as the books of the year
    before it, or else one drawn book for all kinds."""
    found = _covering(_books_of(uow, organisation_id, year), type)
    if found is not None:
        return found
    _lock_books(uow, organisation_id)
    books = list(_books_of(uow, organisation_id, year))
    if not books:
        books = [_add_book(uow, book) for book in _as_last_year(uow, organisation_id, year)]
    found = _covering(books, type)
    if found is not None:
        return found
    taken = {book.name for book in books}
    name = next(
        n for n in (DEFAULT_BOOK, f"{DEFAULT_BOOK} (các loại khác)", f"{DEFAULT_BOOK} {type}") if n not in taken
    )
    return _add_book(uow, _blank_book(uow, organisation_id, year, name, BookKeeping.DRAWN, []))


def _as_last_year(uow: UnitOfWork, organisation_id: int, year: int) -> list[RegisterSeries]:
    """New books for `year`, set up as those of the latest year before it; none where there is no such year."""
    before = uow.session.scalar(
        select(RegisterSeries.year)
        .where(RegisterSeries.organisation_id == organisation_id, RegisterSeries.year < year)
        .order_by(RegisterSeries.year.desc())
        .limit(1)
    )
    if before is None:
        return []
    old = _books_of(uow, organisation_id, before)
    return [_blank_book(uow, organisation_id, year, book.name, book.keeping, list(book.types)) for book in old]


def _blank_book(
    uow: UnitOfWork, organisation_id: int, year: int, name: str, keeping: BookKeeping, types: list[str]
) -> RegisterSeries:
    return RegisterSeries(
        organisation_id=organisation_id, year=year, name=name, keeping=keeping, types=types, created_at=uow.now
    )


def _covering(books: Sequence[RegisterSeries], type: str) -> RegisterSeries | None:
    named = [book for book in books if type in book.types]
    rest = [book for book in books if not book.types]
    return next(iter(named + rest), None)


def draw(
    uow: UnitOfWork, series: RegisterSeries, *, paper: Paper | None, date: date, symbol: str, subject: str
) -> RegisterEntry:
    """The next number of a book kept here, bound to the paper (or to an outgoing paper made elsewhere: None)."""
    require(uow, Act.PAPER_NUMBER, series)
    if series.keeping is not BookKeeping.DRAWN:
        raise WrongState("Sổ này giữ ở ngoài: nhập số đã cấp.")
    number = uow.session.execute(
        update(RegisterSeries)
        .where(RegisterSeries.id == series.id)
        .values(last=RegisterSeries.last + 1)
        .returning(RegisterSeries.last)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    uow.session.refresh(series, ["last"])
    entry = _entry(uow, series, NumberText(number, ""), paper, date, symbol, subject)
    uow.session.add(entry)
    uow.session.flush()
    uow.record("number.drawn", "book", series.id, entry=entry.id, number=number, paper=entry.paper_id)
    return entry


def enter(
    uow: UnitOfWork,
    series: RegisterSeries,
    *,
    number_text: str,
    paper: Paper | None,
    date: date,
    symbol: str,
    subject: str,
) -> RegisterEntry:
    """A number given by a book that is kept elsewhere. Raises `DuplicateNumber` where the book has it already."""
    require(uow, Act.PAPER_NUMBER, series)
    if series.keeping is not BookKeeping.ENTERED:
        raise WrongState("Sổ này giữ tại đây: hệ thống tự cấp số tiếp theo.")
    entry = _entry(uow, series, parse_number(number_text), paper, date, symbol, subject)
    try:
        with uow.session.begin_nested():
            uow.session.add(entry)
    except IntegrityError as error:
        raise DuplicateNumber() from error
    uow.record("number.entered", "book", series.id, entry=entry.id, number=number_text.strip(), paper=entry.paper_id)
    return entry


def _entry(
    uow: UnitOfWork,
    series: RegisterSeries,
    number: NumberText,
    paper: Paper | None,
    day: date,
    symbol: str,
    subject: str,
) -> RegisterEntry:
    if day.year != series.year:
        raise Invalid(fields={"date": f"Sổ này của năm {series.year}; ngày văn bản phải trong năm đó."})
    if _in_another_book(uow, series, number, symbol):
        raise DuplicateNumber()
    return RegisterEntry(
        series_id=series.id,
        number=number.number,
        suffix=number.suffix,
        symbol=symbol,
        date=day,
        subject=subject[:400],
        paper_id=None if paper is None else paper.id,
        user_id=uow.actor.user_id,
        created_at=uow.now,
    )


def _in_another_book(uow: UnitOfWork, series: RegisterSeries, number: NumberText, symbol: str) -> bool:
    """Number and symbol are unique in the year of a body, whatever its books (Decree 30/2020 Article 15)."""
    query = (
        select(RegisterEntry.id)
        .join(RegisterSeries, RegisterSeries.id == RegisterEntry.series_id)
        .where(
            RegisterSeries.organisation_id == series.organisation_id,
            RegisterSeries.year == series.year,
            RegisterSeries.id != series.id,
            RegisterEntry.number == number.number,
            RegisterEntry.suffix == number.suffix,
            RegisterEntry.symbol == symbol,
        )
        .limit(1)
    )
    return uow.session.scalar(query) is not None


def cancel_entry(uow: UnitOfWork, entry: RegisterEntry, *, reason: str) -> None:
    """Cancel a number that no paper holds; that of a paper is cancelled with the paper (`papers.cancel`)."""
    require(uow, Act.REGISTER_EDIT, uow.session.get_one(RegisterSeries, entry.series_id))
    if entry.paper_id is not None:
        raise WrongState("Số này thuộc một văn bản: hủy văn bản đó, số sẽ hủy theo.")
    mark_cancelled(uow, entry, reason)


def mark_cancelled(uow: UnitOfWork, entry: RegisterEntry, reason: str) -> None:
    """Cancel a number with its reason: it stays in the book and is never given again."""
    text = unicodedata.normalize("NFC", reason).strip()[:REASON_LENGTH]
    if not text:
        raise Invalid(fields={"reason": "Ghi lý do hủy số."})
    if entry.state is EntryState.CANCELLED:
        raise WrongState("Số này đã hủy.")
    entry.state, entry.reason = EntryState.CANCELLED, text
    uow.record("number.cancelled", "book", entry.series_id, entry=entry.id)


def entry_of(uow: UnitOfWork, paper: Paper) -> RegisterEntry | None:
    """The number that a paper holds or held."""
    return uow.session.scalar(select(RegisterEntry).where(RegisterEntry.paper_id == paper.id))


def gaps(uow: UnitOfWork, series: RegisterSeries) -> tuple[int, ...]:
    """Numbers of a book kept here that were drawn but have no entry: there must be none. A book kept elsewhere is
    known here in part only, so that nothing can be said of it."""
    require(uow, Act.REGISTER_VIEW, series)
    if series.keeping is not BookKeeping.DRAWN:
        return ()
    known = set(uow.session.scalars(select(RegisterEntry.number).where(RegisterEntry.series_id == series.id)))
    return tuple(number for number in range(1, series.last + 1) if number not in known)


def books(uow: UnitOfWork) -> Sequence[RegisterSeries]:
    """All books in scope, the latest year first."""
    require(uow, Act.REGISTER_VIEW)
    scope = scope_of(uow)
    return uow.session.scalars(
        select(RegisterSeries)
        .where(owned_in(RegisterSeries.organisation_id, scope))
        .order_by(RegisterSeries.year.desc(), RegisterSeries.organisation_id, RegisterSeries.id)
    ).all()


def book(uow: UnitOfWork, book_id: int) -> RegisterSeries:
    """One book, with its entries in order."""
    found = uow.session.get(RegisterSeries, book_id)
    if found is None:
        raise NotFound()
    require(uow, Act.REGISTER_VIEW, found)
    return found
