"""The policy, walked: every route, every role and nobody signed in, one's own records and those of others.

The expectations are data (`policy_matrix.toml`), written apart from the code that decides.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from app.actor import ACCOUNT_ROLES, Role
from app.backends import Backends
from app.models import Event, User
from app.services.purpose import STATING
from app.web.guard import API_PREFIX, CASE_HEADER, EPOCH, PURPOSE, PURPOSE_HEADER, USER_ID
from tests.functional.policy_world import World

MATRIX = tomllib.loads((Path(__file__).parent / "policy_matrix.toml").read_text(encoding="utf-8"))
NOBODY = None
HERE, BELOW, ELSEWHERE = "here", "below", "elsewhere"
PASSED_OVER = ("account.signed-in", "account.sign-in-failed", "purpose.stated")
ALLOWED = {"GET": {200}, "POST": {200, 202, 302, 409, 422}}
OWN = ("auth.", "own.", "saved_searches.", "list_search.", "work_lists.")
READING_POSTS = {
    *("search.submit", "search.facet", "suggestions.suggested", "purpose.state", "exports.create", "documents.find"),
    *("persons.find", "cases.find"),
    *("auth.lock", "auth.password", "own.settings", "own.add_token"),
}
STATED = {PURPOSE_HEADER: "ki%E1%BB%83m tra theo k%E1%BA%BF ho%E1%BA%A1ch", CASE_HEADER: "12/Q%C4%90-TTr"}
_TOKEN = re.compile(r'name="csrf-?_?token" (?:content|value)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Row:
    """One route of the matrix."""

    endpoint: str
    may: frozenset[Role]
    is_open: bool
    record: str | None
    everywhere: frozenset[Role]
    later: frozenset[Role]
    query: str
    form: dict[str, str]
    answers: dict[str, set[int]] = field(default_factory=dict)

    def expected(self, role: Role | None, place: str, method: str, *, api: bool) -> set[int]:
        """The answers that keep the policy."""
        if self.is_open:
            return self.answers[method]
        if role is None:
            return {401} if api else {302}
        if role not in self.may:
            return {403}
        if self.record is not None and place == ELSEWHERE and role not in self.everywhere:
            return {404}
        return {403} if role in self.later else self.answers[method]


def _row(endpoint: str, given: dict[str, Any]) -> Row:
    may = given["may"]
    if isinstance(may, str) and may not in ("open", "everyone"):
        may = MATRIX["groups"][may]
    roles = frozenset(ACCOUNT_ROLES) if may in ("open", "everyone") else frozenset(Role(name) for name in may)
    answers = {method: set(given.get(method.lower(), codes)) for method, codes in ALLOWED.items()}
    everywhere, later = (frozenset(map(Role, given.get(name, ()))) for name in ("everywhere", "later"))
    query, form = given.get("query", ""), given.get("form", {})
    return Row(endpoint, roles, may == "open", given.get("record"), everywhere, later, query, form, answers)


ROWS = {endpoint: _row(endpoint, given) for endpoint, given in MATRIX["route"].items()}


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Walker:
    """Sends requests as one account, or as nobody; each from a session of its own, so that none disturbs the next."""

    app: Flask
    session: dict[str, Any]
    form_token: str
    bearer: str | None
    state: Callable[[], str] | None
    """States a purpose, of a role that has to; leaving the session on the way ends it."""

    @classmethod
    def made(cls, app: Flask, world: World, user: User | None) -> "Walker":
        client = app.test_client()
        if user is not None:
            with client.session_transaction() as session:
                session[USER_ID], session[EPOCH] = user.id, user.session_epoch
        found = _TOKEN.search(client.get("/tai-khoan/cua-toi" if user else "/dang-nhap").text)
        assert found
        with client.session_transaction() as session:
            kept = dict(session)
        state = partial(world.purpose, user) if user is not None and user.role in STATING else None
        return cls(app, kept, found.group(1), None if user is None else world.token(user), state)

    def ask(self, method: str, url: str, form: dict[str, str]) -> int:
        client = self.app.test_client()
        if url.startswith(API_PREFIX):
            headers = {"Authorization": f"Bearer {self.bearer}", **STATED} if self.bearer else {}
            return client.open(url, method=method, headers=headers).status_code
        with client.session_transaction() as session:
            session.update(self.session | ({PURPOSE: self.state()} if self.state else {}))
        data = {**form, "csrf_token": self.form_token} if method == "POST" else None
        return client.open(url, method=method, data=data).status_code


@pytest.fixture
def world(backends: Backends) -> World:
    return World.made(backends)


def lines(backends: Backends) -> int:
    with backends.read() as uow:
        query = select(func.count()).select_from(Event).where(Event.kind.not_in(PASSED_OVER))
        return uow.session.scalar(query) or 0


def address(app: Flask, rule: Rule, row: Row, args: dict[str, Any]) -> str:
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        url = adapter.build(rule.endpoint, {name: args[name] for name in rule.arguments})
    return f"{url}?{row.query}" if row.query else url


def walked(app: Flask) -> Iterator[tuple[Rule, Row, str]]:
    for rule in app.url_map.iter_rules():
        for method in methods_of(rule):
            yield rule, ROWS[rule.endpoint], method


def breaches(app: Flask, world: World, role: Role | None, place: str) -> str:
    """Every answer that breaks the policy, and every refused request after which the trail is longer."""
    at = {HERE: world.home, BELOW: world.above, ELSEWHERE: world.home}[place]
    records_of = {HERE: world.home, BELOW: world.home, ELSEWHERE: world.elsewhere}[place]
    user = None if role is None else world.account(role, at)
    walker, found = Walker.made(app, world, user), []
    for rule, row, method in walked(app):
        if place != HERE and row.record is None:
            continue
        args = world.record(row.record, records_of, None if place == ELSEWHERE else user)
        before = lines(world.backends)
        expected = row.expected(role, place, method, api=rule.rule.startswith(API_PREFIX))
        status = walker.ask(method, address(app, rule, row, args), row.form)
        if status not in expected:
            found.append(f"{method} {rule.rule} ({rule.endpoint}) as {role}, {place}: {status}, not {sorted(expected)}")
        elif status in (401, 403, 404) and lines(world.backends) != before:
            found.append(f"{method} {rule.rule} as {role}, {place}: refused with {status}, yet something was recorded")
    return "\n".join(found)


def test_every_route_stands_in_the_matrix_and_nothing_else(application: Flask) -> None:
    assert set(ROWS) == {rule.endpoint for rule in application.url_map.iter_rules()}


def test_every_route_answers_to_reading_or_to_posting_alone(application: Flask) -> None:
    assert {method for rule in application.url_map.iter_rules() for method in methods_of(rule)} == {"GET", "POST"}


@pytest.mark.parametrize("role", [NOBODY, *ACCOUNT_ROLES], ids=lambda role: role or "nobody")
def test_each_role_may_what_the_matrix_says_with_records_of_its_own(
    application: Flask, world: World, role: Role | None
) -> None:
    assert breaches(application, world, role, HERE) == ""


@pytest.mark.parametrize("role", ACCOUNT_ROLES)
def test_records_of_another_organisation_are_not_there(application: Flask, world: World, role: Role) -> None:
    assert breaches(application, world, role, ELSEWHERE) == ""


def test_an_inspector_from_above_reads_what_is_below_and_changes_nothing(application: Flask, world: World) -> None:
    assert breaches(application, world, Role.INSPECTOR, BELOW) == ""


@pytest.mark.parametrize("role", [Role.ARCHIVIST, Role.INSPECTOR])
def test_who_only_reads_is_allowed_no_posting_that_changes_records(application: Flask, role: Role) -> None:
    posts = {row.endpoint for _rule, row, method in walked(application) if method == "POST" and role in row.may}
    of_ones_own = {name for name in posts if name.startswith(OWN)}
    assert posts - of_ones_own - READING_POSTS == ({"inspection.run"} if role is Role.INSPECTOR else set())
