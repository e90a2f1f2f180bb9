"""The catalogue of forms: which there are, the facts they need, what is not verified, and empty prints."""

from io import BytesIO

from flask import Blueprint, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.services.access import Act
from app.services.printing import FileKind, print_form
from app.web.forms_catalogue_views import (
    form_facts,
    form_rows,
    gaps_of_form,
    regime_views,
    title_of,
    variable_rows,
)
from app.web.guard import requires
from app.web.paper_words import form_name
from doc_templates.catalogue import Form, form
from doc_templates.errors import UnknownForm

blueprint = Blueprint("forms", __name__, url_prefix="/mau-van-ban")

_MEDIA_TYPES = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PDF: "application/pdf",
}


@blueprint.route("")
@requires(Act.FORMS_VIEW)
def index() -> str:
    """All forms, and what the law data does not know."""
    return render_template("forms/list.html", title=_("Mẫu văn bản"), rows=form_rows(), regimes=regime_views())


@blueprint.route("/<path:code>")
@requires(Act.FORMS_VIEW)
def view(code: str) -> str:
    """One form with the facts that it needs."""
    found = _form(code)
    prints = [
        {"label": _("Bản trống PDF"), "url": url_for("forms.blank", code=code, kind="pdf"), "kind": "primary"},
        {"label": _("Bản trống DOCX"), "url": url_for("forms.blank", code=code, kind="docx")},
    ]
    return render_template(
        "forms/view.html",
        title=title_of(found),
        crumbs=[(_("Mẫu văn bản"), url_for("forms.index")), (form_name(found.code), None)],
        actions=prints,
        facts=form_facts(found),
        groups=variable_rows(found),
        unverified=found.unverified,
        gaps=gaps_of_form(found),
    )


@blueprint.route("/<path:code>/ban-trong.<any(pdf, docx):kind>")
@requires(Act.FORMS_VIEW)
def blank(code: str, kind: str) -> Response:
    """The empty form, with dotted lines, to be filled in by hand."""
    found, file = _form(code), FileKind(kind)
    name = f"{found.code.replace('/', '-')}.{kind}"
    return send_file(
        BytesIO(print_form(found.code, file)), mimetype=_MEDIA_TYPES[file], as_attachment=True, download_name=name
    )


def _form(code: str) -> Form:
    try:
        return form(code)
    except UnknownForm as error:
        raise NotFound() from error
