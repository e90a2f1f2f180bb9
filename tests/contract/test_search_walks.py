"""Walking to the very end of an answer or over all rows: more of them than an engine gives at once. Both engines."""

import json
import os
import urllib.request
from collections.abc import Iterator

import pytest

from indexer import Found, SearchBackend, Sort
from indexer.asking import MOST_HITS
from indexer.elastic_reader import MAX_WINDOW
from indexer.elastic_walking import STEP
from tests.contract.search_backends import KINDS, SERVER, Address, addresses, ask, document, ids
from tests.serving import until

COUNT = MAX_WINDOW + 20
EVERY = range(1, COUNT + 1)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Where the index of this module lies."""
    yield from addresses(KINDS[1] if os.environ.get(SERVER) else KINDS[0], tmp_path_factory.mktemp("walks"))


@pytest.fixture(scope="module")
def shelf(address: Address) -> Iterator[SearchBackend]:
    """Documents that differ in how often they say the word; no test changes them but for one that puts them back."""
    backend = address.open()
    for begin in range(1, COUNT + 1, 2_000):
        last = min(begin + 2_000, COUNT + 1)
        backend.write([document(id_, "khẩu " * (id_ % 4 + 1)) for id_ in range(begin, last)])
    yield backend
    backend.close()


def walked(backend: SearchBackend, text: str, sort: Sort, size: int) -> Iterator[Found]:
    """Every page of an answer, by cursor."""
    found = ask(backend, text, sort=sort, limit=size)
    yield found
    while found.cursor:
        found = ask(backend, text, sort=sort, limit=size, cursor=found.cursor)
        yield found


def open_points(address: Address) -> int:
    """Points in time and searches that the server keeps open in the indices of this module; none where embedded."""
    if not address.where.startswith("http"):
        return 0
    asked = f"{address.where}/{address.name}*/_stats/search"
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        return int(json.load(answer)["_all"]["total"]["search"]["open_contexts"])


def nothing_stays_open(address: Address) -> None:
    """Fails where a point in time is left to its time limit; the server lets go of finished searches a moment late."""
    until(lambda: open_points(address) == 0, "all points in time are closed", within=10)


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_by_cursor_reach_the_very_last_of_more_than_ten_thousand_results(
    shelf: SearchBackend, address: Address, sort: Sort
) -> None:
    pages = list(walked(shelf, "khẩu", sort, MOST_HITS))
    whole = [id_ for page in pages for id_ in ids(page)]
    assert sorted(whole) == list(EVERY)
    assert [len(ids(page)) for page in pages] == [MOST_HITS, MOST_HITS, 20]
    assert {page.total for page in pages} == {COUNT}
    assert [page.before for page in pages] == [0, MOST_HITS, 2 * MOST_HITS]
    assert {page.facets["quality"][0].count for page in pages} == {COUNT}
    scores = [hit.score for page in pages for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    last = ask(shelf, "khẩu", sort=sort, limit=20, last=True)
    assert ids(last) == whole[-20:]
    nothing_stays_open(address)


def test_pages_by_number_behind_the_largest_window_follow_those_before_it(
    shelf: SearchBackend, address: Address
) -> None:
    for sort in (Sort.RELEVANCE, Sort.NEWEST):
        across = ask(shelf, "khẩu", sort=sort, limit=15, offset=MAX_WINDOW - 10)
        behind = ask(shelf, "khẩu", sort=sort, limit=15, offset=MAX_WINDOW + 5)
        assert len({*ids(across), *ids(behind)}) == 30
        assert ids(behind) == ids(ask(shelf, "khẩu", sort=sort, limit=15, last=True))[-15:]
        nothing = ask(shelf, "khẩu", sort=sort, limit=15, offset=COUNT + 5)
        assert (ids(nothing), nothing.total) == ([], COUNT)
    nothing_stays_open(address)


def test_a_walk_over_all_rows_sees_them_as_they_were_at_its_beginning(shelf: SearchBackend, address: Address) -> None:
    assert COUNT > 2 * STEP
    walk = shelf.revisions()
    first = next(walk)
    shelf.remove([(COUNT, 2)])
    shelf.write([document(COUNT + 1, "khẩu")])
    assert [first, *walk] == [(id_, 1) for id_ in EVERY]
    assert [id_ for id_, _ in shelf.revisions()] == [*range(1, COUNT), COUNT + 1]
    nothing_stays_open(address)
    shelf.remove([(COUNT + 1, 2)])
    shelf.write([document(COUNT, "khẩu " * (COUNT % 4 + 1), revision=3)])
    assert [id_ for id_, _ in shelf.revisions()] == list(EVERY)


def test_a_walk_that_is_left_early_leaves_nothing_open(shelf: SearchBackend, address: Address) -> None:
    walk = shelf.revisions()
    next(walk)
    del walk
    nothing_stays_open(address)
