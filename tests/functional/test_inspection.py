"""The inspector's worklist: incomplete dossiers with what they lack, of bodies below too, and the recorded run."""

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Event, Organisation
from config.kinds import OrganisationKind
from tests import factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, filled_buttons, words
from tests.functional.conftest import Browser, account, browser_of


@pytest.fixture
def at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def from_above(application: Flask, backends: Backends, bell: Bell, at: Committee) -> Browser:
    """An inspector of the body above the office."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        above = factories.organisation(uow, kind=OrganisationKind.SUPERVISOR)
        uow.session.get_one(Organisation, at.desk.organisation_id).parent_id = above.id
    return browser_of(application, backends, bell, account(backends, above, Role.INSPECTOR))


def test_an_incomplete_dossier_is_listed_with_what_it_lacks_and_its_states(at_work: Committee) -> None:
    answer = at_work.inspector.get("/kiem-tra")
    page = words(answer.text)
    assert "Hồ sơ quản lý sau cai nghiện ma túy tại nơi cư trú" in page
    assert "NĐ 163/2026" in page
    assert "Đề nghị quản lý sau cai nghiện (Mẫu 52)" in page
    assert "thiếu: " in page
    assert "chưa kiểm tra thời hạn" in page
    assert f'href="/ho-so/{at_work.desk.case_id}"' in answer.text
    assert filled_buttons(answer.text) == 1


def test_an_inspector_sees_the_bodies_below(
    application: Flask, backends: Backends, bell: Bell, at_work: Committee
) -> None:
    inspector = from_above(application, backends, bell, at_work)
    assert "Ủy ban nhân dân phường Mẫu" in words(inspector.get("/kiem-tra").text)
    assert inspector.get(f"/ho-so/{at_work.desk.case_id}").status_code == 200
    assert inspector.get("/kiem-tra?co-quan=999").status_code == 200
    assert "Không có bộ hồ sơ nào khớp bộ lọc" in words(inspector.get("/kiem-tra?co-quan=999").text)


def test_running_the_check_is_recorded_with_the_counts(at_work: Committee, backends: Backends) -> None:
    answer = at_work.inspector.post("/kiem-tra/chay", follow=True)
    assert "Đã kiểm tra 1 bộ hồ sơ: 1 còn thiếu" in words(answer.text)
    with backends.read() as uow:
        event = uow.session.query(Event).filter_by(kind="inspection.run").one()
    assert event.detail["incomplete"] == 1
    assert event.detail["rules"]


def test_others_read_the_worklist_and_do_not_run_the_check(at_work: Committee, stranger: Browser) -> None:
    page = words(at_work.officer.get("/kiem-tra").text)
    assert "Kiểm tra lại tất cả" not in page
    assert at_work.officer.post("/kiem-tra/chay").status_code == 403
    assert at_work.clerk.get("/kiem-tra").status_code == 403
    assert "Chưa có bộ hồ sơ nào được kiểm tra" in words(stranger.get("/kiem-tra").text)
