"""Walking far into an answer or over all rows. Both engines; on Elasticsearch with steps of a few rows."""

import json
import os
import urllib.request

import pytest

from indexer import SearchBackend, Sort
from tests.contract.search_backends import SERVER, ask, document, ids

COUNT = 23


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes 10,000 rows takes five."""
    if os.environ.get(SERVER):
        monkeypatch.setattr("indexer.elastic_reader.MAX_WINDOW", 5)
        monkeypatch.setattr("indexer.elastic_walking.STEP", 5)


@pytest.fixture
def shelf(search_backend: SearchBackend) -> SearchBackend:
    """Documents that differ in how often they say the word."""
    search_backend.write([document(id_, "khẩu " * (id_ % 4 + 1)) for id_ in range(1, COUNT + 1)])
    return search_backend


def open_points() -> int:
    """Points in time that the server keeps open; none where it is embedded."""
    server = os.environ.get(SERVER)
    if not server:
        return 0
    with urllib.request.urlopen(f"{server}/_nodes/stats/indices/search", timeout=30) as answer:  # noqa: S310
        nodes = json.load(answer)["nodes"].values()
    return sum(node["indices"]["search"]["open_contexts"] for node in nodes)


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
def test_pages_behind_the_largest_window_follow_those_before_it(shelf: SearchBackend, sort: Sort) -> None:
    pages = [ask(shelf, "khẩu", sort=sort, limit=3, offset=offset) for offset in range(0, COUNT + 6, 3)]
    whole = [id_ for page in pages for id_ in ids(page)]
    assert sorted(whole) == list(range(1, COUNT + 1))
    assert {page.total for page in pages} == {COUNT}
    assert len({tuple(page.facets["quality"]) for page in pages}) == 1
    scores = [hit.score for page in pages for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert open_points() == 0


def test_a_walk_over_all_rows_sees_them_as_they_were_at_its_beginning(shelf: SearchBackend) -> None:
    walk = shelf.revisions()
    first = next(walk)
    shelf.remove([(COUNT, 2)])
    shelf.write([document(COUNT + 1, "khẩu")])
    assert [first, *walk] == [(id_, 1) for id_ in range(1, COUNT + 1)]
    assert [id_ for id_, _ in shelf.revisions()] == [*range(1, COUNT), COUNT + 1]
    assert open_points() == 0


def test_a_walk_that_is_left_early_leaves_nothing_open(shelf: SearchBackend) -> None:
    walk = shelf.revisions()
    next(walk)
    del walk
    assert open_points() == 0
