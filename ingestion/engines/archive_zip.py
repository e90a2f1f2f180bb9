"""ZIP through zipfile: its names can be in any code page, which only the raw bytes tell."""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice

from ingestion.engines.entries import Entry, refused_entry
from ingestion.engines.member_names import decode_names
from ingestion.engines.members import MOST_MEMBERS
from ingestion.errors import Damaged, Encrypted, ReadError

_CHUNK = 256 * 1024
_UTF8 = 0x800  # flag: the name is in UTF-8 (APPNOTE.TXT 4.4.4)
_LOCKED = 0x1
_UNICODE_PATH = 0x7075  # extra field with the name in UTF-8 (APPNOTE.TXT 4.6.9)
_UNIX = 3  # made by; the upper half of the attributes is the mode then
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)  # what zipfile unpacks
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError),
    *(ValueError, RuntimeError, OSError, struct.error),
)


def zip_entries(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """The files of an open ZIP; directories are left out, and so is what is beyond all limits anyway."""
    files = (member for member in archive.infolist() if not member.filename.endswith("/"))
    members = list(islice(files, MOST_MEMBERS + 1))
    for member, name in zip(members, zip_names(members), strict=True):
        if _is_special(member):
            yield refused_entry(name)
        elif member.flag_bits & _LOCKED:
            yield refused_entry(name, Encrypted(), size=member.file_size)
        else:
            yield Entry(name, member.file_size, lambda member=member: _content(archive, member))  # type: ignore[misc]


def is_packed_otherwise(member: zipfile.ZipInfo) -> bool:
    """Whether it is open, but packed in a way that zipfile does not know."""
    return not member.flag_bits & _LOCKED and member.compress_type not in _PACKINGS


def raw_name(member: zipfile.ZipInfo) -> bytes:
    """The bytes of the name as they stand in the archive, as far as zipfile kept them."""
    return member.orig_filename.encode("utf-8" if member.flag_bits & _UTF8 else "cp437", errors="replace")


def zip_names(members: list[zipfile.ZipInfo]) -> list[str]:
    """Their names: as flagged, as the Unicode extra field says, else all in the code page that explains them best."""
    known = {
        number: member.filename if member.flag_bits & _UTF8 else _unicode_path(member)
        for number, member in enumerate(members)
    }
    open_numbers = [number for number, name in known.items() if name is None]
    guessed = decode_names([raw_name(members[number]) for number in open_numbers])
    return [name or "" for name in {**known, **dict(zip(open_numbers, guessed, strict=True))}.values()]


def _unicode_path(member: zipfile.ZipInfo) -> str | None:
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field = extra[4 : 4 + size]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            if int.from_bytes(field[1:5], "little") != zlib.crc32(raw_name(member)):
                return None  # the field belongs to an earlier name
            return field[5:].decode("utf-8", errors="replace")
        extra = extra[4 + size :]
    return None


def _is_special(member: zipfile.ZipInfo) -> bool:
    """Whether it is a link, a device, a pipe or a socket."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return member.create_system == _UNIX and kind not in (0, stat.S_IFREG)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except ReadError:
        raise
    except BROKEN as problem:
        raise Damaged() from problem
