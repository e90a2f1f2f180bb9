"""Where papers begin in a dossier scanned as one: every sign of a beginning, and every sign against one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from drawn_papers import A4, DECISION, HEAD, Line, recognised_page

from ingestion import CutReason, Page, Part, PartKind, Region, RegionKind, Source, parts

BODY = (
    "nội dung của văn bản thử được viết tiếp ở trang này cho đủ dòng, không có",
    "đầu đề, không có quốc hiệu, chỉ có chữ thường chạy từ lề trái sang lề phải",
    "và kết thúc giữa chừng để cho thấy rằng văn bản còn tiếp tục ở trang sau với",
)


def _running(number: int, *, first: str = BODY[0], foot: str = "") -> Page:
    lines = [Line(85, 80, first)]
    lines += [Line(85, 80 + 18 * row, BODY[row % 3]) for row in range(1, 36)]
    if foot:
        lines.append(Line(300, 815, foot, 11, True))
    return replace(recognised_page(lines), number=number)


def _decision(number: int, lines: Sequence[Line] = DECISION) -> Page:
    return replace(recognised_page(lines), number=number)


def _blank(number: int) -> Page:
    return Page(number, *A4, Source.NONE, None, "", blank=True)


def _firsts(found: Sequence[Part]) -> list[int]:
    return [part.first for part in found]


def test_each_head_begins_a_paper_and_later_pages_stay_with_it() -> None:
    found = parts([_decision(1), _running(2), _decision(3), _decision(4), _running(5), _running(6)])
    assert [(part.first, part.last) for part in found] == [(1, 2), (3, 3), (4, 6)]
    assert all(part.kind is PartKind.DOCUMENT for part in found)
    assert {str(CutReason.MOTTO), str(CutReason.TITLE)} <= set(found[1].reasons)
    assert found[1].facts.type is not None
    assert found[1].facts.type.value == "QĐ"


def test_every_page_stands_in_exactly_one_part() -> None:
    found = parts([_decision(1), _blank(2), _running(3), _decision(4), _blank(5)])
    pages = [page for part in found for page in range(part.first, part.last + 1)]
    assert pages == [1, 2, 3, 4, 5]


def test_head_is_told_however_badly_its_motto_was_recognised() -> None:
    bad = [
        replace(line, text=line.text.replace("CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "GỘNG HOÀ XA HÔI CHỦ NGHlA"))
        for line in DECISION
    ]
    assert _firsts(parts([_decision(1), _decision(2, bad)])) == [1, 2]


def test_paper_without_motto_begins_at_its_title() -> None:
    lines = [
        Line(300, 90, "BẢN TƯỜNG TRÌNH", 14, True),
        Line(85, 130, "Tên tôi là: Nguyễn Văn Thử"),
        Line(85, 150, "Sinh ngày: 05/03/1990"),
        Line(85, 170, "Tôi xin trình bày như sau."),
    ]
    found = parts([_decision(1), _decision(2, lines)])
    assert _firsts(found) == [1, 2]
    assert str(CutReason.TITLE) in found[1].reasons


def test_page_numbers_hold_pages_together_and_part_them() -> None:
    whole = parts(
        [_decision(1), _running(2, first="I. MỤC ĐÍCH", foot="2"), _running(3, first="II. NỘI DUNG", foot="3")]
    )
    assert _firsts(whole) == [1]
    restarted = parts(
        [_running(1, foot="Trang 2/2"), _running(2, first="Tôi tên là Nguyễn Văn Thử.", foot="Trang 1/2")]
    )
    assert _firsts(restarted) == [1, 2]
    assert str(CutReason.PAGE_ONE) in restarted[1].reasons


def test_later_page_with_a_heading_in_capitals_goes_on() -> None:
    lines = [
        Line(300, 80, "III. TỔ CHỨC THỰC HIỆN", 13, True),
        *(Line(85, 100 + 18 * row, BODY[row % 3]) for row in range(30)),
    ]
    assert _firsts(parts([_decision(1), _running(2), _decision(3, lines)])) == [1]


def test_annex_stays_with_the_paper_it_names_even_with_a_head_of_its_own() -> None:
    annex = [
        *HEAD,
        Line(300, 150, "PHỤ LỤC I", 14, True),
        Line(300, 168, "DANH SÁCH GIẤY TỜ", 14, True),
        Line(300, 186, "(Kèm theo Quyết định số 15/QĐ-UBND)", 13, True),
        Line(85, 220, "1. Biên bản vi phạm."),
    ]
    decision = [replace(line, text=line.text.replace("15a", "15")) for line in DECISION]
    annex = [replace(line, text=line.text.replace("15a", "15")) for line in annex]
    assert _firsts(parts([_decision(1, decision), _decision(2, annex)])) == [1]
    other = [
        replace(line, text=line.text.replace("15/QĐ-UBND", "977/NQ-HĐND")) if "Kèm" in line.text else line
        for line in annex
    ]
    assert _firsts(parts([_decision(1, decision), _decision(2, other)])) == [1, 2]


def test_cover_list_of_contents_and_papers_are_parts_of_their_own() -> None:
    cover = [Line(300, 300, "BÌA HỒ SƠ", 20, True), Line(300, 340, "Nguyễn Văn Thử", 16, True)]
    contents = [
        Line(300, 80, "MỤC LỤC VĂN BẢN", 14, True),
        *(Line(85, 120 + 20 * row, f"{row}. Biên bản {row}") for row in range(1, 9)),
    ]
    found = parts([_decision(1, cover), _decision(2, contents), _decision(3)])
    assert [(part.first, part.kind) for part in found] == [
        (1, PartKind.COVER),
        (2, PartKind.COVER),
        (3, PartKind.DOCUMENT),
    ]


@pytest.mark.parametrize("value", ["HOSO:SEPARATOR", "PATCHT"])
def test_separator_with_a_code_cuts_whatever_follows(value: str) -> None:
    code = Region(RegionKind.CODE, (200, 200, 300, 300), 1.0, value)
    sheet = replace(_blank(2), blank=False, regions=(code,))
    found = parts([_decision(1), sheet, _running(3)])
    assert [(part.first, part.kind) for part in found] == [
        (1, PartKind.DOCUMENT), (2, PartKind.SEPARATOR), (3, PartKind.DOCUMENT),
    ]  # fmt: skip
    assert found[1].facts.type is None


def test_code_of_a_form_is_no_separator() -> None:
    code = Region(RegionKind.CODE, (200, 200, 300, 300), 1.0, "000.00.01.H01-260101-0001")
    assert _firsts(parts([_decision(1), replace(_running(2), regions=(code,))])) == [1]


def test_blank_back_stays_with_the_paper_before_it() -> None:
    found = parts([_decision(1), _blank(2), _decision(3), _blank(4)])
    assert [(part.first, part.last) for part in found] == [(1, 2), (3, 4)]


def test_blank_sheets_before_the_first_paper_are_blank() -> None:
    found = parts([_blank(1), _decision(2)])
    assert [(part.first, part.kind) for part in found] == [(1, PartKind.BLANK), (2, PartKind.DOCUMENT)]


def test_text_that_goes_on_after_a_blank_back_is_not_cut() -> None:
    assert _firsts(parts([_decision(1), _running(2), _blank(3), _running(4)])) == [1]


def test_doubtful_cut_has_a_lower_score_than_a_sure_one() -> None:
    lines = [
        Line(300, 90, "GIẤY XÁC NHẬN", 14, True),
        Line(85, 130, "Công an phường xác nhận."),
        Line(85, 150, "Kính."),
    ]
    unsure = parts([_running(1), _decision(2, lines)])
    sure = parts([_decision(1), _decision(2)])
    scores = [part.score for part in (*unsure, *sure)]
    assert all(0 <= score <= 1 for score in scores)
    assert sure[1].score > 0.95
    assert len(unsure) == 1 or unsure[1].score < sure[1].score


def test_seal_on_the_page_before_speaks_for_a_new_paper() -> None:
    lines = [Line(300, 90, "GIẤY XÁC NHẬN", 14, True), Line(85, 130, "Công an phường xác nhận như sau.")]
    seal = Region(RegionKind.SEAL, (380, 600, 480, 700), 0.9)
    plain = [_running(1), _decision(2, lines)]
    sealed = [replace(plain[0], regions=(seal,)), plain[1]]
    assert str(CutReason.LAST_SIGNED) in parts(sealed)[1].reasons
    assert len(parts(plain)) == 1 or parts(plain)[1].score < parts(sealed)[1].score


def test_recipients_and_signature_alone_belong_to_the_paper_before() -> None:
    seal = Region(RegionKind.SEAL, (380, 600, 480, 700), 0.9)
    last = replace(_running(2), regions=(seal,))  # an initial at the foot looks like a signature
    foot = [
        Line(85, 70, "- Văn phòng UBND tỉnh;", 11),
        Line(85, 86, "- +LĐVP, TH, NC-KSTTHC;", 11),
        Line(85, 102, "- Lưu: VT, KGVX.", 11),
        Line(400, 70, "TL. CHỦ TỊCH", 13, True),
        Line(400, 86, "CHÁNH VĂN PHÒNG", 13, True),
        Line(400, 160, "Trần Thị Mẫu", 13, True),
    ]
    assert _firsts(parts([_decision(1), last, _decision(3, foot), _decision(4)])) == [1, 4]
    titled = [Line(300, 40, "GIẤY XÁC NHẬN", 14, True), *foot]
    assert _firsts(parts([_decision(1), last, _decision(3, titled), _decision(4)])) == [1, 3, 4]


def test_page_of_handwriting_alone_is_not_blank() -> None:
    pen = Region(RegionKind.HANDWRITING, (80, 200, 500, 400), 0.9)
    written = replace(_blank(1), blank=False, regions=(pen,))
    assert parts([written, _decision(2)])[0].kind is PartKind.DOCUMENT


def test_no_pages_have_no_parts() -> None:
    assert parts([]) == ()
