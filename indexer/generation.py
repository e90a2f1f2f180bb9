"""One generation of the embedded index: a directory with the document index and the page index of one schema.

The caller holds the writer lock for everything that writes. Pages are committed before documents: a crash between the
two leaves the document at its old revision, and the job that was writing does it again.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import tantivy

from indexer import tantivy_schema
from indexer.backend import Revision, Written
from indexer.errors import SearchDown
from indexer.fields import Kind, schema_version
from indexer.older import Shape, shape_of
from indexer.rows import Entry

# Tantivy's minimum is 15 MB per thread; index jobs write few documents at a time.
WRITER_BYTES = 64_000_000


class Part:
    """One Tantivy index and its reader, reloaded when the index's meta file changed on disk."""

    def __init__(self, path: Path) -> None:
        self._meta = path / "meta.json"
        self.index = tantivy.Index.open(str(path))  # given a schema, it would make an empty index of a damaged one
        self.schema = self.index.schema
        self.index.config_reader("manual")
        self._seen: tuple[int, int, int] | None = None
        self._reading: tuple[tantivy.Searcher, dict[bytes, int]] | None = None

    @classmethod
    def create(cls, path: Path, schema: tantivy.Schema) -> None:
        """An empty index in a new directory."""
        path.mkdir(parents=True)
        tantivy.Index(schema, path=str(path))

    def columns(self) -> Mapping[str, Kind | None]:
        """Name and kind of the columns that it was made with."""
        declared = json.loads(self._meta.read_text(encoding="utf-8"))["schema"]
        return {column["name"]: tantivy_schema.kind_of(column) for column in declared}

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the last commit of any process."""
        return self.reading()[0]

    def reading(self) -> tuple[tantivy.Searcher, dict[bytes, int]]:
        """A searcher over the last commit of any process, and a place to keep what is counted in that commit."""
        stamp = stamp_of(self._meta)
        if stamp is None:
            raise SearchDown(f"{self._meta} is missing")
        reading = self._reading
        if reading is None or stamp != self._seen:
            self.index.reload()
            reading = self._reading = self.index.searcher(), {}
            self._seen = stamp
        return reading


class Generation:
    """A document index and a page index that belong together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        version = (path / "version").read_text(encoding="utf-8").strip()
        self.documents = Part(path / "documents")
        self.pages = Part(path / "pages")
        self.shape: Shape = shape_of(path.name, version, self.documents.columns(), self.pages.columns())

    @classmethod
    def create(cls, path: Path) -> "Generation":
        """An empty generation in a new directory."""
        path.mkdir(parents=True)
        try:
            Part.create(path / "documents", tantivy_schema.document_schema())
            Part.create(path / "pages", tantivy_schema.page_schema())
            write_pointer(path / "version", schema_version())
            return cls(path)
        except (OSError, ValueError):
            shutil.rmtree(path, ignore_errors=True)  # on a full disk every attempt would leave another half
            raise

    def put(self, entries: Sequence[Entry]) -> Written:
        """Write entries that are not older than what is here; durable when it returns."""
        known = self.known([item.id for item in entries])
        newest: dict[int, Entry] = {}
        refused: list[int] = []
        for item in entries:
            floor = newest[item.id].revision if item.id in newest else known.get(item.id, item.revision)
            if item.revision < floor:
                refused.append(item.id)
            else:
                newest[item.id] = item
        if newest:
            self._commit(list(newest.values()))
        return Written(tuple(newest), tuple(refused))

    def _commit(self, entries: Sequence[Entry]) -> None:
        writer = self.pages.index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for item in entries:
            writer.delete_documents_by_term("document", str(item.id))
            for key, values in item.pages:
                writer.add_document(tantivy_schema.row(key, values, self.shape.pages))
        writer.commit()
        writer.wait_merging_threads()
        writer = self.documents.index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for item in entries:
            writer.delete_documents_by_term(tantivy_schema.KEY, str(item.id))
            writer.add_document(tantivy_schema.row(str(item.id), item.row, self.shape.documents))
        writer.commit()
        writer.wait_merging_threads()

    def known(self, ids: Sequence[int]) -> dict[int, int]:
        """Revision per id that is here, removed ones too."""
        if not ids:
            return {}
        wanted = tantivy.Query.term_set_query(self.documents.schema, tantivy_schema.KEY, [str(id_) for id_ in set(ids)])
        return dict(self._pairs(wanted, len(set(ids))))

    def revisions(self) -> Iterator[Revision]:
        """(id, revision) of all documents that were not removed, by id."""
        yield from self._in_order(0)

    def tombstones(self) -> Iterator[Revision]:
        """(id, revision) of all removals, by id."""
        yield from self._in_order(1)

    def count(self) -> int:
        """Documents that were not removed; asks the pages too, so that damage in either part is seen."""
        none = tantivy.Query.term_query(self.pages.schema, tantivy_schema.KEY, "")
        self.pages.searcher().search(none, limit=1)
        wanted = tantivy.Query.term_query(self.documents.schema, "removed", 0, index_option="basic")
        return tantivy_schema.total(self.documents.searcher().search(wanted, limit=1))

    def _in_order(self, removed: int) -> Iterator[Revision]:
        wanted = tantivy.Query.term_query(self.documents.schema, "removed", removed, index_option="basic")
        return iter(self._pairs(wanted, self.documents.searcher().num_docs))

    def _pairs(self, wanted: tantivy.Query, limit: int) -> list[Revision]:
        searcher = self.documents.searcher()
        if limit == 0 or searcher.num_docs == 0:
            return []
        result = searcher.search(wanted, limit=limit, count=False, order_by_field="id", order=tantivy.Order.Asc)
        addresses = [address for _, address in result.hits]
        ids = [int(key) for key, _ in result.hits]
        revisions = tantivy_schema.integers(searcher, "revision", addresses)
        return list(zip(ids, revisions, strict=True))


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What tells one version of an atomically replaced file from another; None where it is missing."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def write_pointer(path: Path, name: str) -> None:
    """Replace a small file atomically and durably."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames in a directory durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
