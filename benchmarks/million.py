"""A million documents: indexing, asking, pages of results, and what was just read while a rebuild runs.

The bare engine gets what we compile: the same rows already cut, and for each question the same searches one after the
other, without our code around them. Turns are taken question by question, so that a busy moment hits both.

`python -m benchmarks million --documents 1000000 --folder DIR` builds the index in the folder, or takes it from there
(without a number: as many documents as it holds); `--parts find` (of indexing, find, page, fresh) measures that alone.
With HOSO_TEST_SEARCH_URL (`tests/services/up.py`) the engine is that Elasticsearch.
"""

import math
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as from_
from pathlib import Path

import tantivy

from benchmarks.material import ARTICLES, MaterialMissing, articles
from benchmarks.measuring import Row, Table, Watch, percentile, rate
from benchmarks.million_asking import ask_in_turns
from benchmarks.million_documents import Collection
from benchmarks.million_pages import pages_of_results
from indexer import SearchBackend, SearchDocument, SearchRequest, open_backend, tantivy_schema
from indexer.backend import Allowed
from indexer.fields import columns, page_columns
from indexer.rows import Entry, entry

PARTS = ("indexing", "find", "page", "fresh")
QUICK, USUAL, PAIRS = 2_000, 20_000, 3
FRESH = 60  # documents read while a rebuild runs
HEAP = 64_000_000


@dataclass(slots=True)
class Growth:
    """Seconds of wall clock and of processor, and megabytes, at each tenth of a build."""

    marks: list[tuple[int, float, float, int]] = field(default_factory=list)

    def mark(self, documents: int, begun: tuple[float, float]) -> None:
        """Note where the build is."""
        wall, busy = time.perf_counter() - begun[0], time.process_time() - begun[1]
        self.marks.append((documents, wall, busy, _megabytes()))

    def told(self) -> Iterator[str]:
        """The exponents and the memory, in words."""
        if len(self.marks) < 2:
            return
        (few, wall, busy, small), (many, longer, busier, large) = self.marks[0], self.marks[-1]
        steps = math.log(many / few)
        yield (
            f"- From {few:,} to {many:,} documents the time grows with exponent {math.log(longer / wall) / steps:.2f} "
            f"({wall:.0f} to {longer:.0f} s), that of the processor with {math.log(busier / busy) / steps:.2f}; memory "
            f"{small} to {large} MB."
        )


def bench(*, quick: bool, documents: int | None = None, folder: Path | None = None, parts: str = "") -> Table:
    """What was asked for of a collection of this size."""
    try:
        collection = Collection(articles(ARTICLES))
    except MaterialMissing as missing:
        return Table("Million", skipped=str(missing))
    wanted = [part for part in PARTS if part in parts.split(",")] or list(PARTS)
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as made:
        root = folder or Path(made) / "index"
        url = os.environ.get("HOSO_TEST_SEARCH_URL")
        backend = open_backend(url or root, name=f"bench-{documents or 0}")
        count = documents or (backend.status().documents if folder else 0) or (QUICK if quick else USUAL)
        table = Table("Million", baseline=f"the same compiled requests and rows sent bare; {count:,} documents.")
        _built(table, backend, collection, count)
        work: Mapping[str, Callable[[], None]] = {
            "indexing": lambda: _indexing(table, collection, Path(made), url, quick=quick),
            "find": lambda: ask_in_turns(table, backend, collection, count, quick=quick),
            "page": lambda: pages_of_results(table, collection, count, root, Path(made) / "home", quick=quick),
            "fresh": lambda: _fresh(table, collection, Path(made) / "fresh", quick=quick),
        }
        for part in wanted:
            if url is None or part in ("indexing", "find"):
                work[part]()
        backend.close()
    return table


def _built(table: Table, backend: SearchBackend, collection: Collection, count: int) -> None:
    """The index of so many documents, through the product's own rebuild; one that is there already is taken."""
    if backend.find(SearchRequest(allowed=Allowed.everything(), limit=0)).total == count:
        return
    growth = Growth()
    begun = time.perf_counter(), time.process_time()

    def marked() -> Iterator[SearchDocument]:
        for document in collection.documents(count):
            yield document
            if document.id % max(1, count // 10) == 0:
                growth.mark(document.id, begun)

    report = backend.rebuild(marked(), check=lambda: [(id_, 1) for id_ in range(1, count + 1)])
    if not report.swapped:
        raise RuntimeError(f"not built: {len(report.missing)} missing, {len(report.extra)} too many")
    wall = time.perf_counter() - begun[0]
    table.remarks.append(f"- Built in {wall:.0f} s, {count / wall:,.0f} documents/s with their making.")
    table.remarks += growth.told()


def _indexing(table: Table, collection: Collection, folder: Path, url: str | None, *, quick: bool) -> None:
    """Rebuilds against the same rows, cut beforehand, sent bare; each in turn."""
    size = 500 if quick else 10_000
    ours, bare = Watch(), Watch()
    for turn in range(PAIRS):
        given = list(collection.documents(size, first=1 + turn * size))
        rows = [entry(document) for document in given]
        wanted = [(document.id, 1) for document in given]
        with ours.turn(size):
            backend = open_backend(url or folder / f"ours-{turn}", name=f"bench-turn-{turn}")
            backend.rebuild(given, check=lambda wanted=wanted: wanted)
        backend.close()
        with bare.turn(size):
            (_bare_server if url else _bare_directory)(rows, url or str(folder / f"bare-{turn}"))
    table.rows.append(rate("indexing by a rebuild", ours, bare, unit="documents/s", per=1.0))
    if url is None:
        plain = Watch()
        for turn in range(PAIRS):
            given = list(collection.documents(size, first=1 + turn * size))
            with plain.turn(size):
                _plain_directory(given, folder / f"plain-{turn}")
        table.rows.append(rate("indexing, against the engine's own words", ours, plain, unit="documents/s", per=1.0))


def _bare_directory(rows: Sequence[Entry], folder: str) -> None:
    kinds = {"documents": columns(), "pages": page_columns()}
    writers = {}
    for name, schema in (("documents", tantivy_schema.document_schema()), ("pages", tantivy_schema.page_schema())):
        (path := Path(folder) / name).mkdir(parents=True)
        writers[name] = tantivy.Index(schema, path=str(path)).writer(heap_size=HEAP, num_threads=1)
    for item in rows:
        writers["documents"].add_document(tantivy_schema.row(str(item.id), item.row, kinds["documents"]))
        for key, values in item.pages:
            writers["pages"].add_document(tantivy_schema.row(key, values, kinds["pages"]))
    for writer in writers.values():
        writer.commit()
        writer.wait_merging_threads()


def _plain_directory(given: Sequence[SearchDocument], folder: Path) -> None:
    """Title, number and text under the engine's own tokenizer, once: no second form, no pages, no facets."""
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    for name in ("title", "number", "body"):
        builder.add_text_field(name)
    writer = tantivy.Index(builder.build(), path=str(folder)).writer(heap_size=HEAP, num_threads=1)
    for one in given:
        body = "\n".join(page.text for page in one.pages)
        writer.add_document(tantivy.Document(title=one.title, number=one.number_text, body=body))
    writer.commit()
    writer.wait_merging_threads()


def _bare_server(rows: Sequence[Entry], url: str) -> None:
    """The same rows by the client's own bulk helper into indices of the same mapping."""
    from elasticsearch import Elasticsearch, helpers

    from indexer.elastic_queries import mappings, settings

    client = Elasticsearch(url)
    kinds = {"hoso-bench-bare-documents": columns(), "hoso-bench-bare-pages": page_columns()}
    for name, declared in kinds.items():
        client.indices.delete(index=name, ignore_unavailable=True)
        client.indices.create(index=name, mappings=mappings(declared), settings=settings())
    documents, pages = kinds
    actions = [{"_index": documents, "_id": str(item.id), "_source": item.row} for item in rows]
    actions += [{"_index": pages, "_id": key, "_source": values} for item in rows for key, values in item.pages]
    helpers.bulk(client, actions, chunk_size=500, request_timeout=120)
    client.indices.refresh(index=",".join(kinds))
    for name in kinds:
        client.indices.delete(index=name)


def _fresh(table: Table, collection: Collection, folder: Path, *, quick: bool) -> None:
    """From the moment a document is handed to the index to the answer that holds it, while a rebuild runs beside."""
    size = 1_000 if quick else 20_000
    backend = open_backend(folder)
    backend.rebuild(collection.documents(size), check=lambda: [(id_, 1) for id_ in range(1, size + 1)])
    other = open_backend(folder)
    still, ended = threading.Event(), threading.Event()
    quiet, busy = [_until_found(backend, collection, size + n) for n in range(1, FRESH + 1)], []

    def rebuilding() -> Iterator[SearchDocument]:
        for id_ in from_(10 * size):  # others than those that are read, and no end before the last of them
            if still.is_set():
                return
            yield collection.document(id_)

    def rebuild() -> None:
        other.rebuild(rebuilding(), check=lambda: [(0, 0)])
        ended.set()

    thread = threading.Thread(target=rebuild, daemon=True)
    thread.start()
    for n in range(1, FRESH + 1):
        busy.append(_until_found(backend, collection, size + FRESH + n))
    still.set()
    ended.wait(120)
    seconds = percentile(busy, 95), percentile(quiet, 95)
    table.rows.append(
        Row(
            "read to searchable, p95, against no rebuild",
            FRESH,
            sum(busy),
            f"{seconds[0] * 1000:,.0f} ms",
            f"{seconds[1] * 1000:,.0f} ms",
            seconds[0] / seconds[1],
        )
    )


def _until_found(backend: SearchBackend, collection: Collection, id_: int) -> float:
    document = replace(collection.document(id_), title=f"mới đọc {id_}")
    begun = time.perf_counter()
    backend.write([document])
    while not backend.find(SearchRequest(text=f'"mới đọc {id_}"', allowed=Allowed.everything())).total:
        time.sleep(0.01)
    return time.perf_counter() - begun


def _megabytes() -> int:
    """Of the process itself: the files of an index that it has mapped are the system's to keep or drop."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) // 1_000
