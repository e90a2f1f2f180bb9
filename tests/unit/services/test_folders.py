"""Watched folders: what stands still is taken in once, moved and never deleted; refused ones say why."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.actor import OPERATOR, Actor, Role
from app.backends import Backends
from app.errors import FolderUnfit, Invalid, NotFound
from app.models import Batch, Document, Intake, IntakeSource, Organisation, User, WatchedFolder
from app.services import folders as folders_module
from app.services.folders import DONE, FAILED, TAKING, Watcher, add_folder, folders, own_places, remove_folder
from tests import factories


@pytest.fixture
def folder(backends: Backends, home: Organisation, officer: Actor, tmp_path: Path) -> Path:
    path = tmp_path / "may-quet"
    path.mkdir()
    watched(backends, home, officer, path)
    return path


def watched(backends: Backends, home: Organisation, actor: Actor, path: Path) -> None:
    with backends.begin(OPERATOR) as uow:
        user = uow.session.get_one(User, actor.user_id)
        add_folder(uow, path=path, organisation=home, user=user, apart_from=own_places(backends.settings))


def names(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_file_that_stood_still_is_taken_in_and_moved(backends: Backends, folder: Path, officer: Actor) -> None:
    (folder / "don.txt").write_text("Đơn đăng ký", encoding="utf-8")
    watcher = Watcher(backends)
    (first,) = watcher.look()
    assert (first.taken, first.unfinished) == (0, 1)
    (second,) = watcher.look()
    assert second.taken == 1
    assert names(folder) == [f"{DONE}/don.txt"]
    with backends.read() as uow:
        batch = uow.session.scalars(select(Batch)).one()
        assert (batch.source, batch.user_id) == (IntakeSource.FOLDER, officer.user_id)
        assert uow.session.scalars(select(Document.file_name)).all() == ["don.txt"]


def test_a_file_that_still_grows_waits(backends: Backends, folder: Path) -> None:
    file = folder / "quet.txt"
    watcher = Watcher(backends)
    for part in ("một", "hai", "ba"):
        with file.open("a", encoding="utf-8") as out:
            out.write(part)
        (look,) = watcher.look()
        assert (look.taken, look.unfinished) == (0, 1)
    (look,) = watcher.look()
    assert look.taken == 1
    assert (folder / DONE / "quet.txt").read_text(encoding="utf-8") == "mộthaiba"


def test_a_refused_file_goes_to_failed_with_a_text_that_says_why(backends: Backends, folder: Path) -> None:
    (folder / "rong.pdf").touch()
    watcher = Watcher(backends)
    watcher.look()
    (look,) = watcher.look()
    assert look.refused == 1
    assert names(folder) == [f"{FAILED}/rong.pdf", f"{FAILED}/rong.pdf.txt"]
    assert "file-refused" in (folder / FAILED / "rong.pdf.txt").read_text(encoding="utf-8")


def test_two_watchers_do_not_take_one_file_twice(backends: Backends, folder: Path) -> None:
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"Trang {number}", encoding="utf-8")
    one, two = Watcher(backends), Watcher(backends)
    one.look()
    two.look()
    taken = one.look()[0].taken + two.look()[0].taken
    assert taken == 5
    with backends.read() as uow:
        assert len(uow.session.scalars(select(Intake)).all()) == 5


def test_what_a_dead_watcher_had_claimed_is_taken_in_after_all(backends: Backends, folder: Path) -> None:
    place = folder / TAKING / f"{os.uname().nodename}:999999:1" / "tang-1"
    place.mkdir(parents=True)
    (place / "don__cai__nghien.txt").write_text("Đơn", encoding="utf-8")
    (folder / TAKING / "khong:phai:may-nao").mkdir()
    watcher = Watcher(backends)
    watcher.look()
    watcher.look()
    assert names(folder) == [f"{DONE}/tang-1/don__cai__nghien.txt"]
    assert not place.exists()


def test_what_a_look_claimed_goes_back_when_the_database_is_away(
    backends: Backends, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "tang__1").mkdir()
    (folder / "tang__1" / "don__1.txt").write_text("Đơn", encoding="utf-8")
    watcher = Watcher(backends)
    watcher.look()
    with monkeypatch.context() as away:
        away.setattr("app.services.intake.receive", _away)
        with pytest.raises(OperationalError):
            watcher.look()
    assert names(folder) == ["tang__1/don__1.txt"]
    watcher.look()
    assert names(folder) == [f"{DONE}/tang__1/don__1.txt"]


def _away(*_given: object, **_named: object) -> None:
    raise OperationalError("select", None, Exception("away"))


def test_a_look_at_a_full_store_opens_no_batch(backends: Backends, folder: Path) -> None:
    (folder / "don.txt").write_text("Đơn", encoding="utf-8")
    backends.store.quota = 1
    watcher = Watcher(backends)
    for _ in range(3):
        watcher.look()
    assert names(folder) == ["don.txt"]
    with backends.read() as uow:
        assert uow.session.scalars(select(Batch)).all() == []
        assert uow.session.scalars(select(WatchedFolder)).one().problem != ""


def test_names_as_long_as_a_disk_takes_are_taken_and_explained(backends: Backends, folder: Path) -> None:
    long = "ă" * 125 + ".pdf"  # 254 bytes
    watcher = Watcher(backends)
    for text in ("một", "hai", ""):
        (folder / long).write_text(text, encoding="utf-8")
        watcher.look()
        watcher.look()
    kept = [name.partition("/")[0] for name in names(folder)]
    assert kept == [DONE, DONE, FAILED, FAILED]


def test_a_name_in_another_encoding_is_taken_or_explained(backends: Backends, folder: Path) -> None:
    for name, text in ((b"c\xf3.txt", "có"), (b"r\xe7ng.txt", "")):
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_text(text, encoding="utf-8")
    watcher = Watcher(backends)
    watcher.look()
    (look,) = watcher.look()
    assert (look.taken, look.refused) == (1, 1)


def test_a_text_of_ones_own_beside_a_refused_file_is_not_overwritten(backends: Backends, folder: Path) -> None:
    (folder / FAILED).mkdir()
    (folder / FAILED / "rong.pdf.txt").write_text("của tôi", encoding="utf-8")
    (folder / "rong.pdf").touch()
    watcher = Watcher(backends)
    watcher.look()
    watcher.look()
    assert (folder / FAILED / "rong.pdf.txt").read_text(encoding="utf-8") == "của tôi"
    assert len(names(folder)) == 3


def test_a_file_with_the_name_of_a_folder_taken_before_does_not_stop_the_others(
    backends: Backends, folder: Path
) -> None:
    watcher = Watcher(backends)
    (folder / "a").write_text("một", encoding="utf-8")
    watcher.look()
    watcher.look()
    (folder / "a").mkdir()
    (folder / "a" / "b.txt").write_text("hai", encoding="utf-8")
    watcher.look()
    (look,) = watcher.look()
    assert look.taken == 1
    assert names(folder) == [f"{DONE}/a", f"{DONE}/b.txt"]


def test_a_link_that_took_the_place_of_a_claimed_file_is_not_followed(
    backends: Backends, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "bi-mat.txt"
    secret.write_text("không phải của thư mục", encoding="utf-8")
    (folder / "don.txt").write_text("Đơn", encoding="utf-8")
    claim = folders_module._claim

    def swapped(path: Path, name: str) -> Path | None:
        taken = claim(path, name)
        assert taken is not None
        taken.unlink()
        taken.symlink_to(secret)
        return taken

    monkeypatch.setattr(folders_module, "_claim", swapped)
    watcher = Watcher(backends)
    watcher.look()
    (look,) = watcher.look()
    assert look.taken == 0
    assert list(backends.store.hashes()) == []
    assert (folder / "don.txt").is_symlink()


def test_a_name_that_is_there_already_is_not_overwritten(backends: Backends, folder: Path) -> None:
    watcher = Watcher(backends)
    for text in ("một", "hai"):
        (folder / "don.txt").write_text(text, encoding="utf-8")
        watcher.look()
        watcher.look()
    assert names(folder) == [f"{DONE}/don (2).txt", f"{DONE}/don.txt"]
    assert (folder / DONE / "don.txt").read_text(encoding="utf-8") == "một"


def test_unfinished_names_hidden_files_and_links_stay_where_they_are(
    backends: Backends, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "bi-mat.txt"
    outside.write_text("không phải của thư mục", encoding="utf-8")
    (folder / "lien-ket.txt").symlink_to(outside)
    for name in ("~$don.docx", ".an.txt", "quet.pdf.part"):
        (folder / name).write_text("x", encoding="utf-8")
    watcher = Watcher(backends)
    for _ in range(3):
        (look,) = watcher.look()
        assert look.taken == 0
    assert outside.exists()
    assert (folder / "lien-ket.txt").is_symlink()


def test_a_disabled_account_takes_nothing_and_the_folder_says_so(
    backends: Backends, folder: Path, officer: Actor
) -> None:
    (folder / "don.txt").write_text("Đơn", encoding="utf-8")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(User, officer.user_id).active = False
    watcher = Watcher(backends)
    watcher.look()
    watcher.look()
    assert names(folder) == ["don.txt"]
    with backends.read() as uow:
        assert "khóa" in uow.session.scalars(select(WatchedFolder)).one().problem


def test_a_folder_that_is_gone_says_so_and_the_others_go_on(
    backends: Backends, home: Organisation, officer: Actor, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "khac"
    other.mkdir()
    watched(backends, home, officer, other)
    folder.rmdir()
    (other / "don.txt").write_text("Đơn", encoding="utf-8")
    watcher = Watcher(backends)
    watcher.look()
    watcher.look()
    assert names(other) == [f"{DONE}/don.txt"]
    with backends.read(officer) as uow:
        problems = {row.path: row.problem for row in folders(uow)}
    assert problems[str(folder)] != ""
    assert problems[str(other)] == ""


def test_folders_in_one_another_and_accounts_of_others_are_refused(
    backends: Backends, home: Organisation, officer: Actor, folder: Path, tmp_path: Path
) -> None:
    (folder / "trong").mkdir()
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    free = tmp_path / "trong-rai"
    free.mkdir()
    for path in (folder, folder / "trong", tmp_path):
        with pytest.raises(FolderUnfit):
            watched(backends, home, officer, path)
    for actor, path in ((stranger, free), (officer, tmp_path / "khong-co")):
        with pytest.raises(Invalid):
            watched(backends, home, actor, path)


def test_the_places_of_the_records_themselves_are_never_watched(
    backends: Backends, home: Organisation, officer: Actor, tmp_path: Path
) -> None:
    inside = backends.settings.home / "quet"
    inside.mkdir()
    (tmp_path / "loi-tat").symlink_to(inside)
    for path in (backends.settings.home, backends.settings.home.parent, inside, tmp_path / "loi-tat"):
        with pytest.raises(FolderUnfit) as refused:
            watched(backends, home, officer, path)
        assert "thư mục dữ liệu" in refused.value.message
        assert refused.value.advice != ""
    with backends.read(OPERATOR) as uow:
        assert folders(uow) == []


def test_a_file_over_the_limit_of_uploads_is_refused_and_the_text_says_why(
    backends: Backends, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "settings", replace(backends.settings, max_upload_bytes=1_000_000))
    with (folder / "lon.pdf").open("wb") as out:
        out.truncate(1_000_001)
    (folder / "vua.pdf").write_bytes(b"a" * 1_000_000)
    watcher = Watcher(backends)
    watcher.look()
    (look,) = watcher.look()
    assert (look.taken, look.refused) == (1, 1)
    assert names(folder) == [f"{DONE}/vua.pdf", f"{FAILED}/lon.pdf", f"{FAILED}/lon.pdf.txt"]
    why = (folder / FAILED / "lon.pdf.txt").read_text(encoding="utf-8")
    assert "file-refused" in why
    assert "lớn hơn 1 MB" in why
    with backends.read() as uow:
        rows = {row.name: row.code for row in uow.session.scalars(select(Intake))}
    assert rows == {"lon.pdf": "file-refused", "vua.pdf": None}


def test_a_folder_is_watched_no_longer_and_keeps_its_files(backends: Backends, folder: Path) -> None:
    (folder / "don.txt").write_text("Đơn", encoding="utf-8")
    with backends.begin(OPERATOR) as uow:
        remove_folder(uow, path=folder)
    with pytest.raises(NotFound), backends.begin(OPERATOR) as uow:
        remove_folder(uow, path=folder)
    assert Watcher(backends).look() == []
    assert names(folder) == ["don.txt"]
