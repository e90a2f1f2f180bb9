"""What is inside a ZIP or an OLE container: an office file of some kind, a mail, an archive, or nothing for us."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import kinds
from ingestion.errors import Damaged, Encrypted, TooLarge, UnknownFormat
from ingestion.kinds import Detected, Family

if TYPE_CHECKING:
    import zipfile

_UNPACKED_LIMIT = 512 * 1024 * 1024  # bytes of all parts of an office file; a bomb declares more or is cut by limits
_PART_LIMIT = 4 * 1024 * 1024  # bytes of the table of contents of an office file

# Content types of the main part (ECMA-376 part 1, 11.3, 12.3, 13.3; macro-enabled ones: MS-OFFMACRO2) and their kind.
_MAIN_PARTS: tuple[tuple[str, str, Family], ...] = (
    ("wordprocessingml.document.main+xml", kinds.DOCX, Family.WORD),
    ("wordprocessingml.template.main+xml", kinds.DOCX, Family.WORD),
    ("ms-word.document.macroenabled.main+xml", kinds.DOCM, Family.WORD),
    ("ms-word.template.macroenabledtemplate.main+xml", kinds.DOCM, Family.WORD),
    ("spreadsheetml.sheet.main+xml", kinds.XLSX, Family.XLSX),
    ("spreadsheetml.template.main+xml", kinds.XLSX, Family.XLSX),
    ("ms-excel.sheet.macroenabled.main+xml", kinds.XLSM, Family.XLSX),
    ("ms-excel.template.macroenabled.main+xml", kinds.XLSM, Family.XLSX),
    ("presentationml.presentation.main+xml", kinds.PPTX, Family.PPTX),
    ("presentationml.slideshow.main+xml", kinds.PPTX, Family.PPTX),
    ("presentationml.template.main+xml", kinds.PPTX, Family.PPTX),
    ("ms-powerpoint.presentation.macroenabled.main+xml", kinds.PPTM, Family.PPTX),
    ("ms-powerpoint.slideshow.macroenabled.main+xml", kinds.PPTM, Family.PPTX),
)
_MAIN_NAMES: tuple[tuple[str, str, Family], ...] = (
    ("word/document.xml", kinds.DOCX, Family.WORD),
    ("xl/workbook.xml", kinds.XLSX, Family.XLSX),
    ("ppt/presentation.xml", kinds.PPTX, Family.PPTX),
)
_OPEN_DOCUMENTS: Mapping[str, tuple[str, Family]] = {
    "text": (kinds.ODT, Family.ODT),
    "spreadsheet": (kinds.ODS, Family.ODS),
    "presentation": (kinds.ODP, Family.ODP),
}
_REFUSED_PARTS: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "XLSB is not read; save it as XLSX and upload that."),
    ("FixedDocumentSequence.fdseq", "XPS is not read; print it to PDF and upload that."),
    ("FixedDocSeq.fdseq", "XPS is not read; print it to PDF and upload that."),
    ("Index/Document.iwa", "Files of Pages, Numbers and Keynote are not read; export it as PDF and upload that."),
    ("visio/document.xml", "Drawings of Visio are not read; print it to PDF and upload that."),
    ("AndroidManifest.xml", "This is a program, not a paper."),
    ("META-INF/MANIFEST.MF", "This is a program, not a paper."),
)


def zip_kind(path: Path) -> Detected:
    """An office file by the type of its main part, else an archive. Raises `ReadError`."""
    import zipfile  # a sixth of the start of a child that needs none
    import zlib

    broken = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError, OSError)
    try:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member for member in archive.infolist()}
            mimetype = _part(archive, members, "mimetype")
            types = _part(archive, members, "[Content_Types].xml")
            manifest = _part(archive, members, "META-INF/manifest.xml") if mimetype else ""
    except broken as problem:
        if _begins_as_office(path):
            raise Damaged() from problem
        return Detected(kinds.ZIP, Family.ARCHIVE)  # cut off or altered; some of its files may still come out
    found = _open_document(mimetype, manifest) or _office_package(types, members)
    if found is None:
        for name, advice in _REFUSED_PARTS:
            if name in members:
                raise UnknownFormat(advice)
        return Detected(kinds.ZIP, Family.ARCHIVE)
    if any(member.flag_bits & 1 for member in members.values()):
        raise Encrypted()
    if sum(member.file_size for member in members.values()) > _UNPACKED_LIMIT:
        raise TooLarge()
    return found


def _begins_as_office(path: Path) -> bool:
    """Whether the first file in a broken ZIP has one of the names that office files begin with."""
    with path.open("rb") as stream:
        head = stream.read(30 + 256)
    name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    return name.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/", b"mimetype"))


def _part(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> str:
    member = members.get(name)
    if member is None or member.flag_bits & 1:
        return ""
    with archive.open(member) as stream:
        return stream.read(_PART_LIMIT).decode("utf-8", errors="replace")


def _open_document(mimetype: str, manifest: str) -> Detected | None:
    """ODF 1.2 part 3, 3.3: the first member names the type; 3.4: encrypted parts are told in the manifest."""
    found = re.match(r"application/vnd\.oasis\.opendocument\.([a-z]+)", mimetype.strip())
    if found is None:
        if mimetype.startswith("application/epub"):
            raise UnknownFormat("Electronic books are not read; print it to PDF and upload that.")
        return None
    kind = _OPEN_DOCUMENTS.get(found.group(1))
    if kind is None:
        raise UnknownFormat("Drawings and databases of OpenDocument are not read; print it to PDF and upload that.")
    if "encryption-data" in manifest:
        raise Encrypted()
    return Detected(*kind)


def _office_package(types: str, members: Mapping[str, zipfile.ZipInfo]) -> Detected | None:
    if "[Content_Types].xml" not in members:
        return None
    said = types.lower()
    for part, media_type, family in _MAIN_PARTS:
        if part in said:
            return Detected(media_type, family)
    for name, media_type, family in _MAIN_NAMES:
        if name in members:
            return Detected(media_type, family)
    return None


# What olefile raises on altered tables; its own error is an OSError.
_BROKEN_OLE = (
    *(OSError, ValueError, IndexError, struct.error, AttributeError, TypeError, KeyError),
    *(RecursionError, OverflowError, MemoryError),
)
_PROGRAM = "This is a program, not a paper."
_REFUSED_STREAMS: tuple[tuple[str, str], ...] = (
    ("VisioDocument", "Drawings of Visio are not read; print it to PDF and upload that."),
    ("Quill", "Files of Publisher are not read; print it to PDF and upload that."),
    ("Catalog", "This is a store of thumbnails, not a paper."),
)


def ole_kind(path: Path) -> Detected:
    """An old office file, a mail of Outlook or an encrypted new office file, by the streams at the root (MS-CFB).

    Raises `ReadError`; `Encrypted` where the file itself says that it is.
    """
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(path) as ole:
            roots = {entry[0] for entry in ole.listdir(streams=True, storages=True)}
            return _ole_family(ole, roots)
    except _BROKEN_OLE as problem:
        raise Damaged() from problem


def _ole_family(ole: object, roots: set[str]) -> Detected:
    if "EncryptedPackage" in roots:
        raise Encrypted()
    if "__properties_version1.0" in roots:
        return Detected(kinds.MSG, Family.MSG)
    if "WordDocument" in roots:
        flags = _head(ole, "WordDocument", 12)[10:12]
        if len(flags) == 2 and flags[1] & 1:  # fEncrypted of the file information block (MS-DOC 2.5.2)
            raise Encrypted()
        return Detected(kinds.DOC, Family.DOC)
    if "PowerPoint Document" in roots:
        if (
            _head(ole, "Current User", 16)[12:16] == b"\xdf\xc4\xd1\xf3"
        ):  # headerToken of an encrypted one (MS-PPT 2.3.2)
            raise Encrypted()
        return Detected(kinds.PPT, Family.PPT)
    for stream in ("Workbook", "Book", "WORKBOOK", "BOOK"):
        if stream in roots:
            if _has_file_pass(_head(ole, stream, 4096)):
                raise Encrypted()
            return Detected(kinds.XLS, Family.XLS)
    for stream, advice in _REFUSED_STREAMS:
        if stream in roots:
            raise UnknownFormat(advice)
    if any(name.startswith(("\u4840", "\u4841")) for name in roots):  # encoded names of an installer's tables
        raise UnknownFormat(_PROGRAM)
    raise UnknownFormat()


def _head(ole: object, stream: str, size: int) -> bytes:
    opened = ole.openstream(stream)  # type: ignore[attr-defined] # olefile has no types
    return bytes(opened.read(size))


def _has_file_pass(head: bytes) -> bool:
    """Whether the workbook's records begin with a password record (MS-XLS 2.4.117), which follows BOF closely.

    A workbook that is only protected against writing has one as well; it opens with the password that Excel itself
    tries first (see `ingestion.engines.unlocking`).
    """
    at = 0
    while at + 4 <= len(head):
        kind, size = struct.unpack_from("<HH", head, at)
        if kind == 0x002F:
            return True
        at += 4 + size
    return False
