"""Files made to do harm: bombs, entities, links to elsewhere, scripts, pictures that claim to be enormous."""

import gzip
import io
import re
import struct
import zipfile
import zlib

import pikepdf

from tests.good_files import docx_bytes, image_bytes, open_document, pdf_bytes
from tests.good_files import good_files as _good
from tests.packed_files import fixed, tar_bytes, zip_bytes

LAUGHS = 12  # entities that stand for ten of the one before: a million million letters


def laughing(root: str, secret: str) -> str:
    """A document type with a bomb (`&bomb;`) and the content of a file of the machine (`&file;`)."""
    rows = ['<!ENTITY e0 "haha">']
    rows += [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, LAUGHS)]
    return f'<!DOCTYPE {root} [{"".join(rows)}<!ENTITY bomb "&e{LAUGHS - 1};"><!ENTITY file SYSTEM "file://{secret}">]>'


def with_part(package: bytes, name: str, change: tuple[str, str] | bytes) -> bytes:
    """The package with a part replaced, or in it the first match of a pattern; a new name adds a part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for member in archive.namelist():
            content = archive.read(member)
            if member == name and isinstance(change, tuple):
                content = re.sub(change[0], lambda _: change[1], content.decode(), count=1).encode()
            elif member == name:
                content = change
            made.writestr(fixed(member), content, zipfile.ZIP_DEFLATED)
        if name not in archive.namelist() and isinstance(change, bytes):
            made.writestr(fixed(name), change, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def entities(secret: str) -> dict[str, bytes]:
    """XML bombs with the content of a file of the machine, in every format that is written in XML or HTML."""
    good = _good()
    made = {}
    for kind, part, root, place in (
        ("docx", "word/document.xml", "w:document", r"(?<=<w:t>)[^<]+"),
        ("xlsx", "xl/worksheets/sheet1.xml", "worksheet", r"(?<=<v>)[^<]+"),
        ("pptx", "ppt/slides/slide1.xml", "p:sld", r"(?<=<a:t>)[^<]+"),
    ):
        bomb = with_part(good[kind], part, (place, "&file;&bomb;"))
        made[f"entities.{kind}"] = with_part(
            bomb, part, (r"^(?:<\?xml[^>]*\?>)?", '<?xml version="1.0"?>' + laughing(root, secret))
        )
    body = "<text:p>&file;&bomb;</text:p>"
    made["entities.odt"] = open_document("text", body, laughing("office:document-content", secret))
    made["entities.html"] = f"{laughing('html', secret)}<html><body><p>&file;&bomb;</p></body></html>".encode()
    return made


def fetching(port: int) -> dict[str, bytes]:
    """Office files, pages, mails and PDFs that name things elsewhere: templates, pictures, scripts, data."""
    url = f"http://127.0.0.1:{port}/x"
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        f'attachedTemplate" Target="{url}.dotm" TargetMode="External"/></Relationships>'
    )
    template = with_part(docx_bytes(), "word/_rels/settings.xml.rels", relations.encode())
    picture = with_part(
        docx_bytes(),
        "word/_rels/document.xml.rels",
        (r'Target="media/[^"]+"', f'Target="{url}.png" TargetMode="External"'),
    )
    page = (
        f'<html><head><link rel="stylesheet" href="{url}.css"><script src="{url}.js"></script><base href="{url}">'
        f'</head><body><img src="{url}.png"><iframe src="{url}"></iframe><object data="{url}"></object><p>chữ</p>'
        "</body></html>"
    )
    drawn = (
        f'<text:p><draw:frame xmlns:draw="d"><draw:image xmlns:xlink="x" xlink:href="{url}"/></draw:frame>chữ</text:p>'
    )
    mail = f"From: a@example.vn\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{page}"
    return {
        "template.docx": template,
        "picture.docx": picture,
        "page.html": page.encode(),
        "drawn.odt": open_document("text", drawn),
        "page.eml": mail.encode(),
        "template.rtf": (
            f"{{\\rtf1{{\\*\\template {url}}}{{\\field{{\\*\\fldinst INCLUDEPICTURE {url}}}}}chu}}"
        ).encode(),
        "acting.pdf": acting_pdf(url),
    }


def macro_docm() -> bytes:
    """A DOCX that carries macros."""
    ordinary = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    typed = with_part(
        docx_bytes(),
        "[Content_Types].xml",
        (re.escape(ordinary), "application/vnd.ms-word.document.macroEnabled.main+xml"),
    )
    return with_part(typed, "word/vbaProject.bin", b"Sub AutoOpen()")


def acting_pdf(url: str) -> bytes:
    """A PDF that runs JavaScript and starts a program when it is opened."""
    with pikepdf.open(io.BytesIO(pdf_bytes())) as made:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.launchURL('{url}')")
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        made.pages[0].AA = pikepdf.Dictionary(O=launch)
        stream = io.BytesIO()
        made.save(stream)
    return stream.getvalue()


def bombs() -> dict[str, bytes]:
    """Little that unpacks to much, in every way that a small file can."""
    zeros = zlib.compress(bytes(24 * 1024 * 1024), 9)
    lying = bytearray(docx_bytes())
    at = lying.index(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (0xF0000000).to_bytes(4, "little")  # what the first part is said to unpack to
    nested = zip_bytes({"a.txt": bytes(1024 * 1024)})
    for _ in range(8):
        nested = zip_bytes({f"{number}.zip": nested for number in range(10)})
    return {
        "nested.zip": nested,
        "zeros.tar.gz": _gzip_of(tar_bytes({"a": bytes(24 * 1024 * 1024)})),
        "said.docx": bytes(lying),
        "stream.pdf": _pdf_of(zeros, "/Filter/FlateDecode"),
        "twice.pdf": _pdf_of(zlib.compress(zeros, 9), "/Filter[/FlateDecode/FlateDecode]"),
        "count.pdf": _pdf_of(b"", "").replace(b"/Count 1", b"/Count 99999999"),
        "circle.pdf": _pdf_of(b"", "").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
        "huge page.pdf": _pdf_of(b"", "").replace(b"[0 0 100 100]", b"[0 0 9999999 9999999]"),
        "deep.pdf": _pdf_of(b"", "").replace(b"/Resources<<>>", b"/Resources" + b"[" * 50_000 + b"]" * 50_000),
        "deep.html": b"<html>" + b"<div>" * 100_000 + "chữ".encode(),
        "deep.rtf": b"{\\rtf1 " + b"{" * 100_000 + b"x" + b"}" * 100_000 + b"}",
        "wide.ods": open_document("spreadsheet", _REPEATED),
    }


_REPEATED = (
    '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
    'table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    "</table:table-row></table:table>"
)


def _gzip_of(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _pdf_of(stream: bytes, filters: str) -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<<>>/Contents 4 0 R>>",
        f"<<{filters}/Length {len(stream)}>>stream\n".encode() + stream + b"\nendstream",
    ]
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 5\n0000000000 65535 f \n" + table
    return made + b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % start


def image_bombs() -> dict[str, bytes]:
    """Pictures of a few bytes that claim to be as large as a house."""
    side = 60_000

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    bmp = bytearray(image_bytes("BMP", "RGB"))
    bmp[18:26] = struct.pack("<ii", side, side)
    tiff = bytearray(image_bytes("TIFF", "L"))
    for tag in (256, 257):
        entry = tiff.index(struct.pack("<H", tag), int.from_bytes(tiff[4:8], "little"))
        tiff[entry + 2 : entry + 12] = struct.pack("<HII", 4, 1, side)
    webp = bytearray(image_bytes("WEBP", "RGB", lossless=True))
    webp[21:25] = struct.pack("<I", 16383 | 16383 << 14)
    jpeg = bytearray(image_bytes("JPEG", "L"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    named = {"png": png, "bmp": bytes(bmp), "tiff": bytes(tiff), "webp": bytes(webp), "jpeg": bytes(jpeg)}
    return {f"house.{kind}": content for kind, content in named.items()}
