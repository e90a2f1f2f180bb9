"""What anybody may send: unknown addresses, large bodies, odd letters, ways out; and secrets in what is printed."""

from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import logs
from app.backends import Backends
from app.cli import main
from app.factory import create_app
from app.jobs import Job
from app.models import Organisation
from app.services.making import LayoutBroken
from app.tasks import make_celery, sender
from app.web.auth import safe_next
from config.settings import Settings
from doc_templates.errors import UnknownForm
from indexer.errors import CursorInvalid, SearchDown
from tests import factories
from tests.functional.conftest import Browser

SECRET = "matkhau-bi-mat"  # what must not be printed


def test_an_unknown_address_is_a_page_of_ours(client: FlaskClient) -> None:
    answer = client.get("/khong-co-trang-nay")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "not-found" in answer.text


def test_nobody_unknown_can_make_us_read_a_large_body(client: FlaskClient) -> None:
    large = {"username": "a" * 200_000, "password": "b"}
    assert client.post("/dang-nhap", data=large).status_code == 413
    answer = client.post("/tiep-nhan", data={"x": "a" * 200_000})
    assert answer.status_code == 302
    assert "/dang-nhap" in answer.headers["Location"]


def test_a_letter_that_no_database_keeps_is_refused_by_its_field(officer: Browser, client: FlaskClient) -> None:
    assert officer.get("/nguoi?k=%00").status_code == 422
    assert officer.post("/nguoi", {"q": "a\0"}).status_code == 422
    browser_token = Browser(client, officer.backends, officer.bell)
    browser_token.get("/dang-nhap")
    assert browser_token.post("/dang-nhap", {"username": "a\0", "password": "b"}).status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "\\\\evil.example"),
        *("javascript:1", "/\t\\evil.example", "/\n/evil.example", "", None),
    ],
)
def test_the_way_back_stays_inside(application: Flask, target: str | None) -> None:
    with application.test_request_context("/"):
        assert safe_next(target) == "/viec-cua-toi"


def test_the_way_back_is_kept(application: Flask) -> None:
    with application.test_request_context("/"):
        assert safe_next("/ho-so?ma=HS-2026-0001&trang=2") == "/ho-so?ma=HS-2026-0001&trang=2"


def test_redirects_do_not_trust_the_host_that_was_asked_for(client: FlaskClient) -> None:
    answer = client.get("/ho-so", headers={"Host": "evil.example"})
    assert answer.headers["Location"].startswith("/dang-nhap")


def run(monkeypatch: pytest.MonkeyPatch, home: Path, *arguments: str, **environment: str) -> str:
    for name, value in {"HOSO_HOME": str(home), **environment}.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, arguments)
    return f"{result.output}{result.exception!r}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOSO_SEARCH_URL", f"elastic:{SECRET}@127.0.0.1:1"),
        ("HOSO_SEARCH_URL", f"http://elastic:{SECRET}@127.0.0.1:1"),
        ("HOSO_SEARCH_URL", f"http://elastic:{SECRET}@127.0.0.1:no"),
        ("HOSO_DATABASE_URL", f"postgresql+psycopg://hoso:{SECRET}@127.0.0.1:1/hoso"),
        ("HOSO_DATABASE_URL", f"postgresql//hoso:{SECRET}@127.0.0.1/hoso"),
        ("HOSO_DATABASE_URL", f"nosuch://hoso:{SECRET}@127.0.0.1/hoso"),
        ("HOSO_DATABASE_URL", f"postgresql+psycopg://hoso:{SECRET}@127.0.0.1:no/hoso"),
        ("HOSO_BROKER_URL", f"amqp://hoso:{SECRET}@127.0.0.1"),
        ("HOSO_STORE_URL", f"s3://key:{SECRET}@bucket"),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "audit"])
def test_a_password_in_an_address_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, name: str, value: str
) -> None:
    said = run(monkeypatch, tmp_path, command, **{name: value})
    assert SECRET not in said
    assert "Traceback" not in said


def test_settings_do_not_show_their_secrets(tmp_path: Path) -> None:
    environment = {
        "HOSO_HOME": str(tmp_path),
        "HOSO_SECRET_KEY": SECRET * 4,
        "HOSO_DATABASE_URL": f"postgresql+psycopg://hoso:{SECRET}@db/hoso",
        "HOSO_BROKER_URL": f"redis://:{SECRET}@redis/0",
    }
    for search in ({"HOSO_SEARCH_API_KEY": SECRET}, {"HOSO_SEARCH_URL": f"http://elastic:{SECRET}@search:9200"}):
        assert SECRET not in repr(Settings.from_environment(environment | search))


def test_an_unforeseen_error_is_logged_without_what_was_typed(
    settings: Settings, backends: Backends, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    app = create_app(settings, send=lambda _job, _row: None, clock=lambda: factories.NOW)

    def broken() -> str:
        with backends.read() as uow:
            uow.session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Nguyễn Văn Thử"})
        return ""

    broken.policy = "open"  # type: ignore[attr-defined]
    app.add_url_rule("/hong", view_func=broken)
    assert app.test_client().get("/hong").status_code == 500
    app.extensions["hoso"].close()
    structlog.reset_defaults()  # the stream of this test ends with it
    said = "".join(capsys.readouterr())
    assert "request.unexpected" in said
    assert "test_doors.py" in said, "the place of the fault is told"
    assert "Nguyễn Văn Thử" not in said


def test_a_redis_that_is_down_delays_the_work_and_loses_nothing(settings: Settings, backends: Backends) -> None:
    down = replace(settings, broker_url="redis://127.0.0.1:1/0")
    unheard = Backends(down, send=sender(make_celery(down)), clock=lambda: factories.NOW)
    with unheard.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        uow.defer(Job.INDEX, 0)
    unheard.close()
    with backends.read() as uow:
        assert uow.session.get(Organisation, office.id) is not None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (SearchDown("x"), 503, "search-down"),
        (CursorInvalid("x"), 422, "search-cursor-invalid"),
        (UnknownForm("X/1"), 404, "form-unknown"),
        (LayoutBroken(), 503, "paper-layout"),
    ],
)
def test_an_error_of_a_library_keeps_its_code(settings: Settings, error: Exception, status: int, code: str) -> None:
    app = create_app(settings, send=lambda _job, _row: None, clock=lambda: factories.NOW)

    def fails() -> str:
        raise error

    fails.policy = "open"  # type: ignore[attr-defined]
    app.add_url_rule("/loi", view_func=fails)
    answer = app.test_client().get("/loi", headers={"Accept": "application/json"})
    app.extensions["hoso"].close()
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (status, f"urn:hoso:error:{code}")
