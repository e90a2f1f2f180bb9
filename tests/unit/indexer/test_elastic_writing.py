"""The one bulk writer of Elasticsearch: what happens when the server refuses, wholly or in part."""

from collections.abc import Callable

import pytest

from indexer.elastic_client import connect, speaking
from indexer.elastic_writing import (
    FIRST_PAUSE,
    LEAST_BYTES,
    LONGEST_PAUSE,
    PATIENCE,
    AliasGone,
    BulkWriter,
    Row,
    delete,
    put,
)
from indexer.errors import SearchDamaged, SearchDown
from tests.elastic_answers import Answers, answering, refusing, taking

KEYS = ["k1", "k2", "k3", "k4"]


def rows(letters: int = 1) -> list[Row]:
    return [put(key, 1, {"text": "x" * letters}) for key in KEYS]


def send(server: Answers, given: list[Row], pause: Callable[[float], None]) -> list[bool]:
    client = connect(server.url)
    try:
        with speaking():
            return BulkWriter(client, pause=pause).send("hoso-documents", given)
    finally:
        client.close()


def test_a_request_that_was_refused_is_sent_again_after_a_pause() -> None:
    pauses: list[float] = []
    with answering(refusing, refusing, taking()) as server:
        assert send(server, rows(), pauses.append) == [True] * 4
    assert [request.keys for request in server.asked] == [KEYS] * 3, "never again without a pause"
    assert FIRST_PAUSE / 2 <= pauses[0] <= FIRST_PAUSE <= pauses[1] <= 2 * FIRST_PAUSE


def test_only_the_refused_rows_of_a_request_are_sent_again() -> None:
    with answering(taking(k2=429, k4=429), taking(k4=429), taking()) as server:
        assert send(server, rows(), [].append) == [True] * 4
    assert [request.keys for request in server.asked] == [KEYS, ["k2", "k4"], ["k4"]]


def test_answers_keep_their_place_when_some_rows_come_later() -> None:
    with answering(taking(k1=429, k3=409), taking(k1=409)) as server:
        assert send(server, rows(), [].append) == [False, True, False, True]


def test_a_row_to_take_away_is_sent_again_without_a_body() -> None:
    with answering(refusing, taking()) as server:
        assert send(server, [delete("k1", 7)], [].append) == [True]
    meta = {"_id": "k1", "version": 7, "version_type": "external_gte"}
    assert server.asked[1].lines == ({"delete": meta},)


def test_a_server_that_only_refuses_is_down_after_bounded_pauses() -> None:
    pauses: list[float] = []
    with answering(refusing) as server, pytest.raises(SearchDown, match="4 of 4 rows wait"):
        send(server, rows(), pauses.append)
    assert len(server.asked) == len(pauses) + 1
    assert PATIENCE - LONGEST_PAUSE < sum(pauses) <= PATIENCE
    for times, pause in enumerate(pauses):
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**times)
        assert longest / 2 <= pause <= longest
    assert len(set(pauses)) == len(pauses), "no two writers come back together"


def test_after_a_refusal_requests_are_smaller_and_the_rest_waits() -> None:
    with answering(taking(), refusing, taking()) as server:
        assert send(server, rows(6_000_000), [].append) == [True] * 4
    assert [request.keys for request in server.asked] == [["k1"], ["k2"], ["k2"], ["k3"], ["k4"]]
    with answering(refusing, refusing, taking()) as server:
        send(server, rows(2_000_000), [].append)
    assert [request.keys for request in server.asked] == [KEYS, ["k1", "k2"], ["k1"], ["k2"], ["k3"], ["k4"]]
    assert LEAST_BYTES < 2_000_000


def test_the_size_of_a_request_counts_bytes_not_letters() -> None:
    with answering(taking()) as server:
        send(server, [put(key, 1, {"text": "ế" * 1_000_000, "tags": ["ế" * 1_000_000]}) for key in KEYS], [].append)
    assert [request.keys for request in server.asked] == [["k1"], ["k2"], ["k3"], ["k4"]]


@pytest.mark.parametrize(
    ("status", "error"), [(503, SearchDown), (404, AliasGone), (400, SearchDamaged), (413, SearchDamaged)]
)
def test_another_refusal_of_a_row_ends_the_write_at_once(status: int, error: type[Exception]) -> None:
    pauses: list[float] = []
    with answering(taking(k2=status)) as server, pytest.raises(error) as raised:
        send(server, rows(), pauses.append)
    assert type(raised.value) is error
    assert (len(server.asked), pauses) == (1, [])
