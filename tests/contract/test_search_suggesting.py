"""Suggestions while typing and counts without an answer: beginnings of words within the asker's scope. Both engines."""

import pytest

from indexer import Allowed, SearchBackend, SearchPage, SearchRequest, Sort, Suggested, Typed
from indexer.cursors import decode
from tests.contract.search_backends import MINE, ask, day, document

ELSEWHERE = 2


def begun(backend: SearchBackend, text: str, **facts: object) -> Suggested:
    return backend.suggest(Typed(text, **({"allowed": MINE} | facts)))  # type: ignore[arg-type]


@pytest.fixture
def shelf(search_backend: SearchBackend) -> SearchBackend:
    """Six documents with numbers, titles and persons; the last belongs to somebody else."""
    search_backend.write(
        [
            document(1, title="Quyết định về việc quản lý sau cai", number_text="15/QĐ-UBND", date=day("2024-01-01")),
            document(2, title="Kế hoạch quản lý năm 2025", number_text="150/KH-UBND", date=day("2025-01-01")),
            document(3, title="Thông báo lịch họp", number_text="15/TB-CAP", date=day("2026-01-01")),
            document(4, title="Biên bản làm việc", persons=((7, "Nguyễn Văn Thử"), (8, "Trần Thị Mẫu"))),
            document(5, title="Đơn đề nghị", persons=((7, "Nguyễn Văn Thử"),)),
            document(
                6,
                title="Quyết định quản lý bí mật",
                number_text="15/QĐ-BM",
                persons=((7, "Nguyễn Văn Thử"), (9, "Lê Văn Kín")),
                organisations=(ELSEWHERE,),
            ),
        ]
    )
    return search_backend


@pytest.mark.parametrize(
    ("typed", "numbers", "titles"),
    [
        ("quan l", (), (2, 1)),
        ("quản lý s", (), (2, 1)),
        ("quản lý sa", (), (1,)),
        ("QUẢN LÝ năm", (), (2,)),
        ("lịch", (), (3,)),
        ("15", (3, 1, 2), ()),
        ("15/q", (3, 1), ()),
        ("15/qđ", (1,), ()),
        ("15-QD-UB", (1,), ()),
        ("15/QĐ-UBND", (1,), ()),
        ("150", (2,), ()),
        ("0015", (3, 1), ()),
        ("số 015", (3, 1), ()),
        ("số 15/tb", (3,), ()),
        ("qđ 15", (1,), ()),
        ("q", (), ()),
        ("", (), ()),
        ("-", (), ()),
        ("bí mật", (), ()),
        ("15/qđ-bm", (), ()),
    ],
)
def test_what_is_begun_is_found_in_numbers_and_titles_newest_first(
    shelf: SearchBackend, typed: str, numbers: tuple[int, ...], titles: tuple[int, ...]
) -> None:
    found = begun(shelf, typed)
    assert (found.numbers, found.titles) == (numbers, titles)


def test_persons_are_counted_by_documents_of_the_asker(shelf: SearchBackend) -> None:
    assert dict(begun(shelf, "ng", persons=(7, 8, 9, 10)).persons) == {7: 2, 8: 1}
    everywhere = begun(shelf, "ng", persons=(7, 9), allowed=Allowed.everything())
    assert dict(everywhere.persons) == {7: 3, 9: 1}


def test_no_more_is_suggested_than_asked_for(shelf: SearchBackend) -> None:
    assert begun(shelf, "15", limit=2).numbers == (3, 1)
    assert begun(shelf, "15", limit=0) == Suggested((), (), {})


def test_what_is_excluded_is_not_suggested(shelf: SearchBackend) -> None:
    assert begun(shelf, "quản lý", exclude=frozenset({2})).titles == (1,)


def test_a_removed_document_is_not_suggested(shelf: SearchBackend) -> None:
    shelf.remove([(1, 2)])
    assert begun(shelf, "15/qđ").numbers == ()


@pytest.mark.parametrize(
    "text", ["quản lý", "quản lý xyzt", "15/QĐ-UBND", "", "không có gì", '"quản lý sau cai"', "quản -sau"]
)
@pytest.mark.parametrize("filters", [{}, {"year": ("2024",)}])
def test_a_count_is_the_total_of_the_answer(
    shelf: SearchBackend, text: str, filters: dict[str, tuple[str, ...]]
) -> None:
    counted = shelf.count([SearchRequest(text=text, allowed=MINE, filters=filters)])
    assert counted == (ask(shelf, text, filters=filters).total,)


def test_many_questions_are_counted_at_once(shelf: SearchBackend) -> None:
    asked = [SearchRequest(text=text, allowed=MINE) for text in ("quản lý", "lịch", "zzz")]
    assert shelf.count(asked) == (2, 1, 0)
    assert shelf.count([]) == ()


LONG = "quyết định về việc quản lý sau cai tại nơi không có"  # asked under the rule of most from the beginning
PAST = ("quản lý", "quản lý xyzt", LONG, "zzz", '"quản lý sau cai"', "15/QĐ-UBND", "nghiện cai", "bí mật")


@pytest.mark.parametrize("filters", [{}, {"year": ("2024",)}, {"year": ("2025",)}])
def test_past_questions_are_counted_with_what_is_typed(
    shelf: SearchBackend, filters: dict[str, tuple[str, ...]]
) -> None:
    doubtful = (SearchPage(1, "nghiện ca", ("ca",)),)  # read for "cai"
    shelf.write([document(11, date=day("2024-02-02"), pages=doubtful)])
    past = tuple(SearchRequest(text=text, allowed=MINE, filters=filters) for text in PAST)
    found = begun(shelf, "quản l", persons=(7,), past=past)
    assert found.past == tuple(ask(shelf, text, filters=filters).total for text in PAST)
    assert (found.titles, dict(found.persons)) == ((2, 1), {7: 2})
    assert any(found.past)
    assert not found.past[-1]


def test_a_cursor_by_relevance_carries_no_score_and_each_part_says_how_many_come_before(shelf: SearchBackend) -> None:
    first = ask(shelf, "quản lý", limit=1)
    assert first.cursor is not None
    assert decode(first.cursor, Sort.RELEVANCE).value == 0
    second = ask(shelf, "quản lý", limit=1, cursor=first.cursor)
    assert (first.before, second.before) == (0, 1)
    assert {first.hits[0].id, second.hits[0].id} == {1, 2}
