"""The PDF of a paper: A4, its text whole with all accents, its fonts inside, LibreOffice kept to its limits."""

import ctypes
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw
import pytest
from filled_forms import filled

from doc_templates import pdf
from doc_templates.catalogue import form
from doc_templates.errors import PdfFailed
from doc_templates.pdf import paper_font, to_pdf
from doc_templates.rendering import Rendered, RenderMode, render

A4_POINTS = (595.3, 841.9)


def paper(tmp_path: Path) -> Rendered:
    return render(form("D163/V/53"), filled("D163/V/53"), tmp_path / "paper.docx", mode=RenderMode.FINAL)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.office
def test_the_pdf_is_a4_and_holds_the_whole_text_with_its_accents(tmp_path: Path) -> None:
    made, out = paper(tmp_path), tmp_path / "paper.pdf"
    to_pdf(made.path, out)
    document = pypdfium2.PdfDocument(out)
    assert len(document) == 2
    for page in document:
        assert page.get_size() == pytest.approx(A4_POINTS, abs=1)
    text = words(" ".join(page.get_textpage().get_text_bounded() for page in document))
    for line in made.text.split("\n"):
        assert words(line) in text
    first, second = (page.get_textpage().get_text_bounded().strip() for page in document)
    assert not first.startswith("1")
    assert second.startswith("2")
    document.close()


@pytest.mark.office
def test_the_fonts_are_embedded_and_no_other_font_lends_its_letters(tmp_path: Path) -> None:
    font = paper_font()
    if font is None or not font.vietnamese:
        pytest.skip("no font with Vietnamese letters stands in for Times New Roman (install fonts-liberation2)")
    made, out = paper(tmp_path), tmp_path / "paper.pdf"
    to_pdf(made.path, out)
    document = pypdfium2.PdfDocument(out)
    families = set()
    for page in document:
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            face = raw.FPDFTextObj_GetFont(item)
            assert raw.FPDFFont_GetIsEmbedded(face) == 1
            length = raw.FPDFFont_GetFamilyName(face, None, 0)
            name = ctypes.create_string_buffer(length)
            raw.FPDFFont_GetFamilyName(face, name, length)
            families.add(name.value.decode().split("-")[0].replace(" ", ""))
    document.close()
    assert len(families) == 1, families


@pytest.mark.office
def test_a_file_that_is_no_document_gives_no_pdf_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "paper.docx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(PdfFailed) as caught:
        to_pdf(tmp_path / "paper.docx", tmp_path / "paper.pdf")
    assert caught.value.code in {"office-failed", "office-no-output"}
    assert caught.value.advice
    assert [path.name for path in tmp_path.iterdir()] == ["paper.docx"]


@pytest.mark.office
def test_too_little_time_is_an_error_with_a_code_and_leaves_nothing(tmp_path: Path) -> None:
    made = paper(tmp_path)
    with pytest.raises(PdfFailed) as caught:
        to_pdf(made.path, tmp_path / "paper.pdf", timeout=0.05)
    assert caught.value.code == "office-timeout"
    assert not (tmp_path / "paper.pdf").exists()


def test_a_missing_docx_is_named_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(PdfFailed) as caught:
        to_pdf(tmp_path / "none.docx", tmp_path / "paper.pdf")
    assert caught.value.code in {"office-input", "office-missing"}


def test_a_machine_without_libreoffice_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = paper(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PdfFailed) as caught:
        to_pdf(made.path, tmp_path / "paper.pdf")
    assert caught.value.code == "office-missing"
    assert "libreoffice" in caught.value.advice.lower()
    assert pdf.paper_font() is None
