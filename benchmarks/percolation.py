"""How long 10,000 kept questions take over a batch of new documents, beside one search each of the same small index.

The questions are made from articles that are not in the batches: words, phrases, numbers, types, fields, exclusions and
whole sentences, as saved searches are. Times are of the processor: an index job has a core to itself or waits for one.
"""

import random
import re
import time
from collections.abc import Callable, Sequence

import tantivy

from benchmarks.material import Article, articles, search_document
from benchmarks.measuring import Row, Table, percentile
from indexer import SearchDocument, tantivy_schema
from indexer.fields import project
from indexer.percolator import KeptQuestion, Percolator, batch_index, searched, wanted

SEED = 2026
BATCH = 50  # documents that an index job writes at once
QUESTIONS = 10_000
BATCHES = 8
WORD = re.compile(r"\w+")


def bench(*, quick: bool) -> Table:
    """Ours, compiled queries one by one, and parsing each anew, over the same batches."""
    found = articles(4_000 if quick else 20_000)
    count, turns = (1_000, 3) if quick else (QUESTIONS, BATCHES)
    chance = random.Random(SEED)
    chance.shuffle(found)
    batches = [
        [search_document(at * BATCH + place, one) for place, one in enumerate(found[at * BATCH :][:BATCH], start=1)]
        for at in range(turns)
    ]
    questions = [KeptQuestion(number, _question(found[turns * BATCH :], chance)) for number in range(count)]
    return _measured(questions, batches)


def _measured(questions: Sequence[KeptQuestion], batches: Sequence[list[SearchDocument]]) -> Table:
    made = Table(
        "Percolation", baseline="the naive loop: each question parsed, planned and searched in the index of the batch"
    )
    schema = tantivy_schema.document_schema()
    start = time.process_time()
    percolator = Percolator()
    for one in questions:
        percolator.add(one)
    compiling = time.process_time() - start
    compiled = [(one.id, tantivy_schema.query(wanted(one), schema)) for one in questions]
    ours, alone, one_by_one, naive, indexing = [], [], [], [], []
    matched = 0
    for batch in batches:
        rows = [project(document) for document in batch]
        indexing.append(processor(lambda: batch_index(schema, batch, rows)))  # noqa: B023
        index = batch_index(schema, batch, rows)
        pairs: set[tuple[int, int]] = set()
        ours.append(processor(lambda: pairs.update(percolator.matches(batch))))  # noqa: B023
        alone.append(ours[-1] - processor(lambda: [project(document) for document in batch]))  # noqa: B023
        theirs: set[tuple[int, int]] = set()
        one_by_one.append(processor(lambda: theirs.update(searched(index, compiled, BATCH))))  # noqa: B023
        asked = [KeptQuestion(one.id, one.text) for one in questions]
        naive.append(processor(lambda: _naive(index, schema, asked)))  # noqa: B023
        if pairs != theirs:
            raise AssertionError(f"{len(pairs ^ theirs)} matches differ")
        matched += len(pairs)
    made.rows += [
        _row(f"{len(questions):,} questions, batch of {BATCH}, p50", ours, naive, 50),
        _row(f"{len(questions):,} questions, batch of {BATCH}, p95", ours, naive, 95),
        _row("the same without cutting the documents into tokens, p50", alone, naive, 50),
        _row("the same without cutting the documents into tokens, p95", alone, naive, 95),
        _row("compiled queries searched one by one, p50", one_by_one, naive, 50),
    ]
    made.remarks.append(
        f"- {matched:,} matches, the same ones by all three ways; compiling all questions once: {compiling:.2f} s; the"
        f" index of a batch: {percentile(indexing, 50) * 1000:.0f} ms, made by ours only for what tokens do not decide."
    )
    return made


def processor(work: Callable[[], object]) -> float:
    """Seconds of the processor, of all threads, that `work` took."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(what: str, ours: Sequence[float], bare: Sequence[float], share: int) -> Row:
    mine, theirs = percentile(ours, share), percentile(bare, share)
    return Row(what, len(ours), sum(ours), f"{mine * 1000:,.0f} ms", f"{theirs * 1000:,.0f} ms", mine / theirs)


def _naive(index: tantivy.Index, schema: tantivy.Schema, questions: Sequence[KeptQuestion]) -> None:
    for _match in searched(index, [(one.id, tantivy_schema.query(wanted(one), schema)) for one in questions], BATCH):
        pass


def _question(found: Sequence[Article], chance: random.Random) -> str:
    """One question, of the kinds that people keep."""
    article = found[chance.randrange(len(found))]
    words = WORD.findall(f"{article.title} {article.body[:1500]}") or ["văn"]
    at = chance.randrange(len(words))
    some = words[at : at + chance.randint(2, 5)]
    match chance.choices(range(7), weights=(45, 15, 10, 10, 8, 4, 8))[0]:
        case 0:
            return " ".join(some)
        case 1:
            return f'"{" ".join(some)}"'
        case 2:
            return article.number
        case 3:
            return f"{' '.join(some)} loại:{chance.choice(('QD', 'TT', 'ND'))}"
        case 4:
            return f"{' '.join(some)} từ ngày:01/01/{chance.randint(2005, 2024)}"
        case 5:
            return f"{' '.join(some)} -{words[0]}"
        case _:
            return " ".join(words[at : at + chance.randint(10, 20)])
