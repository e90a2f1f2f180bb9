"""The layout checker finds each deliberate breach of Decree 30 and nothing on a paper made by the forms."""

from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from filled_forms import filled

from doc_templates.catalogue import Form, form, forms
from doc_templates.decree30 import COUNTRY, MARGINS, SIZES, check
from doc_templates.forms.styles import MARGINS_MM, STYLES
from doc_templates.rendering import RenderMode, render

Breach = Callable[[DocumentType], None]
MODES = [(mode, mode is RenderMode.BLANK) for mode in RenderMode]


@pytest.mark.parametrize("one", forms(), ids=lambda row: row.code)
@pytest.mark.parametrize(("mode", "empty"), MODES, ids=lambda value: str(value))
def test_every_form_keeps_the_layout_standard(tmp_path: Path, one: Form, mode: RenderMode, empty: bool) -> None:
    out = tmp_path / "paper.docx"
    render(one, {} if empty else filled(one.code), out, mode=mode)
    assert check(out) == ()


def cell(document: DocumentType, table: int, row: int, column: int) -> list[Paragraph]:
    """The paragraphs of one cell that hold something."""
    return [p for p in document.tables[table].rows[row].cells[column].paragraphs if p.text.strip()]


def drop(paragraph: Paragraph) -> None:
    """Take a paragraph off the paper."""
    paragraph._p.getparent().remove(paragraph._p)


def section(name: str, value: object) -> Breach:
    return lambda document: setattr(document.sections[0], name, value)


def runs(find: Callable[[DocumentType], Paragraph], name: str, value: object) -> Breach:
    def breach(document: DocumentType) -> None:
        for run in find(document).runs:
            setattr(run.font, name, value)

    return breach


def body(document: DocumentType) -> Paragraph:
    return next(p for p in document.paragraphs if p.text.startswith("Điều 2."))


def other_motto(document: DocumentType) -> None:
    cell(document, 0, 0, 1)[1].runs[0].text = "Độc lập – Tự do – Hạnh phúc"


def no_page_field(document: DocumentType) -> None:
    for node in list(document.sections[0].header.paragraphs[0]._p.iter(qn("w:fldSimple"))):
        node.getparent().remove(node)


def number_on_the_first_page(document: DocumentType) -> None:
    document.sections[0].different_first_page_header_footer = False


def no_head(document: DocumentType) -> None:
    table = document.tables[0]._tbl
    table.getparent().remove(table)


BREACHES: dict[str, tuple[Breach, str]] = {
    "letter paper": (section("page_width", Mm(215.9)), "paper"),
    "lying paper": (section("orientation", WD_ORIENT.LANDSCAPE), "paper"),
    "narrow left margin": (section("left_margin", Mm(20)), "margin-left"),
    "wide right margin": (section("right_margin", Mm(25)), "margin-right"),
    "high top margin": (section("top_margin", Mm(40)), "margin-top"),
    "no bottom margin": (section("bottom_margin", Mm(5)), "margin-bottom"),
    "another font": (runs(body, "name", "Arial"), "font"),
    "small text": (runs(body, "size", Pt(12)), "size-text"),
    "large text": (runs(body, "size", Pt(15)), "size-text"),
    "small country line": (runs(lambda d: cell(d, 0, 0, 1)[0], "size", Pt(11)), "size-country"),
    "thin country line": (runs(lambda d: cell(d, 0, 0, 1)[0], "bold", False), "look-country"),
    "other dashes in the motto": (other_motto, "motto"),
    "upright place and date": (runs(lambda d: cell(d, 0, 1, 1)[0], "italic", False), "look-place"),
    "bold number": (runs(lambda d: cell(d, 0, 1, 0)[0], "bold", True), "look-number"),
    "thin name of the body": (runs(lambda d: cell(d, 0, 0, 0)[-1], "bold", False), "look-body-name"),
    "no number": (lambda d: drop(cell(d, 0, 1, 0)[0]), "number"),
    "no place and date": (lambda d: drop(cell(d, 0, 1, 1)[0]), "place"),
    "no head": (no_head, "head"),
    "text set left": (lambda d: setattr(body(d), "alignment", WD_ALIGN_PARAGRAPH.LEFT), "alignment"),
    "thin title": (runs(lambda d: d.paragraphs[0], "bold", False), "look-title"),
    "large recipients": (runs(lambda d: cell(d, 1, 0, 0)[1], "size", Pt(13)), "size-recipients"),
    "upright Nơi nhận": (runs(lambda d: cell(d, 1, 0, 0)[0], "italic", False), "look-recipients-label"),
    "no Nơi nhận": (lambda d: drop(cell(d, 1, 0, 0)[0]), "recipients"),
    "thin post": (runs(lambda d: cell(d, 1, 0, 1)[0], "bold", False), "look-signature"),
    "no page number": (no_page_field, "page-number"),
    "page number on page 1": (number_on_the_first_page, "page-number-first"),
    "page number at the right": (
        lambda d: setattr(d.sections[0].header.paragraphs[0], "alignment", WD_ALIGN_PARAGRAPH.RIGHT),
        "page-number",
    ),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_deliberate_breach_is_found(tmp_path: Path, name: str) -> None:
    out = tmp_path / "paper.docx"
    render(form("D163/V/53"), filled("D163/V/53"), out, mode=RenderMode.FINAL)
    document = Document(str(out))
    breach, code = BREACHES[name]
    breach(document)
    document.save(str(out))
    assert code in {problem.code for problem in check(out)}


def test_a_document_that_is_no_paper_at_all_has_neither_head_nor_foot(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph(COUNTRY)
    document.save(str(tmp_path / "letter.docx"))
    codes = {problem.code for problem in check(tmp_path / "letter.docx")}
    assert {"head", "foot", "title", "font", "page-number"} <= codes


def test_styles_lie_within_the_standard_they_are_checked_by() -> None:
    for side, (low, high) in MARGINS.items():
        assert low <= MARGINS_MM[side] <= high
    for name, role in (("body", "text"), ("country", "country"), ("motto", "motto"), ("number", "number")):
        low, high = SIZES[role]
        assert low <= STYLES[name].size <= high
