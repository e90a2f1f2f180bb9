"""The page of the audit trail: only the auditor reads it, it names nobody recorded, and a broken chain is told."""

import ast

import pytest
from flask import Flask
from sqlalchemy import select

from app.actor import Role
from app.backends import Backends
from app.models import Event, Organisation, PaperState
from app.services.accounts import AccountData, create_account
from app.web.event_words import DEEDS
from app.web.translating import ROOT
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of


@pytest.fixture
def auditor(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Browser:
    return browser_of(application, backends, bell, account(backends, office, Role.AUDITOR, name="Hồ Thị Thử"))


def rows_of(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_trail_says_who_did_what_and_never_the_name_of_a_person(
    officer: Browser, auditor: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Nguyễn Văn Thử Kín")
    officer.get(f"/nguoi/{person.id}")
    page = auditor.get("/nhat-ky").text
    assert "Xem thông tin người" in rows_of(page)
    assert f"người {person.id}" in rows_of(page)
    assert "Lê Thị Thử" in rows_of(page)
    assert "Thử Kín" not in page


def test_lines_are_narrowed_by_deed_actor_object_and_day(officer: Browser, auditor: Browser) -> None:
    auditor.get("/nhat-ky")
    assert "Lê Thị Thử" not in rows_of(auditor.get("/nhat-ky?viec=events.viewed").text)
    assert "Hồ Thị Thử" not in rows_of(auditor.get("/nhat-ky?ai=Lê").text)
    assert "Lê Thị Thử" in rows_of(auditor.get("/nhat-ky?ai=Lê").text)
    assert "Đăng nhập" in rows_of(auditor.get("/nhat-ky?tu=20/11/2026&den=20/11/2026&viec=account").text)
    assert "Không có dòng nhật ký nào" in auditor.get("/nhat-ky?den=19/11/2026").text
    assert "Đăng nhập" not in rows_of(auditor.get("/nhat-ky?loai=event").text)


def test_what_others_did_to_others_is_not_shown(auditor: Browser, backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
        keeper = factories.user(uow, elsewhere, Role.ADMINISTRATOR).actor()
    with backends.begin(keeper) as uow:
        data = AccountData("nguoi.khac", "Người Khác Thử", Role.LEADER, elsewhere.id)
        theirs, _password = create_account(uow, data=data)
    with backends.read() as uow:
        assert uow.session.scalar(select(Event.id).where(Event.kind == "account.created")) is not None
    assert f"tài khoản {theirs.id}<" not in rows_of(auditor.get("/nhat-ky").text)


def test_what_an_inspector_from_above_did_to_ones_records_is_shown(
    application: Flask, auditor: Browser, backends: Backends, bell: Bell, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        above = factories.organisation(uow)
        uow.session.get_one(Organisation, office.id).parent_id = above.id
        person = factories.person(uow, office)
    inspector = account(backends, above, Role.INSPECTOR, name="Bùi Văn Thử Thanh")
    browser_of(application, backends, bell, inspector).get(f"/nguoi/{person.id}")
    assert "Bùi Văn Thử Thanh" in rows_of(auditor.get("/nhat-ky?viec=person").text)


def test_a_whole_chain_is_said_to_hold(auditor: Browser) -> None:
    assert "chưa kiểm tra chuỗi" in auditor.get("/nhat-ky").text
    page = auditor.post("/nhat-ky/kiem-tra", follow=True).text
    assert "chuỗi nguyên vẹn" in page
    assert "chưa kiểm tra chuỗi" not in page


def test_a_changed_line_breaks_the_chain_and_is_told(auditor: Browser, backends: Backends) -> None:
    auditor.get("/nhat-ky")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(Event).filter(Event.sequence == 2).update({"actor": "ai đó"})
    page = auditor.post("/nhat-ky/kiem-tra", follow=True).text
    assert "Chuỗi không còn khớp từ dòng 2" in page
    assert "chuỗi không còn khớp" in auditor.get("/nhat-ky").text


def test_reading_the_trail_is_a_line_in_it(auditor: Browser, backends: Backends) -> None:
    auditor.get("/nhat-ky?ai=Nguyễn")
    with backends.read() as uow:
        lines = uow.session.query(Event).filter(Event.kind == "events.viewed").all()
    assert [line.detail for line in lines] == [{"count": 0}]


@pytest.mark.parametrize("address", ["?trang=x", "?tu=31/02/2026", "?den=x", "?ma=%C2%B2", "?viec=%25", "?loai=<b>"])
def test_an_address_that_makes_no_sense_is_still_a_page(auditor: Browser, address: str) -> None:
    assert auditor.get(f"/nhat-ky{address}").status_code == 200


def _recorded() -> set[str]:
    """The kinds of lines that the code writes, as far as they stand in it as texts."""
    found = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] in ("record", "seen"):
                found |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    return {str(kind) for kind in found}


def test_every_kind_of_line_has_a_word() -> None:
    moves = {f"paper.{state.value}" for state in PaperState}
    assert sorted((_recorded() | moves) - set(DEEDS)) == []
