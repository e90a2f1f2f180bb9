"""Organisations: the owners of records, kept by the administrator."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.actor import Role
from app.backends import UnitOfWork
from app.errors import Invalid, NotFound
from app.models import Case, Organisation, User
from app.services.access import Act, require, scope_of
from app.services.revisions import hold
from app.services.wording import Complaints, line
from config.kinds import OrganisationKind

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_SEES_ALL = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.SYSTEM})
_LENGTHS = {
    "name": 200,
    "short_name": 200,
    "superior_name": 200,
    "symbol": 32,
    "place": 100,
    "head_name": 120,
    "archive_unit": 40,
}


@dataclass(frozen=True, slots=True)
class OrganisationData:
    """What is typed about an organisation; the columns of `Organisation` say what each is for."""

    code: str
    name: str
    kind: OrganisationKind
    short_name: str = ""
    parent_id: int | None = None
    superior_name: str = ""
    symbol: str = ""
    place: str = ""
    head_name: str = ""
    archive_unit: str = "VT"
    valid_from: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Holding:
    """How many accounts and cases belong to one organisation."""

    accounts: int = 0
    cases: int = 0


def create_organisation(uow: UnitOfWork, *, data: OrganisationData) -> Organisation:
    """A new organisation. Raises `Invalid` for a code in use, a wrong field or an unknown parent."""
    require(uow, Act.ORGANISATION_EDIT)
    row = Organisation()
    _write(row, _checked(uow, data, row))
    uow.session.add(row)
    uow.session.flush()
    uow.record("organisation.created", "organisation", row.id)
    return row


def edit_organisation(uow: UnitOfWork, row: Organisation, *, data: OrganisationData) -> Organisation:
    """Change an organisation. A change of parent changes at once whose inspectors see its records."""
    require(uow, Act.ORGANISATION_EDIT)
    hold(uow, row)
    checked = _checked(uow, data, row)
    changed = [name for name in _NAMES if getattr(row, name) != getattr(checked, name)]
    _write(row, checked)
    if changed:
        uow.record("organisation.edited", "organisation", row.id, changed=changed)
    return row


def organisations(uow: UnitOfWork) -> Sequence[Organisation]:
    """The organisations in scope, by name: all of them for the administrator and the operator."""
    require(uow, Act.ORGANISATION_VIEW)
    query = select(Organisation).order_by(Organisation.name, Organisation.id)
    seen = _seen(uow)
    return uow.session.scalars(query if seen is None else query.where(Organisation.id.in_(seen))).all()


def organisation(uow: UnitOfWork, organisation_id: int) -> Organisation:
    """One organisation in scope, else `NotFound`."""
    require(uow, Act.ORGANISATION_VIEW)
    row = uow.session.get(Organisation, organisation_id)
    seen = _seen(uow)
    if row is None or (seen is not None and row.id not in seen):
        raise NotFound()
    return row


def below(uow: UnitOfWork, row: Organisation) -> Sequence[Organisation]:
    """The organisations directly below one, by name, as far as they are in scope."""
    return [one for one in organisations(uow) if one.parent_id == row.id]


def holdings(uow: UnitOfWork) -> dict[int, Holding]:
    """What belongs to the organisations in scope, counted; those without anything are not among the keys."""
    require(uow, Act.ORGANISATION_VIEW)
    seen = _seen(uow)
    counts: dict[int, dict[str, int]] = {}
    for name, column in (("accounts", User.organisation_id), ("cases", Case.organisation_id)):
        query = select(column, func.count()).group_by(column)
        for organisation_id, count in uow.session.execute(query if seen is None else query.where(column.in_(seen))):
            counts.setdefault(organisation_id, {})[name] = count
    return {organisation_id: Holding(**found) for organisation_id, found in counts.items()}


def organisation_for(uow: UnitOfWork, code: str | None) -> Organisation:
    """The organisation with this code; without one, the only one there is. Raises `Invalid` where there are several."""
    require(uow, Act.ORGANISATION_VIEW)
    if code is not None:
        row = uow.session.scalar(select(Organisation).where(Organisation.code == code))
        if row is None:
            raise NotFound(f"Không có cơ quan {code}.")
        return row
    rows = uow.session.scalars(select(Organisation).where(Organisation.active).limit(2)).all()
    if len(rows) != 1:
        raise Invalid(fields={"organisation": "Có nhiều cơ quan: chọn một bằng --organisation MÃ."})
    return rows[0]


def _seen(uow: UnitOfWork) -> frozenset[int] | None:
    return None if uow.actor.role in _SEES_ALL else scope_of(uow).organisations


_NAMES = tuple(column.name for column in fields(OrganisationData))


def _write(row: Organisation, data: OrganisationData) -> None:
    for name in _NAMES:
        setattr(row, name, getattr(data, name))


def _checked(uow: UnitOfWork, data: OrganisationData, row: Organisation) -> OrganisationData:
    texts: dict[str, Any] = {name: line(getattr(data, name)) for name in _LENGTHS}
    code = line(data.code).upper()
    wrong = Complaints()
    for name, most in _LENGTHS.items():
        wrong.length(name, texts[name], most, least=1 if name == "name" else 0)
    if not _CODE.fullmatch(code):
        wrong.add("code", "Mã gồm 1 đến 32 chữ cái không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới.")
    with uow.session.no_autoflush:
        other = uow.session.scalar(select(Organisation.id).where(Organisation.code == code))
        if other is not None and other != row.id:
            wrong.add("code", "Mã này đã dùng cho cơ quan khác. Chọn mã khác.")
        if data.parent_id is not None and not _may_be_parent(uow, data.parent_id, row):
            wrong.add("parent_id", "Cơ quan cấp trên không có, là chính cơ quan này hoặc là cấp dưới của nó.")
    wrong.settle()
    return replace(data, code=code, **texts)


def _may_be_parent(uow: UnitOfWork, parent_id: int, row: Organisation) -> bool:
    """Whether the parent exists and does not itself stand below this organisation."""
    above: int | None = parent_id
    passed: set[int] = set()
    while above is not None and above not in passed:
        if above == row.id:
            return False
        passed.add(above)
        found = uow.session.get(Organisation, above)
        if found is None:
            return False
        above = found.parent_id
    return True
