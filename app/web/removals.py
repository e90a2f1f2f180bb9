"""Closed documents: the list, asking for a removal, deciding on it, taking it back, opening what was closed wrongly."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField

from app.backends import UnitOfWork
from app.errors import Invalid, WrongState
from app.models import Document, RemovalReason
from app.services import documents, quarantine, removing
from app.services.access import Act, role_allows
from app.services.paging import PAGE_SIZE
from app.services.removal_effects import effect_of
from app.web.context import actor, reading, seen, writing
from app.web.document_address import DocumentAddress
from app.web.guard import requires
from app.web.inputs import complain, require_valid
from app.web.pager import list_pager, page_number
from app.web.removal_words import points

blueprint = Blueprint("removals", __name__, url_prefix="/cach-ly")

REASONS = {
    RemovalReason.SECRET: lazy_gettext("Văn bản có dấu độ mật (MẬT, TỐI MẬT, TUYỆT MẬT)"),
    RemovalReason.OTHER_PERSON: lazy_gettext("Thông tin của người khác, ví dụ kết quả y tế xếp nhầm"),
    RemovalReason.OTHER: lazy_gettext("Lý do khác"),
}
CODES = {
    quarantine.SECRET_MARK: lazy_gettext("máy thấy dấu độ mật"),
    quarantine.ASKED: lazy_gettext("có đề nghị gỡ bỏ"),
}
APPROVE, REFUSE = "dong-y", "khong-dong-y"


class AskForm(FlaskForm):
    """Why a document must not be here."""

    reason = RadioField(validate_choice=False)
    explanation = TextAreaField()

    def dress(self) -> "AskForm":
        """Put the words of the reader's language on the form."""
        self.reason.label.text = _("Vì sao phải gỡ bỏ")
        self.reason.choices = [(kind.value, str(words)) for kind, words in REASONS.items()]
        self.explanation.label.text = _("Giải thích")
        self.explanation.description = _("Người quyết định và người kiểm tra sau này đọc; không ghi lại nội dung mật.")
        return self


class DecideForm(FlaskForm):
    """The decision on a request of somebody else."""

    decision = RadioField(validate_choice=False)
    remarks = TextAreaField()

    def dress(self) -> "DecideForm":
        """Put the words of the reader's language on the form."""
        self.decision.label.text = _("Quyết định")
        self.decision.choices = [
            (APPROVE, _("Đồng ý gỡ bỏ: xóa hẳn tệp, ảnh trang, chữ và mục tìm kiếm")),
            (REFUSE, _("Không đồng ý: mở lại văn bản")),
        ]
        self.remarks.label.text = _("Ý kiến")
        self.remarks.description = _("Bắt buộc khi không đồng ý.")
        return self


class ReleaseForm(FlaskForm):
    """Why a document that was closed may be open."""

    reason = TextAreaField()


@blueprint.route("")
@requires(Act.REMOVAL_VIEW)
def index() -> str:
    """What is closed in one's own organisation, and what may be done about it."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        found = removing.closed_documents(uow, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        rows = [_row(one) for one in found.items]
    seen("removal.listed", "document", None, count=len(rows))
    return render_template(
        "removals/list.html",
        title=_("Văn bản đang cách ly"),
        lead=_("Không ai mở hoặc tìm thấy các văn bản này. Việc gỡ bỏ do hai người quyết định."),
        rows=rows,
        pager=list_pager(found, "removals.index"),
    )


def _row(one: removing.Closed) -> dict[str, Any]:
    removal, role = one.removal, actor().role
    acts: list[dict[str, Any]] = []
    if removal is None and role_allows(role, Act.REMOVAL_ASK):
        acts.append({"label": _("Đề nghị gỡ bỏ"), "url": url_for("removals.ask", document_id=one.document.id)})
    if removal is None and role_allows(role, Act.REMOVAL_DECIDE):
        acts.append(
            {"label": _("Không phải văn bản mật"), "url": url_for("removals.release", document_id=one.document.id)}
        )
    if removal is not None and removal.decided_at is None:
        if role_allows(role, Act.REMOVAL_DECIDE) and removal.asked_by != actor().user_id:
            acts.append({"label": _("Quyết định"), "url": url_for("removals.decide", removal_id=removal.id)})
        if removal.asked_by == actor().user_id:
            url = url_for("removals.withdraw", removal_id=removal.id)
            acts.append({"label": _("Rút đề nghị"), "url": url, "method": "post"})
    return {
        "name": one.name,
        "pages": one.pages,
        "uploader": one.uploader,
        "closed_at": one.document.quarantined_at,
        "why": str(CODES.get(one.document.quarantine_code or "", one.document.quarantine_code)),
        "asked": str(REASONS[removal.reason]) if removal else "",
        "explanation": removal.explanation if removal else "",
        "asker": one.asker,
        "waits": removal is not None and removal.decided_at is not None,
        "acts": acts,
    }


@blueprint.route("/van-ban/<int:document_id>", methods=["GET", "POST"])
@requires(Act.REMOVAL_ASK)
def ask(document_id: int) -> str | Response | tuple[str, int]:
    """Ask for the removal of a document; it is closed at once."""
    form = AskForm().dress()
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            if form.reason.data not in set(RemovalReason):
                raise Invalid(fields={"reason": _("Chọn một lý do.")})
            with writing() as uow:
                removing.ask(
                    uow,
                    document_id,
                    reason=RemovalReason(form.reason.data),
                    explanation=form.explanation.data or "",
                )
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            flash(_("Đã đề nghị gỡ bỏ; văn bản được cách ly ngay. Lãnh đạo quyết định."), "ok")
            return redirect(url_for("removals.index"))
    with reading() as uow:
        document, name, back = _named(uow, document_id)
        effect = effect_of(uow, document)
    told = points(effect)
    if effect.gone or effect.shortened:
        told.append(_("Các văn bản có chung trang với văn bản này cũng được cách ly cho đến khi có quyết định."))
    note = _(
        "Văn bản “%(name)s” được cách ly ngay, không ai mở được nữa, cho đến khi một lãnh đạo quyết định.", name=name
    )
    title, submit = _("Đề nghị gỡ bỏ văn bản"), _("Đề nghị gỡ bỏ")
    return _form(form, title, note=note, told=told, submit=submit, back=back, kind="danger"), status


def _named(uow: UnitOfWork, document_id: int) -> tuple[Document, str, str]:
    """A document that is asked about, open or closed, its name, and where its reader comes from."""
    for closed in removing.closed_documents(uow, limit=1, document_id=document_id).items:
        return closed.document, closed.name, url_for("removals.index")
    document = documents.document(uow, document_id)
    return document, document.title, DocumentAddress(document_id).url()


@blueprint.route("/<int:removal_id>/quyet-dinh", methods=["GET", "POST"])
@requires(Act.REMOVAL_DECIDE)
def decide(removal_id: int) -> str | Response | tuple[str, int]:
    """Decide on the request of somebody else."""
    form = DecideForm().dress()
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            if form.decision.data not in (APPROVE, REFUSE):
                raise Invalid(fields={"decision": _("Chọn đồng ý hoặc không đồng ý.")})
            with writing() as uow:
                approve = form.decision.data == APPROVE
                removal = removing.decide(uow, removal_id, approve=approve, remarks=form.remarks.data or "")
                count = 1 + len(effect_of(uow, removal.document).gone)
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            decided = _("Đã quyết định gỡ bỏ %(count)s văn bản; nội dung được xóa ngay sau đây.", count=count)
            flash(decided if approve else _("Đã mở lại văn bản."), "ok")
            return redirect(url_for("removals.index"))
    with reading() as uow:
        closed = removing.closed_for(uow, removal_id)
        if closed.removal is None:
            raise WrongState()
        note = _(
            "“%(name)s”, %(pages)s trang, %(asker)s đề nghị gỡ bỏ: %(reason)s. %(explanation)s "
            "Gỡ bỏ rồi không lấy lại được; chỉ còn dấu vết không nội dung.",
            name=closed.name,
            pages=closed.pages,
            asker=closed.asker or _("người vận hành"),
            reason=str(REASONS[closed.removal.reason]),
            explanation=closed.removal.explanation,
        )
        told = points(effect_of(uow, closed.document))
    title, submit, back = _("Quyết định gỡ bỏ"), _("Ghi quyết định"), url_for("removals.index")
    return _form(form, title, note=note, told=told, submit=submit, back=back, kind="danger"), status


@blueprint.route("/<int:removal_id>/rut", methods=["POST"])
@requires(Act.REMOVAL_ASK)
def withdraw(removal_id: int) -> Response:
    """Take one's own request back."""
    with writing() as uow:
        removing.withdraw(uow, removal_id)
    flash(_("Đã rút đề nghị gỡ bỏ."), "ok")
    return redirect(url_for("removals.index"))


@blueprint.route("/van-ban/<int:document_id>/mo-lai", methods=["GET", "POST"])
@requires(Act.REMOVAL_DECIDE)
def release(document_id: int) -> str | Response | tuple[str, int]:
    """Open a document whose mark is none."""
    form = ReleaseForm()
    form.reason.label.text = _("Căn cứ mở lại")
    form.reason.description = _("Ai đã đối chiếu bản giấy, thấy gì.")
    status = 200
    if form.is_submitted():
        try:
            require_valid(form)
            with writing() as uow:
                quarantine.release(uow, document_id, reason=form.reason.data or "")
        except Invalid as error:
            complain(form, error)
            status = 422
        else:
            flash(_("Đã mở lại văn bản; tìm thấy được sau ít giây."), "ok")
            return redirect(url_for("removals.index"))
    with reading() as uow:
        _document, name, back = _named(uow, document_id)
    note = _("Mở lại “%(name)s”: chỉ khi đã đối chiếu bản giấy và văn bản không mang dấu độ mật.", name=name)
    return _form(form, _("Mở lại văn bản"), note=note, submit=_("Mở lại văn bản"), back=back), status


def _form(
    form: FlaskForm,
    title: str,
    *,
    note: str,
    submit: str,
    back: str,
    kind: str = "primary",
    told: Sequence[str] = (),
) -> str:
    seen("removal.viewed", "document", None)
    return render_template(
        "form.html",
        form=form,
        title=title,
        crumbs=[(_("Văn bản đang cách ly"), url_for("removals.index")), (title, None)],
        note_kind="warn",
        note_text=note,
        note_points=told,
        submit=submit,
        kind=kind,
        cancel_url=back,
    )
