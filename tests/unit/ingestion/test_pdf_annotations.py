"""What is typed into a PDF beside its content is in the text: fields, notes, remarks, stamps."""

from pathlib import Path

import pikepdf
from drawn_papers import DECISION, picture
from pdf_files import form, note, one_page, saved, scan_page, simple_font, write
from pikepdf import Array, Dictionary, Name, String

from ingestion import Page, Source
from ingestion.engines.pdf import PdfReader
from ingestion.engines.recognition import _with_notes

LINE = Dictionary(DA=String("/Helv 12 Tf 0 g"))


def _field(pdf: pikepdf.Pdf, page: object, box: tuple[int, int, int, int], value: str, **entries: object) -> object:
    kept = {"FT": Name.Tx, "T": String(f"field {box}"), "V": String(value), "DA": LINE.DA, **entries}
    return note(pdf, page, "Widget", box, **kept)


def test_value_of_a_field_stands_beside_its_label_letter_for_letter(tmp_path: Path) -> None:
    pdf, page = one_page()
    write(pdf, page, [(60, 705, b"Ho va ten:"), (60, 655, b"Noi o:")])
    form(
        pdf,
        [_field(pdf, page, (140, 700, 400, 718), "Nguyễn Văn Thử"), _field(pdf, page, (140, 650, 400, 668), "Xã Mẫu")],
    )
    page = PdfReader(saved(pdf, tmp_path / "form.pdf")).text_page(1)
    assert page.text.split("\n") == ["Ho va ten: Nguyễn Văn Thử", "Noi o: Xã Mẫu"]
    name = next(word for word in page.words if word.text == "Nguyễn")
    assert 139 < name.box[0] < name.box[2] < 200
    assert 842 - 719 < name.box[1] < name.box[3] < 842 - 699


def test_value_that_a_field_inherits_is_read(tmp_path: Path) -> None:
    pdf, page = one_page()
    widget = note(pdf, page, "Widget", (100, 600, 300, 620), DA=LINE.DA)
    parent = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a"), V=String("Thừa kế"), Kids=Array([widget])))
    widget.Parent = parent
    form(pdf, [parent])
    assert PdfReader(saved(pdf, tmp_path / "form.pdf")).text_page(1).text == "Thừa kế"


def test_ticked_box_is_told_and_an_empty_one_and_a_password_are_not(tmp_path: Path) -> None:
    pdf, page = one_page()
    looks = {"/Yes": pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))}
    boxes = [
        note(
            pdf,
            page,
            "Widget",
            (60, y, 70, y + 10),
            FT=Name.Btn,
            T=String(f"b{y}"),
            V=state,
            AS=state,
            AP=Dictionary(N=Dictionary(looks)),
        )
        for y, state in ((700, Name.Yes), (600, Name.Off))
    ]
    secret = _field(pdf, page, (60, 500, 200, 520), "mật khẩu", Ff=1 << 13)
    write(pdf, page, [(80, 700, b"Dong y"), (80, 600, b"Khong")])
    form(pdf, [*boxes, secret])
    assert PdfReader(saved(pdf, tmp_path / "form.pdf")).text_page(1).text.split("\n") == ["☒ Dong y", "Khong"]


def test_remarks_and_stamps_are_in_the_text_and_hidden_ones_are_not(tmp_path: Path) -> None:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"Noi dung van ban")])
    note(pdf, page, "FreeText", (60, 500, 300, 520), Contents=String("Ghi chú tự do"), DA=LINE.DA)
    note(pdf, page, "Text", (400, 500, 420, 520), Contents=String("Cần bổ sung"))
    stamp = pdf.make_stream(
        b"BT /F1 12 Tf 5 5 Td (DA DUYET) Tj ET",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 200, 20]),
        Resources=Dictionary(Font=Dictionary(F1=simple_font(pdf))),
    )
    note(pdf, page, "Stamp", (60, 400, 260, 420), AP=Dictionary(N=stamp))
    hidden = note(pdf, page, "FreeText", (60, 300, 300, 320), Contents=String("Ẩn"), DA=LINE.DA)
    hidden.F = 2
    page = PdfReader(saved(pdf, tmp_path / "notes.pdf")).text_page(1)
    assert page.text.split("\n")[0] == "Noi dung van ban"
    assert {"Ghi chú tự do", "Cần bổ sung", "DA DUYET"} <= set(page.text.split("\n"))
    assert "Ẩn" not in page.text
    placed = {word.text: word.box for word in page.words}
    assert 842 - 421 < placed["DUYET"][1] < placed["DUYET"][3] < 842 - 399


def test_note_on_a_scan_is_added_to_what_is_recognised(tmp_path: Path) -> None:
    pdf, page = one_page()
    scan_page(pdf, page, picture(DECISION, dpi=150))
    note(pdf, page, "Text", (400, 500, 420, 520), Contents=String("Cần bổ sung"))
    reader = PdfReader(saved(pdf, tmp_path / "scan.pdf"))
    assert reader.needs_recognition(1)
    assert reader.notes(1) == ("Cần bổ sung",)
    read = Page(1, 595.0, 842.0, Source.OCR, 0.9, "Nội dung\n2", running=9)
    noted = _with_notes(read, "Cần bổ sung")
    assert (noted.text, noted.body, noted.text[noted.running :]) == (
        "Nội dung\nCần bổ sung\n2",
        "Nội dung\nCần bổ sung",
        "2",
    )


def test_links_alone_change_nothing(tmp_path: Path) -> None:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"trang")])
    note(pdf, page, "Link", (60, 700, 90, 712), Contents=String("Liên kết"))
    reader = PdfReader(saved(pdf, tmp_path / "link.pdf"))
    assert reader.text_page(1).text == "trang"
