"""The door of every route: who is signed in, which act the route is, and whether the role allows it.

A route without an act, and not among the open ones, is refused: forgetting the policy shows at once.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import unquote

from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.actor import SYSTEM, Actor, Purpose
from app.backends import Backends
from app.errors import NotAllowed
from app.services.access import Act, role_allows
from app.services.purpose import STATING, checked, stated_purpose
from app.services.signing_in import session_user
from app.services.tokens import is_use_to_note, note_use, token_actor
from app.web.context import EXTENSION

View = TypeVar("View", bound=Callable[..., Any])

OPEN = "open"  # a page for people who are not signed in
SIGNED_IN = "signed-in"  # a page for every account

USER_ID, EPOCH, LOCKED, PURPOSE = "user", "epoch", "locked", "purpose"
PURPOSE_HEADER, CASE_HEADER = "Hoso-Purpose", "Hoso-Case-Number"
API_PREFIX = "/api/"
OPEN_BYTES = 100_000  # of a request that anybody may send: a name and a password


def requires(*acts: Act) -> Callable[[View], View]:
    """Mark a view with the acts it is; the role must allow at least one. The services check the record itself."""

    def mark(view: View) -> View:
        view.policy = acts  # type: ignore[attr-defined]
        return view

    return mark


def open_to_all(view: View) -> View:
    """Mark a view as open to people who are not signed in."""
    view.policy = OPEN  # type: ignore[attr-defined]
    return view


def for_accounts(view: View) -> View:
    """Mark a view as open to every signed-in account."""
    view.policy = SIGNED_IN  # type: ignore[attr-defined]
    return view


def policy_of(app: Flask, endpoint: str) -> tuple[Act, ...] | str | None:
    """The policy of an endpoint: its acts, `open`, `signed-in`, or None where it was forgotten."""
    if endpoint == "static":
        return OPEN
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    if view_class is not None and request:
        method = getattr(view_class, request.method.lower(), None)
        return getattr(method, "policy", None) or getattr(view_class, "policy", None)
    found: tuple[Act, ...] | str | None = getattr(view, "policy", None)
    return found


def check_request() -> Response | None:
    """Before every request: find the actor, then let the policy decide."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if policy is None:
        raise NotAllowed(f"no policy for {request.endpoint}")
    if policy == OPEN:
        request.max_content_length = OPEN_BYTES
        _who()
        return None
    if request.path.startswith(API_PREFIX):
        _bearer()
    elif (answer := _signed_in()) is not None:
        return answer
    if policy != SIGNED_IN and not any(role_allows(g.actor.role, act) for act in policy if isinstance(act, Act)):
        raise NotAllowed()
    return None


def _who() -> None:
    """The account of the session cookie, if there is one and it still holds."""
    user_id, epoch = session.get(USER_ID), session.get(EPOCH)
    if user_id is None or epoch is None:
        return
    with current_app.extensions[EXTENSION].read() as uow:
        user = session_user(uow, user_id, epoch)
        if user is None:
            session.clear()
            return
        g.user, g.actor = user, user.actor()
        if user.role in STATING and (key := session.get(PURPOSE)):
            g.actor = replace(g.actor, purpose=stated_purpose(uow, user.id, key))
        _ = user.organisation.name  # loaded while the session is open


def _signed_in() -> Response | None:
    _who()
    if "user" not in g:
        return redirect(url_for("auth.login", next=_back()))
    if session.get(LOCKED):
        return redirect(url_for("auth.locked", next=_back()))
    return None


def _back() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None


def _bearer() -> None:
    """The actor of an API request: a bearer token, or the session of a signed-in page for reading."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        found = _token_actor(token.strip())
        if found is not None:
            g.actor = replace(found, purpose=_purpose_of_request())
            return
    elif request.method == "GET":
        _who()
        if "user" in g and not session.get(LOCKED):
            return
    raise NotSignedIn()


def _purpose_of_request() -> Purpose | None:
    """What a program states with each request: two headers, UTF-8 in percent-encoding. Raises `Invalid` for one that
    is no purpose."""
    given = [request.headers.get(name, "") for name in (PURPOSE_HEADER, CASE_HEADER)]
    return checked(*(unquote(text) for text in given)) if any(given) else None


def _token_actor(token: str) -> Actor | None:
    """The one who acts with this token. Only the first use of an hour is written down: reading stays reading."""
    backends: Backends = current_app.extensions[EXTENSION]
    with backends.read(SYSTEM) as uow:
        found, is_new = token_actor(uow, token), is_use_to_note(uow, token)
    if is_new:
        with backends.begin(SYSTEM) as uow:
            note_use(uow, token)
    return found


class NotSignedIn(NotAllowed):
    """The request carries no valid token."""

    code = "not-signed-in"
    advice = "Thiếu mã truy cập (token) hoặc mã đã bị thu hồi. Tạo mã mới bằng hoso token add."
