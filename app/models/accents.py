"""What the collection teaches about accents, as it was last learned."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LearnedAccents(Base):
    """One row: the pairs of syllables (`indexer.accents.AccentModel.to_bytes`), from how many documents, and its hash,
    by which a process knows whether it has this one open."""

    __tablename__ = "learned_accents"

    id: Mapped[int] = mapped_column(primary_key=True)
    learned_at: Mapped[datetime]
    documents: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
