"""Signing in, locking and changing user: nothing personal is shown to the next one at the same machine."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.actor import Role
from app.backends import Backends
from app.models import Organisation
from app.web.auth import safe_next
from app.web.guard import policy_of
from tests.conftest import Bell
from tests.functional.conftest import PASSWORD, Browser, account, browser_of


def test_every_route_has_a_policy(application: Flask) -> None:
    endpoints = {rule.endpoint for rule in application.url_map.iter_rules() if "/api/" not in rule.rule}
    assert [one for one in sorted(endpoints) if policy_of(application, one) is None] == []


@pytest.mark.parametrize("url", ["/tim-kiem?k=x", "/van-ban", "/van-ban/1", "/van-ban/1/tep-goc", "/tiep-nhan/1"])
def test_who_is_not_signed_in_is_sent_to_the_door_and_back(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer.location.startswith("/dang-nhap?next=")


def test_a_wrong_password_does_not_say_whether_the_account_exists(
    application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    user = account(backends, office, Role.RECORDS_OFFICER)
    told = []
    for name in (user.username, "khong.co.ai"):
        browser = Browser(application.test_client(), backends, bell)
        answer = browser.sign_in(name, "sai mật khẩu hoàn toàn")
        assert answer.status_code == 401
        told.append(re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text))
    assert told[0] == told[1]


def test_a_locked_screen_shows_nothing_until_the_password_is_given(officer: Browser) -> None:
    officer.post("/khoa")
    answer = officer.get("/van-ban")
    assert answer.status_code == 302
    assert answer.location.startswith("/man-hinh-khoa")
    officer.get("/man-hinh-khoa")
    assert officer.post("/man-hinh-khoa", {"password": PASSWORD}).status_code == 302
    assert officer.get("/van-ban").status_code == 200


def test_the_next_user_sees_no_query_of_the_one_before(
    application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    first = browser_of(application, backends, bell, account(backends, office, Role.RECORDS_OFFICER))
    url = first.post("/tim-kiem", {"q": "Nguyễn Văn Thử"}).location
    first.post("/doi-nguoi-dung")
    account(backends, office, Role.LEADER, username="lanh.dao")
    first.sign_in("lanh.dao")
    answer = first.get(url)
    assert answer.status_code == 404
    assert "Nguyễn Văn Thử" not in answer.text


def test_a_form_without_its_token_changes_nothing(officer: Browser) -> None:
    answer = officer.client.post("/tim-kiem", data={"q": "x"})
    assert answer.status_code == 400


def test_pages_are_never_kept_by_the_browser_and_run_nothing_from_outside(officer: Browser) -> None:
    for url in ("/tim-kiem", "/van-ban", "/tiep-nhan"):
        headers = officer.get(url).headers
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/x", "/\\evil.example", "evil", None, ""])
def test_signing_in_never_leads_to_another_site(application: Flask, target: str | None) -> None:
    with application.test_request_context():
        assert safe_next(target) == "/viec-cua-toi"


def test_auditors_and_administrators_read_no_records(
    application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        browser = browser_of(application, backends, bell, account(backends, office, role))
        for url in ("/tim-kiem", "/van-ban", "/tiep-nhan"):
            assert browser.get(url).status_code == 403
