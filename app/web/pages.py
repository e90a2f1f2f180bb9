"""The list of all blueprints: a newcomer finds here which module answers which part of the site."""

from flask import Flask

from app.web import api, auth


def register(app: Flask) -> None:
    """Put every blueprint in its place."""
    for module in (auth,):
        app.register_blueprint(module.blueprint)
    api.register(app)
