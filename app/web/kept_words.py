"""Words that narrow a list of persons, cases or accounts. They are names and identity numbers: they are posted, and the
address of the list carries the short key of the question, which opens for the account that asked."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.backends import UnitOfWork
from app.services.past_queries import PastQuery, keep_query, open_query
from app.web.context import writing


def kept_words(uow: UnitOfWork) -> PastQuery:
    """What the address of this request stands for. Raises `NotFound` for a key of another account."""
    return open_query(uow, request.args.get("k"))


def to_kept_words(endpoint: str, **clear: str | None) -> Response:
    """Keep the words of the form and go to the list that they narrow; `clear` stands in its address as it is."""
    words = request.form.get("q", "").strip()
    key = None
    if words:
        with writing() as uow:
            key = keep_query(uow, text=words, narrows=True)
    return redirect(url_for(endpoint, k=key, **clear))  # type: ignore[arg-type]
