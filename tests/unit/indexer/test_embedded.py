"""What only the index in a directory must do: locks, swaps, leftovers, other schemas."""

import multiprocessing
import shutil
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from indexer import Allowed, SearchBackend, SearchDocument, SearchPage, SearchRequest, open_backend
from indexer.embedded import EmbeddedBackend
from indexer.errors import SearchBusy, SearchDown

ALL = SearchRequest(allowed=Allowed.everything())


def one(id_: int, revision: int = 1) -> SearchDocument:
    return SearchDocument(id=id_, revision=revision, title="Hồ sơ", pages=(SearchPage(1, "hồ sơ"),))


@pytest.fixture
def backend(tmp_path: Path) -> SearchBackend:
    return open_backend(tmp_path / "search")


def test_a_path_opens_the_embedded_index(backend: SearchBackend, tmp_path: Path) -> None:
    assert isinstance(backend, EmbeddedBackend)
    assert backend.find(ALL).total == 0
    assert open_backend(str(tmp_path / "search")).status().kind == "tantivy"


def test_a_deleted_directory_is_an_empty_index_again(backend: SearchBackend, tmp_path: Path) -> None:
    backend.write([one(1)])
    shutil.rmtree(tmp_path / "search")
    assert list(backend.revisions()) == []
    backend.write([one(2)])
    assert list(backend.revisions()) == [(2, 1)]


def hold_turn(where: str, taken: Event, release: Event) -> None:
    """Another process that has the turn until told otherwise."""
    with open_backend(where).writing(wait=10):
        taken.set()
        release.wait(60)


def test_who_does_not_get_the_turn_is_told(backend: SearchBackend, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    taken, release = context.Event(), context.Event()
    other = context.Process(target=hold_turn, args=(str(tmp_path / "search"), taken, release))
    other.start()
    try:
        assert taken.wait(60)
        with pytest.raises(SearchBusy), backend.writing():
            pass
        impatient = open_backend(tmp_path / "search", lock_timeout=0.0)
        with pytest.raises(SearchBusy):
            impatient.write([one(1)])
    finally:
        release.set()
        other.join()
    with backend.writing():
        backend.write([one(1)])
        backend.write([one(2)])
    assert backend.find(ALL).total == 2


def write_forever(where: str, begun: Event) -> None:
    """Another process that writes until it is killed."""
    backend = open_backend(where)
    for revision in range(1, 1_000_000):
        backend.write([one(id_, revision) for id_ in range(1, 30)])
        begun.set()


def test_a_writer_killed_at_any_moment_leaves_a_whole_index_and_no_lock(backend: SearchBackend, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    begun = context.Event()
    other = context.Process(target=write_forever, args=(str(tmp_path / "search"), begun))
    other.start()
    assert begun.wait(60)
    other.kill()
    other.join()
    revisions = list(backend.revisions())
    assert len(revisions) == 29
    assert len({revision for _, revision in revisions}) == 1
    assert len(backend.write([one(id_, 1_000_000) for id_ in range(1, 31)]).taken) == 30
    assert backend.find(ALL).total == 30


def test_a_damaged_index_says_so_and_is_rebuilt(backend: SearchBackend, tmp_path: Path) -> None:
    backend.write([one(1)])
    (meta,) = (tmp_path / "search").glob("g*/documents/meta.json")
    meta.write_text("{")
    with pytest.raises(SearchDown):
        backend.find(ALL)
    assert backend.rebuild([one(1)], check=lambda: [(1, 1)]).swapped
    assert backend.find(ALL).total == 1


def test_what_a_killed_rebuild_left_is_swept_by_the_next_write(backend: SearchBackend, tmp_path: Path) -> None:
    root = tmp_path / "search"
    backend.write([one(1)])
    (root / "g000009").mkdir()
    (root / "building").write_text("g000009")
    backend.write([one(2)])
    assert not (root / "building").exists()
    assert [path.name for path in root.glob("g*")] == ["g000001"]
    assert backend.find(ALL).total == 2


def test_a_swap_leaves_one_generation_and_readers_follow(backend: SearchBackend, tmp_path: Path) -> None:
    reader = open_backend(tmp_path / "search")
    for revision in (1, 2, 3):
        rows = [(1, revision)]
        assert backend.rebuild([one(1, revision)], check=lambda rows=rows: rows).swapped
        assert list(reader.revisions()) == rows
    assert len(list((tmp_path / "search").glob("g*"))) == 1


def test_a_rebuild_that_never_agrees_with_the_database_changes_nothing(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "search", rounds=2, pause=0.0)
    backend.write([one(1)])
    report = backend.rebuild([one(1)], check=lambda: [(1, 1), (2, 1)])
    assert (report.swapped, report.missing, report.extra) == (False, ((2, 1),), ())
    assert list(backend.revisions()) == [(1, 1)]
