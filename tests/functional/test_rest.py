"""The REST interface with a real reading: shapes as documented, paging, problem details, and who may see what."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.actor import Role
from app.backends import Backends
from app.models import ApiToken, Organisation, User
from app.services.accounts import account as find_account
from app.services.accounts import disable_account
from app.services.tokens import add_token, revoke_token
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import account
from tests.running import run_due
from tests.unit.ingestion.drawn_papers import Line, text_pdf

TEXT = "QUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\nÔng Nguyễn Văn Thử thực hiện từ ngày ký."
DOCUMENT = {
    *("document", "title", "type", "number", "date", "body", "subject", "organisation", "state", "persons", "cases"),
    *("flags", "pages"),
}
HIT = {
    *("document", "title", "type", "number", "date", "body", "persons", "cases", "score", "badges", "why", "lacks"),
    "snippets",
}
STATED = {
    "Hoso-Purpose": "ki%E1%BB%83m%20tra%20s%E1%BB%95",
    "Hoso-Case-Number": "12/Q%C4%90-TTr",
}  # for those who must say
COUNTS = ("waiting", "searchable", "weak", "failed", "duplicate", "removed")


class Caller:
    """A program with a token."""

    def __init__(self, application: Flask, token: str | None) -> None:
        self.client = application.test_client()
        self.headers = {"Authorization": f"Bearer {token}", **STATED} if token else {}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **headers})

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def send(self, *files: tuple[bytes, str], **fields: str) -> TestResponse:
        body = {"files": [(io.BytesIO(content), name) for content, name in files], **fields}
        return self.client.post("/api/v1/documents", data=body, headers=self.headers)


@pytest.fixture
def user(backends: Backends, office: Organisation) -> User:
    return account(backends, office, Role.RECORDS_OFFICER)


def token_of(backends: Backends, user: User) -> str:
    with backends.begin(user.actor()) as uow:
        return add_token(uow, uow.session.get_one(User, user.id), "chương trình thử")


def caller_of(application: Flask, backends: Backends, office: Organisation, role: Role) -> Caller:
    user = account(backends, office, role, username=f"{role.value}.rest.{office.id}")
    return Caller(application, token_of(backends, user))


@pytest.fixture
def officer(application: Flask, backends: Backends, user: User) -> Caller:
    return Caller(application, token_of(backends, user))


@pytest.fixture
def stranger(application: Flask, backends: Backends) -> Caller:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    return caller_of(application, backends, elsewhere, Role.RECORDS_OFFICER)


@pytest.fixture
def taken(officer: Caller, backends: Backends, bell: Bell) -> dict[str, Any]:
    """A batch that was read: a text, an empty file, and the text again."""
    answer = officer.send((TEXT.encode(), "quyết định.txt"), (b"", "rỗng.txt"), (TEXT.encode(), "lại.txt"))
    run_due(backends, bell)
    batch: dict[str, Any] = officer.json(answer.headers["Location"])
    return batch


@pytest.fixture
def document(taken: dict[str, Any]) -> int:
    number: int = taken["items"][0]["documents"][0]
    return number


def test_files_are_taken_at_once_and_followed_by_their_batch(officer: Caller) -> None:
    answer = officer.send((TEXT.encode(), "một.txt"))
    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.headers["Location"].endswith(f"/api/v1/batches/{answer.json['batch']}")
    assert officer.json(answer.headers["Location"]) == answer.json
    assert (answer.json["received"], answer.json["waiting"]) == (1, 1)


def test_a_batch_reconciles_and_says_what_became_of_each_file(taken: dict[str, Any]) -> None:
    assert set(taken) == {"batch", "received", "items", *COUNTS}
    assert taken["received"] == sum(taken[name] for name in COUNTS) == 3
    assert [item["outcome"] for item in taken["items"]] == ["searchable", "failed", "duplicate"]
    assert [item["code"] for item in taken["items"]] == [None, "file-refused", "duplicate"]
    assert taken["items"][0]["documents"] == taken["items"][2]["documents"]
    assert all(set(item) == {"name", "parent", "outcome", "documents", "code", "message"} for item in taken["items"])


def test_a_document_has_the_documented_shape(officer: Caller, document: int) -> None:
    told = officer.json(f"/api/v1/documents/{document}")
    assert set(told) == DOCUMENT
    assert (told["document"], told["state"], told["type"]) == (document, "searchable", "QĐ")
    assert told["pages"] == [{"number": 1, "source": "text", "confidence": None}]


def test_a_page_has_the_shape_of_reading(officer: Caller, document: int) -> None:
    page = officer.json(f"/api/v1/documents/{document}/pages/1")
    assert set(page) == {"number", "width", "height", "source", "confidence", "text", "words", "tables"}
    assert "Nguyễn Văn Thử" in page["text"]


def test_a_file_is_given_out_bit_for_bit_to_be_saved(officer: Caller, document: int) -> None:
    answer = officer.get(f"/api/v1/documents/{document}/file")
    assert answer.data == TEXT.encode()
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_is_given_as_an_image_where_one_is_asked_for(
    officer: Caller, backends: Backends, bell: Bell, tmp_path: Path
) -> None:
    drawn = text_pdf(tmp_path / "một.pdf", [[Line(90, 120, "GIẤY CHỨNG NHẬN"), Line(90, 160, "Văn bản thử")]])
    officer.send((drawn.read_bytes(), "một.pdf"))
    run_due(backends, bell)
    (hit,) = officer.json("/api/v1/search?q=giấy")["hits"]
    answer = officer.get(f"/api/v1/documents/{hit['document']}/pages/1", Accept="image/png")
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "image/png", b"\x89PNG")
    assert hit["snippets"][0]["boxes"], "a hit in a text layer has its place on the page"


def test_a_format_without_pictures_says_so(officer: Caller, document: int) -> None:
    answer = officer.get(f"/api/v1/documents/{document}/pages/1", Accept="image/png")
    assert problem(answer) == (422, "page-no-image")


def test_search_has_the_documented_shape(officer: Caller, document: int) -> None:
    told = officer.json("/api/v1/search?q=sau cai nghien")
    assert set(told) - {"cursor"} == {"query", "total", "took_ms", "hits", "facets", "suggestions", "notes"}
    assert [hit["document"] for hit in told["hits"]] == [document]
    assert set(told["hits"][0]) == HIT
    assert told["hits"][0]["lacks"] == []
    assert officer.json("/api/v1/search?q=sau cai nghien Xyzzy")["hits"][0]["lacks"] == ["Xyzzy"]
    snippet = told["hits"][0]["snippets"][0]
    assert set(snippet) == {"page", "text", "marks", "boxes"}
    start, end = snippet["marks"][0]
    assert snippet["text"][start:end] == "sau"
    assert set(told["facets"]) == {"type", "year", "body", "person", "case", "quality"}
    assert told["facets"]["type"] == [{"value": "QĐ", "count": 1}]
    assert officer.json("/api/v1/search?q=sau cai nghien&type=GCN")["total"] == 0


def problem(answer: TestResponse) -> tuple[int, str]:
    """Status and code of problem details, whose other parts are checked here."""
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    assert answer.json["title"]
    assert answer.json["detail"]
    return answer.status_code, answer.json["type"].removeprefix("urn:hoso:error:")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("documents/999", (404, "not-found")),
        ("documents/999/file", (404, "not-found")),
        ("documents/999/pages/1", (404, "not-found")),
        ("batches/999", (404, "not-found")),
        ("persons/999", (404, "not-found")),
        ("cases/999/papers", (404, "not-found")),
        ("documents/99999999999999999999", (404, "not-found")),
        ("batches/99999999999999999999", (404, "not-found")),
        ("persons?limit=0", (422, "invalid")),
        ("persons?cursor=abc", (422, "invalid")),
        ("persons?q=%00", (422, "invalid")),
        ("search?sort=x", (422, "invalid")),
        ("search?limit=101", (422, "invalid")),
        ("search?cursor=abc", (422, "invalid")),
        ("search?offset=99999999999999999999999", (422, "invalid")),
        ("nothing", (404, "not-found")),
    ],
)
def test_what_is_wrong_is_told_as_problem_details(officer: Caller, path: str, told: tuple[int, str]) -> None:
    assert problem(officer.get(f"/api/v1/{path}")) == told


def test_an_upload_without_files_or_to_an_unknown_case_is_refused(officer: Caller) -> None:
    assert problem(officer.send()) == (422, "invalid")
    assert problem(officer.send((b"a", "a.txt"), case="HS-2026-9999")) == (404, "not-found")


def test_without_a_token_that_holds_nothing_is_told(
    application: Flask, backends: Backends, user: User, officer: Caller
) -> None:
    assert officer.get("/api/v1/persons").status_code == 200
    for token in (None, "hoso_wrong", "", "x" * 5000):
        answer = Caller(application, token).get("/api/v1/persons")
        assert problem(answer) == (401, "not-signed-in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    with backends.begin(user.actor()) as uow:
        revoke_token(uow, uow.session.query(ApiToken).one())
    assert problem(officer.get("/api/v1/persons")) == (401, "not-signed-in")


def test_a_token_ends_with_its_account(backends: Backends, user: User, officer: Caller) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        disable_account(uow, find_account(uow, user.id))
    assert problem(officer.get("/api/v1/persons")) == (401, "not-signed-in")


def test_when_a_token_was_used_is_remembered(backends: Backends, officer: Caller) -> None:
    officer.get("/api/v1/persons")
    with backends.read() as uow:
        assert uow.session.query(ApiToken).one().last_used_at == factories.NOW


READING = ("documents/{d}", "documents/{d}/pages/1", "documents/{d}/file", "batches/{b}", "search?q=nghiện")
PEOPLE = ("persons", "persons/{p}", "cases", "cases/{c}", "cases/{c}/documents", "cases/{c}/papers")


@pytest.fixture
def addresses(backends: Backends, office: Organisation, taken: dict[str, Any], document: int) -> dict[str, int]:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office)
        case = factories.case(uow, person)
    return {"d": document, "b": taken["batch"], "p": person.id, "c": case.id}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_roles_without_records_get_none(
    application: Flask, backends: Backends, office: Organisation, addresses: dict[str, int], role: Role
) -> None:
    caller = caller_of(application, backends, office, role)
    for path in (*READING, *PEOPLE):
        assert problem(caller.get(f"/api/v1/{path.format(**addresses)}")) == (403, "not-allowed")


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR, Role.ARCHIVIST])
def test_roles_that_read_read_and_do_not_upload(
    application: Flask, backends: Backends, office: Organisation, addresses: dict[str, int], role: Role
) -> None:
    caller = caller_of(application, backends, office, role)
    for path in (*READING, *PEOPLE):
        assert caller.get(f"/api/v1/{path.format(**addresses)}").status_code == 200
    assert problem(caller.send((b"a", "a.txt"))) == (403, "not-allowed")


def test_another_organisation_learns_nothing(stranger: Caller, officer: Caller, addresses: dict[str, int]) -> None:
    for path in (*READING[:4], PEOPLE[1], *PEOPLE[3:]):
        assert problem(stranger.get(f"/api/v1/{path.format(**addresses)}")) == (404, "not-found")
    found = stranger.json("/api/v1/search?q=nghiện")
    assert (found["total"], found["hits"]) == (0, [])
    assert all(values == [] for values in found["facets"].values())
    assert stranger.json("/api/v1/persons")["total"] == stranger.json("/api/v1/cases")["total"] == 0
    receipt = stranger.send((TEXT.encode(), "của tôi.txt")).json
    assert receipt is not None
    assert (receipt["waiting"], receipt["duplicate"]) == (1, 0)
    assert receipt["items"][0]["documents"] != [addresses["d"]]
    assert stranger.get(f"/api/v1/documents/{addresses['d']}/pages/1", Accept="image/png").status_code == 404


def test_a_signed_in_page_may_read_but_not_change(application: Flask, backends: Backends, user: User) -> None:
    client = application.test_client()
    with client.session_transaction() as cookie:
        cookie["user"], cookie["epoch"] = user.id, user.session_epoch
    assert client.get("/api/v1/persons").status_code == 200
    answer = client.post("/api/v1/documents", data={"files": [(io.BytesIO(b"a"), "a.txt")]})
    assert problem(answer) == (401, "not-signed-in")
