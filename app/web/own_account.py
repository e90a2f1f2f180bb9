"""The page that every account has: who it is, language and shortcuts, and its access tokens."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import Invalid
from app.models import User
from app.services import accounts, tokens
from app.web.accounts_forms import SettingsForm, TokenForm
from app.web.accounts_views import account_facts, token_rows
from app.web.context import reading, writing
from app.web.guard import for_accounts
from app.web.inputs import complain, require_valid

blueprint = Blueprint("own", __name__, url_prefix="/tai-khoan")


@blueprint.route("/cua-toi")
@for_accounts
def view() -> str:
    """One's own account."""
    return _page(SettingsForm(formdata=None), TokenForm(formdata=None), fill=True)


@blueprint.route("/cua-toi", methods=["POST"])
@for_accounts
def settings() -> Response | tuple[str, int]:
    """Change language and shortcuts."""
    form = SettingsForm().dress()
    try:
        require_valid(form)
        with writing() as uow:
            accounts.own_settings(uow, language=form.language.data or None, shortcuts=bool(form.shortcuts.data))
    except Invalid as error:
        complain(form, error)
        return _page(form, TokenForm(formdata=None), fill=False), 422
    flash(_("Đã ghi thay đổi."), "ok")
    return redirect(url_for("own.view"))


@blueprint.route("/cua-toi/khoa-truy-cap", methods=["POST"])
@for_accounts
def add_token() -> str | tuple[str, int]:
    """A new token, shown in this one answer only."""
    form = TokenForm()
    try:
        require_valid(form)
        with writing() as uow:
            secret = tokens.add_token(uow, accounts.own_account(uow), form.name.data or "")
    except Invalid as error:
        complain(form, error)
        return _page(SettingsForm(formdata=None), form, fill=True), 422
    title = _("Khóa truy cập mới")
    return render_template(
        "users/secret.html",
        title=title,
        crumbs=[(_("Tài khoản của tôi"), url_for("own.view")), (title, None)],
        secret=secret,
        advice=_("Chép ngay vào nơi dùng. Ai có khóa này làm được mọi việc mà tài khoản được làm qua REST."),
        done_url=url_for("own.view"),
    )


@blueprint.route("/khoa-truy-cap/<int:token_id>/thu-hoi", methods=["POST"])
@for_accounts
def revoke_token(token_id: int) -> Response:
    """End a token: one's own, or anybody's for who keeps accounts."""
    with writing() as uow:
        row = tokens.token(uow, token_id)
        tokens.revoke_token(uow, row)
        name, owner_id, own_id = row.name, row.user_id, uow.actor.user_id
    flash(_("Đã thu hồi khóa truy cập “%(name)s”.", name=name), "ok")
    if owner_id == own_id:
        return redirect(url_for("own.view"))
    return redirect(url_for("accounts.view", account_id=owner_id))


def _page(screen: SettingsForm, token_form: TokenForm, *, fill: bool) -> str:
    with reading() as uow:
        user = accounts.own_account(uow)
        facts = account_facts(user)
        rows = token_rows(tokens.tokens(uow, user))
        if fill:
            _fill(screen, user)
    return render_template(
        "users/own.html",
        title=_("Tài khoản của tôi"),
        actions=[{"label": _("Đổi mật khẩu"), "url": url_for("auth.password")}],
        facts=facts,
        settings=screen.dress(),
        token_form=token_form,
        tokens=rows,
    )


def _fill(screen: SettingsForm, user: User) -> None:
    screen.language.data, screen.shortcuts.data = user.language or "", user.shortcuts
