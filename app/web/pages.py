"""The list of all blueprints: a newcomer finds here which module answers which part of the site."""

from flask import Flask

from app.web import (
    accounts,
    api,
    auth,
    cases,
    document_links,
    documents,
    events,
    forms_catalogue,
    intake,
    organisations,
    own_account,
    paper_acts,
    papers,
    persons,
    search,
)

_MODULES = (
    auth,
    search,
    documents,
    document_links,
    intake,
    persons,
    cases,
    papers,
    paper_acts,
    forms_catalogue,
    organisations,
    accounts,
    own_account,
    events,
)


def register(app: Flask) -> None:
    """Put every blueprint in its place."""
    for module in _MODULES:
        app.register_blueprint(module.blueprint)
    api.register(app)
