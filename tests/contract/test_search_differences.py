"""Random questions over articles of the law: both engines give one total, the same facets, the same ten best.

What may differ, and why, is told in docs/development.md ("Where the engines differ").
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer import Found, SearchBackend, SearchDocument, SearchRequest
from tests.contract.articles import KINDS, SHARED, SMALL, Questions, articles, documents
from tests.contract.search_backends import addresses

BEST = 10
SHARE = 0.95  # of the questions of a run have the same ten best
SAME_SCORE = 1e-4  # relative; scores are sums of 32-bit numbers, added in another order by each engine
BATCH = 250


@dataclass(frozen=True, slots=True)
class Filled:
    """The same documents in both engines."""

    documents: list[SearchDocument]
    server: SearchBackend
    embedded: SearchBackend


def filled(directory: Path, found: list[SearchDocument]) -> Iterator[Filled]:
    """Both engines with these documents."""
    places = [addresses(kind, directory) for kind in ("elasticsearch", "tantivy")]
    engines = [next(place).open() for place in places]
    for engine in engines:
        for at in range(0, len(found), BATCH):
            engine.write(found[at : at + BATCH])
    yield Filled(found, *engines)
    for engine in engines:
        engine.close()
    for place in places:
        next(place, None)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Five hundred articles."""
    yield from filled(tmp_path_factory.mktemp("few"), documents(articles(SMALL, 500), seed=3))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Five thousand articles."""
    if not SHARED.exists():
        pytest.skip(f"{SHARED.name} is not beside the checkout (HOSO_SHARED)")
    yield from filled(tmp_path_factory.mktemp("many"), documents(articles(SHARED, 5_000), seed=4))


def compared(engines: Filled, kind: str, request: SearchRequest) -> bool:
    """Whether the ten best agree; what must be equal in every answer is asserted."""
    server, embedded = engines.server.find(request), engines.embedded.find(request)
    told = f"{kind}: {request}"
    assert server.total == embedded.total, told
    assert server.facets == embedded.facets, told
    assert (server.rule, server.notes, server.text) == (embedded.rule, embedded.notes, embedded.text), told
    if request.sort != "relevance" or not request.text:
        assert [hit.id for hit in server.hits] == [hit.id for hit in embedded.hits], told
    scores = {hit.id: hit.score for hit in embedded.hits}
    for hit in server.hits:
        assert hit.score == pytest.approx(scores.get(hit.id, hit.score), rel=SAME_SCORE), told
    return agree(server, embedded)


def agree(one: Found, two: Found) -> bool:
    """Whether the same ten are best, or what only one has there ties with the other's tenth."""
    best = [{hit.id for hit in found.hits[:BEST]} for found in (one, two)]
    return all(
        _ties(found, others - mine)
        for found, mine, others in ((one, best[0], best[1]), (two, best[1], best[0]))
        if others - mine
    )


def _ties(found: Found, ids: set[int]) -> bool:
    edge = found.hits[BEST - 1].score if len(found.hits) >= BEST else 0.0
    scores = {hit.id: hit.score for hit in found.hits}
    return all(id_ in scores and scores[id_] >= edge * (1 - SAME_SCORE) for id_ in ids)


def apart(engines: Filled, seed: int, count: int) -> list[str]:
    """Of so many random questions those whose ten best differ, by kind."""
    drawn = Questions(engines.documents, random.Random(seed)).requests(count)
    return [f"{kind}: {request}" for kind, request in drawn if not compared(engines, kind, request)]


@pytest.mark.services
def test_random_questions_over_five_hundred_articles_are_answered_alike(few: Filled) -> None:
    count = 12 * len(KINDS)
    differ = apart(few, 1, count)
    assert len(differ) <= (1 - SHARE) * count, differ


@pytest.mark.services
@pytest.mark.shared
def test_random_questions_over_five_thousand_articles_are_answered_alike(many: Filled) -> None:
    count = 20 * len(KINDS)
    differ = apart(many, 5, count)
    assert len(differ) <= (1 - SHARE) * count, differ
