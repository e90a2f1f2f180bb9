"""Work lists: made from results, looked through, put in order, with notes, exported."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound
from app.models import ExportKind, WorkList
from app.services import work_lists
from app.services.access import Act
from app.services.keeping import is_own, require_own
from app.services.searching import Hit, Query, search
from app.services.wording import row_number
from app.services.work_list_files import write_list
from app.web.context import reading, seen, writing
from app.web.document_list import document_rows
from app.web.document_words import partial_date, printed_number
from app.web.guard import requires
from app.web.inputs import PlainForm, complain, require_valid
from app.web.kept_questions import Filters, asked, question_words
from app.web.pager import list_pager, page_number
from app.web.search_address import SearchAddress
from app.web.sending import download, list_file
from app.web.work_lists_forms import NEW, FromResultsForm, ListForm

blueprint = Blueprint("work_lists", __name__, url_prefix="/danh-sach-van-ban")

ON_A_PAGE = 50
ALL = "tat-ca"


@blueprint.route("")
@requires(Act.SEARCH)
def index() -> str:
    """One's own lists and those that colleagues share."""
    with reading() as uow:
        rows = work_lists.work_lists(uow)
        counts = work_lists.entry_counts(uow, rows)
        lines = [
            {
                "name": row.name,
                "url": url_for("work_lists.view", list_id=row.id),
                "note": row.note,
                "count": counts.get(row.id, 0),
                "changed_at": row.changed_at,
                "owner": "" if is_own(uow, row) else row.user.name,
                "shared": row.shared,
            }
            for row in rows
        ]
    return render_template(
        "work_lists/list.html", title=_("Danh sách văn bản"), rows=lines, search_url=url_for("search.results")
    )


@blueprint.route("/lap", methods=["GET", "POST"])
@requires(Act.SEARCH)
def create() -> Response | str | tuple[str, int]:
    """Put chosen results, or all of them, on a list: what it will hold is shown first."""
    form = FromResultsForm()
    status = 200
    with reading() as uow:
        address, past, filters = asked(uow)
        is_asked = bool(past.text or filters)
        found = search(uow, address.query(past.text, past.persons), boxes=False) if is_asked else None
        own = [row for row in work_lists.work_lists(uow) if is_own(uow, row)]
        told = question_words(uow, past.text, {name: list(values) for name, values in filters.items()})
    form.dress(own)
    chosen = {hit.document for hit in found.hits} if found else set()
    if form.is_submitted():
        chosen &= {row_number(value) for value in request.form.getlist("document")}
        try:
            require_valid(form)
            with writing() as uow:
                row, added = _put(uow, form, address, past.text, filters, [i for i in _ids(found) if i in chosen])
                list_id = row.id
            flash(_("Đã đưa %(count)s văn bản vào danh sách.", count=format_decimal(added.added)), "ok")
            if added.known:
                flash(_("%(count)s văn bản đã có sẵn trong danh sách.", count=format_decimal(added.known)), "")
            return redirect(url_for("work_lists.view", list_id=list_id))
        except Invalid as error:
            complain(form, error)
            status = 422
    page = render_template(
        "work_lists/make.html",
        title=_("Lập danh sách văn bản"),
        crumbs=[(_("Tìm kiếm"), address.url()), (_("Lập danh sách văn bản"), None)],
        form=form,
        question=told,
        hits=[_choice(hit, is_chosen=hit.document in chosen) for hit in found.hits] if found else [],
        total=found.total if found else 0,
        most=work_lists.MOST_ENTRIES,
        back_url=address.url(),
        all_value=ALL,
    )
    return page, status


def _choice(hit: Hit, *, is_chosen: bool) -> dict[str, Any]:
    return {
        "document": hit.document,
        "title": hit.title,
        "number": printed_number(hit.number),
        "date": partial_date(hit.date),
        "body": hit.body,
        "is_chosen": is_chosen,
    }


def _ids(found: Any) -> list[int]:
    return [hit.document for hit in found.hits] if found else []


def _put(
    uow: UnitOfWork,
    form: FromResultsForm,
    address: SearchAddress,
    text: str,
    filters: Filters,
    chosen: Sequence[int],
) -> tuple[WorkList, work_lists.Added]:
    if request.form.get("which") == ALL:
        chosen = work_lists.results_of(uow, Query(text, filters, address.sort))
    if not chosen:
        raise Invalid(fields={"": _("Chưa chọn văn bản nào.")})
    if form.chosen == NEW:
        row = work_lists.create_list(uow, name=form.name.data or "", shared=form.shared.data)
    else:
        row = work_lists.work_list(uow, row_number(form.chosen))
    return row, work_lists.add_documents(uow, row, chosen)


@blueprint.route("/<int:list_id>")
@requires(Act.SEARCH)
def view(list_id: int) -> str:
    """The documents of a list that the reader may see, in their order."""
    page = page_number(request.args.get("trang"))
    with reading() as uow:
        row = work_lists.work_list(uow, list_id)
        own = is_own(uow, row)
        found = work_lists.entries(uow, row, limit=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE)
        lines = document_rows(uow, [entry.document for entry in found.items])
        context = {
            "title": row.name,
            "note": row.note,
            "owner": "" if own else row.user.name,
            "shared": row.shared,
            "rows": [
                (found.offset + place, entry, line)
                for place, (entry, line) in enumerate(zip(found.items, lines, strict=True), start=1)
            ],
            "own": own,
        }
    seen("work-list.viewed", "work-list", list_id, count=len(lines))
    acts = [
        {"label": _("Sửa"), "url": url_for("work_lists.edit", list_id=list_id)},
        {"label": _("Xóa danh sách"), "url": url_for("work_lists.delete", list_id=list_id)},
    ]
    return render_template(
        "work_lists/view.html",
        crumbs=[(_("Danh sách văn bản"), url_for("work_lists.index")), (context["title"], None)],
        actions=acts if own else [],
        entry_url=url_for("work_lists.entry", list_id=list_id, trang=page if page > 1 else None),
        file_urls=[(kind.value, url_for("work_lists.file", list_id=list_id, kind=kind.value)) for kind in ExportKind],
        pager=list_pager(found, "work_lists.view", list_id=list_id),
        **context,
    )


@blueprint.route("/<int:list_id>/muc", methods=["POST"])
@requires(Act.SEARCH)
def entry(list_id: int) -> Response:
    """Write the note of an entry, move it, or take it off."""
    act, _colon, place = request.form.get("act", "").partition(":")
    entry_id, to = row_number(request.form.get("entry", "")), row_number(place)
    with writing() as uow:
        row = work_lists.work_list(uow, list_id)
        require_own(uow, row)
        if act == "note":
            work_lists.note_entry(uow, row, entry_id, request.form.get("note", ""))
        elif act == "move":
            work_lists.move_entry(uow, row, entry_id, place=to)
        elif act == "remove":
            work_lists.remove_entry(uow, row, entry_id)
        else:
            raise NotFound()
    page = page_number(request.args.get("trang"))
    anchor = f"muc-{entry_id}" if act != "remove" else None
    return redirect(url_for("work_lists.view", list_id=list_id, trang=page if page > 1 else None, _anchor=anchor))


@blueprint.route("/<int:list_id>/sua", methods=["GET", "POST"])
@requires(Act.SEARCH)
def edit(list_id: int) -> Response | tuple[str, int]:
    """Name, note and readers."""
    form = ListForm()
    back = url_for("work_lists.view", list_id=list_id)
    status = 200
    try:
        with writing() as uow:
            row = work_lists.work_list(uow, list_id)
            require_own(uow, row)
            form.dress(row)
            name = row.name
            if form.is_submitted():
                require_valid(form)
                data = {"name": form.name.data or "", "note": form.note.data or ""}
                work_lists.edit_list(uow, row, **data, shared=form.shared.data)
                flash(_("Đã ghi."), "ok")
                return redirect(back)
    except Invalid as error:
        complain(form, error)
        status = 422
    crumbs = [(_("Danh sách văn bản"), url_for("work_lists.index")), (name, back), (_("Sửa"), None)]
    return render_template("form.html", title=_("Sửa danh sách"), crumbs=crumbs, form=form, cancel_url=back), status


@blueprint.route("/<int:list_id>/xoa", methods=["GET", "POST"])
@requires(Act.SEARCH)
def delete(list_id: int) -> Response | str:
    """Forget a list; its documents stay."""
    form = PlainForm()
    with writing() as uow:
        row = work_lists.work_list(uow, list_id)
        require_own(uow, row)
        name, count = row.name, work_lists.entry_counts(uow, [row]).get(row.id, 0)
        if form.is_submitted():
            require_valid(form)
            work_lists.delete_list(uow, row)
            flash(_("Đã xóa danh sách “%(name)s”.", name=name), "ok")
            return redirect(url_for("work_lists.index"))
    back = url_for("work_lists.view", list_id=list_id)
    text = _("Xóa danh sách “%(name)s” có %(count)s văn bản, cùng các ghi chú.", name=name, count=format_decimal(count))
    return render_template(
        "form.html",
        title=_("Xóa danh sách"),
        crumbs=[(_("Danh sách văn bản"), url_for("work_lists.index")), (name, back), (_("Xóa"), None)],
        form=form,
        note_text=text,
        note_points=[_("Các văn bản vẫn ở nguyên chỗ.")],
        note_kind="warn",
        kind="danger",
        submit=_("Xóa danh sách"),
        cancel_url=back,
    )


@blueprint.route("/<int:list_id>/tep/<kind>")
@requires(Act.SEARCH)
def file(list_id: int, kind: str) -> Response:
    """The list as CSV or Excel, as far as the reader may see it."""

    def write(path: Path, format_: ExportKind) -> int:
        with reading() as uow:
            row = work_lists.work_list(uow, list_id)
            return write_list(uow, row, path, format_, address=url_for("documents.index", _external=True))

    content, count = list_file(kind, write)
    seen("work-list.exported", "work-list", list_id, count=count, file=kind)
    return download(content, f"danh-sach-van-ban-{list_id}.{kind}")
