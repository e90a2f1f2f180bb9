"""Files embedded in DOCX, XLSX and PPTX: whole packages, and files wrapped into OLE objects."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import olefile  # type: ignore[import-untyped]

from ingestion.engines.package import BROKEN, MOST_PICTURE, Package
from ingestion.errors import ReadError

# "afchunk" are whole files (HTML, RTF, DOCX) that Word would merge into the text when it opens the document.
_FOLDERS = ("word/embeddings/", "xl/embeddings/", "ppt/embeddings/", "word/afchunk")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WRAPPED = "\x01Ole10Native"
_BARE = ("Package", "CONTENTS", "EmbeddedOdf")  # streams that are the file itself
_PICTURES_OF_FORMULAS = "Equation Native"
_LONGEST_NAME = 300  # bytes
_MOST = 500


def members(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each embedded file, in the order of the package. Raises `Damaged` where it cannot be opened; an
    embedded file that is broken itself is given as it lies there."""
    yield from members_of(Package(path))


def members_of(package: Package) -> Iterator[tuple[str, bytes]]:
    """The same of an open package."""
    names = [name for name in package.names if name.lower().startswith(_FOLDERS) and not name.endswith("/")]
    for name in names[:_MOST]:
        try:
            content = package.content(name, MOST_PICTURE)
        except ReadError:
            continue  # the part is broken or beyond all limits: there are no bytes to give
        unwrapped = _unwrapped(content) if content.startswith(_OLE) else (None, content)
        if unwrapped is not None:
            yield unwrapped[0] or name.rpartition("/")[2], unwrapped[1]


def _unwrapped(content: bytes) -> tuple[str | None, bytes] | None:
    """The file in an OLE object, with its name if told, or the object where that is the file; None for a formula."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            if ole.exists(_PICTURES_OF_FORMULAS):
                return None
            if ole.exists(_WRAPPED):
                return _native(ole.openstream(_WRAPPED).read())
            for stream in _BARE:
                if ole.exists(stream):
                    return None, ole.openstream(stream).read()
    except (struct.error, AttributeError, *BROKEN):  # olefile meets missing streams as attributes of None
        return None, content
    return None, content


def _native(stream: bytes) -> tuple[str | None, bytes]:
    """An Ole10Native stream: size, flags, label, path, two words, length and path again, then length and the bytes.
    Source: MS-OLEDS 2.3.6 gives the size alone; the rest is what the packager of Windows writes."""
    at = 6
    label, at = _text(stream, at)
    _, at = _text(stream, at)
    at += 4
    (length,) = struct.unpack_from("<I", stream, at)
    at += 4 + length
    (size,) = struct.unpack_from("<I", stream, at)
    at += 4
    return label.replace("\\", "/").rpartition("/")[2] or None, stream[at : at + size]


def _text(stream: bytes, at: int) -> tuple[str, int]:
    end = stream.index(b"\0", at, at + _LONGEST_NAME)
    return stream[at:end].decode("cp1258", errors="replace"), end + 1
