"""Why a working session looks names up, as it was stated at its beginning."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StatedPurpose(Base):
    """Purpose and number of the case or of the decision to inspect. The cookie of the session holds the key alone."""

    __tablename__ = "stated_purpose"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    case_number: Mapped[str] = mapped_column(String(80))
    stated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
