"""Accounts and tokens as the pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.actor import ACCOUNT_ROLES
from app.models import ApiToken, User
from app.web.document_words import RECORD_FLAGS
from app.web.frame import ROLE_NAMES
from app.web.language import moment


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list."""

    name: str
    url: str
    login: str
    role: Any
    organisation: str
    state: tuple[str, str]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token; `revoke_url` is None where it is revoked already."""

    name: str
    created_at: datetime
    last_used_at: datetime | None
    state: tuple[str, str]
    revoke_url: str | None


def account_rows(rows: Sequence[User], seen: Mapping[int, datetime]) -> list[AccountRow]:
    """The accounts in the order given."""
    return [
        AccountRow(
            name=row.name,
            url=url_for("accounts.view", account_id=row.id),
            login=row.username,
            role=ROLE_NAMES[row.role],
            organisation=row.organisation.name,
            state=account_state(row),
            last_seen=seen.get(row.id),
        )
        for row in rows
    ]


def account_state(row: User) -> tuple[str, str]:
    """Whether the account is in use."""
    return ("ok", _("đang dùng")) if row.active else ("bad", _("đã khóa"))


def account_facts(row: User) -> list[dict[str, Any]]:
    """What is recorded about an account."""
    flags = ", ".join(str(RECORD_FLAGS[flag]) for flag in sorted(row.allowed_flags))
    return [
        {"label": _("Họ và tên"), "value": row.name},
        {"label": _("Tên đăng nhập"), "value": row.username},
        {"label": _("Vai trò"), "value": ROLE_NAMES[row.role]},
        {"label": _("Tổ chức"), "value": row.organisation.name},
        {"label": _("Thông tin hạn chế được xem thêm"), "value": flags or _("không")},
        {"label": _("Tình trạng"), "value": account_state(row)[1]},
        {"label": _("Lập lúc"), "value": moment(row.created_at)},
    ]


def token_rows(rows: Sequence[ApiToken]) -> list[TokenRow]:
    """The tokens in the order given; the secret itself is kept nowhere."""
    return [
        TokenRow(
            name=row.name,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            state=("ok", _("đang dùng")) if row.revoked_at is None else ("none", _("đã thu hồi")),
            revoke_url=None if row.revoked_at else url_for("own.revoke_token", token_id=row.id),
        )
        for row in rows
    ]


def account_filters(text: str, role: str, state: str) -> list[dict[str, Any]]:
    """The filters of the list, as the page draws them."""
    roles = [("", _("Tất cả")), *((one.value, ROLE_NAMES[one]) for one in ACCOUNT_ROLES)]
    states = [("", _("Tất cả")), ("dang-dung", _("đang dùng")), ("khoa", _("đã khóa"))]
    return [
        {"name": "q", "label": _("Tên, tổ chức"), "kind": "text", "value": text},
        {"name": "vai-tro", "label": _("Vai trò"), "kind": "select", "value": role, "choices": roles},
        {"name": "tinh-trang", "label": _("Tình trạng"), "kind": "select", "value": state, "choices": states},
    ]
