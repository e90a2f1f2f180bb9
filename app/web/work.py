"""The first page: what waits for this person, and what came in last."""

from flask import Blueprint, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actor import Role
from app.services.access import Act, role_allows
from app.web.context import reading
from app.web.frame import ROLE_NAMES
from app.web.guard import for_accounts
from app.web.work_views import recent_documents, start_acts, work_groups

blueprint = Blueprint("work", __name__)

FIRST_PAGES = {Role.AUDITOR: "events.index", Role.ADMINISTRATOR: "accounts.index"}
"""Where accounts begin that hold no records."""


@blueprint.route("/")
@for_accounts
def home() -> Response:
    """Go to the page on which this account's work begins."""
    return redirect(url_for(FIRST_PAGES.get(g.actor.role, "work.index")))


@blueprint.route("/viec-cua-toi")
@for_accounts
def index() -> str | Response:
    """Everything that waits, kind by kind."""
    if not role_allows(g.actor.role, Act.SEARCH):
        return home()
    with reading() as uow:
        groups = work_groups(uow)
        recent = recent_documents(uow)
        acts = start_acts(uow)
    return render_template(
        "work/index.html",
        title=_("Việc của tôi"),
        lead=f"{ROLE_NAMES[g.user.role]} · {g.user.organisation.name}",
        groups=groups,
        recent=recent,
        start_acts=acts,
    )
