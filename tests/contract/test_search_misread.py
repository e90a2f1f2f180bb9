"""Words that were recognised badly are found by their keys, after everything that stands as asked. Both engines."""

from datetime import date

import pytest

from indexer import Rule, SearchBackend, SearchDocument, SearchPage, SearchRequest, Sort
from tests.contract.search_backends import MINE, Allowed, ask, document, ids


def scan(id_: int, text: str, *doubtful: str, **facts: object) -> SearchDocument:
    """A document of one page on which these words were recognised badly."""
    return document(id_, **({"pages": (SearchPage(1, text, doubtful),)} | facts))


@pytest.fixture
def held(search_backend: SearchBackend) -> SearchBackend:
    """Two documents with the words, two in which `cai` was misread, one in which a sure word looks like it."""
    search_backend.write(
        [
            scan(1, "quyết định ca nghiện", "ca", type="QD", date=date(2026, 3, 1)),
            document(2, "quyết định cai nghiện", type="QD", date=date(2024, 3, 1)),
            document(3, f"quyết định {'nhiều chữ khác ' * 50} cai nghiện", type="KH", date=date(2023, 3, 1)),
            scan(4, "quyết định ca nghiện cai", "ca", type="QD", date=date(2022, 3, 1)),
            document(5, "quyết định ca nghiện", type="QD", date=date(2026, 4, 1)),
            scan(6, "quyết định tai nghiện", "tai,", type="TB", organisations=(9,)),
        ]
    )
    return search_backend


@pytest.mark.parametrize("asked", ["quyết định cai nghiện", "quyet dinh cai nghien", "cai", "cai nghiện"])
def test_a_misread_word_is_found_after_all_others(held: SearchBackend, asked: str) -> None:
    answer = ask(held, asked)
    assert set(ids(answer)[:3]) == {2, 3, 4}
    assert ids(answer)[3:] == [1]
    assert (answer.total, answer.misread, answer.rule) == (4, 1, Rule.ALL)


@pytest.mark.parametrize(
    ("sort", "order"), [(Sort.NEWEST, [2, 3, 4, 1]), (Sort.OLDEST, [4, 3, 2, 1]), (Sort.NUMBER, [2, 3, 4, 1])]
)
def test_misread_words_come_last_in_every_order(held: SearchBackend, sort: Sort, order: list[int]) -> None:
    assert ids(ask(held, "cai nghiện", sort=sort)) == order


def test_only_hits_by_a_key_are_marked_and_the_answer_says_how_many(held: SearchBackend) -> None:
    answer = ask(held, "cai nghiện")
    assert {hit.id for hit in answer.hits if "misread" in hit.why} == {1}
    assert [note.message for note in answer.notes if note.code == "query-misread"] == [
        "Gồm 1 văn bản có thể do nhận dạng (chữ trên bản quét đọc không chắc), xếp sau cùng."
    ]
    plain = ask(held, "quyết định")
    assert plain.misread == 0
    assert not [note for note in plain.notes if note.code == "query-misread"]


def test_facets_filters_and_totals_follow(held: SearchBackend) -> None:
    answer = ask(held, "cai nghiện", filters={"type": ("QD",)})
    assert ids(answer) == [2, 4, 1]
    assert (answer.total, answer.misread) == (3, 1)
    assert {bucket.value: bucket.count for bucket in answer.facets["type"]} == {"QD": 3, "KH": 1}
    other = ask(held, "cai nghiện", filters={"type": ("KH",)})
    assert (other.total, other.misread, len(other.notes)) == (1, 0, 0)
    alone = ask(held, "cai nghiện", filters={"year": ("2026",)})
    assert (ids(alone), alone.total, alone.misread) == ([1], 1, 1)


@pytest.mark.parametrize("asked", ['"cai" nghiện', "cai -khác", "người:cai", "cai OR nghiệm", "cai*"])
def test_a_question_that_says_exactly_what_it_means_has_no_keys(held: SearchBackend, asked: str) -> None:
    answer = ask(held, asked)
    assert answer.misread == 0
    assert 1 not in ids(answer)


def test_what_may_not_be_seen_is_not_found_by_a_key(held: SearchBackend) -> None:
    assert 6 not in ids(ask(held, "cai nghiện"))
    assert ids(ask(held, "cai nghiện", allowed=Allowed(organisations=frozenset({9})))) == [6]


def test_every_word_is_found_by_itself_or_by_its_key(search_backend: SearchBackend) -> None:
    search_backend.write([scan(1, "boi đong nhân dân", "boi", "đong"), document(2, "nhân dân")])
    assert ids(ask(search_backend, "hội đồng nhân dân")) == [1]
    other = ask(search_backend, "hội đồng công an")
    assert (other.misread, other.rule) == (0, Rule.MOST)


def test_a_misread_number_is_found_as_a_whole(search_backend: SearchBackend) -> None:
    search_backend.write([scan(1, "Số: l5/QĐ-UBNO", "l5/QĐ-UBNO"), scan(2, "Số: 25/QĐ-UBND", "25/QĐ-UBND")])
    assert ids(ask(search_backend, "15/QĐ-UBNO")) == [1]


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
def test_a_walk_and_pages_by_number_cross_from_the_sure_to_the_misread(
    search_backend: SearchBackend, sort: Sort
) -> None:
    search_backend.write(
        [document(number, f"cai {'thêm ' * (number % 5)}", date=date(2020, 1, number)) for number in range(1, 8)]
        + [scan(number, f"ca {'thêm ' * (number % 5)}", "ca", date=date(2021, 1, number)) for number in range(8, 18)]
    )
    whole = ids(ask(search_backend, "cai", sort=sort, limit=50))
    assert set(whole[:7]) == set(range(1, 8))
    assert set(whole[7:]) == set(range(8, 18))
    by_number = [
        id_ for start in range(0, 18, 3) for id_ in ids(ask(search_backend, "cai", sort=sort, limit=3, offset=start))
    ]
    assert by_number == whole
    walked: list[int] = []
    cursor = None
    while True:
        answer = ask(search_backend, "cai", sort=sort, limit=3, cursor=cursor)
        assert answer.total == 17
        walked += ids(answer)
        cursor = answer.cursor
        if cursor is None:
            break
    assert walked == whole


def test_the_page_with_the_misread_word_is_among_the_best(search_backend: SearchBackend) -> None:
    pages = (SearchPage(1, "chữ khác"), SearchPage(2, "quyết định"), SearchPage(3, "ca", ("ca",)))
    search_backend.write([document(1, pages=pages)])
    assert search_backend.pages([1], "cai") == {1: (3,)}
    assert search_backend.pages([1], "quyết định cai") == {1: (2, 3)}


def test_a_changed_document_loses_its_old_keys(search_backend: SearchBackend) -> None:
    search_backend.write([scan(1, "ca", "ca")])
    search_backend.write([scan(1, "ca", revision=2)])
    assert ids(ask(search_backend, "cai")) == []


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
def test_counts_and_the_last_part_know_of_them(held: SearchBackend, sort: Sort) -> None:
    asked = [SearchRequest(text=text, allowed=MINE) for text in ("cai nghiện", "quyết định", '"cai" nghiện')]
    assert held.count(asked) == (4, 5, 3)
    last = ask(held, "cai nghiện", sort=sort, limit=3, last=True)
    assert (ids(last), last.total, last.misread) == ([1], 4, 1)
