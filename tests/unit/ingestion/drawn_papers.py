"""Draws test papers: pages of placed lines as pictures (Pillow) or as PDFs with a text layer (pypdfium2)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageDraw, ImageFont

from ingestion import Page, Source, Word

A4 = (595.0, 842.0)
# Debian's Liberation fonts lack the Vietnamese letters with two marks; DejaVu has them all.
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerifCondensed.ttf")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: where it begins (or its centre) and its baseline, in points from the top left."""

    x: float
    y: float
    text: str
    size: float = 13
    centred: bool = False


def _font(size: float, dpi: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), round(size * dpi / 72))


def _left(line: Line) -> float:
    return line.x - _font(line.size, 72 * 8).getlength(line.text) / 8 / 2 if line.centred else line.x


def picture(lines: Sequence[Line], *, dpi: int = 200, size: tuple[float, float] = A4) -> Image.Image:
    """The lines on white paper, in grey."""
    image = Image.new("L", (round(size[0] * dpi / 72), round(size[1] * dpi / 72)), 255)
    draw = ImageDraw.Draw(image)
    for line in lines:
        place = (_left(line) * dpi / 72, line.y * dpi / 72)
        draw.text(place, line.text, font=_font(line.size, dpi), fill=0, anchor="ls")
    return image


def _embed(document: pdfium.PdfDocument) -> Any:
    content = FONT.read_bytes()
    buffer = (ctypes.c_ubyte * len(content)).from_buffer_copy(content)
    return raw.FPDFText_LoadFont(document, buffer, len(content), raw.FPDF_FONT_TRUETYPE, True)


def _insert(document: pdfium.PdfDocument, page: pdfium.PdfPage, font: Any, line: Line) -> None:
    item = raw.FPDFPageObj_CreateTextObj(document, font, line.size)
    letters = (line.text + "\0").encode("utf-16-le")
    units = (ctypes.c_ushort * (len(letters) // 2)).from_buffer_copy(letters)
    raw.FPDFText_SetText(item, units)
    raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, _left(line), A4[1] - line.y)
    raw.FPDFPage_InsertObject(page, item)


def text_pdf(path: Path, pages: Sequence[Sequence[Line]], *, rotation: int = 0) -> Path:
    """A PDF whose pages hold the lines as text in an embedded font; `rotation` is the pages' /Rotate."""
    document = pdfium.PdfDocument.new()
    font = _embed(document)
    for lines in pages:
        page = document.new_page(*A4)
        for line in lines:
            _insert(document, page, font, line)
        page.set_rotation(rotation)
        page.gen_content()
    document.save(str(path))
    document.close()
    return path


def scan_pdf(path: Path, images: Sequence[Image.Image], *, dpi: float = 200) -> Path:
    """A PDF whose pages are pictures."""
    images[0].save(path, "PDF", save_all=True, append_images=list(images[1:]), resolution=dpi)
    return path


HEAD = (
    Line(170, 70, "ỦY BAN NHÂN DÂN", 12, True),
    Line(170, 86, "XÃ THỬ NGHIỆM", 12, True),
    Line(410, 70, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True),
    Line(410, 86, "Độc lập - Tự do - Hạnh phúc", 13, True),
    Line(170, 112, "Số: 15a/QĐ-UBND", 12, True),
    Line(410, 112, "Thử Nghiệm, ngày 05 tháng 9 năm 2025", 13, True),
)
DECISION = (
    *HEAD,
    Line(310, 150, "QUYẾT ĐỊNH", 14, True),
    Line(310, 168, "Về việc quản lý sau cai nghiện ma túy", 14, True),
    Line(310, 210, "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM", 13, True),
    Line(105, 240, "Căn cứ Luật Phòng, chống ma túy;"),
    Line(105, 262, "Điều 1. Quản lý sau cai nghiện ma túy đối với ông Nguyễn Văn Thử,"),
    Line(85, 280, "sinh ngày 05/03/1990, số CCCD: 000090000123, nơi cư trú: xã Thử Nghiệm."),
    Line(105, 302, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký."),
    Line(85, 350, "Nơi nhận:", 12),
    Line(85, 366, "- Như Điều 2;", 11),
    Line(85, 380, "- Lưu: VT.", 11),
    Line(430, 350, "TM. ỦY BAN NHÂN DÂN", 13, True),
    Line(430, 366, "KT. CHỦ TỊCH", 13, True),
    Line(430, 382, "PHÓ CHỦ TỊCH", 13, True),
    Line(430, 460, "Trần Thị Mẫu", 13, True),
)


def ruled_table_pdf(path: Path, cells: Sequence[Sequence[str]]) -> Path:
    """A PDF with one table drawn with rules, cells of 150 by 30 points."""
    document = pdfium.PdfDocument.new()
    page = document.new_page(*A4)
    font = _embed(document)
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            x, y = 60 + column * 150, A4[1] - 100 - row * 30
            rule = raw.FPDFPageObj_CreateNewRect(x, y - 10, 150, 30)
            raw.FPDFPath_SetDrawMode(rule, raw.FPDF_FILLMODE_NONE, True)
            raw.FPDFPageObj_SetStrokeColor(rule, 0, 0, 0, 255)
            raw.FPDFPageObj_SetStrokeWidth(rule, 1)
            raw.FPDFPage_InsertObject(page, rule)
            _insert(document, page, font, Line(x + 5, A4[1] - y, text, 11))
    page.gen_content()
    document.save(str(path))
    document.close()
    return path


def stamped_scan_pdf(path: Path, image: Image.Image, stamp: Line) -> Path:
    """A page that is one picture with a line of real text over it, as digital signatures leave it."""
    document = pdfium.PdfDocument.new()
    page = document.new_page(*A4)
    bitmap = pdfium.PdfBitmap.from_pil(image.convert("RGB"))
    held = pdfium.PdfImage.new(document)
    held.set_bitmap(bitmap)
    held.set_matrix(pdfium.PdfMatrix().scale(*A4))
    page.insert_obj(held)
    _insert(document, page, _embed(document), stamp)
    page.gen_content()
    document.save(str(path))
    document.close()
    return path


def recognised_page(lines: Sequence[Line], *, number: int = 1, confidence: float | None = 0.95) -> Page:
    """The page as recognition gives it: what stands at one height is one line of text, whatever its column."""
    words: list[Word] = []
    rows: list[str] = []
    for height in sorted({line.y for line in lines}):
        row = sorted((line for line in lines if line.y == height), key=_left)
        texts = []
        for line in row:
            x = _left(line)
            for text in line.text.split(" "):
                wide = _font(line.size, 72 * 8).getlength(text) / 8
                if text:
                    words.append(Word(text, (x, height - line.size * 0.8, x + wide, height + 3), confidence))
                    texts.append(text)
                x += wide + line.size * 0.28
        rows.append(" ".join(texts))
    source = Source.TEXT if confidence is None else Source.OCR
    return Page(number, *A4, source, confidence, "\n".join(rows), tuple(words))


def plain_page(text: str, *, number: int = 1) -> Page:
    """A page of a format without boxes."""
    return Page(number, 0.0, 0.0, Source.TEXT, None, text)
