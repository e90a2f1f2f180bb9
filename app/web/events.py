"""The audit trail: lines with filters, and the check of its chain; for the auditor alone."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.services import events
from app.services.access import Act
from app.web.context import actor, backends, reading, seen
from app.web.events_views import EventsAddress, chain_view, event_rows
from app.web.guard import requires
from app.web.pager import make_pager, page_number

blueprint = Blueprint("events", __name__, url_prefix="/nhat-ky")

LINES = 50  # of one part of the list


@blueprint.route("")
@requires(Act.EVENTS_VIEW)
def index() -> str:
    """The trail, newest first. Reading it is a line in it."""
    address, page = EventsAddress.from_args(request.args), page_number(request.args.get("trang"))
    with reading() as uow:
        found = events.events(uow, address.chosen(), limit=LINES, offset=(page - 1) * LINES)
        rows = event_rows(found.items)
        filters = address.filters(events.kinds(uow))
        chain = chain_view(events.last_check(uow))
    seen("events.viewed", "event", None, count=len(rows))
    check = {"label": _("Kiểm tra chuỗi"), "url": url_for("events.check"), "method": "post"}
    return render_template(
        "events/list.html",
        title=_("Nhật ký"),
        actions=[check],
        filters=filters,
        rows=rows,
        chain=chain,
        pager=make_pager(page=page, size=LINES, shown=len(rows), total=found.total, url=address.url),
    )


@blueprint.route("/kiem-tra", methods=["POST"])
@requires(Act.EVENTS_VIEW)
def check() -> Response:
    """Read the whole chain again and say whether it holds."""
    report = events.check_chain(backends(), actor())
    if report.broken_at is None:
        flash(_("Đã đọc %(lines)s dòng: chuỗi nguyên vẹn.", lines=report.lines), "ok")
    else:
        told = _(
            "Chuỗi không còn khớp từ dòng %(line)s. Giữ nguyên dữ liệu và báo người quản trị.", line=report.broken_at
        )
        flash(told, "bad")
    return redirect(url_for("events.index"))
