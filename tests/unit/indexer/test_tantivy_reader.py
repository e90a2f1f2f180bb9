"""Rules of reading Tantivy in few searches: what is left out at first is never missing in the answer."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from indexer import Allowed, SearchDocument, SearchPage, SearchRequest
from indexer.asking import FACET_LIMIT, Order, TooMany, Window
from indexer.backend import Bucket, Rule
from indexer.clauses import Everything, Group, Phrase, Word, both, silent
from indexer.embedded import EmbeddedBackend
from indexer.folding import fold
from indexer.plan import COMMON_SHARE, Plan, visible_to
from indexer.tantivy_reader import EDGE, FREQUENT, MOST_BITS, MOST_TOGETHER, TantivyReader

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


def test_counts_are_of_what_is_there_after_changes_and_removals(backend: EmbeddedBackend) -> None:
    backend.write([SearchDocument(id=id_, revision=1, title="Biên bản") for id_ in range(1, 9)])
    backend.write([SearchDocument(id=id_, revision=2, title="Công văn") for id_ in (1, 2, 3)])
    backend.remove([(4, 2), (5, 2)])
    asked = [SearchRequest(text=text, allowed=Allowed.everything()) for text in ("biên bản", "công văn", "", "khác")]
    assert backend.count(asked) == (3, 3, 6, 0)


def test_single_words_and_other_clauses_add_to_one_score(backend: EmbeddedBackend) -> None:
    backend.write(
        [SearchDocument(id=1, revision=1, title="biên bản họp"), SearchDocument(id=2, revision=1, title="họp")]
    )
    backend.write([SearchDocument(id=3, revision=1, title="khác", number_text="7/BB")])
    reader = TantivyReader(backend._live().documents)
    adding = (Word("title_folded", "bien", 2.0), Phrase("title_folded", ("ban", "hop")), Word("title_folded", "hop"))
    match = Group(must=(Everything(),), should=adding, exclude=(Word("title_folded", "khac"),))
    plan = Plan(match, Everything(), {}, Rule.ALL, scored=True)
    total, ranked = reader.rank(plan, Order(None, True), Window(5, 0, None))
    apart = [reader.scores([1, 2, 3], clause) for clause in adding]
    assert total == 2
    assert {hit.id: hit.score for hit in ranked} == {
        id_: pytest.approx(sum(scores.get(id_, 0.0) for scores in apart)) for id_ in (1, 2)
    }


def test_facets_under_filters_of_their_own_are_those_without_it(backend: EmbeddedBackend) -> None:
    kinds = ("QĐ", "TB", "CV")
    given = [SearchDocument(id=n, revision=1, type=kinds[n % 3], body=f"Cơ quan {n % 2}") for n in range(12)]
    backend.write([replace(one, id=one.id + 1) for one in given])
    chosen = {"type": ("QĐ",), "body": ("Cơ quan 0",)}
    facets = backend.find(SearchRequest(allowed=Allowed.everything(), filters=chosen)).facets
    assert facets["type"] == (Bucket("CV", 2), Bucket("QĐ", 2), Bucket("TB", 2))
    assert facets["body"] == (Bucket("Cơ quan 0", 2), Bucket("Cơ quan 1", 2))
    assert facets["quality"] == (Bucket("unread", 2),)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_told_of_a_word_is_on_the_side_of_its_count(backend: EmbeddedBackend, seed: int) -> None:
    chooser = random.Random(seed)
    words = [f"chữ{number}" for number in range(12)]
    shares = [chooser.random() for _ in words]
    for revision, ids in ((1, range(1, 41)), (2, range(1, 41, 9))):  # replaced ones remain in what the engine knows
        backend.write(
            [
                SearchDocument(
                    id=id_,
                    revision=revision,
                    title=" ".join(word for word, share in zip(words, shares, strict=True) if chooser.random() < share),
                    organisations=(1 if chooser.random() < 0.85 else 2,),
                )
                for id_ in ids
            ]
        )
    visible = visible_to(Allowed(organisations=frozenset({1}), flags=frozenset()), frozenset({3}))
    asked = [visible, *(both(visible, silent(Word("title_folded", fold(word)))) for word in (*words, "không"))]
    reader = TantivyReader(backend._live().documents)
    told, counted = reader.weigh(asked), reader.count(asked)
    half = counted[0] * COMMON_SHARE
    assert told[0] == counted[0]
    assert [(n > 0, n > half) for n in told] == [(n > 0, n > half) for n in counted]
    assert told != counted  # most were not counted
    common = [visible, *(clause for clause, n in zip(asked[1:], counted[1:], strict=True) if n > half)]
    assert reader.weigh(common) == reader.count(common)
