"""Accounts: the list, one of them, new, edit, closing and opening, passwords. One's own is in `own_account`."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import Invalid, NotAllowed, WrongState
from app.models import User
from app.services import accounts, tokens
from app.services.access import Act
from app.services.organisations import organisations
from app.web.accounts_forms import AccountForm, SureForm
from app.web.accounts_views import account_facts, account_filters, account_rows, token_rows
from app.web.context import reading, writing
from app.web.guard import requires
from app.web.inputs import complain, require_valid
from app.web.kept_words import kept_words, to_kept_words
from indexer.folding import fold

blueprint = Blueprint("accounts", __name__, url_prefix="/tai-khoan")

_CHOICES = ("vai-tro", "tinh-trang")
_NAMES = {"organisation_id": "organisation"}  # a name of the service -> the field's, where they differ


@blueprint.route("")
@requires(Act.ACCOUNT_EDIT)
def index() -> str:
    """All accounts, by organisation and name."""
    role, state = (request.args.get(name, "") for name in _CHOICES)
    with reading() as uow:
        text = kept_words(uow).text
        found = _filtered(accounts.accounts(uow), text, role, state)
        rows = account_rows(found, accounts.last_signed_in(uow))
    return render_template(
        "users/list.html",
        title=_("Tài khoản"),
        actions=[{"label": _("Thêm tài khoản"), "url": url_for("accounts.new"), "kind": "primary"}],
        submit_url=url_for("accounts.find"),
        filters=account_filters(text, role, state),
        rows=rows,
        pager=None,
    )


@blueprint.route("", methods=["POST"])
@requires(Act.ACCOUNT_EDIT)
def find() -> Response:
    """Take a name, and go to the list under its key; role and state stand in its address."""
    return to_kept_words("accounts.index", **{name: request.form.get(name) or None for name in _CHOICES})


def _filtered(rows: Sequence[User], text: str, role: str, state: str) -> list[User]:
    words = fold(text)
    return [
        row
        for row in rows
        if words in fold(f"{row.name} {row.username} {row.organisation.name}")
        and role in ("", row.role.value)
        and state in ("", "dang-dung" if row.active else "khoa")
    ]


@blueprint.route("/<int:account_id>")
@requires(Act.ACCOUNT_EDIT)
def view(account_id: int) -> str:
    """One account with its tokens."""
    with reading() as uow:
        row = accounts.account(uow, account_id)
        context: dict[str, Any] = {
            "title": row.name,
            "facts": account_facts(row),
            "tokens": token_rows(tokens.tokens(uow, row)),
            "actions": _acts(row),
        }
    return render_template("users/view.html", crumbs=_crumbs(context["title"]), **context)


def _acts(row: User) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = [
        {"label": _("Sửa tài khoản"), "url": url_for("accounts.edit", account_id=row.id)},
        {"label": _("Cấp mật khẩu mới"), "url": url_for("accounts.password", account_id=row.id)},
    ]
    if row.active:
        return [*acts, {"label": _("Khóa tài khoản"), "url": url_for("accounts.disable", account_id=row.id)}]
    opening = {"label": _("Mở lại tài khoản"), "url": url_for("accounts.enable", account_id=row.id), "method": "post"}
    return [*acts, {**opening, "kind": "primary"}]


@blueprint.route("/moi", methods=["GET", "POST"])
@requires(Act.ACCOUNT_EDIT)
def new() -> str | tuple[str, int]:
    """A new account; its password is made here and shown in this one answer only."""
    form = _dressed()
    if not form.is_submitted():
        return _form_page(form)
    try:
        require_valid(form)
        with writing() as uow:
            row, secret = accounts.create_account(uow, data=form.typed())
            account_id, name = row.id, row.name
    except Invalid as error:
        complain(form, error, _NAMES)
        return _form_page(form), 422
    return _secret_page(_("Đã thêm tài khoản %(name)s", name=name), secret, account_id)


@blueprint.route("/<int:account_id>/sua", methods=["GET", "POST"])
@requires(Act.ACCOUNT_EDIT)
def edit(account_id: int) -> str | Response | tuple[str, int]:
    """Change name, role, organisation and what restricted records may be seen."""
    form = _dressed()
    with reading() as uow:
        row = accounts.account(uow, account_id)
        if not form.is_submitted():
            form.fill(row)
            return _form_page(form, account_id)
    try:
        require_valid(form)
        with writing() as uow:
            accounts.edit_account(uow, accounts.account(uow, account_id), data=form.typed())
    except Invalid as error:
        complain(form, error, _NAMES)
        return _form_page(form, account_id), 422
    except (NotAllowed, WrongState) as error:
        form.form_errors = [error.message]
        return _form_page(form, account_id), 409
    flash(_("Đã ghi thay đổi."), "ok")
    return redirect(url_for("accounts.view", account_id=account_id))


@blueprint.route("/<int:account_id>/mat-khau", methods=["GET", "POST"])
@requires(Act.ACCOUNT_EDIT)
def password(account_id: int) -> str:
    """A new password in place of the old one, shown in this one answer only."""
    form = SureForm()
    with reading() as uow:
        name = accounts.account(uow, account_id).name
    if not form.validate_on_submit():
        note = _("Mật khẩu cũ của %(name)s hết hiệu lực ngay và mọi phiên đang mở bị ngắt.", name=name)
        return _sure_page(_("Cấp mật khẩu mới"), note, account_id, name, kind="primary")
    with writing() as uow:
        secret = accounts.set_password(uow, accounts.account(uow, account_id))
    return _secret_page(_("Mật khẩu mới của %(name)s", name=name), secret, account_id)


@blueprint.route("/<int:account_id>/khoa", methods=["GET", "POST"])
@requires(Act.ACCOUNT_EDIT)
def disable(account_id: int) -> str | Response:
    """Close an account: it cannot sign in, its sessions and tokens end at once."""
    form = SureForm()
    with reading() as uow:
        row = accounts.account(uow, account_id)
        name, living = row.name, sum(one.revoked_at is None for one in tokens.tokens(uow, row))
    if not form.validate_on_submit():
        note = _(
            "%(name)s không đăng nhập được nữa; mọi phiên đang mở và %(count)s khóa truy cập ngừng dùng được ngay. "
            "Những gì đã làm vẫn còn trong nhật ký; có thể mở lại tài khoản.",
            name=name,
            count=living,
        )
        return _sure_page(_("Khóa tài khoản"), note, account_id, name, kind="danger")
    with writing() as uow:
        accounts.disable_account(uow, accounts.account(uow, account_id))
    flash(_("Đã khóa tài khoản %(name)s.", name=name), "ok")
    return redirect(url_for("accounts.view", account_id=account_id))


@blueprint.route("/<int:account_id>/mo", methods=["POST"])
@requires(Act.ACCOUNT_EDIT)
def enable(account_id: int) -> Response:
    """Open a closed account again."""
    with writing() as uow:
        row = accounts.account(uow, account_id)
        accounts.enable_account(uow, row)
        name = row.name
    flash(_("Đã mở lại tài khoản %(name)s.", name=name), "ok")
    return redirect(url_for("accounts.view", account_id=account_id))


def _dressed() -> AccountForm:
    with reading() as uow:
        return AccountForm().dress(organisations(uow))


def _crumbs(last: str) -> list[tuple[str, str | None]]:
    return [(_("Tài khoản"), url_for("accounts.index")), (last, None)]


def _form_page(form: AccountForm, account_id: int | None = None) -> str:
    title = _("Thêm tài khoản") if account_id is None else _("Sửa tài khoản")
    back = url_for("accounts.index") if account_id is None else url_for("accounts.view", account_id=account_id)
    return render_template("users/edit.html", title=title, crumbs=_crumbs(title), form=form, cancel_url=back)


def _secret_page(title: str, secret: str, account_id: int) -> str:
    done = url_for("accounts.view", account_id=account_id)
    advice = _("Giao tận tay người dùng. Người dùng cần đổi mật khẩu ngay sau lần đăng nhập đầu tiên.")
    return render_template(
        "users/secret.html", title=title, crumbs=_crumbs(title), secret=secret, advice=advice, done_url=done
    )


def _sure_page(title: str, note: str, account_id: int, name: str, *, kind: str) -> str:
    back = url_for("accounts.view", account_id=account_id)
    crumbs = [(_("Tài khoản"), url_for("accounts.index")), (name, back), (title, None)]
    return render_template(
        "form.html",
        title=title,
        crumbs=crumbs,
        form=SureForm(),
        note_text=note,
        note_kind="warn",
        submit=title,
        kind=kind,
        cancel_url=back,
    )
