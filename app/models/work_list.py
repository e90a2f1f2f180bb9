"""Work lists: documents that somebody put together from results, in an order of their own, with notes."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.account import User
from app.models.base import Base
from app.models.document import Document
from app.models.organisation import Organisation


class WorkList(Base):
    """A list of documents of one account, `shared` with its organisation or not. Of a deleted one the row stays."""

    __tablename__ = "work_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(1000), default="")
    shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()


class WorkListEntry(Base):
    """A document on a work list. `position` orders the entries of a list; it has gaps and is shown to nobody."""

    __tablename__ = "work_list_entry"
    __table_args__ = (UniqueConstraint("work_list_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    work_list_id: Mapped[int] = mapped_column(ForeignKey("work_list.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    position: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")
    added_at: Mapped[datetime]

    list: Mapped[WorkList] = relationship()
    document: Mapped[Document] = relationship()
