"""The kind of a file is told by its bytes alone, one answer for each, and what is not read is told why."""

import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import ReadError, kinds
from ingestion.detect import detect
from ingestion.errors import Damaged, Encrypted, UnknownFormat
from ingestion.kinds import Family
from tests.good_files import good_files, image_bytes, open_document, pdf_bytes
from tests.hostile_files import macro_docm, with_part
from tests.ole_files import ole_bytes
from tests.packed_files import zip_bytes

GOOD = good_files()
FAMILIES = {
    "pdf": Family.PDF,
    "scan.pdf": Family.PDF,
    "docx": Family.WORD,
    "xlsx": Family.XLSX,
    "pptx": Family.PPTX,
    "odt": Family.ODT,
    "ods": Family.ODS,
    "odp": Family.ODP,
    "rtf": Family.RTF,
    "html": Family.HTML,
    "mhtml": Family.MHTML,
    "eml": Family.EML,
    "msg": Family.MSG,
    "csv": Family.CSV,
    "txt": Family.TEXT,
    "utf-16.txt": Family.TEXT,
    "tcvn3.txt": Family.TEXT,
    **dict.fromkeys(("png", "jpeg", "tiff", "lzw.tiff", "webp", "bmp"), Family.IMAGE),
    **dict.fromkeys(("zip", "rar4", "rar5", "tar", "tar.gz", "tar.xz", "7z", "locked.zip"), Family.ARCHIVE),
}


def kind_of(tmp_path: Path, content: bytes) -> kinds.Detected:
    path = tmp_path / "scan.jpg"  # a name that says nothing true
    path.write_bytes(content)
    return detect(path)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_format_is_told_by_its_bytes(tmp_path: Path, name: str) -> None:
    found = kind_of(tmp_path, GOOD[name])
    assert found.family is FAMILIES[name]
    assert found.warnings == ()


def test_word_file_with_macros_is_a_word_file_of_its_own_type(tmp_path: Path) -> None:
    found = kind_of(tmp_path, macro_docm())
    assert (found.media_type, found.family) == (kinds.DOCM, Family.WORD)


@pytest.mark.parametrize(
    ("streams", "media_type"),
    [
        ({"WordDocument": bytes(100)}, kinds.DOC),
        ({"Workbook": b"\x09\x08\x10\x00" + bytes(16)}, kinds.XLS),
        ({"Book": b"\x09\x08\x08\x00" + bytes(16)}, kinds.XLS),
        ({"PowerPoint Document": b"x", "Current User": bytes(20)}, kinds.PPT),
        ({"__properties_version1.0": bytes(32)}, kinds.MSG),
    ],
)
def test_old_office_files_are_told_by_their_streams(tmp_path: Path, streams: dict[str, bytes], media_type: str) -> None:
    assert kind_of(tmp_path, ole_bytes(streams)).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        ole_bytes({"EncryptedPackage": bytes(100), "EncryptionInfo": bytes(50)}),
        ole_bytes({"WordDocument": bytes(11) + b"\x01" + bytes(100)}),
        ole_bytes({"Workbook": b"\x09\x08\x10\x00" + bytes(16) + b"\x2f\x00\x06\x00" + bytes(6)}),
        ole_bytes({"PowerPoint Document": b"x", "Current User": bytes(12) + b"\xdf\xc4\xd1\xf3"}),
    ],
    ids=["ooxml", "doc", "xls", "ppt"],
)
def test_locked_office_files_are_encrypted(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Encrypted):
        kind_of(tmp_path, content)


def test_locked_open_document_is_encrypted(tmp_path: Path) -> None:
    locked = with_part(open_document("text"), "META-INF/manifest.xml", b"<manifest:encryption-data/>")
    with pytest.raises(Encrypted):
        kind_of(tmp_path, locked)


def test_words_of_an_old_office_file_in_another_place_are_not_its_kind(tmp_path: Path) -> None:
    """A picture of a stream's name in the bytes is no stream."""
    with pytest.raises(UnknownFormat):
        kind_of(tmp_path, ole_bytes({"Other": "EncryptedPackage WordDocument".encode("utf-16-le") * 20}))


@pytest.mark.parametrize(
    "content",
    [
        b"GIF89a" + bytes(50),
        b"MZ\x90\0" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"#!/bin/sh\nrm -rf /\n",
        b"OTTO" + bytes(100),
        b"\0\x01\0\0\0\x10" + bytes(60),
        b"wOF2" + bytes(60),
        b"\0\0\0\x20ftypisom" + bytes(60),
        b"\0\0\0\x20ftypavif" + bytes(60),
        b"ID3\x03" + bytes(60),
        b"\xff\xfb\x90\x44" + bytes(60),
        b"RIFF\0\0\0\0WAVEfmt " + bytes(60),
        b"AT&TFORM\0\0\0\0DJVM" + bytes(60),
        b"AC1032" + bytes(60),
        b"8BPS" + bytes(60),
        b"SQLite format 3\0" + bytes(60),
        b"%!PS-Adobe-3.0\n",
        b"\x78\x9f\x3e\x22" + bytes(60),
        bytes.fromhex("3082010006092a864886f70d010702") + bytes(60),
        b"MSCF" + bytes(60),
        b'<?xml version="1.0"?><data/>',
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        zip_bytes({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"}),
        zip_bytes({"FixedDocSeq.fdseq": b"x", "[Content_Types].xml": b"<x/>"}),
        zip_bytes({"mimetype": b"application/epub+zip"}),
        zip_bytes({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}),
        open_document("graphics", ""),
        random.Random(5).randbytes(5000),
    ],
)
def test_what_is_not_read_is_refused_with_an_advice(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnknownFormat) as refused:
        kind_of(tmp_path, content)
    assert len(refused.value.advice) > 20


@pytest.mark.parametrize("brands", [b"heic\0\0\0\0mif1heic", b"mif1\0\0\0\0mif1heic", b"heix\0\0\0\0mif1"])
def test_pictures_of_phones_are_told(tmp_path: Path, brands: bytes) -> None:
    box = (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands
    assert kind_of(tmp_path, box + bytes(100)).media_type == "image/heic"


# Two at once


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (pdf_bytes() + zip_bytes({"a": b"1"}), kinds.PDF),
        (image_bytes("PNG") + zip_bytes({"a": b"1"}), "image/png"),
        (image_bytes("JPEG") + b"\n%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF", "image/jpeg"),
        (b"GIF89a junk \n" * 3 + pdf_bytes(), kinds.PDF),
        (b"\x01\x02\x03" * 50 + zip_bytes({"a": b"1"}), kinds.ZIP),
    ],
    ids=["pdf and zip", "png and zip", "jpeg and late pdf", "junk before pdf", "junk before zip"],
)
def test_what_stands_first_decides(tmp_path: Path, content: bytes, media_type: str) -> None:
    assert kind_of(tmp_path, content).media_type == media_type


def test_two_kinds_at_once_are_told_and_a_packed_file_is_not_taken_for_them(tmp_path: Path) -> None:
    both = kind_of(tmp_path, image_bytes("PNG") + zip_bytes({"a": b"1"}))
    assert [warning.code for warning in both.warnings] == ["file-polyglot"]
    head = image_bytes("PNG")[:60]
    late = kind_of(tmp_path, head + pdf_bytes())
    assert [warning.code for warning in late.warnings] == ["file-polyglot"]
    stored = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 8, 8, 5, 0) + b"a.pdf%PDF-1.4"
    assert kind_of(tmp_path, stored + zip_bytes({"b": b"1"})).media_type == kinds.ZIP
    attached = GOOD["pdf"].replace(b"phu luc", zip_bytes({"x": b"1"})[:7])
    assert kind_of(tmp_path, attached).warnings == ()


# Letters


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("a;b;c\n1;2;3\n", Family.CSV),
        ("a\tb\n1\t2\n3\t4\n", Family.CSV),
        ("sep=,\na,b\n", Family.CSV),
        (
            "STT;Họ tên;Xã\n1;Nguyễn Văn Thử;Mẫu\n2;Lê Thị Thử;Mẫu\n",
            Family.CSV,
        ),  # a byte of "ễ" is a line end elsewhere
        ("From: a@example.vn\nSubject: Nguyễn Văn Thử\nDate: Mon\n\nThư\n", Family.EML),
        ('"Nguyễn Văn Thử, xã Mẫu",1,2\n"Lê Thị Thử, xã Mẫu",3,4\n', Family.CSV),
        ("Căn cứ Luật, Nghị định\nTheo đề nghị, quyết định\n", Family.TEXT),
        ("Số: 12/QĐ-UBND\nQUYẾT ĐỊNH\n", Family.TEXT),
        ("From: a@example.vn\nTo: b@example.vn\nSubject: x\n\nnội dung", Family.EML),
        ("Subject: x\nnot a header at all\n", Family.TEXT),
        ("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n", Family.EML),
        ("From: a@example.vn\nTo: b@example.vn\nSubject: x\nno empty line\n", Family.EML),
        ("<!-- saved from url -->\n<HTML><BODY>x", Family.HTML),
        ("<table><tr><td>1</td></tr></table>", Family.HTML),
        ("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", Family.MHTML),
        ("{\\rtf1 x}", Family.RTF),
    ],
)
def test_letters_are_told_apart(tmp_path: Path, text: str, family: Family) -> None:
    assert kind_of(tmp_path, text.encode()).family is family


def test_truncated_compound_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises((Damaged, UnknownFormat)):
        kind_of(tmp_path, GOOD["msg"][:700])


MAGICS = (
    b"%PDF-1.4",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"Rar!\x1a\x07",
    b"{\\rtf",
    b"\xff\xd8\xff",
    b"",
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MAGICS), st.binary(max_size=700))
def test_any_bytes_are_told_or_refused(tmp_path_factory: pytest.TempPathFactory, magic: bytes, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(magic + content)
    try:
        assert detect(path) == detect(path)
    except ReadError as problem:
        assert problem.code.startswith("file-")  # noqa: PT017 - either end is right
