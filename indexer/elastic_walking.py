"""Walking over many rows of Elasticsearch as they were at one moment: a point in time, closed whatever happens."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from indexer.backend import Revision
from indexer.elastic_client import Client, speaking
from indexer.elastic_queries import Body
from indexer.errors import SearchError

KEEP_ALIVE = "5m"  # between two steps; the server then closes a point in time that nobody asked or closed
STEP = 5_000  # rows

# The same copy for every page of a walk: copies count removed rows differently, and scores with them.
PREFERENCE = "hoso"

# Takes a search body, gives the answer; raises our errors.
Search = Callable[[Body], Mapping[str, Any]]


@contextmanager
def point_in_time(client: Client, index: str) -> Iterator[Search]:
    """Searches in this block see the index as it is now. Raises `SearchDown` where a search comes too late."""
    with speaking():
        opened = client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE, preference=PREFERENCE)
    last = str(opened["id"])

    def search(body: Body) -> Mapping[str, Any]:
        nonlocal last
        with speaking():
            answer: Mapping[str, Any] = client.search(
                body=body | {"pit": {"id": last, "keep_alive": KEEP_ALIVE}}, search_type="dfs_query_then_fetch"
            ).body
        last = str(answer["pit_id"])
        return answer

    try:
        yield search
    finally:
        # What happened in the block counts; a server that does not answer now closes it by itself.
        with suppress(SearchError), speaking():
            client.close_point_in_time(id=last)


def revisions(client: Client, index: str, *, removed: int) -> Iterator[Revision]:
    """All (id, revision) by id, of the rows that are removed (1) or are not (0)."""
    body: Body = {
        "query": {"term": {"removed": removed}},
        "size": STEP,
        "sort": [{"id": "asc"}],
        "docvalue_fields": ["id", "revision"],
        "_source": False,
        "track_total_hits": False,
    }
    with point_in_time(client, index) as search:
        while True:
            hits = search(body)["hits"]["hits"]
            for hit in hits:
                yield int(hit["fields"]["id"][0]), int(hit["fields"]["revision"][0])
            if len(hits) < STEP:
                return
            body["search_after"] = hits[-1]["sort"]
