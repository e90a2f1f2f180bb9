"""Indexing and answering 10,000 documents: our embedded index against a bare Tantivy index of the same texts.

The bare index keeps title, number and body under the engine's own tokenizer and asks with the engine's own query
parser: no accents folded, no permission, no facets, no pages.
"""

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from app.services.indexing import BATCH
from benchmarks.bare import bare_index
from benchmarks.material import Article, articles, owner_of, search_document
from benchmarks.measuring import Table, Watch, latencies, rate
from indexer import Allowed, SearchBackend, SearchRequest, open_backend, snippets
from indexer.folding import fold

SEED = 2026
PAGE_OF_HITS = 20
BARE_FIELDS = ("title", "number", "body")
ACCENTED, FOLDED, PHRASE, NUMBER = "with accents", "without accents", "phrases", "numbers"
# The owner of four documents in five may see them; the fifth is left out by the filter inside the query.
ALLOWED = Allowed(organisations=frozenset({1, 2, 3, 4}), flags=frozenset())


@dataclass(frozen=True, slots=True)
class Question:
    """A query, its kind, and the id of the document whose words it is made of."""

    text: str
    kind: str
    source: int


def bench(*, quick: bool) -> Table:
    """Write, then ask; every question goes to both engines in turn."""
    found = articles(1_000 if quick else 10_000)
    made = Table(
        "Search",
        baseline="tantivy with its default tokenizer and query parser over title, number and body; one writer, one "
        "commit; an answer is its total and the first 20. Ours keeps every text with and without accents and each "
        f"page by itself, commits (fsynced) every {BATCH} documents, and answers with permission, exact total, six "
        "facets and the fields that matched.",
    )
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        backend = open_backend(Path(folder) / "ours")
        ours, bare = Watch(), Watch()
        _write(backend, found, ours)
        with bare.turn(len(found)):
            index = _bare_index(found, Path(folder) / "bare")
        made.rows.append(rate("indexing", ours, bare, unit="documents/s", per=1.0))
        _ask(made, backend, index, found, count=40 if quick else 200)
        backend.close()
    return made


def _write(backend: SearchBackend, found: Sequence[Article], watch: Watch) -> None:
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        with watch.turn(len(part)):
            backend.write([search_document(start + place, article) for place, article in enumerate(part, start=1)])


def _bare_index(found: Sequence[Article], folder: Path) -> tantivy.Index:
    rows = ((id_, (one.title, one.number, one.body)) for id_, one in enumerate(found, start=1))
    return bare_index(folder, BARE_FIELDS, rows)


def questions(found: Sequence[Article], count: int) -> list[Question]:
    """Words out of the texts: with accents, without, as a phrase, and numbers; a quarter of each, always the same."""
    chooser = random.Random(SEED)
    made = []
    for number in range(count):
        source = chooser.randrange(len(found))
        article = found[source]
        words = f"{article.title} {article.body}".split()
        start = chooser.randrange(max(1, len(words) - 4))
        some = " ".join(word.strip('.,;:()"') for word in words[start : start + chooser.randint(1, 4)])
        text, kind = (
            (some, ACCENTED),
            (fold(some), FOLDED),
            (f'"{some}"', PHRASE),
            (article.number, NUMBER),
        )[number % 4]
        made.append(Question(text, kind, source + 1))
    return [question for question in made if question.text.strip('" ')]


def _ask(made: Table, backend: SearchBackend, index: tantivy.Index, found: Sequence[Article], *, count: int) -> None:
    asked = questions(found, count)
    find, shown, bare = [], [], []
    first_page: list[tuple[bool, bool]] = []
    for question in asked[: len(asked) // 10]:  # both engines warm
        backend.find(SearchRequest(text=question.text, allowed=ALLOWED))
        _bare_answer(index, question.text)
    for question in asked:
        start = time.perf_counter()
        answer = backend.find(SearchRequest(text=question.text, allowed=ALLOWED, limit=PAGE_OF_HITS))
        find.append(time.perf_counter() - start)
        ids = [hit.id for hit in answer.hits]
        _cut_snippets(backend, ids, question.text, found)
        shown.append(time.perf_counter() - start)
        start = time.perf_counter()
        result = _bare_answer(index, question.text)
        bare.append(time.perf_counter() - start)
        first_page.append((question.source in ids, question.source in _bare_ids(index, result)))
    made.rows += latencies("answer", find, bare)
    made.rows += latencies("answer with snippets", shown, bare)
    made.remarks += [_found_again(kind, asked, first_page) for kind in (ACCENTED, FOLDED, PHRASE)]


def _found_again(kind: str, asked: Sequence[Question], first_page: Sequence[tuple[bool, bool]]) -> str:
    """How often the document that a question was taken from is on the first page, where the asker may see it."""
    seen = [
        both
        for question, both in zip(asked, first_page, strict=True)
        if question.kind == kind and owner_of(question.source) in (ALLOWED.organisations or ())
    ]
    ours, bare = sum(mine for mine, _ in seen), sum(theirs for _, theirs in seen)
    return f"Questions ({kind}): the article they stand in is on the first page for {ours} of {len(seen)}, bare {bare}."


def _bare_answer(index: tantivy.Index, text: str) -> tantivy.SearchResult:
    query, _errors = index.parse_query_lenient(text, list(BARE_FIELDS))
    return index.searcher().search(query, PAGE_OF_HITS)


def _bare_ids(index: tantivy.Index, result: tantivy.SearchResult) -> set[int]:
    searcher = index.searcher()
    return {int(searcher.doc(address)["id"][0]) for _score, address in result.hits}


def _cut_snippets(backend: SearchBackend, ids: list[int], text: str, found: Sequence[Article]) -> None:
    """The best pages of the hits, and two pieces of each."""
    for id_, pages in backend.pages(ids, text).items():
        texts = {page.number: page.text for page in search_document(id_, found[id_ - 1]).pages}
        for number in pages:
            snippets.cut(texts[number], text, limit=2)
