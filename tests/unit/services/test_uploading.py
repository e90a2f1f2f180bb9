"""Files in pieces: nothing that arrived is sent again, pieces never mix, and the last one makes the arrival."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import Conflict, FileRefused, Invalid, NotFound
from app.models import Batch, Document, Intake, IntakeSource, Organisation, Upload
from app.services import intake, uploading
from tests import factories

CONTENT = bytes(range(256)) * 40


def begun(backends: Backends, actor: Actor, *, size: int = len(CONTENT), name: str = "quet.pdf") -> str:
    with backends.begin(actor) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        return uploading.begin(uow, batch, name=name, size=size, modified=1, limit=1_000_000).key


def sent(backends: Backends, actor: Actor, key: str, piece: bytes, offset: int) -> uploading.Sent:
    return uploading.append(backends, actor, key, offset=offset, piece=io.BytesIO(piece))


def test_pieces_become_the_file_that_was_sent(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    assert sent(backends, officer, key, CONTENT[:4000], 0) == uploading.Sent(4000)
    done = sent(backends, officer, key, CONTENT[4000:], 4000)
    with backends.read() as uow:
        item = uow.session.get_one(Intake, done.item)
        assert item.file is not None
        with backends.store.open(item.file.sha256) as stream:
            assert stream.read() == CONTENT
        assert uow.session.scalars(select(Upload)).all() == []
    assert not backends.store.partial(key).exists()


def test_the_same_file_goes_on_where_it_stopped(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    again = begun(backends, officer)
    assert again == key
    with backends.read(officer) as uow:
        assert uploading.upload_of(uow, key).received == 3000
    assert begun(backends, officer, name="khac.pdf") != key


def test_a_piece_from_another_place_is_refused_with_where_to_go_on(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    for offset in (0, 2999, 3001):
        with pytest.raises(Conflict, match="3000"):
            sent(backends, officer, key, CONTENT[offset:], offset)


def test_what_a_broken_request_wrote_is_overwritten(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    with backends.store.partial(key).open("ab") as out:
        out.write(b"half a piece whose request died")
    done = sent(backends, officer, key, CONTENT[3000:], 3000)
    with backends.read() as uow:
        item = uow.session.get_one(Intake, done.item)
        assert item.file is not None
        with backends.store.open(item.file.sha256) as stream:
            assert stream.read() == CONTENT


def test_more_than_the_file_has_is_refused(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer, size=10)
    with pytest.raises(Invalid):
        sent(backends, officer, key, b"x" * 11, 0)
    assert sent(backends, officer, key, b"x" * 10, 0).item is not None


@pytest.mark.parametrize("size", [0, 1_000_001])
def test_empty_and_too_large_files_are_refused_before_they_are_sent(
    backends: Backends, officer: Actor, size: int
) -> None:
    with pytest.raises(FileRefused):
        begun(backends, officer, size=size)


def test_nobody_else_goes_on_with_a_file(backends: Backends, home: Organisation, officer: Actor) -> None:
    key = begun(backends, officer)
    colleague = factories.actor_of(backends, home, Role.RECORDS_OFFICER)
    with pytest.raises(NotFound):
        sent(backends, colleague, key, CONTENT, 0)
    for wrong in ("../../etc/passwd", "", "á"):
        with pytest.raises(NotFound):
            sent(backends, officer, wrong, CONTENT, 0)


def test_what_was_given_up_leaves_nothing(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    uploading.give_up(backends, officer, key)
    assert not backends.store.partial(key).exists()
    with backends.read() as uow:
        assert uow.session.scalars(select(Document)).all() == []
        assert len(uow.session.scalars(select(Batch)).all()) == 1


def test_what_nobody_goes_on_with_is_forgotten_after_a_week(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    assert uploading.forget_old(backends) == 0
    backends._clock = lambda: datetime.now(UTC) + timedelta(days=8)
    assert uploading.forget_old(backends) == 1
    assert not backends.store.partial(key).exists()


def test_two_files_of_one_drop_with_the_same_name_size_and_date_are_two_files(
    backends: Backends, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        keys = {
            uploading.begin(uow, batch, name=name, size=9, modified=1, limit=99).key
            for name in ("a/bia.bmp", "b/bia.bmp")
        }
    assert len(keys) == 2
    assert begun(backends, officer, size=9, name="bia.bmp") not in keys, "which of them it goes on with is not known"


def test_what_did_not_survive_on_the_disk_is_sent_again(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    os.truncate(backends.store.partial(key), 2000)
    with pytest.raises(Conflict, match="2000"):
        sent(backends, officer, key, CONTENT[3000:], 3000)
    done = sent(backends, officer, key, CONTENT[2000:], 2000)
    with backends.read() as uow:
        item = uow.session.get_one(Intake, done.item)
        assert item.file is not None
        assert backends.store.path(item.file.sha256).read_bytes() == CONTENT


def test_an_account_fills_the_disk_with_unfinished_files_up_to_a_bound(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    other = begun(backends, officer, name="khac.pdf")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.scalars(select(Upload).where(Upload.key == other)).one()
        row.received = uploading.MOST_SENT * backends.settings.max_upload_bytes + 1
    with pytest.raises(Invalid):
        sent(backends, officer, key, CONTENT, 0)
    assert not backends.store.partial(key).exists()


def test_a_key_of_nobody_leaves_no_lock_and_a_finished_file_none(backends: Backends, officer: Actor) -> None:
    for wrong in ("khong-co", "k" * 400):
        with pytest.raises(NotFound):
            uploading.give_up(backends, officer, wrong)
    key = begun(backends, officer, size=4)
    sent(backends, officer, key, b"xong", 0)
    assert [path for path in backends.store.root.joinpath("incoming").rglob("*") if path.is_file()] == []


def test_what_a_process_that_died_had_begun_to_take_in_goes_after_a_week(backends: Backends, officer: Actor) -> None:
    key = begun(backends, officer)
    sent(backends, officer, key, CONTENT[:3000], 0)
    left = [backends.store.partial("khong-con-dong"), backends.store.root / "incoming" / "tmpabc"]
    for path in left:
        path.write_bytes(b"secret")
    uploading.forget_old(backends)
    assert all(path.exists() for path in left)
    long_ago = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    for path in (*left, backends.store.partial(key)):
        os.utime(path, (long_ago, long_ago))
    uploading.forget_old(backends)
    assert not any(path.exists() for path in left)
    assert backends.store.partial(key).exists()


def test_a_date_that_no_script_can_tell_is_refused(backends: Backends, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        with pytest.raises(Invalid):
            uploading.begin(uow, batch, name="a.pdf", size=9, modified=10**30, limit=99)
