"""Arrivals of files: who brought what, when, under which name, and what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.document import Document
from app.models.file import StoredFile


class IntakeSource(StrEnum):
    """The door a file came through; all lead to the same read, link and index path."""

    BROWSER = "browser"
    COMMAND = "command"
    API = "api"
    PAPER = "paper"
    SIGNED_SCAN = "signed_scan"
    FOLDER = "folder"
    RESCAN = "rescan"


class Outcome(StrEnum):
    """What became of one arrival. The first three follow from the document's state and are never stored."""

    WAITING = "waiting"
    SEARCHABLE = "searchable"
    WEAK = "weak"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    REMOVED = "removed"


class Batch(Base):
    """Files that arrived together."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    source: Mapped[IntakeSource] = mapped_column(closed_set(IntakeSource))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    created_at: Mapped[datetime]

    items: Mapped[list["Intake"]] = relationship(back_populates="batch", order_by="Intake.id")


class Intake(Base):
    """One arrival of one file. `settled` is an outcome that no longer follows from a document: refused (failed),
    duplicate or removed. `delivered_at` is when the files inside it had all arrived, for one that has any."""

    __tablename__ = "intake"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("intake.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    settled: Mapped[Outcome | None] = mapped_column(closed_set(Outcome))
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(String(500), default="")
    received_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    batch: Mapped[Batch] = relationship(back_populates="items")
    file: Mapped[StoredFile | None] = relationship()
    document: Mapped[Document | None] = relationship()


class Upload(Base):
    """A file that is being sent in pieces and may go on after a lost connection: `received` bytes of `size` lie in the
    store's folder for uploads under `key`. Name, size and date `modified` (ms since 1970) tell the same file when it is
    sent again. The row goes when the file has become an arrival or was given up."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    modified: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]


class WatchedFolder(Base):
    """A folder from which files are taken in for one organisation in the name of one account."""

    __tablename__ = "watched_folder"
    __table_args__ = (Index("uq_watched_folder_path", "path", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(1000))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
