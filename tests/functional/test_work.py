"""The first page: what waits for each role, the next act on a button, and what to begin where nothing waits."""

import re

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import FilingState, Source
from tests import desks, factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, filled_buttons, words
from tests.functional.conftest import Browser, account, browser_of


@pytest.fixture
def at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def test_each_role_sees_what_waits_for_it(at_work: Committee) -> None:
    desks.drafted(at_work.desk)
    desks.presented(at_work.desk)
    desks.approved(at_work.desk)
    desks.signed(at_work.desk)
    officer, leader = words(at_work.officer.get("/viec-cua-toi").text), words(at_work.leader.get("/viec-cua-toi").text)
    clerk = words(at_work.clerk.get("/viec-cua-toi").text)
    assert "Dự thảo 1" in officer
    assert "Văn bản chờ duyệt" not in officer
    assert "Văn bản chờ duyệt 1" in leader
    assert "Văn bản chờ ghi nhận chữ ký 1" in clerk
    assert "Văn bản chờ cấp số 1" in clerk
    assert "Văn bản chờ duyệt" not in clerk


def test_one_button_is_filled_and_leads_to_the_first_task(at_work: Committee) -> None:
    paper_id = desks.presented(at_work.desk)
    html = at_work.leader.get("/viec-cua-toi").text
    assert filled_buttons(html) == 1
    assert f'href="/soan/{paper_id}"' in html


def test_proposals_and_badly_read_documents_wait_for_the_officer(at_work: Committee, backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = at_work.desk.organisation(uow)
        given = {"state": FilingState.PROPOSED, "source": Source.PARSER, "evidence": {"why": "identity"}}
        factories.filing(uow, at_work.desk.case(uow), factories.document(uow, office, title="Giấy thử"), **given)
        factories.document(uow, office, title="Đơn viết tay", quality="weak")
    page = words(at_work.officer.get("/viec-cua-toi").text)
    assert "Máy đề nghị xếp vào hồ sơ 1" in page
    assert "Số định danh trong văn bản trùng với người của hồ sơ." in page
    assert "đọc kém Đơn viết tay" in page
    recent = page.partition("Văn bản gần đây")[2]
    assert re.search(r"Giấy thử tep-\d+\.pdf Văn bản điện tử", recent)  # no number and no date: by file and state


def test_where_nothing_waits_the_page_offers_what_to_begin(at_work: Committee) -> None:
    answer = at_work.officer.get("/viec-cua-toi")
    assert "Không có việc nào đang chờ" in words(answer.text)
    assert "Tiếp nhận tệp" in words(answer.text)
    assert filled_buttons(answer.text) == 1


def test_the_work_of_other_offices_is_not_ours(at_work: Committee, stranger: Browser) -> None:
    desks.drafted(at_work.desk)
    assert "Không có việc nào đang chờ" in words(stranger.get("/viec-cua-toi").text)


@pytest.mark.parametrize(
    ("role", "page"),
    [(Role.AUDITOR, "/nhat-ky"), (Role.ADMINISTRATOR, "/tai-khoan"), (Role.ARCHIVIST, "/viec-cua-toi")],
)
def test_every_account_begins_where_its_work_is(
    application: Flask, backends: Backends, bell: Bell, at_work: Committee, role: Role, page: str
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = at_work.desk.organisation(uow)
    browser = browser_of(application, backends, bell, account(backends, office, role))
    assert browser.get("/").headers["Location"] == page
    assert browser.get(page).status_code == 200
