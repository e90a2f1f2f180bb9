"""The type of a file from its bytes; names and declared types are never trusted."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingestion.errors import Damaged, EmptyFile, Encrypted, TooLarge, UnknownFormat
from ingestion.vietnamese.syllables import statistics

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"
IMAGES = ("image/png", "image/jpeg", "image/tiff", "image/webp", "image/bmp")

TEXT_LIMIT = 20 * 1024 * 1024  # bytes; a longer plain text is a log or a dump, not a paper
_UNPACKED_LIMIT = 512 * 1024 * 1024  # bytes of all members of a DOCX; a bomb declares more or lies and is cut by limits
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Family(StrEnum):
    """Which engine reads it."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    WORD = "word"  # DOCX, DOCM
    DOC = "doc"
    RTF = "rtf"
    ODT = "odt"
    XLSX = "xlsx"  # XLSX, XLSM
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    PPTX = "pptx"
    PPT = "ppt"
    ODP = "odp"
    HTML = "html"
    MHTML = "mhtml"
    EML = "eml"
    MSG = "msg"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Detected:
    """Media type, family, and for plain text its encoding and whether that was guessed."""

    media_type: str
    family: Family
    encoding: str | None = None
    guessed: bool = False


def detect(path: Path) -> Detected:
    """What the file is. Raises `EmptyFile`, `UnknownFormat`, `Encrypted`, `Damaged` or `TooLarge`."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        raise EmptyFile()
    if b"%PDF-" in head[:1024]:
        return Detected(PDF, Family.PDF)
    image = _image_type(head)
    if image:
        return Detected(image, Family.IMAGE)
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(path)
    if head.startswith(_OLE):
        raise _ole_error(path)
    _refuse_known(head)
    return _text_type(path)


def _image_type(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return "image/tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0" and len(head) >= 26:
        return "image/bmp"
    return None


def _zip_type(path: Path) -> Detected:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member for member in archive.infolist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as problem:
        raise Damaged() from problem
    if "[Content_Types].xml" in members and "word/document.xml" in members:
        if sum(member.file_size for member in members.values()) > _UNPACKED_LIMIT:
            raise TooLarge()
        if any(member.flag_bits & 1 for member in members.values()):
            raise Encrypted()
        return Detected(DOCX, Family.WORD)
    if "xl/workbook.xml" in members or "ppt/presentation.xml" in members or "mimetype" in members:
        raise UnknownFormat("Spreadsheets, slides and OpenDocument are not read yet; save it as PDF and upload that.")
    raise UnknownFormat("Archives are not read; unpack it and upload the papers in it.")


def _ole_error(path: Path) -> UnknownFormat | Encrypted:
    """An OLE container is an encrypted new Office file or an old Office file; stream names are UTF-16."""
    with path.open("rb") as stream:
        content = stream.read(64 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Encrypted()
    return UnknownFormat("Old Office files (.doc, .xls) are not read yet; save it as DOCX or PDF and upload that.")


_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "RTF is not read yet; save it as DOCX or PDF and upload that."),
    (b"MZ", "This is a program, not a paper."),
    (b"\x7fELF", "This is a program, not a paper."),
    (b"#!", "This is a program, not a paper."),
    (b"Rar!", "Archives are not read; unpack it and upload the papers in it."),
    (b"7z\xbc\xaf\x27\x1c", "Archives are not read; unpack it and upload the papers in it."),
    (b"\x1f\x8b", "Archives are not read; unpack it and upload the papers in it."),
    (b"PK\x05\x06", "Archives are not read; unpack it and upload the papers in it."),
    (b"AT&TFORM", "DjVu is not read; print it to PDF and upload that."),
    (b"GIF8", "GIF pictures are not read; save it as PNG or JPEG and upload that."),
)


def _refuse_known(head: bytes) -> None:
    for magic, advice in _REFUSED:
        if head.startswith(magic):
            raise UnknownFormat(advice)
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise UnknownFormat("HEIC pictures of phones are not read; save it as JPEG and upload that.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg")):
        raise UnknownFormat("Web pages and XML are not read; print it to PDF and upload that.")


def _text_type(path: Path) -> Detected:
    size = path.stat().st_size
    if size > TEXT_LIMIT:
        raise TooLarge("A plain text of this size is not a paper; upload the part that belongs to the records.")
    encoding, guessed = text_encoding(path.read_bytes())
    return Detected(TEXT, Family.TEXT, encoding, guessed)


def text_encoding(content: bytes) -> tuple[str, bool]:
    """(Python codec, guessed?) of a plain text. Raises `UnknownFormat` where the bytes are no text."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _proven(content, encoding), False
    if b"\0" in content[:4096]:
        return _utf16_without_mark(content), True
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte(content), True
    if _controls(text) > len(text) * 0.01:
        raise UnknownFormat()
    return "utf-8", False


def _proven(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Damaged() from problem
    if _controls(text) > len(text) * 0.01:
        raise UnknownFormat()
    return encoding


def _utf16_without_mark(content: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        found = statistics(text)
        if text and not _controls(text) and found.words and found.share > 0.5:
            return encoding
    raise UnknownFormat()


def _one_byte(content: bytes) -> str:
    """Windows-1258 for bytes that are mostly plain letters and blanks, as text in any one-byte encoding is."""
    text = content.decode("cp1258", errors="replace")
    plain = sum(1 for letter in text if letter.isascii() and (letter.isalnum() or letter.isspace()))
    if _controls(text) or plain < len(text) * 0.5:
        raise UnknownFormat()
    return "cp1258"


def _controls(text: str) -> int:
    return sum(1 for letter in text if letter < " " and letter not in "\t\n\r\f") + text.count("\x7f")
