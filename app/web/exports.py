"""Lists of search results as files: asked for by a post, followed on a page of their own, downloaded when made."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import Invalid
from app.models import AskedState, Export, ExportKind
from app.services import exporting
from app.services.access import Act
from app.services.keeping import Question
from app.services.past_queries import open_query
from app.web.context import backends, reading, seen, writing
from app.web.guard import requires
from app.web.language import moment
from app.web.search_address import PERSON, SearchAddress
from app.web.sending import SAFE, guarded

blueprint = Blueprint("exports", __name__, url_prefix="/tim-kiem/xuat")

_KIND_NAMES = {ExportKind.CSV: "CSV", ExportKind.XLSX: "Excel"}


@blueprint.route("", methods=["POST"])
@requires(Act.SEARCH)
def create() -> Response:
    """Ask for all results of the search that the address stands for."""
    address = SearchAddress.from_args(request.args)
    try:
        kind = ExportKind(request.form.get("kind", ""))
    except ValueError:
        raise Invalid(fields={"kind": _("Chọn CSV hoặc Excel.")}) from None
    with writing() as uow:
        past = open_query(uow, address.key)
        filters = dict(address.filters) | ({PERSON: past.persons} if past.persons else {})
        opened_at = url_for("documents.index", _external=True)
        row = exporting.ask_export(uow, Question(past.text, filters), kind, address=opened_at)
    return redirect(url_for("exports.view", export_id=row.id))


@blueprint.route("/<int:export_id>")
@requires(Act.SEARCH)
def view(export_id: int) -> str:
    """How far an export is, and its file when it is made."""
    with reading() as uow:
        row = exporting.export(uow, export_id)
    return render_template(
        "search/export.html",
        title=_("Xuất danh sách (%(kind)s)", kind=_KIND_NAMES[row.kind]),
        crumbs=[(_("Tìm kiếm"), url_for("search.results")), (_("Xuất danh sách"), None)],
        state=row.state.value,
        asked_at=moment(row.asked_at),
        days=backends().settings.export_days,
        here=url_for("exports.view", export_id=export_id),
        status_url=url_for("exports.status", export_id=export_id),
        file_url=url_for("exports.file", export_id=export_id),
        **_progress(row),
    )


@blueprint.route("/<int:export_id>/tinh-trang")
@requires(Act.SEARCH)
def status(export_id: int) -> Response:
    """The same as JSON, for the script that follows the export."""
    with reading() as uow:
        return jsonify(_progress(exporting.export(uow, export_id)))


def _progress(row: Export) -> dict[str, Any]:
    """The count in words of the screen, and whether anything more will come."""
    if row.state is AskedState.ASKED and row.total is None:
        count = str(_("Đang chờ"))
    elif row.state is AskedState.ASKED:
        count = f"{format_decimal(row.done)} / {format_decimal(row.total)}"
    else:
        count = str(_("%(count)s văn bản", count=format_decimal(row.done)))
    return {"count": count, "finished": row.state is not AskedState.ASKED}


@blueprint.route("/<int:export_id>/tep")
@requires(Act.SEARCH)
def file(export_id: int) -> Response:
    """The file, always as a download."""
    with reading() as uow:
        found = exporting.export_file(uow, export_id)
    seen("search.export-downloaded", "export", export_id, count=found.rows)
    return guarded(send_file(found.path, mimetype=SAFE, as_attachment=True, download_name=found.name, etag=False))
