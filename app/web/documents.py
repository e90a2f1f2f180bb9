"""Documents: the list, one document with its picture and text side by side, typing facts, signature, deletion."""

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Conflict, Invalid, NotFound
from app.services import documents
from app.services.access import Act, may, role_allows
from app.services.finding import find_pages
from app.services.originals import has_pictures, original, own_pages
from app.services.past_queries import PastQuery, keep_query, open_query
from app.services.viewing import WIDTHS, page_view
from app.services.viewing import page_image as picture
from app.web.context import actor, backends, reading, seen, writing
from app.web.document_address import DocumentAddress
from app.web.document_forms import FactsForm, ReasonForm
from app.web.document_list import ListFilter, document_rows, filter_bar
from app.web.document_page import page_context
from app.web.document_sheet import AT_ONCE, SMALL, image_url
from app.web.guard import requires
from app.web.pager import make_pager, page_number
from app.web.sending import attachment, download

blueprint = Blueprint("documents", __name__, url_prefix="/van-ban")

PAGE_SIZE = 20


@blueprint.route("")
@requires(Act.DOCUMENT_VIEW)
def index() -> str:
    """The documents in scope, newest first."""
    chosen, page = ListFilter.from_args(request.args), page_number(request.args.get("trang"))
    with reading() as uow:
        found = documents.documents(
            uow,
            organisation_id=chosen.organisation_id,
            stage=chosen.stage,
            type=chosen.type,
            limit=PAGE_SIZE,
            offset=(page - 1) * PAGE_SIZE,
        )
        rows = document_rows(uow, found.items)
        filters = filter_bar(uow, chosen)
    seen("document.listed", "document", None, count=len(rows))
    upload = {"label": _("Tiếp nhận tệp"), "url": url_for("intake.index"), "kind": "primary"}
    acts = [upload] if role_allows(actor().role, Act.DOCUMENT_UPLOAD) else []
    made = {"label": _("Văn bản soạn tại đây"), "url": url_for("papers.index")}
    return render_template(
        "documents/list.html",
        title=_("Văn bản đến và đi"),
        actions=[*([made] if role_allows(actor().role, Act.PAPER_VIEW) else []), *(acts if rows else [])],
        filters=filters if rows or chosen.is_set else [],
        filtered=chosen.is_set,
        rows=rows,
        pager=make_pager(page=page, size=PAGE_SIZE, shown=len(rows), total=found.total, url=chosen.url),
        empty_acts=acts,
    )


@blueprint.route("/<int:document_id>")
@requires(Act.DOCUMENT_VIEW)
def view(document_id: int) -> str:
    """One document at a page, with the words of the key marked."""
    address = DocumentAddress.from_args(document_id, request.args)
    with reading() as uow:
        found = documents.document(uow, document_id)
        text = _text_of(uow, address.key)
        context = page_context(uow, found, address, text)
    g.search_text = text
    seen("document.viewed", "document", document_id, page=address.page)
    return render_template("documents/view.html", **context)


def _text_of(uow: UnitOfWork, key: str | None) -> str:
    """The words behind the key; a key of somebody else opens the document without marks."""
    try:
        return open_query(uow, key).text
    except NotFound:
        return ""


@blueprint.route("/<int:document_id>/tim", methods=["POST"])
@requires(Act.DOCUMENT_VIEW)
def find(document_id: int) -> Response:
    """Find in this document: the words go behind a key, the page opens at the first hit from here."""
    address = DocumentAddress.from_args(document_id, request.args)
    with writing() as uow:
        found = documents.document(uow, document_id)
        past = PastQuery(request.form.get("q", ""))
        key = keep_query(uow, text=past.text) if past.text.strip() else None
        pages = find_pages(uow, found, past.text).pages
    page = next((number for number in pages if number >= address.page), pages[0] if pages else address.page)
    moved = DocumentAddress(document_id, page, key, address.tab, address.zoom, address.turn)
    return redirect(moved.url())


@blueprint.route("/<int:document_id>/thong-tin", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def edit(document_id: int) -> str | Response | tuple[str, int]:
    """Type or confirm the facts beside the picture of the first page."""
    form = FactsForm().dress()
    status = 200
    if form.validate_on_submit():
        try:
            with writing() as uow:
                found = documents.document(uow, document_id)
                documents.edit_facts(uow, found, data=form.data_for(found), revision=form.seen_revision())
                documents.set_flags(uow, found, form.flags.data or ())
                still_seen = may(uow, Act.DOCUMENT_VIEW, found)
        except Invalid as error:
            status = 422
            for name, message in error.fields.items():
                form[name if name in form else "title"].errors = [message]
        except Conflict as error:
            status = 409
            form.form_errors = [error.advice]
        else:
            flash(_("Đã ghi thông tin văn bản; kết quả tìm kiếm theo sau ít giây."), "ok")
            return redirect(DocumentAddress(document_id).url() if still_seen else url_for("documents.index"))
    return _edit_page(document_id, form), status


def _edit_page(document_id: int, form: FactsForm) -> str:
    with reading() as uow:
        found = documents.document(uow, document_id)
        if not form.is_submitted():
            form.fill(found)
        side: dict[str, Any] = {"title": _("Trang 1"), "image_url": None, "text": ""}
        if has_pictures(found.file) and found.pages:
            side["image_url"] = image_url(document_id, 1, AT_ONCE)
        elif found.pages:
            side["text"] = page_view(uow, found, 1).page.text
    seen("document.viewed", "document", document_id, page=1)
    back = DocumentAddress(document_id).url()
    return render_template(
        "form.html",
        form=form,
        title=_("Thông tin văn bản"),
        crumbs=[(_("Văn bản"), url_for("documents.index")), (found.title, back), (_("Sửa thông tin"), None)],
        submit=_("Ghi lại"),
        cancel_url=back,
        side=side if found.pages else None,
    )


@blueprint.route("/<int:document_id>/chu-ky", methods=["POST"])
@requires(Act.DOCUMENT_EDIT, Act.SIGNED_COPY)
def sign(document_id: int) -> Response:
    """Say after looking whether the document is signed."""
    said = request.form.get("signed")
    with writing() as uow:
        document = documents.document(uow, document_id)
        if said not in ("1", "0"):
            raise Invalid(fields={"signed": _("Chọn đã ký hoặc chưa ký.")})
        documents.confirm_signature(uow, document, said == "1")
    flash(_("Đã ghi: văn bản đã ký.") if said == "1" else _("Đã ghi: văn bản chưa ký."), "ok")
    return redirect(DocumentAddress.from_args(document_id, request.args).url())


@blueprint.route("/<int:document_id>/xoa", methods=["GET", "POST"])
@requires(Act.DOCUMENT_EDIT)
def delete(document_id: int) -> str | Response | tuple[str, int]:
    """Delete one document, with the reason."""
    form = ReasonForm()
    form.reason.label.text = _("Lý do xóa")
    status = 200
    if form.validate_on_submit():
        try:
            with writing() as uow:
                documents.delete_document(uow, documents.document(uow, document_id), reason=form.reason.data or "")
        except Invalid as error:
            form.reason.errors, status = list(error.fields.values()), 422
        else:
            flash(_("Đã xóa 1 văn bản."), "ok")
            return redirect(url_for("documents.index"))
    with reading() as uow:
        title = documents.document(uow, document_id).title
    back = DocumentAddress(document_id).url()
    page = render_template(
        "form.html",
        form=form,
        title=_("Xóa văn bản"),
        crumbs=[(_("Văn bản"), url_for("documents.index")), (title, back), (_("Xóa"), None)],
        note_kind="warn",
        note_text=_(
            "Xóa 1 văn bản: “%(title)s”. Văn bản rời mọi hồ sơ và kết quả tìm kiếm; lý do và người xóa được giữ lại.",
            title=title,
        ),
        submit=_("Xóa 1 văn bản"),
        kind="danger",
        cancel_url=back,
    )
    return page, status


@blueprint.route("/<int:document_id>/trang/<int:position>/anh")
@requires(Act.DOCUMENT_VIEW)
def page_image(document_id: int, position: int) -> Response:
    """The picture of a page, 160, 1000 or 1600 pixels wide."""
    width = request.args.get("rong", type=int)
    if width not in WIDTHS:
        raise NotFound()
    image = picture(backends(), actor(), document_id, position, width=width, kind="webp")
    if width != SMALL:
        seen("page.viewed", "document", document_id, page=position)
    return Response(image, mimetype="image/webp")


@blueprint.route("/<int:document_id>/trang/<int:position>/chu")
@requires(Act.DOCUMENT_VIEW)
def page_words(document_id: int, position: int) -> Response:
    """The words of a page with their boxes, in points."""
    with reading() as uow:
        page = page_view(uow, documents.document(uow, document_id), position).page
    seen("page.viewed", "document", document_id, page=position)
    words = [{"text": word.text, "box": list(word.box), "confidence": word.confidence} for word in page.words]
    return jsonify({"number": position, "width": page.width, "height": page.height, "text": page.text, "words": words})


@blueprint.route("/<int:document_id>/tep-goc")
@requires(Act.DOCUMENT_VIEW)
def file(document_id: int) -> Response:
    """The stored file as it came, always as a download and never as something a browser would run."""
    with reading() as uow:
        found = original(uow, documents.document(uow, document_id))
    seen("file.downloaded", "document", document_id)
    return attachment(found)


@blueprint.route("/<int:document_id>/cac-trang", endpoint="own_pages")
@requires(Act.DOCUMENT_VIEW)
def own_pages_file(document_id: int) -> Response:
    """The document's own pages as one PDF, where its file holds other papers too."""
    made = own_pages(backends(), actor(), document_id)
    seen("file.downloaded", "document", document_id)
    return download(made.content, made.name)
