"""Organisations as the pages show them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import Organisation
from app.services.access import Act, may
from app.services.accounts import accounts
from app.services.organisations import Holding, below
from app.services.registers import books
from app.web.frame import ROLE_NAMES
from app.web.language import day
from app.web.organisation_words import KINDS


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One line of the tree; `depth` counts the organisations above it on the page."""

    name: str
    url: str
    code: str
    kind: Any
    depth: int
    accounts: int
    cases: int


def organisation_rows(rows: Sequence[Organisation], held: Mapping[int, Holding]) -> list[OrganisationRow]:
    """The organisations as a tree, each below the one above it, in the order given."""
    return [
        OrganisationRow(
            name=row.name,
            url=url_of(row),
            code=row.code,
            kind=KINDS[row.kind],
            depth=depth,
            accounts=held.get(row.id, Holding()).accounts,
            cases=held.get(row.id, Holding()).cases,
        )
        for row, depth in _tree(rows)
    ]


def _tree(rows: Sequence[Organisation]) -> Iterator[tuple[Organisation, int]]:
    """Whoever's parent is not among the rows stands at the top."""
    known = {row.id for row in rows}
    waiting = [(row, 0) for row in reversed(rows) if row.parent_id not in known]
    while waiting:
        row, depth = waiting.pop()
        yield row, depth
        waiting += [(one, depth + 1) for one in reversed(rows) if one.parent_id == row.id]


def organisation_facts(row: Organisation) -> list[dict[str, Any]]:
    """What is recorded about one organisation."""
    parent = row.parent
    return [
        {"label": _("Mã"), "value": row.code},
        {"label": _("Loại"), "value": KINDS[row.kind]},
        {"label": _("Tên gọi ngắn"), "value": row.short_name},
        {"label": _("Tổ chức cấp trên"), "value": parent.name if parent else None},
        {"label": _("Cơ quan chủ quản in trên văn bản"), "value": row.superior_name},
        {"label": _("Chữ viết tắt trong ký hiệu"), "value": row.symbol},
        {"label": _("Địa danh"), "value": row.place},
        {"label": _("Người đứng đầu"), "value": row.head_name},
        {"label": _("Nơi lưu"), "value": row.archive_unit},
        {"label": _("Hoạt động từ ngày"), "value": day(row.valid_from)},
        {"label": _("Tình trạng"), "value": _("đang hoạt động") if row.active else _("ngừng hoạt động")},
    ]


def organisation_parts(uow: UnitOfWork, row: Organisation) -> dict[str, Any]:
    """What belongs to one organisation: those below it, its accounts for who keeps them, its number books."""
    held = accounts(uow) if may(uow, Act.ACCOUNT_EDIT) else ()
    series = books(uow) if may(uow, Act.REGISTER_VIEW) else ()
    return {
        "below": [{"name": one.name, "url": url_of(one), "kind": KINDS[one.kind]} for one in below(uow, row)],
        "accounts": [
            {
                "name": one.name,
                "url": url_for("accounts.view", account_id=one.id),
                "role": ROLE_NAMES[one.role],
            }
            for one in held
            if one.organisation_id == row.id
        ],
        "books": [
            {"title": _("%(name)s, năm %(year)s", name=one.name, year=one.year), "url": None}
            for one in series
            if one.organisation_id == row.id
        ],
    }


def url_of(row: Organisation) -> str:
    """The page of an organisation."""
    return url_for("organisations.view", organisation_id=row.id)
