"""HTML and MHTML: what a browser would show, with nothing fetched and nothing run."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from ingestion.detect import detect
from ingestion.engines.opening import open_reader
from ingestion.engines.web import ArchivedWebReader, WebReader, decoded_page, mhtml_members
from ingestion.engines.web_story import web_text
from ingestion.errors import Damaged
from ingestion.kinds import HTML, MHTML
from ingestion.vietnamese.legacy_tables import from_tcvn3

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"
LAW = "Quyết định về việc quản lý sau cai nghiện ma túy đối với người cai nghiện"


def _lines(markup: str) -> list[str]:
    return web_text(f"<html><body>{markup}</body></html>").lines


def test_blocks_are_lines_and_markup_inside_them_is_not() -> None:
    markup = "<h1>THÔNG\nBÁO</h1>Số <b>12</b>/TB<br>Hà&nbsp;Nội<p>một<p>hai<div>ba<span> bốn</span></div><hr>năm"
    assert _lines(markup) == ["THÔNG BÁO", "Số 12/TB", "Hà Nội", "một", "hai", "ba bốn", "năm"]


def test_scripts_styles_and_hidden_parts_are_no_text() -> None:
    markup = (
        '<script>x</script><style>y</style><div style="display: none">z</div><template>t</template><p>thấy</p>'
        "<!-- không --><noscript>n</noscript>"
    )
    assert _lines(markup) == ["thấy"]


def test_merged_cells_leave_empty_cells_and_rows_are_lines() -> None:
    markup = "<table><tr><td rowspan=2>1<th colspan=2>Họ và tên<tr><td>Nguyễn<td>Thử<tr><td>2<td>Trần<td>Thử</table>"
    found = web_text(markup)
    assert found.tables == [(("1", "Họ và tên", ""), ("", "Nguyễn", "Thử"), ("2", "Trần", "Thử"))]
    assert found.lines == ["1\tHọ và tên", "Nguyễn\tThử", "2\tTrần\tThử"]


def test_head_of_a_paper_set_as_a_table_keeps_its_columns_as_lines() -> None:
    markup = "<table><tr><td>UBND TỈNH X<br>SỞ Y</td><td>CỘNG HÒA<br>Độc lập</td></tr></table>"
    assert _lines(markup) == ["UBND TỈNH X", "SỞ Y", "CỘNG HÒA", "Độc lập"]


def test_numbers_of_lists_and_boxes_to_tick_are_read() -> None:
    markup = "<ol start=3><li>ba<li>bốn</ol><ol type=a><li>một</ol><ul><li>chấm</ul><input type=checkbox checked>có"
    assert _lines(markup) == ["3. ba", "4. bốn", "a. một", "• chấm", "☒ có"]


def test_lines_of_preformatted_text_stay() -> None:
    assert _lines("<pre>một\n  hai</pre>") == ["một", "hai"]


@pytest.mark.parametrize(
    "markup",
    [
        f'<p><font face=".VnTime">{TCVN3}</font> – tên</p>',
        f"<p><span style=\"font-size:13pt;font-family:'.VnTime'\">{TCVN3}</span> – tên</p>",
        f'<style>.cu {{font-family:".VnTime"}}</style><p><span class="a cu">{TCVN3}</span> – tên</p>',
    ],
    ids=["font", "style", "class"],
)
def test_old_font_becomes_unicode_and_its_neighbours_stay(markup: str) -> None:
    assert web_text(markup).lines == [f"{UNICODE} – tên"]


@pytest.mark.parametrize(
    ("content", "envelope"),
    [
        (f"<p>{LAW}</p>".encode(), None),
        (b"\xef\xbb\xbf" + f"<p>{LAW}</p>".encode(), None),
        (f"<p>{LAW}</p>".encode("utf-16"), None),
        (f'<meta charset="iso-8859-1"><p>{LAW}</p>'.encode(), None),
        (f"<p>{LAW}</p>".encode(), "utf-8"),
    ],
    ids=["bare", "mark", "utf-16", "lying meta", "envelope"],
)
def test_letters_are_found_whatever_the_page_declares(content: bytes, envelope: str | None) -> None:
    assert web_text(decoded_page(content, envelope)).lines == [LAW]


@pytest.mark.parametrize("declared", ["x-viet-tcvn5712", "windows-1252", "no-such-charset"])
def test_page_in_tcvn3_is_read_by_its_charset_or_its_bytes(declared: str) -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{TCVN3}</p>'
    assert web_text(decoded_page(page.encode("latin-1"))).lines == [from_tcvn3(TCVN3)]


def test_page_in_tcvn3_fonts_that_declares_latin_is_read_by_its_fonts(tmp_path: Path) -> None:
    path = tmp_path / "old.html"
    path.write_bytes('<html><meta charset=windows-1252><p><font face=".VnTimeH">quyÕt ®Þnh</font>'.encode("latin-1"))
    assert WebReader(path).text_page(1).text == "QUYẾT ĐỊNH"


def test_what_lies_elsewhere_is_counted_and_scripts_are_told(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    markup = (
        '<img src="http://example.org/x.png"><script src="//example.org/x.js"></script><a href="http://e.org">nơi</a>'
    )
    path.write_text(f"<html><title>Trang</title>{markup}")
    reader = WebReader(path)
    page = reader.text_page(1)
    assert (page.body, page.text) == ("nơi", "nơi\nTrang")
    assert [warning.code for warning in reader.warnings] == [
        "remote-content-ignored",
        "macros-ignored",
        "pictures-not-read",
    ]
    assert " 2 " in reader.warnings[0].message


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_text_under_tags_that_nobody_closed_is_not_lost(depth: int) -> None:
    assert "sâu" in _lines("<font color=red>" * depth + "sâu")
    assert "sâu" in _lines("<div>" * depth + "sâu")


def test_entities_of_a_page_are_not_expanded() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><p>x &a; &b;</p>'
    text = " ".join(web_text(bomb).lines)
    assert "aaaa" not in text
    assert "root:" not in text


def test_broken_markup_is_shown_as_a_browser_would() -> None:
    assert _lines("<td>a</td></table><b>c<p>d</b>e</xyz>&nosuch;") == ["ac", "de&nosuch;"]
    assert web_text("").lines == []


def _archived(tmp_path: Path) -> Path:
    message = EmailMessage()
    message["Subject"] = "Trang"
    message["Snapshot-Content-Location"] = "http://example.org/"
    message.set_content(f"<html><body><p>{LAW}</p><img src=cid:1></body></html>", subtype="html", cte="base64")
    message.add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<1>", filename="ảnh.png")
    path = tmp_path / "saved.txt"
    path.write_bytes(bytes(message))
    return path


def test_saved_page_is_read_and_its_pictures_are_members(tmp_path: Path) -> None:
    path = _archived(tmp_path)
    assert detect(path).media_type == MHTML
    reader = open_reader(path, detect(path))
    assert reader.text_page(1).text == LAW
    assert [(one.name, one.size) for one in reader.attachments] == [("ảnh.png", 8)]
    assert list(mhtml_members(path)) == [("ảnh.png", b"\x89PNG\r\n\x1a\n")]


def test_saved_page_without_a_page_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "empty.mht"
    path.write_bytes(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\nchi co chu\n--x--\n")
    with pytest.raises(Damaged):
        ArchivedWebReader(path)


def test_page_is_told_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "misnamed.pdf"
    path.write_text(f"\n<!DOCTYPE html><html><p>{LAW}</p></html>", encoding="utf-8")
    assert detect(path).media_type == HTML
    page = open_reader(path, detect(path)).text_page(1)
    assert (page.text, page.pictured) == (LAW, False)
