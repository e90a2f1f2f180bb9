"""Marks of secrecy: what is one, and what only looks like one; stamped sheet numbers."""

from dataclasses import replace

import pytest
from drawn_papers import DECISION, Line, plain_page, recognised_page

from ingestion import Page, Region, RegionKind, secrecy, sheet_number


def _stamped(text: str, *, x: float = 170, y: float = 134) -> Page:
    return recognised_page([*DECISION, Line(x, y, text, 14, True)])


def _mark(page: Page) -> str | None:
    fact = secrecy([page])
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("written", "degree"),
    [
        ("MẬT", "MẬT"),
        ("TỐI MẬT", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("| MẬT |", "MẬT"),
        ("[TỐI MẬT]", "TỐI MẬT"),
        ("MÂT", "MẬT"),
        ("TÓI MẬT.", "TỐI MẬT"),
        ("TUYET MAT", "TUYỆT MẬT"),
        ("M Ậ T", "MẬT"),
        ("Độ mật: Tối mật", "TỐI MẬT"),
        ("Độ mật: MẬT", "MẬT"),
    ],
)
def test_mark_that_stands_alone_in_the_head_is_told(written: str, degree: str) -> None:
    page = _stamped(written)
    fact = secrecy([page])
    assert fact is not None
    assert fact.value == degree
    assert fact.evidence is not None
    assert page.text[fact.evidence.start : fact.evidence.end] == fact.evidence.quote


@pytest.mark.parametrize("place", [(60, 40), (540, 40), (300, 820)])
def test_mark_is_told_in_corners_and_at_the_lower_edge(place: tuple[float, float]) -> None:
    assert _mark(_stamped("TUYỆT MẬT", x=place[0], y=place[1])) == "TUYỆT MẬT"


def test_stamp_read_into_the_line_of_the_number_is_told() -> None:
    lines = [
        Line(one.x, one.y, one.text.replace("15a/QĐ-UBND", "15a/QĐ-UBND MẬT"), one.size, one.centred)
        for one in DECISION
    ]
    assert _mark(recognised_page(lines)) == "MẬT"


def test_mark_on_a_later_page_counts_and_the_highest_wins() -> None:
    pages = [_stamped("MẬT"), replace(_stamped("TUYỆT MẬT"), number=2)]
    fact = secrecy(pages)
    assert fact is not None
    assert fact.value == "TUYỆT MẬT"


def test_mark_in_a_text_without_boxes_is_told_among_the_first_lines() -> None:
    assert _mark(plain_page("CÔNG AN TỈNH MẪU\nSố: 12/BC-CAT\nMẬT\nBÁO CÁO\nVề tình hình")) == "MẬT"


@pytest.mark.parametrize(
    "text",
    [
        "Cán bộ có trách nhiệm giữ bí mật thông tin cá nhân của người cai nghiện.",
        "Thuốc mê MẬT ONG",
        "BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "QUY CHẾ BẢO VỆ BÍ\nMẬT\nNHÀ NƯỚC",
        "MẶT",
        "MAT",
        "GAN\nMẬT:",
        "Mật",
        "Độ mật: ........",
        "Độ mật: Mật, Tối mật, Tuyệt mật",
        "TUYỆT MẬT\nTỐI MẬT\nMẬT",
        "HỎA TỐC",
        "XÁC NHẬN GIỮ TUYỆT MẬT",
    ],
)
def test_words_that_are_no_mark_are_left_alone(text: str) -> None:
    assert _mark(plain_page(f"{text}\nĐiều 1. Văn bản thử.")) is None


def test_the_word_alone_in_the_middle_of_a_page_is_no_mark() -> None:
    assert _mark(_stamped("MẬT", x=300, y=500)) is None


def test_a_table_of_the_degrees_is_no_mark() -> None:
    page = replace(_stamped("MẬT"), tables=((("Độ mật", "Số lượng"), ("MẬT", "3"), ("TỐI MẬT", "1")),))
    assert _mark(page) is None


def test_unmarked_paper_has_no_secrecy() -> None:
    assert secrecy([recognised_page(DECISION)]) is None
    assert secrecy([]) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("BL: 12", "12"), ("Bút lục số 7", "7"), ("BL 103a", "103a"), ("B.L: 5", "5"), ("BỦN 12", None)],
)
def test_stamped_sheet_number_is_read_in_the_upper_right_corner(written: str, number: str | None) -> None:
    assert sheet_number(_stamped(written, x=520, y=40)) == number


def test_sheet_numbers_named_in_the_text_are_not_that_of_the_page() -> None:
    assert sheet_number(_stamped("BL: 12", x=200, y=500)) is None
    assert sheet_number(plain_page("Căn cứ bút lục số 12, đề nghị xem xét.")) is None


def test_sheet_number_found_in_the_picture_is_taken_where_no_text_says_it() -> None:
    page = recognised_page(DECISION)
    seen = Region(RegionKind.SHEET_NUMBER, (540, 20, 570, 40), 0.8, "42")
    assert sheet_number(replace(page, regions=(seen,))) == "42"
    assert sheet_number(replace(page, regions=(replace(seen, score=0.2),))) is None
