"""Persons in words of the screen: birth as far as it is known, identity numbers in full or partly hidden."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.models import BirthPrecision, Identity, IdentityKind, Person, Sex

IDENTITY_KINDS: Mapping[IdentityKind, Any] = {
    IdentityKind.CC: lazy_gettext("Căn cước"),
    IdentityKind.CCCD: lazy_gettext("Căn cước công dân"),
    IdentityKind.CMND: lazy_gettext("Chứng minh nhân dân"),
    IdentityKind.PASSPORT: lazy_gettext("Hộ chiếu"),
}

SEXES: Mapping[Sex, Any] = {Sex.MALE: lazy_gettext("Nam"), Sex.FEMALE: lazy_gettext("Nữ")}

_NEWEST_FIRST = (IdentityKind.CC, IdentityKind.CCCD, IdentityKind.CMND, IdentityKind.PASSPORT)
_SHAPES = {BirthPrecision.DAY: "%d/%m/%Y", BirthPrecision.MONTH: "%m/%Y", BirthPrecision.YEAR: "%Y"}
HIDDEN = "××××"


def birth(person: Person) -> str:
    """The day, month or year of birth, as far as it is known."""
    return "" if person.birth_date is None else person.birth_date.strftime(_SHAPES[person.birth_precision])


def birth_year(person: Person) -> str:
    """The year of birth alone, enough to tell two people of one name apart."""
    return "" if person.birth_date is None else str(person.birth_date.year)


def main_identity(person: Person) -> Identity | None:
    """The identity paper that counts first: the newest kind."""
    ranked = sorted(person.identities, key=lambda row: _NEWEST_FIRST.index(row.kind))
    return ranked[0] if ranked else None


def hidden_number(number: str) -> str:
    """A number with its middle hidden: enough to compare with a paper, not enough to be copied."""
    if len(number) < 9:
        return f"{number[:2]}{HIDDEN}"
    parts = (number[:3], number[3:7], HIDDEN, number[-2:]) if len(number) >= 12 else (number[:3], HIDDEN, number[-2:])
    return " ".join(parts)


def hidden_identity(person: Person) -> str:
    """The first identity paper with its number partly hidden; empty where none is known."""
    found = main_identity(person)
    return "" if found is None else hidden_number(found.number)


def named_identity(identity: Identity) -> str:
    """An identity paper in full: kind, number, day and place of issue."""
    text = f"{IDENTITY_KINDS[identity.kind]} {identity.number}"
    if identity.issued_on:
        text += ", " + _("cấp ngày %(day)s", day=f"{identity.issued_on:%d/%m/%Y}")
    if identity.issued_by:
        text += ", " + _("nơi cấp: %(place)s", place=identity.issued_by)
    return text
