"""Cases (hồ sơ): one procedure for one person, what happened in it, and the documents filed to it."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.organisation import Organisation
from app.models.person import Person
from app.models.provenance import Source

if TYPE_CHECKING:
    from app.models.document import Document


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


class FilingState(StrEnum):
    """A filing is proposed by the machine, and counts only when a person accepted it."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Case(Base):
    """One procedure for one person in one organisation. `circumstances` answers the conditions of the law data
    (key -> true or false; a key that is absent is not known). `term_*` are typed by the officer for now."""

    __tablename__ = "case"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    procedure: Mapped[str] = mapped_column(String(8))
    act_date: Mapped[date]
    opened_on: Mapped[date]
    began_elsewhere: Mapped[bool] = mapped_column(default=False)
    state: Mapped[CaseState] = mapped_column(closed_set(CaseState), default=CaseState.OPEN)
    term_from: Mapped[date | None]
    term_to: Mapped[date | None]
    circumstances: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    note: Mapped[str] = mapped_column(String(1000), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()
    events: Mapped[list["CaseEvent"]] = relationship(back_populates="case", order_by="CaseEvent.happened_on")
    dossiers: Mapped[list["Dossier"]] = relationship(back_populates="case", order_by="Dossier.id")


class CaseEvent(Base):
    """An act or happening of the case, made here or by another body (its number typed from paper)."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    happened_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(200), default="")
    number_text: Mapped[str] = mapped_column(String(80), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    case: Mapped[Case] = relationship(back_populates="events")


class Dossier(Base):
    """The set (bộ hồ sơ) that one list of required papers asks of a case."""

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("case_id", "checklist"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    checklist: Mapped[str] = mapped_column(String(40))

    case: Mapped[Case] = relationship(back_populates="dossiers")


class CaseDocument(Base):
    """The filing of a document to a case. `item` is the place on the list of required papers a person gave it;
    `evidence` holds what a proposal rests on (page, words)."""

    __tablename__ = "case_document"
    __table_args__ = (UniqueConstraint("case_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    item: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[Source] = mapped_column(closed_set(Source))
    state: Mapped[FilingState] = mapped_column(closed_set(FilingState))
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    document: Mapped["Document"] = relationship()
