"""The scan behind a document: unlocked, read again, replaced by a better one, put back; copies; front and back."""

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.backends import UnitOfWork
from app.errors import FileRefused, Invalid, NotFound, StoreFull, WrongState
from app.models import Document, EarlierScan, Quality
from app.services import likeness, rereading, rescans, sides, unlocking
from app.services.access import Act, may, require
from app.services.documents import document as find_document
from app.services.originals import has_pictures, require_pages
from app.services.viewing import WIDTHS, picture_of
from app.web.context import actor, backends, reading, seen, writing
from app.web.document_address import DocumentAddress
from app.web.document_sheet import AT_ONCE, SMALL, image_url
from app.web.guard import requires
from app.web.language import moment
from app.web.reading_words import advice, legibility
from app.web.told import told
from app.web.uploads import file_name
from ingestion import ReadError

blueprint = Blueprint("scans", __name__, url_prefix="/van-ban/<int:document_id>")

Answer = str | Response | tuple[str, int]


class PasswordForm(FlaskForm):
    """The password of a locked file; it is used once and nowhere kept."""

    password = PasswordField(
        validators=[
            InputRequired(message=lazy_gettext("Nhập mật khẩu của tệp.")),
            Length(max=200, message=lazy_gettext("Mật khẩu dài quá 200 ký tự.")),
        ]
    )


class RescanForm(FlaskForm):
    """A better scan."""

    file = FileField(render_kw={"required": True})


class ReasonForm(FlaskForm):
    """Why one scan takes the place of another; may be left empty."""

    reason = StringField(validators=[Length(max=300, message=lazy_gettext("Lý do dài quá 300 ký tự."))])


@blueprint.route("/mat-khau", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def unlock(document_id: int) -> Answer:
    """Open a locked file with its password."""
    form = PasswordForm()
    form.password.label.text = _("Mật khẩu của tệp")
    form.password.description = _("Dùng một lần để mở tệp, không lưu lại. Tệp gốc vẫn giữ nguyên mật khẩu.")
    status = 200
    if form.validate_on_submit():
        try:
            unlocking.unlock(backends(), actor(), document_id, form.password.data or "")
        except ReadError as error:
            form.password.errors, status = [advice(error.code, error.advice)], 422
        else:
            flash(_("Đã mở khóa; tệp đang được đọc."), "ok")
            return redirect(DocumentAddress(document_id).url())
    with reading() as uow:
        found = find_document(uow, document_id)
        require(uow, Act.DOCUMENT_EDIT, found)
        if not unlocking.is_locked(uow, found):
            raise WrongState(_("Tệp này không có phần nào khóa bằng mật khẩu."))
        crumbs = _crumbs(found, _("Mở khóa"))
    page = render_template(
        "form.html",
        form=form,
        title=_("Mở khóa tệp"),
        crumbs=crumbs,
        submit=_("Mở khóa và đọc"),
        cancel_url=DocumentAddress(document_id).url(),
    )
    return page, status if not form.errors else 422


@blueprint.route("/doc-lai", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def reread(document_id: int) -> Response:
    """Read the document again with the engine of now."""
    with writing() as uow:
        rereading.reread(uow, find_document(uow, document_id))
    flash(_("Đang đọc lại. Chữ cũ vẫn dùng cho đến khi có chữ mới; phần người đã xác nhận giữ nguyên."), "ok")
    return _back(document_id)


@blueprint.route("/hai-mat", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def sides_said(document_id: int) -> Response:
    """Say whether each sheet has two of the pages."""
    said = request.form.get("two_sided")
    if said not in ("1", "0"):
        raise Invalid(fields={"two_sided": _("Chọn một mặt hoặc hai mặt.")})
    with writing() as uow:
        sides.set_sides(uow, find_document(uow, document_id), two_sided=said == "1")
    flash(_("Đã ghi số mặt của mỗi tờ."), "ok")
    return _back(document_id)


@blueprint.route("/ban-khac/<int:likeness_id>", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def decide_copy(document_id: int, likeness_id: int) -> Response:
    """Say whether another document with the same text is another copy of this one."""
    said = request.form.get("same")
    if said not in ("1", "0"):
        raise Invalid(fields={"same": _("Chọn đúng hoặc không phải.")})
    with writing() as uow:
        likeness.decide(uow, document_id, likeness_id, same=said == "1")
    flash(_("Đã ghi: hai bản của một văn bản.") if said == "1" else _("Đã ghi: hai văn bản khác nhau."), "ok")
    return _back(document_id)


@blueprint.route("/thay-ban-quet", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def rescan(document_id: int) -> Answer:
    """Offer a better scan; while one waits, the old and the new side by side."""
    form, status = RescanForm(), 200
    if form.is_submitted() and form.validate():
        try:
            _offer(document_id, form.file.data)
        except (Invalid, FileRefused, StoreFull) as error:
            words = error.fields.values() if isinstance(error, Invalid) else [error.message]
            form.file.errors, status = [told(text) for text in words], 422
        else:
            return redirect(url_for("scans.rescan", document_id=document_id))
    return _rescan_page(document_id, form), status


def _offer(document_id: int, sent: FileStorage | None) -> None:
    if sent is None or not sent.filename:
        raise Invalid(fields={"file": _("Chọn tệp bản quét mới.")})
    with reading() as uow:
        found = find_document(uow, document_id)
        require(uow, Act.DOCUMENT_EDIT, found)
    stored = backends().store.put(cast(Any, sent.stream), limit=backends().settings.max_upload_bytes)
    with writing() as uow:
        rescans.offer(uow, find_document(uow, document_id), name=file_name(sent), stored=stored)


def _rescan_page(document_id: int, form: RescanForm) -> str:
    form.file.label.text = _("Tệp bản quét mới")
    form.file.description = _("Bản quét của chính văn bản này, rõ hơn: 300 điểm/inch, thẳng, đủ trang.")
    reason = ReasonForm(formdata=None)
    reason.reason.label.text = _("Lý do thay")
    with reading() as uow:
        found = find_document(uow, document_id)
        require(uow, Act.DOCUMENT_EDIT, found)
        new = rescans.waiting(uow, found)
        context = {
            "crumbs": _crumbs(found, _("Thay bản quét")),
            "old": _side(uow, found, _("Bản đang dùng")),
            "new": None if new is None else _side(uow, new, _("Bản quét mới")),
            "ready": new is not None and new.quality not in (None, Quality.UNREAD),
            "problem": _unread(new) if new is not None else "",
        }
    seen("document.viewed", "document", document_id, page=1)
    return render_template(
        "documents/rescan.html",
        title=_("Thay bằng bản quét tốt hơn"),
        lead=_("Văn bản giữ nguyên hồ sơ, số tờ và thông tin người đã xác nhận; bản quét cũ được giữ lại."),
        form=form,
        reason=reason,
        replace_url=url_for("scans.replace", document_id=document_id),
        drop_url=url_for("scans.drop", document_id=document_id),
        back_url=DocumentAddress(document_id).url(),
        **context,
    )


def _unread(new: Document) -> str:
    """Why a new scan that was looked at cannot be used; empty where it can, or is not read yet."""
    if new.quality is not Quality.UNREAD:
        return ""
    failed = next((row for row in new.file.readings if row.error_code == new.failure_code), None)
    return f"{advice(new.failure_code, failed.error_advice if failed else '')} ({new.failure_code})"


def _side(uow: UnitOfWork, document: Document, title: str) -> dict[str, Any]:
    """One scan of the comparison."""
    scan = rescans.scan_of(uow, document)
    pictured = scan.pages > 0 and has_pictures(document.file)
    return {
        "title": title,
        "url": DocumentAddress(document.id).url(),
        "image_url": image_url(document.id, 1, AT_ONCE) if pictured else None,
        "name": document.file_name,
        "pages": scan.pages,
        "words": _legible(document, scan),
    }


def _legible(document: Document, scan: rescans.Scan) -> str:
    if document.quality is None:
        return str(_("đang đọc"))
    return str(_("không đọc được")) if document.quality is Quality.UNREAD else legibility(scan.confidence)


@blueprint.route("/thay-ban-quet/dung", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def replace(document_id: int) -> Response:
    """Let the new scan take the place of the old one."""
    with writing() as uow:
        rescans.replace(uow, document_id, reason=request.form.get("reason", ""))
    flash(_("Đã thay bản quét; bản cũ được giữ lại trong trang văn bản."), "ok")
    return redirect(DocumentAddress(document_id).url())


@blueprint.route("/thay-ban-quet/bo", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def drop(document_id: int) -> Response:
    """Do without the new scan."""
    with writing() as uow:
        rescans.drop(uow, document_id)
    flash(_("Đã bỏ bản quét mới; văn bản giữ bản đang dùng."), "ok")
    return redirect(DocumentAddress(document_id).url())


@blueprint.route("/ban-quet-cu/<int:scan_id>")
@requires(Act.DOCUMENT_VIEW)
def earlier(document_id: int, scan_id: int) -> str:
    """The pages of a scan that the document had before."""
    with reading() as uow:
        found, scan = _earlier(uow, document_id, scan_id)
        crumbs = _crumbs(found, _("Bản quét cũ"))
        pages = len(scan.pages)
        may_edit = may(uow, Act.DOCUMENT_EDIT, found)
        at, why, name = moment(scan.replaced_at), scan.reason, scan.file_name
    seen("document.viewed", "document", document_id, page=1)
    here: dict[str, Any] = {"document_id": document_id, "scan_id": scan_id}
    images = [
        {
            "number": number,
            "url": url_for("scans.earlier_image", number=number, rong=AT_ONCE, **here),
            "thumb": url_for("scans.earlier_image", number=number, rong=SMALL, **here),
        }
        for number in range(1, pages + 1)
    ]
    return render_template(
        "documents/earlier.html",
        title=_("Bản quét cũ"),
        lead=" · ".join(filter(None, (name, _("Được thay lúc %(at)s.", at=at), why))),
        crumbs=crumbs,
        images=images,
        put_back_url=url_for("scans.put_back", document_id=document_id, scan_id=scan_id) if may_edit else None,
    )


@blueprint.route("/ban-quet-cu/<int:scan_id>/trang/<int:number>")
@requires(Act.DOCUMENT_VIEW)
def earlier_image(document_id: int, scan_id: int, number: int) -> Response:
    """The picture of a page of an earlier scan."""
    width = request.args.get("rong", type=int)
    with reading() as uow:
        _found, scan = _earlier(uow, document_id, scan_id)
        if width not in WIDTHS or not 1 <= number <= len(scan.pages):
            raise NotFound()
        row = scan.pages[number - 1]
    image = picture_of(backends(), row["file"], row["page"], width=width, kind="webp")
    if width != SMALL:
        seen("page.viewed", "document", document_id, page=number)
    return Response(image, mimetype="image/webp")


def _earlier(uow: UnitOfWork, document_id: int, scan_id: int) -> tuple[Document, EarlierScan]:
    found = find_document(uow, document_id)
    require_pages(uow, found)
    return found, rescans.earlier_scan(uow, found, scan_id)


@blueprint.route("/ban-quet-cu/<int:scan_id>/dung-lai", methods=["POST"])
@requires(Act.DOCUMENT_EDIT)
def put_back(document_id: int, scan_id: int) -> Response:
    """Show an earlier scan again."""
    with writing() as uow:
        rescans.put_back(uow, document_id, scan_id, reason=request.form.get("reason", ""))
    flash(_("Đã dùng lại bản quét cũ; bản vừa thay được giữ lại."), "ok")
    return redirect(DocumentAddress(document_id).url())


def _back(document_id: int) -> Response:
    return redirect(DocumentAddress.from_args(document_id, request.args).url())


def _crumbs(document: Document, here: str) -> list[tuple[str, str | None]]:
    return [
        (_("Văn bản"), url_for("documents.index")),
        (document.title, DocumentAddress(document.id).url()),
        (here, None),
    ]
