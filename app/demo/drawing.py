"""Test papers as files: set in DOCX, printed to PDF, and for scans turned into images and made worse as paper is.

A test paper says VĂN BẢN THỬ and follows no official form; its head, date and title are laid out as Decree 30/2020
asks, so that reading finds them where it would on a real paper.
"""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docx import Document as new_docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt
from PIL import Image, ImageDraw, ImageFilter

from app.demo.story import TestPaper
from app.services.person_data import PersonData

WIDTH = 1240  # pixels of an A4 page at 150 dpi: what an office scanner is often set to
PAPER, INK_BLUE, SEAL_RED = 255, (28, 52, 140), (196, 40, 44)
MARK = "VĂN BẢN THỬ - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on one test paper: whose it is and which body issues it (empty for personal papers)."""

    paper: TestPaper
    person: PersonData
    head: str
    superior: str


def set_papers(contents: Sequence[Content], target: Path) -> None:
    """All these papers in one DOCX, one page each."""
    document = new_docx()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(13)
    for number, content in enumerate(contents):
        _set_one(document, content)
        if number < len(contents) - 1:
            document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    document.save(str(target))


def _line(document: Docx, text: str, *, bold: bool = False, italic: bool = False, centre: bool = False) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    paragraph.paragraph_format.space_after = Pt(6)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_one(document: Docx, content: Content) -> None:
    paper = content.paper
    day = paper.date
    long_day = f"ngày {day.day:02d} tháng {day.month if day.month > 2 else f'{day.month:02d}'} năm {day.year}"
    if content.head:
        number = f"Số: {paper.number}/{paper.symbol}" if paper.number else "Số:      "
        _head(document, content, number, f"Mẫu 1, {long_day}")
    else:
        _line(document, MOTTO[0], bold=True, centre=True)
        _line(document, MOTTO[1], bold=True, centre=True)
        _line(document, f"Mẫu 1, {long_day}", italic=True, centre=True)
    _line(document, paper.title, bold=True, centre=True)
    _line(document, paper.subject, bold=True, centre=True)
    for text in _body(content):
        _line(document, text)
    _line(document, MARK, italic=True, centre=True)
    _line(document, content.person.full_name if not content.head else "Người ký thử nghiệm", bold=True, centre=True)


def _head(document: Docx, content: Content, number: str, place_and_date: str) -> None:
    table = document.add_table(rows=2, cols=2)
    table.autofit = False
    cells = (
        (content.superior.upper(), content.head.upper()),
        MOTTO,
        (number,),
        (place_and_date,),
    )
    for index, lines in enumerate(cells):
        cell = table.cell(index // 2, index % 2)
        cell.width = Mm(72) if index % 2 == 0 else Mm(88)
        for position, text in enumerate(lines):
            paragraph = cell.paragraphs[0] if position == 0 else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(text)
            run.font.size = Pt(12)
            run.bold = index == 1 or (index == 0 and position == 1)
            run.italic = index == 3


def _body(content: Content) -> list[str]:
    person = content.person
    born = person.birth_date
    birth = "" if born is None else f"{born:%d/%m/%Y}" if person.birth_precision == "day" else f"{born:%Y}"
    identity = person.identities[0]
    return [
        f"Họ và tên: {person.full_name.upper()}; Giới tính: {person.sex}",
        f"Ngày, tháng, năm sinh: {birth}",
        f"Số CCCD: {identity.number} cấp ngày {identity.issued_on:%d/%m/%Y}",
        f"Nơi cư trú: {person.residence}",
        f"Nghề nghiệp: {person.occupation}; Nơi làm việc: {person.workplace}",
        "Nội dung: văn bản này do chương trình trình diễn lập ra để thử việc số hóa, tìm kiếm và kiểm tra thành phần "
        "hồ sơ. Tên người, số giấy tờ, nơi cư trú đều không có thật.",
    ]


def degraded(image: Image.Image, *, poor: bool, seed: int) -> Image.Image:
    """A page as a scanner sees it: a little askew, grainy, grey; `poor`: faded, blurred and specked as well."""
    chance = random.Random(seed)  # noqa: S311 - dirt on paper, not a secret
    page = image.convert("L").resize((WIDTH, round(WIDTH * image.height / image.width)))
    page = page.rotate(chance.uniform(-1.4, 1.4) if poor else chance.uniform(-0.5, 0.5), fillcolor=250, expand=False)
    noise = Image.effect_noise(page.size, 70 if poor else 22)
    page = Image.blend(page, noise, 0.34 if poor else 0.10)
    if poor:
        page = page.resize((page.width // 2, page.height // 2)).filter(ImageFilter.GaussianBlur(0.7))
        page = page.resize((page.width * 2, page.height * 2)).point(
            [min(PAPER, 90 + round(v * 0.6)) for v in range(256)]
        )
        pen = ImageDraw.Draw(page)
        for _ in range(160):
            x, y = chance.randrange(page.width), chance.randrange(page.height)
            pen.ellipse((x, y, x + chance.randrange(1, 5), y + chance.randrange(1, 5)), fill=chance.randrange(60, 160))
    return page


def signed_and_sealed(image: Image.Image, *, spot: tuple[float, float], seed: int) -> Image.Image:
    """A printed page after the pen and the seal: a blue stroke and a red ring over `spot`, the place of the signer's
    name as shares of the page's width and height."""
    chance = random.Random(seed)  # noqa: S311 - a stroke, not a secret
    page = image.convert("RGB").resize((WIDTH, round(WIDTH * image.height / image.width)))
    pen = ImageDraw.Draw(page)
    x, y = round(page.width * spot[0]), round(page.height * spot[1]) - 60
    stroke = [(x - 90 + i * 18, y + chance.randrange(-34, 34)) for i in range(12)]
    pen.line(stroke, fill=INK_BLUE, width=5, joint="curve")
    pen.ellipse((x - 200, y - 80, x - 40, y + 80), outline=SEAL_RED, width=6)
    pen.text((x - 150, y - 6), "DAU THU", fill=SEAL_RED)
    return page.rotate(chance.uniform(-0.4, 0.4), fillcolor=(250, 250, 250))


def as_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Images as one PDF without a text layer, as a scanner writes it."""
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=list(pages[1:]), resolution=150.0)
    return out.getvalue()
