"""Pages: text layers with boxes, rubbish layers, blank pages, tables, DOCX order, pictures, slices."""

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from drawn_papers import A4, DECISION, HEAD, Line, picture, ruled_table_pdf, stamped_scan_pdf, text_pdf
from PIL import Image

import ingestion
from ingestion import Page, ReadError, Sandbox, Slice, Source, Word, page_from_json, word_spans
from ingestion.engines.answering import cut_slices
from ingestion.engines.cleaning import look
from ingestion.engines.pdf import PdfReader
from ingestion.engines.reader import Scan


def test_text_layer_is_read_with_a_box_for_every_word(tmp_path: Path, sandbox: Sandbox) -> None:
    read = ingestion.read(text_pdf(tmp_path / "paper.pdf", [DECISION]), sandbox=sandbox)
    page = read.pages[0]
    assert (page.source, page.confidence, page.width, page.height) == (Source.TEXT, None, *A4)
    assert "Điều 1. Quản lý sau cai nghiện ma túy đối với ông Nguyễn Văn Thử," in page.text
    assert [page.text[start:end] for start, end in word_spans(page)] == [word.text for word in page.words]
    name = next(word for word in page.words if word.text == "Nguyễn")
    x0, y0, x1, y1 = name.box
    assert 85 < x0 < x1 < 560
    assert 245 < y0 < 262 < y1 + 3 < 270  # the baseline lies at 262 points from the top


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_are_those_of_the_page_as_shown(tmp_path: Path, rotation: int) -> None:
    path = text_pdf(tmp_path / "turned.pdf", [[Line(100, 100, "Nguyễn")]], rotation=rotation)
    word = PdfReader(path).text_page(1).words[0]
    document = pdfium.PdfDocument(path)
    shown = document[0].render(scale=1, grayscale=True).to_pil()
    inked = shown.point(lambda level: 255 if level < 128 else 0).getbbox()
    assert inked is not None
    assert all(abs(edge - ink) < 4 for edge, ink in zip(word.box, inked, strict=True)), (word.box, inked)


def test_good_text_layer_is_not_recognised_again_and_rubbish_is(tmp_path: Path) -> None:
    lost = "Cng ha x hi ch ngha Vit Nam c lp T do Hnh phc Quyt nh v vic qun l sau cai nghin ma ty ti n c tr"
    path = text_pdf(tmp_path / "paper.pdf", [DECISION, [Line(60, 100, lost, 8)], []])
    reader = PdfReader(path)
    assert [reader.needs_recognition(number) for number in (1, 2, 3)] == [False, True, False]


def test_stamp_over_a_scan_does_not_pass_for_its_text(tmp_path: Path) -> None:
    stamp = Line(60, 60, "Ký bởi Ủy ban nhân dân xã Thử Nghiệm, ngày 05 tháng 9 năm 2025", 9)
    path = stamped_scan_pdf(tmp_path / "scan.pdf", picture(DECISION, dpi=100), stamp)
    reader = PdfReader(path)
    assert "Ký bởi" in reader.text_page(1).text
    assert reader.needs_recognition(1)


def test_blank_pages_are_none(tmp_path: Path, sandbox: Sandbox) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [[], DECISION])
    read = ingestion.read(path, sandbox=sandbox)
    assert [page.source for page in read.pages] == [Source.NONE, Source.TEXT]
    assert [(warning.code, warning.page) for warning in read.warnings] == [("page-blank", 1)]
    assert read.facts.type is not None
    assert read.facts.type.value == "QĐ"


def test_dust_and_lid_shadow_are_blank_and_one_line_is_not() -> None:
    image = picture([], dpi=100)
    for x in range(0, image.width, 90):
        image.putpixel((x, 500), 0)
    image.paste(60, (0, 0, 12, image.height))
    assert look(Scan(1, image, 595, 842, 100)).blank
    assert not look(Scan(1, picture([Line(100, 100, "Đã nhận")], dpi=100), 595, 842, 100)).blank


def test_a_picture_of_two_pixels_is_looked_at() -> None:
    assert look(Scan(1, Image.new("L", (2, 3_000), "white"), 595, 842, 400)).blank


def test_ruled_table_is_read_as_rows(tmp_path: Path, sandbox: Sandbox) -> None:
    cells = [["TT", "Họ và tên", "Năm sinh"], ["1", "Nguyễn Văn Thử", "1990"]]
    read = ingestion.read(ruled_table_pdf(tmp_path / "table.pdf", cells), sandbox=sandbox)
    assert read.pages[0].tables == ((("TT", "Họ và tên", "Năm sinh"), ("1", "Nguyễn Văn Thử", "1990")),)


def test_word_file_gives_paragraphs_and_tables_in_order_headers_last_one_page_a_section(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "MẬT"
    document.add_paragraph("Trước bảng")
    table = document.add_table(2, 2)
    for row, texts in zip(table.rows, (("Họ và tên", "Năm sinh"), ("Nguyễn Văn Thử", "1990")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("Sau ba\u0309ng")
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("Phần hai")
    path = tmp_path / "paper.docx"
    document.save(str(path))
    read = ingestion.read(path, sandbox=sandbox, images=tmp_path / "images")
    assert read.page_count == 2
    assert read.pages[0].text.split("\n") == [
        "Trước bảng",
        "Họ và tên\tNăm sinh",
        "Nguyễn Văn Thử\t1990",
        "Sau bảng",
        "MẬT",
    ]
    assert read.pages[0].text[read.pages[0].running or 0 :] == "MẬT"
    assert ingestion.secrecy(read.pages) is not None
    assert read.pages[0].tables == ((("Họ và tên", "Năm sinh"), ("Nguyễn Văn Thử", "1990")),)
    assert read.pages[1].text == "Phần hai"
    assert read.pages[0].words == ()
    with pytest.raises(ReadError) as refused:
        ingestion.render(path, page=1, width=200, kind="webp", sandbox=sandbox)
    assert refused.value.code == "page-no-image"


def test_form_feeds_part_the_pages_of_a_text(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "paper.txt"
    path.write_text("Trang một\f Trang hai\f\n", encoding="utf-8")
    read = ingestion.read(path, sandbox=sandbox)
    assert [page.text for page in read.pages] == ["Trang một", " Trang hai"]


def test_pictures_of_pages_are_made_beside_the_reading(tmp_path: Path, sandbox: Sandbox) -> None:
    images = tmp_path / "images"
    path = text_pdf(tmp_path / "paper.pdf", [DECISION, HEAD])
    ingestion.read(path, sandbox=sandbox, images=images)
    assert sorted(found.name for found in images.iterdir()) == ["page-1.webp", "thumb-1.webp", "thumb-2.webp"]
    assert Image.open(images / "page-1.webp").width == 1000
    assert Image.open(images / "thumb-2.webp").width == 160
    later = tmp_path / "later"
    ingestion.read(path, first=2, sandbox=sandbox, images=later)
    assert [found.name for found in later.iterdir()] == ["thumb-2.webp"]


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_page_is_rendered_at_the_width_asked_for(tmp_path: Path, sandbox: Sandbox, kind: str) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [DECISION])
    content = ingestion.render(path, page=1, width=300, kind="png" if kind == "png" else "webp", sandbox=sandbox)
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.width) == (kind.upper(), 300)


def test_camera_turn_mark_is_applied(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to show
    Image.new("RGB", (400, 200), "white").save(path, exif=exif)
    shown = Image.open(io.BytesIO(ingestion.render(path, page=1, width=100, kind="png", sandbox=sandbox)))
    assert shown.size == (100, 200)


def test_every_page_of_a_tiff_is_a_page(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "scan.tif"
    blank = Image.new("L", (827, 1169), 255)
    blank.save(path, save_all=True, append_images=[blank, blank], dpi=(100, 100))
    survey = ingestion.survey(path, sandbox=sandbox)
    assert (survey.media_type, survey.pages) == ("image/tiff", 3)
    read = ingestion.read(path, sandbox=sandbox)
    assert [page.source for page in read.pages] == [Source.NONE] * 3
    assert abs(read.pages[0].width - 595) < 2


def test_slices_hold_at_most_25_pages_where_one_must_be_recognised_else_250() -> None:
    wanted = [False] * 300 + [True] * 60 + [False] * 10
    slices = cut_slices(wanted)
    assert [page for one in slices for page in range(one.first, one.last + 1)] == list(range(1, 371))
    assert all(one.last - one.first + 1 <= (25 if one.ocr else 250) for one in slices)
    assert all(one.ocr == any(wanted[one.first - 1 : one.last]) for one in slices)
    assert cut_slices([True]) == [Slice(1, 1, True)]
    assert len(cut_slices([True] * 100)) == 4
    assert len(cut_slices([False] * 250)) == 1


def test_reading_a_slice_numbers_its_pages_in_the_file(tmp_path: Path, sandbox: Sandbox) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [HEAD, DECISION, HEAD])
    read = ingestion.read(path, first=2, last=2, sandbox=sandbox)
    assert (read.page_count, [page.number for page in read.pages]) == (3, [2])


def _pdf_with_lost_pages(kids: bytes, count: int) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count " + str(count).encode() + b">>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"5 0 obj<</Length 38>>stream\nBT /F 12 Tf 20 100 Td (Trang mot) Tj ET\nendstream endobj\n"
        b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"
    )


def test_broken_page_does_not_take_the_others_with_it(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(_pdf_with_lost_pages(b"3 0 R 9 0 R", 2))
    assert ingestion.survey(path, sandbox=sandbox).pages == 2
    read = ingestion.read(path, sandbox=sandbox, images=tmp_path / "images")
    assert [page.text for page in read.pages] == ["Trang mot", ""]
    assert [(warning.code, warning.page) for warning in read.warnings] == [("file-repaired", None), ("file-damaged", 2)]


def test_file_whose_pages_are_all_broken_is_damaged(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(_pdf_with_lost_pages(b"9 0 R", 1))
    with pytest.raises(ReadError) as refused:
        ingestion.read(path, sandbox=sandbox)
    assert refused.value.code == "file-damaged"


def test_page_survives_json() -> None:
    word = Word("Nguyễn", (1.0, 2.0, 3.0, 4.0), 0.5)
    page = Page(1, 595.0, 842.0, Source.OCR, 0.5, "Nguyễn", (word,), ((("a", "b"), ("c", "d")),))
    assert page_from_json(page.as_json()) == page


@pytest.mark.parametrize("broken", [{"source": "guess"}, {"text": 5}, {"words": [{"text": "a"}]}, {"confidence": "x"}])
def test_page_of_another_shape_is_refused(broken: dict[str, object]) -> None:
    shape = Page(1, 1.0, 1.0, Source.TEXT, None, "").as_json() | broken
    with pytest.raises((KeyError, TypeError, ValueError)):
        page_from_json(shape)
