"""Suggestions while typing: only what the asker's own search finds, nothing of it in addresses, logs or the trail."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.actor import Role
from app.backends import Backends
from app.models import Document, Event, Organisation, Paper, QueryKey
from app.services.indexing import index_due
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

AT = "/tim-kiem/goi-y"


@pytest.fixture(autouse=True)
def records(backends: Backends, office: Organisation) -> dict[str, int]:
    """A decision with its person, a plan, and a person without documents."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Trần Thị Thử")
        factories.person(uow, office, full_name="Trần Văn Chưa")
        order = factories.document(
            uow, office, title="Quyết định quản lý sau cai", number="15", symbol="QĐ-UBND", body="UBND phường Mẫu"
        )
        factories.filing(uow, factories.case(uow, person), order)
        plan = factories.document(uow, office, title="Kế hoạch quản lý", number="7", symbol="KH-UBND")
        found = {"person": person.id, "order": order.id, "plan": plan.id}
    index_due(backends)
    return found


def typed(browser: Browser, text: str) -> list[dict[str, Any]]:
    answer = browser.post(AT, {"q": text})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = answer.json["items"]  # type: ignore[index]
    return found


def test_numbers_titles_and_persons_are_suggested(officer: Browser, records: dict[str, int]) -> None:
    assert typed(officer, "15/qđ") == [
        {
            "kind": "Số hiệu",
            "text": "15/QĐ-UBND",
            "detail": "Quyết định quản lý sau cai · UBND phường Mẫu",
            "url": f"/van-ban/{records['order']}",
        }
    ]
    assert [one["text"] for one in typed(officer, "quan l")] == ["Quyết định quản lý sau cai", "Kế hoạch quản lý"]
    assert typed(officer, "tran th") == [
        {"kind": "Người", "text": "Trần Thị Thử", "detail": "1990 · 1 văn bản", "person": str(records["person"])}
    ]


def test_a_paper_made_here_and_its_signed_scan_are_told_apart(
    officer: Browser, backends: Backends, office: Organisation, records: dict[str, int]
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        made = uow.session.get_one(Document, records["order"])
        scan = factories.document(uow, office, title=made.title, number="15", symbol="QĐ-UBND", quality="scan")
        case = factories.case(uow, factories.person(uow, office))
        paper = Paper(
            organisation_id=office.id,
            case_id=case.id,
            form="QD",
            form_version="1",
            type="QD",
            title=made.title,
            act_date=case.opened_on,
            created_at=factories.NOW,
            document_id=made.id,
            signed_document_id=scan.id,
        )
        uow.session.add(paper)
        scan_id = scan.id
    index_due(backends)
    told = {one["url"]: one["detail"] for one in typed(officer, "15/qđ")}
    assert told == {
        f"/van-ban/{records['order']}": "bản lập · Quyết định quản lý sau cai · UBND phường Mẫu",
        f"/van-ban/{scan_id}": "bản quét ký · Quyết định quản lý sau cai",
    }


def test_a_person_who_has_no_document_here_is_not_suggested(officer: Browser) -> None:
    assert typed(officer, "trần văn") == []


def test_own_past_queries_are_suggested_while_they_find_something(officer: Browser, backends: Backends) -> None:
    for text in ("quản lý sau cai", "quản lý zzzz", "kế hoạch"):
        officer.post("/tim-kiem", {"q": text})
    with backends.read() as uow:
        key = uow.session.scalar(select(QueryKey.key).where(QueryKey.text == "quản lý sau cai"))
    past = [one for one in typed(officer, "quan ly sau") if one["kind"] == "Đã tìm"]
    assert past == [{"kind": "Đã tìm", "text": "quản lý sau cai", "detail": "1 văn bản", "url": f"/tim-kiem?k={key}"}]
    assert officer.get(past[0]["url"]).status_code == 200


def test_words_that_narrow_a_list_are_no_past_queries(officer: Browser) -> None:
    for path in ("/ho-so", "/nguoi", "/ho-so/moi"):
        found = officer.post(path, {"q": "quản lý sau cai"}).location
        assert 'value="quản lý sau cai"' in officer.get(found).text
    assert {one["kind"] for one in typed(officer, "quan ly sau")} == {"Văn bản"}
    asked = officer.post("/tim-kiem", {"q": "quản lý sau cai"}).location
    assert [one["url"] for one in typed(officer, "quan ly sau") if one["kind"] == "Đã tìm"] == [asked]
    assert officer.post("/ho-so", {"q": "quản lý sau cai"}).location.rpartition("=")[2] not in asked


def test_past_queries_are_never_shown_to_the_next_user(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, officer: Browser
) -> None:
    officer.post("/tim-kiem", {"q": "quản lý sau cai"})
    other = account(backends, office, Role.RECORDS_OFFICER, username="nguoi.sau")
    officer.post("/doi-nguoi-dung")
    officer.sign_in(other.username)
    assert {one["kind"] for one in typed(officer, "quản lý")} == {"Văn bản"}


@pytest.mark.parametrize("text", ["", " ", "q", "%", "__", "-", '"', "zzzz", "a" * 5000, "số:", "người:"])
def test_what_says_too_little_suggests_nothing(officer: Browser, text: str) -> None:
    assert typed(officer, text) == []


def test_the_field_of_persons_suggests_persons(officer: Browser) -> None:
    assert [one["text"] for one in typed(officer, "người: thử")] == ["Trần Thị Thử"]


def test_typing_leaves_no_line_in_the_trail_and_no_past_query(officer: Browser, backends: Backends) -> None:
    def count() -> tuple[int, int]:
        with backends.read() as uow:
            lines = uow.session.scalar(select(func.count()).select_from(Event)) or 0
            return lines, uow.session.scalar(select(func.count()).select_from(QueryKey)) or 0

    before = count()
    typed(officer, "quản lý")
    typed(officer, "Trần Thị")
    assert count() == before


def test_another_office_is_suggested_nothing_of_this_one(stranger: Browser) -> None:
    for text in ("15/qđ", "quản lý", "trần th"):
        assert typed(stranger, text) == []


def test_a_document_whose_access_changed_is_not_suggested_before_the_index_knows(
    officer: Browser, backends: Backends, records: dict[str, int]
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, records["order"]).hide_until_indexed()
    assert [one["text"] for one in typed(officer, "quản lý")] == ["Kế hoạch quản lý"]
    assert typed(officer, "trần thị") == []


def test_an_inspector_is_led_to_state_a_purpose_first(
    application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    inspector = browser_of(application, backends, bell, account(backends, office, Role.INSPECTOR))
    assert [one["url"] for one in typed(inspector, "trần thị")] == ["/tim-kiem/muc-dich"]
    why = {"purpose": "kiểm tra hồ sơ quản lý", "case_number": "12/QĐ-TTr"}
    assert inspector.post("/tim-kiem/muc-dich", why).status_code == 302
    assert [one["kind"] for one in typed(inspector, "trần thị")] == ["Người"]


def test_the_words_may_not_stand_in_an_address(officer: Browser) -> None:
    assert officer.get(f"{AT}?q=quản").status_code == 405
    page = officer.get("/tim-kiem").text
    assert f'data-suggest-url="{AT}"' in page
    assert 'id="search-box"' in page
    assert 'autocomplete="off"' in page
