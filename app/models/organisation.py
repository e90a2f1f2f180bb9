"""Organisations: the owners of records, and the counters that number things inside one of them."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from config.kinds import OrganisationKind


class Organisation(Base):
    """A body that owns records. `parent` is the body whose inspectors see it; `superior_name` is what its papers
    print above its own name; `symbol` is its abbreviation in numbers and symbols (a setting of its clerical rules)."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[OrganisationKind] = mapped_column(closed_set(OrganisationKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    superior_name: Mapped[str] = mapped_column(String(200), default="")
    symbol: Mapped[str] = mapped_column(String(32), default="")
    place: Mapped[str] = mapped_column(String(100), default="")
    head_name: Mapped[str] = mapped_column(String(120), default="")
    archive_unit: Mapped[str] = mapped_column(String(40), default="VT")
    valid_from: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["Organisation | None"] = relationship(remote_side=[id])


class Counter(Base):
    """The last number given for a purpose inside one organisation and year; moved only by `UPDATE ... RETURNING`."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("organisation_id", "name", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)
