"""The type of a file from its bytes; names and declared types are never trusted.

What stands at the very beginning decides, so that a file which is two things at once has one answer; the second thing
is told by the warning `file-polyglot`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from ingestion.detecting_magic import OLE, archive_type, image_type, is_old_sheet, refusal
from ingestion.detecting_packages import ole_kind, zip_kind
from ingestion.detecting_text import head_text, is_html, is_table, mail_kind, refuse_xml
from ingestion.errors import EmptyFile, TooLarge, UnknownFormat
from ingestion.kinds import CSV, DOCX, EML, HTML, IMAGES, MHTML, PDF, RTF, TEXT, XLS, ZIP, Detected, Family
from ingestion.pages import Warning

__all__ = ["CSV", "DOCX", "IMAGES", "PDF", "TEXT", "TEXT_LIMIT", "Detected", "Family", "detect"]

TEXT_LIMIT = 20 * 1024 * 1024  # bytes; a longer plain text is a log or a dump, not a paper
_HEAD = 64 * 1024  # bytes; the head of a mail that went through many servers is long
_TAIL = 22 + 0xFFFF  # bytes; the end record of a ZIP with its longest comment
_PDF_WITHIN = 1024  # bytes; readers of PDF accept it to begin that late (ISO 32000-1, annex H.3.4.1)
_END_OF_ZIP = b"PK\x05\x06"


def detect(path: Path) -> Detected:
    """What the file is. Raises `EmptyFile`, `UnknownFormat`, `Encrypted`, `Damaged` or `TooLarge`."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read(_TAIL)
    if not head:
        raise EmptyFile()
    found = _by_magic(path, head, tail) or _by_text(path, head)
    second = _second_kind(found, head, tail)
    if second is None:
        return found
    message = f"The file is read as {found.media_type} and carries a {second} as well; look at who sent it."
    return replace(found, warnings=(*found.warnings, Warning("file-polyglot", None, message)))


def _by_magic(path: Path, head: bytes, tail: bytes) -> Detected | None:
    if head.startswith(b"%PDF-"):
        return Detected(PDF, Family.PDF)
    image = image_type(head)
    if image:
        return Detected(image, Family.IMAGE)
    if head.startswith(b"PK\x03\x04"):
        return zip_kind(path)
    if head.startswith(OLE):
        return ole_kind(path)
    if head.startswith(b"{\\rtf"):
        return Detected(RTF, Family.RTF)
    archive = archive_type(head)
    if archive:
        return Detected(archive, Family.ARCHIVE)
    if is_old_sheet(head):
        return Detected(XLS, Family.XLS)
    if b"%PDF-" in head[:_PDF_WITHIN] and (b"startxref" in tail or b" obj" in head):
        return Detected(PDF, Family.PDF)
    advice = refusal(head)
    if advice:
        raise UnknownFormat(advice)
    return zip_kind(path) if _ends_as_zip(tail) else None


def _by_text(path: Path, head: bytes) -> Detected:
    text = head_text(head)
    mail = mail_kind(text)
    if mail == "mhtml":
        return Detected(MHTML, Family.MHTML)
    if mail == "eml":
        return Detected(EML, Family.EML)
    if is_html(text):
        return Detected(HTML, Family.HTML)
    refuse_xml(text)
    from ingestion.vietnamese.encodings import text_encoding  # with its tables slow to import; most formats need none

    if path.stat().st_size > TEXT_LIMIT:
        raise TooLarge("A plain text of this size is not a paper; upload the part that belongs to the records.")
    content = path.read_bytes()
    encoding, guessed = text_encoding(content)
    # Delimiters are ASCII in every encoding but UTF-16, so what the letters are does not matter here.
    letters = head.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")
    if encoding.startswith("utf-16-"):
        letters = head.decode(encoding, errors="replace")
    if is_table(letters):
        return Detected(CSV, Family.CSV, encoding, guessed)
    return Detected(TEXT, Family.TEXT, encoding, guessed)


def _second_kind(found: Detected, head: bytes, tail: bytes) -> str | None:
    """What else the same bytes are: a ZIP at the end, or a PDF that begins a little later."""
    is_package = head.startswith(b"PK") and found.media_type != PDF
    if not is_package and _ends_as_zip(tail):
        return ZIP
    if found.family is not Family.PDF and b"%%EOF" in tail[-1024:]:
        begun = re.search(rb"%PDF-\d\.\d", head[:_PDF_WITHIN])
        if begun and begun.start() > 0 and (not is_package or _comment(tail).rstrip().endswith(b"%%EOF")):
            return PDF
    return None


def _comment(tail: bytes) -> bytes:
    """What follows the last end record of a ZIP."""
    at = tail.rfind(_END_OF_ZIP)
    return tail[at + 22 :] if at >= 0 else b""


def _ends_as_zip(tail: bytes) -> bool:
    """Whether the last end record of a ZIP ends exactly where the file does, its comment included, and is not empty."""
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or at + 22 > len(tail):
        return False
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    return entries > 0 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
