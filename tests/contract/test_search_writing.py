"""Writing, removing, rebuilding, and several processes at once. Both engines."""

import multiprocessing
from collections.abc import Callable, Iterator

import pytest

from indexer import SearchBackend, SearchDocument, SearchPage
from indexer.errors import RebuildRunning
from tests.contract.search_backends import Address, ask, document, ids


def test_what_was_written_is_found_at_once(search_backend: SearchBackend) -> None:
    assert search_backend.write([document(1, "hồ sơ"), document(2, "hồ sơ")]).taken == (1, 2)
    assert ids(ask(search_backend, "hồ sơ")) == [1, 2]


def test_a_newer_revision_replaces_all_of_the_older_one(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "cũ", organisations=(1, 2))])
    search_backend.write([document(1, "mới", revision=2)])
    assert ask(search_backend, "cũ").total == 0
    (hit,) = ask(search_backend, "mới").hits
    assert (hit.id, hit.revision) == (1, 2)
    assert list(search_backend.revisions()) == [(1, 2)]


def test_an_older_revision_is_refused_and_changes_nothing(search_backend: SearchBackend) -> None:
    new = document(1, revision=5, pages=(SearchPage(1, "mới"),))
    old = document(1, revision=4, pages=(SearchPage(1, "cũ"), SearchPage(2, "cũ")))
    search_backend.write([new])
    written = search_backend.write([old, document(2, "khác")])
    assert (written.taken, written.refused) == ((2,), (1,))
    assert ids(ask(search_backend, "mới")) == [1]
    assert search_backend.pages([1], "cũ mới") == {1: (1,)}


def test_the_same_revision_may_be_written_again(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "một", revision=3)])
    assert search_backend.write([document(1, "hai", revision=3)]).taken == (1,)
    assert ask(search_backend, "hai").total == 1


def test_the_newest_of_one_batch_stays(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hai", revision=2), document(1, "một", revision=1)])
    assert list(search_backend.revisions()) == [(1, 2)]
    assert ask(search_backend, "một").total == 0


def test_removed_documents_are_gone_from_everything(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hồ sơ", type="QĐ"), document(2, "hồ sơ")])
    assert search_backend.remove([(1, 2)]).taken == (1,)
    found = ask(search_backend, "hồ sơ")
    assert (ids(found), found.total, found.facets["type"]) == ([2], 1, ())
    assert ids(ask(search_backend)) == [2]
    assert list(search_backend.revisions()) == [(2, 1)]
    assert search_backend.pages([1], "hồ sơ") == {}


def test_removed_stays_removed_against_an_older_write(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hồ sơ", revision=3)])
    search_backend.remove([(1, 4)])
    assert search_backend.write([document(1, "hồ sơ", revision=3)]).refused == (1,)
    assert ask(search_backend).total == 0
    assert search_backend.pages([1], "hồ sơ") == {}


def test_an_older_removal_does_not_remove(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hồ sơ", revision=3)])
    assert search_backend.remove([(1, 2)]).refused == (1,)
    assert ids(ask(search_backend)) == [1]


def test_what_was_never_written_can_be_removed_beforehand(search_backend: SearchBackend) -> None:
    search_backend.remove([(1, 2)])
    search_backend.write([document(1, "hồ sơ", revision=1)])
    assert ask(search_backend).total == 0


def test_pages_are_chosen_exact_accents_first(search_backend: SearchBackend) -> None:
    pages = (
        SearchPage(1, "quan ly " * 30),
        SearchPage(2, "không có gì"),
        SearchPage(3, "chữ khác " * 50 + "quản lý"),
        SearchPage(4, "quản lý quản lý"),
    )
    search_backend.write([document(1, pages=pages), document(2, "quản lý"), document(3, "khác")])
    assert search_backend.pages([1, 2, 3], "quản lý") == {1: (4, 3, 1), 2: (1,)}
    assert search_backend.pages([1], "quản lý", limit_per_document=2) == {1: (4, 3)}
    assert search_backend.pages([1], '"quản lý"', every=True) == search_backend.pages([1], '"quản lý"') == {1: (4, 3)}
    assert search_backend.pages([1], "") == {}


def test_pages_that_a_revision_no_longer_has_are_gone(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, pages=tuple(SearchPage(number, "hồ sơ") for number in range(1, 6)))])
    search_backend.write([document(1, revision=2, pages=(SearchPage(1, "hồ sơ"),))])
    assert search_backend.pages([1], "hồ sơ", limit_per_document=9) == {1: (1,)}


def test_equally_good_pages_lie_in_their_order(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, pages=tuple(SearchPage(number, "hồ sơ") for number in (3, 1, 2)))])
    assert search_backend.pages([1], "hồ sơ") == {1: (1, 2, 3)}


def test_another_reader_sees_new_commits(search_backend: SearchBackend, search_address: Address) -> None:
    reader = search_address.open()
    assert ask(reader).total == 0
    for number in (1, 2, 3):
        search_backend.write([document(number, "hồ sơ")])
        assert ask(reader, "hồ sơ").total == number
    reader.close()


def test_status_counts_documents(search_backend: SearchBackend) -> None:
    search_backend.write([document(1), document(2)])
    search_backend.remove([(2, 2)])
    status = search_backend.status()
    assert (status.documents, status.healthy) == (1, True)


def test_clear_forgets_removals_too(search_backend: SearchBackend, search_address: Address) -> None:
    reader = search_address.open()
    search_backend.write([document(1, revision=9)])
    search_backend.remove([(1, 10)])
    assert ask(reader).total == 0
    search_backend.clear()
    search_backend.write([document(1, "hồ sơ", revision=1)])
    assert ids(ask(search_backend)) == ids(ask(reader)) == [1]
    reader.close()


class Records:
    """The database of a rebuild's test: id -> revision, and the documents made from it."""

    def __init__(self, ids_: range) -> None:
        self.rows = dict.fromkeys(ids_, 1)

    def check(self) -> list[tuple[int, int]]:
        return list(self.rows.items())

    def load(self, wanted: object = None) -> list[SearchDocument]:
        chosen = self.rows if wanted is None else wanted
        return [self.one(id_) for id_ in list(chosen) if id_ in self.rows]  # type: ignore[attr-defined]

    def one(self, id_: int) -> SearchDocument:
        return document(id_, f"hồ sơ lần {self.rows[id_]}", revision=self.rows[id_])


def with_interruption(documents: list[SearchDocument], at: int, act: Callable[[], None]) -> Iterator[SearchDocument]:
    for number, each in enumerate(documents):
        if number == at:
            act()
        yield each


def test_a_rebuild_swaps_to_what_the_database_has(search_backend: SearchBackend, search_address: Address) -> None:
    reader = search_address.open()
    search_backend.write([document(1, "sai", revision=1), document(77, "thừa")])
    assert ask(reader).total == 2
    records = Records(range(1, 131))
    report = search_backend.rebuild(iter(records.load()), check=records.check)
    assert (report.swapped, report.documents) == (True, 130)
    assert dict(search_backend.revisions()) == records.rows
    assert ask(reader, "thừa").total == 0
    assert ask(reader, "hồ sơ").total == 130
    reader.close()


def test_writes_during_a_rebuild_reach_the_live_and_the_new_index(
    search_backend: SearchBackend, search_address: Address
) -> None:
    records = Records(range(1, 251))
    search_backend.write(records.load())
    other = search_address.open()

    def meanwhile() -> None:
        records.rows |= {3: 2, 240: 2, 999: 1}
        del records.rows[7], records.rows[239]
        other.write([records.one(3), records.one(240), records.one(999)])
        other.remove([(7, 2), (239, 2)])
        assert ask(other, "hồ sơ").total == 249
        assert sorted(ids(ask(other, '"lần 2"', limit=50))) == [3, 240]

    stale = Records(range(1, 251)).load()
    report = search_backend.rebuild(with_interruption(stale, 150, meanwhile), check=records.check)
    assert report.swapped
    assert dict(search_backend.revisions()) == dict(other.revisions()) == records.rows
    assert sorted(ids(ask(other, '"lần 2"', limit=50))) == [3, 240]
    assert search_backend.write([document(7, "hồ sơ", revision=1)]).refused == (7,)
    other.close()


def test_a_rebuild_fetches_what_changed_without_an_index_job(search_backend: SearchBackend) -> None:
    records = Records(range(1, 31))

    def meanwhile() -> None:
        records.rows |= {5: 2, 31: 1}
        del records.rows[6]

    stale = records.load()
    report = search_backend.rebuild(with_interruption(stale, 10, meanwhile), check=records.check, fetch=records.load)
    assert report.swapped
    assert dict(search_backend.revisions()) == records.rows


def test_a_rebuild_that_fails_leaves_the_live_index(search_backend: SearchBackend) -> None:
    search_backend.write([document(1, "hồ sơ")])

    def broken() -> Iterator[SearchDocument]:
        yield document(2, "hồ sơ")
        raise OSError("database gone")

    with pytest.raises(OSError, match="database gone"):
        search_backend.rebuild(broken(), check=list)
    assert list(search_backend.revisions()) == [(1, 1)]
    search_backend.write([document(3, "hồ sơ")])
    report = search_backend.rebuild([document(1, "hồ sơ")], check=lambda: [(1, 1)])
    assert report.swapped


def test_only_one_rebuild_runs(search_backend: SearchBackend, search_address: Address) -> None:
    other = search_address.open()

    def second() -> None:
        with pytest.raises(RebuildRunning):
            other.rebuild([], check=list)

    records = Records(range(1, 4))
    report = search_backend.rebuild(with_interruption(records.load(), 1, second), check=records.check)
    assert report.swapped
    other.close()


def write_many(address: Address, revision: int, count: int) -> None:
    """What a writing process does: every document one by one, at its revision."""
    backend = address.open()
    for id_ in range(1, count + 1):
        backend.write([document(id_, f"hồ sơ lần {revision}", revision=revision)])
    backend.close()


def test_two_processes_write_at_once_and_the_newer_revision_wins(
    search_backend: SearchBackend, search_address: Address
) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(search_address, revision, 12)) for revision in (1, 2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert dict(search_backend.revisions()) == dict.fromkeys(range(1, 13), 2)
    assert ask(search_backend, '"lần 2"').total == 12
    assert search_backend.pages([4], "lần") == {4: (1,)}


def test_pages_that_hold_everything_asked_for_are_told_apart(search_backend: SearchBackend) -> None:
    texts = ("Nghị định 116/2021/NĐ-CP về cai nghiện", "ngày 05 tháng 02 năm 2026 cai", "Ủy ban nhân dân", "nghiện")
    search_backend.write([SearchDocument(1, 1, pages=tuple(SearchPage(n, text) for n, text in enumerate(texts, 1)))])
    asked = {
        "cai nghiện": (1,),
        "cai": (1, 2),
        "nghị định 116": (1,),
        "5/2/26 cai": (2,),
        "UBND": (3,),
        "cai nghiện năm:2026 -tự": (1,),
        "cai ủy ban": (),
    }
    found = {text: search_backend.pages([1], text, 9, every=True).get(1, ()) for text in asked}
    assert {text: tuple(sorted(pages)) for text, pages in found.items()} == asked
    assert set(search_backend.pages([1], "5/2/26", 9)[1]) == {2}
