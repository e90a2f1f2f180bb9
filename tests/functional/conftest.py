"""Pages as a browser without script asks for them: the real application over a test's own database, store and index."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from app.actor import Role
from app.backends import Backends
from app.factory import create_app
from app.models import Event, Organisation, User
from app.services import passwords
from app.web.context import EXTENSION
from config.settings import Settings
from tests import factories
from tests.conftest import Bell
from tests.running import run_due

PASSWORD = "mật khẩu dài của người thử 2026"
_TOKEN = re.compile(r'name="csrf-?_?token" (?:content|value)="([^"]+)"')


class Browser:
    """A person at the screen: signs in, follows links, sends forms with the token of the page that carried them."""

    def __init__(self, client: FlaskClient, backends: Backends, bell: Bell) -> None:
        self.client = client
        self.backends = backends
        self.bell = bell
        self.token = ""

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        self.get("/dang-nhap")
        answer = self.post("/dang-nhap", {"username": username, "password": password})
        self.get("/tim-kiem")
        return answer

    def get(self, url: str, **given: Any) -> TestResponse:
        answer = self.client.get(url, **given)
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found.group(1)
        return answer

    def post(self, url: str, data: dict[str, Any] | None = None, *, follow: bool = False, **given: Any) -> TestResponse:
        body = {"csrf_token": self.token, **(data or {})}
        return self.client.post(url, data=body, follow_redirects=follow, **given)

    def work(self) -> int:
        """Let the workers do what is due."""
        return run_due(self.backends, self.bell)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign-ins compute argon2id at its least cost: every test signs in, and the real cost is that of the unit tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Flask:
    """The application with its routes and its compiled pages, made once: that takes longer than most tests."""
    app = create_app(Settings.from_environment({"HOSO_HOME": str(tmp_path_factory.mktemp("pages"))}))
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    return app


@pytest.fixture
def application(
    pages: Flask, settings: Settings, backends: Backends, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The application as it is served, over the data of the test, its queue in the hands of the test."""
    served = Backends(settings, send=bell, clock=lambda: factories.NOW)
    monkeypatch.setitem(pages.extensions, EXTENSION, served)
    monkeypatch.setitem(pages.config, "SECRET_KEY", settings.secret_key)
    yield pages
    served.close()


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """A browser's requests, nobody signed in."""
    return application.test_client()


@pytest.fixture
def office(backends: Backends) -> Organisation:
    """A commune police."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.organisation(uow)


@cache
def hash_of_password() -> str:
    """The hash of `PASSWORD`, made once: it is slow on purpose."""
    return passwords.hashed(PASSWORD)


def account(backends: Backends, organisation: Organisation, role: Role, **given: Any) -> User:
    """An account that can sign in with `PASSWORD`."""
    values = {"username": f"{role.value}.{organisation.id}", "name": "Lê Thị Thử", "password_hash": hash_of_password()}
    if "allowed_flags" in given:
        given["allowed_flags"] = list(given["allowed_flags"])
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.user(uow, organisation, role, **(values | given))


def browser_of(application: Flask, backends: Backends, bell: Bell, user: User) -> Browser:
    """A browser in which this account is signed in."""
    browser = Browser(application.test_client(), backends, bell)
    assert browser.sign_in(user.username).status_code == 302
    return browser


@pytest.fixture
def officer(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Browser:
    """A records officer of the office, signed in."""
    return browser_of(application, backends, bell, account(backends, office, Role.RECORDS_OFFICER))


@pytest.fixture
def stranger(application: Flask, backends: Backends, bell: Bell) -> Browser:
    """A records officer of another organisation, signed in."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    return browser_of(application, backends, bell, account(backends, elsewhere, Role.RECORDS_OFFICER))


@pytest.fixture
def colleague(application: Flask, backends: Backends, bell: Bell, office: Organisation) -> Browser:
    """A leader of the office, signed in."""
    return browser_of(application, backends, bell, account(backends, office, Role.LEADER))


def events(backends: Backends, kind: str) -> list[Event]:
    """The lines of this kind in the trail."""
    with backends.read() as uow:
        return list(uow.session.query(Event).filter(Event.kind == kind))
