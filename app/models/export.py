"""Lists of search results made as files: asked for by one account, opened by it alone, kept for some days."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.account import User
from app.models.asked import AskedState
from app.models.base import Base, closed_set


class ExportKind(StrEnum):
    """The kind of file; also how its name ends."""

    CSV = "csv"
    XLSX = "xlsx"


class Export(Base):
    """One question whose answer is made a file. `text` and `filters` are the question; `address` is where documents are
    opened by their id; `total` and `done` count rows, `touched_at` is when its maker last told of itself.
    One whose maker died is made from its start."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ExportKind] = mapped_column(closed_set(ExportKind))
    state: Mapped[AskedState] = mapped_column(closed_set(AskedState), default=AskedState.ASKED)
    text: Mapped[str] = mapped_column(String(1000))
    filters: Mapped[dict[str, Any]]
    address: Mapped[str] = mapped_column(String(300))
    total: Mapped[int | None]
    done: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    asked_at: Mapped[datetime]
    touched_at: Mapped[datetime]

    user: Mapped[User] = relationship()
