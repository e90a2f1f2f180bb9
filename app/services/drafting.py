"""The context of a paper: what the records give for the form's variables, and what the drafter typed over it.

`Paper.context` keeps both apart as flat maps of dotted names, `{"records": {...}, "typed": {...}}`; `context_of` is the
nested whole that the form is rendered with. Number and date belong to the office clerk and are in neither.
"""

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import Invalid
from app.models import (
    BirthPrecision,
    Case,
    CaseEvent,
    Identity,
    IdentityKind,
    Organisation,
    Paper,
    PaperState,
    Person,
    Relative,
)
from config.kinds import OrganisationKind
from config.rules import FormRule
from doc_templates.catalogue import GIVEN_BY_THE_BOOK, Form, Variable, form

Values = dict[str, Any]

OFFICE_NAMES = frozenset(GIVEN_BY_THE_BOOK)
"""Given by the office clerk at numbering (Decree 30/2020 Article 15), never by the drafter."""

POST_REHAB = "P11"  # the procedure whose term is the one of the supervision order, not of the rehabilitation
TEXT_LENGTH = 2000  # characters of one typed value
PARTIAL_DATE = re.compile(r"\d{4}(-\d{2})?")  # old files often have a birth year or month alone
_KIND_ORDER = (IdentityKind.CC, IdentityKind.CCCD, IdentityKind.CMND, IdentityKind.PASSPORT)


class Given(StrEnum):
    """Where the value of a variable comes from."""

    RECORDS = "records"
    TYPED = "typed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Field:
    """One variable of the form as the drafter sees it: `value` is text, number, truth value or list, None where nothing
    is known; `from_records` is what the records say, so that a typed value can be compared with it."""

    variable: Variable
    value: Any
    given: Given
    from_records: Any


def form_of(paper: Paper) -> Form:
    """The form a paper is made on."""
    return form(paper.form)


def context_of(paper: Paper) -> Values:
    """The nested context of a paper: the frozen one where it was numbered, else records with typed values over them."""
    if paper.frozen is not None:
        return deepcopy(paper.frozen)
    return nested(_flat(paper))


def nested(flat: Mapping[str, Any]) -> Values:
    """`{"person.full_name": x}` as `{"person": {"full_name": x}}`."""
    whole: Values = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = whole
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return whole


def _flat(paper: Paper) -> Values:
    return {**paper.context.get("records", {}), **paper.context.get("typed", {})}


def fields_of(paper: Paper) -> tuple[Field, ...]:
    """All variables of the form that the drafter answers for, in the order of the form."""
    records, typed = paper.context.get("records", {}), paper.context.get("typed", {})
    found = []
    for variable in form_of(paper).variables:
        if variable.name in OFFICE_NAMES:
            continue
        name = variable.name
        given = Given.TYPED if name in typed else Given.RECORDS if name in records else Given.NONE
        found.append(Field(variable, typed.get(name, records.get(name)), given, records.get(name)))
    return tuple(found)


def take_records(uow: UnitOfWork, paper: Paper, rule: FormRule) -> bool:
    """Read the records again into the paper's context; tells whether anything changed."""
    names = {variable.name for variable in form_of(paper).variables} - OFFICE_NAMES
    known = {name: value for name, value in _from_records(uow, paper, rule).items() if value not in (None, "", [])}
    records = {name: value for name, value in known.items() if name in names or name in _BESIDE}
    if records == paper.context.get("records"):
        return False
    paper.context = {"records": records, "typed": paper.context.get("typed", {})}
    return True


_BESIDE = frozenset({"person.id_doc.kind", "person.birth_date", "agency.kind"})
"""Looked at by checks even where the form does not print them."""


def take_typed(paper: Paper, values: Mapping[str, Any]) -> bool:
    """Take typed values over; an empty one or one equal to the records lets the records speak again. Tells whether
    anything changed; raises `Invalid` for names the form does not have and values of the wrong kind."""
    variables = {v.name: v for v in form_of(paper).variables if v.name not in OFFICE_NAMES}
    wrong = {name: "Mẫu này không có mục đó." for name in values if name not in variables}
    records, typed = paper.context.get("records", {}), dict(paper.context.get("typed", {}))
    for name in values.keys() & variables.keys():
        try:
            value = _plain(variables[name], values[name])
        except ValueError as error:
            wrong[name] = str(error)
            continue
        if value in (None, "", []) or value == records.get(name):
            typed.pop(name, None)
        else:
            typed[name] = value
    if wrong:
        raise Invalid(fields=wrong)
    if typed == paper.context.get("typed", {}):
        return False
    paper.context = {"records": records, "typed": typed}
    return True


def _plain(variable: Variable, value: Any) -> Any:
    """The value as JSON of the variable's kind; ValueError says in Vietnamese what is wrong."""
    if variable.kind == "list":
        lines = value.splitlines() if isinstance(value, str) else list(value or ())
        return [text for text in (_text(line) for line in lines) if text]
    if variable.kind == "bool":
        return value if isinstance(value, bool) else _text(value).lower() in ("1", "true", "on", "yes", "có")
    text = value.isoformat() if isinstance(value, date) else _text(value)
    if not text:
        return ""
    if variable.kind == "date":
        return _day(text)
    if variable.kind == "int":
        if not (text.isascii() and text.isdigit()):
            raise ValueError("Nhập một số nguyên.")
        return int(text)
    if variable.kind == "enum" and text not in variable.choices:
        raise ValueError(f"Chọn một trong: {', '.join(variable.choices)}.")
    return text


def _text(value: Any) -> str:
    text = unicodedata.normalize("NFC", str("" if value is None else value)).strip()
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"Dài quá {TEXT_LENGTH} ký tự.")
    return text


def _day(text: str) -> str:
    """An ISO date from ISO or dd/mm/yyyy; a year or a month alone stays as it is."""
    if PARTIAL_DATE.fullmatch(text):
        return text
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  # a day without an hour
        except ValueError:
            continue
    raise ValueError("Ngày có dạng ngày/tháng/năm, ví dụ 05/02/2026.")


def _from_records(uow: UnitOfWork, paper: Paper, rule: FormRule) -> Values:
    case, organisation = paper.case, paper.organisation
    return {
        **_office(paper, organisation, rule),
        **_person(case.person),
        **_relative(case.person, paper.act_date),
        **_term(case),
        **_cited(uow, paper),
    }


def _office(paper: Paper, organisation: Organisation, rule: FormRule) -> Values:
    issuer = rule.issuer_for(organisation.kind)
    known = form_of(paper)
    values = {
        "doc.symbol": known.symbol or (f"{known.type}-{organisation.symbol}" if organisation.symbol else ""),
        "doc.place": organisation.place,
        "doc.file_unit": organisation.archive_unit,
        "agency.name": organisation.name,
        "agency.parent_name": organisation.superior_name,
        "agency.kind": organisation.kind.value,
        "signer.full_name": organisation.head_name,
        "signer.position": "" if issuer is None else issuer.position,
        "signer.prefix": "—",
    }
    if organisation.kind in (OrganisationKind.FACILITY, OrganisationKind.REFORMATORY):
        values["facility.name"] = organisation.name
    return values


def _person(person: Person) -> Values:
    values: Values = {
        "person.full_name": person.full_name,
        "person.sex": person.sex.value if person.sex else "",
        "person.birth_date": _birth(person),
        "person.aliases": ", ".join(row.name for row in person.names),
        "person.residence": person.residence,
        "person.occupation": person.occupation,
        "person.workplace": person.workplace,
        "person.phone": person.phone,
    }
    identity = _best_identity(person.identities)
    if identity is not None:
        values |= {
            "person.id_doc.kind": identity.kind.value,
            "person.id_doc.number": identity.number,
            "person.id_doc.issued_on": identity.issued_on.isoformat() if identity.issued_on else "",
            "person.id_doc.issued_by": identity.issued_by,
        }
    return values


def _birth(person: Person) -> str:
    if person.birth_date is None:
        return ""
    length = {BirthPrecision.DAY: 10, BirthPrecision.MONTH: 7, BirthPrecision.YEAR: 4}[person.birth_precision]
    return person.birth_date.isoformat()[:length]


def _best_identity(identities: list[Identity]) -> Identity | None:
    """The newest kind of identity paper, and of that kind the one issued last."""
    ranked = sorted(identities, key=lambda row: (-_KIND_ORDER.index(row.kind), row.issued_on or date.min))
    return ranked[-1] if ranked else None


def _relative(person: Person, on: date) -> Values:
    """The relative who stands for the person, where only one is known; which of several is the officer's choice."""
    if len(person.relatives) != 1:
        return {}
    relative: Relative = person.relatives[0]
    return {
        "rep.relation": relative.relation,
        "rep.full_name": relative.full_name,
        "rep.age": on.year - relative.birth_year if relative.birth_year else None,
        "rep.occupation": relative.occupation,
        "rep.workplace": relative.workplace,
        "rep.residence": relative.residence,
        "rep.phone": relative.phone,
    }


def _term(case: Case) -> Values:
    """The term that the officer typed into the case; nothing is computed (chưa kiểm tra thời hạn)."""
    first = case.term_from.isoformat() if case.term_from else ""
    last = case.term_to.isoformat() if case.term_to else ""
    if case.procedure == POST_REHAB:
        return {"post.term_from": first, "post.term_to": last}
    return {"case.term_from": first, "case.term_to": last, "case.served_from": first, "case.served_to": last}


def _cited(uow: UnitOfWork, paper: Paper) -> Values:
    """The decision of the case that a later paper cites, where exactly one is known; nothing is guessed."""
    decisions = uow.session.scalars(
        select(Paper).where(
            Paper.case_id == paper.case_id,
            Paper.id != paper.id,
            Paper.type == "QĐ",
            Paper.number.is_not(None),
            Paper.state != PaperState.CANCELLED,
        )
    ).all()
    if len(decisions) == 1:
        cited = decisions[0]
        day = cited.number_date.isoformat() if cited.number_date else ""
        return _decision(cited.number or "", cited.symbol, day, cited.organisation.name)
    events = uow.session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == paper.case_id, CaseEvent.number_text != "")
    ).all()
    if decisions or len(events) != 1:
        return {}
    number, _, symbol = events[0].number_text.partition("/")
    return _decision(number.strip(), symbol.strip(), events[0].happened_on.isoformat(), events[0].issuer)


def _decision(number: str, symbol: str, day: str, issuer: str) -> Values:
    return {
        "cited.decision.number": number,
        "cited.decision.symbol": symbol,
        "cited.decision.date": day,
        "cited.decision.issuer": issuer,
    }
