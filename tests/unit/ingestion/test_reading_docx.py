"""DOCX as people make them: what is shown is read once and in its place, what is not the text stands apart."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from drawn_papers import HEAD, picture
from PIL import Image

import ingestion
from ingestion import Sandbox
from ingestion.detect import detect
from ingestion.engines import ocr
from ingestion.engines.opening import open_reader
from ingestion.engines.recogniser import Recognisers
from ingestion.engines.word import COMMENTS, WordReader
from ingestion.engines.word_members import members
from ingestion.errors import Damaged, NoPageImage, ReadError
from ingestion.pages import Source

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam"
UNICODE = "Cộng hoà xã hội chủ nghĩa Việt Nam"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _read(document, tmp_path: Path) -> WordReader:
    path = tmp_path / "paper.docx"
    document.save(str(path))
    return WordReader(path)


def _with_parts(path: Path, changed: dict[str, str | bytes]) -> Path:
    """The package with these parts put in or replaced."""
    with zipfile.ZipFile(path) as source:
        parts: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w") as target:
        for name, content in (parts | changed).items():
            target.writestr(name, content)
    return path


def _body(*blocks: str) -> str:
    return f'<?xml version="1.0"?><w:document {W}><w:body>{"".join(blocks)}</w:body></w:document>'


def _paragraph(runs: str, properties: str = "") -> str:
    return f"<w:p>{properties}{runs}</w:p>"


def _run(text: str, properties: str = "") -> str:
    return f"<w:r>{properties}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def _raw(tmp_path: Path, *blocks: str) -> WordReader:
    path = tmp_path / "raw.docx"
    Document().save(str(path))
    return WordReader(_with_parts(path, {"word/document.xml": _body(*blocks)}))


def test_merged_cells_are_read_once_and_leave_empty_cells(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Họ và tên"
    table.cell(0, 2).text = "Năm"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "1"
    table.cell(1, 1).text = "Nguyễn Văn Thử"
    table.cell(2, 1).text = "Trần Thị Thử"
    page = _read(document, tmp_path).text_page(1)
    assert page.tables == ((("Họ và tên", "", "Năm"), ("1", "Nguyễn Văn Thử", ""), ("", "Trần Thị Thử", "")),)
    assert page.text.count("Họ và tên") == 1


def test_table_in_a_table_is_read_in_its_cell(tmp_path: Path) -> None:
    document = Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "trước"
    inner = outer.cell(0, 1).add_table(2, 2)
    for at, text in enumerate(("a", "b", "c", "d")):
        inner.cell(at // 2, at % 2).text = text
    document.add_paragraph("sau")
    page = _read(document, tmp_path).text_page(1)
    assert (("a", "b"), ("c", "d")) in page.tables
    assert page.text.index("trước") < page.text.index("a\tb") < page.text.index("sau")


def test_headers_and_footers_stand_apart_at_the_end(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Nội dung")
    document.sections[0].header.paragraphs[0].text = "Đầu trang"
    document.sections[0].footer.paragraphs[0].text = "Chân trang"
    document.sections[0].footer.add_paragraph("12")
    page = _read(document, tmp_path).text_page(1)
    assert page.running is not None
    assert (page.body, page.text[page.running :]) == ("Nội dung", "Đầu trang\nChân trang")


def test_head_of_the_paper_in_the_first_header_is_text_of_the_paper(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("QUYẾT ĐỊNH")
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    document.sections[0].first_page_header.add_paragraph("Độc lập - Tự do - Hạnh phúc")
    page = _read(document, tmp_path).text_page(1)
    assert page.running is None
    assert page.text.splitlines()[0] == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def test_each_section_is_a_page_with_its_size(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("một")
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("hai")
    wide = document.sections[1]
    wide.page_width, wide.page_height = wide.page_height, wide.page_width
    reader = _read(document, tmp_path)
    pages = [reader.text_page(number) for number in (1, 2)]
    assert [page.text for page in pages] == ["một", "hai"]
    assert (pages[0].width, pages[0].height) == (pages[1].height, pages[1].width)
    assert not any(page.pictured for page in pages)


def test_footnotes_are_marked_and_end_their_section(tmp_path: Path) -> None:
    path = tmp_path / "notes.docx"
    Document().save(str(path))
    note = f'<w:footnotes {W}><w:footnote w:id="7">{_paragraph(_run(" Theo Điều 5"))}</w:footnote></w:footnotes>'
    reference = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    with zipfile.ZipFile(path) as source:
        relations = source.read("word/_rels/document.xml.rels").decode()
    relation = f'<Relationship Id="rId77" Type="{RT.FOOTNOTES}" Target="footnotes.xml"/></Relationships>'
    _with_parts(
        path,
        {
            "word/document.xml": _body(_paragraph(_run("Quy định") + reference), _paragraph(_run("Hết"))),
            "word/footnotes.xml": note,
            "word/_rels/document.xml.rels": relations.replace("</Relationships>", relation),
        },
    )
    assert WordReader(path).text_page(1).text == "Quy định[1]\nHết\n[1] Theo Điều 5"


def test_text_box_in_both_its_forms_is_read_once(tmp_path: Path) -> None:
    content = f"<w:txbxContent>{_paragraph(_run('Trong khung'))}</w:txbxContent>"
    box = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="wps"><w:drawing><x:s xmlns:x="urn:x">{content}</x:s></w:drawing></mc:Choice>'
        f'<mc:Fallback><w:pict><v:t xmlns:v="urn:schemas-microsoft-com:vml">{content}</v:t></w:pict></mc:Fallback>'
        "</mc:AlternateContent></w:r>"
    )
    assert _raw(tmp_path, _paragraph(_run("Ngoài") + box)).text_page(1).text == "Ngoài\nTrong khung"


def test_tracked_changes_give_the_current_text_and_are_counted(tmp_path: Path) -> None:
    change = 'w:id="1" w:author="Thử" w:date="2024-01-01T00:00:00Z"'
    struck = f"<w:del {change}><w:r><w:delText>cũ</w:delText></w:r></w:del>"
    added = f"<w:ins {change}>{_run('mới')}</w:ins>"
    mark = f"<w:pPr><w:rPr><w:del {change}/></w:rPr></w:pPr>"
    reader = _raw(tmp_path, _paragraph(_run("Bản ") + struck + added, mark), _paragraph(_run(" nối")))
    assert reader.text_page(1).text == "Bản mới nối"
    [warning] = reader.warnings
    assert warning.code == "tracked-changes"
    assert " 3 " in warning.message


def test_comments_are_found_after_the_last_page_and_counted(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("Nội dung")
    document.add_comment(paragraph.runs, text="Xem lại số liệu", author="Trần Thử")
    reader = _read(document, tmp_path)
    page = reader.text_page(1)
    assert page.body == "Nội dung"
    assert page.text.endswith(f"{COMMENTS}\nTrần Thử: Xem lại số liệu")
    assert [warning.code for warning in reader.warnings] == ["comments"]


def test_result_of_a_field_is_text_and_its_instruction_is_not(tmp_path: Path) -> None:
    def sign(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    field = sign("begin") + "<w:r><w:instrText>DATE \\@ dd</w:instrText></w:r>" + sign("separate") + _run("05")
    assert _raw(tmp_path, _paragraph(_run("Ngày ") + field + sign("end"))).text_page(1).text == "Ngày 05"


def test_field_that_never_ends_does_not_swallow_what_follows(tmp_path: Path) -> None:
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert _raw(tmp_path, _paragraph(begun), _paragraph(_run("Còn đây"))).text_page(1).text.strip() == "Còn đây"


def test_numbers_that_word_shows_by_itself_are_read(tmp_path: Path) -> None:
    path = tmp_path / "list.docx"
    Document().save(str(path))
    level = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="{2}"/></w:lvl>'
    abstract = level.format(0, "decimal", "Điều %1.") + level.format(1, "lowerLetter", "%2)")
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{abstract}</w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(depth: int, text: str) -> str:
        place = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="5"/></w:numPr></w:pPr>'
        return _paragraph(_run(text), place)

    blocks = (item(0, "Phạm vi"), item(1, "một"), item(1, "hai"), item(0, "Hiệu lực"), item(1, "ba"))
    _with_parts(path, {"word/document.xml": _body(*blocks), "word/numbering.xml": numbering})
    lines = WordReader(path).text_page(1).text.splitlines()
    assert lines == ["Điều 1. Phạm vi", "a) một", "b) hai", "Điều 2. Hiệu lực", "a) ba"]


def _font(name: str) -> str:
    return f'<w:rPr><w:rFonts w:ascii="{name}" w:hAnsi="{name}"/></w:rPr>'


def test_old_font_of_a_run_becomes_unicode_and_its_neighbours_stay(tmp_path: Path) -> None:
    runs = _run(TCVN3[:7], _font(".VnTime")) + _run(TCVN3[7:], _font(".VnTime")) + _run(" – Quyết định")
    assert _raw(tmp_path, _paragraph(runs)).text_page(1).text == f"{UNICODE} – Quyết định"


def test_a_short_piece_in_a_font_of_today_follows_the_old_fonts_of_the_rest(tmp_path: Path) -> None:
    rest = _paragraph(_run(TCVN3, _font(".VnTime")))
    short = _paragraph(_run("NguyÔn V¨n Thö", _font("Times New Roman")))
    other = _paragraph(_run("Tờ trình, café, 25 µm", _font("Times New Roman")))
    assert _raw(tmp_path, rest, short, other).text_page(1).text.split("\n")[1:] == [
        "Nguyễn Văn Thử",
        "Tờ trình, café, 25 µm",
    ]


def test_old_font_of_a_style_counts_for_its_runs(tmp_path: Path) -> None:
    document = Document()
    style = document.styles.add_style("Cu", 1)
    style.font.name = ".VnTimeH"
    based = document.styles.add_style("Cu con", 1)
    based.base_style = style
    document.add_paragraph("quyÕt ®Þnh", style=based)
    assert _read(document, tmp_path).text_page(1).text == "QUYẾT ĐỊNH"


def test_signs_of_symbol_fonts_and_capitals_are_read_as_shown(tmp_path: Path) -> None:
    ticked = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    capitals = _run("đồng ý", "<w:rPr><w:caps/></w:rPr>")
    assert _raw(tmp_path, _paragraph(ticked + _run(" ") + capitals)).text_page(1).text == "☑ ĐỒNG Ý"


def _scan_png() -> io.BytesIO:
    stream = io.BytesIO()
    picture(HEAD, dpi=150).save(stream, "PNG")
    stream.seek(0)
    return stream


def test_scan_in_the_text_is_a_page_of_its_own_and_a_logo_is_not(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Kèm bản chụp")
    logo = io.BytesIO()
    Image.new("L", (90, 90), 60).save(logo, "PNG")
    logo.seek(0)
    document.add_picture(logo, width=Cm(2))
    document.add_picture(_scan_png(), width=Cm(16))
    reader = _read(document, tmp_path)
    assert reader.page_count == 2
    assert (reader.needs_recognition(1), reader.needs_recognition(2)) == (False, True)
    assert reader.scan(2).number == 2
    assert reader.picture(2, 200).width == 200
    with pytest.raises(NoPageImage):
        reader.picture(1, 200)
    assert [(warning.code, warning.page) for warning in reader.warnings] == [("pictures-not-read", 1)]


def test_paper_that_is_only_a_scan_has_no_empty_page(tmp_path: Path, recognisers: Recognisers) -> None:
    document = Document()
    document.add_picture(_scan_png(), width=Cm(16))
    reader = _read(document, tmp_path)
    page, _ = ocr.recognise(reader.scan(1), recognisers)
    assert reader.page_count == 1
    assert page.source is Source.OCR
    assert page.pictured
    assert "CỘNG HÒA" in page.text.upper()


def test_remote_parts_and_macros_are_told_and_left_alone(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Văn bản")
    document.part.relate_to(
        "http://example.org/mau.dotm", f"{RT.IMAGE.rpartition('/')[0]}/attachedTemplate", is_external=True
    )
    document.part.relate_to("http://example.org/", RT.HYPERLINK, is_external=True)
    path = tmp_path / "hostile.docx"
    document.save(str(path))
    reader = WordReader(_with_parts(path, {"word/vbaProject.bin": b"x"}))
    assert [warning.code for warning in reader.warnings] == ["remote-content-ignored", "macros-ignored"]
    assert " 1 " in reader.warnings[0].message


def test_embedded_files_are_members_with_their_bytes(tmp_path: Path) -> None:
    document = Document()
    name = PackURI("/word/embeddings/Bang.xlsx")
    part = Part(
        name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK...", document.part.package
    )
    document.part.relate_to(part, RT.PACKAGE)
    path = tmp_path / "holder.docx"
    document.save(str(path))
    assert list(members(path)) == [("Bang.xlsx", b"PK...")]
    assert [(one.name, one.size) for one in WordReader(path).attachments] == [("Bang.xlsx", 5)]


@pytest.mark.parametrize(
    "entity",
    ['<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'],
    ids=["bomb", "file"],
)
@pytest.mark.parametrize("padding", [0, 9_000])
def test_part_with_entities_is_refused(tmp_path: Path, entity: str, padding: int) -> None:
    path = tmp_path / "entity.docx"
    Document().save(str(path))
    prolog = f"?><!--{'x' * padding}-->{entity}"
    body = _body(_paragraph(_run("&amp;"))).replace("?>", prolog, 1).replace("&amp;", "&a;")
    with pytest.raises(Damaged):
        WordReader(_with_parts(path, {"word/document.xml": body}))


def test_broken_part_beside_the_text_does_not_take_the_text(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("Văn bản")
    path = tmp_path / "broken.docx"
    document.save(str(path))
    reader = WordReader(_with_parts(path, {"word/styles.xml": b"<w:styles", "word/numbering.xml": b"\0"}))
    assert reader.text_page(1).text == "Văn bản"
    assert [warning.code for warning in reader.warnings] == ["parts-damaged"]
    assert " 2 " in f" {reader.warnings[0].message}"


def test_nesting_without_end_is_an_error_of_the_tree(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 5000 + _paragraph(_run("sâu")) + "</w:sdtContent></w:sdt>" * 5000
    with pytest.raises(ReadError):
        _raw(tmp_path, deep)


def test_strict_form_and_other_names_of_the_main_part_are_read(tmp_path: Path) -> None:
    path = tmp_path / "strict.docx"
    Document().save(str(path))
    with zipfile.ZipFile(path) as source:
        types = source.read("[Content_Types].xml").decode().replace("/word/document.xml", "/word/document2.xml")
        relations = source.read("_rels/.rels").decode().replace("word/document.xml", "word/document2.xml")
    strict = _body(_paragraph(_run("Chặt"))).replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    _with_parts(path, {"[Content_Types].xml": types, "_rels/.rels": relations, "word/document2.xml": strict})
    assert open_reader(path, detect(path)).text_page(1).text == "Chặt"


def test_survey_and_render_of_a_scan_in_a_word_file(tmp_path: Path, sandbox: Sandbox) -> None:
    document = Document()
    document.add_paragraph("Kèm bản chụp")
    document.add_picture(_scan_png(), width=Cm(16))
    path = tmp_path / "paper.docx"
    document.save(str(path))
    survey = ingestion.survey(path, sandbox=sandbox)
    assert (survey.pages, survey.slices[0].ocr) == (2, True)
    assert ingestion.render(path, page=2, width=120, kind="png", sandbox=sandbox).startswith(b"\x89PNG")
    with pytest.raises(NoPageImage):
        ingestion.render(path, page=1, width=120, kind="png", sandbox=sandbox)


def test_deleted_row_is_out_and_controls_are_in(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).text = "giữ"
    table.cell(1, 0).text = "bỏ"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="x"/>'))
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtContent>{_paragraph(_run('trong ô điều khiển'))}</w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, control)
    assert document.element.body[0].tag == qn("w:sdt")
    text = _read(document, tmp_path).text_page(1).text
    assert "bỏ" not in text
    assert text.startswith("trong ô điều khiển\ngiữ")


@pytest.mark.shared
def test_decree_with_its_annexes_reads_whole(plans: Path) -> None:
    reader = WordReader(plans.parent / "nd30" / "Phuluc3.docx")
    page = reader.text_page(1)
    assert "1.\tNghị quyết (cá biệt)\tNQ" in page.text.splitlines()
    assert page.text.count("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") >= 10
    assert len(page.tables) >= 5
