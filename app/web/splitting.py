"""Cutting scans into documents: the plan with its thumbnails, drafts, other scans laid to it, confirming, undoing."""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Conflict, Invalid, SearchUnavailable, WrongState
from app.models import Document
from app.services import documents, split_plans
from app.services.access import Act
from app.services.paging import paged
from app.services.searching import Query, search
from app.services.split_drafts import (
    OpenPlan,
    join_scan,
    joinable,
    keep_whole,
    leave_scan,
    open_plan,
    save_plan,
    waiting_splits,
)
from app.services.split_plans import PlannedPart, flat
from app.services.split_proposals import blank_pages, with_heads
from app.services.splitting import confirm_split, undo_split
from app.web.context import actor, backends, reading, seen, writing
from app.web.document_list import document_rows
from app.web.guard import requires
from app.web.pager import list_pager, page_number
from app.web.splitting_forms import act_of, edit_of, number_of, without_wrong_sheets
from app.web.splitting_views import answer_of, plan_context, waiting_row
from app.web.told import told_fields

blueprint = Blueprint("splitting", __name__, url_prefix="/tach-ban-quet")

PAGE_SIZE = 20
CANDIDATES = 12  # scans offered to be cut together: what fits under the box without scrolling
_Parts = tuple[PlannedPart, ...]


@blueprint.route("")
@requires(Act.DOCUMENT_EDIT)
def index() -> str:
    """The scans that wait to be cut."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        found = paged(uow.session, waiting_splits(uow), limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        rows = [waiting_row(row) for row in found.items]
    seen("document.listed", "document", None, count=len(rows))
    return render_template(
        "splitting/list.html",
        title=_("Bản quét chờ tách"),
        lead=_("Bản quét có nhiều văn bản: xem chỗ tách, sửa nếu cần rồi xác nhận."),
        rows=rows,
        pager=list_pager(found, "splitting.index"),
    )


@blueprint.route("/<int:document_id>", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def view(document_id: int) -> str | Response | tuple[str, int]:
    """The plan of a scan; sent back, it is saved and the act of the button pressed is done."""
    page = page_number(request.args.get("doan"))
    if request.method == "GET":
        return _plan_page(document_id, page, {})
    act, number = act_of(request.form)
    try:
        plan = _saved(document_id, act, number)
        if act != "confirm":
            return redirect(_plan_url(plan.whole.id, page, number if act in ("up", "down") else 0))
        made = confirm_split(backends(), actor(), plan.whole.id, revision=plan.revision)
    except Invalid as error:
        return _plan_page(document_id, page, told_fields(error.fields)), 422
    except (Conflict, WrongState) as error:
        return _plan_page(document_id, page, {"": error.message}), 409
    said = _("Bản quét đã tách thành %(n)s văn bản.", n=len(made)) if len(made) > 1 else _("Đã ghi văn bản.")
    flash(said, "ok")
    return redirect(url_for("documents.view", document_id=plan.whole.id))


def _plan_url(document_id: int, page: int, number: int = 0) -> str:
    anchor = f"part-{number}" if number else None
    return url_for("splitting.view", document_id=document_id, doan=page if page > 1 else None, _anchor=anchor)


def _plan_page(document_id: int, page: int, problems: Mapping[str, str]) -> str:
    with reading() as uow:
        plan = open_plan(uow, document_id)
        context = plan_context(uow, plan, page, problems)
    seen("document.viewed", "document", plan.whole.id, page=1)
    return render_template("splitting/plan.html", **context)


def _saved(document_id: int, act: str, number: int) -> OpenPlan:
    """The plan as the form has it now, with the act of a button; everything as a draft. New parts are read before
    anything is locked."""
    with reading() as uow:
        plan = open_plan(uow, document_id)
        _refuse_stale(plan)
        parts = split_plans.edited(plan.parts, edit_of(request.form))
        parts = with_heads(uow, _done(uow, parts, act, number))
    with writing() as uow:
        return save_plan(uow, document_id, parts, revision=plan.revision)


def _refuse_stale(plan: OpenPlan) -> None:
    if number_of(request.form.get("revision")) != plan.revision:
        raise Conflict()


def _done(uow: UnitOfWork, parts: _Parts, act: str, number: int) -> _Parts:
    acts: Mapping[str, Callable[[], _Parts]] = {
        "merge": lambda: split_plans.merged(parts, number),
        "up": lambda: split_plans.shifted(parts, number, -1),
        "down": lambda: split_plans.shifted(parts, number, 1),
        "hide-blank": lambda: split_plans.hiding(parts, blank_pages(uow, flat(parts))),
        "move": lambda: split_plans.moved(
            parts, number_of(request.form.get("move_page")), number_of(request.form.get("move_after"))
        ),
        "number": lambda: split_plans.numbered(
            parts,
            place=number_of(request.form.get("number_place")),
            first=number_of(request.form.get("number_first")),
            per_sheet=request.form.get("number_by") == "sheet",
        ),
    }
    return acts[act]() if act in acts else parts


@blueprint.route("/<int:document_id>/nhap", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def autosave(document_id: int) -> tuple[Response, int]:
    """A draft from the script: what cannot be a sheet number is named and left out."""
    edit, wrong = without_wrong_sheets(edit_of(request.form))
    try:
        with reading() as uow:
            plan = open_plan(uow, document_id)
            _refuse_stale(plan)
            parts = with_heads(uow, split_plans.edited(plan.parts, edit))
        with writing() as uow:
            plan = save_plan(uow, document_id, parts, revision=plan.revision)
    except Conflict as stale:
        return jsonify({"code": stale.code}), 409
    said = _("Số tờ chỉ gồm chữ số, có thể kèm một chữ cái.")
    return jsonify(answer_of(plan, dict.fromkeys(wrong, said))), 200


@blueprint.route("/<int:document_id>/giu-nguyen", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def keep(document_id: int) -> Response:
    """The scan is one document, or a draft over a plan in force is dropped."""
    with writing() as uow:
        whole = keep_whole(uow, document_id, revision=number_of(request.form.get("revision")))
    flash(_("Đã bỏ bản nháp; bản quét giữ nguyên như trước."), "ok")
    return redirect(url_for("documents.view", document_id=whole.id))


@blueprint.route("/<int:document_id>/bo-tach", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def undo(document_id: int) -> Response:
    """Make the scan whole again."""
    with writing() as uow:
        whole = undo_split(uow, document_id)
    flash(_("Đã bỏ tách: bản quét lại là một văn bản. Tách lại thì các văn bản cũ trở về với mọi liên kết."), "ok")
    return redirect(url_for("documents.view", document_id=whole.id))


@blueprint.route("/<int:document_id>/ghep", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def join(document_id: int) -> str | Response | tuple[str, int]:
    """Look for another scan whose pages belong here, and lay it to the plan."""
    words = request.form.get("q", "").strip()
    other = number_of(request.form.get("other"))
    problem = ""
    if other:
        try:
            with writing() as uow:
                plan = join_scan(uow, document_id, other, revision=number_of(request.form.get("revision")))
            flash(_("Đã thêm các trang của bản quét ở cuối."), "ok")
            return redirect(_plan_url(plan.whole.id, 1))
        except Invalid as error:
            problem = " ".join(told_fields(error.fields).values())
    with reading() as uow:
        plan = open_plan(uow, document_id)
        rows = joinable(uow, plan, _candidates(uow, words))[:CANDIDATES]
        scans = [(row, line) for row, line in zip(rows, document_rows(uow, rows), strict=True)]
    page = render_template(
        "splitting/join.html",
        title=_("Thêm trang từ bản quét khác"),
        crumbs=[(plan.whole.file_name, _plan_url(plan.whole.id, 1)), (_("Thêm bản quét"), None)],
        words=words,
        scans=[{"id": row.id, "file": row.file_name, "pages": len(row.pages), "row": line} for row, line in scans],
        problem=problem,
        revision=plan.revision,
        document_id=plan.whole.id,
        back=_plan_url(plan.whole.id, 1),
    )
    return (page, 422) if problem else page


def _candidates(uow: UnitOfWork, words: str) -> Sequence[Document]:
    """Documents by number, name or words; the latest ones where nothing is asked. Where search does not answer, the
    latest ones too."""
    if words:
        try:
            hits = search(uow, Query(text=words, limit=50), boxes=False).hits
        except SearchUnavailable:
            hits = ()
        return [documents.document(uow, hit.document) for hit in hits]
    return documents.documents(uow, limit=50).items


@blueprint.route("/<int:document_id>/rut/<int:other_id>", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def leave(document_id: int, other_id: int) -> Response:
    """Take another scan out of the plan again."""
    with writing() as uow:
        plan = leave_scan(uow, document_id, other_id, revision=number_of(request.form.get("revision")))
    flash(_("Đã rút bản quét ra."), "ok")
    return redirect(_plan_url(plan.whole.id, 1))
