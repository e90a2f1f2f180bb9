"""The type comes from the bytes; what is not read is refused with a code and an advice."""

import io
import random
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from docx import Document
from drawn_papers import HEAD, picture, scan_pdf, text_pdf
from PIL import Image

import ingestion
from ingestion import Sandbox
from ingestion.detect import DOCX, detect
from ingestion.engines.opening import open_reader
from ingestion.errors import Damaged, EmptyFile, Encrypted, ReadError, UnknownFormat, all_errors
from ingestion.vietnamese.encodings import text_encoding

VIETNAMESE = "Quyết định về việc quản lý sau cai nghiện ma túy đối với người cai nghiện tại nơi cư trú."


def _file(tmp_path: Path, content: bytes, name: str = "paper.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def _zip(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("PDF", "application/pdf"),
    ],
)
def test_type_is_told_by_the_bytes_not_the_name(tmp_path: Path, kind: str, media_type: str) -> None:
    path = tmp_path / "misnamed.txt"
    Image.new("L", (40, 40), 255).save(path, kind)
    assert detect(path).media_type == media_type


def test_word_file_is_told_from_other_archives(tmp_path: Path) -> None:
    path = tmp_path / "paper.zip"
    Document().save(str(path))
    assert detect(path).media_type == DOCX


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"GIF89a" + bytes(50),
        random.Random(5).randbytes(5000),
    ],
    ids=["exe", "elf", "gif", "noise"],
)
def test_what_is_not_read_is_refused_with_an_advice(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnknownFormat) as refused:
        detect(_file(tmp_path, content))
    assert refused.value.code == "file-unknown"
    assert len(refused.value.advice) > 20


def test_empty_file_is_called_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyFile):
        detect(_file(tmp_path, b""))


def test_cut_off_office_file_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        detect(_file(tmp_path, _zip(**{"[Content_Types].xml": "x" * 500})[:60]))


@pytest.mark.parametrize(
    ("codec", "bom", "guessed"),
    [
        ("utf-8", b"", False),
        ("utf-8", b"\xef\xbb\xbf", False),
        ("utf-16-le", b"\xff\xfe", False),
        ("utf-16-be", b"\xfe\xff", False),
        ("utf-16-le", b"", True),
        ("utf-16-be", b"", True),
    ],
)
def test_plain_text_is_decoded_with_and_without_mark(codec: str, bom: bytes, guessed: bool) -> None:
    content = bom + VIETNAMESE.encode(codec)
    encoding, was_guessed = text_encoding(content)
    assert content.decode(encoding) == VIETNAMESE
    assert was_guessed is guessed


def _windows_1258(text: str) -> bytes:
    """Bases with their own letter, tones as combining marks, as that code page writes."""
    import unicodedata

    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones))
        out.append(base + "".join(tones))
    return "".join(out).encode("cp1258")


def test_windows_1258_is_read_where_it_makes_right_vietnamese(tmp_path: Path, sandbox: Sandbox) -> None:
    path = _file(tmp_path, _windows_1258(VIETNAMESE), "paper.txt")
    read = ingestion.read(path, sandbox=sandbox)
    assert read.pages[0].text == VIETNAMESE
    assert not read.warnings


def test_pdf_with_a_password_is_encrypted(tmp_path: Path, sandbox: Sandbox) -> None:
    # The smallest standard encryption dictionary whose password is not the empty one.
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
        b"4 0 obj<</Filter/Standard/V 1/R 2/P -44/O<" + b"ab" * 32 + b">/U<" + b"cd" * 32 + b">>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF"
    )
    with pytest.raises(Encrypted) as refused:
        ingestion.survey(_file(tmp_path, content), sandbox=sandbox)
    assert refused.value.code == "file-encrypted"


def test_cut_off_pdf_is_damaged(tmp_path: Path, sandbox: Sandbox) -> None:
    with pytest.raises(Damaged):
        ingestion.survey(_file(tmp_path, b"%PDF-1.7\n" + bytes(200)), sandbox=sandbox)


def test_cut_off_picture_is_damaged(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "scan.png"
    picture(HEAD, dpi=72).save(path)
    with pytest.raises(Damaged):
        ingestion.render(
            _file(tmp_path, path.read_bytes()[:800], "cut.png"), page=1, width=100, kind="png", sandbox=sandbox
        )


def test_word_file_with_broken_parts_is_damaged(tmp_path: Path, sandbox: Sandbox) -> None:
    content = _zip(**{"[Content_Types].xml": "<x", "word__document.xml": "<y"})
    with pytest.raises(Damaged):
        ingestion.survey(_file(tmp_path, content), sandbox=sandbox)


def test_altered_files_are_damaged_never_a_crash(tmp_path: Path) -> None:
    """The engines' own exceptions are all known: each change ends in a reading or in an error of the tree."""
    word, tiff = tmp_path / "paper.docx", tmp_path / "scan.tif"
    document = Document()
    document.add_paragraph(VIETNAMESE * 20)
    document.save(str(word))
    picture(HEAD, dpi=40).save(tiff)
    dice = random.Random(7)
    ended = set()
    for trial in range(120):
        source = (word, tiff)[trial % 2]
        content = bytearray(source.read_bytes())
        for _ in range(dice.choice((1, 5, 40))):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path = _file(tmp_path, bytes(content), "altered")
        try:
            reader = open_reader(path, detect(path))
            reader.text_page(1)
            ended.add("read")
        except ReadError as problem:
            ended.add(problem.code)
    assert "file-damaged" in ended
    assert ended <= {"read", "file-damaged", "file-unknown", "file-encrypted", "file-too-large"}


def test_picture_of_too_many_points_is_refused_before_it_is_unpacked(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (16_000, 10_000)).save(path)
    with pytest.raises(ReadError) as refused:
        ingestion.survey(path, sandbox=sandbox)
    assert refused.value.code == "file-too-large"


def test_page_outside_the_file_is_named(tmp_path: Path, sandbox: Sandbox) -> None:
    path = text_pdf(tmp_path / "paper.pdf", [HEAD])
    with pytest.raises(ReadError) as refused:
        ingestion.render(path, page=2, width=100, kind="webp", sandbox=sandbox)
    assert (refused.value.code, refused.value.page) == ("page-unknown", 2)


def test_every_error_has_a_code_and_an_advice_of_its_own() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))
    assert all(error.default_advice.endswith(".") for error in all_errors())


def test_pdf_made_of_pictures_opens(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "scan.pdf", [picture(HEAD, dpi=72)])
    assert len(pdfium.PdfDocument(path)) == 1
