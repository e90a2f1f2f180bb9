"""Documents are cut into entries here and beside: all of them, once, in their order, whatever becomes of the helper."""

import logging
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer import SearchDocument, SearchPage
from indexer.cutting import ALONE, BATCH_DOCUMENTS, GIVEN_AHEAD, Beside, entries
from indexer.rows import entry


def documents(first: int, last: int) -> Iterator[SearchDocument]:
    for id_ in range(first, last + 1):
        page = SearchPage(1, f"Quyết định số {id_}/QĐ-UBND ngày 05 tháng 02 năm 2026 " * (1 + id_ % 7))
        yield SearchDocument(id=id_, revision=id_ % 3, title=f"Quyết định {id_}", pages=(page,))


two_cores = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: nothing is cut beside")


def test_entries_are_those_of_cutting_one_by_one_in_their_order() -> None:
    assert list(entries(documents(1, 3 * ALONE))) == [entry(document) for document in documents(1, 3 * ALONE)]


def test_few_documents_and_none_need_no_process() -> None:
    before = children()
    few = entries(documents(1, ALONE))
    assert [next(few).id for _ in range(ALONE)] == list(range(1, ALONE + 1))
    assert next(few, None) is None
    assert list(entries([])) == []
    assert children() == before


def test_the_process_imports_this_program_wherever_somebody_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    batch = list(documents(1, 20))
    with Beside() as beside:
        assert beside.give(batch)
        assert beside.take() == [entry(document) for document in batch]
        assert beside.give(batch), "it was not lost"


def test_no_more_is_given_than_the_process_can_hold() -> None:
    batch = list(documents(1, BATCH_DOCUMENTS))
    with Beside() as beside:
        assert [beside.give(batch) for _ in range(GIVEN_AHEAD + 1)] == [True] * GIVEN_AHEAD + [False]
        assert beside.take() == [entry(document) for document in batch]
        assert beside.give(batch)


def test_a_document_that_the_pipe_cannot_hold_is_cut_here_in_its_place() -> None:
    pages = tuple(SearchPage(number, f"trang {number} " * 300) for number in range(1, 1_001))
    given = [
        *documents(1, ALONE + 40),
        SearchDocument(id=ALONE + 41, revision=1, pages=pages),
        *documents(9_000, 9_060),
    ]
    with Beside() as beside:
        assert not beside.give([given[ALONE + 40]])
    assert list(entries(given)) == [entry(document) for document in given]


def test_what_a_lost_process_had_in_hand_is_cut_here_and_the_loss_is_told(caplog: pytest.LogCaptureFixture) -> None:
    batches = [list(documents(1, 20)), list(documents(21, 40))]
    with Beside() as beside, caplog.at_level(logging.WARNING):
        for batch in batches:
            assert beside.give(batch)
        beside.process.kill()
        beside.process.wait()
        assert [beside.take() for _ in batches] == [[entry(document) for document in batch] for batch in batches]
        assert not beside.give(batches[0])
    assert caplog.messages == ["search.cutting-process-lost"]


def children() -> set[str]:
    """The processes that this one has started."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@two_cores
def test_a_rebuild_that_is_left_leaves_no_process_behind() -> None:
    before = children()
    with closing(entries(documents(1, 10 * ALONE))) as cut:
        for _ in range(ALONE + 1):
            next(cut)
        assert children() - before
    assert children() == before


def test_a_fault_of_the_source_is_told_as_it_is() -> None:
    def failing() -> Iterator[SearchDocument]:
        yield from documents(1, ALONE + 200)
        raise LookupError("the database is gone")

    with pytest.raises(LookupError, match="gone"):
        list(entries(failing()))
