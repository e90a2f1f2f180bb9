"""XLSX and CSV: sheets, rows and values as a person sees them."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.styles import Font
from openpyxl.xml.constants import SHARED_STRINGS
from PIL import Image

from ingestion.detect import detect
from ingestion.engines import spreadsheet
from ingestion.engines.delimited import delimiter_of, open_csv
from ingestion.engines.opening import open_reader
from ingestion.engines.spreadsheet import SpreadsheetReader
from ingestion.errors import Damaged
from ingestion.kinds import CSV, XLSX

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"


def _read(book: Workbook, tmp_path: Path) -> SpreadsheetReader:
    path = tmp_path / "list.xlsx"
    book.save(str(path))
    return SpreadsheetReader(path)


def _changed(path: Path, change: dict[str, bytes], **patterns: tuple[str, str]) -> Path:
    """The package with parts put in, and `sheet`, `workbook` parts changed by (pattern, replacement)."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()} | change
    for word, (pattern, replacement) in patterns.items():
        for name in parts:
            if word in name and name.endswith(".xml"):
                parts[name] = re.sub(pattern, replacement, parts[name].decode(), flags=re.DOTALL).encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def test_values_come_as_their_cells_show_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Danh sách"
    sheet.append(["STT", "Họ tên", "Ngày sinh", "Tiền", "Số định danh"])
    sheet.append([1, "Nguyễn Văn Thử", date(1990, 3, 5), 1500000, 123456789])
    sheet["C2"].number_format = "dd/mm/yyyy"
    sheet["D2"].number_format = "#,##0"
    sheet["E2"].number_format = "000000000000"
    page = _read(book, tmp_path).text_page(1)
    assert page.text.splitlines() == [
        "Danh sách",
        "STT\tHọ tên\tNgày sinh\tTiền\tSố định danh",
        "1\tNguyễn Văn Thử\t05/03/1990\t1,500,000\t000123456789",
    ]
    assert page.tables[0][1] == ("1", "Nguyễn Văn Thử", "05/03/1990", "1,500,000", "000123456789")
    assert not page.pictured


def test_every_sheet_is_a_page_and_hidden_ones_are_told(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Một"
    hidden = book.create_sheet("Hai")
    hidden["B2"] = "giấu"
    hidden.sheet_state = "veryHidden"
    reader = _read(book, tmp_path)
    assert reader.page_count == 2
    assert reader.text_page(2).text == "Hai\n\n\tgiấu"
    assert [warning.code for warning in reader.warnings] == ["sheets-hidden"]


def test_merged_cells_have_their_value_once_even_if_others_lie_under_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"] = "Tổng hợp"
    sheet["C2"] = "x"
    sheet.merge_cells("A1:C1")
    path = tmp_path / "merged.xlsx"
    book.save(str(path))
    hidden = '<c r="B1" t="inlineStr"><is><t>cũ</t></is></c>'
    reader = SpreadsheetReader(_changed(path, {}, sheet1=(r'<c r="B1"[^>]*/>', hidden)))
    assert reader.text_page(1).tables == ((("Tổng hợp", "", ""), ("", "", "x")),)
    assert "cũ" not in reader.text_page(1).text


def test_formula_gives_its_value_and_itself_where_none_is_kept(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append([1, 2, "=SUM(A1:B1)", "=A1*10"])
    path = tmp_path / "formulas.xlsx"
    book.save(str(path))
    _changed(path, {}, sheet1=(r"(<f>A1\*10</f>)<v\s*/>|(<f>A1\*10</f>)<v></v>", r"<f>A1*10</f><v>10</v>"))
    assert SpreadsheetReader(path).text_page(1).tables[0][0] == ("1", "2", "=SUM(A1:B1)", "10")


def test_old_fonts_are_read_by_cell_and_by_run(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"] = TCVN3
    sheet["A1"].font = Font(name=".VnTime")
    sheet["A2"] = "thay"
    path = tmp_path / "old.xlsx"
    book.save(str(path))
    rich = (
        f'<sst xmlns="{MAIN}"><si><r><rPr><rFont val="Times New Roman"/></rPr><t xml:space="preserve">Tên: </t></r>'
        '<r><rPr><rFont val=".VnTimeH"/></rPr><t>quyÕt ®Þnh</t></r></si></sst>'
    )
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/></Types>'
    _changed(
        path,
        {"xl/sharedStrings.xml": rich.encode()},
        sheet1=(r't="inlineStr"><is><t>thay</t></is>', 't="s"><v>0</v>'),
        Content_Types=("</Types>", override),
    )
    assert SpreadsheetReader(path).text_page(1).text.splitlines()[1:] == [UNICODE, "Tên: QUYẾT ĐỊNH"]


def test_notes_on_cells_stand_apart_and_pictures_are_counted(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"] = "x"
    sheet["A1"].comment = Comment("xem lại", "Thử")
    stream = io.BytesIO()
    Image.new("L", (30, 30)).save(stream, "PNG")
    sheet.add_image(SheetImage(stream), "C3")
    reader = _read(book, tmp_path)
    page = reader.text_page(1)
    assert page.body == "Sheet\nx"
    assert page.text.endswith("[Ghi chú]\nA1: xem lại")
    assert [warning.code for warning in reader.warnings] == ["pictures-not-read"]


def test_sheet_beyond_the_limit_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_CELLS", 50)
    book = Workbook()
    for number in range(100):
        book.active.append([number])
    reader = _read(book, tmp_path)
    assert len(reader.text_page(1).tables[0]) == 50
    assert [(warning.code, warning.page) for warning in reader.warnings] == [("sheet-cut", 1)]


def test_cell_at_the_far_corner_is_told_not_padded(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "đầu"
    book.active["XFD1048576"] = "cuối"
    reader = _read(book, tmp_path)
    assert reader.text_page(1).tables[0] == (("đầu",),)
    assert [warning.code for warning in reader.warnings] == ["sheet-cut"]


@pytest.mark.parametrize("padding", [0, 9_000])
def test_part_with_entities_is_refused(tmp_path: Path, padding: int) -> None:
    path = tmp_path / "bomb.xlsx"
    Workbook().save(str(path))
    bomb = (
        b'<?xml version="1.0"?><!--'
        + b"x" * padding
        + b'--><!DOCTYPE s [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    )
    with pytest.raises(Damaged):
        SpreadsheetReader(_changed(path, {"xl/sharedStrings.xml": bomb}))


def test_workbook_is_told_from_other_packages(tmp_path: Path) -> None:
    path = tmp_path / "misnamed.docx"
    book = Workbook()
    book.active["A1"] = "x"
    book.save(str(path))
    assert detect(path).media_type == XLSX
    assert open_reader(path, detect(path)).text_page(1).text == "Sheet\nx"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_of_a_list_is_found_and_quoted_line_ends_stay_in_the_cell(tmp_path: Path, delimiter: str) -> None:
    rows = [["STT", "Họ tên", "Địa chỉ"], ["1", '"Nguyễn Văn\nThử"', "xã A"], ["2", '"Trần, ""Thử"""', "xã B; C"]]
    rows[2][2] = f'"{rows[2][2]}"'
    path = tmp_path / "list.txt"
    path.write_text("\r\n".join(delimiter.join(row) for row in rows), encoding="utf-8-sig")
    assert detect(path).media_type == CSV
    page = open_reader(path, detect(path)).text_page(1)
    assert page.tables[0][1:] == (("1", "Nguyễn Văn Thử", "xã A"), ("2", 'Trần, "Thử"', "xã B; C"))


def test_of_two_delimiters_the_one_with_more_cells_counts() -> None:
    assert delimiter_of("a,b,c;d\n1,2,3;4\n") == ","


def test_list_in_an_old_encoding_is_unicode(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(f"1;{TCVN3}\n2;QuyÕt ®Þnh vÒ viÖc qu¶n lý\n3;§éc lËp\n".encode("latin-1"))
    kind = detect(path)
    assert open_csv(path, kind.encoding or "utf-8", guessed=kind.guessed).text_page(1).tables[0][0] == ("1", UNICODE)


def test_strict_form_of_a_workbook_is_read_like_the_usual_one(tmp_path: Path) -> None:
    path = tmp_path / "strict.xlsx"
    book = Workbook()
    book.active.append(["Họ tên", 1])
    book.save(str(path))
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    strict, usual = b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"
    for name, content in parts.items():
        content = content.replace(usual + b"officeDocument/2006", strict + b"officeDocument")
        parts[name] = content.replace(usual + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main")
    assert SpreadsheetReader(_changed(path, parts)).text_page(1).text == "Sheet\nHọ tên\t1"
