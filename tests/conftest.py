"""Fixtures of all tests: a database of its own, migrated; the embedded index; a queue that runs jobs when told to."""

import gc
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from app.backends import Backends, in_unit_of_work
from app.jobs import Job
from config.settings import Settings
from tests import factories, scratch, turns
from tests.databases import fresh_database
from tests.search_server import remove_indices


def _refuse_children(event: str, _arguments: tuple[Any, ...]) -> None:
    """Starting a process inside an open unit of work is a fault of ours."""
    if event == "subprocess.Popen" and in_unit_of_work():
        raise AssertionError("a process was started inside an open unit of work")


GARBAGE_AFTER = 10_000  # objects made and not freed, some MB, between two looks for garbage

sys.addaudithook(_refuse_children)
scratch.use_memory()
# No test measures time: on a busy machine an example takes as long as it takes.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share a run, its longest files come first."""
    if hasattr(config, "workerinput"):
        turns.in_turn(items)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there before the first test stays to the end: the search for garbage, a sixth of a test's time, need not
    walk over it, nor look so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> turns.LongestFirst | None:
    """What is given to which process of the run."""
    return turns.scheduler(config, log)


class Bell:
    """The queue of a test: remembers what was rung."""

    def __init__(self) -> None:
        self.rung: list[tuple[Job, int]] = []

    def __call__(self, job: Job, row_id: int) -> None:
        self.rung.append((job, row_id))


DATABASE_SERVER = os.environ.get("HOSO_TEST_DATABASE_URL")
SEARCH_SERVER = os.environ.get("HOSO_TEST_SEARCH_URL")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(params=["postgresql" if DATABASE_SERVER else "sqlite"])
def database_url(tmp_path: Path, templates: Path) -> Iterator[str]:
    """A database of the test's own, on SQLite, or on PostgreSQL where `make test-services` started one."""
    with fresh_database(DATABASE_SERVER, tmp_path, templates) as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Iterator[Settings]:
    """Settings in a directory of the test's own, on the Elasticsearch of the run where there is one."""
    index = f"test-{secrets.token_hex(6)}"
    environment = {
        "HOSO_HOME": str(tmp_path / "home"),
        "HOSO_DATABASE_URL": database_url,
        "HOSO_SEARCH_URL": SEARCH_SERVER or "",
        "HOSO_SEARCH_INDEX": index,
    }
    yield Settings.from_environment(environment)
    if SEARCH_SERVER:
        remove_indices(SEARCH_SERVER, index)


@pytest.fixture
def bell() -> Bell:
    """What was asked of the queue."""
    return Bell()


@pytest.fixture
def backends(settings: Settings, bell: Bell) -> Iterator[Backends]:
    """Everything behind one door, at a fixed moment (20/11/2026 10:00 in Vietnam)."""
    made = Backends(settings, send=bell, clock=lambda: factories.NOW)
    yield made
    made.close()
