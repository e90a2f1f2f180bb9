"""Persons above the results of a search, and names with a mistake put right; only within the reader's scope."""

import re

from app.backends import Backends
from app.models import Organisation
from app.services.indexing import index_due
from tests import factories
from tests.functional.conftest import Browser


def keep(backends: Backends, office: Organisation, name: str, text: str) -> tuple[int, int]:
    """A person with a case and a document in it, in the index."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name=name)
        document = factories.document(uow, office, text)
        factories.filing(uow, factories.case(uow, person), document)
        ids = person.id, document.id
    index_due(backends)
    return ids


def page_of(browser: Browser, text: str) -> str:
    answer = browser.post("/tim-kiem", {"q": text})
    return str(browser.get(str(answer.location)).text)


def lines(page: str) -> list[str]:
    found = re.findall(r'<div class="explain people">(.*?)</div>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def test_the_person_named_is_told_with_the_way_to_the_person_and_the_documents(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    person, document = keep(backends, office, "Trần Thị Giả", "tờ khai")
    page = page_of(officer, "N.T. Giả khai")
    assert lines(page) == []
    page = page_of(officer, "tran thi gia 1990 to khai")
    assert lines(page) == ["Người: Trần Thị Giả, 1990 · 1 văn bản"]
    assert f'href="/nguoi/{person}"' in page
    answer = officer.post("/tim-kiem", {"q": "", "person": str(person)})
    assert f"/van-ban/{document}" in officer.get(str(answer.location)).text


def test_a_mistyped_name_is_put_right_in_one_click(officer: Browser, backends: Backends, office: Organisation) -> None:
    _, document = keep(backends, office, "Trần Thị Giả", "tờ khai")
    page = page_of(officer, "tờ khai Trầm Thị Giả")
    assert lines(page) == ["Có thể tìm: tờ khai Trần Thị Giả · 1 văn bản"]
    (offered,) = re.findall(r'<button class="linklike small" name="q" value="([^"]+)"', page)
    assert f"/van-ban/{document}" in page_of(officer, offered)


def test_nobody_of_another_office_is_told(officer: Browser, backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow)
    keep(backends, other, "Trần Thị Giả", "tờ khai")
    for text in ("Trần Thị Giả", "Trầm Thị Giả", "T.T. Giả"):
        page = page_of(officer, text)
        assert lines(page) == []
    assert "Trần Thị Giả" not in page_of(officer, "Trầm Thị Giả")
    assert "Trần Thị Giả" not in officer.post("/nguoi", {"q": "tran thi gia"}, follow=True).text
