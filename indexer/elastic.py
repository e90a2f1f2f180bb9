"""Search on an Elasticsearch server (8.x, 9.x).

`elastic_client` speaks with it, `elastic_indices` keeps the indices and aliases, `elastic_writing` writes. Every write
goes to the live indices and to those that a rebuild fills. Revisions are external versions, so that the server refuses
older ones; a removed document stays as a row without words, for the server itself forgets removals. Live indices of
another version answer and take rows as `older` says.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from indexer.asking import Reader, ask, count
from indexer.backend import (
    Bucket,
    Check,
    Fetch,
    Found,
    RebuildReport,
    Revision,
    SearchDocument,
    SearchRequest,
    Status,
    Suggested,
    Typed,
    Written,
)
from indexer.clauses import AnyOf, Range, both
from indexer.cutting import entries
from indexer.elastic_client import connect, failure, speaking
from indexer.elastic_indices import NEXT, Indices
from indexer.elastic_queries import Body, query, settings
from indexer.elastic_reader import ElasticReader
from indexer.elastic_walking import PREFERENCE, point_in_time, revisions
from indexer.elastic_writing import AliasGone, RowWriter
from indexer.errors import SearchDown, SearchError, SearchOutdated
from indexer.faceting import every_value
from indexer.older import Shape
from indexer.plan import page_clause
from indexer.query import parse
from indexer.rows import Entry, batches, entry, removal
from indexer.suggesting import suggest

REBUILD_BATCH = 500
REBUILD_BEAT = 10.0  # seconds between signs of life
REBUILD_ROUNDS = 20
REBUILD_PAUSE = 0.5  # seconds between rounds without `fetch`


class ElasticBackend:
    """`SearchBackend` on a server. Writers need no turn: the server compares versions."""

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        ca_certs: Path | None = None,
        name: str = "hoso",
        layout: Body | None = None,
    ) -> None:
        self._client = connect(url, api_key=api_key, ca_certs=ca_certs)
        self._indices = Indices(self._client, name, layout or settings())
        self._documents = self._indices.documents
        self._pages = self._indices.pages
        self._rows = RowWriter(self._client, self._documents, self._pages)

    # --- Questions ---

    def find(self, request: SearchRequest) -> Found:
        """Answer a question."""
        with self._server():
            shape = self._indices.shape()
            return shape.told(ask(self._reader(shape), request))

    def count(self, requests: Sequence[SearchRequest]) -> tuple[int, ...]:
        """Totals alone."""
        with self._server():
            return count(self._reader(self._indices.shape()), requests)

    def every_value(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...] | None:
        """All values of a facet."""
        with self._server():
            return every_value(self._reader(self._indices.shape()), request, facet)

    def suggest(self, typed: Typed) -> Suggested:
        """Beginnings of words."""
        with self._server():
            return suggest(self._reader(self._indices.shape()), typed)

    def _reader(self, shape: Shape) -> Reader:
        return shape.reader(
            ElasticReader(self._search, self._searches, lambda: point_in_time(self._client, self._documents))
        )

    def _search(self, body: Body) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._client.search(
            index=self._documents,
            body=body,
            search_type="dfs_query_then_fetch",
            allow_partial_search_results=False,
            preference=PREFERENCE,
        ).body
        return answer

    def _searches(self, bodies: Sequence[Body]) -> Sequence[Mapping[str, Any]]:
        asked = {"allow_partial_search_results": False, "preference": PREFERENCE}
        parts = [part for body in bodies for part in (asked, body)]
        answers: Sequence[Mapping[str, Any]] = self._client.msearch(index=self._documents, searches=parts)["responses"]
        for answer in answers:
            if "error" in answer:
                raise failure(int(answer["status"]), str(answer["error"]))
        return answers

    def pages(
        self, ids: Sequence[int], text: str, limit_per_document: int = 3, *, every: bool = False
    ) -> dict[int, tuple[int, ...]]:
        """The best pages of each of these documents."""
        wanted = page_clause(parse(text), every=every)
        if wanted is None or not ids or limit_per_document < 1:
            return {}
        with self._server():
            if not self._indices.shape().has_pages:
                return {}
            current = {row["id"]: row["revision"] for row in self._rows.rows(self._documents, ids)}
            known = [id_ for id_ in ids if id_ in current]
            searches: list[Body] = []
            for id_ in known:
                own = both(AnyOf("document", (str(id_),)), Range("revision", current[id_], None))
                searches.append({"search_type": "dfs_query_then_fetch"})
                searches.append(
                    {
                        "query": {"bool": {"filter": [query(own)], "must": [query(wanted)]}},
                        "size": limit_per_document,
                        "sort": [{"_score": "desc"}, {"number": "asc"}],
                        "docvalue_fields": ["number"],
                        "_source": False,
                    }
                )
            answers = self._client.msearch(index=self._pages, searches=searches)["responses"] if known else []
        found: dict[int, tuple[int, ...]] = {}
        for id_, answer in zip(known, answers, strict=True):
            if "error" in answer:
                raise SearchDown(str(answer["error"]))
            if answer["hits"]["hits"]:
                found[id_] = tuple(int(hit["fields"]["number"][0]) for hit in answer["hits"]["hits"])
        return found

    def revisions(self) -> Iterator[Revision]:
        """All (id, revision), by id."""
        with self._server():
            self._indices.shape()
        yield from self._walk(self._documents, removed=0)

    def _walk(self, index: str, *, removed: int) -> Iterator[Revision]:
        with self._server():
            yield from revisions(self._client, index, removed=removed)

    def status(self) -> Status:
        """Documents and health of the cluster."""
        try:
            with self._server():
                shape = self._indices.shape()
                health = str(self._client.cluster.health(index=[self._documents, self._pages])["status"])
                count = int(self._client.count(index=self._documents, query={"term": {"removed": 0}})["count"])
                beside = self._indices.filled_beside()
        except SearchError as error:
            return Status("elasticsearch", 0, False, str(error), outdated=isinstance(error, SearchOutdated))
        told = f"health {health}"
        return Status("elasticsearch", count, health != "red", told, outdated=not shape.is_current, beside=beside)

    # --- Writing ---

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[None]:  # noqa: ARG002
        """Nothing to wait for."""
        yield

    def write(self, documents: Sequence[SearchDocument]) -> Written:
        """Write documents; visible when it returns."""
        return self._put([entry(document) for document in documents])

    def remove(self, rows: Sequence[Revision]) -> Written:
        """Remove documents, keeping the revision of the removal."""
        return self._put([removal(id_, revision) for id_, revision in rows])

    def _put(self, entries: Sequence[Entry]) -> Written:
        if not entries:
            return Written((), ())
        with self._server():
            shape = self._indices.shape()
            written = self._rows.write("", shape.fitting(entries))
            if self._indices.rebuilding():
                try:
                    self._rows.write(NEXT, entries)
                except AliasGone:
                    # The rebuild ended between the two; what it took is live, what it lacks its check has seen.
                    return self._rows.write("", entries)
            if not shape.is_current and self._indices.shape().is_current:
                return self._rows.write("", entries)  # swapped meanwhile: the rows may lack columns there
        return written

    # --- Rebuilding ---

    def rebuild(
        self, documents: Iterable[SearchDocument], *, check: Check, fetch: Fetch | None = None
    ) -> RebuildReport:
        """Fill new indices beside the live ones and swap the aliases when they equal `check()`."""
        with self._server():
            self._indices.ensure()
            self._indices.refuse_second()
            self._indices.begin_next()
        swapped, beaten = False, time.monotonic()
        try:
            with closing(entries(documents)) as cut:
                for batch in batches(cut, REBUILD_BATCH):
                    with self._server():
                        self._rows.write(NEXT, batch, shown=False)
                        if time.monotonic() - beaten > REBUILD_BEAT:
                            self._indices.beat()
                            beaten = time.monotonic()
            with self._server():
                self._rows.show(NEXT)
            report = self._swap_when_equal(check, fetch)
            swapped = report.swapped
            return report
        finally:
            if not swapped:
                with self._server():
                    self._indices.drop_next()

    def _swap_when_equal(self, check: Check, fetch: Fetch | None) -> RebuildReport:
        missing: list[Revision] = []
        extra: list[Revision] = []
        beside = f"{self._documents}{NEXT}"
        for round_ in range(1, REBUILD_ROUNDS + 1):
            # First the index, then the database: what is only in the index was removed from the database.
            present = dict(self._walk(beside, removed=0))
            removals = dict(self._walk(self._documents, removed=1))
            wanted = dict(check())
            missing = sorted(wanted.items() - present.items())
            extra = sorted(present.items() - wanted.items())
            gone = removals | {id_: revision for id_, revision in extra if id_ not in wanted}
            with self._server():
                self._rows.write(NEXT, [removal(i, r) for i, r in sorted(gone.items()) if i not in wanted])
                if not missing and all(id_ not in wanted for id_, _ in extra):
                    self._indices.swap()
                    return RebuildReport(True, len(wanted), round_)
                self._indices.beat()
            if fetch is not None:
                with self._server():
                    self._rows.write(NEXT, [entry(document) for document in fetch([id_ for id_, _ in missing])])
            else:
                time.sleep(REBUILD_PAUSE)
        return RebuildReport(
            False, len(dict(self._walk(beside, removed=0))), REBUILD_ROUNDS, tuple(missing), tuple(extra)
        )

    def clear(self) -> None:
        """Swap to empty indices."""
        with self._server():
            self._indices.ensure()
            self._indices.drop_next()
            self._indices.begin_next()
            self._indices.swap()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _server(self) -> Iterator[None]:
        """The client's errors as ours; after one the indices are looked at again."""
        try:
            with speaking():
                yield
        except SearchError:
            self._indices.forget()
            raise
