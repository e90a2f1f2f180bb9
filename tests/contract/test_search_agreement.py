"""Both engines answer the same question alike: documents, totals, facets, order, pages, notes and rule."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from indexer import Allowed, SearchBackend, SearchDocument, SearchPage, SearchRequest
from tests.contract.search_backends import addresses

WORDS = [
    *("quyết", "định", "quản", "lý", "sau", "cai", "nghiện", "ma", "túy", "người", "hoàn", "thành", "hoãn"),
    *("kế", "hoạch", "xã", "phường", "quan", "ly", "ngay", "15", "2024"),
]
QUESTIONS = [
    *WORDS,
    *("quyết định", "quan ly sau cai", '"cai nghiện"', "quản OR hoãn", "-ma túy", "quản -lý", "người:an", "năm:2024"),
    *("3/QĐ-UBND", "số:4", "4 qd ubnd", "loại:KH người", "từ ngày:01/06/2024 cai", "quyết định xyzzy hoãn", ""),
    "quyết định quản lý sau cai nghiện ma túy người hoàn thành hoãn xyzzy",
]


def documents(seed: int) -> list[SearchDocument]:
    """Two hundred documents of random words."""
    dice = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(1, most)))

    return [
        SearchDocument(
            id=id_,
            revision=dice.randint(1, 9),
            title=text(4),
            type=dice.choice(["QĐ", "KH", "TB", ""]),
            number_text=dice.choice(["", f"{id_ % 7}/QĐ-UBND", f"{id_ % 7}/2024/KH-UBND"]),
            date=dice.choice([None, date(2023, 1, 1) + timedelta(days=dice.randint(0, 900))]),
            body=dice.choice(["UBND xã", "Công an xã", ""]),
            persons=tuple((number, f"Người An {number}") for number in dice.sample(range(9), k=dice.randint(0, 2))),
            organisations=(dice.randint(1, 3),),
            case_ids=(dice.randint(10, 12),),
            flags=tuple(dice.sample(["a", "b"], k=dice.choice([0, 0, 0, 1, 2]))),
            quality=dice.choice(["text", "scan"]),
            pages=tuple(SearchPage(number, text(30)) for number in range(1, dice.randint(1, 4))),
        )
        for id_ in range(1, 201)
    ]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchBackend, SearchBackend]]:
    """The same documents in both."""
    directory = tmp_path_factory.mktemp("agreement")
    both = [addresses(kind, directory) for kind in ("elasticsearch", "tantivy")]
    one, two = (next(each).open() for each in both)
    for backend in (one, two):
        backend.write(documents(7))
        backend.remove([(id_, 20) for id_ in range(1, 201, 25)])
    yield one, two
    for backend in (one, two):
        backend.close()
    for each in both:
        next(each, None)


@pytest.mark.services
@pytest.mark.parametrize("text", QUESTIONS)
def test_both_engines_answer_alike(engines: tuple[SearchBackend, SearchBackend], text: str) -> None:
    server, embedded = engines
    allowed = Allowed(organisations=frozenset({1, 2}), cases=frozenset({10}), flags=frozenset({"a"}))
    for filters in ({}, {"type": ("QĐ", "KH"), "person": ("1", "2", "3")}):
        for sort in ("relevance", "newest", "oldest", "number"):
            request = SearchRequest(text, allowed, filters, sort, limit=200, exclude=frozenset({3, 4}))
            one, two = server.find(request), embedded.find(request)
            assert (one.total, one.rule, one.notes, one.facets) == (two.total, two.rule, two.notes, two.facets)
            assert {(hit.id, hit.revision, hit.why) for hit in one.hits} == {
                (hit.id, hit.revision, hit.why) for hit in two.hits
            }
            if sort != "relevance":
                assert [hit.id for hit in one.hits] == [hit.id for hit in two.hits]
            else:
                tiers = [[int(hit.score // 5_000) for hit in found.hits] for found in (one, two)]
                assert tiers[0] == tiers[1] == sorted(tiers[0], reverse=True)
    shown = list(range(1, 60))
    assert {id_: set(pages) for id_, pages in server.pages(shown, text, 9).items()} == {
        id_: set(pages) for id_, pages in embedded.pages(shown, text, 9).items()
    }
