"""The list of all blueprints: a newcomer finds here which module answers which part of the site."""

from flask import Flask

from app.web import auth


def register(app: Flask) -> None:
    """Put every blueprint in its place."""
    app.register_blueprint(auth.blueprint)
