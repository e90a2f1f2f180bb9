"""The question of a search page as it is kept, put on a list or opened again, and its words on a screen."""

from collections.abc import Mapping

from flask import request
from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import Case, Person
from app.services.access import scope_of, visible_cases, visible_persons
from app.services.labelling import FacetValue
from app.services.past_queries import PastQuery, open_query
from app.services.purpose import require_purpose
from app.services.wording import row_number
from app.web.search_address import PERSON, SearchAddress
from app.web.search_facets import TITLES, label_of, span_label
from indexer.plan import DAY

Filters = Mapping[str, tuple[str, ...]]


def asked(uow: UnitOfWork) -> tuple[SearchAddress, PastQuery, Filters]:
    """The search that the address of this request stands for: its state, its words and persons, all its filters."""
    require_purpose(uow)
    address = SearchAddress.from_args(request.args)
    past = open_query(uow, address.key)
    return address, past, address.query(past.text, past.persons).filters


def address_of(key: str | None, filters: Mapping[str, list[str]]) -> str:
    """Where a kept question is opened: persons stand behind the key."""
    plain = {name: tuple(values) for name, values in filters.items() if name != PERSON}
    return SearchAddress(key, plain).url()


def question_words(uow: UnitOfWork, text: str, filters: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The words and filters of a question, one by one; persons and cases by their names where these are in scope."""
    scope = scope_of(uow)
    persons = {
        str(row.id): row.full_name
        for row in uow.session.scalars(
            select(Person).where(Person.id.in_(_ids(filters, PERSON)), visible_persons(scope))
        )
    }
    cases = {
        str(row.id): row.code
        for row in uow.session.scalars(select(Case).where(Case.id.in_(_ids(filters, "case")), visible_cases(scope)))
    }
    told = [f"“{text}”"] if text else []
    for name, title in TITLES.items():
        known = {PERSON: persons, "case": cases}.get(name)
        for value in filters.get(name, ()):
            label = value if known is None else known.get(value, "…")
            told.append(f"{title}: {label_of(name, FacetValue(value, 0, label))}")
    return (*told, *(span_label(value) for value in filters.get(DAY, ())))


def _ids(filters: Mapping[str, list[str]], name: str) -> list[int]:
    return [row_number(value) for value in filters.get(name, ())]
