"""Cases: list, one case, new (also in mid-life), edit, answers to the law's conditions, events, closing, proposals."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Conflict, HosoError, Invalid, NotFound, RulesUnknown
from app.models import Case, CaseDocument, CaseState
from app.services import cases, filing, persons
from app.services.access import Act, require, role_allows
from app.services.documents import document as find_document
from app.services.local_day import today
from app.services.paging import PAGE_SIZE
from app.web.case_dossiers import count_badges, questions, statuses_of
from app.web.case_page import case_page
from app.web.case_words import CASE_STATES, case_state, procedure_name
from app.web.cases_forms import CaseForm, EditForm, EventForm
from app.web.context import actor, reading, seen, writing
from app.web.guard import requires
from app.web.inputs import PlainForm, complain, require_valid, revision_of, summed
from app.web.kept_words import kept_words, to_kept_words
from app.web.pager import list_pager, page_number
from app.web.person_list import person_list
from app.web.person_words import birth, birth_year
from config.rules import rules_on

blueprint = Blueprint("cases", __name__, url_prefix="/ho-so")

ANSWERS = {"yes": True, "no": False, "": None}


@blueprint.route("")
@requires(Act.CASE_VIEW)
def index() -> str:
    """The cases in scope, newest first."""
    key, page, state = request.args.get("k"), page_number(request.args.get("trang")), _state(request.args)
    with reading() as uow:
        text = kept_words(uow).text
        found = cases.cases(uow, text=text, state=state, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        rows = [_row(uow, row) for row in found.items]
    seen("case.listed", "case", None, count=len(rows))
    open_one = {"label": _("Lập hồ sơ"), "url": url_for("cases.new"), "kind": "primary"}
    acts = [open_one] if role_allows(actor().role, Act.CASE_EDIT) else []
    states = [("", _("Tất cả")), *((one.value, str(words[1])) for one, words in CASE_STATES.items())]
    return render_template(
        "cases/list.html",
        title=_("Hồ sơ"),
        submit_url=url_for("cases.find"),
        actions=acts,
        filters=[
            {"name": "q", "label": _("Mã hồ sơ, tên người"), "kind": "text", "value": text},
            {"name": "muc", "label": _("Tình trạng"), "kind": "select", "value": state or "", "choices": states},
        ],
        rows=rows,
        pager=list_pager(found, "cases.index", k=key, muc=state),
        filtered=bool(text or state),
        empty_acts=[],
    )


@blueprint.route("", methods=["POST"])
@requires(Act.CASE_VIEW)
def find() -> Response:
    """Take a code or a name, and go to the list under its key."""
    return to_kept_words("cases.index", muc=_state(request.form))


def _state(given: MultiDict[str, str]) -> CaseState | None:
    return next((one for one in CASE_STATES if one == given.get("muc")), None)


def _row(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    badges = [badge for status in statuses_of(uow, case) for badge in count_badges(status)]
    if case.state is CaseState.CLOSED:
        badges.insert(0, case_state(case.state))
    return {
        "code": case.code,
        "url": url_for("cases.view", case_id=case.id),
        "person": case.person.full_name,
        "person_url": url_for("persons.view", person_id=case.person_id),
        "birth": birth_year(case.person),
        "procedure": procedure_name(case),
        "opened": case.opened_on,
        "organisation": case.organisation.name,
        "badges": badges,
    }


@blueprint.route("/<int:case_id>")
@requires(Act.CASE_VIEW)
def view(case_id: int) -> str:
    """One case."""
    with reading() as uow:
        context = case_page(uow, cases.case(uow, case_id))
    seen("case.viewed", "case", case_id)
    return render_template("cases/view.html", **context)


@blueprint.route("/moi", methods=["GET", "POST"])
@requires(Act.CASE_EDIT)
def new() -> str | Response | tuple[str, int]:
    """Open a case: the person first, then procedure, day and earlier acts."""
    person_id = request.args.get("nguoi", type=int)
    if person_id is None:
        return to_kept_words("cases.new") if request.method == "POST" else _choose_person()
    with reading() as uow:
        person = persons.person(uow, person_id)
        require(uow, Act.CASE_EDIT, person)
        lead = ", ".join(part for part in (person.full_name, birth(person)) if part)
        regime = rules_on(today(uow))
    form = CaseForm().dress(regime)
    if request.form.get("more"):
        form.grow(regime)
        return _case_form(form, lead)
    if not form.is_submitted():
        return _case_form(form, lead)
    names: dict[str, str] = {}
    try:
        require_valid(form)
        data, names = form.typed()
        with writing() as uow:
            row = cases.open_case(uow, person=persons.person(uow, person_id), data=data)
            case_id, code = row.id, row.code
    except (Invalid, RulesUnknown) as error:
        _complain(form, error, names)
        return _case_form(form, lead), 422
    flash(_("Đã lập hồ sơ %(code)s.", code=code), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


def _choose_person() -> str:
    new_person = {"label": _("Ghi người mới"), "url": url_for("persons.new"), "kind": "primary"}
    return person_list(
        "cases.new",
        submit_url=url_for("cases.new"),
        leads_to="cases.new",
        title=_("Lập hồ sơ: chọn người"),
        lead=_("Mỗi hồ sơ là một thủ tục đối với một người. Chọn người đã ghi, hoặc ghi người mới."),
        crumbs=[(_("Hồ sơ"), url_for("cases.index")), (_("Lập hồ sơ"), None)],
        actions=[new_person],
    )


def _case_form(form: CaseForm, lead: str) -> str:
    return render_template(
        "grouped.html",
        title=_("Lập hồ sơ"),
        lead=lead,
        crumbs=[(_("Hồ sơ"), url_for("cases.index")), (_("Lập hồ sơ"), None)],
        form=form,
        summed=summed(form),
        groups=form.groups(),
        submit=_("Lập hồ sơ"),
        cancel_url=url_for("cases.index"),
    )


def _complain(form: EditForm, error: HosoError, names: dict[str, str] | None = None) -> None:
    if isinstance(error, Invalid):
        complain(form, error, names)
    else:
        form.procedure.errors = [*form.procedure.errors, error.message]


@blueprint.route("/<int:case_id>/sua", methods=["GET", "POST"])
@requires(Act.CASE_EDIT)
def edit(case_id: int) -> str | Response | tuple[str, int]:
    """Change an open case."""
    form = EditForm()
    with reading() as uow:
        row = cases.case(uow, case_id)
        require(uow, Act.CASE_EDIT, row)
        code, act_date = row.code, row.act_date
        if not form.is_submitted():
            form.fill(row)
    form.dress(rules_on(act_date))
    if not form.is_submitted():
        return _edit_form(form, case_id, code)
    try:
        require_valid(form)
        with writing() as uow:
            cases.edit_case(uow, cases.case(uow, case_id), data=form.case_data(), revision=revision_of(form))
    except (Invalid, RulesUnknown) as error:
        _complain(form, error)
        return _edit_form(form, case_id, code), 422
    except Conflict:
        form.form_errors = [_("Người khác vừa sửa mục này. Mở lại trang ở thẻ khác để xem, rồi ghi lại phần của mình.")]
        return _edit_form(form, case_id, code), 409
    flash(_("Đã ghi thay đổi."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


def _edit_form(form: EditForm, case_id: int, code: str) -> str:
    back = url_for("cases.view", case_id=case_id)
    return render_template(
        "grouped.html",
        title=_("Sửa hồ sơ"),
        crumbs=[(_("Hồ sơ"), url_for("cases.index")), (code, back), (_("Sửa"), None)],
        form=form,
        summed=summed(form),
        groups=form.groups(),
        cancel_url=back,
    )


@blueprint.route("/<int:case_id>/truong-hop", methods=["POST"])
@requires(Act.CASE_EDIT)
def circumstances(case_id: int) -> Response:
    """Answer the conditions of the law: yes, no, or not known."""
    with writing() as uow:
        row = cases.case(uow, case_id)
        for question in questions(row):
            answer = request.form.get(question.key)
            if answer in ANSWERS and answer != question.answer:
                cases.set_circumstance(uow, row, question.key, ANSWERS[answer])
    flash(_("Đã ghi trả lời; bộ hồ sơ được kiểm tra lại theo đó."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


@blueprint.route("/<int:case_id>/dien-bien", methods=["GET", "POST"])
@requires(Act.CASE_EDIT)
def add_event(case_id: int) -> str | Response | tuple[str, int]:
    """Write down something that happened, here or at another body."""
    form = EventForm().dress()
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            _add_event(form, case_id)
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            flash(_("Đã ghi vào diễn biến."), "ok")
            return redirect(url_for("cases.view", case_id=case_id))
    with reading() as uow:
        row = cases.case(uow, case_id)
        require(uow, Act.CASE_EDIT, row)
        code = row.code
    back = url_for("cases.view", case_id=case_id)
    crumbs = [(_("Hồ sơ"), url_for("cases.index")), (code, back), (_("Diễn biến"), None)]
    page = render_template("form.html", title=_("Ghi thêm việc"), crumbs=crumbs, form=form, cancel_url=back)
    return page, status


def _add_event(form: EventForm, case_id: int) -> None:
    day: date | None = form.happened_on.data
    if day is None:
        raise Invalid(fields={"happened_on": _("Ghi ngày diễn ra.")})
    with writing() as uow:
        cases.add_event(
            uow,
            cases.case(uow, case_id),
            happened_on=day,
            title=form.title.data or "",
            issuer=form.issuer.data or "",
            number_text=form.number_text.data or "",
        )


@blueprint.route("/<int:case_id>/dong", methods=["GET", "POST"])
@requires(Act.CASE_EDIT)
def close(case_id: int) -> str | Response:
    """Close a case, after saying what that means."""
    form = PlainForm()
    if form.is_submitted():
        with writing() as uow:
            row = cases.close_case(uow, cases.case(uow, case_id))
            code = row.code
        flash(_("Đã đóng hồ sơ %(code)s.", code=code), "ok")
        return redirect(url_for("cases.view", case_id=case_id))
    with reading() as uow:
        row = cases.case(uow, case_id)
        require(uow, Act.CASE_EDIT, row)
        code = row.code
        lacking = sum(status.lacking for status in statuses_of(uow, row))
    back = url_for("cases.view", case_id=case_id)
    note = _("Hồ sơ đã đóng vẫn đọc được và xếp thêm văn bản được, nhưng không sửa và không soạn văn bản mới.")
    if lacking:
        note += " " + _("Bộ hồ sơ còn thiếu %(number)s giấy tờ.", number=lacking)
    return render_template(
        "form.html",
        title=_("Đóng hồ sơ %(code)s", code=code),
        crumbs=[(_("Hồ sơ"), url_for("cases.index")), (code, back), (_("Đóng"), None)],
        form=form,
        note_text=note,
        note_kind="warn",
        submit=_("Đóng hồ sơ"),
        cancel_url=back,
    )


@blueprint.route("/<int:case_id>/mo-lai", methods=["POST"])
@requires(Act.CASE_EDIT)
def reopen(case_id: int) -> Response:
    """Open a closed case again."""
    with writing() as uow:
        cases.reopen_case(uow, cases.case(uow, case_id))
    flash(_("Đã mở lại hồ sơ."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


@blueprint.route("/<int:case_id>/muc/<item>/<int:document_id>", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def place(case_id: int, item: str, document_id: int) -> Response:
    """Say that a document is the paper the machine took it for."""
    with writing() as uow:
        filing.file_document(uow, find_document(uow, document_id), cases.case(uow, case_id), item=item)
    flash(_("Đã xác nhận giấy tờ."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


@blueprint.route("/<int:case_id>/de-nghi/<int:filing_id>/nhan", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def accept(case_id: int, filing_id: int) -> Response:
    """Make a proposal count."""
    with writing() as uow:
        filing.accept(uow, _filing(uow, case_id, filing_id))
    flash(_("Đã xếp văn bản vào hồ sơ."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


@blueprint.route("/<int:case_id>/de-nghi/<int:filing_id>/khong-phai", methods=["POST"])
@requires(Act.DOCUMENT_FILE)
def reject(case_id: int, filing_id: int) -> Response:
    """Say that a proposal is wrong."""
    with writing() as uow:
        filing.reject(uow, _filing(uow, case_id, filing_id))
    flash(_("Đã bỏ đề nghị; máy không đề nghị lại văn bản này cho hồ sơ."), "ok")
    return redirect(url_for("cases.view", case_id=case_id))


def _filing(uow: UnitOfWork, case_id: int, filing_id: int) -> CaseDocument:
    row = filing.filing(uow, filing_id)
    if row.case_id != case_id:
        raise NotFound()
    return row
