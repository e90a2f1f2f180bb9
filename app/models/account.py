"""Accounts, their tokens, and the past queries that only they may open again."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.actor import Actor, Role
from app.models.base import Base, closed_set
from app.models.organisation import Organisation


class User(Base):
    """An account. `session_epoch` is part of every session cookie: raising it ends all sessions."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(closed_set(Role))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    allowed_flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(5))
    shortcuts: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    failed_tries: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()

    def actor(self) -> Actor:
        """The account as the one who acts."""
        return Actor(self.name, self.role, self.id, self.organisation_id, frozenset(self.allowed_flags))


class ApiToken(Base):
    """A bearer token; only its sha256 is kept, the token itself is shown once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class QueryKey(Base):
    """The text of a past query under a short key: the address bar carries the key, never the names typed. `narrows`:
    the words narrowed a list of persons or cases."""

    __tablename__ = "query_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    persons: Mapped[list[str]] = mapped_column(JSON, default=list)
    narrows: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
