"""ODT, ODS and ODP: what LibreOffice shows."""

import io
from pathlib import Path

import pytest
from drawn_papers import HEAD, picture
from open_documents import open_document

from ingestion.detect import detect
from ingestion.engines import opendocument
from ingestion.engines.opendocument import OpenDocumentReader
from ingestion.engines.opening import open_reader
from ingestion.errors import Damaged, Encrypted, ReadError
from ingestion.kinds import ODP, ODS, ODT

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"


def _text(tmp_path: Path, body: str, **more: str) -> OpenDocumentReader:
    return OpenDocumentReader(open_document(tmp_path / "paper.odt", "text", body, **more))  # type: ignore[arg-type]


def _sheet(tmp_path: Path, *rows: str, name: str = "Danh sách") -> OpenDocumentReader:
    body = f'<table:table table:name="{name}">{"".join(rows)}</table:table>'
    return OpenDocumentReader(open_document(tmp_path / "list.ods", "spreadsheet", body))


def _row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


@pytest.mark.parametrize(("kind", "media_type"), [("text", ODT), ("spreadsheet", ODS), ("presentation", ODP)])
def test_kind_is_told_by_the_bytes_and_has_a_reader(tmp_path: Path, kind: str, media_type: str) -> None:
    path = open_document(tmp_path / "misnamed.zip", kind, "")
    assert detect(path).media_type == media_type
    assert open_reader(path, detect(path)).page_count == 1


def test_blanks_tabs_and_breaks_are_those_that_are_shown(tmp_path: Path) -> None:
    body = '<text:p>Số:<text:s text:c="3"/>12<text:tab/>Hà\n   Nội<text:line-break/>dòng hai</text:p><text:h>I</text:h>'
    assert _text(tmp_path, body).text_page(1).text == "Số:   12\tHà Nội\ndòng hai\nI"


def test_deleted_text_is_out_and_changes_are_counted(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>cũ</text:p></text:deletion>"
        '</text:changed-region></text:tracked-changes><text:p>mới<text:change text:change-id="1"/></text:p>'
    )
    reader = _text(tmp_path, body)
    assert reader.text_page(1).text == "mới"
    assert [warning.code for warning in reader.warnings] == ["tracked-changes"]


def test_notes_end_the_text_and_comments_stand_apart(tmp_path: Path) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Điều 5</text:p></text:note-body>"
        "</text:note>"
    )
    comment = "<office:annotation><dc:creator>Thử</dc:creator><text:p>xem lại</text:p></office:annotation>"
    page = _text(tmp_path, f"<text:p>Quy định{note}{comment} rõ</text:p>").text_page(1)
    assert page.body == "Quy định[1] rõ\n[1] Điều 5"
    assert page.text.endswith("[Ghi chú]\nThử: xem lại")


def test_numbers_of_lists_are_read(tmp_path: Path) -> None:
    level = '<text:list-level-style-number text:level="{0}" style:num-format="{1}" style:num-prefix="{2}" {3}/>'
    levels = level.format(1, "1", "Điều ", 'style:num-suffix="."') + level.format(2, "a", "", 'style:num-suffix=")"')
    styles = (
        f'<office:automatic-styles><text:list-style style:name="L">{levels}</text:list-style></office:automatic-styles>'
    )
    inner = "<text:list><text:list-item><text:p>một</text:p></text:list-item></text:list>"
    first = (
        f'<text:list text:style-name="L"><text:list-item><text:p>Phạm vi</text:p>{inner}</text:list-item></text:list>'
    )
    again = '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>Hiệu lực</text:p>'
    reader = _text(tmp_path, f"{first}<text:p>giữa</text:p>{again}</text:list-item></text:list>", styles=styles)
    assert reader.text_page(1).text.splitlines() == ["Điều 1. Phạm vi", "a) một", "giữa", "Điều 2. Hiệu lực"]


def test_old_font_of_a_style_and_its_parents_becomes_unicode(tmp_path: Path) -> None:
    styles = (
        "<office:font-face-decls>"
        '<style:font-face style:name="F" svg:font-family="&apos;.VnTime&apos;"/></office:font-face-decls>'
        '<office:automatic-styles><style:style style:name="P1" style:family="paragraph" style:parent-style-name="Cu"/>'
        '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-family="Arial"/></style:style>'
        "</office:automatic-styles>"
    )
    common = (
        '<office:styles><style:style style:name="Cu" style:family="paragraph">'
        '<style:text-properties style:font-name="F"/></style:style></office:styles>'
    )
    body = f'<text:p text:style-name="P1">{TCVN3}<text:span text:style-name="T1"> – Quyết định</text:span></text:p>'
    assert _text(tmp_path, body, styles=styles, common=common).text_page(1).text == f"{UNICODE} – Quyết định"


def test_headers_and_footers_stand_apart_and_the_paper_has_its_size(tmp_path: Path) -> None:
    common = (
        '<office:automatic-styles><style:page-layout style:name="L">'
        '<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/></style:page-layout>'
        '</office:automatic-styles><office:master-styles><style:master-page style:name="S">'
        "<style:header><text:p>Đầu trang</text:p></style:header><style:footer><text:p>3</text:p></style:footer>"
        "</style:master-page></office:master-styles>"
    )
    page = _text(tmp_path, "<text:p>Thân</text:p>", common=common).text_page(1)
    assert (page.body, page.text) == ("Thân", "Thân\nĐầu trang")
    assert (round(page.width), round(page.height)) == (595, 842)


def test_table_in_a_text_keeps_rows_and_frames_their_text(tmp_path: Path) -> None:
    covered = "<table:covered-table-cell/>"
    rows = _row(_cell("gộp", 'table:number-columns-spanned="2"'), covered) + _row(_cell("a"), _cell("b"))
    box = "<draw:frame><draw:text-box><text:p>khung</text:p></draw:text-box></draw:frame>"
    page = _text(tmp_path, f"<table:table>{rows}</table:table><text:p>sau{box}</text:p>").text_page(1)
    assert page.tables == ((("gộp", ""), ("a", "b")),)
    assert page.text == "gộp\na\tb\nsau\nkhung"


def test_scan_in_a_text_is_a_page_of_its_own(tmp_path: Path) -> None:
    stream = io.BytesIO()
    picture(HEAD, dpi=150).save(stream, "PNG")
    frame = '<draw:frame svg:width="16cm" svg:height="22cm"><draw:image xlink:href="Pictures/1.png"/></draw:frame>'
    path = open_document(
        tmp_path / "scan.odt", "text", f"<text:p>{frame}</text:p>", parts={"Pictures/1.png": stream.getvalue()}
    )
    reader = OpenDocumentReader(path)
    assert (reader.page_count, reader.needs_recognition(1), reader.has_images) == (1, True, True)
    assert reader.picture(1, 100).width == 100


def test_sheet_shows_what_its_cells_show(tmp_path: Path) -> None:
    shown = _cell("1.500.000 đ", 'office:value-type="float" office:value="1500000"')
    bare = '<table:table-cell office:value-type="float" office:value="7"/>'
    reader = _sheet(tmp_path, _row(_cell("Tên"), _cell("Tiền")), _row(_cell("Nguyễn Văn Thử"), shown, bare))
    page = reader.text_page(1)
    assert page.text == "Danh sách\nTên\tTiền\nNguyễn Văn Thử\t1.500.000 đ\t7"
    assert page.tables == ((("Tên", "Tiền", ""), ("Nguyễn Văn Thử", "1.500.000 đ", "7")),)


def test_cells_and_rows_that_repeat_without_end_are_bounded(tmp_path: Path) -> None:
    wide = _cell("x", 'table:number-columns-repeated="16384"')
    tail = '<table:table-cell table:number-columns-repeated="16384"/>'
    empty = f'<table:table-row table:number-rows-repeated="1048576">{tail}</table:table-row>'
    reader = _sheet(tmp_path, _row(_cell("a", 'table:number-columns-repeated="3"'), tail), empty, _row(wide))
    table = reader.text_page(1).tables[0]
    assert table[0][:4] == ("a", "a", "a", "")
    assert len(table[1]) == opendocument.MOST_COLUMNS
    assert [warning.code for warning in reader.warnings] == ["sheet-cut"]


def test_hidden_sheets_are_read_and_told(tmp_path: Path) -> None:
    styles = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    hidden = f'<table:table table:name="Hai" table:style-name="ta1">{_row(_cell("giấu"))}</table:table>'
    path = open_document(tmp_path / "h.ods", "spreadsheet", f'<table:table table:name="Một"/>{hidden}', styles=styles)
    reader = OpenDocumentReader(path)
    assert [reader.text_page(number).text for number in (1, 2)] == ["Một", "Hai\ngiấu"]
    assert [warning.code for warning in reader.warnings] == ["sheets-hidden"]


def test_slide_is_a_page_with_its_notes_and_without_its_number(tmp_path: Path) -> None:
    def frame(text: str, kind: str) -> str:
        box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
        return f'<draw:frame presentation:class="{kind}">{box}</draw:frame>'

    notes = f"<presentation:notes>{frame('Nhắc', 'notes')}{frame('&lt;number&gt;', 'page-number')}</presentation:notes>"
    group = "<draw:g><draw:custom-shape><text:p>Trong nhóm</text:p></draw:custom-shape></draw:g>"
    slide = f"<draw:page>{frame('Báo cáo', 'title')}{group}{frame('2', 'page-number')}{notes}</draw:page>"
    reader = OpenDocumentReader(open_document(tmp_path / "s.odp", "presentation", slide + "<draw:page/>"))
    assert [reader.text_page(number).text for number in (1, 2)] == ["Báo cáo\nTrong nhóm\nNhắc", ""]


def test_remote_parts_and_macros_are_told(tmp_path: Path) -> None:
    frame = '<draw:frame><draw:image xlink:href="http://example.org/x.png"/></draw:frame>'
    link = '<text:a xlink:href="http://example.org/">trang</text:a>'
    section = '<text:section><text:section-source xlink:href="file:///etc/passwd"/><text:p>đoạn</text:p></text:section>'
    path = open_document(
        tmp_path / "r.odt", "text", f"<text:p>{link}{frame}</text:p>{section}", parts={"Basic/Standard/M.xml": b"<x/>"}
    )
    reader = OpenDocumentReader(path)
    assert reader.text_page(1).text == "trang\nđoạn"
    assert [warning.code for warning in reader.warnings] == [
        "pictures-not-read",
        "remote-content-ignored",
        "macros-ignored",
    ]
    assert " 2 " in reader.warnings[1].message


def test_encrypted_file_is_called_encrypted(tmp_path: Path) -> None:
    path = open_document(tmp_path / "e.odt", "text", "", manifest="<manifest:encryption-data/>")
    with pytest.raises(Encrypted):
        detect(path)


@pytest.mark.parametrize(
    "body", ["<text:section>" * 5000 + "</text:section>" * 5000, "<text:p>cắt"], ids=["nested without end", "cut off"]
)
def test_broken_content_is_an_error_of_the_tree(tmp_path: Path, body: str) -> None:
    with pytest.raises(ReadError) as refused:
        _text(tmp_path, body)
    assert isinstance(refused.value, Damaged)
