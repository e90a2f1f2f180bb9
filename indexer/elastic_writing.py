"""Writing to Elasticsearch: one way in, that gives way when the server has too much to do.

A server refuses with 429 what it cannot take now: a whole request or single rows. What was refused, and only that, is
sent again after a pause, in smaller requests; pauses grow, vary and end. Revisions are external versions
(`external_gte`), so that rows may arrive in any order and twice.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.backend import Written
from indexer.elastic_client import Client, Refusal, failure
from indexer.elastic_queries import Body
from indexer.errors import SearchDown
from indexer.fields import Values
from indexer.rows import Entry

MOST_BYTES = 10_000_000  # of one request
LEAST_BYTES = 250_000  # of one request to a server that refuses; a single row may be larger
MOST_ROWS = 500  # of one request

FIRST_PAUSE = 0.5  # seconds
LONGEST_PAUSE = 15.0  # seconds
PATIENCE = 60.0  # seconds of pauses in one write; then the job fails and is rung again later

_TOO_MUCH = 429
_NEWER_THERE = 409


class AliasGone(SearchDown):
    """What was to be written has no index any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a bulk request: what to do, with what, and roughly how many bytes that is."""

    head: Body
    body: Mapping[str, Any] | None
    size: int


def put(key: str, revision: int, values: Mapping[str, Values]) -> Row:
    """Write a row unless a newer revision is there."""
    return Row({"index": _meta(key, revision)}, values, sum(_size(value) for value in values.values()))


def delete(key: str, revision: int) -> Row:
    """Take a row away unless a newer revision is there."""
    return Row({"delete": _meta(key, revision)}, None, 100)


def _size(value: Values) -> int:
    if isinstance(value, int):
        return 24
    return len(value.encode()) if isinstance(value, str) else sum(len(part.encode()) + 3 for part in value)


def _meta(key: str, revision: int) -> Body:
    return {"_id": key, "version": revision, "version_type": "external_gte"}


class BulkWriter:
    """Sends rows; remembers for its lifetime how much the server takes at once.

    `pause` waits a number of seconds; another may be given to see how long.
    """

    def __init__(self, client: Client, *, pause: Callable[[float], None] = time.sleep) -> None:
        # The client would send a refused request again as it is, at once.
        self._client = client.options(max_retries=0)
        self._pause = pause
        self._bytes = MOST_BYTES

    def send(self, index: str, rows: Sequence[Row]) -> list[bool]:
        """Whether each row was taken, in their order; False is a newer version there.

        Raises `SearchDown` where the server refuses for longer than `PATIENCE`, `SearchDamaged` for a row that it
        can never take.
        """
        taken: dict[int, bool] = {}
        waited, refusals = 0.0, 0
        waiting = list(enumerate(rows))
        while waiting:
            refused: list[tuple[int, Row]] = []
            for request in _requests(waiting, self._bytes):
                # After the first refusal the rest waits too: sending on is what the server cannot bear.
                refused += request if refused else self._send(index, request, taken)
            if not refused:
                self._bytes = min(MOST_BYTES, self._bytes * 2)
                break
            self._bytes = max(LEAST_BYTES, self._bytes // 2)
            refusals = refusals + 1 if len(refused) == len(waiting) else 1
            seconds = _seconds(refusals)
            if waited + seconds > PATIENCE:
                raise failure(_TOO_MUCH, f"{index} takes no more: {len(refused)} of {len(rows)} rows wait")
            self._pause(seconds)
            waited += seconds
            waiting = refused
        return [taken[place] for place in range(len(rows))]

    def _send(self, index: str, request: Sequence[tuple[int, Row]], taken: dict[int, bool]) -> list[tuple[int, Row]]:
        """Send one request, note what became of its rows; returns those that were refused."""
        lines: list[Mapping[str, Any]] = []
        for _, row in request:
            lines.append(row.head)
            if row.body is not None:
                lines.append(row.body)
        try:
            answer = self._client.bulk(index=index, operations=lines, require_alias=True)
        except Refusal as refusal:
            if refusal.meta.status == _TOO_MUCH:
                return list(request)
            raise
        refused: list[tuple[int, Row]] = []
        for (place, row), result in zip(request, answer["items"], strict=True):
            outcome = next(iter(result.values()))
            status = outcome["status"]
            if status == _TOO_MUCH:
                refused.append((place, row))
                continue
            if status == 404 and "error" in outcome:
                raise AliasGone(f"alias {index} is gone")
            if "error" in outcome and status != _NEWER_THERE:
                raise failure(status, str(outcome["error"]))
            taken[place] = status != _NEWER_THERE
        return refused


def _seconds(refusals: int) -> float:
    """Growing, bounded and varied: writers that were refused together do not come back together."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (refusals - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - a pause, not a secret


def _requests(rows: Sequence[tuple[int, Row]], most_bytes: int) -> Iterator[list[tuple[int, Row]]]:
    request: list[tuple[int, Row]] = []
    size = 0
    for place, row in rows:
        if request and (size + row.size > most_bytes or len(request) == MOST_ROWS):
            yield request
            request, size = [], 0
        request.append((place, row))
        size += row.size
    if request:
        yield request


class RowWriter:
    """Documents and their pages into a pair of indices."""

    def __init__(self, client: Client, documents: str, pages: str) -> None:
        self._client = client
        self._documents = documents
        self._pages = pages
        self._bulk = BulkWriter(client)

    def write(self, suffix: str, entries: Sequence[Entry], *, shown: bool = True) -> Written:
        """Pages first, then documents; pages of a refused document are taken away again. Visible when it returns, or
        after `show` where many batches follow each other."""
        if not entries:
            return Written((), ())
        documents, pages = f"{self._documents}{suffix}", f"{self._pages}{suffix}"
        before = {row["id"]: row["last_page"] for row in self.rows(documents, [item.id for item in entries])}
        taken_pages = self._bulk.send(pages, _page_rows(entries, before))
        results = self._bulk.send(documents, [put(str(item.id), item.revision, item.row) for item in entries])
        taken = list(dict.fromkeys(item.id for item, ok in zip(entries, results, strict=True) if ok))
        refused = [item for item, ok in zip(entries, results, strict=True) if not ok]
        if refused and any(taken_pages):
            self._bulk.send(pages, [delete(key, item.revision) for item in refused for key, _ in item.pages])
        if shown:
            self.show(suffix)
        return Written(tuple(taken), tuple(item.id for item in refused))

    def show(self, suffix: str) -> None:
        """Let searches see what was written."""
        self._client.indices.refresh(index=[f"{self._documents}{suffix}", f"{self._pages}{suffix}"])

    def rows(self, index: str, ids: Sequence[int]) -> list[Mapping[str, Any]]:
        """What is kept of these documents, as last written (not as last refreshed)."""
        if not ids:
            return []
        answer = self._client.mget(index=index, ids=[str(id_) for id_ in dict.fromkeys(ids)])
        return [row["_source"] for row in answer["docs"] if row.get("found")]


def _page_rows(entries: Sequence[Entry], before: Mapping[int, int]) -> list[Row]:
    rows: list[Row] = []
    for item in entries:
        keys = {key for key, _ in item.pages}
        rows += [put(key, item.revision, values) for key, values in item.pages]
        old = (f"{item.id}:{number}" for number in range(1, before.get(item.id, 0) + 1))
        rows += [delete(key, item.revision) for key in old if key not in keys]
    return rows
