"""Papers (văn bản soạn tại đây): from draft to release, with every step and its remarks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.case import Case
from app.models.document import Document, Signed
from app.models.organisation import Organisation


class PaperState(StrEnum):
    """The life of a paper (Decree 30/2020 Articles 10-19); a return goes back to draft with the remarks."""

    DRAFT = "draft"
    PRESENTED = "presented"
    APPROVED = "approved"
    SIGNED = "signed"
    NUMBERED = "numbered"
    MADE = "made"
    RELEASED = "released"
    CANCELLED = "cancelled"


class Paper(Base):
    """One paper made here. `context` is what the drafter typed or the records gave; `frozen` is what was numbered,
    never changed after. `signed_document_id` is the signed scan that came back."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    form: Mapped[str] = mapped_column(String(20))
    form_version: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(400))
    act_date: Mapped[date]
    symbol: Mapped[str] = mapped_column(String(60), default="")
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state: Mapped[PaperState] = mapped_column(closed_set(PaperState), default=PaperState.DRAFT, index=True)
    revision: Mapped[int] = mapped_column(default=1)
    approved_revision: Mapped[int | None]
    remarks: Mapped[str] = mapped_column(String(1000), default="")
    number: Mapped[str | None] = mapped_column(String(20))
    number_date: Mapped[date | None]
    signed_on: Mapped[date | None]
    signer_name: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    docx_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pdf_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    make_tries: Mapped[int] = mapped_column(default=0)
    make_error: Mapped[str | None] = mapped_column(String(60))
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    case: Mapped[Case] = relationship()
    signed_document: Mapped[Document | None] = relationship(foreign_keys=[signed_document_id])
    steps: Mapped[list["PaperStep"]] = relationship(back_populates="paper", order_by="PaperStep.id")
    releases: Mapped[list["PaperRelease"]] = relationship(back_populates="paper", order_by="PaperRelease.id")

    @property
    def is_seen_signed(self) -> bool:
        """Whether a person looked at the scan that came back and saw the signature."""
        return self.signed_document is not None and self.signed_document.signed is Signed.CONFIRMED


class PaperStep(Base):
    """One step in the life of a paper: who, when, from which state to which, with what remark."""

    __tablename__ = "paper_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    before: Mapped[PaperState] = mapped_column(closed_set(PaperState))
    after: Mapped[PaperState] = mapped_column(closed_set(PaperState))
    remark: Mapped[str] = mapped_column(String(1000), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]

    paper: Mapped[Paper] = relationship(back_populates="steps")


class PaperRelease(Base):
    """A recipient to whom the paper went, how and when, with what proof."""

    __tablename__ = "paper_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(200))
    sent_on: Mapped[date]
    proof: Mapped[str] = mapped_column(String(300), default="")

    paper: Mapped[Paper] = relationship(back_populates="releases")
