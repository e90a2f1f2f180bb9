"""Number books (sổ đăng ký văn bản đi) of an organisation and the numbers in them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set


class BookKeeping(StrEnum):
    """`drawn`: the book is kept here and gives the next number; `entered`: it is kept elsewhere, numbers are typed."""

    DRAWN = "drawn"
    ENTERED = "entered"


class EntryState(StrEnum):
    """A cancelled number stays visible and is never given again."""

    ACTIVE = "active"
    CANCELLED = "cancelled"


class RegisterSeries(Base):
    """One book of one organisation and year. `types` are the document types it covers, empty for all
    (Decree 30/2020 Article 15: one sequence per body and year by default)."""

    __tablename__ = "register_series"
    __table_args__ = (UniqueConstraint("organisation_id", "year", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    keeping: Mapped[BookKeeping] = mapped_column(closed_set(BookKeeping))
    types: Mapped[list[str]] = mapped_column(JSON, default=list)
    last: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    entries: Mapped[list["RegisterEntry"]] = relationship(back_populates="series", order_by="RegisterEntry.number")


class RegisterEntry(Base):
    """A number in a book, bound to the paper that has it. `suffix` is a letter such as the a of 15a."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("series_id", "number", "suffix"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("register_series.id"))
    number: Mapped[int]
    suffix: Mapped[str] = mapped_column(String(4), default="")
    symbol: Mapped[str] = mapped_column(String(60))
    date: Mapped[date]
    subject: Mapped[str] = mapped_column(String(400), default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), index=True)
    state: Mapped[EntryState] = mapped_column(closed_set(EntryState), default=EntryState.ACTIVE)
    reason: Mapped[str] = mapped_column(String(300), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    series: Mapped[RegisterSeries] = relationship(back_populates="entries")
