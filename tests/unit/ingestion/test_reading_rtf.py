"""RTF: letters by font run, tables, notes, heads and feet; nothing hidden or deleted; hostile nesting is damaged."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ingestion
from ingestion import Sandbox
from ingestion.engines.rtf import RtfReader
from ingestion.engines.rtf_parsing import parse
from ingestion.errors import Damaged
from ingestion.pages import Page
from ingestion.vietnamese.legacy import Encoding
from tests.unit.ingestion.legacy_writing import written
from tests.unit.ingestion.rtf_papers import PAPER, PICTURE, coded, rtf, scan_in_rtf
from tests.unit.ingestion.test_legacy_fonts import SENTENCE


def _read(tmp_path: Path, body: str) -> RtfReader:
    path = tmp_path / "paper.rtf"
    path.write_bytes(rtf(body))
    return RtfReader(path)


@pytest.fixture
def paper(tmp_path: Path) -> Page:
    """The paper with one of everything."""
    return _read(tmp_path, PAPER).text_page(1)


def test_letters_are_those_of_their_fonts(paper: Page) -> None:
    lines = paper.text.split("\n")
    assert lines[:4] == ["CỘNG HOÀ XÃ HỘI", "Độc lập - Tự do[1]", "Cộng hòa and plain", "Tiếng Việt có màu"]


def test_deleted_and_hidden_text_is_left_out_and_new_text_kept(paper: Page) -> None:
    assert "mới" in paper.text.split("\n")
    assert "xoá" not in paper.text
    assert "ẩn" not in paper.text


def test_fields_give_their_results(paper: Page) -> None:
    assert "liên kết" in paper.text
    assert "HYPERLINK" not in paper.text
    assert "PAGE" not in paper.text


def test_tables_are_lines_and_tables(paper: Page) -> None:
    assert paper.tables == ((("STT", "Họ tên"), ("1", "Nguyễn Văn Thử")),)
    assert "1\tNguyễn Văn Thử" in paper.text.split("\n")


def test_notes_stand_in_the_text_and_heads_apart(paper: Page) -> None:
    assert "[1] Ghi chú thứ nhất" in paper.body.split("\n")
    assert "Văn phòng UBND" not in paper.body
    assert paper.running is not None
    assert paper.text[paper.running :].split("\n")[0] == "Văn phòng UBND"


def test_a_note_that_other_programs_skip_is_a_note(tmp_path: Path) -> None:
    text = _read(tmp_path, r"\f0 one{\super\chftn{\*\footnote\chftn\pard two}} three\par").text_page(1).text
    assert text.split("\n") == ["one[1] three", "[1] two"]


def test_a_text_box_follows_the_paragraph_it_is_anchored_in(tmp_path: Path) -> None:
    box = r"{\shp{\*\shpinst\shpleft1{\sp{\sn x}{\sv 1}}{\shptxt\pard box\par end\par}}{\shprslt x}}"
    row = r"\trowd\cellx900\cellx1800\pard\intbl "
    page = _read(tmp_path, rf"\f0 one{box} two\par " + row + rf"a{box}\cell b\cell\row\pard end{box}").text_page(1)
    assert page.text.split("\n") == ["one two", "box", "end", "box", "end", "a", "b", "end", "box", "end"]


def test_signs_of_symbol_fonts_are_shown(paper: Page) -> None:
    assert "•\tDòng cuối" in paper.text


def test_what_is_not_read_is_said(tmp_path: Path) -> None:
    codes = [warning.code for warning in _read(tmp_path, PAPER + PICTURE).warnings]
    assert codes == ["tracked-changes", "pictures-not-read"]


def test_a_scan_inside_is_a_page_to_recognise(tmp_path: Path) -> None:
    reader = _read(tmp_path, r"\f1 §¬n\par" + scan_in_rtf() + scan_in_rtf(60, 80))
    assert reader.page_count == 2
    assert reader.text_page(1).text == "Đơn"
    assert [reader.needs_recognition(number) for number in (1, 2)] == [False, True]
    assert min(reader.scan(2).image.size) >= 700
    assert [warning.message for warning in reader.warnings] == [
        "The file holds 1 pictures that are no scans; they are not read."
    ]


def test_a_file_of_scans_alone_has_no_empty_page_of_text(tmp_path: Path) -> None:
    reader = _read(tmp_path, scan_in_rtf())
    assert (reader.page_count, reader.needs_recognition(1)) == (1, True)


def test_sections_are_pages(tmp_path: Path) -> None:
    reader = _read(tmp_path, r"\f0 one\par\sect\pard two\par\sect \sect three")
    assert [reader.text_page(number).text for number in (1, 2, 3)] == ["one", "two", "three"]
    assert reader.page_count == 3


def test_pairs_of_halves_are_one_letter(tmp_path: Path) -> None:
    assert _read(tmp_path, r"\f0 a\u-10179?\u-8704?b").text_page(1).text == "a\U0001f600b"


def test_an_optional_hyphen_is_a_letter_only_where_the_file_has_no_other_way_to_write_it(tmp_path: Path) -> None:
    assert _read(tmp_path, r"\f1 t\-\par").text_page(1).text == "tư"
    assert _read(tmp_path, r"\f1 ph\-\'ad\'eang\par").text_page(1).text == "phường"


def test_short_lines_without_a_telling_font_follow_the_whole_text(tmp_path: Path) -> None:
    body = r"\f0 " + coded(written(SENTENCE, Encoding.TCVN3)) + r"\par " + coded("§µ N½ng") + r"\par"
    assert _read(tmp_path, body).text_page(1).text == SENTENCE + "\nĐà Nẵng"


def test_letters_of_other_code_pages_are_decoded_by_their_font(tmp_path: Path) -> None:
    path = tmp_path / "paper.rtf"
    path.write_bytes(
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Arial;}{\f1\fcharset238 Arial;}}\f0\'cc\'e8\f1\'b3}"
    )
    assert RtfReader(path).text_page(1).text == "Миł"


def test_nesting_beyond_any_paper_is_damage() -> None:
    with pytest.raises(Damaged):
        parse(b"{\\rtf1" + b"{" * 100_000 + b"x")


def test_raw_data_is_jumped_over() -> None:
    found = parse(rb"{\rtf1{\pict\bin5 }}}}}}after}")
    assert [paragraph.text for paragraph in found.sections[0]] == ["after"]


@given(
    st.lists(
        st.sampled_from(["{", "}", "\\", r"\f1", r"\'b8", r"\u7871?", r"\par", r"\cell", r"\row", r"\*", "x", r"\bin9"])
    )
)
def test_no_order_of_words_breaks_the_parser(words: list[str]) -> None:
    assert parse(("{\\rtf1" + "".join(words)).encode()).sections


def test_an_rtf_is_read_in_its_child(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "any.bin"
    path.write_bytes(rtf(PAPER))
    read = ingestion.read(path, sandbox=sandbox)
    assert read.media_type == "application/rtf"
    assert read.pages[0].text.startswith("CỘNG HOÀ XÃ HỘI")
