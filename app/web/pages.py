"""The list of all blueprints: a newcomer finds here which module answers which part of the site."""

from flask import Flask

from app.web import api, auth, cases, document_links, documents, intake, persons, search


def register(app: Flask) -> None:
    """Put every blueprint in its place."""
    for module in (auth, search, documents, document_links, intake, persons, cases):
        app.register_blueprint(module.blueprint)
    api.register(app)
