"""Who sees what, filters with exact counts, order and pages of an answer. Both engines."""

import pytest

from indexer import Allowed, SearchBackend, Sort
from indexer.cursors import LARGEST, Position, encode
from indexer.errors import CursorInvalid
from tests.contract.search_backends import MINE, ask, day, document, ids


def counts(found: object, facet: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in found.facets[facet]}  # type: ignore[attr-defined]


@pytest.fixture
def shelf(search_backend: SearchBackend) -> SearchBackend:
    """Twelve documents over types, years, bodies, persons, cases and qualities."""
    search_backend.write(
        [
            document(
                number,
                "hồ sơ mẫu",
                type=("QĐ", "TB", "KH")[number % 3],
                date=day(f"202{number % 4}-01-{number:02}"),
                body=("UBND phường Thử", "Công an phường Thử")[number % 2],
                persons=((number % 5, f"Người Thử {number % 5}"),),
                cases=((100 + number % 2, f"HS-2024-{number % 2:04}"),),
                quality=("text", "scan", "weak", "unread")[number % 4],
                number_text=f"{number}/QĐ-UBND",
            )
            for number in range(1, 13)
        ]
    )
    return search_backend


def test_facets_count_exactly(shelf: SearchBackend) -> None:
    found = ask(shelf, "hồ sơ")
    assert found.total == 12
    assert counts(found, "type") == {"QĐ": 4, "TB": 4, "KH": 4}
    assert counts(found, "year") == {"2020": 3, "2021": 3, "2022": 3, "2023": 3}
    assert counts(found, "body") == {"UBND phường Thử": 6, "Công an phường Thử": 6}
    assert counts(found, "person") == {"0": 2, "1": 3, "2": 3, "3": 2, "4": 2}
    assert counts(found, "case") == {"100": 6, "101": 6}
    assert counts(found, "quality") == {"text": 3, "scan": 3, "weak": 3, "unread": 3}


def test_facets_lie_most_frequent_first_then_by_value(shelf: SearchBackend) -> None:
    assert [bucket.value for bucket in ask(shelf).facets["person"]] == ["1", "2", "0", "3", "4"]


def test_values_of_one_filter_add_up_and_filters_narrow_each_other(shelf: SearchBackend) -> None:
    assert ask(shelf, filters={"type": ("QĐ", "TB")}).total == 8
    assert ask(shelf, filters={"type": ("QĐ", "TB"), "case": ("100",)}).total == 4


def test_a_filter_does_not_limit_its_own_counts(shelf: SearchBackend) -> None:
    found = ask(shelf, "hồ sơ", filters={"type": ("QĐ",)})
    assert found.total == 4
    assert counts(found, "type") == {"QĐ": 4, "TB": 4, "KH": 4}
    assert sum(counts(found, "case").values()) == 4


def test_two_filters_limit_each_others_counts(shelf: SearchBackend) -> None:
    found = ask(shelf, filters={"type": ("QĐ",), "year": ("2020", "2021")})
    assert sum(counts(found, "year").values()) == 4
    assert sum(counts(found, "type").values()) == 6
    assert sum(counts(found, "quality").values()) == found.total


def test_a_chosen_value_that_nothing_has_is_counted_with_zero(shelf: SearchBackend) -> None:
    assert counts(ask(shelf, filters={"year": ("1999",)}), "year")["1999"] == 0


def test_a_chosen_value_is_counted_beyond_the_most_frequent_ones(search_backend: SearchBackend) -> None:
    search_backend.write([document(number, body=f"Cơ quan {number:03}") for number in range(1, 121)])
    found = ask(search_backend, filters={"body": ("Cơ quan 120",)})
    assert counts(found, "body")["Cơ quan 120"] == 1
    assert len(found.facets["body"]) == 101


def test_a_filter_that_is_no_facet_is_left_alone(shelf: SearchBackend) -> None:
    assert ask(shelf, filters={"organisations": ("2",)}).total == 12


@pytest.fixture
def owned(search_backend: SearchBackend) -> SearchBackend:
    """The same word in documents of several owners, cases and flags."""
    search_backend.write(
        [
            document(1, "bí mật", type="QĐ"),
            document(2, "bí mật", organisations=(2,), type="TB", persons=((9, "Người Thử Kín"),)),
            document(3, "bí mật", organisations=(2,), case_ids=(50,), type="KH"),
            document(4, "bí mật", flags=("juvenile",), type="BB"),
            document(5, "bí mật", flags=("juvenile", "sealed"), type="BC"),
            document(6, "bí mật", organisations=(), type="CV"),
        ]
    )
    return search_backend


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (Allowed(), []),
        (MINE, [1]),
        (Allowed(organisations=frozenset({2})), [2, 3]),
        (Allowed(organisations=frozenset({1, 2})), [1, 2, 3]),
        (Allowed(cases=frozenset({50})), [3]),
        (Allowed(organisations=frozenset({1}), flags=frozenset({"juvenile"})), [1, 4]),
        (Allowed(organisations=frozenset({1}), flags=frozenset({"sealed"})), [1]),
        (Allowed(organisations=frozenset({1}), flags=frozenset({"juvenile", "sealed", "x"})), [1, 4, 5]),
        (Allowed(organisations=None), [1, 2, 3, 6]),
        (Allowed.everything(), [1, 2, 3, 4, 5, 6]),
    ],
)
def test_only_allowed_documents_are_found_counted_and_faceted(
    owned: SearchBackend, allowed: Allowed, expected: list[int]
) -> None:
    for text in ("bí mật", ""):
        found = ask(owned, text, allowed=allowed)
        assert (sorted(ids(found)), found.total) == (expected, len(expected))
        assert sum(counts(found, "type").values()) == len(expected)


def test_facets_name_no_person_of_a_hidden_document(owned: SearchBackend) -> None:
    assert ask(owned, "bí mật").facets["person"] == ()
    assert ask(owned, "bí mật", filters={"person": ("9",)}).total == 0


def test_operators_do_not_widen_what_is_allowed(owned: SearchBackend) -> None:
    assert ids(ask(owned, "xyzzy OR mật")) == [1]
    assert ids(ask(owned, "-xyzzy")) == [1]
    assert ids(ask(owned, "bí xyzzy mật")) == [1]


def test_documents_that_wait_for_new_access_facts_are_hidden_everywhere(owned: SearchBackend) -> None:
    found = ask(owned, "bí mật", allowed=Allowed(organisations=frozenset({1, 2})), exclude=frozenset({2}))
    assert (sorted(ids(found)), found.total) == ([1, 3], 2)
    assert counts(found, "type") == {"QĐ": 1, "KH": 1}
    assert found.facets["person"] == ()


def test_many_excluded_ids_and_granted_cases_are_taken(owned: SearchBackend) -> None:
    many = frozenset(range(1_000, 71_000))
    found = ask(owned, "bí mật", exclude=many, allowed=Allowed(cases=many | {50}))
    assert ids(found) == [3]


def test_newest_and_oldest_leave_documents_without_a_date_at_the_end(search_backend: SearchBackend) -> None:
    search_backend.write(
        [
            document(1, date=day("2024-02-01")),
            document(2),
            document(3, date=day("2025-02-01")),
            document(4, date=day("2024-02-01")),
            document(5),
        ]
    )
    assert ids(ask(search_backend, sort="newest")) == [3, 1, 4, 2, 5]
    assert ids(ask(search_backend, sort="oldest")) == [1, 4, 3, 2, 5]


def test_numbers_sort_as_numbers_with_suffixes_between(search_backend: SearchBackend) -> None:
    texts = {1: "100/QĐ-UBND", 2: "", 3: "15a/QĐ-UBND", 4: "015/QĐ-UBND", 5: "16/QĐ-UBND", 6: "15/TB-UBND"}
    search_backend.write([document(id_, number_text=text) for id_, text in texts.items()])
    assert ids(ask(search_backend, sort="number")) == [4, 6, 3, 5, 1, 2]


def test_equal_scores_lie_in_the_order_of_ids_whatever_the_order_of_writing(search_backend: SearchBackend) -> None:
    for batch in ([9, 2, 7], [30, 1], [5, 4, 100, 3]):
        search_backend.write([document(id_, "giống nhau", title="") for id_ in batch])
    assert ids(ask(search_backend, "giống nhau")) == [1, 2, 3, 4, 5, 7, 9, 30, 100]
    assert ids(ask(search_backend, "giống nhau", limit=4, offset=3)) == [4, 5, 7, 9]


def test_an_offset_beyond_the_end_is_an_empty_page_with_the_right_total(shelf: SearchBackend) -> None:
    for sort in ("relevance", "newest"):
        for offset in (12, 500, 20_000):
            found = ask(shelf, "hồ sơ", offset=offset, sort=sort)
            assert (found.total, found.hits, found.cursor) == (12, (), None)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "number"])
@pytest.mark.parametrize("text", ["hồ sơ", ""])
def test_a_walk_by_cursor_visits_every_hit_once(shelf: SearchBackend, sort: str, text: str) -> None:
    shelf.write([document(id_, "hồ sơ mẫu " * (id_ % 3), title="Hồ sơ") for id_ in range(200, 230)])
    whole = ids(ask(shelf, text, sort=sort, limit=100))
    walked: list[int] = []
    cursor: str | None = None
    while True:
        found = ask(shelf, text, sort=sort, limit=5, cursor=cursor)
        walked += ids(found)
        assert found.total == 42
        cursor = found.cursor
        if cursor is None:
            break
    assert walked == whole
    assert len(set(walked)) == 42


def test_a_cursor_of_another_order_or_of_nobody_is_refused(shelf: SearchBackend) -> None:
    cursor = ask(shelf, sort="newest", limit=2).cursor
    with pytest.raises(CursorInvalid):
        ask(shelf, sort="oldest", cursor=cursor)
    with pytest.raises(CursorInvalid):
        ask(shelf, cursor="không phải")


def test_a_cursor_made_up_at_the_end_of_all_numbers_is_a_place_or_refused_and_harms_nothing(
    shelf: SearchBackend,
) -> None:
    assert ask(shelf, sort="oldest", cursor=encode(Sort.OLDEST, Position(LARGEST, LARGEST, 0))).hits == ()
    with pytest.raises(CursorInvalid):
        ask(shelf, sort="oldest", cursor=encode(Sort.OLDEST, Position(LARGEST + 1, 1, 0)))
    assert ask(shelf, sort="oldest").hits


def test_counting_without_hits(shelf: SearchBackend) -> None:
    found = ask(shelf, "hồ sơ", limit=0)
    assert (found.total, found.hits) == (12, ())
