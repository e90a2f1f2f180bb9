"""How a scan of several papers is cut into documents, which scans a document had before, and which look alike."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.document import Document


class SplitState(StrEnum):
    """Where a split stands: proposed by the reading, being worked on by a person, in force, or undone."""

    PROPOSED = "proposed"
    DRAFT = "draft"
    CONFIRMED = "confirmed"
    UNDONE = "undone"


class SplitPlan(Base):
    """The one plan of how a whole scan is cut; `parts` is a list of papers in order, each with its pages (see
    `app.services.split_plans`). The stored file never changes by it. `joined_id` is the scan with which this one is cut
    together: its pages then stand in that scan's plan, and `parts` here is empty."""

    __tablename__ = "split_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    state: Mapped[SplitState] = mapped_column(closed_set(SplitState), default=SplitState.PROPOSED)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    revision: Mapped[int] = mapped_column(default=1)
    joined_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]

    document: Mapped[Document] = relationship(foreign_keys=[document_id])


class EarlierScan(Base):
    """The pages that a document had before a better scan took their place; `pages` is a list of {file, page, hidden,
    sheet} in order, `file_name` the name under which that scan had come."""

    __tablename__ = "earlier_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(300), default="")
    pages: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(300), default="")
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    replaced_at: Mapped[datetime]


class LikenessState(StrEnum):
    """What a person said of two documents with the same text: nothing yet, versions of one, or two papers."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Likeness(Base):
    """Two documents of one organisation whose texts agree, `share` of their words (0 to 1); the newer one first."""

    __tablename__ = "likeness"
    __table_args__ = (UniqueConstraint("document_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    share: Mapped[float] = mapped_column(Float)
    state: Mapped[LikenessState] = mapped_column(closed_set(LikenessState), default=LikenessState.PROPOSED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]


class TextPrint(Base):
    """One band of the fingerprint of a document's text: documents that share a band are compared."""

    __tablename__ = "text_print"
    __table_args__ = (UniqueConstraint("document_id", "band"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    band: Mapped[str] = mapped_column(String(24), index=True)
