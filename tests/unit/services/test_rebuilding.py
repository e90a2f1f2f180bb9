"""An index of another version, a damaged one and a lost one are written anew by themselves; the audit repairs the
rest."""

import shutil

import pytest

from app.actor import OPERATOR
from app.backends import Backends
from app.jobs import ALL, Job
from app.models import Document, Event
from app.services import doctor
from app.services.indexing import AuditReport, audit, index_due
from app.services.rebuilding import BEGUN, rebuild_due
from app.services.searching import Query, search
from app.services.sweep import sweep
from config.settings import Settings
from indexer import SearchDocument, fields
from tests import factories
from tests.conftest import Bell
from tests.running import run_due

REBUILD = (Job.REBUILD, ALL)


def keep(backends: Backends, *titles: str) -> list[int]:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        made = [factories.document(uow, office, title=title) for title in titles]
    index_due(backends)
    return [document.id for document in made]


def found(backends: Backends, text: str) -> list[int]:
    with backends.read(OPERATOR) as uow:
        return sorted(hit.document for hit in search(uow, Query(text)).hits)


def opened_anew(backends: Backends) -> None:
    backends.search.close()
    backends._search = None


@pytest.fixture
def older(backends: Backends) -> list[int]:
    """Two documents in an index that was made before there were signers."""
    with pytest.MonkeyPatch.context() as then:
        then.setattr(fields, "TEXT_FIELDS", tuple(each for each in fields.TEXT_FIELDS if each.name != "signer"))
        made = keep(backends, "Quyết định một", "Quyết định hai")
    opened_anew(backends)
    return made


def test_an_index_of_another_version_is_written_anew_by_the_sweep(
    backends: Backends, bell: Bell, older: list[int], settings: Settings
) -> None:
    assert found(backends, "quyết định") == older
    state = {finding.name: finding for finding in doctor.examine(settings)}["search"]
    assert (state.state, "made by another version" in state.detail) == (doctor.State.DEGRADED, True)
    assert doctor.health(backends) == "up"
    sweep(backends)
    assert REBUILD in bell.rung
    run_due(backends, bell)
    assert not backends.search.status().outdated
    assert found(backends, "quyết định") == older
    sweep(backends)
    assert REBUILD not in bell.rung


def test_a_rebuild_is_begun_again_only_after_a_while(backends: Backends, older: list[int]) -> None:
    assert rebuild_due(backends)
    with backends.begin(OPERATOR) as uow:
        uow.record(BEGUN, "index", None)
    assert not rebuild_due(backends)
    assert len(older) == 2


def test_nothing_is_written_anew_while_one_rebuild_runs(backends: Backends, older: list[int]) -> None:
    def documents() -> list[SearchDocument]:
        assert backends.search.status().beside == 0
        assert not rebuild_due(backends)
        return []

    def each() -> object:
        yield from documents()

    backends.search.rebuild(each(), check=list)  # type: ignore[arg-type]
    assert found(backends, "quyết định") == []
    assert len(older) == 2


def test_an_index_that_is_whole_is_left_alone(backends: Backends, bell: Bell) -> None:
    keep(backends, "Quyết định")
    sweep(backends)
    assert REBUILD not in bell.rung


@pytest.mark.parametrize("left", [0, 1])
def test_an_index_that_lost_its_content_is_written_anew(backends: Backends, bell: Bell, left: int) -> None:
    made = keep(backends, *(f"Quyết định {n}" for n in range(3)))
    held = list(backends.search.revisions())
    backends.search.clear()
    backends.search.write([SearchDocument(id=id_, revision=revision) for id_, revision in held[:left]])
    sweep(backends)
    run_due(backends, bell)
    assert found(backends, "quyết định") == made
    with backends.read() as uow:
        (begun,) = uow.session.query(Event).filter(Event.kind == BEGUN)
        assert begun.detail["documents"] == left


@pytest.mark.parametrize("damage", ["version", "documents/meta.json", "pages/meta.json", "documents", ""])
def test_a_damaged_directory_is_told_and_written_anew(
    settings: Settings, backends: Backends, bell: Bell, damage: str
) -> None:
    if settings.search_url is not None:
        pytest.skip("damages the directory of the embedded index")
    (made,) = keep(backends, "Quyết định")
    opened_anew(backends)
    (generation,) = settings.index.glob("g*")
    hurt = generation / damage
    if hurt.is_dir():
        shutil.rmtree(hurt)
    else:
        hurt.unlink()
    assert doctor.health(backends) == "degraded"
    sweep(backends)
    run_due(backends, bell)
    assert found(backends, "quyết định") == [made]
    assert doctor.health(backends) == "up"


def test_the_audit_tells_and_repairs_what_is_missing_stale_and_foreign(backends: Backends) -> None:
    missing, stale, whole = keep(backends, "Quyết định thiếu", "Quyết định cũ", "Quyết định đúng")
    held = dict(backends.search.revisions())
    backends.search.clear()
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, stale).revision = held[stale] + 3
        uow.session.get_one(Document, stale).indexed_revision = held[stale] + 3
    kept = [SearchDocument(id=id_, revision=held[id_], title="Quyết định giữ") for id_ in (stale, whole)]
    backends.search.write([*kept, SearchDocument(id=9_999, revision=7, title="Quyết định lạ")])
    assert audit(backends) == AuditReport(stray=1, missing=1, stale=1)
    now = dict(backends.search.revisions())
    assert sorted(now) == [missing, stale, whole]
    assert found(backends, "quyết định") == [missing, stale, whole]
    assert found(backends, "cũ") == [stale]
    assert audit(backends) == AuditReport(stray=0, missing=0, stale=0)
