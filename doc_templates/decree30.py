"""The layout standard of Decree 30/2020/NĐ-CP, Appendix I, part I: its figures, and a checker for a finished DOCX.

The figures are used twice: `doc_templates.forms.styles` builds the forms with them, `check` measures what came out.
Lengths in millimetres, sizes in points.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import Section
from docx.styles.style import ParagraphStyle
from docx.text.font import Font
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT = "Times New Roman"  # I.4
PAPER = (210.0, 297.0)  # I.1: A4, upright (I.2)
MARGINS = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}  # I.3
COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
PLACE_AND_DATE = re.compile(r".+, ngày .+ tháng .+ năm .+")
DOTTED = "....."  # a fact left open; its line may be set left
NUMBER = re.compile(r"Số: ?.+/\S+")
SIZES = {
    "country": (12.0, 13.0),  # II.1.a
    "motto": (13.0, 14.0),  # II.1.b
    "body-name": (12.0, 13.0),  # II.2.b
    "number": (13.0, 13.0),  # II.3.c
    "place": (13.0, 14.0),  # II.4.c
    "text": (13.0, 14.0),  # II.5.b, II.6.e
    "recipients-label": (12.0, 12.0),  # II.9.d
    "recipients": (11.0, 11.0),  # II.9.d
    "signature": (13.0, 14.0),  # II.7.đ
    "page-number": (13.0, 14.0),  # I.7
}
TOLERANCE = 0.3  # mm; twentieths of a point are rounded


@dataclass(frozen=True, slots=True)
class LayoutProblem:
    """One breach of the standard: a stable code, what is wrong (Vietnamese), and the part of the paper."""

    code: str
    message: str
    part: str


def check(docx: Path) -> tuple[LayoutProblem, ...]:
    """Every breach found in the file, in the order of the standard; empty where the layout is right."""
    document = Document(str(docx))
    found = [*_paper(document.sections[0]), *_font(document), *_head(document), *_text(document), *_foot(document)]
    return (*found, *_page_number(document.sections[0]))


def _paper(section: Section) -> Iterator[LayoutProblem]:
    if section.orientation != WD_ORIENT.PORTRAIT or not _size_of(section):
        yield LayoutProblem("paper", "Khổ giấy phải là A4 (210 x 297 mm), trình bày theo chiều dài.", "trang")
    for side, (low, high) in MARGINS.items():
        length = getattr(section, f"{side}_margin")
        if length is None or not low - TOLERANCE <= length.mm <= high + TOLERANCE:
            yield LayoutProblem(f"margin-{side}", f"Lề {side} phải từ {low} đến {high} mm.", "trang")


def _size_of(section: Section) -> bool:
    width, height = section.page_width, section.page_height
    return (
        width is not None
        and height is not None
        and abs(width.mm - PAPER[0]) <= TOLERANCE
        and abs(height.mm - PAPER[1]) <= TOLERANCE
    )


def _chain(run: Run, paragraph: Paragraph) -> Iterator[Font]:
    """The fonts that decide how a run looks, nearest first: its own, its style's, its paragraph styles'."""
    yield run.font
    style = paragraph.style
    while isinstance(style, ParagraphStyle):
        yield style.font
        style = style.base_style if isinstance(style.base_style, ParagraphStyle) else None


def _look(paragraph: Paragraph, what: str) -> set[object]:
    """All values of one property (name, size, bold, italic) over the visible runs of a paragraph."""
    found: set[object] = set()
    for run in paragraph.runs:
        if run.text.strip():
            values = (getattr(font, what) for font in _chain(run, paragraph))
            value = next((value for value in values if value is not None), None)
            found.add(value.pt if what == "size" and value is not None else bool(value) if what != "name" else value)
    return found


def _cells(document: DocumentType, index: int) -> list[list[Paragraph]]:
    """The paragraphs of each cell of one table, row by row; empty where there is no such table."""
    tables = document.tables
    if not tables or index >= len(tables):
        return []
    return [[p for p in cell.paragraphs if p.text.strip()] for row in tables[index].rows for cell in row.cells]


def _font(document: DocumentType) -> Iterator[LayoutProblem]:
    everything = list(document.paragraphs)
    for table in document.tables:
        everything += [p for row in table.rows for cell in row.cells for p in cell.paragraphs]
    for paragraph in everything:
        strange = _look(paragraph, "name") - {FONT}
        if strange:
            yield LayoutProblem("font", f"Phông chữ phải là {FONT}.", paragraph.text[:60])


def _sized(paragraph: Paragraph, role: str) -> Iterator[LayoutProblem]:
    low, high = SIZES[role]
    if any(not isinstance(size, float) or not low <= size <= high for size in _look(paragraph, "size")):
        yield LayoutProblem(f"size-{role}", f"Cỡ chữ phải từ {low:g} đến {high:g}.", paragraph.text[:60])


def _weighted(paragraph: Paragraph, role: str, *, bold: bool, italic: bool) -> Iterator[LayoutProblem]:
    if _look(paragraph, "bold") != {bold} or _look(paragraph, "italic") != {italic}:
        looks = ("đậm" if bold else "thường") + (", nghiêng" if italic else ", đứng")
        yield LayoutProblem(f"look-{role}", f"Kiểu chữ phải là chữ {looks}.", paragraph.text[:60])


def _head(document: DocumentType) -> Iterator[LayoutProblem]:
    cells = _cells(document, 0)
    if len(cells) != 4:
        yield LayoutProblem("head", "Thiếu phần đầu hai cột (tên cơ quan; Quốc hiệu, Tiêu ngữ).", "phần đầu")
        return
    left, right, numbers, places = cells
    if not left:
        yield LayoutProblem("body-name", "Thiếu tên cơ quan ban hành.", "phần đầu")
    for paragraph in left:
        yield from _sized(paragraph, "body-name")
    if left:
        yield from _weighted(left[-1], "body-name", bold=True, italic=False)
    yield from _wanted(right, "country", lambda text: text == COUNTRY, bold=True, italic=False)
    yield from _wanted(right, "motto", lambda text: text == MOTTO, bold=True, italic=False)
    yield from _wanted(numbers, "number", lambda text: NUMBER.fullmatch(text) is not None, bold=False, italic=False)
    yield from _wanted(
        places, "place", lambda text: PLACE_AND_DATE.fullmatch(text) is not None, bold=False, italic=True
    )


def _wanted(
    paragraphs: list[Paragraph], role: str, matches: "object", *, bold: bool, italic: bool
) -> Iterator[LayoutProblem]:
    found = [paragraph for paragraph in paragraphs if callable(matches) and matches(paragraph.text.strip())]
    if not found:
        yield LayoutProblem(role, f"Thiếu hoặc sai {_NAMES[role]}.", "phần đầu")
        return
    yield from _sized(found[0], role)
    yield from _weighted(found[0], role, bold=bold, italic=italic)


_NAMES = {"country": "Quốc hiệu", "motto": "Tiêu ngữ", "number": "số, ký hiệu", "place": "địa danh và thời gian"}


def _alignment(paragraph: Paragraph) -> WD_ALIGN_PARAGRAPH | None:
    if paragraph.alignment is not None:
        return paragraph.alignment
    style = paragraph.style
    while isinstance(style, ParagraphStyle):
        alignment: WD_ALIGN_PARAGRAPH | None = style.paragraph_format.alignment
        if alignment is not None:
            return alignment
        style = style.base_style if isinstance(style.base_style, ParagraphStyle) else None
    return None


def _text(document: DocumentType) -> Iterator[LayoutProblem]:
    """Title, subject and text: outside the tables, 13 to 14 points; what is not centred is justified."""
    paragraphs = [paragraph for paragraph in document.paragraphs if paragraph.text.strip()]
    centred = [p for p in paragraphs if _alignment(p) == WD_ALIGN_PARAGRAPH.CENTER]
    if not centred or not centred[0].text.isupper():
        yield LayoutProblem("title", "Thiếu tên loại văn bản (in hoa, đậm, canh giữa).", "tên loại")
    for paragraph in centred:
        yield from _weighted(paragraph, "title", bold=True, italic=False)
    for paragraph in paragraphs:
        yield from _sized(paragraph, "text")
        if (
            _alignment(paragraph) not in (WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY)
            and DOTTED not in paragraph.text
        ):
            yield LayoutProblem("alignment", "Nội dung phải canh đều hai lề.", paragraph.text[:60])


def _foot(document: DocumentType) -> Iterator[LayoutProblem]:
    cells = _cells(document, 1)
    if len(cells) != 2 or not cells[0] or not cells[1]:
        yield LayoutProblem("foot", "Thiếu phần cuối hai cột (Nơi nhận; chữ ký).", "phần cuối")
        return
    label, *recipients = cells[0]
    if label.text.strip() != "Nơi nhận:" or not recipients:
        yield LayoutProblem("recipients", 'Thiếu "Nơi nhận:" hoặc danh sách nơi nhận.', "phần cuối")
        return
    yield from _sized(label, "recipients-label")
    yield from _weighted(label, "recipients-label", bold=True, italic=True)
    for paragraph in recipients:
        yield from _sized(paragraph, "recipients")
    post = cells[1][0]
    if not post.text.isupper():
        yield LayoutProblem("signature", "Quyền hạn, chức vụ của người ký phải in hoa.", post.text[:60])
    yield from _sized(post, "signature")
    yield from _weighted(post, "signature", bold=True, italic=False)


def _page_number(section: Section) -> Iterator[LayoutProblem]:
    """Centred in the top margin, from the second page on."""
    numbers = [p for p in section.header.paragraphs if _has_page_field(p)]
    if not numbers or _alignment(numbers[0]) != WD_ALIGN_PARAGRAPH.CENTER:
        yield LayoutProblem("page-number", "Số trang phải đặt canh giữa ở lề trên.", "số trang")
        return
    sizes = _look(numbers[0], "size")
    low, high = SIZES["page-number"]
    if any(not isinstance(size, float) or not low <= size <= high for size in sizes):
        yield LayoutProblem("size-page-number", f"Cỡ số trang phải từ {low:g} đến {high:g}.", "số trang")
    first = section.first_page_header
    if not section.different_first_page_header_footer or any(_has_page_field(p) for p in first.paragraphs):
        yield LayoutProblem("page-number-first", "Không hiển thị số trang thứ nhất.", "số trang")


def _has_page_field(paragraph: Paragraph) -> bool:
    instructions = [node.get(qn("w:instr"), "") for node in paragraph._p.iter(qn("w:fldSimple"))]
    instructions += [node.text or "" for node in paragraph._p.iter(qn("w:instrText"))]
    return any(instruction.split()[:1] == ["PAGE"] for instruction in instructions)
