"""Rules of marking words and cutting pieces of a page."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.folding import fold
from indexer.snippets import cut, look, marks


def marked(page: str, query: str) -> list[str]:
    return [page[start:end] for start, end in marks(page, query)]


def test_words_with_accents_mark_exact_places_only_where_there_are_some() -> None:
    assert marked("quan ly và quản lý", "quản lý") == ["quản", "lý"]
    assert marked("QUAN LY va quàn lỵ", "quản lý") == ["QUAN", "LY", "quàn", "lỵ"]


def test_words_without_accents_mark_all_spellings() -> None:
    assert marked("quan ly và quản lý", "quan") == ["quan", "quản"]


def test_a_phrase_is_marked_whole_with_what_lies_between() -> None:
    assert marked("cai. Sau cai\nnghiện, cai", '"sau cai nghiện"') == ["Sau cai\nnghiện"]


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("Nơi cư trú; cư trú nơi khác", '"nơi cư trú"', ["Nơi cư trú"]),
        ("noi cu tru, nơi cư trú", '"nơi cư trú"', ["nơi cư trú"]),
        ("noi cu tru", '"nơi cư trú"', []),
        ("nơi cư trú, noi cu tru", '"noi cu tru"', ["nơi cư trú", "noi cu tru"]),
        ("nơi ở; nơi cư trú nơi", '"cư trú" nơi', ["nơi", "nơi", "cư trú", "nơi"]),
    ],
)
def test_words_in_quotation_marks_are_one_place_with_their_accents(page: str, query: str, expected: list[str]) -> None:
    assert marked(page, query) == expected


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("quản lý người ở nơi cư trú; trú", '"quản trú"~5', ["quản lý người ở nơi cư trú"]),
        ("trú tại xã quản lý", '"quản trú"~5', ["trú tại xã quản"]),
        ("trú tạm, tạm trú", '"trú tạm"~0', ["trú tạm", "tạm trú"]),
        ("một hai ba bốn; ba", '"một bốn ba"~2', ["một hai ba bốn"]),
        ("một hai ba; bốn một", '"hai hai"~3', ["hai"]),
        ("quản lý một hai ba bốn năm sáu trú", '"quản trú"~2', ["quản", "trú"]),
    ],
)
def test_words_near_each_other_are_one_place_and_single_only_where_none_are(
    page: str, query: str, expected: list[str]
) -> None:
    assert marked(page, query) == expected


def test_a_number_is_marked_in_any_spelling() -> None:
    assert marked("Số: 15/ QĐ - UBND ngày 2", "15/qd-ubnd") == ["15/ QĐ - UBND"]


def test_what_is_not_wanted_is_not_marked() -> None:
    assert marked("cai nghiện ma túy", "cai -ma") == ["cai"]


def test_the_piece_with_most_different_words_is_chosen() -> None:
    page = "quản lý. " * 40 + "ở giữa " * 40 + "quyết định quản lý người"
    (piece,) = cut(page, "quyết định quản lý", width=80)
    assert {piece.text[start:end] for start, end in piece.marks} == {"quyết", "định", "quản", "lý"}


def test_pieces_come_in_the_order_of_the_page_and_do_not_overlap() -> None:
    page = "một " + "đệm " * 100 + "hai một " + "đệm " * 100 + "một"
    pieces = cut(page, "một hai", limit=3, width=60)
    assert len(pieces) == 3
    assert all(one.start + len(one.text) <= other.start for one, other in pairwise(pieces))


def test_a_page_without_the_words_gives_its_beginning() -> None:
    (piece,) = cut("Cộng hòa xã hội chủ nghĩa Việt Nam " * 20, "xyzzy", width=50)
    assert (piece.start, piece.marks) == (0, ())
    assert cut("", "xyzzy") == ()
    assert cut(" … ", "x") == ()


@given(st.text(alphabet="aáb đ.\n", max_size=300), st.text(alphabet='aáb đ"-', max_size=12), st.integers(10, 80))
def test_pieces_are_cut_from_the_page_and_marks_lie_inside(page: str, query: str, width: int) -> None:
    whole, pieces = marks(page, query), cut(page, query, limit=3, width=width)
    assert bool(pieces) is bool(fold(page))
    for piece in pieces:
        assert page[piece.start : piece.start + len(piece.text)] == piece.text
        for start, end in piece.marks:
            assert 0 <= start < end <= len(piece.text)
            assert (start + piece.start, end + piece.start) in whole
            assert fold(piece.text[start:end])


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("Căn cứ Nghị định số 116/2021/NĐ-CP và nghị quyết", "nghị định 116", ["116/2021/NĐ-CP"]),
        ("Số: 05/QĐ-UBND ngày 5", "QĐ 5", ["05/QĐ-UBND"]),
        ("Quyết định 12/2024/QĐ-UBND, số 12/KH-UBND", "qd 12 2024", ["12/2024/QĐ-UBND"]),
        ("họp ngày 05 tháng 02 năm 2026, hạn 5/2/2026, 5/3/2026", "5/2/26", ["ngày 05 tháng 02 năm 2026", "5/2/2026"]),
        ("CCCD 000.123.456.789 và 000", "000 123 456 789", ["000.123.456.789"]),
        ("Ủy ban nhân dân phường và UBND xã", "UBND", ["Ủy ban nhân dân", "UBND"]),
        ("nghị định về nghị viện", "nghị định 116", ["nghị", "định", "nghị"]),
    ],
)
def test_what_a_question_means_is_marked_however_it_is_written(page: str, query: str, expected: list[str]) -> None:
    assert marked(page, query) == expected


@pytest.mark.parametrize(
    ("page", "query", "every"),
    [
        ("quan ly sau cai", "quản lý cai", True),
        ("quản lý", "quản lý cai", False),
        ("ủy ban nhân dân họp", "UBND họp", True),
        ("ngày 05 tháng 02 năm 2026 họp", "5/2/26 họp", True),
        ("họp", "5/2/26 họp", False),
        ("họp", "họp năm:2026 người:Thử -nghỉ", True),
        ("nghỉ", "-họp", False),
        ("noi cu tru", '"nơi cư trú"', False),
        ("quản lý ở nơi trú", '"quản trú"~3', True),
        ("quản lý ở nơi trú", '"quản trú"~2', False),
    ],
)
def test_a_page_has_everything_that_a_text_can_have_of_a_question(page: str, query: str, every: bool) -> None:
    assert look(page, query).every is every
