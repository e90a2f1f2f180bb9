"""Builds PDF files for tests with pikepdf: text in fonts of any name, fields, notes, scans of any colour space."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

A4 = (595, 842)


def one_page(size: tuple[int, int] = A4) -> tuple[pikepdf.Pdf, Any]:
    """A file of one blank page, and that page."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=size)
    return pdf, page


def simple_font(pdf: pikepdf.Pdf, name: str = "Helvetica") -> Any:
    """A one-byte font of that name that is not embedded, as old programs wrote."""
    widths = Array([500] * 224)
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + name),
            Flags=32,
            FontBBox=Array([0, -200, 600, 900]),
            ItalicAngle=0,
            Ascent=800,
            Descent=-200,
            CapHeight=700,
            StemV=80,
        )
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=Name("/" + name),
            Encoding=Name.WinAnsiEncoding,
            FirstChar=32,
            LastChar=255,
            Widths=widths,
            FontDescriptor=descriptor,
        )
    )


def write(pdf: pikepdf.Pdf, page: Any, lines: Sequence[tuple[int, int, bytes]], *, font: str = "Helvetica") -> None:
    """Lines of bytes at (x, y from the bottom) in a font of that name, added to what the page holds."""
    if "/Font" not in page.obj.Resources:
        page.obj.Resources.Font = Dictionary()
    fonts = page.obj.Resources.Font
    key = f"/F{len(list(fonts.keys()))}"
    fonts[key] = simple_font(pdf, font)
    shown = b"".join(
        b"BT %s 12 Tf 1 0 0 1 %d %d Tm <%s> Tj ET\n" % (key.encode(), x, y, text.hex().encode()) for x, y, text in lines
    )
    page.contents_add(shown)


def note(pdf: pikepdf.Pdf, page: Any, subtype: str, box: Sequence[int], **entries: Any) -> Any:
    """An annotation on the page."""
    made = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name("/" + subtype), Rect=Array(list(box)), F=4, P=page.obj, **entries)
    )
    if "/Annots" not in page.obj:
        page.obj.Annots = Array()
    page.obj.Annots.append(made)
    return made


def form(pdf: pikepdf.Pdf, fields: Sequence[Any]) -> None:
    """Make the fields a form whose values have no pictures yet."""
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    pdf.Root.AcroForm = Dictionary(
        Fields=Array(list(fields)),
        NeedAppearances=True,
        DR=Dictionary(Font=Dictionary(Helv=font)),
        DA=String("/Helv 0 Tf 0 g"),
    )


def scan_page(pdf: pikepdf.Pdf, page: Any, image: Image.Image, **entries: Any) -> None:
    """The page is this picture, kept unpacked with these entries of its dictionary."""
    spaces = {"L": Name.DeviceGray, "1": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
    held = pdf.make_stream(image.tobytes())
    kept = {
        "Type": Name.XObject,
        "Subtype": Name.Image,
        "Width": image.width,
        "Height": image.height,
        "BitsPerComponent": 1 if image.mode == "1" else 8,
    }
    if image.mode in spaces:
        kept["ColorSpace"] = spaces[image.mode]
    for key, value in {**kept, **entries}.items():
        held["/" + key] = value
    page.obj.Resources = Dictionary(XObject=Dictionary(Im=held))
    _, _, wide, high = (float(edge) for edge in page.mediabox)
    page.contents_add(b"q %d 0 0 %d 0 0 cm /Im Do Q\n" % (wide, high))


def saved(pdf: pikepdf.Pdf, path: Path, **options: Any) -> Path:
    """Write it."""
    pdf.save(path, **options)
    return path


def content(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    """The bytes of the file."""
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()
