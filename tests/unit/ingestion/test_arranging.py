"""Text of a page from the lines of an engine: columns in order, paragraphs joined, running lines last."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import pytest
from drawn_papers import A4, DECISION, recognised_page

from ingestion import Page, Source, Word, understand, word_spans
from ingestion.arranging import Arranged, arrange
from ingestion.paragraphs import glued

LETTER = 6.0  # points a letter takes in these lines


def _line(x: float, y: float, text: str, *, size: float = 12) -> list[Word]:
    """The words of a line that begins at x with its baseline at y, each letter six points wide."""
    words = []
    for part in text.split(" "):
        wide = LETTER * len(part)
        if part:
            words.append(Word(part, (x, y - size * 0.8, x + wide, y + size * 0.2)))
        x += wide + 4
    return words


def _centred(x: float, y: float, text: str) -> list[Word]:
    return _line(x - (LETTER * len(text.replace(" ", "")) + 4 * text.count(" ")) / 2, y, text)


def _text(lines: Sequence[Sequence[Word]]) -> str:
    return _arranged(lines).text


def _arranged(lines: Sequence[Sequence[Word]]) -> Arranged:
    found = arrange(lines, width=A4[0], height=A4[1])
    page = Page(1, *A4, Source.TEXT, None, found.text, found.words)
    assert all(span[0] >= 0 for span in word_spans(page))
    return found


HEAD_LEFT = ((170, 60, "ỦY BAN NHÂN DÂN"), (170, 76, "XÃ THỬ NGHIỆM"), (170, 108, "Số: 15/QĐ-UBND"))
HEAD_RIGHT = (
    (420, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
    (420, 76, "Độc lập - Tự do - Hạnh phúc"),
    (420, 108, "Thử Nghiệm, ngày 05 tháng 9 năm 2025"),
)
HEAD_TEXT = (
    "ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM\nSố: 15/QĐ-UBND\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    "Thử Nghiệm, ngày 05 tháng 9 năm 2025\nQUYẾT ĐỊNH"
)
TITLE = (310, 150, "QUYẾT ĐỊNH")


def _glued_head() -> list[list[Word]]:
    return [[*_centred(*left), *_centred(*right)] for left, right in zip(HEAD_LEFT, HEAD_RIGHT, strict=True)]


def _interleaved_head() -> list[list[Word]]:
    return [_centred(*one) for pair in zip(HEAD_LEFT, HEAD_RIGHT, strict=True) for one in pair]


def _right_first_head() -> list[list[Word]]:
    return [_centred(*one) for one in (*HEAD_RIGHT, *HEAD_LEFT)]


@pytest.mark.parametrize("head", [_glued_head, _interleaved_head, _right_first_head])
def test_left_block_of_a_head_is_read_whole_before_the_right_one(head: object) -> None:
    assert callable(head)
    assert _text([*head(), _centred(*TITLE)]) == HEAD_TEXT


def test_motto_glued_to_the_body_without_a_wide_gap_is_cut_off() -> None:
    first = [*_line(60, 60, "ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM")]
    end = first[-1].box[2]
    first += _line(end + 5, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    rest = [*_centred(170, 76, "CÔNG AN XÃ MẪU"), *_centred(end + 120, 76, "Độc lập - Tự do - Hạnh phúc")]
    text = _text([first, rest, _centred(*TITLE)])
    assert text.startswith(
        "ỦY BAN NHÂN DÂN TỈNH THỬ NGHIỆM\nCÔNG AN XÃ MẪU\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập"
    )


def test_recipients_are_read_before_the_signing_block_beside_them() -> None:
    lines = [
        _line(85, 500, "Điều 2. Quyết định này có hiệu lực."),
        [*_line(85, 540, "Nơi nhận:"), *_line(380, 540, "TM. ỦY BAN NHÂN DÂN")],
        [*_line(85, 556, "- Như Điều 2;"), *_line(400, 556, "CHỦ TỊCH")],
        [*_line(85, 572, "- Lưu: VT.")],
        [*_line(390, 640, "Trần Thị Mẫu")],
    ]
    assert _text(lines) == (
        "Điều 2. Quyết định này có hiệu lực.\nNơi nhận:\n- Như Điều 2;\n- Lưu: VT.\n"
        "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nTrần Thị Mẫu"
    )


def test_signing_blocks_side_by_side_are_read_one_after_the_other() -> None:
    lines = [
        _line(85, 500, "Biên bản được đọc lại cho mọi người cùng nghe và ký tên dưới đây."),
        [*_line(85, 540, "NGƯỜI GIAO"), *_line(400, 540, "NGƯỜI NHẬN")],
        [*_line(85, 600, "Lê Văn Thử"), *_line(400, 600, "Trần Thị Mẫu")],
    ]
    assert _text(lines).split("\n")[1:] == ["NGƯỜI GIAO", "Lê Văn Thử", "NGƯỜI NHẬN", "Trần Thị Mẫu"]


PROSE = "Trong thời gian qua các cơ quan đơn vị đã phối hợp chặt chẽ với nhau trong"


def test_lines_of_a_paragraph_are_joined_and_an_early_end_closes_it() -> None:
    lines = [
        _line(113, 200, PROSE[:70]),
        _line(85, 218, "công tác quản lý sau cai nghiện ma túy tại nơi cư trú của người dân và"),
        _line(85, 236, "gia đình."),
        _line(113, 254, "Đề nghị các đơn vị tiếp tục thực hiện nghiêm túc nội dung của kế hoạch"),
        _line(85, 272, "này trong năm."),
    ]
    text = _text(lines)
    assert text.count("\n") == 1
    assert "quản lý sau cai" in text
    assert text.split("\n")[0].endswith("của người dân và gia đình.")


@pytest.mark.parametrize(
    "begin",
    [
        "Điều 2. Tổ chức",
        "2. Tổ chức",
        "a) Tổ chức",
        "- Tổ chức",
        "II. Tổ chức",
        "Căn cứ Luật",
        "Ngày sinh: 05",
        "2.1. Về",
    ],
)
def test_clauses_lists_and_labels_begin_paragraphs(begin: str) -> None:
    full = "Điều 1. Giao các cơ quan liên quan phối hợp thực hiện nội dung trên đây;"
    assert _text([_line(85, 200, full), _line(85, 218, begin)]) == f"{full}\n{begin}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("thực hiện nhiệm vụ phát triển ổn định và bền vững của nền kinh tế", "- xã hội của tỉnh."),
        ("theo quy định của pháp luật hiện hành về tổ chức bộ máy của Bộ Lao động", "- Thương binh và Xã hội."),
        ("người nghiện ma túy được quản lý tại nơi cư trú theo quy định tại khoản", "1. Điều 40 của Luật."),
    ],
)
def test_signs_that_only_look_like_marks_of_lists_go_on(first: str, second: str) -> None:
    assert _text([_line(85, 200, first), _line(85, 218, second)]) == f"{first} {second}"


def test_number_broken_over_lines_is_joined_without_a_blank() -> None:
    lines = [
        _line(85, 200, "căn cứ vào các nội dung đã nêu trên thực hiện theo Quyết định số 12/QĐ-"),
        _line(85, 218, "UBND ngày 05."),
    ]
    found = _arranged(lines)
    assert "số 12/QĐ-UBND ngày" in found.text
    texts = [word.text for word in found.words]
    assert texts[texts.index("12/QĐ-") + 1] == "UBND"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("12/QĐ-", "UBND", "12/QĐ-UBND"),
        ("12/", "QĐ-UBND", "12/QĐ-UBND"),
        ("12", "/QĐ-UBND", "12/QĐ-UBND"),
        ("116/2021/NĐ", "-CP", "116/2021/NĐ-CP"),
        ("organi\u00ad", "zation", "organization"),
        ("organi-", "zation", "organization"),
        ("Methadone", "cho", None),
        ("-", "Thương", None),
        ("12", "-Như", None),
        ("2021", "-2025", None),
    ],
)
def test_only_symbols_and_hyphenated_words_are_glued(before: str, after: str, text: str | None) -> None:
    kept = glued(before, after)
    assert (None if kept is None else before[:kept] + after) == text


def test_soft_hyphen_vanishes_from_the_text_and_from_its_word() -> None:
    found = _arranged(
        [
            _line(85, 200, "một từ nước ngoài rất dài như ở đây là từ sau cùng của dòng này docu\u00ad"),
            _line(85, 218, "ment."),
        ]
    )
    assert found.text.endswith("document.")
    assert [word.text for word in found.words][-2:] == ["docu", "ment."]


@pytest.mark.parametrize("written", ["3", "- 3 -", "Trang 3/10", "3/10", "12/QĐ-UBND"])
@pytest.mark.parametrize("y", [35, 825])
def test_page_number_in_a_margin_stands_after_the_body(written: str, y: float) -> None:
    body = _line(85, 200, PROSE[:60])
    number = _centred(300, y, written)
    found = _arranged([number, body] if y < 100 else [body, number])
    assert found.running is not None
    assert found.text[: found.running].rstrip("\n") == PROSE[:60].strip()
    assert found.text[found.running :] == written


def test_number_inside_the_page_belongs_to_the_body() -> None:
    assert _arranged([_line(85, 200, PROSE[:60]), _centred(300, 400, "3")]).running is None


def test_stamped_sheet_number_stands_apart_from_the_text() -> None:
    found = _arranged([_line(500, 50, "BL: 12"), *_glued_head(), _centred(*TITLE)])
    assert found.text == f"{HEAD_TEXT}\nBL: 12"
    assert found.running == len(HEAD_TEXT) + 1


def test_rows_of_a_table_stay_rows() -> None:
    lines = [
        [*_line(85, 300, "1"), *_line(130, 300, "Nguyễn Văn Thử"), *_line(350, 300, "1990")],
        [*_line(85, 318, "2"), *_line(130, 318, "Trần Thị Mẫu"), *_line(350, 318, "1985")],
    ]
    assert _text(lines) == "1 Nguyễn Văn Thử 1990\n2 Trần Thị Mẫu 1985"


@pytest.mark.parametrize("turn", ["right", "left", "over"])
def test_page_on_its_side_or_head_is_arranged_as_if_upright(turn: str) -> None:
    wide, high = A4
    upright = [*_glued_head(), _centred(*TITLE)]

    def turned(word: Word) -> Word:
        x0, y0, x1, y1 = word.box
        if turn == "over":
            return Word(word.text, (wide - x1, high - y1, wide - x0, high - y0))
        return Word(word.text, (high - y1, x0, high - y0, x1) if turn == "right" else (y0, wide - x1, y1, wide - x0))

    size = A4 if turn == "over" else (high, wide)
    found = arrange([[turned(word) for word in line] for line in upright], width=size[0], height=size[1])
    assert found.text == HEAD_TEXT


def test_page_askew_by_three_degrees_is_arranged_as_if_level() -> None:
    lines = [
        _line(113, 200, PROSE[:70]),
        _line(85, 218, "công tác quản lý sau cai nghiện ma túy tại nơi cư trú của người dân và"),
        _line(85, 236, "gia đình."),
        _line(113, 254, "Đề nghị các đơn vị tiếp tục thực hiện nghiêm túc nội dung của kế hoạch"),
    ]
    slope = 0.052
    askew = [
        [
            Word(
                w.text,
                (
                    w.box[0] - slope * w.box[1],
                    w.box[1] + slope * w.box[0],
                    w.box[2] - slope * w.box[1],
                    w.box[3] + slope * w.box[0],
                ),
            )
            for w in line
        ]
        for line in [*_glued_head(), _centred(*TITLE), *lines]
    ]
    assert _text(askew).startswith(HEAD_TEXT)
    assert _text(askew).count("\n") == _text([*_glued_head(), _centred(*TITLE), *lines]).count("\n")


def test_facts_are_the_same_on_paragraphs_as_on_lines() -> None:
    page = recognised_page(DECISION)
    lines = [list(group) for _, group in groupby(page.words, key=lambda word: word.box[3])]
    found = arrange(lines, width=page.width, height=page.height)
    arranged = replace(page, text=found.text, words=found.words, running=found.running)
    assert arranged.text != page.text
    before, after = understand([page]), understand([arranged])
    for name in (
        "type",
        "number",
        "suffix",
        "symbol",
        "date",
        "place",
        "body",
        "subject",
        "signer",
        "signer_post",
        "signer_authority",
    ):
        one, other = getattr(before, name), getattr(after, name)
        assert one.value == other.value
    assert [person.name for person in before.people] == [person.name for person in after.people]
    for fact in (after.number, after.date, after.type):
        assert fact is not None
        assert fact.evidence is not None
        assert arranged.text[fact.evidence.start : fact.evidence.end] == fact.evidence.quote


def test_page_without_lines_has_no_text() -> None:
    assert arrange([], width=0, height=0) == Arranged("", (), None)


def test_lines_of_one_heading_over_a_line_keep_its_words_in_order() -> None:
    lines = [_centred(300, 100, "Về việc quản lý sau cai nghiện ma túy"), _centred(300, 116, "tại nơi cư trú")]
    assert _text(lines) == "Về việc quản lý sau cai nghiện ma túy tại nơi cư trú"


def test_lines_are_not_changed() -> None:
    lines = [_line(85, 200, "một hai"), _line(85, 218, "ba")]
    copy = [list(line) for line in lines]
    arrange(lines, width=A4[0], height=A4[1])
    assert lines == copy


def test_name_of_the_state_broken_in_a_narrow_cell_is_one_line() -> None:
    lines = [
        [*_centred(170, 60, "CÔNG AN PHƯỜNG MẪU"), *_centred(420, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT")],
        _centred(420, 76, "NAM"),
        [*_centred(170, 92, "Số: 15/GXN-CAP"), *_centred(420, 92, "Độc lập - Tự do - Hạnh phúc")],
        _centred(310, 130, "GIẤY XÁC NHẬN"),
        _line(113, 150, "Căn cứ Nghị định số 163/2026/NĐ-CP ngày 15 tháng 5 năm 2026 của Chính phủ"),
    ]
    assert _text(lines).split("\n") == [
        "CÔNG AN PHƯỜNG MẪU",
        "Số: 15/GXN-CAP",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "GIẤY XÁC NHẬN",
        "Căn cứ Nghị định số 163/2026/NĐ-CP ngày 15 tháng 5 năm 2026 của Chính phủ",
    ]
