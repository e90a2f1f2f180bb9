"""Persons: list by given name, one person, new, edit."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import Conflict, Invalid
from app.services import persons
from app.services.access import Act, may, require, role_allows
from app.web.context import account, actor, reading, seen, writing
from app.web.guard import requires
from app.web.inputs import complain, require_valid, revision_of, summed
from app.web.kept_words import to_kept_words
from app.web.person_list import person_list
from app.web.persons_forms import PersonForm
from app.web.persons_views import person_cases, person_documents, person_facts, person_timeline

blueprint = Blueprint("persons", __name__, url_prefix="/nguoi")


@blueprint.route("")
@requires(Act.PERSON_VIEW)
def index() -> str:
    """The persons in scope, by given name."""
    new = {"label": _("Ghi người mới"), "url": url_for("persons.new"), "kind": "primary"}
    return person_list(
        "persons.index",
        submit_url=url_for("persons.find"),
        leads_to="persons.view",
        title=_("Người"),
        actions=[new] if role_allows(actor().role, Act.PERSON_EDIT) else [],
    )


@blueprint.route("", methods=["POST"])
@requires(Act.PERSON_VIEW)
def find() -> Response:
    """Take a name or an identity number, and go to the list under its key."""
    return to_kept_words("persons.index")


@blueprint.route("/<int:person_id>")
@requires(Act.PERSON_VIEW)
def view(person_id: int) -> str:
    """One person: facts, cases, documents, what happened."""
    with reading() as uow:
        row = persons.person(uow, person_id)
        editable = may(uow, Act.PERSON_EDIT, row)
        context = {
            "title": row.full_name,
            "facts": person_facts(row),
            "cases": person_cases(uow, row),
            "documents": person_documents(uow, row),
            "timeline": person_timeline(uow, row),
        }
    seen("person.viewed", "person", person_id)
    open_case = {"label": _("Lập hồ sơ"), "url": url_for("cases.new", nguoi=person_id), "kind": "primary"}
    edit_url = url_for("persons.edit", person_id=person_id)
    actions = [{"label": _("Sửa thông tin"), "url": edit_url}, open_case] if editable else []
    crumbs = [(_("Người"), url_for("persons.index")), (context["title"], None)]
    return render_template("persons/view.html", crumbs=crumbs, actions=actions, case_acts=[], **context)


@blueprint.route("/moi", methods=["GET", "POST"])
@requires(Act.PERSON_EDIT)
def new() -> str | Response | tuple[str, int]:
    """Write down a new person."""
    form = PersonForm().dress()
    if _is_growing(form) or not form.is_submitted():
        return _form_page(form)
    names: dict[str, str] = {}
    try:
        require_valid(form)
        data, names = form.typed()
        with writing() as uow:
            row = persons.create_person(uow, organisation_id=_own_organisation(), data=data)
            person_id, name = row.id, row.full_name
    except Invalid as error:
        complain(form, error, names)
        return _form_page(form), 422
    flash(_("Đã ghi %(name)s.", name=name), "ok")
    return redirect(url_for("persons.view", person_id=person_id))


@blueprint.route("/<int:person_id>/sua", methods=["GET", "POST"])
@requires(Act.PERSON_EDIT)
def edit(person_id: int) -> str | Response | tuple[str, int]:
    """Change a person. What somebody else changed meanwhile is not written over."""
    form = PersonForm()
    if not form.is_submitted():
        with reading() as uow:
            row = persons.person(uow, person_id)
            require(uow, Act.PERSON_EDIT, row)
            form.fill(row)
    form.dress()
    if _is_growing(form) or not form.is_submitted():
        return _form_page(form, person_id)
    names: dict[str, str] = {}
    try:
        require_valid(form)
        data, names = form.typed()
        with writing() as uow:
            persons.edit_person(uow, persons.person(uow, person_id), data=data, revision=revision_of(form))
    except Invalid as error:
        complain(form, error, names)
        return _form_page(form, person_id), 422
    except Conflict:
        form.form_errors = [_("Người khác vừa sửa mục này. Mở lại trang ở thẻ khác để xem, rồi ghi lại phần của mình.")]
        return _form_page(form, person_id), 409
    flash(_("Đã ghi thay đổi."), "ok")
    return redirect(url_for("persons.view", person_id=person_id))


def _is_growing(form: PersonForm) -> bool:
    """Whether one more line was asked for rather than keeping the record."""
    more = request.form.get("more")
    if not more:
        return False
    form.grow(more)
    return True


def _own_organisation() -> int:
    user = account()
    if user is None:
        raise Invalid()
    return user.organisation_id


def _form_page(form: PersonForm, person_id: int | None = None) -> str:
    back = url_for("persons.index") if person_id is None else url_for("persons.view", person_id=person_id)
    title = _("Ghi người mới") if person_id is None else _("Sửa thông tin người")
    crumbs = [(_("Người"), url_for("persons.index"))]
    if person_id is not None:
        crumbs.append((form.full_name.data or "", back))
    return render_template(
        "grouped.html",
        title=title,
        crumbs=[*crumbs, (title, None)],
        form=form,
        summed=summed(form),
        groups=form.groups(),
        cancel_url=back,
    )
