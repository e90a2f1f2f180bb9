"""What the search page asks for besides hits: spans of days, months of a year, all values of a facet, the last part."""

import pytest

from indexer import Bucket, SearchBackend, SearchRequest
from tests.contract.search_backends import HERE, MINE, ask, day, document, ids

ELSEWHERE = (HERE + 1,)


@pytest.fixture
def kept(search_backend: SearchBackend) -> SearchBackend:
    """Documents over three months of 2025, one of 2024, one without a date, and one that is not to be seen."""
    dates = ("2025-01-31", "2025-03-01", "2025-03-31", "2025-12-31", "2024-03-15", None)
    rows = [
        document(n, "họp giao ban", date=day(date) if date else None, body=f"Ủy ban {n % 2}", type="TB")
        for n, date in enumerate(dates, 1)
    ]
    hidden = document(9, "họp", date=day("2025-03-02"), body="Ủy ban mật", organisations=ELSEWHERE)
    search_backend.write([*rows, hidden, document(10, "nghỉ", date=day("2025-03-02"), body="Ủy ban 2")])
    return search_backend


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("2025-03", [2, 3]),
        ("2025-03-31", [3]),
        ("2025-01-31..2025-03-01", [1, 2]),
        ("2025-12-31..", [4]),
        ("..2024-12-31", [5]),
        ("hôm nay", []),
    ],
)
def test_a_span_of_days_is_a_filter(kept: SearchBackend, span: str, expected: list[int]) -> None:
    assert sorted(ids(ask(kept, "họp", filters={"day": (span,)}))) == expected


def test_months_and_years_are_counted_without_the_filters_of_days_and_years(kept: SearchBackend) -> None:
    filters = {"day": ("2025-03",), "year": ("2025",)}
    found = ask(kept, "họp", filters=filters, months_of=2025)
    assert (found.total, sorted(ids(found))) == (2, [2, 3])
    assert {bucket.value: bucket.count for bucket in found.months if bucket.count} == {
        "2025-01": 1,
        "2025-03": 2,
        "2025-12": 1,
    }
    assert len(found.months) == 12
    assert {bucket.value: bucket.count for bucket in found.facets["year"]} == {"2025": 4, "2024": 1}
    assert {bucket.value: bucket.count for bucket in found.facets["body"]} == {"Ủy ban 0": 1, "Ủy ban 1": 1}
    assert ask(kept, "họp").months == ()


def test_all_values_of_a_facet_are_counted_within_what_may_be_seen(kept: SearchBackend) -> None:
    request = SearchRequest("họp", MINE, filters={"year": ("2025",), "body": ("Ủy ban 1",)})
    assert kept.every_value(request, "body") == (Bucket("Ủy ban 0", 2), Bucket("Ủy ban 1", 2))
    assert kept.every_value(SearchRequest("hopj", MINE), "year") == (Bucket("2025", 4), Bucket("2024", 1))
    assert kept.every_value(request, "colour") == ()


@pytest.mark.parametrize(
    ("year", "types"), [((), {"TB": 1}), (("2024",), {"TB": 1}), (("2025",), {"QĐ": 1, "KH": 1}), (("2026",), {})]
)
def test_values_of_a_facet_read_keystrokes_where_the_search_itself_does(
    search_backend: SearchBackend, year: tuple[str, ...], types: dict[str, int]
) -> None:
    search_backend.write(
        [
            document(1, "hopj", type="TB", date=day("2024-01-01")),
            document(2, "họp", type="QĐ", date=day("2025-01-01")),
            document(3, "họp", type="KH", date=day("2025-01-01")),
        ]
    )
    request = SearchRequest("hopj", MINE, filters={"year": year} if year else {})
    found = search_backend.find(request)
    assert {bucket.value: bucket.count for bucket in found.facets["type"]} == types
    assert {bucket.value: bucket.count for bucket in search_backend.every_value(request, "type") or ()} == types


def test_there_are_more_values_than_an_answer_shows(search_backend: SearchBackend) -> None:
    search_backend.write([document(n, "họp", body=f"Cơ quan {n}") for n in range(1, 131)])
    request = SearchRequest("họp", MINE)
    assert len(search_backend.find(request).facets["body"]) == 100
    assert len(search_backend.every_value(request, "body") or ()) == 130


@pytest.mark.parametrize("sort", ["newest", "oldest", "number", "relevance"])
def test_the_last_part_is_the_one_that_walking_reaches_last(search_backend: SearchBackend, sort: str) -> None:
    dates = ["2025-01-01", None, "2024-01-01"]
    search_backend.write(
        [
            document(
                n, f"họp {'giao ban ' * (n % 4)}", date=day(d) if (d := dates[n % 3]) else None, number_text=str(n)
            )
            for n in range(1, 24)
        ]
    )
    last = ask(search_backend, "họp", sort=sort, limit=5, last=True)
    assert last.total == 23
    assert last.cursor is None
    assert ids(last) == ids(ask(search_backend, "họp", sort=sort, limit=5, offset=20))


def test_a_hit_says_that_another_form_a_day_or_an_identity_number_found_it(search_backend: SearchBackend) -> None:
    search_backend.write(
        [
            document(1, "Ủy ban nhân dân"),
            document(2, "ngày 05 tháng 02 năm 2026"),
            document(3, "chữ", identities=("000123456789",)),
        ]
    )
    assert ask(search_backend, "UBND").hits[0].why == ("other",)
    assert ask(search_backend, "5/2/26").hits[0].why == ("day",)
    assert ask(search_backend, "000 123 456 789").hits[0].why == ("identity",)
