"""Make the web application: settings in, a Flask application out."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.backends import Backends, Send
from app.tasks import make_celery, sender
from app.web import errors, frame, guard, language, pages, security
from app.web.context import EXTENSION
from config.settings import Settings


def create_app(
    settings: Settings | None = None, *, send: Send | None = None, clock: Callable[[], datetime] | None = None
) -> Flask:
    """The application. `send` and `clock` are given by tests; otherwise jobs go to the queue of the settings."""
    settings = settings or Settings.from_environment()
    app = Flask("app.web", static_folder="static", template_folder="templates")
    app.extensions[EXTENSION] = Backends(settings, send=send or sender(make_celery(settings)), clock=clock)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    security.configure(app, settings)
    language.install(app, settings.language)
    frame.install(app)
    app.before_request(guard.check_request)  # first: nobody unknown makes us take in a large form
    app.before_request(security.protect)
    pages.register(app)
    errors.install(app)  # after the pages: the REST library brings handlers of its own
    if settings.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app
