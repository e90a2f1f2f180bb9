"""Search on an Elasticsearch server (8.x, 9.x); the only module that imports its client.

Indices are `<name>-documents-<n>` and `<name>-pages-<n>`; the aliases `<name>-documents` and `<name>-pages` name the
live ones, `...-next` those that a rebuild fills. Every write goes to both. Revisions are external versions, so that the
server refuses older ones; a removed document stays as a row without words, for the server itself forgets removals.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import elastic_transport
import elasticsearch
from elasticsearch import helpers

from indexer.asking import ask
from indexer.backend import (
    Check,
    Fetch,
    Found,
    RebuildReport,
    Revision,
    SearchDocument,
    SearchRequest,
    Status,
    Written,
)
from indexer.clauses import AnyOf, Range, both
from indexer.elastic_queries import Body, mappings, query, settings
from indexer.elastic_reader import ElasticReader
from indexer.errors import RebuildRunning, SearchDamaged, SearchDown, SearchError, SearchOutdated
from indexer.fields import columns, page_columns, schema_version
from indexer.plan import page_clause
from indexer.query import parse
from indexer.rows import Entry, batches, entry, removal

REQUEST_SECONDS = 30.0
REBUILD_BATCH = 100
REBUILD_ROUNDS = 20
REBUILD_PAUSE = 0.5  # seconds between rounds without `fetch`
REBUILD_SILENCE = 600.0  # seconds without a sign of life after which a rebuild counts as dead

_BULK_BYTES = 10_000_000
_WALK = 5_000
_DOWN = {401, 403, 408, 429, 500, 502, 503, 504}


class _AliasGone(SearchDown):
    """What was to be written has no index any more."""


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
        options: dict[str, Any] = {"request_timeout": REQUEST_SECONDS, "max_retries": 2, "retry_on_timeout": False}
        if api_key:
            options["api_key"] = api_key
        if ca_certs:
            options["ca_certs"] = str(ca_certs)
        self._client = elasticsearch.Elasticsearch(url, **options)
        self._documents = f"{name}-documents"
        self._pages = f"{name}-pages"
        self._layout = layout or settings()
        self._checked = False

    # --- Questions ---

    def find(self, request: SearchRequest) -> Found:
        """Answer a question."""
        with self._server():
            self._ensure()
            return ask(ElasticReader(self._search), request)

    def _search(self, body: Body) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._client.search(
            index=self._documents,
            body=body,
            search_type="dfs_query_then_fetch",
            allow_partial_search_results=False,
            # The same copy for every page of a walk: copies count removed rows differently, and scores with them.
            preference="hoso",
        ).body
        return answer

    def pages(self, ids: Sequence[int], text: str, limit_per_document: int = 3) -> dict[int, tuple[int, ...]]:
        """The best pages of each of these documents."""
        wanted = page_clause(parse(text))
        if wanted is None or not ids or limit_per_document < 1:
            return {}
        with self._server():
            self._ensure()
            current = {row["id"]: row["revision"] for row in self._rows(self._documents, ids)}
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
            self._ensure()
        yield from self._walk(self._documents, removed=0)

    def _walk(self, index: str, *, removed: int) -> Iterator[Revision]:
        after: list[int] | None = None
        while True:
            body: Body = {
                "query": {"term": {"removed": removed}},
                "size": _WALK,
                "sort": [{"id": "asc"}],
                "docvalue_fields": ["id", "revision"],
                "_source": False,
                "track_total_hits": False,
            }
            with self._server():
                step = body | ({"search_after": after} if after else {})
                hits = self._client.search(index=index, body=step)["hits"]["hits"]
            for hit in hits:
                yield int(hit["fields"]["id"][0]), int(hit["fields"]["revision"][0])
            if len(hits) < _WALK:
                return
            after = hits[-1]["sort"]

    def status(self) -> Status:
        """Documents and health of the cluster."""
        try:
            with self._server():
                self._ensure()
                health = str(self._client.cluster.health()["status"])
                count = int(self._client.count(index=self._documents, query={"term": {"removed": 0}})["count"])
        except SearchError as error:
            return Status("elasticsearch", 0, False, str(error))
        return Status("elasticsearch", count, health != "red", f"cluster {health}")

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
            self._ensure()
            written = self._put_into("", entries)
            if self._client.indices.exists_alias(name=f"{self._documents}-next"):
                try:
                    self._put_into("-next", entries)
                except _AliasGone:
                    # The rebuild ended between the two; what it took is live, what it lacks its check has seen.
                    return self._put_into("", entries)
        return written

    def _put_into(self, suffix: str, entries: Sequence[Entry]) -> Written:
        """Pages first, then documents; pages of a refused document are taken away again."""
        if not entries:
            return Written((), ())
        documents, pages = f"{self._documents}{suffix}", f"{self._pages}{suffix}"
        before = {row["id"]: row["last_page"] for row in self._rows(documents, [item.id for item in entries])}
        taken_pages = self._bulk(pages, self._page_actions(entries, before))
        results = self._bulk(documents, [_index(str(item.id), item.revision, item.row) for item in entries])
        taken = list(dict.fromkeys(item.id for item, ok in zip(entries, results, strict=True) if ok))
        refused = [item for item, ok in zip(entries, results, strict=True) if not ok]
        if refused and any(taken_pages):
            strays = [_delete(key, item.revision) for item in refused for key, _ in item.pages]
            self._bulk(pages, strays)
        self._client.indices.refresh(index=[documents, pages])
        return Written(tuple(taken), tuple(item.id for item in refused))

    def _page_actions(self, entries: Sequence[Entry], before: Mapping[int, int]) -> list[Body]:
        actions: list[Body] = []
        for item in entries:
            keys = {key for key, _ in item.pages}
            actions += [_index(key, item.revision, values) for key, values in item.pages]
            old = (f"{item.id}:{number}" for number in range(1, before.get(item.id, 0) + 1))
            actions += [_delete(key, item.revision) for key in old if key not in keys]
        return actions

    def _bulk(self, index: str, actions: Sequence[Body]) -> list[bool]:
        """Whether each action was taken; False is a newer version there. Anything else is an error."""
        taken: list[bool] = []
        for ok, result in helpers.streaming_bulk(
            self._client,
            [action | {"_index": index, "require_alias": True} for action in actions],
            max_chunk_bytes=_BULK_BYTES,
            raise_on_error=False,
        ):
            outcome = next(iter(result.values()))
            if not ok and outcome["status"] not in {404, 409}:
                raise SearchDamaged(str(outcome.get("error", outcome)))
            if outcome["status"] == 404 and "error" in outcome:
                raise _AliasGone(f"alias {index} is gone")
            taken.append(outcome["status"] != 409)
        return taken

    def _rows(self, index: str, ids: Sequence[int]) -> list[Mapping[str, Any]]:
        """What is kept of these documents, as last written (not as last refreshed)."""
        if not ids:
            return []
        answer = self._client.mget(index=index, ids=[str(id_) for id_ in dict.fromkeys(ids)])
        return [row["_source"] for row in answer["docs"] if row.get("found")]

    # --- Rebuilding ---

    def rebuild(
        self, documents: Iterable[SearchDocument], *, check: Check, fetch: Fetch | None = None
    ) -> RebuildReport:
        """Fill new indices beside the live ones and swap the aliases when they equal `check()`."""
        with self._server():
            self._ensure(any_schema=True)
            self._refuse_second()
            self._create(self._next_number(), "-next")
        swapped = False
        try:
            for batch in batches(documents, REBUILD_BATCH):
                with self._server():
                    self._put_into("-next", [entry(document) for document in batch])
                    self._beat()
            report = self._swap_when_equal(check, fetch)
            swapped = report.swapped
            return report
        finally:
            if not swapped:
                with self._server():
                    self._drop("-next")

    def _swap_when_equal(self, check: Check, fetch: Fetch | None) -> RebuildReport:
        missing: list[Revision] = []
        extra: list[Revision] = []
        beside = f"{self._documents}-next"
        for round_ in range(1, REBUILD_ROUNDS + 1):
            # First the index, then the database: what is only in the index was removed from the database.
            present = dict(self._walk(beside, removed=0))
            removals = dict(self._walk(self._documents, removed=1))
            wanted = dict(check())
            missing = sorted(wanted.items() - present.items())
            extra = sorted(present.items() - wanted.items())
            gone = removals | {id_: revision for id_, revision in extra if id_ not in wanted}
            with self._server():
                self._put_into("-next", [removal(i, r) for i, r in sorted(gone.items()) if i not in wanted])
                if not missing and all(id_ not in wanted for id_, _ in extra):
                    self._swap()
                    return RebuildReport(True, len(wanted), round_)
                self._beat()
            if fetch is not None:
                with self._server():
                    self._put_into("-next", [entry(document) for document in fetch([id_ for id_, _ in missing])])
            else:
                time.sleep(REBUILD_PAUSE)
        return RebuildReport(
            False, len(dict(self._walk(beside, removed=0))), REBUILD_ROUNDS, tuple(missing), tuple(extra)
        )

    def _swap(self) -> None:
        """One call: live aliases to the new indices, `next` aliases gone, old indices gone."""
        actions: list[Body] = []
        for alias in (self._documents, self._pages):
            new = self._behind(f"{alias}-next")
            actions += [{"remove_index": {"index": old}} for old in self._behind(alias)]
            actions += [{"remove": {"index": name, "alias": f"{alias}-next"}} for name in new]
            actions += [{"add": {"index": name, "alias": alias}} for name in new]
        self._client.indices.update_aliases(actions=actions)
        self._checked = False

    def clear(self) -> None:
        """Swap to empty indices."""
        with self._server():
            self._ensure(any_schema=True)
            self._drop("-next")
            self._create(self._next_number(), "-next")
            self._swap()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # --- Indices ---

    def _ensure(self, *, any_schema: bool = False) -> None:
        """Make the first indices where there are none; `SearchOutdated` where they have another declaration."""
        if self._checked:
            return
        if not self._client.indices.exists_alias(name=self._documents):
            self._create(1, "")
        if any_schema:
            return
        for name, found in self._client.indices.get_mapping(index=self._documents).items():
            version = found["mappings"].get("_meta", {}).get("schema")
            if version != schema_version():
                raise SearchOutdated(f"{name} has {version}, the program {schema_version()}")
        self._checked = True

    def _create(self, number: int, suffix: str) -> None:
        # The documents' alias comes last: who sees it sees the pages' too.
        for alias, declared in ((self._pages, page_columns()), (self._documents, columns())):
            made = mappings(declared)
            made["_meta"]["beat"] = time.time()
            try:
                self._client.indices.create(
                    index=f"{alias}-{number:06}",
                    mappings=made,
                    settings=self._layout,
                    aliases={f"{alias}{suffix}": {}},
                    wait_for_active_shards=1,
                )
            except elasticsearch.BadRequestError as error:
                # Another process made the first ones at the same moment.
                if error.error != "resource_already_exists_exception" or suffix:
                    raise

    def _drop(self, suffix: str) -> None:
        for alias in (self._documents, self._pages):
            for name in self._behind(f"{alias}{suffix}"):
                self._client.indices.delete(index=name, ignore_unavailable=True)

    def _behind(self, alias: str) -> list[str]:
        try:
            return sorted(self._client.indices.get_alias(name=alias))
        except elasticsearch.NotFoundError:
            return []

    def _next_number(self) -> int:
        names = self._client.indices.get(index=f"{self._documents}-*", allow_no_indices=True)
        numbers = [int(name.rsplit("-", 1)[1]) for name in names if name.rsplit("-", 1)[1].isdigit()]
        return max(numbers, default=0) + 1

    def _refuse_second(self) -> None:
        """`RebuildRunning` where another rebuild shows signs of life; what a dead one left is removed."""
        for name in self._behind(f"{self._documents}-next"):
            meta = self._client.indices.get_mapping(index=name)[name]["mappings"].get("_meta", {})
            if time.time() - float(meta.get("beat", 0)) < REBUILD_SILENCE:
                raise RebuildRunning(f"{name} is being filled")
        self._drop("-next")

    def _beat(self) -> None:
        """A sign of life of the running rebuild."""
        meta = {"schema": schema_version(), "beat": time.time()}
        self._client.indices.put_mapping(index=f"{self._documents}-next", meta=meta)

    @contextmanager
    def _server(self) -> Iterator[None]:
        """The client's errors as ours."""
        try:
            yield
        except elasticsearch.ApiError as error:
            self._checked = False
            down = error.meta.status in _DOWN or isinstance(error, elasticsearch.NotFoundError)
            raise (SearchDown if down else SearchDamaged)(f"{error.meta.status} {error.message}") from error
        except elastic_transport.TransportError as error:
            raise SearchDown(str(error)) from error


def _index(key: str, revision: int, values: Mapping[str, Any]) -> Body:
    version = {"_version": revision, "_version_type": "external_gte"}
    return {"_op_type": "index", "_id": key, "_source": dict(values), **version}


def _delete(key: str, revision: int) -> Body:
    return {"_op_type": "delete", "_id": key, "_version": revision, "_version_type": "external_gte"}
