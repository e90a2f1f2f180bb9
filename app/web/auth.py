"""Signing in and out, locking the screen, changing user, language and password."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from app.errors import Invalid, SignInFailed
from app.models import User
from app.services.accounts import change_own_password
from app.services.purpose import end_purpose
from app.services.signing_in import sign_in
from app.web.context import account, backends, writing
from app.web.guard import EPOCH, LOCKED, PURPOSE, USER_ID, for_accounts, open_to_all
from app.web.language import LANGUAGES

blueprint = Blueprint("auth", __name__)

_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*\Z")
"""One stroke first, and nothing that a browser reads as another or leaves out."""


class LoginForm(FlaskForm):
    """Name and password."""

    username = StringField(
        lazy_gettext("Tên đăng nhập"), validators=[InputRequired(lazy_gettext("Nhập tên đăng nhập."))]
    )
    password = PasswordField(lazy_gettext("Mật khẩu"), validators=[InputRequired(lazy_gettext("Nhập mật khẩu."))])


class UnlockForm(FlaskForm):
    """The password of the one whose screen is locked."""

    password = PasswordField(lazy_gettext("Mật khẩu"), validators=[InputRequired(lazy_gettext("Nhập mật khẩu."))])


class PasswordForm(FlaskForm):
    """The old password and a new one, twice."""

    old = PasswordField(
        lazy_gettext("Mật khẩu hiện tại"), validators=[InputRequired(lazy_gettext("Nhập mật khẩu hiện tại."))]
    )
    new = PasswordField(
        lazy_gettext("Mật khẩu mới"), validators=[InputRequired(lazy_gettext("Nhập mật khẩu mới, ít nhất 14 ký tự."))]
    )
    again = PasswordField(
        lazy_gettext("Nhập lại mật khẩu mới"), validators=[InputRequired(lazy_gettext("Nhập lại mật khẩu mới."))]
    )


def safe_next(target: str | None) -> str:
    """The page to go back to, only ever inside this application."""
    if target and _INSIDE.match(target):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return url_for("work.index")


def _enter(user: User) -> None:
    language = session.get("language")
    session.clear()
    session.permanent = True
    session[USER_ID], session[EPOCH] = user.id, user.session_epoch
    if language:
        session["language"] = language


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@open_to_all
def login() -> str | Response | tuple[str, int]:
    """The sign-in page."""
    form = LoginForm()
    status = 200
    if form.validate_on_submit():
        try:
            user = sign_in(backends(), form.username.data or "", form.password.data or "")
        except SignInFailed as error:
            form.password.errors = [error.advice]
            status = 401
        else:
            _enter(user)
            return redirect(safe_next(request.args.get("next")))
    return render_template("auth/login.html", form=form, title=_("Đăng nhập")), status


@blueprint.route("/dang-xuat", methods=["POST"])
@open_to_all
def logout() -> Response:
    """Leave."""
    language, user = session.get("language"), account()
    if user is not None and (key := session.get(PURPOSE)):
        with writing() as uow:
            end_purpose(uow, user.id, key)
    session.clear()
    if language:
        session["language"] = language
    return redirect(url_for("auth.login"))


@blueprint.route("/doi-nguoi-dung", methods=["POST"])
@open_to_all
def switch() -> Response:
    """Leave so that somebody else can sign in at this machine."""
    return logout()


@blueprint.route("/khoa", methods=["POST"])
@for_accounts
def lock() -> Response:
    """Lock the screen: the session stays, every page asks for the password first."""
    session[LOCKED] = True
    return redirect(url_for("auth.locked", next=urlsplit(request.referrer or "").path or None))


@blueprint.route("/man-hinh-khoa", methods=["GET", "POST"])
@open_to_all
def locked() -> str | Response | tuple[str, int]:
    """The locked screen."""
    user = account()
    if user is None:
        return redirect(url_for("auth.login", next=request.args.get("next")))
    form = UnlockForm()
    status = 200
    if form.validate_on_submit():
        try:
            sign_in(backends(), user.username, form.password.data or "")
        except SignInFailed as error:
            form.password.errors = [error.advice]
            status = 401
        else:
            session.pop(LOCKED, None)
            return redirect(safe_next(request.args.get("next")))
    return render_template("auth/lock.html", form=form, name=user.name, title=_("Màn hình đã khóa")), status


@blueprint.route("/ngon-ngu", methods=["POST"])
@open_to_all
def language() -> Response:
    """Choose the language of the screens."""
    chosen = request.form.get("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
    return redirect(safe_next(urlsplit(request.referrer or "").path))


@blueprint.route("/mat-khau", methods=["GET", "POST"])
@for_accounts
def password() -> str | Response | tuple[str, int]:
    """Change one's own password; all other sessions of the account end."""
    form = PasswordForm()
    status = 200
    if form.validate_on_submit():
        if form.new.data != form.again.data:
            form.again.errors = [_("Hai lần nhập mật khẩu mới không giống nhau.")]
            status = 422
        else:
            try:
                with writing() as uow:
                    user = change_own_password(uow, g.user.id, old=form.old.data or "", new=form.new.data or "")
            except SignInFailed as error:
                form.old.errors, status = [error.advice], 422
            except Invalid as error:
                form.new.errors, status = list(error.fields.values()) or [error.message], 422
            else:
                _enter(user)
                flash(_("Đã đổi mật khẩu. Các phiên khác của tài khoản đã bị ngắt."), "ok")
                return redirect(url_for("work.index"))
    return render_template("form.html", form=form, title=_("Đổi mật khẩu"), submit=_("Đổi mật khẩu")), status
