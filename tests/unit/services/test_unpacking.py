"""Files inside files: every one arrives once, knows where it came from, and the receipt adds up all the while."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.models import (
    Document,
    FileMember,
    Intake,
    IntakeSource,
    Organisation,
    Outcome,
    PageText,
    Quality,
    Reading,
    ReadingState,
    StoredFile,
)
from app.services import containers, intake, quarantine, receipts, unlocking, unpacking
from app.services.access import Flag
from app.services.indexing import project_all
from app.services.searching import Query, search
from app.services.sweep import sweep
from tests import factories
from tests.conftest import Bell
from tests.running import is_quiet, run_due

NOTICE = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n".encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(backends: Backends, actor: Actor, name: str, content: bytes) -> int:
    stored = backends.store.put(io.BytesIO(content))
    with backends.begin(actor) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        intake.receive(uow, batch, name=name, stored=stored)
        return batch.id


def told(backends: Backends, actor: Actor, batch_id: int) -> list[tuple[str, int | None, str, str | None]]:
    with backends.read(actor) as uow:
        value = receipts.as_json(uow, receipts.batch(uow, batch_id))
    assert value["received"] == sum(int(str(value[outcome.value])) for outcome in Outcome)
    rows = value["items"]
    assert isinstance(rows, list)
    return [(row["name"], row["parent"], row["outcome"], row["code"]) for row in rows]


def test_every_file_in_an_archive_arrives_under_it(backends: Backends, bell: Bell, officer: Actor) -> None:
    content = packed({"một.txt": NOTICE, "thư mục/hai.txt": NOTICE + b"2", "rong.txt": b""})
    batch_id = send(backends, officer, "tu-ho-so.zip", content)
    assert told(backends, officer, batch_id) == [("tu-ho-so.zip", None, "waiting", None)]
    run_due(backends, bell)
    assert told(backends, officer, batch_id) == [
        ("tu-ho-so.zip", None, "searchable", None),
        ("một.txt", 0, "searchable", None),
        ("hai.txt", 0, "searchable", None),
        ("rong.txt", 0, "failed", "file-refused"),
    ]
    with backends.read() as uow:
        assert is_quiet(uow)
        owners = {row.organisation_id for row in uow.session.query(Document)}
        assert owners == {officer.organisation_id}


def test_the_archive_waits_while_its_files_are_not_known(backends: Backends, bell: Bell, officer: Actor) -> None:
    batch_id = send(backends, officer, "tu.zip", packed({"a.txt": NOTICE}))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        item = uow.session.query(Intake).one()
        assert item.document is not None
        item.document.quality, item.document.indexed_revision = "text", 1
        item.file.readings.append(Reading(engine="x", first=unpacking.UNPACK_FIRST, last=-1, state=ReadingState.DUE))
        uow.session.flush()
        assert receipts.outcome_of(item) is Outcome.WAITING
        assert batch_id == item.batch_id


def test_a_container_sent_again_does_not_deliver_its_files_again(
    backends: Backends, bell: Bell, officer: Actor
) -> None:
    content = packed({"a.txt": NOTICE})
    send(backends, officer, "tu.zip", content)
    run_due(backends, bell)
    again = send(backends, officer, "tu lần hai.zip", content)
    run_due(backends, bell)
    assert told(backends, officer, again) == [("tu lần hai.zip", None, "duplicate", "duplicate")]
    with backends.read() as uow:
        assert uow.session.query(Document).count() == 2


def test_another_organisation_gets_the_files_of_a_known_container_too(
    backends: Backends, bell: Bell, officer: Actor
) -> None:
    content = packed({"a.txt": NOTICE})
    send(backends, officer, "tu.zip", content)
    run_due(backends, bell)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    batch_id = send(backends, stranger, "tu.zip", content)
    run_due(backends, bell)
    assert [row[2] for row in told(backends, stranger, batch_id)] == ["searchable", "searchable"]
    with backends.read() as uow:
        assert uow.session.query(Reading).filter(Reading.first == unpacking.UNPACK_FIRST).count() == 1


def test_a_member_is_a_duplicate_only_of_what_its_sender_may_open(
    backends: Backends, bell: Bell, office: Organisation, officer: Actor
) -> None:
    send(backends, officer, "a.txt", NOTICE)
    run_due(backends, bell)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(Document).one().flags = [Flag.HIV.value]
    batch_id = send(backends, officer, "tu.zip", packed({"a.txt": NOTICE}))
    run_due(backends, bell)
    assert [row[2] for row in told(backends, officer, batch_id)] == ["searchable", "searchable"]


def test_what_lies_too_deep_is_kept_unopened_until_it_is_sent_by_itself(
    backends: Backends, bell: Bell, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "DEEPEST", 1)
    inner = packed({"trong cùng.txt": NOTICE})
    batch_id = send(backends, officer, "ngoài.zip", packed({"trong.zip": inner}))
    run_due(backends, bell)
    rows = told(backends, officer, batch_id)
    assert rows == [("ngoài.zip", None, "searchable", None), ("trong.zip", 0, "failed", "archive-too-deep")]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert is_quiet(uow)
        assert uow.session.query(Document).filter(Document.file_name == "trong.zip").one().quality is Quality.TEXT
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    alone = send(backends, stranger, "trong.zip", inner)
    run_due(backends, bell)
    assert [row[2] for row in told(backends, stranger, alone)] == ["searchable", "searchable"]
    assert told(backends, officer, batch_id) == rows


def test_a_container_holds_no_more_arrivals_than_a_batch_may_have(
    backends: Backends, bell: Bell, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_IN_BATCH", 2)
    content = packed({f"{n}.txt": NOTICE + str(n).encode() for n in range(3)})
    batch_id = send(backends, officer, "tu.zip", content)
    run_due(backends, bell)
    rows = told(backends, officer, batch_id)
    assert [row[2] for row in rows] == ["failed", "searchable"]
    assert rows[0][3] == "archive-too-many"


def test_delivery_cut_short_goes_on_where_it_stopped(
    backends: Backends, bell: Bell, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files inside are the same bytes under four names, so that nothing more than one has to be read."""
    monkeypatch.setattr(unpacking, "AT_ONCE", 2)
    deliver = unpacking._deliver_some
    died: list[bool] = []

    def first_part(backends: Backends, file_id: int) -> bool:
        if not died:
            died.append(deliver(backends, file_id))
        return False

    monkeypatch.setattr(unpacking, "_deliver_some", first_part)
    batch_id = send(backends, officer, "tu.zip", packed({f"{n}.txt": NOTICE for n in range(4)}))
    run_due(backends, bell)
    assert [row[0] for row in told(backends, officer, batch_id)] == ["tu.zip", "0.txt", "1.txt"]
    assert told(backends, officer, batch_id)[0][2] == "waiting"
    monkeypatch.setattr(unpacking, "_deliver_some", deliver)
    sweep(backends)
    run_due(backends, bell)
    rows = told(backends, officer, batch_id)
    assert [row[0] for row in rows] == ["tu.zip", "0.txt", "1.txt", "2.txt", "3.txt"]
    assert [row[2] for row in rows] == ["searchable", "searchable", "duplicate", "duplicate", "duplicate"]


def test_an_archive_never_tells_the_names_of_its_files_but_is_found_by_those_it_keeps_locked(
    backends: Backends, bell: Bell, office: Organisation, officer: Actor
) -> None:
    """Who may not see a file inside learns of it neither from the text of its archive nor by searching."""
    content = packed({"phieutuyetmatqwv.txt": NOTICE, "rongkhongmo.txt": b""})
    send(backends, officer, "tu.zip", content)
    run_due(backends, bell)
    with backends.read() as uow:
        archive = uow.session.query(Document).filter(Document.file_name == "tu.zip").one()
        member = uow.session.query(Document).filter(Document.file_name == "phieutuyetmatqwv.txt").one()
        texts = uow.session.query(PageText).filter_by(stored_file_id=archive.stored_file_id).one().text
        assert texts.startswith("Tệp nén gồm 2 tệp")
        assert "phieutuyetmatqwv" not in texts
        held = {row.file_name for row in project_all(uow, [archive])}
        assert held == {"tu.zip rongkhongmo.txt"}
        assert archive.indexed_revision == archive.revision
        numbers = (archive.id, member.id)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        quarantine.quarantine(uow, uow.session.get_one(Document, numbers[1]))
    run_due(backends, bell)
    with backends.read(officer) as uow:
        (first, second) = containers.inside(uow, uow.session.get_one(Document, numbers[0]))
        assert {first.name, second.name} == {receipts.HIDDEN, "rongkhongmo.txt"}
        assert search(uow, Query("phieutuyetmatqwv")).total == 0
        assert [hit.document for hit in search(uow, Query("rongkhongmo")).hits] == [numbers[0]]
    leader = factories.actor_of(backends, office, Role.LEADER)
    with backends.begin(leader) as uow:
        quarantine.release(uow, numbers[1], reason="Đã đối chiếu bản giấy.")
    run_due(backends, bell)
    with backends.read(officer) as uow:
        rows = containers.inside(uow, uow.session.get_one(Document, numbers[0]))
        assert {row.name for row in rows} == {"phieutuyetmatqwv.txt", "rongkhongmo.txt"}
        assert [hit.document for hit in search(uow, Query("phieutuyetmatqwv")).hits] == [numbers[1]]
    stored = backends.store.put(io.BytesIO(NOTICE + b"mo khoa"))
    with backends.begin(officer) as uow:  # a password opened what was locked: from now on it is found by itself alone
        member = uow.session.query(FileMember).filter_by(name="rongkhongmo.txt").one()
        arrival = uow.session.query(Intake).filter_by(name="rongkhongmo.txt").one()
        member.stored_file_id, arrival.code = intake.stored_file(uow, stored).id, unlocking.LOCKED[0]
        unlocking._deliver_opened(uow, uow.session.get_one(StoredFile, member.container_id))
        opened = arrival.document_id
    run_due(backends, bell)
    with backends.read(officer) as uow:
        assert [hit.document for hit in search(uow, Query("rongkhongmo")).hits] == [opened]
