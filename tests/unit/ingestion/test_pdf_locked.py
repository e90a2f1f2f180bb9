"""Locked and damaged PDF files: a password or a repair makes a copy for reading, the file itself never changes."""

from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from drawn_papers import DECISION, HEAD, Line, picture, scan_pdf, text_pdf
from pdf_files import one_page, saved, write

import ingestion
from ingestion import ReadError, Sandbox
from ingestion.engines.answering import answer_render
from ingestion.engines.extracting import answer_extract
from ingestion.engines.pdf import PdfReader

LOCKED = {"encryption": pikepdf.Encryption(owner="chủ", user="mở")}
FREE = {"encryption": pikepdf.Encryption(owner="chủ", user="")}


def _paper(path: Path, **options: object) -> Path:
    pdf, page = one_page()
    write(pdf, page, [(60, 700, b"Van ban bi khoa")])
    return saved(pdf, path, **options)


def _code(path: Path, password: str | None = None) -> str:
    with pytest.raises(ReadError) as refused:
        PdfReader(path, password=password)
    return refused.value.code


def _texts(path: Path) -> list[str]:
    reader = PdfReader(path)
    return [reader.text_page(number).text for number in range(1, reader.page_count + 1)]


def _extracted(parts: list[tuple[Path, list[int]]], folder: Path) -> Path:
    answer_extract(parts, folder)
    return folder / "extract.pdf"


def test_locked_file_says_whether_a_password_is_missing_or_wrong(tmp_path: Path) -> None:
    path = _paper(tmp_path / "locked.pdf", **LOCKED)
    assert _code(path) == "file-encrypted"
    assert _code(path, "sai") == "password-wrong"


@pytest.mark.parametrize("password", ["mở", "chủ"], ids=["user", "owner"])
def test_right_password_leaves_an_unlocked_copy(tmp_path: Path, sandbox: Sandbox, password: str) -> None:
    path, copy = _paper(tmp_path / "locked.pdf", **LOCKED), tmp_path / "copy"
    before = path.read_bytes()
    assert ingestion.survey(path, sandbox=sandbox, password=password, copy=copy).pages == 1
    assert _texts(copy) == ["Van ban bi khoa"]
    assert path.read_bytes() == before


def test_file_that_only_its_owner_may_change_is_read_and_extracted_as_it_is(tmp_path: Path) -> None:
    path = _paper(tmp_path / "owned.pdf", **FREE)
    assert not PdfReader(path).copied
    assert _texts(path) == ["Van ban bi khoa"]
    made = _extracted([(path, [1])], tmp_path)
    assert not pikepdf.open(made).is_encrypted
    assert _texts(made) == ["Van ban bi khoa"]


def _two_pages(path: Path) -> bytes:
    """Pages first, catalogue and tree last, as several programs write."""
    text = {3: b"BT /F 12 Tf 60 700 Td (Trang mot) Tj ET", 4: b"BT /F 12 Tf 60 700 Td (Trang hai) Tj ET"}
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    parts = [b"%PDF-1.4\n"]
    for number, shown in text.items():
        parts.append(b"%d 0 obj<</Length %d>>stream\n%s\nendstream\nendobj\n" % (number + 10, len(shown), shown))
        parts.append(
            b"%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            b"/Contents %d 0 R/Resources<</Font<</F %s>>>>>>\nendobj\n" % (number, number + 10, font)
        )
    parts.append(
        b"2 0 obj<</Type /Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n1 0 obj<</Type /Catalog/Pages 2 0 R>>endobj\n"
    )
    parts.append(b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 15>>\nstartxref\n0\n%%EOF\n")
    path.write_bytes(b"".join(parts))
    return path.read_bytes()


def test_file_cut_off_before_its_catalogue_is_read_from_a_repaired_copy(tmp_path: Path, sandbox: Sandbox) -> None:
    path, copy = tmp_path / "cut.pdf", tmp_path / "copy"
    content = _two_pages(path)
    path.write_bytes(content[: content.index(b"2 0 obj<</Type /Pages")])
    survey = ingestion.survey(path, sandbox=sandbox, copy=copy)
    assert (survey.pages, [warning.code for warning in survey.warnings]) == (2, ["file-repaired"])
    assert _texts(copy) == ["Trang mot", "Trang hai"]
    # The command line reads the file itself.
    read = ingestion.read(path, sandbox=sandbox)
    assert [page.text for page in read.pages] == ["Trang mot", "Trang hai"]
    assert [warning.code for warning in read.warnings] == ["file-repaired"]
    assert answer_render(path, tmp_path, page=2, width=200, kind="png")["width"] == 200
    assert _texts(_extracted([(path, [2])], tmp_path)) == ["Trang hai"]


@pytest.mark.parametrize("harm", ["table", "head", "lines"])
def test_small_damage_is_read_over_and_told(tmp_path: Path, harm: str) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [DECISION])
    content = path.read_bytes()
    if harm == "table":
        content = content.replace(b"startxref", b"startxref 9", 1)
    elif harm == "head":
        content = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + content
    else:
        content = content[: content.rindex(b"startxref")]
    path.write_bytes(content)
    reader = PdfReader(path)
    assert "Quản lý sau cai nghiện ma túy" in reader.text_page(1).text
    # Bytes before the header move everything alike: such a file is whole.
    assert [warning.code for warning in reader.warnings] == ([] if harm == "head" else ["file-repaired"])


def test_file_without_any_page_left_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "noise.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)
    assert _code(path) == "file-damaged"


def test_pages_of_several_files_become_one_in_the_order_asked_for(tmp_path: Path) -> None:
    first = text_pdf(tmp_path / "a.pdf", [HEAD, [Line(85, 100, "Trang hai")], [Line(85, 100, "Trang ba")]])
    second = scan_pdf(tmp_path / "b.pdf", [picture([Line(85, 100, "Ảnh")], dpi=100)], dpi=100)
    third = tmp_path / "c.png"
    picture([Line(85, 100, "Ảnh")], dpi=100).save(third, dpi=(100, 100))
    made = pdfium.PdfDocument(_extracted([(first, [3, 2]), (second, [1]), (third, [1])], tmp_path))
    assert [page.get_textpage().get_text_bounded() for page in made] == ["Trang ba", "Trang hai", "", ""]
    assert [tuple(round(edge) for edge in page.get_size()) for page in made] == [(595, 842)] * 4
