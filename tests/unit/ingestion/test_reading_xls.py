"""XLS: sheets as shown, letters by the fonts of cells and of the letters in them."""

from pathlib import Path

import pytest

import ingestion
from ingestion import Sandbox
from ingestion.engines.excel_binary import ExcelBinaryReader
from ingestion.errors import Damaged

FORM = Path(__file__).parents[2] / "data" / "form-2005-tcvn3.xls"  # public: State Bank of Vietnam, 2005


def test_a_form_of_2005_reads_as_it_is_shown() -> None:
    reader = ExcelBinaryReader(FORM)
    assert reader.page_count == 1  # two more sheets are empty
    lines = reader.text_page(1).text.split("\n")
    assert lines[:3] == ["Sheet1", "TỔ CHỨC TÍN DỤNG\t\t\t\t\t\t\t\tBiểu 5", "Áp dụng cho TCTD cho vay trực tiếp"]
    assert "PHƯƠNG ÁN GIAO NHẬN NỢ CỦA TÀI SẢN BÀN GIAO" in lines


def test_cells_that_lost_their_font_follow_the_rest_of_the_file() -> None:
    assert "Lâm trường A\tÔng X" in ExcelBinaryReader(FORM).text_page(1).text


def test_the_sheet_is_a_table_of_equal_rows() -> None:
    (table,) = ExcelBinaryReader(FORM).text_page(1).tables
    assert {len(row) for row in table} == {9}


@pytest.mark.shared
def test_numbers_are_as_their_formats_show_them(legacy: Path) -> None:
    lines = ExcelBinaryReader(legacy / "files" / "2005-2BZ73_FDI_Dong_Nam_Bo.xls").text_page(1).text.split("\n")
    assert "I\tCông nghiệp\t2,609\t17,469,747,308\t7,328,648,754\t7,936,134,416" in lines


@pytest.mark.parametrize("part", [600, 4_000, 9_000])
def test_a_cut_xls_is_damaged(tmp_path: Path, part: int) -> None:
    path = tmp_path / "cut.xls"
    path.write_bytes(FORM.read_bytes()[:part])
    with pytest.raises(Damaged):
        ExcelBinaryReader(path)


def test_an_xls_is_read_in_its_child(sandbox: Sandbox) -> None:
    read = ingestion.read(FORM, sandbox=sandbox)
    assert read.media_type == "application/vnd.ms-excel"
    assert "Phương án giao nhận nợ".upper() in read.pages[0].text
