"""Questions to the million documents: `find()` against the same compiled requests without our code around them."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.measuring import Table, latencies, percentile
from benchmarks.million_documents import ALLOWED, Collection
from indexer import SearchBackend, SearchRequest
from indexer.asking import ask
from indexer.elastic import ElasticBackend
from indexer.embedded import EmbeddedBackend
from indexer.folding import fold
from indexer.tantivy_reader import TantivyReader

SEED = 2026
QUESTIONS = 180
Replay = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its kind."""

    kind: str
    request: SearchRequest


def questions(collection: Collection, documents: int, count: int) -> list[Question]:
    """Words out of the documents: with accents and without, phrases, numbers, persons, sentences; one in four under a
    filter. Always the same."""
    chooser = random.Random(SEED)
    made: list[Question] = []
    while len(made) < count:
        document = collection.document(chooser.randint(1, documents))
        words = [word.strip('.,;:()"“”') for word in f"{document.title} {document.pages[0].text}".split()]
        start = chooser.randrange(max(1, len(words) - 12))
        some = " ".join(words[start : start + chooser.randint(1, 4)])
        kinds = {
            "with accents": some,
            "without accents": fold(some),
            "phrases": f'"{some}"',
            "numbers": document.number_text,
            "persons": document.persons[0][1],
            "sentences": " ".join(words[start : start + 12]),
        }
        kind = list(kinds)[len(made) % len(kinds)]
        filters = {"type": (document.type,)} if len(made) % 4 == 3 else {}
        if kinds[kind].strip('" '):
            made.append(Question(kind, SearchRequest(text=kinds[kind], allowed=ALLOWED, filters=filters)))
    return made


def ask_in_turns(table: Table, backend: SearchBackend, collection: Collection, documents: int, *, quick: bool) -> None:
    """Ours and the bare requests of each question one after the other, now one first, now the other."""
    asked = questions(collection, documents, 24 if quick else QUESTIONS)
    ours: list[float] = []
    bare: list[float] = []
    again: list[float] = []
    for question in asked[:12]:
        backend.find(question.request)
    for place, question in enumerate(asked):
        replay = _recorded(backend, question.request)
        turns = [lambda q=question: _find(backend, q.request, ours), lambda r=replay: _timed(r, bare)]
        for turn in turns if place % 2 else reversed(turns):
            turn()
        _timed(lambda q=question: backend.find(q.request), again)
    table.rows += latencies("find, p50 and p95", ours, bare)
    table.rows += latencies("find again, counts kept", again, bare)
    for kind in dict.fromkeys(question.kind for question in asked):
        mine, theirs = (
            percentile([one for one, question in zip(side, asked, strict=True) if question.kind == kind], 95)
            for side in (ours, bare)
        )
        table.remarks.append(f"- p95 of {kind}: {mine * 1000:,.0f} ms, bare {theirs * 1000:,.0f} ms.")


def _find(backend: SearchBackend, request: SearchRequest, into: list[float]) -> None:
    """An answer of somebody who asks first after a commit: nothing was counted before."""
    if isinstance(backend, EmbeddedBackend):
        backend._live().documents.reading()[1].clear()
    _timed(lambda: backend.find(request), into)


def _timed(work: Callable[[], object], into: list[float]) -> None:
    start = time.perf_counter()
    work()
    into.append(time.perf_counter() - start)


def _recorded(backend: SearchBackend, request: SearchRequest) -> Replay:
    """What `find` sends to the engine for a question, to be sent again."""
    if isinstance(backend, EmbeddedBackend):
        return _of_directory(backend, request)
    if isinstance(backend, ElasticBackend):
        return _of_server(backend, request)
    raise TypeError(type(backend).__name__)


def _of_directory(backend: EmbeddedBackend, request: SearchRequest) -> Replay:
    live = backend._live()
    searcher = live.documents.searcher()
    calls: list[tuple[str, tuple[Any, ...], Mapping[str, Any]]] = []
    noted = _Noted(live.documents.schema, _Searcher(searcher, calls))
    ask(live.shape.reader(TantivyReader(noted)), request)  # type: ignore[arg-type]
    return lambda: [getattr(searcher, name)(*given, **named) for name, given, named in calls]


class _Noted:
    """Stands for a part of the index; its searcher notes what it is asked."""

    def __init__(self, schema: Any, searcher: "_Searcher") -> None:
        self.schema = schema
        self._searcher = searcher

    def reading(self) -> tuple["_Searcher", dict[bytes, int]]:
        """The searcher, and nothing counted."""
        return self._searcher, {}


class _Searcher:
    def __init__(self, searcher: Any, calls: list[tuple[str, tuple[Any, ...], Mapping[str, Any]]]) -> None:
        self._searcher = searcher
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._searcher, name)
        if name not in ("search", "aggregate"):
            return found

        def noting(*given: Any, **named: Any) -> Any:
            self._calls.append((name, given, named))
            return found(*given, **named)

        return noting


def _of_server(backend: ElasticBackend, request: SearchRequest) -> Replay:
    bodies: list[Any] = []
    send = backend._search

    def noting(body: Any) -> Any:
        bodies.append(body)
        return send(body)

    backend._search = noting  # type: ignore[method-assign]
    try:
        backend.find(request)
    finally:
        del backend._search
    return lambda: [send(body) for body in bodies]
