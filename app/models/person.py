"""Persons: the subjects of cases, with their other names, identity papers and relatives."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, closed_set
from app.models.organisation import Organisation

BYTE_ORDERED = String(400).with_variant(String(400, collation="C"), "postgresql")
"""Text that the database compares byte by byte, as SQLite does: the sort key already holds the Vietnamese order."""


class Sex(StrEnum):
    """As the forms print it."""

    MALE = "Nam"
    FEMALE = "Nữ"


class BirthPrecision(StrEnum):
    """How much of a birth date is known; old files often have the year alone."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class IdentityKind(StrEnum):
    """Kinds of identity papers."""

    CC = "CC"
    CCCD = "CCCD"
    CMND = "CMND"
    PASSPORT = "HC"


class Person(Base):
    """One human as one organisation knows them; `sort_key` orders by given name, `folded_name` is without accents."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    full_name: Mapped[str] = mapped_column(String(120))
    folded_name: Mapped[str] = mapped_column(String(160), index=True)
    sort_key: Mapped[str] = mapped_column(BYTE_ORDERED, index=True)
    sex: Mapped[Sex | None] = mapped_column(closed_set(Sex))
    birth_date: Mapped[date | None]
    birth_precision: Mapped[BirthPrecision] = mapped_column(closed_set(BirthPrecision), default=BirthPrecision.DAY)
    residence: Mapped[str] = mapped_column(String(300), default="")
    occupation: Mapped[str] = mapped_column(String(120), default="")
    workplace: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    names: Mapped[list["PersonName"]] = relationship(back_populates="person", order_by="PersonName.id")
    identities: Mapped[list["Identity"]] = relationship(back_populates="person", order_by="Identity.id")
    relatives: Mapped[list["Relative"]] = relationship(back_populates="person", order_by="Relative.id")
    keys: Mapped[list["PersonKey"]] = relationship(back_populates="person", cascade="all, delete-orphan")


class PersonName(Base):
    """Another name of a person (tên gọi khác)."""

    __tablename__ = "person_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    folded_name: Mapped[str] = mapped_column(String(160), index=True)

    person: Mapped[Person] = relationship(back_populates="names")


class PersonKey(Base):
    """A key under which one of a person's names is found by equality (`indexer.name_keys`)."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)

    person: Mapped[Person] = relationship(back_populates="keys")


class Identity(Base):
    """An identity paper of a person."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[IdentityKind] = mapped_column(closed_set(IdentityKind))
    number: Mapped[str] = mapped_column(String(20), index=True)
    issued_on: Mapped[date | None]
    issued_by: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship(back_populates="identities")


class Relative(Base):
    """A parent, guardian, spouse or child who stands for the person on forms (`rep.*`)."""

    __tablename__ = "relative"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(120))
    birth_year: Mapped[int | None]
    occupation: Mapped[str] = mapped_column(String(120), default="")
    workplace: Mapped[str] = mapped_column(String(200), default="")
    residence: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")

    person: Mapped[Person] = relationship(back_populates="relatives")
