"""The frame around every page: who is signed in, the rail by the user's work with its counts, the query in the box."""

from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import get_locale, lazy_gettext

from app.actor import Role
from app.services.access import Act, role_allows
from app.services.saved_searches import new_total
from app.services.work import open_work
from app.web.context import backends
from app.web.guard import LOCKED
from app.web.marking import marked

_ = lazy_gettext

ROLE_NAMES = {
    Role.RECORDS_OFFICER: _("Cán bộ hồ sơ"),
    Role.LEADER: _("Lãnh đạo"),
    Role.OFFICE_CLERK: _("Văn thư"),
    Role.INSPECTOR: _("Thanh tra"),
    Role.ARCHIVIST: _("Lưu trữ"),
    Role.AUDITOR: _("Kiểm soát nhật ký"),
    Role.ADMINISTRATOR: _("Quản trị"),
}

RAIL: tuple[tuple[tuple[str, Any, Act], ...], ...] = (
    (
        ("work.index", _("Việc của tôi"), Act.SEARCH),
        ("search.results", _("Tìm kiếm"), Act.SEARCH),
        ("saved_searches.index", _("Tìm kiếm đã lưu"), Act.SEARCH),
        ("work_lists.index", _("Danh sách văn bản"), Act.SEARCH),
        ("cases.index", _("Hồ sơ"), Act.CASE_VIEW),
        ("persons.index", _("Người"), Act.PERSON_VIEW),
        ("documents.index", _("Văn bản đến và đi"), Act.DOCUMENT_VIEW),
        ("intake.index", _("Số hóa và tiếp nhận"), Act.DOCUMENT_UPLOAD),
    ),
    (
        ("registers.index", _("Sổ và danh sách"), Act.REGISTER_VIEW),
        ("forms.index", _("Mẫu văn bản"), Act.FORMS_VIEW),
        ("inspection.index", _("Kiểm tra hồ sơ"), Act.INSPECTION_VIEW),
    ),
    (
        ("organisations.index", _("Tổ chức"), Act.ORGANISATION_EDIT),
        ("accounts.index", _("Tài khoản"), Act.ACCOUNT_EDIT),
        ("events.index", _("Nhật ký"), Act.EVENTS_VIEW),
    ),
)


def install(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(_frame)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters["marked"] = marked


def _frame() -> dict[str, Any]:
    user = g.get("user")
    if user is None or session.get(LOCKED):
        return {"actor": None, "may_search": False, "rail": (), "search_text": "", "upload_url": None}
    return {
        "actor": {"name": user.name, "role": ROLE_NAMES[user.role], "organisation": user.organisation.name},
        "rail": _rail(user.role),
        "may_search": role_allows(user.role, Act.SEARCH),
        "search_text": g.get("search_text", ""),
        "upload_url": url_for("intake.create") if role_allows(user.role, Act.DOCUMENT_UPLOAD) else None,
        "shortcuts": user.shortcuts,
    }


def _rail(role: Role) -> list[list[tuple[str, Any, int | None, bool]]]:
    """Groups of what the role may open, without empty ones; the count of open work stands beside its page."""
    with backends().read(g.actor) as uow:
        counts = {"work.index": sum(work.count for work in open_work(uow))}
        if role_allows(role, Act.SEARCH):
            counts["saved_searches.index"] = new_total(uow)
    here = (request.endpoint or "").partition(".")[0]
    groups = []
    for group in RAIL:
        entries = [
            (endpoint, label, counts.get(endpoint), endpoint.partition(".")[0] == here)
            for endpoint, label, act in group
            if role_allows(role, act) and endpoint in current_app.view_functions
        ]
        if entries:
            groups.append(entries)
    return groups
