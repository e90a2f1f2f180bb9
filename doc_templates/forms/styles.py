"""The paragraph styles of a form, with the figures of Decree 30/2020 Appendix I (`doc_templates.decree30`)."""

from dataclasses import dataclass

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from doc_templates.decree30 import FONT, PAPER

LEFT, CENTRE, BOTH = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
MARGINS_MM = {"top": 20, "bottom": 20, "left": 30, "right": 15}
HEADER_MM = 10.0  # the page number stands in the middle of the top margin
TEXT_WIDTH_MM = PAPER[0] - MARGINS_MM["left"] - MARGINS_MM["right"]


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style: size and spacing in points, first-line indent in millimetres."""

    name: str
    size: float
    align: WD_ALIGN_PARAGRAPH
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 0
    indent: float = 0


STYLES = {
    style.name: style
    for style in (
        Style("superior", 12, CENTRE),
        Style("body name", 12, CENTRE, bold=True),
        Style("country", 12, CENTRE, bold=True),
        Style("motto", 13, CENTRE, bold=True),
        Style("number", 13, CENTRE, before=6),
        Style("place", 13, CENTRE, italic=True, before=6),
        Style("title", 14, CENTRE, bold=True, before=18),
        Style("subject", 14, CENTRE, bold=True),
        Style("issuer", 14, CENTRE, bold=True, before=10, after=8),
        Style("basis", 14, BOTH, italic=True, after=6, indent=10),  # II.6.a: italic
        Style("heading", 14, CENTRE, bold=True, before=4, after=6),
        Style("body", 14, BOTH, after=6, indent=10),  # II.6.e: indent 1 cm, 6 pt between paragraphs
        Style("recipients label", 12, LEFT, bold=True, italic=True),
        Style("recipients", 11, LEFT),
        Style("post", 14, CENTRE, bold=True),
        Style("instruction", 13, CENTRE, italic=True),
        Style("signer", 14, CENTRE, bold=True),
        Style("page number", 13, CENTRE),
        Style("rule", 2, CENTRE),
    )
}


def apply(document: Document) -> None:
    """Give an empty document the paper, the margins and all styles."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAPER[0]), Mm(PAPER[1])
    for side, length in MARGINS_MM.items():
        setattr(section, f"{side}_margin", Mm(length))
    section.header_distance = section.footer_distance = Mm(HEADER_MM)
    _set_font(document, "Normal")
    for style in STYLES.values():
        made = document.styles.add_style(f"D30 {style.name}", WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = document.styles["Normal"]
        _set_font(document, made.name)
        made.font.size, made.font.bold, made.font.italic = Pt(style.size), style.bold, style.italic
        form = made.paragraph_format
        form.alignment, form.first_line_indent = style.align, Mm(style.indent)
        form.space_before, form.space_after = Pt(style.before), Pt(style.after)
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
    rule = document.styles["D30 rule"].paragraph_format
    rule.line_spacing_rule, rule.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)


def _set_font(document: Document, name: str) -> None:
    """Times New Roman for every script: a style that names only the Latin font lets Word choose another for accents."""
    style = document.styles[name]
    style.font.name = FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)


def underline(paragraph: Paragraph, width_mm: float, of_mm: float) -> None:
    """Make an empty paragraph a centred rule of `width_mm` in a column of `of_mm`."""
    side = Mm((of_mm - width_mm) / 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = side
    border, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{key}"), value)
    border.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def page_field(paragraph: Paragraph) -> None:
    """Put the number of the page into a paragraph."""
    field, run, text = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), "PAGE")
    text.text = "2"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
