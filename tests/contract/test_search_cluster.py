"""Three real Elasticsearch nodes, one of which is killed: searches and writes go on, and nothing is lost."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import SearchBackend, open_backend
from indexer.errors import SearchDown
from tests.contract.search_backends import SERVER, ask, document, ids
from tests.services.search_cluster import Cluster, running

BEFORE = 60  # documents
GOES_ON_WITHIN = 60.0  # seconds after the loss; the cluster takes some to choose another leader


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Three nodes of their own: the other server of the run stays whole."""
    if not os.environ.get(SERVER):
        pytest.skip(f"{SERVER} is not set: run through tests/services/up.py, which fetches Elasticsearch")
    with running(tmp_path) as nodes:
        yield nodes


class Writer(threading.Thread):
    """Writes one document after the other, each again until it was taken, as an index job does that is rung again."""

    def __init__(self, url: str, first: int) -> None:
        super().__init__(daemon=True)
        self._backend = open_backend(url, shards=3, replicas=1)
        self._next = first
        self._stopped = threading.Event()
        self.taken: list[int] = []
        self.refusals = 0

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._backend.write([document(self._next, "khẩu trang")])
            except SearchDown:
                self.refusals += 1
                time.sleep(0.2)
                continue
            self.taken.append(self._next)
            self._next += 1
        self._backend.close()

    def stop(self) -> None:
        self._stopped.set()
        self.join(GOES_ON_WITHIN)


def until_answered(backend: SearchBackend) -> int:
    """The total of a question, asked again while search does not answer."""
    deadline = time.monotonic() + GOES_ON_WITHIN
    while True:
        try:
            return ask(backend, "khẩu trang").total
        except SearchDown:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def until(condition: threading.Event, writer: Writer, more: int) -> None:
    """Wait until the writer took so many more documents."""
    wanted = len(writer.taken) + more
    deadline = time.monotonic() + GOES_ON_WITHIN
    while len(writer.taken) < wanted and time.monotonic() < deadline:
        condition.wait(0.1)
    assert len(writer.taken) >= wanted, f"{writer.refusals} refusals"


@pytest.mark.services
def test_the_loss_of_the_leading_node_stops_nothing_and_loses_nothing(cluster: Cluster) -> None:
    backend = open_backend(cluster.url, shards=3, replicas=1)
    backend.write([document(id_, "khẩu trang") for id_ in range(1, BEFORE + 1)])
    cluster.ask("_cluster/health?wait_for_status=green&timeout=60s")
    tick, writer = threading.Event(), Writer(cluster.url, BEFORE + 1)
    writer.start()
    until(tick, writer, 3)

    cluster.lose(cluster.master())
    assert until_answered(backend) >= BEFORE
    until(tick, writer, 10)
    writer.stop()

    whole = {*range(1, BEFORE + 1), *writer.taken}
    assert len(cluster.ask("_cat/nodes?format=json")) == 2
    assert until_answered(backend) >= len(whole)
    assert {id_ for id_, _ in backend.revisions()} >= whole
    assert backend.status().healthy
    fresh = open_backend(cluster.url)
    assert set(ids(ask(fresh, "khẩu trang", limit=len(whole) + 1))) >= whole
    rows = [(id_, 1) for id_ in sorted(whole)]
    assert fresh.rebuild([document(id_, "khẩu trang") for id_, _ in rows], check=lambda: rows).swapped
    assert list(backend.revisions()) == rows
    for each in (backend, fresh):
        each.close()
