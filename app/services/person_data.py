"""What is typed about a person, and the rules it is held to (forms.md 2.2 and 2.3)."""

import re
from dataclasses import dataclass, replace
from datetime import date

from app.models import BirthPrecision, IdentityKind, Sex
from app.services.wording import Complaints, line, lines

_NUMBERS = {
    IdentityKind.CC: (re.compile(r"\d{12}"), "Số căn cước gồm 12 chữ số."),
    IdentityKind.CCCD: (re.compile(r"\d{12}"), "Số căn cước công dân gồm 12 chữ số."),
    IdentityKind.CMND: (re.compile(r"\d{9}|\d{12}"), "Số chứng minh nhân dân gồm 9 hoặc 12 chữ số."),
    IdentityKind.PASSPORT: (re.compile(r"(?=.*\d)[A-Z0-9]{5,20}"), "Số hộ chiếu gồm chữ cái không dấu và chữ số."),
}
"""Basis: forms.md 2.2, row `person.id_doc.number`."""
OLDEST_YEAR = 1900
"""A birth year before this is a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class IdentityData:
    """An identity paper as typed."""

    kind: IdentityKind
    number: str
    issued_on: date | None = None
    issued_by: str = ""


@dataclass(frozen=True, slots=True)
class RelativeData:
    """A relative or representative as typed."""

    relation: str
    full_name: str
    birth_year: int | None = None
    occupation: str = ""
    workplace: str = ""
    residence: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PersonData:
    """A person as typed. Where only month or year of birth is known, `birth_date` is that period's first day."""

    full_name: str
    sex: Sex | None = None
    birth_date: date | None = None
    birth_precision: BirthPrecision = BirthPrecision.DAY
    residence: str = ""
    occupation: str = ""
    workplace: str = ""
    phone: str = ""
    note: str = ""
    names: tuple[str, ...] = ()
    identities: tuple[IdentityData, ...] = ()
    relatives: tuple[RelativeData, ...] = ()


def checked(data: PersonData, *, today: date) -> PersonData:
    """The same, as it is kept: NFC, blanks mended, dates at their precision. Raises `Invalid` with all complaints;
    fields of lists are named `identities.0.number`."""
    wrong = Complaints()
    full_name = line(data.full_name)
    wrong.length("full_name", full_name, 120, least=1)
    if full_name and not any(char.isalpha() for char in full_name):
        wrong.add("full_name", "Họ và tên phải có chữ.")
    kept = replace(
        data,
        full_name=full_name,
        birth_date=_birth(data, today, wrong),
        birth_precision=data.birth_precision if data.birth_date else BirthPrecision.DAY,
        residence=_text(wrong, "residence", data.residence, 300),
        occupation=_text(wrong, "occupation", data.occupation, 120),
        workplace=_text(wrong, "workplace", data.workplace, 200),
        phone=_text(wrong, "phone", data.phone, 20),
        note=lines(data.note),
        names=_names(data.names, full_name, wrong),
        identities=tuple(_identity(wrong, place, row, today) for place, row in enumerate(data.identities)),
        relatives=tuple(_relative(wrong, place, row, today) for place, row in enumerate(data.relatives)),
    )
    wrong.length("note", kept.note, 1000)
    numbers = [identity.number for identity in kept.identities]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            wrong.add(f"identities.{place}.number", "Số giấy tờ này đã nhập ở dòng trên. Bỏ một dòng.")
    wrong.settle()
    return kept


def _text(wrong: Complaints, name: str, text: str, most: int, *, least: int = 0) -> str:
    kept = line(text)
    wrong.length(name, kept, most, least=least)
    return kept


def _birth(data: PersonData, today: date, wrong: Complaints) -> date | None:
    born = data.birth_date
    if born is None:
        return None
    if data.birth_precision is BirthPrecision.YEAR:
        born = born.replace(month=1, day=1)
    elif data.birth_precision is BirthPrecision.MONTH:
        born = born.replace(day=1)
    if born > today:
        wrong.add("birth_date", "Ngày sinh không thể sau hôm nay.")
    if born.year < OLDEST_YEAR:
        wrong.add("birth_date", f"Năm sinh phải từ {OLDEST_YEAR} trở đi.")
    return born


def _names(names: tuple[str, ...], full_name: str, wrong: Complaints) -> tuple[str, ...]:
    kept: list[str] = []
    for place, name in enumerate(names):
        other = _text(wrong, f"names.{place}", name, 120)
        if other and other != full_name and other not in kept:
            kept.append(other)
    return tuple(kept)


def _identity(wrong: Complaints, place: int, row: IdentityData, today: date) -> IdentityData:
    number = re.sub(r"[\s.\-]", "", line(row.number)).upper()
    pattern, message = _NUMBERS[row.kind]
    if not number.isascii() or not pattern.fullmatch(number):
        wrong.add(f"identities.{place}.number", message)
    if row.issued_on is not None and row.issued_on > today:
        wrong.add(f"identities.{place}.issued_on", "Ngày cấp không thể sau hôm nay.")
    issued_by = _text(wrong, f"identities.{place}.issued_by", row.issued_by, 200)
    return IdentityData(row.kind, number, row.issued_on, issued_by)


def _relative(wrong: Complaints, place: int, row: RelativeData, today: date) -> RelativeData:
    field = f"relatives.{place}"
    if row.birth_year is not None and not OLDEST_YEAR <= row.birth_year <= today.year:
        wrong.add(f"{field}.birth_year", f"Năm sinh từ {OLDEST_YEAR} đến {today.year}.")
    return RelativeData(
        relation=_text(wrong, f"{field}.relation", row.relation, 60, least=1),
        full_name=_text(wrong, f"{field}.full_name", row.full_name, 120, least=1),
        birth_year=row.birth_year,
        occupation=_text(wrong, f"{field}.occupation", row.occupation, 120),
        workplace=_text(wrong, f"{field}.workplace", row.workplace, 200),
        residence=_text(wrong, f"{field}.residence", row.residence, 300),
        phone=_text(wrong, f"{field}.phone", row.phone, 20),
    )
