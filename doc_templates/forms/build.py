"""Builds the templates (DOCX with Jinja fields) from their declarations and fragments.

Run `python -m doc_templates.forms.build` after a change of a declaration, a fragment or a style, and commit what
comes out; a test rebuilds everything and compares the bytes.
"""

import io
import re
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from doc_templates.archive import frozen
from doc_templates.catalogue import Form, Line, forms
from doc_templates.decree30 import COUNTRY, MOTTO
from doc_templates.forms.styles import TEXT_WIDTH_MM, apply, page_field, underline

HEAD_MM = (68.0, TEXT_WIDTH_MM - 68.0)  # two columns; the country line needs 95 mm at 12 points
FOOT_MM = (78.0, TEXT_WIDTH_MM - 78.0)
BODY_RULE_MM = 22.0  # a third to a half of the body's name [Appendix I II.2.b]
MOTTO_RULE_MM = 60.0  # as long as the motto at 13 points [II.1.b]
SUBJECT_RULE_MM = 36.0  # a third to a half of the subject [II.5.b]
FOOT_SPACE_PT = 12.0  # between the text and the foot
SIGNATURE_MM = 24.0  # room for signature and seal
MADE = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date: the same declaration gives the same bytes
BOLD = re.compile(r"\*\*(.+?)\*\*")


def build(form: Form) -> bytes:
    """The template of one form as DOCX bytes; the same form gives the same bytes."""
    document = Document()
    apply(document)
    _properties(document, form)
    _page_number(document)
    _head(document, form)
    _paragraph(document.add_paragraph(), "title", form.title)
    _paragraph(document.add_paragraph(), "subject", form.subject)
    _rule(document.add_paragraph(), SUBJECT_RULE_MM, TEXT_WIDTH_MM)
    for line in form.body:
        _line(document, line)
    closing = document.paragraphs[-1].paragraph_format
    closing.keep_with_next, closing.space_after = True, Pt(FOOT_SPACE_PT)  # never a signature alone on a page
    _foot(document, form)
    target = io.BytesIO()
    document.save(target)
    return frozen(target.getvalue())


def _properties(document: DocumentType, form: Form) -> None:
    properties = document.core_properties
    properties.title, properties.subject = f"{form.title} {form.subject}", form.code
    properties.author = properties.last_modified_by = "Hồ Sơ"
    properties.created = properties.modified = MADE
    properties.comments, properties.language, properties.version = "", "vi-VN", form.version


def _page_number(document: DocumentType) -> None:
    """Centred in the top margin from page 2 on [Appendix I I.7]."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.style = document.styles["D30 page number"]
    page_field(paragraph)
    section.first_page_header.paragraphs[0].style = document.styles["D30 page number"]


def _paragraph(paragraph: Paragraph, style: str, text: str) -> Paragraph:
    """Fill a paragraph; what stands between two pairs of asterisks becomes bold."""
    paragraph.style = paragraph.part.document.styles[f"D30 {style}"]  # type: ignore[attr-defined]
    for index, piece in enumerate(BOLD.split(text)):
        if piece:
            paragraph.add_run(piece).bold = True if index % 2 else None
    return paragraph


def _rule(paragraph: Paragraph, width: float, column: float) -> None:
    paragraph.style = paragraph.part.document.styles["D30 rule"]  # type: ignore[attr-defined]
    underline(paragraph, width, column)


def _opening_and_closing(line: Line) -> tuple[str, str]:
    """The Jinja tags around a line that depends on a fact; a line about `recipients` is repeated for each."""
    if line.when == "recipients":
        return "{%p for recipient in recipients %}", "{%p endfor %}"
    return f"{{%p if {line.when} %}}", "{%p endif %}"


def _line(container: DocumentType | _Cell, line: Line) -> None:
    if line.when is None:
        _paragraph(container.add_paragraph(), line.style, line.text)
        return
    opening, closing = _opening_and_closing(line)
    _paragraph(container.add_paragraph(), line.style, opening)
    _paragraph(container.add_paragraph(), line.style, line.text)
    _paragraph(container.add_paragraph(), line.style, closing)


def _table(document: DocumentType, rows: int, widths: tuple[float, float]) -> list[list[_Cell]]:
    """A table without lines, fixed columns, cells whose first paragraph is still empty; rows never split over pages."""
    table = document.add_table(rows, 2)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for index, width in enumerate(widths):
        table.columns[index].width = Mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for index, width in enumerate(widths):
            row.cells[index].width = Mm(width)
            _no_padding(row.cells[index])
    return [list(row.cells) for row in table.rows]


def _no_padding(cell: _Cell) -> None:
    margins = OxmlElement("w:tcMar")
    for side in ("left", "right"):
        node = OxmlElement(f"w:{side}")
        node.set(qn("w:w"), "0")
        node.set(qn("w:type"), "dxa")
        margins.append(node)
    cell._tc.get_or_add_tcPr().append(margins)


def _drop_first(cell: _Cell) -> None:
    """Remove the empty paragraph every new cell starts with, now that it has others."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _head(document: DocumentType, form: Form) -> None:
    """The two-column head: body and number at the left, country, motto, place and date at the right."""
    (left, right), (number, place) = _table(document, 2, HEAD_MM)
    for text in form.head.superior:
        _paragraph(left.add_paragraph(), "superior", text)
    for text in form.head.issuer:
        _paragraph(left.add_paragraph(), "body name", text)
    _rule(left.add_paragraph(), BODY_RULE_MM, HEAD_MM[0])
    _paragraph(right.add_paragraph(), "country", COUNTRY)
    _paragraph(right.add_paragraph(), "motto", MOTTO)
    _rule(right.add_paragraph(), MOTTO_RULE_MM, HEAD_MM[1])
    _paragraph(number.add_paragraph(), "number", "Số: {{ doc.number | number }}/{{ doc.symbol }}")
    _paragraph(place.add_paragraph(), "place", "{{ doc.place }}, {{ doc.date | long_day }}")
    for cell in (left, right, number, place):
        _drop_first(cell)


def _foot(document: DocumentType, form: Form) -> None:
    """The two-column foot: Nơi nhận at the left, the signature at the right."""
    ((left, right),) = _table(document, 1, FOOT_MM)
    foot = form.foot
    _paragraph(left.add_paragraph(), "recipients label", "Nơi nhận:")
    for line in foot.recipients:
        _line(left, Line("recipients", line.text, line.when))
    post = f"'{foot.post}'"
    if foot.post_reformatory:
        post = f"post_of(agency.kind, '{foot.post}', '{foot.post_reformatory}')"
    lines = f"signature({post}, '{foot.collective}', signer.prefix, signer.position)"
    _paragraph(right.add_paragraph(), "post", f"{{%p for line in {lines} %}}")
    _paragraph(right.add_paragraph(), "post", "{{ line }}")
    _paragraph(right.add_paragraph(), "post", "{%p endfor %}")
    _paragraph(right.add_paragraph(), "instruction", "{%p if unfilled(signer.full_name) %}")
    _paragraph(right.add_paragraph(), "instruction", foot.instruction)
    _paragraph(right.add_paragraph(), "instruction", "{%p else %}")
    name = _paragraph(right.add_paragraph(), "signer", "{{ signer.full_name }}")
    name.paragraph_format.space_before = Mm(SIGNATURE_MM)
    _paragraph(right.add_paragraph(), "instruction", "{%p endif %}")
    for cell in (left, right):
        _drop_first(cell)


def main() -> None:
    """Write every template beside its declaration."""
    for form in forms():
        form.template.write_bytes(build(form))
        print(f"{form.code}: {form.template.name}")


if __name__ == "__main__":
    main()
