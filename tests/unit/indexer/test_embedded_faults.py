"""What happens to the index in a directory from outside: a full disk, locks of the dead, files half-written or lost."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import Allowed, SearchBackend, SearchDocument, SearchPage, SearchRequest, open_backend
from indexer.errors import SearchDown
from tests import faults

ALL = SearchRequest("hồ sơ", Allowed.everything())
ROOM = 16  # MB


def some(first: int, count: int = 20) -> list[SearchDocument]:
    pages = tuple(SearchPage(number, f"hồ sơ trang {number} " * 20) for number in range(1, 4))
    return [SearchDocument(id=id_, revision=1, title="Hồ sơ", pages=pages) for id_ in range(first, first + count)]


def rows(count: int) -> list[tuple[int, int]]:
    return [(id_, 1) for id_ in range(1, count + 1)]


def test_a_full_disk_refuses_what_is_written_and_nothing_else(tmp_path: Path) -> None:
    with faults.full_disk(tmp_path / "disk", ROOM) as disk:
        backend = open_backend(disk / "search")
        backend.write(some(1))
        filler = faults.filled(disk)
        with pytest.raises(SearchDown):
            backend.write(some(21))
        with pytest.raises(SearchDown):
            backend.rebuild(some(1), check=lambda: rows(20))
        for reader in (backend, open_backend(disk / "search")):
            assert (reader.find(ALL).total, list(reader.revisions())) == (20, rows(20))
            assert (reader.status().healthy, reader.status().outdated) == (True, False)
        assert [path.name for path in (disk / "search").glob("g*")] == ["g000001"]
        filler.unlink()
        assert len(backend.write(some(21)).taken) == 20
        assert backend.rebuild(some(1, 40), check=lambda: rows(40)).swapped
        assert (backend.find(ALL).total, backend.pages([40], "trang 3")) == (40, {40: (3, 1, 2)})


def test_an_index_that_begins_on_a_full_disk_leaves_no_halves_and_begins_when_there_is_room(tmp_path: Path) -> None:
    with faults.full_disk(tmp_path / "disk", ROOM) as disk:
        backend = open_backend(disk / "search")
        filler = faults.filled(disk)
        for _ in range(3):
            with pytest.raises(SearchDown):
                backend.find(ALL)
        assert list((disk / "search").glob("g*")) == []
        filler.unlink()
        backend.write(some(1))
        assert backend.find(ALL).total == 20


def test_a_disk_that_fills_while_a_rebuild_runs_keeps_the_live_index(tmp_path: Path) -> None:
    with faults.full_disk(tmp_path / "disk", ROOM) as disk:
        backend = open_backend(disk / "search")
        backend.write(some(1))

        def filling() -> object:
            yield from some(1, 10)
            faults.filled(disk)
            yield from some(11, 10)

        with pytest.raises(SearchDown):
            backend.rebuild(filling(), check=lambda: rows(20))  # type: ignore[arg-type]
        (disk / "filler").unlink()
        assert list(backend.revisions()) == rows(20)
        assert not (disk / "search" / "building").exists()
        assert backend.rebuild(some(1), check=lambda: rows(20)).swapped


def test_locks_that_the_dead_left_behind_hold_nobody_up(tmp_path: Path) -> None:
    root = tmp_path / "search"
    open_backend(root).write(some(1))
    for lock in (
        "write.lock",
        "rebuild.lock",
        "g000001/documents/.tantivy-writer.lock",
        "g000001/pages/.tantivy-writer.lock",
    ):
        (root / lock).write_text("4194304")  # the number of a process that is not there
    (root / "current.new").write_text("g00")
    backend = open_backend(root, lock_timeout=0.0)
    backend.write(some(21))
    assert backend.find(ALL).total == 40
    assert backend.rebuild(some(1), check=lambda: rows(20)).swapped


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The directory of an index with twenty documents that nobody has open."""
    root = tmp_path / "search"
    backend = open_backend(root)
    backend.write(some(1))
    backend.close()
    return root


def told_and_repaired(root: Path) -> SearchBackend:
    """The index at this place says that it is damaged, and a rebuild repairs it."""
    backend = open_backend(root)
    assert (backend.status().healthy, backend.status().outdated) == (False, True)
    with pytest.raises(SearchDown):
        backend.write(some(21))
    assert backend.rebuild(some(1), check=lambda: rows(20)).swapped
    assert (backend.find(ALL).total, backend.status().healthy) == (20, True)
    assert len(backend.write(some(21)).taken) == 20
    return backend


@pytest.mark.parametrize("part", ["documents", "pages"])
@pytest.mark.parametrize("suffix", ["json", "term", "idx", "pos", "store", "fast", "fieldnorm"])
def test_a_file_that_was_written_by_half_is_told_and_repaired(written: Path, part: str, suffix: str) -> None:
    for path in written.glob(f"g*/{part}/[!.]*.{suffix}"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    told_and_repaired(written)


@pytest.mark.parametrize("part", ["documents", "pages"])
@pytest.mark.parametrize("suffix", ["json", "pos", "fast"])
def test_a_file_that_is_gone_is_told_and_repaired(written: Path, part: str, suffix: str) -> None:
    for path in written.glob(f"g*/{part}/[!.]*.{suffix}"):
        path.unlink()
    told_and_repaired(written)


@pytest.mark.parametrize(
    "hurt",
    [
        lambda root: (root / "current").write_text(""),
        lambda root: (root / "current").write_text("g000077"),
        lambda root: shutil.rmtree(root / "g000001"),
        lambda root: shutil.rmtree(root / "g000001" / "pages"),
    ],
    ids=["an empty pointer", "a pointer to nothing", "no generation", "no pages"],
)
def test_a_directory_that_is_half_there_is_told_and_repaired(written: Path, hurt: Callable[[Path], object]) -> None:
    hurt(written)
    told_and_repaired(written)


def test_one_whose_version_is_lost_is_older_and_answers(written: Path) -> None:
    (written / "g000001" / "version").write_text("")
    backend = open_backend(written)
    assert (backend.status().outdated, backend.find(ALL).total) == (True, 20)


def test_a_generation_that_was_begun_and_left_does_not_matter(written: Path) -> None:
    (written / "g000002" / "documents").mkdir(parents=True)
    (written / "g000003").mkdir()
    (written / "building").write_text("g000003")
    backend = open_backend(written)
    assert (backend.find(ALL).total, backend.status().beside) == (20, None)
    backend.write(some(21))
    assert [path.name for path in written.glob("g*")] == ["g000001"]
    assert backend.rebuild(some(1, 40), check=lambda: rows(40)).swapped
