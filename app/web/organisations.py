"""Organisations: the tree, one of them, new, edit."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import Invalid
from app.services import organisations
from app.services.access import Act, role_allows
from app.web.context import actor, reading, writing
from app.web.guard import requires
from app.web.inputs import complain, require_valid
from app.web.organisations_forms import OrganisationForm
from app.web.organisations_views import organisation_facts, organisation_parts, organisation_rows

blueprint = Blueprint("organisations", __name__, url_prefix="/to-chuc")

_NAMES = {"parent_id": "parent"}  # a name of the service -> the field's, where they differ


@blueprint.route("")
@requires(Act.ORGANISATION_VIEW)
def index() -> str:
    """The organisations in scope, as a tree."""
    with reading() as uow:
        rows = organisation_rows(organisations.organisations(uow), organisations.holdings(uow))
    new = {"label": _("Thêm tổ chức"), "url": url_for("organisations.new"), "kind": "primary"}
    acts = [new] if role_allows(actor().role, Act.ORGANISATION_EDIT) else []
    return render_template("organisations/list.html", title=_("Tổ chức"), actions=acts, rows=rows, empty_acts=[])


@blueprint.route("/<int:organisation_id>")
@requires(Act.ORGANISATION_VIEW)
def view(organisation_id: int) -> str:
    """One organisation and what belongs to it."""
    with reading() as uow:
        row = organisations.organisation(uow, organisation_id)
        context = {"title": row.name, "facts": organisation_facts(row), **organisation_parts(uow, row)}
    edit_url = url_for("organisations.edit", organisation_id=organisation_id)
    acts = [{"label": _("Sửa tổ chức"), "url": edit_url}] if role_allows(actor().role, Act.ORGANISATION_EDIT) else []
    crumbs = [(_("Tổ chức"), url_for("organisations.index")), (context["title"], None)]
    return render_template("organisations/view.html", crumbs=crumbs, actions=acts, **context)


@blueprint.route("/moi", methods=["GET", "POST"])
@requires(Act.ORGANISATION_EDIT)
def new() -> str | Response | tuple[str, int]:
    """Write down a new organisation."""
    form = _dressed(None)
    if not form.is_submitted():
        form.archive_unit.data = "VT"
        return _form_page(form)
    try:
        require_valid(form)
        with writing() as uow:
            row = organisations.create_organisation(uow, data=form.typed())
            organisation_id, name = row.id, row.name
    except Invalid as error:
        complain(form, error, _NAMES)
        return _form_page(form), 422
    flash(_("Đã thêm %(name)s.", name=name), "ok")
    return redirect(url_for("organisations.view", organisation_id=organisation_id))


@blueprint.route("/<int:organisation_id>/sua", methods=["GET", "POST"])
@requires(Act.ORGANISATION_EDIT)
def edit(organisation_id: int) -> str | Response | tuple[str, int]:
    """Change an organisation."""
    form = _dressed(organisation_id)
    if not form.is_submitted():
        with reading() as uow:
            form.fill(organisations.organisation(uow, organisation_id))
        return _form_page(form, organisation_id)
    try:
        require_valid(form)
        with writing() as uow:
            row = organisations.organisation(uow, organisation_id)
            organisations.edit_organisation(uow, row, data=form.typed())
    except Invalid as error:
        complain(form, error, _NAMES)
        return _form_page(form, organisation_id), 422
    flash(_("Đã ghi thay đổi."), "ok")
    return redirect(url_for("organisations.view", organisation_id=organisation_id))


def _dressed(organisation_id: int | None) -> OrganisationForm:
    """The form with its choices; an organisation does not stand above itself."""
    with reading() as uow:
        if organisation_id is not None:
            organisations.organisation(uow, organisation_id)
        rows = [row for row in organisations.organisations(uow) if row.id != organisation_id]
    return OrganisationForm().dress(rows)


def _form_page(form: OrganisationForm, organisation_id: int | None = None) -> str:
    title = _("Thêm tổ chức") if organisation_id is None else _("Sửa tổ chức")
    back = url_for("organisations.index")
    if organisation_id is not None:
        back = url_for("organisations.view", organisation_id=organisation_id)
    crumbs = [(_("Tổ chức"), url_for("organisations.index")), (title, None)]
    return render_template("organisations/edit.html", title=title, crumbs=crumbs, form=form, cancel_url=back)
