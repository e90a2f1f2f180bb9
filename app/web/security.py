"""Headers, cookies and cross-site protection: nothing from outside runs, nothing personal is kept by a browser."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from app.errors import Invalid
from app.services.wording import LARGEST_ROW
from app.web.guard import API_PREFIX
from config.settings import Settings

csrf = CSRFProtect()

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
STATIC_AGE = timedelta(days=1)
SESSION_AGE = timedelta(hours=12)  # one working day: the screen lock is for shorter absences


def configure(app: Flask, settings: Settings) -> None:
    """Set cookies, limits and headers of an application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-hoso" if settings.https else "hoso",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=SESSION_AGE,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes * 4,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_AGE,
    )
    app.url_map.converters["int"] = RowNumber
    csrf.init_app(app)
    app.after_request(_headers)


class RowNumber(IntegerConverter):
    """A number in an address: what no row can have as its number is no address of ours."""

    def __init__(self, url_map: Map, fixed_digits: int = 0, **given: Any) -> None:
        super().__init__(url_map, fixed_digits, **({"max": LARGEST_ROW} | given))


def protect() -> None:
    """Refuse a changing request of a page without its token, and text that no database keeps. The API carries bearer
    tokens instead of cookies."""
    is_api = request.path.startswith(API_PREFIX)
    if not is_api:
        csrf.protect()
    typed = [request.args] if request.method in ("GET", "HEAD") else [request.args, request.form]
    for given in typed:
        for name, value in given.items(multi=True):
            if "\0" in value:
                raise Invalid(fields={name: "Có ký tự không nhập được. Gõ lại ô này."})


def _headers(response: Response) -> Response:
    headers: Any = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if response.status_code == HTTPStatus.UNAUTHORIZED and request.path.startswith(API_PREFIX):
        headers["WWW-Authenticate"] = "Bearer"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response
