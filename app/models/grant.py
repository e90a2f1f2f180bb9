"""Leave for one account to read one case of another organisation, for a time."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, Index, String, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.account import User
from app.models.base import Base
from app.models.case import Case


class CaseGrant(Base):
    """From `starts_at` until `ends_at`, unless it was taken back before. `basis` says what the leave rests on: the
    number of a written request or of a decision. It lets the account read the case, never change it, while the account
    belongs to the organisation `organisation_id`."""

    __tablename__ = "case_grant"
    __table_args__ = (Index("ix_case_grant_user_id_ends_at", "user_id", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    basis: Mapped[str] = mapped_column(String(300))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(foreign_keys=user_id)
    case: Mapped[Case] = relationship()


def leave_in_force(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Leave that is neither to come nor over nor taken back at this moment, as an SQL condition on `CaseGrant`."""
    return and_(CaseGrant.starts_at <= now, CaseGrant.ends_at > now, CaseGrant.revoked_at.is_(None))
