"""Jobs act as the system, and only through the service that is their procedure."""

import ast
import inspect
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import SupportsIndex

from PIL import Image

from app import tasks
from app.actor import SYSTEM, Actor
from app.backends import Backends, UnitOfWork
from app.jobs import ALL, Job
from config.settings import Settings
from tests import desks, factories
from tests.conftest import Bell
from tests.functional.conftest import Browser
from tests.running import run_due

APP = Path(inspect.getfile(tasks)).parent
ACTING_AS_SYSTEM = {
    "app/services/accents.py",
    "app/services/claiming.py",
    "app/services/clearing.py",
    "app/services/clearing_copies.py",
    "app/services/exporting.py",
    "app/services/finishing.py",
    "app/services/indexing.py",
    "app/services/likeness.py",
    "app/services/list_search.py",
    "app/services/making.py",
    "app/services/percolating.py",
    "app/services/reading.py",
    "app/services/rebuilding.py",
    "app/services/sweep.py",
    "app/services/unpacking.py",
    # not jobs: counting tries before anybody is known, finding the owner of a token, checking the store, the set-up,
    # what nobody goes on sending, which folders there are (files are taken in as the account of the folder)
    "app/services/folders.py",
    "app/services/signing_in.py",
    "app/services/uploading.py",
    "app/services/verify.py",
    "app/web/guard.py",
    "app/setting_up.py",
    "app/demo/__init__.py",
}


class Watched(Backends):
    """The backends, remembering as whom units of work were opened."""

    actors: set[Actor]

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        self.actors.add(actor)
        with super().begin(actor) as uow:
            yield uow

    @contextmanager
    def read(self, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        self.actors.add(actor)
        with super().read(actor) as uow:
            yield uow


class Heard(list[tuple[Job, int]]):
    """What is rung, remembering the jobs that were taken from it."""

    def __init__(self, rung: list[tuple[Job, int]]) -> None:
        super().__init__(rung)
        self.heard: set[Job] = set()

    def pop(self, index: SupportsIndex = -1) -> tuple[Job, int]:
        taken = super().pop(index)
        self.heard.add(taken[0])
        return taken


def blank() -> io.BytesIO:
    """A scan of nothing: a picture is read as a slice of its own."""
    out = io.BytesIO()
    Image.new("L", (600, 800), 255).save(out, "PNG")
    out.seek(0)
    return out


def test_every_job_opens_units_of_work_as_the_system_alone(
    settings: Settings, backends: Backends, bell: Bell, officer: Browser
) -> None:
    desks.numbered(desks.committee_desk(backends))
    officer.get("/tiep-nhan")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("trong.txt", "CÔNG VĂN\nVề việc thử")
    packed.seek(0)
    files = {
        "files": [
            (io.BytesIO("QUYẾT ĐỊNH\nVề việc thử".encode()), "thu.txt"),
            (packed, "tu.zip"),
            (blank(), "quet.png"),
        ]
    }
    officer.post("/tiep-nhan", files, headers={"Accept": "application/json"})
    watched = Watched(settings, send=bell, clock=lambda: factories.NOW)
    watched.actors = set()
    bell.rung += [
        (Job.SWEEP, ALL),
        (Job.REBUILD, ALL),
        (Job.LEARN, ALL),
        (Job.REMOVE, ALL),
        (Job.EXPORT, ALL),
        (Job.LIST, ALL),
    ]
    rung = Heard(bell.rung)
    bell.rung = rung
    try:
        run_due(watched, bell)
    finally:
        watched.close()
    assert rung.heard == set(Job)
    assert watched.actors == {SYSTEM}


def test_a_task_calls_the_procedure_of_a_service_and_does_nothing_else() -> None:
    tree = ast.parse((APP / "tasks.py").read_text(encoding="utf-8"))
    imported = {
        alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    table = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "procedures"
    )
    assert isinstance(table, ast.Dict)
    assert {ast.unparse(key) for key in table.keys if key} == {f"Job.{job.name}" for job in Job}
    for value in table.values:
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)} & set(imported)
        assert len(names) == 1
        assert imported[names.pop()].startswith("app.services.")
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"begin", "session"}


def test_the_system_acts_in_the_named_modules_alone() -> None:
    root = APP.parent
    naming = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_door = isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".begin", ".read"))
            if is_door and any(isinstance(part, ast.Name) and part.id == "SYSTEM" for part in node.args):
                naming.add(path.relative_to(root).as_posix())
    assert naming == ACTING_AS_SYSTEM
