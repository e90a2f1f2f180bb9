"""Rules of reading Tantivy in few searches: what is left out at first is never missing in the answer."""

from pathlib import Path

import pytest

from indexer import Allowed, SearchDocument, SearchPage, SearchRequest
from indexer.asking import FACET_LIMIT, TooMany
from indexer.backend import Bucket
from indexer.embedded import EmbeddedBackend
from indexer.tantivy_reader import EDGE, FREQUENT, MOST_BITS, MOST_TOGETHER

EVERYTHING = SearchRequest(allowed=Allowed.everything())


@pytest.fixture
def backend(tmp_path: Path) -> EmbeddedBackend:
    return EmbeddedBackend(tmp_path / "search")


def of_persons(id_: int, count: int) -> SearchDocument:
    return SearchDocument(id=id_, revision=1, persons=tuple((person, "Thử") for person in range(1, count + 1)))


@pytest.mark.parametrize("frequent", [FACET_LIMIT + 20, FACET_LIMIT // 2], ids=["sure", "equal counts at the edge"])
def test_the_most_frequent_values_of_a_facet_are_exact_however_many_there_are(
    backend: EmbeddedBackend, frequent: int
) -> None:
    backend.write([of_persons(1, FREQUENT + 200), of_persons(2, frequent)])
    shown = backend.find(EVERYTHING).facets["person"]
    every = backend.every_value(EVERYTHING, "person")
    assert every is not None
    assert not isinstance(every, TooMany)
    assert len(every) == FREQUENT + 200
    assert shown == every[:FACET_LIMIT]


def test_a_chosen_value_that_is_rare_is_counted(backend: EmbeddedBackend) -> None:
    backend.write([of_persons(1, FREQUENT + 200), of_persons(2, FACET_LIMIT + 20)])
    rare = str(FREQUENT + 100)
    found = backend.find(SearchRequest(allowed=Allowed.everything(), filters={"person": (rare,)}))
    assert (found.total, found.facets["person"][-1]) == (1, Bucket(rare, 1))


def test_what_was_counted_is_forgotten_at_the_next_commit(backend: EmbeddedBackend) -> None:
    asked = SearchRequest(text="biên bản", allowed=Allowed.everything())
    for id_ in (1, 2, 3):
        backend.write([SearchDocument(id=id_, revision=1, title="Biên bản")])
        assert backend.count([asked]) == (id_,)


def test_pages_of_a_short_document_are_found_beside_those_of_long_ones(backend: EmbeddedBackend) -> None:
    many = tuple(SearchPage(number, "hồ sơ " * 20) for number in range(1, 4 * EDGE))
    weak = (SearchPage(1, "một tờ khác"), SearchPage(2, f"hồ sơ {'và nhiều chữ khác nữa ' * 40}"))
    backend.write([SearchDocument(id=1, revision=1, pages=many), SearchDocument(id=2, revision=1, pages=weak)])
    assert backend.pages([1, 2, 3], "hồ sơ", 2) == {1: (1, 2), 2: (2,)}


@pytest.mark.parametrize("together", [0, MOST_TOGETHER], ids=["one by one", "together"])
def test_a_hit_lacks_the_same_words_however_many_are_asked_for_at_once(
    backend: EmbeddedBackend, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr("indexer.tantivy_reader.MOST_TOGETHER", together)
    words = [f"chữ{number}" for number in range(MOST_BITS + 15)]
    backend.write([SearchDocument(id=1, revision=1, typed_text=" ".join(words[1::2]))])
    backend.write([SearchDocument(id=2, revision=1, typed_text=" ".join(words[:-1]))])
    backend.write([SearchDocument(id=id_, revision=1, typed_text="khác") for id_ in (3, 4)])  # no word is common
    found = backend.find(SearchRequest(text=" ".join(words), allowed=Allowed.everything()))
    assert {hit.id: hit.lacks for hit in found.hits} == {1: tuple(words[::2]), 2: (words[-1],)}
    assert {hit.why for hit in found.hits} == {("typed",)}
