"""What only a real Elasticsearch can show: how it refuses, and an index of several shards."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import SearchRequest, Typed, open_backend
from indexer.elastic_client import connect
from indexer.elastic_writing import BulkWriter, put
from tests.contract.search_backends import MINE, Address, addresses, ask, document, ids


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Address]:
    """Where a new empty index lies on the server; skips without one."""
    yield from addresses("elasticsearch", tmp_path)


def call(address: Address, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310
        f"{address.where}/{path}",
        data,
        {"Content-Type": "application/json"},
        method="GET" if body is None else "PUT",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


def test_rows_that_a_full_disk_refused_are_taken_when_there_is_room(server: Address) -> None:
    backend = server.open()
    backend.write([document(1, "hồ sơ")])
    block = "index.blocks.read_only_allow_delete"  # what the server sets itself when its disk is nearly full
    call(server, f"{server.name}-documents/_settings", {block: True})
    pauses: list[float] = []

    def make_room(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            call(server, f"{server.name}-documents/_settings", {block: None})

    client = connect(server.where)
    rows = [put(str(id_), 5, {"id": id_, "revision": 5, "removed": 0, "last_page": 0}) for id_ in (1, 2)]
    assert BulkWriter(client, pause=make_room).send(f"{server.name}-documents", rows) == [True, True]
    client.close()
    assert len(pauses) == 2
    assert backend.write([document(1, revision=4)]).refused == (1,)
    backend.close()


@pytest.mark.parametrize(
    ("typed", "past", "requests"),
    [
        ("quản lý", (), 1),
        ("15/qđ", ("quản lý", '"quản lý sau cai"'), 1),  # they find something as they stand
        ("quản lý s", ("quản lý xyzt", "quản lý zzzz"), 3),  # words that nothing holds: most of them
    ],
)
def test_what_is_typed_costs_few_requests(
    server: Address, caplog: pytest.LogCaptureFixture, typed: str, past: tuple[str, ...], requests: int
) -> None:
    backend = server.open()
    backend.write([document(1, title="Quyết định quản lý sau cai", number_text="15/QĐ-UBND", persons=((7, "Thử"),))])
    asked = tuple(SearchRequest(text=text, allowed=MINE) for text in past)
    backend.suggest(Typed("", allowed=MINE))  # looks at the index first
    caplog.set_level("INFO", "elastic_transport.transport")
    caplog.clear()
    found = backend.suggest(Typed(typed, allowed=MINE, persons=(7, 8), past=asked))
    assert len(caplog.records) == requests, caplog.messages
    assert (found.persons, found.past) == ({7: 1}, (1,) * len(past))
    backend.close()


def test_an_index_of_several_shards_answers_as_one(server: Address) -> None:
    backend = open_backend(server.where, name=server.name, shards=3, replicas=0)
    backend.write([document(id_, "khẩu " * (id_ % 3 + 1), type="QĐ") for id_ in range(1, 21)])
    for name, found in call(server, f"{server.name}-*/_settings").items():
        made = found["settings"]["index"]
        assert (made["number_of_shards"], made["number_of_replicas"]) == ("3", "0"), name
        assert made.get("auto_expand_replicas", "false") == "false"
    pages = [ask(backend, "khẩu", limit=7, offset=offset) for offset in (0, 7, 14)]
    assert sorted(id_ for page in pages for id_ in ids(page)) == list(range(1, 21))
    scores = [hit.score for page in pages for hit in page.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3, "the same words weigh the same in every shard"
    assert [(bucket.value, bucket.count) for bucket in pages[0].facets["type"]] == [("QĐ", 20)]
    assert list(backend.revisions()) == [(id_, 1) for id_ in range(1, 21)]
    backend.close()
