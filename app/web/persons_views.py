"""Persons as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import Case, CaseState, Document, Person
from app.services.cases import cases
from app.services.filing import filings
from app.web.case_words import case_state, procedure_name
from app.web.document_list import DocumentRow, document_rows
from app.web.person_words import SEXES, birth, hidden_identity, named_identity

MOST_CASES = 100  # of one person; more would be a fault of the records


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list."""

    name: str
    url: str
    other_names: str
    birth: str
    identity: str
    residence: str
    cases: tuple[tuple[str, str], ...]
    organisation: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case on the page of its person."""

    code: str
    url: str
    procedure: str
    opened: date
    state: tuple[str, Any]


def person_rows(uow: UnitOfWork, rows: Sequence[Person], *, endpoint: str = "persons.view") -> list[PersonRow]:
    """Persons as lines. With the endpoint `cases.new` a line leads to a new case of the person."""
    return [
        PersonRow(
            name=row.full_name,
            url=url_for(endpoint, nguoi=row.id) if endpoint == "cases.new" else url_for(endpoint, person_id=row.id),
            other_names=", ".join(name.name for name in row.names),
            birth=birth(row),
            identity=hidden_identity(row),
            residence=row.residence,
            cases=tuple((case.code, url_for("cases.view", case_id=case.id)) for case in _cases_of(uow, row)),
            organisation=row.organisation.name,
        )
        for row in rows
    ]


def _cases_of(uow: UnitOfWork, person: Person) -> Sequence[Case]:
    return cases(uow, person=person, limit=MOST_CASES).items


def person_cases(uow: UnitOfWork, person: Person) -> list[CaseRow]:
    """The cases of a person, newest first."""
    return [
        CaseRow(
            row.code, url_for("cases.view", case_id=row.id), procedure_name(row), row.opened_on, case_state(row.state)
        )
        for row in _cases_of(uow, person)
    ]


def person_documents(uow: UnitOfWork, person: Person) -> list[DocumentRow]:
    """The documents filed to the cases of a person, each once."""
    found: dict[int, Document] = {}
    for case in _cases_of(uow, person):
        for filing in filings(uow, case=case):
            found.setdefault(filing.document_id, filing.document)
    return document_rows(uow, list(found.values()))


def person_facts(row: Person) -> list[dict[str, Any]]:
    """What is recorded of a person, in the order of the page."""
    facts: list[tuple[str, str]] = [
        (_("Tên gọi khác"), ", ".join(name.name for name in row.names)),
        (_("Ngày sinh"), birth(row)),
        (_("Giới tính"), str(SEXES[row.sex]) if row.sex else ""),
        *((_("Giấy tờ tùy thân"), named_identity(identity)) for identity in row.identities),
        (_("Nơi cư trú"), row.residence),
        (_("Nghề nghiệp"), row.occupation),
        (_("Nơi làm việc, học tập"), row.workplace),
        (_("Điện thoại"), row.phone),
        *((_("Người thân (%(relation)s)", relation=one.relation), _relative(one)) for one in row.relatives),
        (_("Ghi chú"), row.note),
        (_("Cơ quan lập"), row.organisation.name),
    ]
    if not row.identities:
        facts.insert(3, (_("Giấy tờ tùy thân"), ""))
    return [{"label": label, "value": value, "origin": ""} for label, value in facts]


def _relative(row: Any) -> str:
    known = [
        _("năm sinh %(year)s", year=row.birth_year) if row.birth_year else "",
        row.occupation,
        _("nơi làm việc: %(place)s", place=row.workplace) if row.workplace else "",
        _("nơi ở: %(place)s", place=row.residence) if row.residence else "",
        _("điện thoại %(number)s", number=row.phone) if row.phone else "",
    ]
    return "; ".join(part for part in (row.full_name, *known) if part)


def person_timeline(uow: UnitOfWork, person: Person) -> list[dict[str, Any]]:
    """What happened in all cases of a person, latest first."""
    entries: list[dict[str, Any]] = []
    for case in _cases_of(uow, person):
        url = url_for("cases.view", case_id=case.id)
        entries.append({"at": case.opened_on, "title": _("Lập hồ sơ %(code)s", code=case.code), "url": url})
        if case.state is CaseState.CLOSED and case.term_to is not None:
            entries.append({"at": case.term_to, "title": _("Hết thời hạn, hồ sơ %(code)s", code=case.code), "url": url})
        entries += [
            {"at": event.happened_on, "title": event.title, "detail": event.issuer, "url": None}
            for event in case.events
        ]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
