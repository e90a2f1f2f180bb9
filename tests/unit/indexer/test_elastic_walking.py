"""Points in time on Elasticsearch: the newest id is asked, and closed when the walk fails."""

from typing import Any

import pytest

from indexer import elastic_walking
from indexer.elastic_client import connect
from indexer.errors import SearchDown
from tests.elastic_answers import Asked, answering


def opened(asked: Asked) -> tuple[int, Any]:
    return 200, {"id": "first"}


def found(asked: Asked) -> tuple[int, Any]:
    hit = {"fields": {"id": [7], "revision": [3]}, "sort": [7, 0]}
    return 200, {"pit_id": "second", "hits": {"hits": [hit]}}


def gone(asked: Asked) -> tuple[int, Any]:
    return 404, {"error": {"type": "search_context_missing_exception", "reason": "no context"}, "status": 404}


def closed(asked: Asked) -> tuple[int, Any]:
    return 200, {"succeeded": True, "num_freed": 1}


def down(asked: Asked) -> tuple[int, Any]:
    return 500, {"error": {"type": "exception", "reason": "broken"}, "status": 500}


def test_a_walk_asks_and_closes_the_newest_point_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elastic_walking, "STEP", 1)
    with answering(opened, found, gone, closed) as server:
        walk = elastic_walking.revisions(connect(server.url), "hoso-documents", removed=0)
        assert next(walk) == (7, 3)
        with pytest.raises(SearchDown, match="404"):
            next(walk)
    first, second, third, last = server.asked
    assert first.path == "/hoso-documents/_pit"
    assert [step.lines[0]["pit"]["id"] for step in (second, third)] == ["first", "second"]
    assert third.lines[0]["search_after"] == [7, 0]
    assert (last.path, last.lines[0]) == ("/_pit", {"id": "second"})


def test_a_server_that_cannot_close_does_not_hide_what_happened() -> None:
    with answering(opened, gone, down) as server, pytest.raises(SearchDown, match="404"):
        list(elastic_walking.revisions(connect(server.url), "hoso-documents", removed=0))
    assert server.asked[-1].path == "/_pit"
