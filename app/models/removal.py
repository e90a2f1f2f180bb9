"""Taking a document out: asked for by one person, decided by another, with a reason; a trace stays, no content."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.document import Document


class RemovalReason(StrEnum):
    """Why a document must not be here."""

    SECRET = "secret"  # noqa: S105 - a state secret: MẬT, TỐI MẬT, TUYỆT MẬT
    OTHER_PERSON = "other_person"  # somebody else's health result, or papers of another person
    OTHER = "other"


class RemovalState(StrEnum):
    """Where a removal stands. `approved` is decided and not yet carried out; the sweep carries it out."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class Removal(Base):
    """One request to remove the content of a document."""

    __tablename__ = "removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reason: Mapped[RemovalReason] = mapped_column(closed_set(RemovalReason))
    explanation: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[RemovalState] = mapped_column(closed_set(RemovalState), default=RemovalState.ASKED)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    remarks: Mapped[str] = mapped_column(String(500), default="")
    done_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship()
