"""The list of persons by given name: to look somebody up, or to choose whom a new case is for."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from app.services.paging import PAGE_SIZE
from app.services.persons import persons
from app.web.context import reading, seen
from app.web.kept_words import kept_words
from app.web.pager import list_pager, page_number
from app.web.persons_views import person_rows


def person_list(endpoint: str, *, submit_url: str, leads_to: str, **shown: Any) -> str:
    """The page of `endpoint`: persons in scope, narrowed by the words behind its key; a line leads to `leads_to`."""
    key, page = request.args.get("k"), page_number(request.args.get("trang"))
    with reading() as uow:
        text = kept_words(uow).text
        found = persons(uow, text=text, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        rows = person_rows(uow, found.items, endpoint=leads_to)
    seen("person.listed", "person", None, count=len(rows))
    return render_template(
        "persons/list.html",
        submit_url=submit_url,
        filters=[{"name": "q", "label": _("Tên, số định danh"), "kind": "text", "value": text}],
        rows=rows,
        pager=list_pager(found, endpoint, k=key),
        filtered=bool(text),
        empty_acts=[],
        **shown,
    )
