"""Pages of accounts: passwords and tokens shown once, closing, roles, one's own account."""

import re

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import ApiToken, Organisation, User
from tests.conftest import Bell
from tests.functional.conftest import PASSWORD, Browser, account, browser_of


@pytest.fixture
def keeper(backends: Backends, office: Organisation) -> User:
    return account(backends, office, Role.ADMINISTRATOR, username="quan.tri")


@pytest.fixture
def administrator(application: Flask, backends: Backends, bell: Bell, keeper: User) -> Browser:
    return browser_of(application, backends, bell, keeper)


@pytest.fixture
def clerk(backends: Backends, office: Organisation) -> User:
    return account(backends, office, Role.OFFICE_CLERK, username="van.thu", name="Phạm Thị Thử")


def typed(office: Organisation, **given: object) -> dict[str, object]:
    plain = {"name": "Đỗ Văn Thử", "username": "do.thu", "role": "leader", "organisation": str(office.id)}
    return {**plain, **given}


def secret_in(page: str) -> str:
    found = re.search(r'<span class="secret">([^<]+)</span>', page)
    assert found
    return found.group(1)


def test_the_password_of_a_new_account_is_shown_once_and_signs_in(
    administrator: Browser, application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    administrator.get("/tai-khoan/moi")
    page = administrator.post("/tai-khoan/moi", typed(office)).text
    secret = secret_in(page)
    with backends.read() as uow:
        made = uow.session.query(User).filter_by(username="do.thu").one()
    assert secret not in administrator.get(f"/tai-khoan/{made.id}").text
    newcomer = Browser(application.test_client(), backends, bell)
    assert newcomer.sign_in("do.thu", secret).status_code == 302


def test_a_new_password_ends_the_sessions_of_the_account(
    administrator: Browser, application: Flask, backends: Backends, bell: Bell, clerk: User
) -> None:
    browser = browser_of(application, backends, bell, clerk)
    assert browser.get("/tai-khoan/cua-toi").status_code == 200
    administrator.get(f"/tai-khoan/{clerk.id}/mat-khau")
    secret = secret_in(administrator.post(f"/tai-khoan/{clerk.id}/mat-khau").text)
    assert browser.get("/tai-khoan/cua-toi").status_code == 302
    assert Browser(application.test_client(), backends, bell).sign_in("van.thu", PASSWORD).status_code == 401
    assert Browser(application.test_client(), backends, bell).sign_in("van.thu", secret).status_code == 302


def test_closing_asks_first_and_opening_lets_in_again(
    administrator: Browser, application: Flask, backends: Backends, bell: Bell, clerk: User
) -> None:
    asked = administrator.get(f"/tai-khoan/{clerk.id}/khoa").text
    assert "không đăng nhập được nữa" in asked
    administrator.post(f"/tai-khoan/{clerk.id}/khoa")
    assert Browser(application.test_client(), backends, bell).sign_in("van.thu").status_code == 401
    assert "Mở lại tài khoản" in administrator.get(f"/tai-khoan/{clerk.id}").text
    administrator.post(f"/tai-khoan/{clerk.id}/mo")
    assert Browser(application.test_client(), backends, bell).sign_in("van.thu").status_code == 302


def test_role_and_restricted_records_are_changed_together(
    administrator: Browser, backends: Backends, office: Organisation, clerk: User
) -> None:
    administrator.get(f"/tai-khoan/{clerk.id}/sua")
    form = typed(office, username="van.thu", role="archivist", allowed_flags=["HIV", "OST"])
    assert administrator.post(f"/tai-khoan/{clerk.id}/sua", form).status_code == 302
    with backends.read() as uow:
        row = uow.session.get_one(User, clerk.id)
    assert (row.role, row.allowed_flags) == (Role.ARCHIVIST, ["HIV", "OST"])


def test_nobody_changes_their_own_role(administrator: Browser, office: Organisation, keeper: User) -> None:
    administrator.get(f"/tai-khoan/{keeper.id}/sua")
    answer = administrator.post(f"/tai-khoan/{keeper.id}/sua", typed(office, username="quan.tri", role="leader"))
    assert answer.status_code == 409
    assert "Không tự đổi vai trò" in answer.text
    assert 'value="Đỗ Văn Thử"' in answer.text


def test_the_last_administrator_is_not_closed(administrator: Browser, backends: Backends, keeper: User) -> None:
    administrator.get(f"/tai-khoan/{keeper.id}/khoa")
    assert administrator.post(f"/tai-khoan/{keeper.id}/khoa").status_code == 409
    with backends.read() as uow:
        assert uow.session.get_one(User, keeper.id).active


def test_the_list_is_narrowed_by_name_without_accents_role_and_state(administrator: Browser, clerk: User) -> None:
    def shown(**filters: str) -> bool:
        return "Phạm Thị Thử" in administrator.post("/tai-khoan", filters, follow=True).text

    assert shown(q="pham thi")
    assert shown(**{"q": "pham", "vai-tro": "office_clerk", "tinh-trang": "dang-dung"})
    assert not any(
        shown(**{name: value}) for name, value in (("vai-tro", "leader"), ("tinh-trang", "khoa"), ("q", "ê đê"))
    )


def test_the_name_of_an_account_stands_in_no_address_and_its_key_opens_for_who_typed_it(
    administrator: Browser, clerk: User, application: Flask, backends: Backends, bell: Bell, office: Organisation
) -> None:
    address = str(administrator.post("/tai-khoan", {"q": "pham thi", "vai-tro": clerk.role.value}).location)
    assert re.fullmatch(r"/tai-khoan\?k=[\w-]+&vai-tro=office_clerk", address)
    page = administrator.get(address).text
    assert "Phạm Thị Thử" in page
    assert 'value="pham thi"' in page
    assert not re.findall('(?:href|action)="[^"]*pham[^"]*"', page)
    assert administrator.post("/tai-khoan", {"q": " "}).location == "/tai-khoan"
    other = browser_of(application, backends, bell, account(backends, office, Role.ADMINISTRATOR))
    assert other.get(address).status_code == 404
    assert clerk.name in administrator.get("/tai-khoan?q=khongai").text  # words in an address narrow nothing


def test_a_token_is_shown_once_and_ends_when_revoked(officer: Browser, application: Flask, backends: Backends) -> None:
    officer.get("/tai-khoan/cua-toi")
    secret = secret_in(officer.post("/tai-khoan/cua-toi/khoa-truy-cap", {"name": "máy quét"}).text)
    assert secret not in officer.get("/tai-khoan/cua-toi").text
    bearer = {"Authorization": f"Bearer {secret}"}
    assert application.test_client().get("/api/v1/persons", headers=bearer).status_code == 200
    with backends.read() as uow:
        token = uow.session.query(ApiToken).one()
    officer.post(f"/tai-khoan/khoa-truy-cap/{token.id}/thu-hoi")
    assert application.test_client().get("/api/v1/persons", headers=bearer).status_code == 401


def test_a_token_of_somebody_else_is_not_revoked(officer: Browser, stranger: Browser, backends: Backends) -> None:
    officer.get("/tai-khoan/cua-toi")
    officer.post("/tai-khoan/cua-toi/khoa-truy-cap", {"name": "máy quét"})
    with backends.read() as uow:
        token = uow.session.query(ApiToken).one()
    assert stranger.post(f"/tai-khoan/khoa-truy-cap/{token.id}/thu-hoi").status_code == 404
    with backends.read() as uow:
        assert uow.session.get_one(ApiToken, token.id).revoked_at is None


def test_a_token_without_a_name_is_refused_at_its_field(officer: Browser) -> None:
    officer.get("/tai-khoan/cua-toi")
    answer = officer.post("/tai-khoan/cua-toi/khoa-truy-cap", {"name": ""})
    assert answer.status_code == 422
    assert "Ghi tên để sau này biết" in answer.text


def test_the_language_of_ones_own_screen_is_kept_with_the_account(officer: Browser, backends: Backends) -> None:
    officer.get("/tai-khoan/cua-toi")
    assert officer.post("/tai-khoan/cua-toi", {"language": "en", "shortcuts": "y"}).status_code == 302
    page = officer.get("/tai-khoan/cua-toi").text
    assert '<html lang="en">' in page
    assert officer.post("/tai-khoan/cua-toi", {"language": "fr"}).status_code == 422
