"""Where inspectors and archivists say why they look names up, and the way there from whatever asked for it."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from app.errors import Invalid, PurposeMissing
from app.services.access import Act
from app.services.purpose import state_purpose
from app.web import errors
from app.web.auth import safe_next
from app.web.context import actor, writing
from app.web.guard import API_PREFIX, PURPOSE, requires
from app.web.inputs import complain, require_valid

blueprint = Blueprint("purpose", __name__, url_prefix="/tim-kiem/muc-dich")

Answer = Any  # a redirect, or the answer of the table of errors

_SEE_OTHER = 303  # what was posted is not posted to the form


class PurposeForm(FlaskForm):
    """Purpose and number, as typed."""

    purpose = StringField(
        lazy_gettext("Mục đích tra cứu"),
        [InputRequired(lazy_gettext("Ghi mục đích tra cứu."))],
        description=lazy_gettext("Ví dụ: kiểm tra việc lập hồ sơ quản lý sau cai. Không ghi tên người."),
    )
    case_number = StringField(
        lazy_gettext("Số vụ việc/quyết định kiểm tra"),
        [InputRequired(lazy_gettext("Ghi số vụ việc hoặc số quyết định kiểm tra."))],
        description=lazy_gettext("Ví dụ 12/QĐ-TTr."),
    )


@blueprint.route("", methods=["GET", "POST"])
@requires(Act.PURPOSE_STATE)
def state() -> str | tuple[str, int] | Response:
    """State it, or state another one for what is looked up from now on; then on to what was asked for."""
    form = PurposeForm()
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                key = state_purpose(uow, text=form.purpose.data or "", case_number=form.case_number.data or "")
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            session[PURPOSE] = key
            flash(_("Đã ghi mục đích tra cứu cho phiên làm việc này."), "ok")
            return _on(request.args.get("next"))
    elif (stated := actor().purpose) is not None:
        form.purpose.data, form.case_number.data = stated.text, stated.case_number
    page = render_template(
        "form.html",
        form=form,
        title=_("Mục đích tra cứu"),
        crumbs=[(_("Tìm kiếm"), url_for("search.results")), (_("Mục đích tra cứu"), None)],
        note_text=_(
            "Trước khi tìm theo tên người, ghi mục đích và số vụ việc một lần cho phiên làm việc này. Nhật ký giữ kèm "
            "mỗi lần tìm và mỗi lần xem người; hết hiệu lực khi đăng xuất hoặc đổi người dùng."
        ),
        submit=_("Ghi và tiếp tục"),
        cancel_url=url_for("work.index"),
    )
    return page, status


def _on(target: str | None) -> Response:
    """The page that asked for it, else the search page."""
    return redirect(safe_next(target) if target else url_for("search.results"))


@blueprint.app_errorhandler(PurposeMissing)
def ask_first(error: PurposeMissing) -> Answer:
    """A page leads to the form, which leads back; a program is told what to send."""
    if request.path.startswith(API_PREFIX) or request.accept_mimetypes.best == "application/json":
        return errors.answer(errors.status_of(error), error.code, error.advice)
    came_from = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    return redirect(url_for("purpose.state", next=came_from or None), _SEE_OTHER)
