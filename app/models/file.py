"""Stored bytes and what was read from them. These belong to no organisation: they are reached through a Document."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set


class ReadingState(StrEnum):
    """The state of reading one slice."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TextSource(StrEnum):
    """Where the words of a page come from."""

    TEXT = "text"
    OCR = "ocr"
    NONE = "none"


class StoredFile(Base):
    """Distinct bytes, never changed. `finished_engine` is the engine version whose readings are complete (done or
    failed) and were turned into facts; `signatures` are the digital ones that a survey found; `cleared_at` says that
    the bytes were removed by decision of two persons."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    media_type: Mapped[str | None] = mapped_column(String(100))
    pages: Mapped[int | None]
    finished_engine: Mapped[str | None] = mapped_column(String(20))
    signatures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    cleared_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    readings: Mapped[list["Reading"]] = relationship(back_populates="file", order_by="Reading.first")


class Reading(Base):
    """One slice of one file with one engine version; `first` = 0 is the survey that finds type, pages and slices, and
    `first` = -1 the unpacking of the files inside.
    `runner` names the process that claimed it (host:pid:start), so that a dead one is seen at once; `rung_at` is when
    the sweep last rang for it. `lease_until` of a failed one is when it was given up."""

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("stored_file_id", "engine", "first"),
        Index("ix_reading_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    engine: Mapped[str] = mapped_column(String(20))
    first: Mapped[int]
    last: Mapped[int]
    ocr: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ReadingState] = mapped_column(closed_set(ReadingState), default=ReadingState.DUE)
    tries: Mapped[int] = mapped_column(default=0)
    runner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None]
    rung_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_page: Mapped[int | None]
    error_advice: Mapped[str] = mapped_column(String(500), default="")

    file: Mapped[StoredFile] = relationship(back_populates="readings")


SURVEY_FIRST = 0
UNPACK_FIRST = -1


class FileMember(Base):
    """A file inside a stored file (of an archive, a mail, a portfolio), in its order; `code` says why one could not be
    taken out. It belongs to no organisation: each arrival of the container makes arrivals of its members."""

    __tablename__ = "file_member"
    __table_args__ = (UniqueConstraint("container_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    container_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(500))
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(String(500), default="")


class PageText(Base):
    """The text of one page. Words with boxes lie in a derived file of the slice, `words_name` in the store.

    `current` marks the one reading of a page that is shown and searched: the newest engine's, page by page. `running`
    is the offset in `text` where running heads and page numbers begin; `regions` and `steps` are those of
    `ingestion.Page`; `pictured` says whether the page can be shown as a picture."""

    __tablename__ = "page_text"
    __table_args__ = (
        UniqueConstraint("stored_file_id", "page", "engine"),
        Index("ix_page_text_current", "stored_file_id", "page", "current"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    page: Mapped[int]
    engine: Mapped[str] = mapped_column(String(20))
    source: Mapped[TextSource] = mapped_column(closed_set(TextSource))
    confidence: Mapped[float | None]
    width: Mapped[float]
    height: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    current: Mapped[bool] = mapped_column(default=True)
    blank: Mapped[bool] = mapped_column(default=False)
    pictured: Mapped[bool] = mapped_column(default=True)
    running: Mapped[int | None]
    regions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    words_name: Mapped[str] = mapped_column(String(80))
