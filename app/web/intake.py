"""Reception: files sent by drop or button go to the store first, then become records; the batch can be followed."""

from dataclasses import asdict
from typing import BinaryIO, cast

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from app.backends import UnitOfWork
from app.errors import FileRefused, HosoError, Invalid, NotFound, StoreFull
from app.models import Batch, Intake, IntakeSource
from app.services import intake, receipts
from app.services.access import Act, role_allows
from app.services.cases import case as find_case
from app.services.documents import delete_document
from app.services.folders import folders
from app.services.rereading import kept_as_before
from app.services.weak_scans import weak_documents
from app.storage import Stored
from app.web.context import actor, backends, reading, seen, writing
from app.web.guard import requires
from app.web.intake_views import (
    all_csv,
    batch_reference,
    batch_rows,
    batch_status,
    batch_url,
    failed_csv,
    file_row,
    kept_rows,
    weak_rows,
)
from app.web.language import moment
from app.web.pager import list_pager, page_number
from app.web.uploads import file_name

blueprint = Blueprint("intake", __name__, url_prefix="/tiep-nhan")

LATEST = 10  # batches on the reception page
MOST_KEPT = 50  # documents that could not be read again, the newest
WEAK_AT_ONCE = 20  # documents on a page of those to be scanned again
CANCELLED = "Bỏ khi tiếp nhận."


class UploadForm(FlaskForm):
    """What may be said about files while sending them."""

    case = StringField(validators=[Length(max=60, message=lazy_gettext("Mã hồ sơ dài quá 60 ký tự."))])


@blueprint.route("")
@requires(Act.DOCUMENT_UPLOAD)
def index() -> str:
    """The drop zone and the latest batches."""
    form = UploadForm(formdata=None)
    form.case.data = request.args.get("ho-so", "")
    return _upload_page(form)


def _upload_page(form: UploadForm) -> str:
    form.case.label.text = _("Hồ sơ")
    form.case.description = _("Mã hồ sơ, nếu mọi tệp đều thuộc một hồ sơ. Ví dụ HS-2026-0042.")
    with reading() as uow:
        rows = batch_rows(uow, receipts.batches(uow, limit=LATEST).items)
        watched = [{"path": row.path, "problem": row.problem} for row in folders(uow)]
    most = backends().settings.max_upload_bytes // 1_000_000
    limits = _("PDF, ảnh, Word, bảng tính, thư điện tử, tệp nén; mỗi tệp đến %(mb)s MB.", mb=most)
    return render_template(
        "intake/upload.html",
        title=_("Số hóa và tiếp nhận"),
        lead=_("Tệp được giữ nguyên từng bit, đọc chữ, rồi tìm được."),
        form=form,
        submit_url=url_for("intake.create"),
        limits=limits,
        folders=watched,
        batches=rows,
    )


@blueprint.route("", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def create() -> Response | tuple[Response | str, int]:
    """Take files: bytes into the store first, then one unit of work that makes them records."""
    form = UploadForm()
    files = [file for file in request.files.getlist("files") if file.filename]
    try:
        case_id = _case_id(form.case.data or "")
        if not files:
            raise Invalid(fields={"files": _("Chọn ít nhất một tệp.")})
        received = [(file_name(file), _store(file)) for file in files]
        with writing() as uow:
            batch = _batch(uow, request.form.get("batch"), case_id)
            intake.hold_files(uow, [kept for _, kept in received if isinstance(kept, Stored)])
            items = [_arrive(uow, batch, name, stored) for name, stored in received]
            uow.session.flush()
            rows = [asdict(file_row(uow, item)) for item in items]
            reference = batch_reference(batch)
    except Invalid as error:
        return _refused(form, error)
    if _wants_json():
        return jsonify({"batch": reference, "item": rows[0], "items": rows}), 201
    return redirect(reference["url"])


def _refused(form: UploadForm, error: Invalid) -> tuple[Response | str, int]:
    if _wants_json():
        return jsonify({"code": error.code, "message": " ".join(error.fields.values()) or error.message}), 422
    form.case.errors = [message for name, message in error.fields.items() if name == "case"]
    form.form_errors = [message for name, message in error.fields.items() if name != "case"]
    return _upload_page(form), 422


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _case_id(code: str) -> int | None:
    """The case that the files are for, named by its code."""
    if not code.strip():
        return None
    try:
        with reading() as uow:
            return find_case(uow, code).id
    except NotFound:
        raise Invalid(fields={"case": _("Không có hồ sơ mang mã này trong phạm vi của tài khoản.")}) from None


def _store(file: FileStorage) -> Stored | HosoError:
    """The bytes in the store, outside any unit of work; or why they could not be taken."""
    try:
        return backends().store.put(cast(BinaryIO, file.stream), limit=backends().settings.max_upload_bytes)
    except (FileRefused, StoreFull) as error:
        return error


def _batch(uow: UnitOfWork, joined: str | None, case_id: int | None) -> Batch:
    """A new batch, or the one of the same account that this file joins."""
    if not joined or not joined.isascii() or not joined.isdigit():
        return intake.open_batch(uow, source=IntakeSource.BROWSER, case_id=case_id)
    batch = receipts.batch(uow, int(joined))
    if batch.user_id != actor().user_id or batch.source is not IntakeSource.BROWSER:
        raise NotFound()
    return batch


def _arrive(uow: UnitOfWork, batch: Batch, name: str, stored: Stored | HosoError) -> Intake:
    if isinstance(stored, HosoError):
        return intake.refuse(uow, batch, name=name, error=stored)
    return intake.receive(uow, batch, name=name, stored=stored)


@blueprint.route("/<int:batch_id>")
@requires(Act.DOCUMENT_VIEW)
def batch(batch_id: int) -> str:
    """One batch: what happened to each file."""
    with reading() as uow:
        found = receipts.batch(uow, batch_id)
        status = batch_status(uow, found)
        at = moment(found.created_at)
    seen("batch.viewed", "batch", batch_id)
    may_upload = role_allows(actor().role, Act.DOCUMENT_UPLOAD)
    has_failed = status["counts"]["failed"] > 0
    may_retry = sum(1 for row in status["files"] if row["retry_url"]) > 1
    return render_template(
        "intake/batch.html",
        title=_("Lần tiếp nhận %(at)s", at=at),
        crumbs=[(_("Số hóa và tiếp nhận"), url_for("intake.index") if may_upload else None), (at, None)],
        counts=status["counts"],
        finished=status["finished"],
        elapsed=status["elapsed"],
        files=status["files"],
        summary_line=status["summary"],
        status_url=url_for("intake.batch_status", batch_id=batch_id),
        failed_only_url=url_for("intake.batch_csv", batch_id=batch_id) if has_failed else None,
        receipt_url=url_for("intake.receipt_csv", batch_id=batch_id) if status["files"] else None,
        retry_all_url=url_for("intake.retry_all", batch_id=batch_id) if may_retry else None,
    )


@blueprint.route("/<int:batch_id>/tinh-trang", endpoint="batch_status")
@requires(Act.DOCUMENT_VIEW)
def batch_status_json(batch_id: int) -> Response:
    """The same as JSON, for the script that follows the batch."""
    with reading() as uow:
        return jsonify(batch_status(uow, receipts.batch(uow, batch_id)))


@blueprint.route("/<int:batch_id>/khong-doc-duoc.csv")
@requires(Act.DOCUMENT_VIEW)
def batch_csv(batch_id: int) -> Response:
    """The list of files that could not be read, as a download."""
    with reading() as uow:
        text = failed_csv(uow, receipts.batch(uow, batch_id))
    seen("batch.exported", "batch", batch_id)
    return _csv(text, f"khong-doc-duoc-{batch_id}.csv")


@blueprint.route("/<int:batch_id>/bien-nhan.csv")
@requires(Act.DOCUMENT_VIEW)
def receipt_csv(batch_id: int) -> Response:
    """The receipt with every file, as a download."""
    with reading() as uow:
        text = all_csv(uow, receipts.batch(uow, batch_id))
    seen("batch.exported", "batch", batch_id)
    return _csv(text, f"bien-nhan-{batch_id}.csv")


def _csv(text: str, name: str) -> Response:
    """A table as a download, with the mark by which spreadsheet programs know UTF-8."""
    answer = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.route("/<int:batch_id>/doc-lai", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def retry_all(batch_id: int) -> Response:
    """Read every failed file of a batch again."""
    with writing() as uow:
        found = receipts.batch(uow, batch_id)
        count = intake.retry_all(uow, found)
        url = batch_url(found)
    flash(_("Đang đọc lại %(n)s tệp.", n=count), "ok")
    return redirect(url)


@blueprint.route("/can-quet-lai")
@requires(Act.DOCUMENT_VIEW)
def weak() -> str:
    """Documents that were read badly, the worst first, with their pages: to be scanned again."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        found = weak_documents(uow, limit=WEAK_AT_ONCE, offset=(page - 1) * WEAK_AT_ONCE)
        rows = weak_rows(uow, found.items)
        kept = kept_rows(kept_as_before(uow, limit=MOST_KEPT)) if page == 1 else []
    seen("document.listed", "document", None, count=len(rows) + len(kept))
    return render_template(
        "intake/weak.html",
        title=_("Cần quét lại"),
        lead=_("Văn bản máy đọc kém: vẫn tìm được, nhưng chữ có thể sai. Tệ nhất xếp trước."),
        rows=rows,
        kept=kept,
        pager=list_pager(found, "intake.weak"),
    )


@blueprint.route("/<int:batch_id>/tep/<int:item_id>/doc-lai", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def retry(batch_id: int, item_id: int) -> Response:
    """Read one failed file again."""
    with writing() as uow:
        found = receipts.batch(uow, batch_id)
        intake.retry(uow, _item(found, item_id))
        url = batch_url(found)
    flash(_("Đang đọc lại tệp."), "ok")
    return redirect(url)


@blueprint.route("/<int:batch_id>/tep/<int:item_id>/bo", methods=["POST"])
@requires(Act.DOCUMENT_UPLOAD)
def cancel(batch_id: int, item_id: int) -> Response:
    """Take one file back: its document is deleted with a reason; a duplicate's original stays untouched."""
    with writing() as uow:
        found = receipts.batch(uow, batch_id)
        item = _item(found, item_id)
        if item.settled is not None or item.document is None:
            raise NotFound()
        delete_document(uow, item.document, reason=CANCELLED)
        url = batch_url(found)
    flash(_("Đã bỏ một tệp khỏi lần tiếp nhận này."), "ok")
    return redirect(url)


def _item(batch: Batch, item_id: int) -> Intake:
    found = next((item for item in batch.items if item.id == item_id), None)
    if found is None:
        raise NotFound()
    return found
