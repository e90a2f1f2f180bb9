"""The steps of a paper as posts from its page. What a service refuses is told on the page, with all input kept."""

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Conflict, DuplicateNumber, FactsMissing, FileRefused, HosoError, Invalid, StoreFull
from app.models import IntakeSource, Outcome, Paper
from app.services import intake, making, papers, signed_copy
from app.services.access import Act
from app.services.documents import document as find_document
from app.services.making import LayoutBroken
from app.services.paper_steps import Step
from app.services.printing import trial
from app.web.context import actor, backends, reading, writing
from app.web.errors import status_of
from app.web.guard import requires
from app.web.inputs import PlainForm, complain, require_valid, revision_of
from app.web.paper_next import CONFIRM, DROP, is_drawn
from app.web.paper_page import paper_page
from app.web.papers_forms import (
    ApproveForm,
    DropForm,
    NumberForm,
    ReasonForm,
    ReleaseForm,
    RemarksForm,
    ScanForm,
    SignForm,
)
from app.web.uploads import file_name

blueprint = Blueprint("paper_acts", __name__, url_prefix="/soan/<int:paper_id>")

Answer = Response | tuple[str, int]
TOLD = (Invalid, DuplicateNumber, FactsMissing, Conflict, FileRefused, StoreFull, LayoutBroken)
"""What is told on the page of the paper; everything else is a page of its own."""


def _take(paper_id: int, key: str, form: Any, step: Callable[[UnitOfWork, Paper], object], done: str) -> Answer:
    """Take one step in one unit of work and go back to the paper, or show it with what was wrong."""
    try:
        require_valid(form)
        with writing() as uow:
            step(uow, papers.paper(uow, paper_id))
    except TOLD as error:
        return _refused(paper_id, key, form, error)
    flash(done, "ok")
    return redirect(url_for("papers.view", paper_id=paper_id))


def _refused(paper_id: int, key: str, form: Any, error: HosoError) -> tuple[str, int]:
    if isinstance(error, Invalid):
        complain(form, error)
    elif isinstance(error, FactsMissing):
        form.form_errors = [error.advice, *error.names]
    else:
        form.form_errors = [error.message]
    with reading() as uow:
        context = paper_page(uow, papers.paper(uow, paper_id), {key: form})
    if key not in {act.key for act in context["next"]}:
        for message in form.form_errors:
            flash(message, "bad")
    return render_template("papers/view.html", **context), status_of(error)


@blueprint.route("/trinh", methods=["POST"])
@requires(Act.PAPER_PRESENT)
def present(paper_id: int) -> Answer:
    """Present a draft to the leader, after a trial rendering passed the layout check."""
    broken = trial(backends(), paper_id, actor())

    def step(uow: UnitOfWork, row: Paper) -> None:
        if broken:
            raise LayoutBroken(codes=sorted({problem.code for problem in broken}))
        papers.present(uow, row)

    return _take(paper_id, Step.PRESENT, PlainForm(), step, _("Đã trình lãnh đạo."))


@blueprint.route("/tra-lai", methods=["POST"], endpoint="return")
@requires(Act.PAPER_DECIDE)
def give_back(paper_id: int) -> Answer:
    """Give a paper back with remarks."""
    form = RemarksForm().dress()

    def step(uow: UnitOfWork, row: Paper) -> None:
        papers.return_(uow, row, remarks=form.remarks.data or "")

    return _take(paper_id, Step.RETURN, form, step, _("Đã trả lại người soạn."))


@blueprint.route("/duyet", methods=["POST"])
@requires(Act.PAPER_DECIDE)
def approve(paper_id: int) -> Answer:
    """Approve what was seen."""
    form = ApproveForm()

    def step(uow: UnitOfWork, row: Paper) -> None:
        papers.approve(uow, row, revision=revision_of(form))

    return _take(paper_id, Step.APPROVE, form, step, _("Đã duyệt. In bản để ký."))


@blueprint.route("/ky", methods=["POST"])
@requires(Act.PAPER_SIGN)
def sign(paper_id: int) -> Answer:
    """Record the signature."""
    form = SignForm().dress()

    def step(uow: UnitOfWork, row: Paper) -> None:
        if form.signed_on.data is None:
            raise Invalid(fields={"signed_on": _("Ghi ngày ký.")})
        name = form.signer_name.data or ""
        papers.record_signature(uow, row, signed_on=form.signed_on.data, signer_name=name)

    return _take(paper_id, Step.SIGN, form, step, _("Đã ghi nhận chữ ký."))


@blueprint.route("/cap-so", methods=["POST"])
@requires(Act.PAPER_NUMBER)
def number(paper_id: int) -> Answer:
    """Give number and date; the files are made right afterwards."""
    with reading() as uow:
        drawn = is_drawn(uow, papers.paper(uow, paper_id))
    form = NumberForm().dress(is_drawn=drawn)

    def step(uow: UnitOfWork, row: Paper) -> None:
        if form.date.data is None:
            raise Invalid(fields={"date": _("Ghi ngày văn bản.")})
        typed = None if drawn else form.number_text.data
        papers.number(uow, row, date=form.date.data, number_text=typed)

    return _take(paper_id, Step.NUMBER, form, step, _("Đã cấp số. Hệ thống đang tạo tệp DOCX và PDF."))


@blueprint.route("/tao-lai", methods=["POST"])
@requires(Act.PAPER_NUMBER)
def make_again(paper_id: int) -> Answer:
    """Make the files once more after a failure."""
    return _take(paper_id, Step.MAKE_AGAIN, PlainForm(), making.make_again, _("Đang tạo lại tệp."))


@blueprint.route("/phat-hanh", methods=["POST"])
@requires(Act.PAPER_RELEASE)
def release(paper_id: int) -> Answer:
    """Record that the paper went to a recipient."""
    form = ReleaseForm().dress()

    def step(uow: UnitOfWork, row: Paper) -> None:
        if form.sent_on.data is None:
            raise Invalid(fields={"sent_on": _("Ghi ngày giao.")})
        recipient, proof = form.recipient.data or "", form.proof.data or ""
        papers.release(uow, row, recipient=recipient, sent_on=form.sent_on.data, proof=proof)

    return _take(paper_id, Step.RELEASE, form, step, _("Đã ghi nơi nhận."))


@blueprint.route("/huy", methods=["POST"])
@requires(Act.PAPER_DRAFT, Act.PAPER_DECIDE, Act.PAPER_NUMBER)
def cancel(paper_id: int) -> Answer:
    """Cancel a paper that was not released, with the reason."""
    form = ReasonForm().dress()

    def step(uow: UnitOfWork, row: Paper) -> None:
        papers.cancel(uow, row, reason=form.reason.data or "")

    return _take(paper_id, Step.CANCEL, form, step, _("Đã hủy văn bản."))


@blueprint.route("/ban-ky", methods=["POST"])
@requires(Act.SIGNED_COPY)
def signed_copy_upload(paper_id: int) -> Answer:
    """Take the signed scan: bytes into the store, then a record; reading compares it with the text."""
    form = ScanForm().dress()
    sent = request.files.get("scan")
    try:
        require_valid(form)
        _store_scan(paper_id, sent)
    except TOLD as error:
        return _refused(paper_id, Step.SIGNED_COPY, form, error)
    flash(_("Đã nhận bản quét. Khi đọc xong, hệ thống so với văn bản và cho biết kết quả ở đây."), "ok")
    return redirect(url_for("papers.view", paper_id=paper_id))


def _store_scan(paper_id: int, sent: FileStorage | None) -> None:
    if sent is None or not sent.filename:
        raise Invalid(fields={"scan": _("Chọn tệp bản quét đã ký.")})
    with reading() as uow:
        may_come = Step.SIGNED_COPY in papers.can(uow, papers.paper(uow, paper_id))
    if not may_come:
        raise Conflict(_("Văn bản này đã có bản ký, hoặc chưa đến bước nhận bản ký."))
    stored = backends().store.put(cast(Any, sent.stream), limit=backends().settings.max_upload_bytes)
    with writing() as uow:
        row = papers.paper(uow, paper_id)
        batch = intake.open_batch(uow, source=IntakeSource.SIGNED_SCAN, paper_id=row.id)
        item = intake.receive(uow, batch, name=file_name(sent), stored=stored)
        if item.settled is Outcome.DUPLICATE and item.document is not None and item.document.quality is not None:
            signed_copy.take_signed_scan(uow, row, item.document)  # read before: nothing will come by itself


@blueprint.route("/ban-ky/<int:document_id>/nhan", methods=["POST"])
@requires(Act.SIGNED_COPY)
def take_scan(paper_id: int, document_id: int) -> Answer:
    """Take a scan that the machine proposed as the signed copy, on a person's word."""

    def step(uow: UnitOfWork, row: Paper) -> None:
        signed_copy.take_signed_scan(uow, row, find_document(uow, document_id))

    return _take(paper_id, Step.SIGNED_COPY, PlainForm(), step, _("Đã nhận bản quét làm bản ký."))


@blueprint.route("/ban-ky/da-ky", methods=["POST"])
@requires(Act.SIGNED_COPY)
def confirm(paper_id: int) -> Answer:
    """Say after looking that the scan bears the signature."""

    def step(uow: UnitOfWork, row: Paper) -> None:
        if row.signed_document_id is None:
            raise Conflict(_("Văn bản này chưa có bản ký."))
        signed_copy.take_signed_scan(uow, row, find_document(uow, row.signed_document_id), seen_signed=True)

    return _take(paper_id, CONFIRM, PlainForm(), step, _("Đã xác nhận bản quét có chữ ký."))


@blueprint.route("/ban-ky/go", methods=["POST"])
@requires(Act.SIGNED_COPY)
def drop(paper_id: int) -> Answer:
    """Take a wrong scan off the paper, with the reason; the document itself stays."""
    form = DropForm().dress()

    def step(uow: UnitOfWork, row: Paper) -> None:
        try:
            signed_copy.drop_signed_scan(uow, row, reason=form.drop_reason.data or "")
        except Invalid as error:
            raise Invalid(fields={"drop_reason": " ".join(error.fields.values())}) from error

    return _take(paper_id, DROP, form, step, _("Đã gỡ bản quét khỏi văn bản."))
