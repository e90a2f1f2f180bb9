"""Papers made here: the list, starting one, its page, typing the draft (saved every few seconds), printing."""

import io
from datetime import date
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Conflict, HosoError, Invalid, NotFound
from app.models import Paper, PaperState
from app.services import papers
from app.services.access import Act, require
from app.services.cases import case as find_case
from app.services.drafting import Field, fields_of, form_of
from app.services.local_day import today
from app.services.paging import PAGE_SIZE
from app.services.paper_steps import lawful_rule
from app.services.printing import FileKind, PrintMode, print_paper
from app.web.case_words import gap_text
from app.web.context import actor, backends, reading, seen, writing
from app.web.errors import status_of
from app.web.guard import requires
from app.web.inputs import Summed, complain, leaves, require_valid, revision_of
from app.web.pager import list_pager, page_number
from app.web.paper_page import gaps_of, paper_page, print_url
from app.web.paper_words import STATES, badges_of_paper, form_name, number_text
from app.web.papers_forms import StartForm, draft_form, draft_groups, sources, typed_values
from app.web.sending import SAFE, guarded
from app.web.told import told_fields

blueprint = Blueprint("papers", __name__, url_prefix="/soan")


@blueprint.route("")
@requires(Act.PAPER_VIEW)
def index() -> str:
    """The papers in scope, the one changed last first."""
    page = page_number(request.args.get("trang"))
    state = next((one for one in PaperState if one == request.args.get("buoc")), None)
    unsigned = request.args.get("chua-ky") == "1"
    with reading() as uow:
        found = papers.papers(
            uow, state=state, without_signed_copy=unsigned, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
        )
        rows = [_row(row) for row in found.items]
    choices = [("", _("Tất cả")), *((one.value, str(words[1])) for one, words in STATES.items())]
    copies = [("", _("Tất cả")), ("1", _("chưa có bản ký"))]
    flag = "1" if unsigned else None
    return render_template(
        "papers/list.html",
        title=_("Văn bản soạn tại đây"),
        filters=[
            {"name": "buoc", "label": _("Bước"), "kind": "select", "value": state or "", "choices": choices},
            {"name": "chua-ky", "label": _("Bản ký"), "kind": "select", "value": flag or "", "choices": copies},
        ],
        rows=rows,
        pager=list_pager(found, "papers.index", buoc=state, **{"chua-ky": flag}),
        filtered=bool(state or unsigned),
    )


def _row(row: Paper) -> dict[str, Any]:
    return {
        "title": row.title,
        "url": url_for("papers.view", paper_id=row.id),
        "number": number_text(row),
        "date": row.number_date,
        "case_code": row.case.code,
        "case_url": url_for("cases.view", case_id=row.case_id),
        "person": row.case.person.full_name,
        "badges": badges_of_paper(row),
    }


@blueprint.route("/ho-so/<int:case_id>/moi", methods=["GET", "POST"])
@requires(Act.PAPER_DRAFT)
def new(case_id: int) -> str | Response | tuple[str, int]:
    """Start a paper in a case: the day of the act, then the draft filled from the records."""
    code = request.args.get("mau", "")
    form = StartForm()
    form.act_date.label.text = _("Ngày của việc")
    form.act_date.description = _("Ngày này quyết định quy định và mẫu được dùng; số và ngày văn bản cấp sau khi ký.")
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                day = form.act_date.data or today(uow)
                paper_id = papers.draft(uow, find_case(uow, case_id), code, act_date=day).id
        except Invalid as error:
            complain(form, error)
            status = 422
        except HosoError as error:
            form.act_date.errors = [*form.act_date.errors, error.message]
            status = status_of(error)
        else:
            flash(_("Đã lấy thông tin từ hồ sơ vào dự thảo. Bổ sung phần còn thiếu."), "ok")
            return redirect(url_for("papers.edit", paper_id=paper_id))
    return _start_page(form, case_id, code), status


def _start_page(form: StartForm, case_id: int, code: str) -> str:
    with reading() as uow:
        case = find_case(uow, case_id)
        require(uow, Act.PAPER_DRAFT, case)
        day = form.act_date.data or _day(request.args.get("ngay")) or today(uow)
        if not form.is_submitted():
            form.act_date.data = day
        known = {rule.code: rule for rule in papers.forms_for(uow, case, act_date=day)}
        rule = known.get(code)
        case_code, issuer = case.code, case.organisation.name
        signer = lawful_rule(code, case, case.organisation, day).issuer_for(case.organisation.kind) if rule else None
    facts = []
    if rule is not None and signer is not None:
        facts = [
            {"label": _("Văn bản"), "value": rule.title},
            {"label": _("Mẫu"), "value": form_name(code)},
            {"label": _("Căn cứ"), "value": rule.basis},
            {"label": _("Cơ quan ban hành"), "value": issuer},
            {"label": _("Người ký"), "value": signer.position, "note": signer.basis},
            *({"label": _("Chưa kiểm tra"), "value": gap_text(gap)} for gap in rule.unchecked),
        ]
    back = url_for("cases.view", case_id=case_id)
    return render_template(
        "form.html",
        title=_("Soạn văn bản"),
        crumbs=[(_("Hồ sơ"), url_for("cases.index")), (case_code, back), (_("Soạn"), None)],
        lead=rule.title if rule else code,
        form=form,
        submit=_("Soạn"),
        cancel_url=back,
        side={"title": _("Theo quy định"), "facts": facts} if facts else None,
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


@blueprint.route("/<int:paper_id>")
@requires(Act.PAPER_VIEW)
def view(paper_id: int) -> str:
    """One paper."""
    with reading() as uow:
        context = paper_page(uow, papers.paper(uow, paper_id), {})
    seen("paper.viewed", "paper", paper_id)
    return render_template("papers/view.html", **context)


@blueprint.route("/<int:paper_id>/sua", methods=["GET", "POST"])
@requires(Act.PAPER_DRAFT)
def edit(paper_id: int) -> str | Response | tuple[str, int]:
    """The draft's form."""
    with reading() as uow:
        row = papers.paper(uow, paper_id)
        require(uow, Act.PAPER_DRAFT, row)
        fields = fields_of(row)
        form = draft_form(fields)
        if not form.is_submitted():
            form.revision.data = str(row.revision)
    status = 200
    if form.is_submitted():
        try:
            _save(paper_id, form, fields)
        except Invalid as error:
            complain(form, error)
            status = 422
        except Conflict as error:
            form.form_errors = [error.advice]
            status = 409
        else:
            flash(_("Đã lưu dự thảo."), "ok")
            return redirect(url_for("papers.view", paper_id=paper_id))
    with reading() as uow:
        context = _edit_context(uow, papers.paper(uow, paper_id), form, fields)
    return render_template("papers/edit.html", **context), status


def _save(paper_id: int, form: Any, fields: tuple[Field, ...], leaving_out: frozenset[str] = frozenset()) -> int:
    values = {name: value for name, value in typed_values(form, fields).items() if name not in leaving_out}
    with writing() as uow:
        row = papers.paper(uow, paper_id)
        return papers.save_draft(uow, row, values=values, revision=revision_of(form)).revision


@blueprint.route("/<int:paper_id>/luu-nhap", methods=["POST"])
@requires(Act.PAPER_DRAFT)
def autosave(paper_id: int) -> Response | tuple[Response, int]:
    """Save what is typed so far. A field that is half typed and makes no sense yet is left out and named; a paper that
    was presented already is not touched by this door, for that would take it back."""
    with reading() as uow:
        row = papers.paper(uow, paper_id)
        require(uow, Act.PAPER_DRAFT, row)
        fields, state = fields_of(row), row.state
    form = draft_form(fields)
    if state is not PaperState.DRAFT:
        return jsonify({"code": "wrong-state"}), 409
    wrong: dict[str, str] = {}
    try:
        try:
            revision = _save(paper_id, form, fields)
        except Invalid as error:
            wrong = error.fields
            revision = _save(paper_id, form, fields, frozenset(wrong))
    except Conflict as error:
        return jsonify({"code": error.code, "message": error.advice}), 409
    return jsonify({"revision": revision, "wrong": told_fields(wrong)})


def _edit_context(uow: UnitOfWork, row: Paper, form: Any, fields: tuple[Field, ...]) -> dict[str, Any]:
    back = url_for("papers.view", paper_id=row.id)
    drafting = row.state is PaperState.DRAFT
    warning = _("Văn bản đã trình: lưu thay đổi là đưa về dự thảo và phải trình lại.")
    lead = f"{form_name(row.form)} · {row.organisation.name} · {row.case.person.full_name}"
    return {
        "title": row.title,
        "crumbs": [(row.case.code, url_for("cases.view", case_id=row.case_id)), (row.title, back), (_("Soạn"), None)],
        "lead": lead,
        "note_text": None if drafting else warning,
        "form": form,
        "summed": Summed(tuple(leaves(form)), tuple(form.form_errors)),
        "groups": draft_groups(form, fields),
        "sources": sources(fields, row.case.code),
        "save_url": url_for("papers.edit", paper_id=row.id),
        "autosave_url": url_for("papers.autosave", paper_id=row.id) if drafting else None,
        "missing": [(one.label, one.variable) for one in papers.missing_facts(uow, row)],
        "problems": papers.problems(uow, row),
        "unverified": form_of(row).unverified,
        "gaps": gaps_of(row, lawful_rule(row.form, row.case, row.organisation, row.act_date)),
        "cancel_url": back,
        "blank_urls": [
            (_("In mẫu trống"), print_url(row, "blank", "pdf")),
            (_("In bản điền dở"), print_url(row, "partial", "pdf")),
        ],
    }


@blueprint.route("/<int:paper_id>/in/<mode>.<kind>")
@requires(Act.PAPER_VIEW)
def print_one(paper_id: int, mode: str, kind: str) -> Response:
    """A print as a download: empty, half filled, with number and date left open, or the made file."""
    if mode not in set(PrintMode) or kind not in set(FileKind):
        raise NotFound()
    with reading() as uow:
        name = papers.paper(uow, paper_id).form.replace("/", "-")
    made = print_paper(backends(), paper_id, actor(), mode=PrintMode(mode), kind=FileKind(kind))
    name = f"{name}-{paper_id}-{mode}.{kind}"
    return guarded(send_file(io.BytesIO(made), mimetype=SAFE, as_attachment=True, download_name=name, etag=False))
