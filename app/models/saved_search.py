"""Saved searches, who is told of new results, what matched, and lists of names or numbers that are searched for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.account import User
from app.models.asked import AskedState
from app.models.base import Base, closed_set
from app.models.organisation import Organisation


class SavedSearch(Base):
    """A question kept under a name. `filters` are facet name -> values, persons among them. `revision` grows with every
    change of what is asked or of who is told; of a deleted one name, question and matches are gone, the row stays."""

    __tablename__ = "saved_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(1000))
    filters: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()


class SearchAlert(Base):
    """An account that is told of new results of a saved search: of documents since `since`, of those found after
    `seen_at` as new. One on a named person has its basis and the last day on which it tells."""

    __tablename__ = "search_alert"
    __table_args__ = (UniqueConstraint("saved_search_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    basis: Mapped[str] = mapped_column(String(300), default="")
    until: Mapped[date | None]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]

    search: Mapped[SavedSearch] = relationship()


class SearchMatch(Base):
    """A document that a saved search finds, since when; nothing is said of who may see it. `holds` is false once the
    document changed so that it is not found any more: it is not told of a second time."""

    __tablename__ = "search_match"

    saved_search_id: Mapped[int] = mapped_column(ForeignKey("saved_search.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, index=True)
    found_at: Mapped[datetime]
    holds: Mapped[bool] = mapped_column(default=True)


class PercolationDue(Base):
    """A document that was written to the index and that the saved searches were not asked about yet; `first` where the
    index did not know it before."""

    __tablename__ = "percolation_due"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    first: Mapped[bool] = mapped_column(default=False)


class ListSearch(Base):
    """Many questions of one account asked at once. `lines` are what was typed or sent; `answers` are, as far as they
    were asked, [documents or null where these were not asked for, the id of the only one or null, persons, the id of
    the only one or null, 1 where these are only nearly called so, the ids of several, 1 where the documents are what is
    filed to these persons]."""

    __tablename__ = "list_search"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[AskedState] = mapped_column(closed_set(AskedState), default=AskedState.ASKED)
    kind: Mapped[str] = mapped_column(String(12))
    lines: Mapped[list[str]] = mapped_column(JSON, default=list)
    answers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    total: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    touched_at: Mapped[datetime]

    user: Mapped[User] = relationship()
