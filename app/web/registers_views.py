"""Number books as the pages show them: every number in order, cancelled ones and gaps visible."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import BookKeeping, EntryState, Organisation, Paper, RegisterEntry, RegisterSeries
from app.services.access import Act, may
from app.services.registers import books, gaps
from app.web.document_words import printed_number, type_name
from app.web.paper_words import badges_of_paper


@dataclass(frozen=True, slots=True)
class BookRow:
    """One book."""

    title: str
    url: str
    year: int
    organisation: str
    kept_here: bool
    last_number: str
    entries: int
    kinds: str
    gaps: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One number, or a number that is lacking."""

    number: str
    date: datetime.date | None = None
    symbol: str = ""
    paper_title: str = ""
    paper_url: str | None = None
    signer: str = ""
    recipients: str = ""
    badges: tuple[tuple[str, Any], ...] = ()
    reason: str = ""
    cancel_url: str | None = None
    place: tuple[int, str] = (0, "")


def kinds_text(book: RegisterSeries, others: Sequence[RegisterSeries]) -> str:
    """Which kinds of papers share the book."""
    if book.types:
        return ", ".join(type_name(code) for code in book.types)
    apart = [code for other in others if other.id != book.id for code in other.types]
    if not apart:
        return str(_("mọi loại văn bản"))
    return str(_("mọi loại còn lại, trừ %(kinds)s", kinds=", ".join(type_name(code) for code in apart)))


def beside(book: RegisterSeries, all_books: Sequence[RegisterSeries]) -> list[RegisterSeries]:
    """The books of the same body and year."""
    return [one for one in all_books if (one.organisation_id, one.year) == (book.organisation_id, book.year)]


def book_rows(uow: UnitOfWork) -> list[BookRow]:
    """All books in scope, the latest year first."""
    rows = books(uow)
    return [_book_row(uow, row, beside(row, rows)) for row in rows]


def _book_row(uow: UnitOfWork, book: RegisterSeries, others: Sequence[RegisterSeries]) -> BookRow:
    drawn = book.keeping is BookKeeping.DRAWN
    last = str(book.last or "") if drawn else "".join(_last(book))
    return BookRow(
        title=book.name,
        url=url_for("registers.view", book_id=book.id),
        year=book.year,
        organisation=organisation_name(uow, book),
        kept_here=drawn,
        last_number=printed_number(last),
        entries=len(book.entries),
        kinds=kinds_text(book, others),
        gaps=len(gaps(uow, book)),
    )


def _last(book: RegisterSeries) -> tuple[str, str]:
    if not book.entries:
        return "", ""
    last = max(book.entries, key=lambda entry: (entry.number, entry.suffix))
    return str(last.number), last.suffix


def organisation_name(uow: UnitOfWork, book: RegisterSeries) -> str:
    """The body that keeps the book."""
    return uow.session.get_one(Organisation, book.organisation_id).name


def entry_rows(uow: UnitOfWork, book: RegisterSeries) -> list[EntryRow]:
    """All numbers of a book in order, the gaps in their places."""
    papers = {
        entry.paper_id: uow.session.get_one(Paper, entry.paper_id)
        for entry in book.entries
        if entry.paper_id is not None
    }
    may_cancel = may(uow, Act.REGISTER_EDIT, book)
    rows = [_entry_row(entry, papers, may_cancel) for entry in book.entries]
    rows += [
        EntryRow(printed_number(str(number)), badges=(("bad", _("trống số")),), place=(number, ""))
        for number in gaps(uow, book)
    ]
    return sorted(rows, key=lambda row: row.place)


def _entry_row(entry: RegisterEntry, papers: Mapping[int, Paper], may_cancel: bool) -> EntryRow:
    paper = papers.get(entry.paper_id or 0)
    cancelled = entry.state is EntryState.CANCELLED
    badges: tuple[tuple[str, Any], ...] = ()
    if cancelled:
        badges = (("none", _("đã hủy")),)
    elif paper is not None:
        badges = badges_of_paper(paper)
    free = may_cancel and not cancelled and paper is None
    return EntryRow(
        number=printed_number(f"{entry.number}{entry.suffix}"),
        date=entry.date,
        symbol=entry.symbol,
        paper_title=entry.subject,
        paper_url=url_for("papers.view", paper_id=paper.id) if paper else None,
        signer=paper.signer_name if paper else "",
        recipients="; ".join(release.recipient for release in paper.releases) if paper else "",
        badges=badges,
        reason=_("Lý do hủy: %(reason)s", reason=entry.reason) if cancelled else "",
        cancel_url=url_for("registers.cancel", book_id=entry.series_id, entry_id=entry.id) if free else None,
        place=(entry.number, entry.suffix),
    )
