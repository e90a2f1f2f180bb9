"""Saved searches: the list with what is new, one of them with its new documents, saving, sharing, being told."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Invalid
from app.models import SavedSearch, SearchAlert
from app.services import saved_searches as kept
from app.services.access import Act
from app.services.keeping import Question, is_own, require_own
from app.services.paging import PAGE_SIZE
from app.web.context import reading, writing
from app.web.document_list import document_rows
from app.web.document_words import Badge
from app.web.guard import requires
from app.web.inputs import PlainForm, complain, require_valid
from app.web.kept_questions import address_of, asked, question_words
from app.web.pager import list_pager, page_number
from app.web.saved_searches_forms import AlertForm, EditForm, SaveForm, alert_data

blueprint = Blueprint("saved_searches", __name__, url_prefix="/tim-kiem/da-luu")


@blueprint.route("")
@requires(Act.SEARCH)
def index() -> str:
    """One's own saved searches and those that colleagues share, with the number of new documents."""
    with reading() as uow:
        rows = kept.saved_searches(uow)
        alerts, new = kept.alerts_of(uow, rows), kept.new_counts(uow)
        lines = [_line(uow, row, alerts.get(row.id), new.get(row.id, 0)) for row in rows]
    by_list = {"label": _("Tìm theo danh sách"), "url": url_for("list_search.create")}
    return render_template(
        "saved_searches/list.html",
        title=_("Tìm kiếm đã lưu"),
        actions=[by_list],
        rows=lines,
        search_url=url_for("search.results"),
    )


def _line(uow: UnitOfWork, row: SavedSearch, alert: SearchAlert | None, new: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "url": url_for("saved_searches.view", search_id=row.id),
        "open_url": url_for("saved_searches.open_one", search_id=row.id),
        "question": question_words(uow, row.text, row.filters),
        "new": new,
        "alert": _alert_badge(uow, alert),
        "owner": "" if is_own(uow, row) else row.user.name,
        "shared": row.shared,
    }


def _alert_badge(uow: UnitOfWork, alert: SearchAlert | None) -> Badge:
    if alert is None:
        return ("none", str(_("không báo")))
    if alert.until is None:
        return ("ok", str(_("có báo")))
    day = format_date(alert.until, "dd/MM/yyyy")
    if kept.has_ended(uow, alert):
        return ("warn", str(_("đã thôi báo sau ngày %(day)s", day=day)))
    return ("ok", str(_("báo đến hết ngày %(day)s", day=day)))


@blueprint.route("/luu", methods=["GET", "POST"])
@requires(Act.SEARCH)
def create() -> Response | str | tuple[str, int]:
    """Keep the search that the address stands for."""
    form = SaveForm()
    try:
        with writing() as uow:
            address, past, filters = asked(uow)
            question = Question(past.text, filters)
            form.dress(named=kept.names_person(uow, question))
            if form.is_submitted():
                require_valid(form)
                row = kept.save_search(
                    uow, question, name=form.name.data or "", shared=form.shared.data, alert=alert_data(form)
                )
        if form.is_submitted():
            flash(_("Đã lưu tìm kiếm."), "ok")
            return redirect(url_for("saved_searches.view", search_id=row.id))
        status = 200
    except Invalid as error:
        complain(form, error)
        status = 422
    with reading() as uow:
        told = question_words(uow, past.text, {name: list(values) for name, values in filters.items()})
    page = render_template(
        "form.html",
        title=_("Lưu tìm kiếm"),
        crumbs=[(_("Tìm kiếm"), address.url()), (_("Lưu tìm kiếm"), None)],
        form=form,
        submit=_("Lưu tìm kiếm"),
        note_text=_("Tìm kiếm được lưu:") if told else _("Chưa có gì để lưu: tìm trước, rồi lưu tìm kiếm."),
        note_points=told,
        cancel_url=address.url(),
    )
    return page, status


@blueprint.route("/<int:search_id>")
@requires(Act.SEARCH)
def view(search_id: int) -> str:
    """One saved search with what it found since somebody wants to be told; what is shown is no longer new."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        row = kept.saved_search(uow, search_id)
        looked_at = uow.now
        alert = kept.alert_of(uow, row)
        found = kept.found_documents(uow, row, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        documents = document_rows(uow, [one.document for one in found.items])
        context = {
            "title": row.name,
            "question": question_words(uow, row.text, row.filters),
            "alert": _alert_badge(uow, alert),
            "basis": "" if alert is None else alert.basis,
            "is_told": alert is not None,
            "has_ended": alert is not None and kept.has_ended(uow, alert),
            "deafness": _deafness(uow, row, alert) or _mistyped(uow, row, alert),
            "owner": "" if is_own(uow, row) else row.user.name,
            "shared": row.shared,
            "rows": [(line, one.found_at, one.is_new) for line, one in zip(documents, found.items, strict=True)],
            "actions": _acts(uow, row),
        }
    with writing() as uow:
        kept.mark_seen(uow, kept.saved_search(uow, search_id), until=looked_at)
    return render_template(
        "saved_searches/view.html",
        crumbs=[(_("Tìm kiếm đã lưu"), url_for("saved_searches.index")), (row.name, None)],
        pager=list_pager(found, "saved_searches.view", search_id=search_id),
        **context,
    )


def _deafness(uow: UnitOfWork, row: SavedSearch, alert: SearchAlert | None) -> str:
    """That the alert tells nothing of what is filed to the person whom the question names, and what helps."""
    if alert is None or kept.has_ended(uow, alert) or not kept.is_deaf_to_names(uow, row):
        return ""
    if kept.follows(uow, alert):
        return str(
            _(
                "Người khác trong cơ quan đặt báo cho tìm kiếm này mà không ghi căn cứ và ngày thôi báo trong một năm, "
                "nên chỉ báo văn bản tự nó có đủ các chữ, không báo văn bản xếp vào hồ sơ của người được gọi tên. Muốn "
                "báo cả những văn bản ấy, lưu một tìm kiếm của riêng mình."
            )
        )
    return str(
        _(
            "Tìm kiếm này gọi tên một người đã được ghi, mà báo chưa có căn cứ và ngày thôi báo trong một năm: chỉ báo "
            "văn bản tự nó có đủ các chữ, không báo văn bản xếp vào hồ sơ của người ấy. Ghi căn cứ và ngày ở Báo kết "
            "quả mới."
        )
    )


def _mistyped(uow: UnitOfWork, row: SavedSearch, alert: SearchAlert | None) -> str:
    """That the alert tells nothing of persons who are nearly called as the question says."""
    names = kept.names_nearly(uow, row) if alert is not None and not kept.has_ended(uow, alert) else ()
    if not names:
        return ""
    return str(
        _(
            "Tìm kiếm này có thể viết sai một tên; gần giống: %(names)s. Báo theo đúng tên đã viết, không báo văn bản "
            "của người tên gần giống. Nếu viết sai, tìm lại với tên đúng rồi lưu.",
            names=", ".join(names),
        )
    )


def _acts(uow: UnitOfWork, row: SavedSearch) -> list[dict[str, Any]]:
    def url(endpoint: str) -> str:
        return url_for(f"saved_searches.{endpoint}", search_id=row.id)

    acts = [
        {"label": _("Mở tìm kiếm"), "url": url("open_one"), "method": "post", "kind": "primary"},
        {"label": _("Báo kết quả mới"), "url": url("alert")},
    ]
    if is_own(uow, row):
        acts += [{"label": _("Sửa"), "url": url("edit")}, {"label": _("Xóa"), "url": url("delete")}]
    return acts


@blueprint.route("/<int:search_id>/mo", methods=["POST"])
@requires(Act.SEARCH)
def open_one(search_id: int) -> Response:
    """Go to the search page with the question, under a key of the one who opens it."""
    with writing() as uow:
        row = kept.saved_search(uow, search_id)
        key = kept.open_search(uow, row)
    return redirect(address_of(key, row.filters))


@blueprint.route("/<int:search_id>/sua", methods=["GET", "POST"])
@requires(Act.SEARCH)
def edit(search_id: int) -> Response | tuple[str, int]:
    """Another name; shared or not."""
    form = EditForm()
    back = url_for("saved_searches.view", search_id=search_id)
    status = 200
    try:
        with writing() as uow:
            row = kept.saved_search(uow, search_id)
            require_own(uow, row)
            form.dress(row)
            name = row.name
            if form.is_submitted():
                require_valid(form)
                kept.edit_search(uow, row, name=form.name.data or "", shared=form.shared.data)
                flash(_("Đã ghi."), "ok")
                return redirect(back)
    except Invalid as error:
        complain(form, error)
        status = 422
    crumbs = [(_("Tìm kiếm đã lưu"), url_for("saved_searches.index")), (name, back), (_("Sửa"), None)]
    return render_template("form.html", title=_("Sửa tìm kiếm"), crumbs=crumbs, form=form, cancel_url=back), status


@blueprint.route("/<int:search_id>/bao", methods=["GET", "POST"])
@requires(Act.SEARCH)
def alert(search_id: int) -> Response | tuple[str, int]:
    """Be told of new results of one's own or a shared search, or not any more."""
    form = AlertForm()
    back = url_for("saved_searches.view", search_id=search_id)
    status = 200
    try:
        with writing() as uow:
            row = kept.saved_search(uow, search_id)
            named = kept.names_person(uow, Question(row.text, row.filters))
            form.dress(kept.alert_of(uow, row), named=named)
            name = row.name
            if form.is_submitted():
                require_valid(form)
                kept.set_alert(uow, row, alert_data(form))
                flash(_("Đã ghi."), "ok")
                return redirect(back)
    except Invalid as error:
        complain(form, error)
        status = 422
    crumbs = [(_("Tìm kiếm đã lưu"), url_for("saved_searches.index")), (name, back), (_("Báo kết quả mới"), None)]
    return render_template("form.html", title=_("Báo kết quả mới"), crumbs=crumbs, form=form, cancel_url=back), status


@blueprint.route("/<int:search_id>/xoa", methods=["GET", "POST"])
@requires(Act.SEARCH)
def delete(search_id: int) -> Response | str:
    """Forget a saved search."""
    form = PlainForm()
    with writing() as uow:
        row = kept.saved_search(uow, search_id)
        require_own(uow, row)
        name, shared = row.name, row.shared
        if form.is_submitted():
            require_valid(form)
            kept.delete_search(uow, row)
            flash(_("Đã xóa tìm kiếm “%(name)s”.", name=name), "ok")
            return redirect(url_for("saved_searches.index"))
    back = url_for("saved_searches.view", search_id=search_id)
    text = _("Xóa tìm kiếm “%(name)s” cùng các thông báo của nó. Văn bản không bị ảnh hưởng.", name=name)
    return render_template(
        "form.html",
        title=_("Xóa tìm kiếm đã lưu"),
        crumbs=[(_("Tìm kiếm đã lưu"), url_for("saved_searches.index")), (name, back), (_("Xóa"), None)],
        form=form,
        note_text=text,
        note_points=[_("Người cùng cơ quan cũng không mở được nữa.")] if shared else [],
        note_kind="warn",
        kind="danger",
        submit=_("Xóa tìm kiếm"),
        cancel_url=back,
    )
