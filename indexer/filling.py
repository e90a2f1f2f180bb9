"""Filling a new generation of the embedded index from the beginning, by one process that keeps its writers open.

Tantivy takes rows in a thread of its own while the next ones are cut, and merges behind. What other processes write
meanwhile they note in a file of the generation, under the turn to write; who fills takes it in before the swap.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tantivy

from indexer import tantivy_schema
from indexer.generation import Generation
from indexer.rows import Entry, batches

# Larger segments at first mean fewer merges. Memory of the process stays at about three times this.
FILLING_BYTES = 128_000_000

# Seconds between commits: how far a rebuild has come is seen by what it committed; each is a pause of a second or two.
COMMIT_EVERY = 20.0

TAKEN_AT_ONCE = 500  # noted entries


class Filling:
    """Documents are added to an empty generation in the order of their ids; it is whole when `finish` returns."""

    def __init__(self, beside: Generation) -> None:
        self._beside = beside
        self._writers = [
            beside.pages.index.writer(heap_size=FILLING_BYTES // 2, num_threads=1),
            beside.documents.index.writer(heap_size=FILLING_BYTES, num_threads=1),
        ]
        self._last = 0
        self._committed = time.monotonic()
        self._again: list[Entry] = []

    def add(self, item: Entry) -> None:
        """Take a document; one that was there already is written again at the end, unless it is older."""
        if item.id <= self._last:
            self._again.append(item)
            return
        self._last = item.id
        pages, documents = self._writers
        for key, values in item.pages:
            pages.add_document(tantivy_schema.row(key, values, self._beside.shape.pages))
        documents.add_document(tantivy_schema.row(str(item.id), item.row, self._beside.shape.documents))
        if time.monotonic() - self._committed > COMMIT_EVERY:
            self._commit()

    def _commit(self) -> None:
        """Both at once, which is half the pause: nobody asks this generation before it is whole."""
        with ThreadPoolExecutor(len(self._writers)) as threads:
            list(threads.map(tantivy.IndexWriter.commit, self._writers))
        self._committed = time.monotonic()

    def finish(self) -> None:
        """Commit, wait for what is merged behind, write those that came twice."""
        self._commit()
        for writer in self._writers:
            writer.wait_merging_threads()
        self.close()
        if self._again:
            self._beside.put(self._again)

    def close(self) -> None:
        """Let go of the writers; what was not committed is lost."""
        self._writers.clear()


class Notes:
    """What was written while a generation was filled: one line for each entry, in the order of writing."""

    def __init__(self, generation: Path) -> None:
        self._path = generation / "meanwhile"
        self._taken = 0

    def add(self, entries: Sequence[Entry]) -> None:
        """Note entries. Under the turn to write."""
        lines = "\n".join(_line(item) for item in entries)
        with self._path.open("a", encoding="utf-8") as file:
            # The line before may have lost its end with its writer, whose job then does that document again.
            file.write(f"\n{lines}\n")
            file.flush()
            os.fsync(file.fileno())

    def take(self, beside: Generation) -> None:
        """Write what was noted since the last time into the generation."""
        for part in batches(self._new(), TAKEN_AT_ONCE):
            beside.put(part)

    def _new(self) -> Iterator[Entry]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._taken)
            for line in file:
                if not line.endswith(b"\n"):  # somebody is writing it
                    return
                self._taken += len(line)
                item = _entry(line)
                if item is not None:
                    yield item


def _line(item: Entry) -> str:
    return json.dumps([item.id, item.revision, item.row, item.pages], ensure_ascii=False)


def _entry(line: bytes) -> Entry | None:
    """The entry of a line; None for a line without its end, or an empty one."""
    try:
        id_, revision, row, pages = json.loads(line)
    except ValueError:
        return None
    return Entry(id_, revision, row, tuple((key, values) for key, values in pages))
