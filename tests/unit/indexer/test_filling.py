"""Rules of filling a new generation, and of what is written meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import SearchBackend, SearchDocument, open_backend
from indexer.filling import Filling, Notes
from indexer.generation import Generation
from indexer.rows import entry, removal


def one(id_: int, revision: int = 1) -> SearchDocument:
    return SearchDocument(id=id_, revision=revision, title="Hồ sơ")


@pytest.fixture
def beside(tmp_path: Path) -> Generation:
    return Generation.create(tmp_path / "g1")


def test_a_document_that_comes_twice_is_there_once_in_its_newest_state(beside: Generation) -> None:
    filling = Filling(beside)
    for document in (one(1), one(2, 5), one(2, 4), one(1, 3)):
        filling.add(entry(document))
    filling.finish()
    assert list(beside.revisions()) == [(1, 3), (2, 5)]


def test_what_was_not_finished_is_lost_and_holds_no_lock(beside: Generation) -> None:
    filling = Filling(beside)
    filling.add(entry(one(1)))
    filling.close()
    assert beside.put([entry(one(2))]).taken == (2,)
    assert list(beside.revisions()) == [(2, 1)]


def test_notes_are_taken_once_and_in_their_order(beside: Generation) -> None:
    notes, reader = Notes(beside.path), Notes(beside.path)
    reader.take(beside)
    notes.add([entry(one(1)), removal(2, 4)])
    reader.take(beside)
    notes.add([entry(one(2, 3)), entry(one(1, 2))])
    reader.take(beside)
    assert (list(beside.revisions()), list(beside.tombstones())) == ([(1, 2)], [(2, 4)])


def test_a_note_that_a_killed_writer_did_not_end_spoils_no_other(beside: Generation) -> None:
    notes = Notes(beside.path)
    notes.add([entry(one(1))])
    kept = (beside.path / "meanwhile").read_bytes()
    (beside.path / "meanwhile").write_bytes(kept + kept[: len(kept) // 2])
    notes.add([entry(one(2))])
    Notes(beside.path).take(beside)
    assert list(beside.revisions()) == [(1, 1), (2, 1)]


def test_others_write_while_a_rebuild_is_at_work_and_what_they_write_is_in_the_new_index(tmp_path: Path) -> None:
    backend: SearchBackend = open_backend(tmp_path / "search")
    other = open_backend(tmp_path / "search", lock_timeout=0.0)
    backend.write([one(1), one(2), one(3)])

    def documents() -> Iterator[SearchDocument]:
        yield one(1)
        other.write([one(1, 2), one(4)])
        other.remove([(3, 2)])
        yield one(2)

    report = backend.rebuild(documents(), check=lambda: [(1, 2), (2, 1), (4, 1)])
    assert (report.swapped, list(backend.revisions())) == (True, [(1, 2), (2, 1), (4, 1)])
    assert backend.write([one(3, 1)]).refused == (3,)
