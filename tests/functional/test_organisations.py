"""Pages of organisations: the tree, typing one, who may."""

import re

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Organisation
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of


@pytest.fixture
def administrator(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Browser:
    return browser_of(application, backends, bell, account(backends, office, Role.ADMINISTRATOR))


TYPED = {"code": "CAP-MAU-9", "name": "Công an phường Mẫu Chín", "kind": "commune_police", "parent": "", "active": "y"}


def test_an_administrator_adds_an_organisation_below_another(
    administrator: Browser, backends: Backends, office: Organisation
) -> None:
    administrator.get("/to-chuc/moi")
    answer = administrator.post("/to-chuc/moi", {**TYPED, "parent": str(office.id), "valid_from": "01/07/2025"})
    assert answer.status_code == 302
    with backends.read() as uow:
        made = uow.session.query(Organisation).filter_by(code="CAP-MAU-9").one()
    assert made.parent_id == office.id
    assert f"{made.valid_from:%Y-%m-%d}" == "2025-07-01"
    above = administrator.get(f"/to-chuc/{office.id}").text
    assert "Công an phường Mẫu Chín" in above


def test_the_tree_shows_who_stands_below_whom(administrator: Browser, backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.organisation(uow, name="A ở dưới", parent_id=office.id)
    page = administrator.get("/to-chuc").text
    assert page.index(office.name) < page.index("A ở dưới")
    assert re.search(r'<span aria-hidden="true">– </span><a class="strong" href="/to-chuc/\d+">A ở dưới', page)


def test_what_is_wrong_stands_at_its_field_and_all_input_is_kept(administrator: Browser, office: Organisation) -> None:
    administrator.get("/to-chuc/moi")
    answer = administrator.post("/to-chuc/moi", {**TYPED, "code": office.code, "place": "Mẫu Sơn"})
    assert answer.status_code == 422
    assert 'id="code-wrong"' in answer.text
    assert "Mã này đã dùng cho cơ quan khác" in answer.text
    assert 'value="Mẫu Sơn"' in answer.text


def test_an_organisation_never_stands_below_itself(administrator: Browser, office: Organisation) -> None:
    page = administrator.get(f"/to-chuc/{office.id}/sua").text
    offered = re.search(r'<select[^>]*name="parent".*?</select>', page, re.S)
    assert offered
    assert f'value="{office.id}"' not in offered.group(0)
    form = {**TYPED, "code": office.code, "parent": str(office.id)}
    assert administrator.post(f"/to-chuc/{office.id}/sua", form).status_code == 422


def test_a_change_is_kept_and_told(administrator: Browser, backends: Backends, office: Organisation) -> None:
    administrator.get(f"/to-chuc/{office.id}/sua")
    answer = administrator.post(f"/to-chuc/{office.id}/sua", {**TYPED, "code": office.code}, follow=True)
    assert "Đã ghi thay đổi" in answer.text
    with backends.read() as uow:
        row = uow.session.get_one(Organisation, office.id)
    assert (row.name, row.active) == ("Công an phường Mẫu Chín", True)


def test_an_officer_sees_the_own_organisation_and_no_other(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow, name="Công an phường Khác")
    assert office.name in officer.get("/to-chuc").text
    assert "Công an phường Khác" not in officer.get("/to-chuc").text
    assert officer.get(f"/to-chuc/{other.id}").status_code == 404
    assert "Sửa tổ chức" not in officer.get(f"/to-chuc/{office.id}").text
