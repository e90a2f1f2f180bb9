"""Inspectors and archivists say why before they look names up; the trail keeps it with every line of the session."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.actor import Purpose, Role
from app.backends import Backends
from app.errors import Invalid, PurposeMissing
from app.models import Event, Organisation, StatedPurpose, User
from app.services import cases, exporting, looking_up, persons, purpose, searching, suggesting, tokens
from app.services.indexing import index_due
from app.services.keeping import Question
from app.services.purpose import SESSION_AGE, checked, stated_purpose
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

WHY = {"purpose": "kiểm tra hồ sơ quản lý sau cai", "case_number": "12/QĐ-TTr"}
HEADERS = {"Hoso-Purpose": "ki%E1%BB%83m%20tra%20h%E1%BB%93%20s%C6%A1", "Hoso-Case-Number": "12/Q%C4%90-TTr"}
FORM = "/tim-kiem/muc-dich"


@pytest.fixture(params=[Role.INSPECTOR, Role.ARCHIVIST])
def looker(
    request: pytest.FixtureRequest, application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> tuple[Browser, User]:
    """An inspector or an archivist of the office, signed in, nothing stated yet."""
    user = account(backends, office, request.param)
    return browser_of(application, backends, bell, user), user


@pytest.fixture(autouse=True)
def records(backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Trần Thị Thử")
        factories.filing(uow, factories.case(uow, person), factories.document(uow, office, "Quyết định quản lý"))
    index_due(backends)


def lines(backends: Backends, kind: str) -> list[Event]:
    with backends.read() as uow:
        return list(uow.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.sequence)))


def state(browser: Browser, next_url: str = "") -> str:
    browser.get(FORM)
    answer = browser.post(f"{FORM}?next={next_url}" if next_url else FORM, WHY)
    assert answer.status_code == 302
    return str(answer.location)


@pytest.mark.parametrize("path", ["/nguoi", "/tim-kiem?loai=QĐ"])
def test_a_page_that_looks_names_up_leads_to_the_form_and_back(looker: tuple[Browser, User], path: str) -> None:
    browser, _ = looker
    answer = browser.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith(FORM)
    form = browser.get(answer.location)
    assert "Số vụ việc/quyết định kiểm tra" in form.text
    back = browser.post(answer.location, WHY)
    assert back.status_code == 302
    assert browser.get(back.location).status_code == 200
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/tim-kiem", "/nguoi", "/ho-so"])
def test_the_question_is_not_lost_on_the_way_and_not_asked_again(looker: tuple[Browser, User], path: str) -> None:
    browser, _ = looker
    found = browser.post(path, {"q": "Trần Thị Thử"}).location
    form = browser.get(found).location
    back = browser.post(form, WHY).location
    assert 'value="Trần Thị Thử"' in browser.get(back).text
    assert browser.get(browser.post("/tim-kiem", {"q": "quản lý"}).location).status_code == 200


def test_lines_of_searches_and_persons_carry_purpose_and_number(
    looker: tuple[Browser, User], backends: Backends
) -> None:
    browser, _ = looker
    state(browser)
    browser.get(browser.post("/tim-kiem", {"q": "quản lý"}).location)
    person = lines(backends, "person.viewed")
    assert not person
    browser.get("/nguoi")
    browser.get(browser.post("/ho-so", {"q": "Trần Thị Thử"}).location)
    with backends.read() as uow:
        someone = uow.session.scalars(select(persons.Person.id)).first()
    browser.get(f"/nguoi/{someone}")
    for kind in ("purpose.stated", "search.run", "person.listed", "case.listed", "person.viewed"):
        assert [{name: line.detail.get(name) for name in WHY} for line in lines(backends, kind)] == [WHY], kind


@pytest.mark.parametrize("leave", ["/dang-xuat", "/doi-nguoi-dung"])
def test_it_ends_with_the_session_and_opens_nothing_for_an_old_cookie(
    looker: tuple[Browser, User], backends: Backends, leave: str
) -> None:
    browser, user = looker
    state(browser)
    with browser.client.session_transaction() as session:
        old = dict(session)
    browser.post(leave)
    with browser.client.session_transaction() as session:
        assert "purpose" not in session
        session.update(old)
    assert browser.get("/nguoi").status_code == 303
    with backends.read() as uow:
        rows = uow.session.scalars(select(StatedPurpose)).all()
    assert [(row.user_id, row.ended_at is not None) for row in rows] == [(user.id, True)]


def test_what_one_account_stated_serves_no_other(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, looker: tuple[Browser, User]
) -> None:
    browser, _ = looker
    state(browser)
    with browser.client.session_transaction() as session:
        key = session["purpose"]
    other = browser_of(application, backends, bell, account(backends, office, Role.INSPECTOR, username="thu.hai"))
    with other.client.session_transaction() as session:
        session["purpose"] = key
    assert other.get("/nguoi").status_code == 303


def test_it_lasts_no_longer_than_a_session(backends: Backends, office: Organisation) -> None:
    actor = factories.actor_of(backends, office, Role.INSPECTOR)
    with backends.begin(actor) as uow:
        key = purpose.state_purpose(uow, text=WHY["purpose"], case_number=WHY["case_number"])
        assert stated_purpose(uow, actor.user_id or 0, key) == Purpose(WHY["purpose"], WHY["case_number"])
        uow.now += SESSION_AGE + timedelta(seconds=1)
        assert stated_purpose(uow, actor.user_id or 0, key) is None


@pytest.mark.parametrize(
    ("text", "number", "field"),
    [
        ("", "12/QĐ", "purpose"),
        ("kiểm tra", "12/QĐ", "purpose"),
        ("x" * 301, "12/QĐ", "purpose"),
        ("kiểm tra hồ sơ", "", "case_number"),
        ("kiểm tra hồ sơ", "không số", "case_number"),
        ("kiểm tra hồ sơ", "1" * 81, "case_number"),
    ],
)
def test_an_empty_phrase_is_no_purpose(
    looker: tuple[Browser, User], backends: Backends, text: str, number: str, field: str
) -> None:
    with pytest.raises(Invalid) as told:
        checked(text, number)
    assert set(told.value.fields) == {field}
    browser, _ = looker
    browser.get(FORM)
    assert browser.post(FORM, {"purpose": text, "case_number": number}).status_code == 422
    assert browser.get("/nguoi").status_code == 303
    assert not lines(backends, "purpose.stated")


@pytest.mark.parametrize("path", ["/search?q=thử", "/search", "/persons", "/persons?q=thử", "/cases?q=thử"])
def test_a_program_states_it_with_each_request(
    application: Flask, backends: Backends, office: Organisation, path: str
) -> None:
    user = account(backends, office, Role.ARCHIVIST)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        bearer = {"Authorization": f"Bearer {tokens.add_token(uow, uow.session.get_one(User, user.id), 'thử')}"}
    client = application.test_client()
    refused = client.get(f"/api/v1{path}", headers=bearer)
    assert (refused.status_code, json.loads(refused.data)["type"]) == (403, "urn:hoso:error:purpose-missing")
    assert client.get(f"/api/v1{path}", headers=bearer | {"Hoso-Purpose": "x"}).status_code == 422
    assert client.get(f"/api/v1{path}", headers=bearer | HEADERS).status_code == 200
    last = [line for kind in ("search.run", "person.listed", "case.listed") for line in lines(backends, kind)]
    assert [(line.detail["purpose"], line.detail["case_number"]) for line in last] == [("kiểm tra hồ sơ", "12/QĐ-TTr")]


def test_every_service_that_looks_names_up_asks_for_it(backends: Backends, office: Organisation) -> None:
    actor = factories.actor_of(backends, office, Role.INSPECTOR)
    asked = searching.Query("thử")
    with backends.begin(actor) as uow:
        for look in (
            lambda: searching.search(uow, asked),
            lambda: looking_up.look_up(uow, asked),
            lambda: persons.persons(uow),
            lambda: cases.cases(uow, text="thử"),
            lambda: suggesting.suggest(uow, "thử"),
            lambda: exporting.ask_export(uow, Question("thử"), exporting.ExportKind.CSV, address="http://localhost"),
        ):
            with pytest.raises(PurposeMissing):
                look()
        assert cases.cases(uow).total == 1


def test_kept_questions_lists_and_exports_are_opened_only_with_one(looker: tuple[Browser, User]) -> None:
    """Their words are names: one's own of another session, and those that colleagues share."""
    browser, _ = looker
    state(browser)
    asked = browser.post("/tim-kiem", {"q": "Trần Thị Thử"}).location.partition("?")[2]
    kept = browser.post(f"/tim-kiem/da-luu/luu?{asked}", {"name": "Một", "shared": "y"}).location
    listed = browser.post("/tim-kiem/danh-sach", {"text": "Trần Thị Thử"}).location
    made = browser.post(f"/tim-kiem/xuat?{asked}", {"kind": "csv"}).location
    paths = [
        "/tim-kiem/da-luu",
        *(f"{kept}{part}" for part in ("", "/sua", "/bao", "/xoa")),
        f"/tim-kiem/da-luu/luu?{asked}",
        f"/danh-sach-van-ban/lap?{asked}",
        *(f"{listed}{part}" for part in ("", "/tinh-trang", "/tep/csv")),
        *(f"{made}{part}" for part in ("", "/tinh-trang", "/tep")),
    ]
    posts = [f"{kept}/mo", f"{listed}/mo"]
    opened = {path: browser.get(path).status_code for path in paths}
    assert {path: code for path, code in opened.items() if code != 200} == {f"{made}/tep": 409}
    with browser.client.session_transaction() as session:
        del session["purpose"]
    answers = [browser.get(path) for path in paths] + [browser.post(path, {"line": "1"}) for path in posts]
    for answer in answers:
        assert (answer.status_code, "Thử" in answer.text) == (303, False), answer.request.path


@pytest.mark.parametrize("role", [Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK])
def test_whose_own_work_the_records_are_is_not_asked(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, role: Role
) -> None:
    browser = browser_of(application, backends, bell, account(backends, office, role))
    assert browser.get("/nguoi").status_code == 200
    assert browser.get(FORM).status_code == 403
    assert browser.get(browser.post("/tim-kiem", {"q": "thử"}).location).status_code == 200
    assert [line.detail for line in lines(backends, "search.run")] == [{"results": 1}]
