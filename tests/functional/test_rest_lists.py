"""Lists and descriptions of the REST interface: cursors, OpenAPI, the page of it, and /health."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.actor import Role
from app.backends import Backends
from app.models import Organisation, PaperState
from app.services.indexing import index_due
from config.settings import Settings
from tests import desks, factories, faults
from tests.functional.conftest import account
from tests.functional.test_rest import Caller, caller_of, problem, token_of

DOCUMENTED = {
    *("/api/v1/documents", "/api/v1/batches/{batch_id}", "/api/v1/documents/{document_id}"),
    *("/api/v1/documents/{document_id}/pages/{number}", "/api/v1/documents/{document_id}/file", "/api/v1/search"),
    *("/api/v1/persons", "/api/v1/persons/{person_id}", "/api/v1/cases", "/api/v1/cases/{case_id}"),
    *("/api/v1/cases/{case_id}/documents", "/api/v1/cases/{case_id}/papers"),
}


@pytest.fixture
def officer(application: Flask, backends: Backends, office: Organisation) -> Caller:
    return Caller(application, token_of(backends, account(backends, office, Role.RECORDS_OFFICER)))


@pytest.fixture
def case_id(backends: Backends, office: Organisation) -> int:
    """Seven persons, seven cases, and seven documents in the last case."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for _ in range(7):
            case = factories.case(uow, factories.person(uow, office))
        for _ in range(7):
            factories.filing(uow, case, factories.document(uow, office, "chữ để tìm"))
    index_due(backends)
    return case.id


def walk(caller: Caller, path: str, items: str = "items") -> list[dict[str, Any]]:
    """All items, three at a time."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _step in range(10):
        told = caller.json(f"/api/v1/{path}limit=3{cursor}")
        assert len(told[items]) <= 3
        found += told[items]
        if told["cursor"] is None:
            assert told["total"] == len(found)
            return found
        cursor = f"&cursor={told['cursor']}"
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize(
    ("path", "items", "key"),
    [
        ("persons?", "items", "person"),
        ("cases?", "items", "case"),
        ("cases/{c}/documents?", "items", "document"),
        ("search?q=chữ&", "hits", "document"),
        ("search?q=chữ&sort=newest&", "hits", "document"),
    ],
)
def test_a_walk_by_cursor_visits_everything_once(
    officer: Caller, case_id: int, path: str, items: str, key: str
) -> None:
    met = [row[key] for row in walk(officer, path.format(c=case_id), items)]
    assert len(met) == len(set(met)) == 7


def test_the_papers_of_a_case_are_walked_too(application: Flask, backends: Backends) -> None:
    desk = desks.committee_desk(backends)
    made = [desks.drafted(desk) for _ in range(4)]
    with backends.read() as uow:
        office = desk.organisation(uow)
    caller = caller_of(application, backends, office, Role.RECORDS_OFFICER)
    papers = walk(caller, f"cases/{desk.case_id}/papers?")
    assert sorted(row["paper"] for row in papers) == made
    assert {row["state"] for row in papers} == {PaperState.DRAFT.value}
    assert set(papers[0]) == {"paper", "form", "title", "state", "number", "date", "document", "signed_document"}


def cursor_of(caller: Caller, path: str) -> str:
    cursor = caller.json(f"/api/v1/{path}limit=3")["cursor"]
    assert isinstance(cursor, str)
    return cursor


@pytest.mark.parametrize("path", ["persons?", "search?q=chữ&"])
def test_an_altered_cursor_is_refused(officer: Caller, case_id: int, path: str) -> None:
    cursor = cursor_of(officer, path)
    for altered in (cursor[:-1], cursor[1:], cursor.swapcase(), f"{cursor}x"):
        assert problem(officer.get(f"/api/v1/{path}limit=3&cursor={altered}")) == (422, "invalid")


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("persons?", "cases?"),
        ("cases?", "persons?"),
        ("persons?", "persons?q=Thử&"),
        ("search?q=chữ&", "search?q=tìm&"),
        ("search?q=chữ&", "search?q=chữ&type=KHAC&"),
        ("search?q=chữ&sort=newest&", "search?q=chữ&sort=oldest&"),
    ],
)
def test_the_cursor_of_another_list_or_question_is_refused(
    officer: Caller, case_id: int, path: str, other: str
) -> None:
    answer = officer.get(f"/api/v1/{other}limit=3&cursor={cursor_of(officer, path)}")
    assert problem(answer) == (422, "invalid")


@pytest.mark.parametrize("path", ["persons?", "search?q=chữ&"])
def test_the_cursor_of_another_account_is_refused(
    application: Flask, backends: Backends, office: Organisation, officer: Caller, case_id: int, path: str
) -> None:
    colleague = caller_of(application, backends, office, Role.LEADER)
    assert problem(colleague.get(f"/api/v1/{path}limit=3&cursor={cursor_of(officer, path)}")) == (422, "invalid")


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(part) for part in value.values()))
    return set().union(*(references(part) for part in value)) if isinstance(value, list) else set()


def test_the_description_names_every_path_and_holds_together(client: FlaskClient, application: Flask) -> None:
    told = client.get("/api/openapi.json").json
    assert told is not None
    assert told["openapi"].startswith("3.")
    assert told["info"]["title"]
    assert told["info"]["version"]
    assert set(told["paths"]) == DOCUMENTED
    served = {
        str(rule).replace("<int:", "{").replace(">", "}")
        for rule in application.url_map.iter_rules()
        if str(rule).startswith("/api/v1/") and str(rule) != "/api/v1/health"
    }
    assert served == DOCUMENTED
    for path, methods in told["paths"].items():
        for name, method in methods.items():
            if name in ("get", "post"):
                assert all(code.isdigit() or code == "default" for code in method["responses"])
                assert {f"{{{p['name']}}}" in path for p in methods.get("parameters", [])} <= {True}
    for reference in references(told):
        kind, name = reference.removeprefix("#/components/").split("/")
        assert name in told["components"][kind]
    assert told["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_the_page_of_the_description_is_open(client: FlaskClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert all(path in page.text for path in DOCUMENTED)


def test_health_says_nothing_but_the_state(client: FlaskClient, settings: Settings) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "up"})
    if settings.search_url is None:
        (settings.index / "current").write_text("g999999")
        answer = client.get("/health")
        assert (answer.status_code, answer.json) == (200, {"status": "degraded"})
        faults.index_lost(settings)


def test_health_is_down_without_a_database(tmp_path: Any) -> None:
    from app.factory import create_app

    nowhere = Settings.from_environment(
        {"HOSO_HOME": str(tmp_path / "h"), "HOSO_DATABASE_URL": f"sqlite:///{tmp_path}/no/such/place.sqlite3"}
    )
    app = create_app(nowhere, send=lambda _job, _row: None)
    answer = app.test_client().get("/health")
    app.extensions["hoso"].close()
    assert (answer.status_code, answer.json) == (503, {"status": "down"})
