"""The crash table of docs/architecture.md: every row that this program can reach, with real files, children and kills.

After the sweep all is as if nothing had happened, or the failure is visible with its reason.
"""

import io
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import StoreFull
from app.models import Document, Intake, IntakeSource, PageText, Quality, Reading, ReadingState
from app.services import indexing, intake, receipts
from app.services.claiming import CRASHED, MOST_TRIES
from app.services.searching import Query, search
from app.services.sweep import sweep
from app.services.verify import verify
from app.services.working import work_round, work_until
from config.settings import Settings
from tests import factories, faults
from tests.conftest import Bell
from tests.running import run_due

TEXT = "QUYẾT ĐỊNH\nVề việc thử sự bền vững của kho\n"


@pytest.fixture
def officer(backends: Backends) -> Actor:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
    return factories.actor_of(backends, office, Role.RECORDS_OFFICER)


def upload(backends: Backends, officer: Actor, content: bytes = TEXT.encode(), name: str = "thu.txt") -> int:
    """A file through the one way in; the id of its batch."""
    stored = backends.store.put(io.BytesIO(content))
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        intake.receive(uow, batch, name=name, stored=stored)
    return batch.id


def receipt(backends: Backends, officer: Actor, batch_id: int) -> receipts.Receipt:
    with backends.read(officer) as uow:
        return receipts.receipt(receipts.batch(uow, batch_id))


def found(backends: Backends, officer: Actor, text: str) -> int:
    with backends.read(officer) as uow:
        return search(uow, Query(text)).total


def settled(backends: Backends, officer: Actor, batch_id: int) -> bool:
    return work_until(backends, lambda: receipt(backends, officer, batch_id).is_settled, limit=120)


def test_bytes_without_a_commit_are_listed_and_removed_when_a_day_old(backends: Backends) -> None:
    stored = backends.store.put(io.BytesIO(b"nobody refers to these"))
    path = backends.store.path(stored.sha256)
    fresh = verify(backends, remove_orphans=True)
    assert (fresh.orphans, fresh.removed) == (1, 0)
    long_ago = backends.now().timestamp() - 2 * 24 * 3600

    os.utime(path, (long_ago, long_ago))
    old = verify(backends, remove_orphans=True)
    assert (old.orphans, old.removed, path.exists()) == (1, 1, False)


def test_a_lost_ring_only_delays(settings: Settings, backends: Backends, officer: Actor, bell: Bell) -> None:
    deaf = Backends(settings, send=faults.broker_down, clock=backends.now)
    batch_id = upload(deaf, officer)
    deaf.close()
    assert receipt(backends, officer, batch_id).waiting == 1
    assert sweep(backends).readings == 1
    run_due(backends, bell)
    assert receipt(backends, officer, batch_id).searchable == 1
    assert found(backends, officer, "su ben vung") == 1


def test_a_killed_reader_is_taken_back_and_read_again(
    settings: Settings, backends: Backends, officer: Actor, bell: Bell
) -> None:
    batch_id = upload(backends, officer)
    code = (
        "import time, app.services.reading as r\n"
        "r.survey_and_read = lambda *a, **k: (print('begun', flush=True), time.sleep(600))\n"
        "r.survey_file(backends, 1)\n"
    )
    reader = faults.python(settings, code)
    assert reader.stdout is not None
    assert reader.stdout.readline().strip() == "begun"
    assert sweep(backends).taken_back == 0, "a living reader keeps its slice"
    faults.killed(reader)
    bell.rung.clear()
    assert sweep(backends).taken_back == 1
    run_due(backends, bell)
    assert receipt(backends, officer, batch_id).searchable == 1


def test_a_slice_that_kills_its_reader_every_time_is_failed_with_its_reason(
    backends: Backends, officer: Actor, bell: Bell
) -> None:
    batch_id = upload(backends, officer)
    for _ in range(MOST_TRIES):
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            reading = uow.session.scalars(select(Reading)).one()
            reading.state, reading.runner, reading.tries = ReadingState.RUNNING, "gone:1:0", reading.tries + 1
            reading.lease_until = uow.now.replace(year=2020)
        sweep(backends)
    bell.rung = [ring for ring in bell.rung if ring[0] == "finish"]
    run_due(backends, bell)
    counts = receipt(backends, officer, batch_id)
    assert (counts.failed, counts.waiting) == (1, 0)
    with backends.read(officer) as uow:
        code, advice = receipts.failure_of(receipts.batch(uow, batch_id).items[0])
    assert code == CRASHED
    assert "Đọc lại" in advice
    assert found(backends, officer, "thu.txt") == 1, "kept and findable by name"


def test_a_write_without_its_mark_is_written_again_at_the_same_revision(
    backends: Backends, officer: Actor, bell: Bell
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        row = factories.document(uow, office, "một trang")
    with backends.read() as uow:
        backends.search.write(indexing.project_all(uow, [uow.session.get_one(Document, row.id)]))
    indexing.index_due(backends)
    with backends.read() as uow:
        after = uow.session.get_one(Document, row.id)
        assert after.indexed_revision == after.revision
    assert list(backends.search.revisions()) == [(row.id, row.revision)]


def test_a_lost_index_comes_back_whole_by_the_audit(
    settings: Settings, backends: Backends, officer: Actor, bell: Bell
) -> None:
    upload(backends, officer)
    run_due(backends, bell)
    if settings.search_url is None:
        backends.search.close()
        backends._search = None
        faults.index_lost(settings)
    else:
        backends.search.clear()
    report = indexing.audit(backends)
    assert (report.missing, report.stray, report.stale) == (1, 0, 0)
    assert found(backends, officer, "bền vững") == 1
    assert indexing.audit(backends) == indexing.AuditReport(stray=0, missing=0, stale=0)


def test_an_index_restored_from_an_old_copy_is_brought_to_the_newest_state(
    settings: Settings, backends: Backends, officer: Actor, bell: Bell, tmp_path: Path
) -> None:
    if settings.search_url is not None:
        pytest.skip("copies the directory of the embedded index")
    upload(backends, officer)
    run_due(backends, bell)
    backends.search.close()
    backends._search = None
    shutil.copytree(settings.index, tmp_path / "backup")
    upload(backends, officer, "Văn bản đến sau bản sao lưu".encode(), "sau.txt")
    run_due(backends, bell)
    backends.search.close()
    backends._search = None
    faults.index_lost(settings)
    shutil.copytree(tmp_path / "backup", settings.index)
    assert indexing.audit(backends).missing == 1
    assert found(backends, officer, "sao luu") == 1


def test_a_rebuild_equals_the_database(backends: Backends, officer: Actor, bell: Bell) -> None:
    upload(backends, officer)
    run_due(backends, bell)
    report, after = indexing.rebuild(backends)
    assert report.swapped
    assert report.documents == 1
    assert after == indexing.AuditReport(stray=0, missing=0, stale=0)
    assert found(backends, officer, "quyet dinh") == 1


def test_a_full_store_refuses_with_its_reason_and_takes_the_file_when_there_is_room(
    settings: Settings, backends: Backends, officer: Actor, bell: Bell
) -> None:
    small = Backends(replace(settings, store_quota_bytes=200), send=bell, clock=backends.now)
    with pytest.raises(StoreFull) as full:
        small.store.put(io.BytesIO(b"x" * 1000))
    with small.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        intake.refuse(uow, batch, name="lon.txt", error=full.value)
    small.close()
    counts = receipt(backends, officer, batch.id)
    assert (counts.received, counts.failed) == (1, 1)
    assert list(backends.store.hashes()) == [], "nothing is half kept"
    again = upload(backends, officer, b"x" * 1000, "lon.txt")
    run_due(backends, bell)
    assert receipt(backends, officer, again).searchable == 1


def test_a_full_disk_while_reading_is_visible_and_mended_by_reading_again(
    settings: Settings, backends: Backends, officer: Actor, bell: Bell
) -> None:
    with faults.full_disk(settings.store, megabytes=1):
        batch_id = upload(backends, officer)
        filler = faults.filled(settings.store)
        run_due(backends, bell)
        counts = receipt(backends, officer, batch_id)
        assert (counts.failed, counts.received) == (1, 1)
        with backends.begin(officer) as uow:
            item = receipts.batch(uow, batch_id).items[0]
            assert receipts.failure_of(item)[0] == StoreFull.code
            filler.unlink()
            intake.retry(uow, item)
        run_due(backends, bell)
        assert receipt(backends, officer, batch_id).searchable == 1


def test_two_workers_at_once_read_every_page_once(settings: Settings, backends: Backends, officer: Actor) -> None:
    for number in range(6):
        upload(backends, officer, f"{TEXT} số {number}".encode(), f"{number}.txt")
    code = (
        "from app.services.working import work_until\n"
        "from tests.running import is_quiet\n"
        "def quiet():\n"
        "    with backends.read() as uow:\n"
        "        return is_quiet(uow)\n"
        "print(work_until(backends, quiet, limit=120))\n"
    )
    workers = [faults.python(settings, code) for _ in range(2)]
    for worker in workers:
        out, errors = worker.communicate(timeout=150)
        assert out.strip() == "True", errors
    with backends.read() as uow:
        pages = uow.session.scalar(select(func.count()).select_from(PageText))
        tries = uow.session.scalars(select(Reading.tries)).all()
        qualities = set(uow.session.scalars(select(Document.quality)))
    assert pages == 6
    assert set(tries) == {1}, "no slice was read twice"
    assert qualities == {Quality.TEXT}
    assert found(backends, officer, "bền vững") == 6


def test_the_same_file_sent_twenty_times_at_once_is_one_document(
    backends: Backends, officer: Actor, bell: Bell
) -> None:
    with ThreadPoolExecutor(max_workers=20) as pool:
        batches = list(pool.map(lambda _n: upload(backends, officer), range(20)))
    with backends.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Document)) == 1
        assert uow.session.scalar(select(func.count()).select_from(Intake)) == 20
    run_due(backends, bell)
    counts = [receipt(backends, officer, batch_id) for batch_id in batches]
    assert sum(c.searchable for c in counts) == 1
    assert sum(c.duplicate for c in counts) == 19
    assert all(c.received == c.waiting + c.searchable + c.weak + c.failed + c.duplicate + c.removed for c in counts)


def test_another_body_gets_its_own_document_over_the_same_bytes_and_learns_nothing(
    backends: Backends, officer: Actor, bell: Bell
) -> None:
    upload(backends, officer)
    run_due(backends, bell)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other_office = factories.organisation(uow)
    other = factories.actor_of(backends, other_office, Role.RECORDS_OFFICER)
    batch_id = upload(backends, other)
    run_due(backends, bell)
    counts = receipt(backends, other, batch_id)
    assert (counts.searchable, counts.duplicate) == (1, 0)
    assert found(backends, other, "bền vững") == 1
    with backends.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Document)) == 2
        assert uow.session.scalar(select(func.count()).select_from(PageText)) == 1, "nothing was read again"


def test_every_job_done_twice_is_done_once(backends: Backends, officer: Actor, bell: Bell) -> None:
    batch_id = upload(backends, officer)
    rung = list(bell.rung)
    run_due(backends, bell)
    with backends.read() as uow:
        before = uow.session.execute(select(Document.revision, Document.indexed_revision)).one()
    bell.rung = rung + rung
    run_due(backends, bell)
    assert work_round(backends) == 0
    with backends.read() as uow:
        assert uow.session.execute(select(Document.revision, Document.indexed_revision)).one() == before
    assert settled(backends, officer, batch_id)


def test_a_slow_reader_that_lost_its_slice_writes_nothing(backends: Backends, officer: Actor, bell: Bell) -> None:
    from app.services import claiming

    upload(backends, officer)
    claim = claiming.take(backends, Reading.first == 0)
    assert claim is not None
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Reading, claim.reading_id)
        row.state, row.runner = ReadingState.RUNNING, "another:1:1"
    claiming.fail(backends, claim, "read-timeout", "…", None)
    with backends.read() as uow:
        assert uow.session.get_one(Reading, claim.reading_id).state is ReadingState.RUNNING
