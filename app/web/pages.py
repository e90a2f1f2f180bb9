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
    exports,
    forms_catalogue,
    inspection,
    intake,
    list_search,
    organisations,
    own_account,
    paper_acts,
    papers,
    persons,
    pieces,
    purpose,
    registers,
    removals,
    saved_searches,
    scans,
    search,
    splitting,
    suggestions,
    work,
    work_lists,
)

_MODULES = (
    auth,
    work,
    search,
    suggestions,
    purpose,
    exports,
    saved_searches,
    list_search,
    work_lists,
    documents,
    document_links,
    splitting,
    intake,
    pieces,
    persons,
    cases,
    papers,
    paper_acts,
    registers,
    removals,
    scans,
    inspection,
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
