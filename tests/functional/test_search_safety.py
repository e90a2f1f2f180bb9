"""Addresses and forms of the search pages that nobody sends by hand are answered or refused, never an error."""

import base64
import json

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Organisation, SavedSearch
from app.services.indexing import index_due
from app.web.search_address import MOST_VALUES
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

LONG, WIDE = "9" * 5_000, "9" * 20  # no number of Python, no number of a row
NO_ROWS = (LONG, WIDE, "²", "x")
ORDER = "Quyết định quản lý sau cai nghiện ma túy tại nơi cư trú."


@pytest.fixture
def officer(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Browser:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for title in ("Một", "Hai"):
            factories.document(uow, office, ORDER, title=title)
    index_due(backends)
    return browser_of(application, backends, bell, account(backends, office, Role.RECORDS_OFFICER))


def cursor(sort: str, *place: float) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *place]).encode()).decode().rstrip("=")


PATHS = (
    "/tim-kiem?nam={}",
    "/tim-kiem?ho-so={}",
    "/tim-kiem/da-luu/luu?ho-so={}",
    "/danh-sach-van-ban/lap?ho-so={}",
    "/tim-kiem/loc?muc=case&ho-so={}",
    "/api/v1/search?person={0}&case={0}&year={0}",
)


def test_a_filter_that_no_row_has_is_no_error(officer: Browser) -> None:
    answers = {(path, one[:20]): officer.get(path.format(one)).status_code for path in PATHS for one in NO_ROWS}
    assert set(answers.values()) == {200}, answers


def test_a_cursor_that_somebody_made_up_asks_the_engine_for_nothing_endless(officer: Browser) -> None:
    found = officer.post("/tim-kiem", {"q": "quản lý"}).location
    made = (
        cursor("relevance", 0, 1, 10**18, 0),
        cursor("relevance", 0, 1, 10**30, 0),
        cursor("relevance", float("inf"), 1, 5, 0),
        cursor("relevance", 0, 1, -5, 0),
        base64.urlsafe_b64encode(b"[" * 6_000).decode(),
    )
    assert [officer.get(f"{found}&sau={one}").status_code for one in made] == [200, 200, 422, 422, 422]


def test_of_one_filter_only_so_many_values_are_taken(officer: Browser) -> None:
    many = "&".join(f"loai=X{number:04}" for number in range(MOST_VALUES + 20))
    assert officer.get(f"/tim-kiem?{many}").text.count('<a class="chip"') == MOST_VALUES


def test_a_person_that_no_row_has_is_not_kept(officer: Browser, backends: Backends) -> None:
    for name, number in (("Một", LONG), ("Hai", WIDE)):
        found = officer.post("/tim-kiem", {"q": "quản lý", "person": number}).location
        assert officer.get(found).status_code == 200
        assert officer.post(found.replace("/tim-kiem?", "/tim-kiem/da-luu/luu?"), {"name": name}).status_code == 302
    with backends.read() as uow:
        assert [row.filters for row in uow.session.query(SavedSearch)] == [{}, {}]


def test_endless_words_inside_a_facet_are_cut(officer: Browser, backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.document(uow, office, ORDER, body="Sở Y tế")
    index_due(backends)
    look = "/tim-kiem/loc?muc=body"
    assert "Sở Y tế" in officer.post(look, {"q": "so y te " * 2_000 + "vang"}).text
    assert "Sở Y tế" not in officer.post(look, {"q": "so y te vang"}).text


def test_posted_numbers_that_no_row_has_choose_nothing(officer: Browser) -> None:
    made = "/danh-sach-van-ban/lap?loai=QĐ"
    listed = officer.post("/tim-kiem/danh-sach", {"text": "12/QĐ-UBND"}).location
    for number in NO_ROWS:
        assert officer.post(made, {"document": number, "name": "Một"}).status_code == 422
        assert officer.post(made, {"document": "1", "target": number}).status_code == 422
        assert officer.post(f"{listed}/mo", {"line": number}).status_code == 404
