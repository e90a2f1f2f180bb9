"""Documents (văn bản): items of record, each an ordered list of pages of stored files, with facts and their sources."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.file import PageText, StoredFile
from app.models.organisation import Organisation
from app.models.provenance import Source


class CopyKind(StrEnum):
    """What kind of copy the bytes are (Decree 30/2020 Article 3; on the screen: bản gốc, sao y, ...)."""

    UNKNOWN = "unknown"
    ORIGINAL_SCAN = "original_scan"  # bản quét của bản gốc đã ký
    CERTIFIED_COPY = "certified_copy"  # sao y
    COPY_OF_COPY = "copy_of_copy"  # sao lục
    EXTRACT = "extract"  # trích sao
    WORKING_COPY = "working_copy"
    ELECTRONIC = "electronic"  # văn bản điện tử


_UNREAD = text("quality = 'unread'")


class Quality(StrEnum):
    """How well the pages could be read; also the search facet."""

    TEXT = "text"
    SCAN = "scan"
    WEAK = "weak"
    UNREAD = "unread"


class Signed(StrEnum):
    """What is known of the signature: only a person settles it."""

    UNSEEN = "unseen"  # chưa thấy chữ ký, cần người xem
    CONFIRMED = "confirmed"
    UNSIGNED = "unsigned"  # a person looked: not signed


class Document(Base):
    """One item of record. `revision` counts every change that the index must know; `indexed_revision` is what the
    index has; `access_pending` hides the document from search until the index knows its new owners or flags.

    `parcel_id` is the whole scan of which this document is a part; `set_aside_at` says that it is not an item of record
    now: a whole that was split into its papers, or a part of a split that was undone. `two_sided` says whether each
    sheet has two of its pages (None: not known). `version_of_id` is the document of which it is another copy.
    `rescan_of_id` is the document of which it is a better scan that waits to take the place of the old one.
    `quarantined_at` closes it to everybody but those who decide about its removal; at `removed_at` its content went."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_drift", "indexed_revision", "revision"),
        Index("ix_document_access_pending", "access_pending"),
        # Each page of results counts the few that could not be read.
        Index("ix_document_unread", "indexed_revision", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(400), default="")
    type: Mapped[str] = mapped_column(String(12), default="KHAC")
    number: Mapped[str | None] = mapped_column(String(20))
    symbol: Mapped[str | None] = mapped_column(String(60))
    date: Mapped[date | None]
    date_text: Mapped[str] = mapped_column(String(20), default="")
    body: Mapped[str] = mapped_column(String(200), default="")
    signer: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    typed_text: Mapped[str] = mapped_column(String(4000), default="")
    copy_kind: Mapped[CopyKind] = mapped_column(closed_set(CopyKind), default=CopyKind.UNKNOWN)
    kept_at: Mapped[str] = mapped_column(String(120), default="")
    quality: Mapped[Quality | None] = mapped_column(closed_set(Quality))
    failure_code: Mapped[str | None] = mapped_column(String(60))
    signed: Mapped[Signed] = mapped_column(closed_set(Signed), default=Signed.UNSEEN)
    signed_by_user: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_seen_at: Mapped[datetime | None]
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    fact_flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    revision: Mapped[int] = mapped_column(default=1)
    indexed_revision: Mapped[int | None]
    access_pending: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]
    deletion_reason: Mapped[str] = mapped_column(String(300), default="")
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    set_aside_at: Mapped[datetime | None]
    two_sided: Mapped[bool | None]
    version_of_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    rescan_of_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    quarantined_at: Mapped[datetime | None]
    quarantine_code: Mapped[str | None] = mapped_column(String(60))
    removed_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    file: Mapped[StoredFile] = relationship()
    pages: Mapped[list["DocumentPage"]] = relationship(back_populates="document", order_by="DocumentPage.position")
    facts: Mapped[list["DocumentFact"]] = relationship(back_populates="document", order_by="DocumentFact.id")

    @property
    def is_kept_out(self) -> bool:
        """Whether search shows nothing of it: deleted, removed, quarantined, or not an item of record now."""
        gone = self.deleted_at or self.removed_at or self.quarantined_at or self.set_aside_at
        return gone is not None

    def touch(self) -> None:
        """Say that the index must learn of a change."""
        self.revision += 1

    def hide_until_indexed(self) -> None:
        """Say that who may see the document has changed: hidden from search until the index knows."""
        self.touch()
        self.access_pending = True


def in_use() -> ColumnElement[bool]:
    """`not is_kept_out` as an SQL condition on `Document`."""
    return and_(is_open(), Document.set_aside_at.is_(None))


def is_open() -> ColumnElement[bool]:
    """Documents that somebody may open: not deleted, not removed, not quarantined; as an SQL condition."""
    return and_(Document.deleted_at.is_(None), Document.removed_at.is_(None), Document.quarantined_at.is_(None))


class DocumentPage(Base):
    """The page at `position` (from 1) of a document: a page of a stored file. `hidden` leaves a blank side out of the
    reading view, not out of the count; `sheet` is the number written on the paper's sheet (bút lục)."""

    __tablename__ = "document_page"
    __table_args__ = (UniqueConstraint("document_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    stored_file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    page: Mapped[int]
    hidden: Mapped[bool] = mapped_column(default=False)
    sheet: Mapped[str] = mapped_column(String(12), default="")
    sheet_source: Mapped[Source | None] = mapped_column(closed_set(Source))

    document: Mapped[Document] = relationship(back_populates="pages")
    file: Mapped[StoredFile] = relationship()


def text_of_page() -> ColumnElement[bool]:
    """The reading of a `DocumentPage` that counts, as the condition on which `PageText` is joined to it."""
    return and_(
        PageText.stored_file_id == DocumentPage.stored_file_id,
        PageText.page == DocumentPage.page,
        PageText.current.is_(True),
    )


class DocumentFact(Base):
    """Where a fact of a document comes from: the parser, with page and words, or a person, with name and moment."""

    __tablename__ = "document_fact"
    __table_args__ = (UniqueConstraint("document_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    name: Mapped[str] = mapped_column(String(30))
    value: Mapped[str] = mapped_column(String(500))
    source: Mapped[Source] = mapped_column(closed_set(Source))
    page: Mapped[int | None]
    quote: Mapped[str] = mapped_column(String(500), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]

    document: Mapped[Document] = relationship(back_populates="facts")
