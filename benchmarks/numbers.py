"""Numbers and citations in any spelling: how often the document that was meant comes first.

The numbers are those of the sources of the codified law, one document each; the citations name one of its articles. The
baseline is Tantivy with its default tokenizer and query parser over title, source and number.
"""

import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from benchmarks.bare import bare_index, ids_of
from benchmarks.material import ARTICLES, Article, articles, search_document
from benchmarks.measuring import Table, latencies
from indexer import Allowed, SearchDocument, SearchRequest, open_backend
from indexer.folding import fold
from indexer.numbers import number_parts

SEED = 2026
PER_WRITE = 500
_KINDS = "Thông tư liên tịch|Thông tư|Nghị định|Nghị quyết|Bộ luật|Luật|Quyết định|Pháp lệnh"
_SOURCE = re.compile(rf"^Điều (\d+[a-zđ]?)\b[^A-ZĐ]*?({_KINDS}) số (\S+?),?\s")
_SHORT = {"Thông tư": "TT", "Nghị định": "NĐ", "Quyết định": "QĐ", "Nghị quyết": "NQ", "Thông tư liên tịch": "TTLT"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A question and the documents of which the first hit must be one."""

    text: str
    wanted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Source:
    """What an article's source line says: article, kind, number as written."""

    article: str
    kind: str
    number: str


def bench(*, quick: bool) -> Table:
    """Two thousand questions: half numbers alone, half articles."""
    found = articles(4_000 if quick else ARTICLES)
    made = Table("Numbers", baseline="Tantivy's own tokenizer and query parser over title, source and number")
    sources = [_source_of(article) for article in found]
    count = 100 if quick else 1_000
    ours: list[float] = []
    bare: list[float] = []
    for what, (documents, questions) in {
        "numbers": _numbers(sources, count),
        "articles": _citations(found, sources, count),
    }.items():
        with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
            made.remarks.append(_measured(what, documents, questions, Path(folder), (ours, bare)))
    made.rows += latencies("answer", ours, bare)
    return made


def _source_of(article: Article) -> Source | None:
    match = _SOURCE.match(article.source)
    return Source(*match.groups()) if match else None


def _numbers(sources: Sequence[Source | None], count: int) -> tuple[list[SearchDocument], list[Citation]]:
    """One document for each number, and questions that are a number in some spelling."""
    kinds = {one.number: one.kind for one in sources if one is not None}
    documents = [
        SearchDocument(id=place, revision=1, title=f"{kinds[number]} {number}", number_text=number, quality="text")
        for place, number in enumerate(kinds, start=1)
    ]
    bearing: dict[str, set[int]] = defaultdict(set)
    spelled: list[str] = []
    chooser = random.Random(SEED)
    for document in documents:
        for spelling in _spellings(document.number_text, kinds[document.number_text]):
            bearing[spelling].add(document.id)
            spelled.append(spelling)
    return documents, [Citation(text, frozenset(bearing[text])) for text in chooser.sample(spelled, count)]


def _spellings(number: str, kind: str) -> Iterator[str]:
    """A number as people type it; those without a year may mean several documents."""
    parts = number_parts(number)
    if parts is None or parts.year is None:
        yield number
        return
    symbol = number.split("/")[-1]
    short = _SHORT.get(kind, kind.lower())
    yield number
    yield fold(number).replace(" ", "/", 2).replace(" ", "-")
    yield f"số {parts.number} {parts.year} {fold(symbol)}"
    yield f"{kind.lower()} {parts.number}/{parts.year}"
    yield f"{fold(kind)} so {parts.number}/{parts.year}"
    yield f"{fold(short)} {parts.number}/{parts.year}"
    yield f"{kind} số {number}"
    yield f"{short} {parts.number}"
    yield f"{parts.number}/{parts.year}"
    yield f"{parts.number}-{parts.year}"


def _citations(
    found: Sequence[Article], sources: Sequence[Source | None], count: int
) -> tuple[list[SearchDocument], list[Citation]]:
    """All articles as documents, and questions that name one by article, kind and number."""
    documents = [search_document(place, article) for place, article in enumerate(found, start=1)]
    bearing: dict[str, set[int]] = defaultdict(set)
    cited: list[str] = []
    for place, source in enumerate(sources, start=1):
        parts = number_parts(source.number) if source else None
        if source is None or parts is None or parts.year is None:
            continue
        short = _SHORT.get(source.kind, source.kind.lower())
        for text in (
            f"Điều {source.article} {source.kind} {parts.number}/{parts.year}",
            f"dieu {source.article} {fold(source.kind)} {parts.number}/{parts.year}",
            f"điều {source.article} {short} {parts.number}/{parts.year}",
            f"Điều {source.article} {source.kind} số {source.number}",
            f"Điều {source.article} {source.kind} {parts.number}",
        ):
            bearing[text].add(place)
            cited.append(text)
    chooser = random.Random(SEED)
    return documents, [Citation(text, frozenset(bearing[text])) for text in chooser.sample(cited, count)]


def _measured(
    what: str,
    documents: Sequence[SearchDocument],
    questions: Sequence[Citation],
    folder: Path,
    seconds: tuple[list[float], list[float]],
) -> str:
    backend = open_backend(folder / "ours")
    for start in range(0, len(documents), PER_WRITE):
        backend.write(documents[start : start + PER_WRITE])
    index = _bare_index(documents, folder / "bare")

    def ask(text: str) -> list[int]:
        request = SearchRequest(text=text, allowed=Allowed.everything(), limit=1)
        return [hit.id for hit in backend.find(request).hits]

    missed = _missed(questions, ask, seconds[0])
    bare = _missed(questions, lambda text: _bare_first(index, text), seconds[1])
    backend.close()
    shares = [1 - len(one) / len(questions) for one in (missed, bare)]
    told = f"; missed, for example: {'; '.join(missed[:4])}" if missed else ""
    return f"- {what}, {len(questions)}: the one meant comes first, ours {shares[0]:.3f}, bare {shares[1]:.3f}{told}."


def _missed(questions: Sequence[Citation], ask: Callable[[str], list[int]], seconds: list[float]) -> list[str]:
    missed = []
    for one in questions:
        start = time.perf_counter()
        ids = ask(one.text)
        seconds.append(time.perf_counter() - start)
        if not one.wanted & set(ids[:1]):
            missed.append(one.text)
    return missed


def _bare_index(documents: Sequence[SearchDocument], folder: Path) -> tantivy.Index:
    rows = ((one.id, (f"{one.title} {one.subject} {one.number_text}",)) for one in documents)
    return bare_index(folder, ("all",), rows)


def _bare_first(index: tantivy.Index, text: str) -> list[int]:
    query, _errors = index.parse_query_lenient(text, ["all"])
    return ids_of(index, query, 1)
