"""The REST interface under `/api/v1`, described at `/api/openapi.json` and on the page `/api/docs`."""

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_babel import gettext as _
from flask_smorest import Api

from app import __version__
from app.services.doctor import health
from app.web.api import documents, people, searching
from app.web.context import backends
from app.web.guard import open_to_all

blueprint = Blueprint("api", __name__)

HEALTH_STATUS = {"up": 200, "degraded": 200, "down": 503}


def register(app: Flask) -> None:
    """Put the interface in its place."""
    app.config.update(
        API_TITLE="Hồ Sơ",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.0.3",
        API_SPEC_OPTIONS={
            "info": {"description": "Bearer tokens act with the role and scope of their owner."},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api = Api(app)
    for part in (documents.blueprint, searching.blueprint, people.blueprint):
        api.register_blueprint(part)
    app.extensions["hoso-api"] = api
    app.register_blueprint(blueprint)


@blueprint.route("/api/openapi.json")
@open_to_all
def openapi() -> Response:
    """The description of the interface."""
    return jsonify(current_app.extensions["hoso-api"].spec.to_dict())


@blueprint.route("/api/docs")
@open_to_all
def docs() -> str:
    """The description as a page, from the same data."""
    spec = current_app.extensions["hoso-api"].spec.to_dict()
    return render_template("api/docs.html", spec=spec, title=_("Giao diện lập trình (REST)"))


@blueprint.route("/health")
@blueprint.route("/api/v1/health", endpoint="health_v1")
@open_to_all
def health_view() -> tuple[Response, int]:
    """Up, degraded or down, and nothing else."""
    state = health(backends())
    return jsonify({"status": state}), HEALTH_STATUS[state]
