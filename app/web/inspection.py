"""The inspector's worklist: all dossiers that lack something, in scope, with what they lack."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.services.access import Act, require, role_allows
from app.services.completeness import DossierStatus, checklist_of, judged, worklist
from app.services.paging import PAGE_SIZE
from app.web.case_dossiers import counted_states
from app.web.context import actor, reading, writing
from app.web.guard import requires
from app.web.pager import make_pager, page_number
from config.rules import rule_version

blueprint = Blueprint("inspection", __name__, url_prefix="/kiem-tra")

ALL = 100_000  # dossiers: every one in scope is judged anew on every look, none is remembered
LACKING, TO_LOOK = "thieu", "can-xem"
NAMED = 4  # lacking papers named in one line


@blueprint.route("")
@requires(Act.INSPECTION_VIEW)
def index() -> str:
    """All incomplete dossiers, those that lack most first."""
    page, what = page_number(request.args.get("trang")), request.args.get("muc", "")
    owner = request.args.get("co-quan", type=int)
    with reading() as uow:
        found = list(worklist(uow, limit=ALL).items)
        counts = _counts(uow, found)
        bodies = {row.case.organisation_id: row.case.organisation.name for row in found}
        kept = [row for row in found if _fits(row, what, owner)]
        rows = [_row(uow, row) for row in kept[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    run = {"label": _("Kiểm tra lại tất cả"), "url": url_for("inspection.run"), "kind": "primary", "method": "post"}
    return render_template(
        "inspection/index.html",
        title=_("Kiểm tra hồ sơ"),
        actions=[run] if role_allows(actor().role, Act.INSPECTION_RUN) else [],
        counts=counts,
        gaps=[_("chưa kiểm tra thời hạn")],
        filters=_filters(bodies, what, owner),
        filtered=bool(what or owner),
        rows=rows,
        pager=make_pager(
            page=page,
            size=PAGE_SIZE,
            shown=len(rows),
            total=len(kept),
            url=lambda number: _url(number, what, owner),
        ),
    )


def _url(page: int, what: str, owner: int | None) -> str:
    values: dict[str, Any] = {"trang": page, "muc": what or None, "co-quan": owner}
    return url_for("inspection.index", **values)


def _fits(row: DossierStatus, what: str, owner: int | None) -> bool:
    if owner is not None and row.case.organisation_id != owner:
        return False
    return {LACKING: row.lacking > 0, TO_LOOK: row.to_look > 0}.get(what, True)


def _filters(bodies: dict[int, str], what: str, owner: int | None) -> list[dict[str, Any]]:
    kinds = [("", _("Tất cả")), (LACKING, _("còn thiếu")), (TO_LOOK, _("cần người xem"))]
    filters = [{"name": "muc", "label": _("Tình trạng"), "kind": "select", "value": what, "choices": kinds}]
    if len(bodies) > 1:
        named = sorted(((str(key), name) for key, name in bodies.items()), key=lambda pair: pair[1])
        choices = [("", _("Tất cả")), *named]
        value = str(owner or "")
        filters.append({"name": "co-quan", "label": _("Cơ quan"), "kind": "select", "value": value, "choices": choices})
    return filters


def _counts(uow: UnitOfWork, incomplete: list[DossierStatus]) -> dict[str, int]:
    """How many dossiers of open cases were judged, and how they stand."""
    checked = judged(uow)
    return {
        "checked": checked,
        "incomplete": sum(row.lacking > 0 for row in incomplete),
        "to_look_at": sum(row.lacking == 0 for row in incomplete),
        "complete": checked - len(incomplete),
    }


def _row(uow: UnitOfWork, row: DossierStatus) -> dict[str, Any]:
    lacking = [finding.label for finding in row.findings if finding.is_lacking]
    if len(lacking) > NAMED:
        lacking = [*lacking[:NAMED], _("và %(number)s giấy tờ khác", number=len(lacking) - NAMED)]
    return {
        "case_code": row.case.code,
        "case_url": url_for("cases.view", case_id=row.case.id),
        "person": row.case.person.full_name,
        "organisation": row.case.organisation.name,
        "dossier": row.title,
        "basis": checklist_of(row.case, row.dossier).basis,
        "missing": lacking,
        "states": counted_states(row),
        "checked_at": uow.now,
    }


@blueprint.route("/chay", methods=["POST"])
@requires(Act.INSPECTION_RUN)
def run() -> Response:
    """Judge all dossiers in scope by the law data of today and record that it was done, with the counts."""
    with writing() as uow:
        require(uow, Act.INSPECTION_RUN)
        counts = _counts(uow, list(worklist(uow, limit=ALL).items))
        uow.record("inspection.run", "inspection", None, rules=rule_version(), **counts)
    said = _("Đã kiểm tra %(checked)s bộ hồ sơ: %(incomplete)s còn thiếu, %(look)s cần người xem.", **_said(counts))
    flash(said, "ok")
    return redirect(url_for("inspection.index"))


def _said(counts: dict[str, int]) -> dict[str, int]:
    return {"checked": counts["checked"], "incomplete": counts["incomplete"], "look": counts["to_look_at"]}
