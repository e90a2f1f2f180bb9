"""How often the right article comes first: titles, sentences with words left out, whole questions, with accents and
without.

The baseline is BM25 over the words without accents in one Tantivy index, any of them: what folding alone finds.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unicodedata import combining, normalize

import tantivy

from benchmarks.bare import bare_index, ids_of
from benchmarks.material import ARTICLES, Article, articles, search_document
from benchmarks.measuring import Table, latencies
from benchmarks.questions import DROPPED, Case, asked, choices, judged, sentences
from indexer import Allowed, SearchBackend, SearchRequest, open_backend
from indexer.accents import AccentModel, Learning
from indexer.folding import exact_tokens, fold, folded_tokens

SEED = 2026
PER_WRITE = 500
FIRST_PAGE = 10
SHORTEST_TITLE = 3  # words; shorter ones ("Vi phạm") name many articles
CASES = 50

Answer = Callable[[str], Sequence[int]]


def bench(*, quick: bool) -> Table:
    """Known items by title and by sentence, ours and folded words alone."""
    found = articles(4_000 if quick else ARTICLES)
    made = Table(
        "Relevance", baseline="BM25 over words without accents in title and text, any of them, in bare Tantivy"
    )
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        backend = open_backend(Path(name) / "ours")
        _write(backend, found)
        index = _folded_index(found, Path(name) / "bare")
        count = 200 if quick else 2_000
        titles = list(_titles(found, count))
        sets = {
            "titles": titles,
            "sentences": list(_sentences(found, count)),
            "titles asked for": list(asked(titles)),
            "statements to judge": list(judged(found, count)),
            "answers to choose": list(choices(found, count // 4)),
        }
        model = _learned(found)
        ours_time: list[float] = []
        bare_time: list[float] = []
        for what, cases in sets.items():
            for form in ("with accents", "without"):
                typed = [Case(_unaccented(one.text), one.wanted) for one in cases] if form == "without" else cases
                ours = _shares(typed, lambda text: _ours(backend, text, model), ours_time)
                bare = _shares(typed, lambda text: _bare(index, text), bare_time)
                made.remarks.append(f"- {what}, {form}, {len(typed)}: ours {ours}; folded words alone {bare}.")
        made.remarks.append(_meant(backend, found, count // 2, model))
        made.rows += latencies("answer", ours_time, bare_time)
        backend.close()
    return made


def _unaccented(text: str) -> str:
    """As it is typed without accents, everything else kept."""
    return "".join(char for char in normalize("NFD", text) if not combining(char)).replace("đ", "d").replace("Đ", "D")


def _write(backend: SearchBackend, found: Sequence[Article]) -> None:
    for start in range(0, len(found), PER_WRITE):
        part = found[start : start + PER_WRITE]
        backend.write([search_document(start + place, article) for place, article in enumerate(part, start=1)])


def _folded_index(found: Sequence[Article], folder: Path) -> tantivy.Index:
    texts = (fold(f"{one.title} {one.source} {one.number} {one.body}") for one in found)
    return bare_index(
        folder, ("all",), ((id_, (text,)) for id_, text in enumerate(texts, start=1)), tokenizer="whitespace"
    )


def _titles(found: Sequence[Article], count: int) -> Iterator[Case]:
    """Titles that only one article has."""
    often = Counter(" ".join(exact_tokens(article.title)) for article in found)
    chooser = random.Random(SEED)
    places = [
        place
        for place, article in enumerate(found, start=1)
        if often[" ".join(exact_tokens(article.title))] == 1 and len(article.title.split()) >= SHORTEST_TITLE
    ]
    for place in chooser.sample(places, min(count, len(places))):
        yield Case(found[place - 1].title, place)


def _sentences(found: Sequence[Article], count: int) -> Iterator[Case]:
    """One sentence of an article, about a third of its words left out."""
    chooser = random.Random(SEED)
    for place in chooser.sample(range(1, len(found) + 1), len(found)):
        long = sentences(found[place - 1])
        if not long:
            continue
        yield Case(" ".join(word for word in chooser.choice(long) if chooser.random() > DROPPED), place)
        count -= 1
        if count == 0:
            return


def _phrases(found: Sequence[Article], count: int) -> Iterator[tuple[str, ...]]:
    """Two to four words of a title that stand next to each other."""
    chooser = random.Random(SEED)
    for article in chooser.sample(found, len(found)):
        words = exact_tokens(article.title)
        length = chooser.randint(2, 4)
        if len(words) < length:
            continue
        start = chooser.randint(0, len(words) - length)
        yield tuple(words[start : start + length])
        count -= 1
        if count == 0:
            return


def _learned(found: Sequence[Article]) -> AccentModel:
    """What the articles teach about accents; each stands for a document of one of fifty cases."""
    learning = Learning()
    for place, article in enumerate(found):
        learning.add((article.title, article.source, article.body), (place % CASES,))
    return learning.model()


def _meant(backend: SearchBackend, found: Sequence[Article], count: int, model: AccentModel) -> str:
    """Of the first ten answers to a few words without accents, how many hold the words that were meant."""
    shares: dict[AccentModel | None, list[float]] = {None: [], model: []}
    for phrase in _phrases(found, count):
        for accents, each in shares.items():
            hits = _ours(backend, " ".join(fold(word) for word in phrase), accents)
            held = [set(phrase) <= _words(found[hit - 1]) for hit in hits]
            each.append(sum(held) / len(held) if held else 0.0)
    plain, restored = (sum(each) / len(each) for each in shares.values())
    return (
        f"- two to four words of a title, without accents, {count}: of the first ten answers "
        f"{restored:.3f} hold the words that were meant; without learned accents {plain:.3f}."
    )


def _words(article: Article) -> set[str]:
    return set(exact_tokens(f"{article.title} \n {article.source} \n {article.body}"))


def _shares(cases: Sequence[Case], answer: Answer, seconds: list[float]) -> str:
    """R@1 and R@10."""
    first = page = 0
    for case in cases:
        start = time.perf_counter()
        ids = answer(case.text)
        seconds.append(time.perf_counter() - start)
        first += case.wanted in ids[:1]
        page += case.wanted in ids[:FIRST_PAGE]
    return f"R@1 {first / len(cases):.3f}, R@10 {page / len(cases):.3f}"


def _ours(backend: SearchBackend, text: str, accents: AccentModel | None = None) -> list[int]:
    request = SearchRequest(text=text, allowed=Allowed.everything(), limit=FIRST_PAGE, accents=accents)
    answer = backend.find(request)
    return [hit.id for hit in answer.hits]


def _bare(index: tantivy.Index, text: str) -> list[int]:
    words = [
        (tantivy.Occur.Should, tantivy.Query.term_query(index.schema, "all", word))
        for word in dict.fromkeys(folded_tokens(text))
    ]
    return ids_of(index, tantivy.Query.boolean_query(words), FIRST_PAGE)
