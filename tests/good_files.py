"""A small good file of every format that is read, built in this process: what the broken files are made from."""

import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pikepdf
from docx import Document
from docx.shared import Inches
from PIL import Image, ImageDraw
from pptx import Presentation

from tests.ole_files import msg_item, ole_bytes
from tests.packed_files import locked_zip, rar4, rar5, seven_zip, tar_bytes, zip_bytes

TEXT = "ỦY BAN NHÂN DÂN XÃ MẪU\nSố: 12/QĐ-UBND\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện đối với ông Nguyễn Văn Thử\n"


def image_bytes(kind: str, mode: str = "L", **options: object) -> bytes:
    """A picture with some strokes in it."""
    picture = Image.new(mode, (220, 140), "white")
    draw = ImageDraw.Draw(picture)
    for number in range(12):
        draw.line((number * 18, 10, 200 - number * 9, 130), fill="black", width=2)
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def _tiff() -> bytes:
    pages = [Image.open(io.BytesIO(image_bytes("PNG", "1"))) for _ in range(3)]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    return stream.getvalue()


def pdf_bytes() -> bytes:
    """Three pages of text, a form field, an annotation and an attachment."""
    made = pikepdf.new()
    font = made.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(3):
        made.add_blank_page(page_size=(595, 842))
        page = made.pages[number]
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        lines = " ".join(f"(Quyet dinh so {number}{line} ve viec quan ly) Tj T*" for line in range(12))
        page.Contents = made.make_stream(f"BT /F1 12 Tf 14 TL 60 780 Td {lines} ET".encode())
    field = made.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="ten",
            V="Nguyen Van Thu",
            Rect=[50, 50, 200, 70],
        )
    )
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents="ghi", Rect=[9, 9, 30, 30])
    made.pages[0].Annots = pikepdf.Array([field, made.make_indirect(note)])
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    made.attachments["phu luc.txt"] = pikepdf.AttachedFileSpec(made, b"phu luc", filename="phu luc.txt")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def _scan_pdf() -> bytes:
    stream = io.BytesIO()
    Image.open(io.BytesIO(image_bytes("JPEG"))).save(stream, "PDF", resolution=100)
    return stream.getvalue()


def docx_bytes() -> bytes:
    """Paragraphs, a table, a header and a picture."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "UBND xã Mẫu"
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"ô {number}"
    document.add_picture(io.BytesIO(image_bytes("PNG")), width=Inches(2))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, 9):
        sheet.append([row, f"Nguyễn Văn Thử {row}", 0.25 * row, "=A1+1"])
    sheet.merge_cells("A1:B1")
    book.create_sheet("Danh sách")["B2"] = "12/01/2026"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _pptx() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Kế hoạch"
    slide.placeholders[1].text = TEXT
    stream = io.BytesIO()
    show.save(stream)
    return stream.getvalue()


_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "style")
)
_BODIES: Mapping[str, str] = {
    "text": "<text:p>Quyết định</text:p><table:table><table:table-row><table:table-cell><text:p>ô</text:p>"
    "</table:table-cell></table:table-row></table:table>",
    "spreadsheet": '<table:table table:name="Một"><table:table-row table:number-rows-repeated="3">'
    '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell>'
    "</table:table-row></table:table>",
    "presentation": "<text:p>Kế hoạch</text:p>",
}


def open_document(kind: str, body: str | None = None, doctype: str = "") -> bytes:
    """An OpenDocument file of a kind: text, spreadsheet, presentation."""
    inner = _BODIES[kind] if body is None else body
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content{_SPACES} office:version="1.2">'
        f"<office:body><office:{kind}>{inner}</office:{kind}></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


def rtf_bytes() -> bytes:
    """Paragraphs in two fonts, a table and a picture."""
    lines = "".join(f"\\f0 Quy\\'ea\\'edt \\u273?nh {number}\\par\n" for number in range(20))
    table = "\\trowd\\cellx2000\\cellx4000\\intbl m\\cell hai\\cell\\row\n"
    return (
        f"{{\\rtf1\\ansi\\ansicpg1258{{\\fonttbl{{\\f0 Times;}}{{\\f1 .VnTime;}}}}\n{lines}{table}"
        "{\\f1 QuyÕt ®Þnh}{\\pict\\pngblip 89504e47}}"
    ).encode("latin-1")


def html_bytes() -> bytes:
    """A page with a table and entities."""
    rows = "".join(f"<tr><td>{number}</td><td>Nguyễn Văn Thử</td></tr>" for number in range(9))
    page = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>QĐ</title></head><body><h1>Quyết&nbsp;định</h1>"
    return f"{page}<table>{rows}</table><p>{TEXT}</p></body></html>".encode()


def _mhtml() -> bytes:
    made = EmailMessage()
    made["Subject"] = "trang"
    made["MIME-Version"] = "1.0"
    made.set_content(html_bytes().decode(), "html")
    made.add_related(image_bytes("PNG"), "image", "png", cid="<a>")
    made.replace_header("Content-Type", made["Content-Type"] + '; type="text/html"')
    return made.as_bytes()


def eml_bytes() -> bytes:
    """A mail with two forms of its text, an attachment and a mail inside."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Thử <a@example.vn>", "b@example.vn", "Quyết định"
    made["Date"] = "Mon, 12 Jan 2026 09:30:00 +0700"
    made.set_content(TEXT)
    made.add_alternative(html_bytes().decode(), "html")
    made.add_attachment(docx_bytes()[:3000], "application", "octet-stream", filename="Kế hoạch.docx")
    inner = EmailMessage()
    inner["Subject"] = "trong"
    inner.set_content("x")
    made.add_attachment(inner)
    return made.as_bytes()


def _msg() -> bytes:
    attachment = {**msg_item({0x3707: "a.txt"}, 8, {0x3705: 1}), "__substg1.0_37010102": b"2026" * 50}
    tree = {**msg_item({0x0037: "Quyết định", 0x1000: TEXT * 20}, 32), "__attach_version1.0_#00000000": attachment}
    return ole_bytes(tree)


_PAPERS = {"Quyết định.txt": TEXT.encode() * 5, "danh sách.csv": b"1;2;3\n" * 40, "qd.docx": b"PK\x03\x04" + bytes(200)}


def _in_folder(make: Callable[[Path], Path]) -> bytes:
    with TemporaryDirectory() as folder:
        return make(Path(folder) / "made").read_bytes()


def good_files() -> dict[str, bytes]:
    """Name to bytes. The names are those of the formats; that of DOC, XLS, PPT and HEIC, which nothing here writes, are
    not among them (see `shared_files` of the benchmark)."""
    return {
        "pdf": pdf_bytes(),
        "scan.pdf": _scan_pdf(),
        "png": image_bytes("PNG", "RGB"),
        "jpeg": image_bytes("JPEG", "RGB"),
        "tiff": _tiff(),
        "lzw.tiff": image_bytes("TIFF", "RGB", compression="tiff_lzw"),
        "webp": image_bytes("WEBP", "RGB"),
        "bmp": image_bytes("BMP", "RGB"),
        "docx": docx_bytes(),
        "xlsx": _xlsx(),
        "pptx": _pptx(),
        "odt": open_document("text"),
        "ods": open_document("spreadsheet"),
        "odp": open_document("presentation"),
        "rtf": rtf_bytes(),
        "html": html_bytes(),
        "mhtml": _mhtml(),
        "eml": eml_bytes(),
        "msg": _msg(),
        "csv": "Số;Họ tên;Ngày\n".encode() + "1;Nguyễn Văn Thử;12/01/2026\n".encode() * 20,
        "txt": TEXT.encode() * 4,
        "utf-16.txt": TEXT.encode("utf-16") * 1,
        "tcvn3.txt": "QuyÕt ®Þnh vÒ viÖc qu¶n lý sau cai nghiÖn ma tuý t¹i n¬i c­ tró\n".encode("latin-1") * 5,
        "zip": zip_bytes(_PAPERS),
        "rar4": rar4(_PAPERS),
        "rar5": rar5(_PAPERS),
        "tar": tar_bytes(_PAPERS),
        "tar.gz": tar_bytes(_PAPERS, "w:gz"),
        "tar.xz": tar_bytes(_PAPERS, "w:xz"),
        "7z": _in_folder(lambda path: seven_zip(path, _PAPERS)),
        "locked.zip": _in_folder(lambda path: locked_zip(path, _PAPERS, "x")),
    }
