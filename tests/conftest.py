"""Fixtures of all tests: a database of its own, migrated; the embedded index; a queue that runs jobs when told to."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.backends import Backends, in_unit_of_work
from app.jobs import Job
from app.migrations.run import migrate
from config.settings import Settings
from tests import factories
from tests.databases import fresh_database


def _refuse_children(event: str, _arguments: tuple[Any, ...]) -> None:
    """Starting a process inside an open unit of work is a fault of ours."""
    if event == "subprocess.Popen" and in_unit_of_work():
        raise AssertionError("a process was started inside an open unit of work")


sys.addaudithook(_refuse_children)


class Bell:
    """The queue of a test: remembers what was rung."""

    def __init__(self) -> None:
        self.rung: list[tuple[Job, int]] = []

    def __call__(self, job: Job, row_id: int) -> None:
        self.rung.append((job, row_id))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own, on SQLite always and on PostgreSQL where one was started."""
    server = os.environ.get("HOSO_TEST_DATABASE_URL")
    if request.param == "postgresql" and not server:
        pytest.skip("no PostgreSQL started: make test-services")
    with fresh_database(request.param, server, tmp_path) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings in a directory of the test's own."""
    environment = {"HOSO_HOME": str(tmp_path / "home"), "HOSO_DATABASE_URL": database_url}
    return Settings.from_environment(environment)


@pytest.fixture
def bell() -> Bell:
    """What was asked of the queue."""
    return Bell()


@pytest.fixture
def backends(settings: Settings, bell: Bell) -> Iterator[Backends]:
    """Everything behind one door, at a fixed moment (20/11/2026 10:00 in Vietnam)."""
    migrate(settings.database_url)
    made = Backends(settings, send=bell, clock=lambda: factories.NOW)
    yield made
    made.close()
