"""Archives built by hand for tests: RAR (stored, versions 4 and 5), 7z and locked ZIP through libarchive, ZIP whose
names are in old code pages."""

import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

os.environ.setdefault("LIBARCHIVE", "libarchive.so.13")

_RAR4 = b"Rar!\x1a\x07\x00"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_STORED = 0x30  # method of RAR 4


def rar4(members: Mapping[str, bytes]) -> bytes:
    """A RAR of version 4 whose files are stored (technote.txt of RAR 4: marker, archive header, file headers)."""
    made = _RAR4 + _rar4_block(0x73, 0, bytes(6))
    for name, content in members.items():
        raw = name.encode("utf-8")
        fields = struct.pack(
            "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content), 0, 20, _STORED, len(raw), 0o100644
        )
        made += _rar4_block(0x74, 0x8000, fields + raw) + content
    return made + _rar4_block(0x7B, 0x4000, b"")


def _rar4_block(kind: int, flags: int, fields: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def rar5(members: Mapping[str, bytes]) -> bytes:
    """A RAR of version 5 whose files are stored."""
    made = _RAR5 + _rar5_block(_number(1) + _number(0) + _number(0))
    for name, content in members.items():
        raw = name.encode("utf-8")
        fields = (
            _number(2) + _number(2) + _number(len(content)) + _number(4) + _number(len(content)) + _number(0o100644)
        )
        fields += struct.pack("<I", zlib.crc32(content)) + _number(0) + _number(1) + _number(len(raw)) + raw
        made += _rar5_block(fields) + content
    return made + _rar5_block(_number(5) + _number(0) + _number(0))


def _rar5_block(fields: bytes) -> bytes:
    head = _number(len(fields)) + fields
    return struct.pack("<I", zlib.crc32(head)) + head


def _number(value: int) -> bytes:
    """A number of variable length: seven bits a byte, the last one without the high bit."""
    made = b""
    while value > 0x7F:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])


def seven_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """A 7z."""
    import libarchive

    with libarchive.file_writer(str(path), "7zip") as archive:
        for name, content in members.items():
            archive.add_file_from_memory(name, len(content), content)
    return path


def locked_zip(path: Path, members: Mapping[str, bytes], password: str, *, cipher: str = "aes256") -> Path:
    """A ZIP whose files open with a password: `aes256`, or `zipcrypt`, the old one."""
    import libarchive

    options = f"encryption={cipher}"
    with libarchive.file_writer(str(path), "zip", options=options, passphrase=password) as archive:
        for name, content in members.items():
            archive.add_file_from_memory(name, len(content), content)
    return path


def zip_with_raw_names(members: Mapping[bytes, bytes], extra: Mapping[bytes, bytes] | None = None) -> bytes:
    """A ZIP whose names are these very bytes, without the flag of UTF-8; `extra` gives a member its extra field."""
    made, directory = b"", b""
    for name, content in members.items():
        more = (extra or {}).get(name, b"")
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, 0, 0, 0, zlib.crc32(content), len(content), len(content), len(name), len(more)
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(made))
        directory += name + more
        made += b"PK\x03\x04" + common + name + more + content
    end = struct.pack("<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(made), 0)
    return made + directory + b"PK\x05\x06" + end


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """An ordinary ZIP."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(fixed(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def fixed(name: str) -> zipfile.ZipInfo:
    """A member without the time of day, so that the same content gives the same bytes."""
    return zipfile.ZipInfo(name, (2026, 1, 12, 0, 0, 0))


def tar_bytes(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A TAR, compressed as `mode` says (`w:gz`, `w:xz`, `w:bz2`)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


# Packed with 7-Zip, which nothing here can do: texts of one or two lines.
# "a.txt", method 98
PPMD_ZIP = (
    "UEsDBD8AAABiALtLdl2W88N7KQAAADgAAAAFAAAAYS50eHQHAG0EPTMdZgXDk1gxJbXZ7oCooXwMi/3X6FC2lqSgEg9ndgESEJFw"
    "AFBLAQI/Az8AAABiALtLdl2W88N7KQAAADgAAAAFACQAAAAAAAAAIICkgQAAAABhLnR4dAoAIAAAAAAAAQAYAOzQHwdket0BAAAA"
    "AAAAAAAAAAAAAAAAAFBLBQYAAAAAAQABAFcAAABMAAAAAAA="
)
# "b.txt", method 9
DEFLATE64_ZIP = (
    "UEsDBBUAAAAJALtLdl3q4gFdEAAAAMgAAAAFAAAAYi50eHTdwYEAAAAAgCDX/SH2qEIMUEsBAj8DFQAAAAkAu0t2XeriAV0QAAAA"
    "yAAAAAUAJAAAAAAAAAAggKSBAAAAAGIudHh0CgAgAAAAAAABABgArPgoB2R63QEAAAAAAAAAAAAAAAAAAAAAUEsFBgAAAAABAAEA"
    "VwAAADMAAAAAAA=="
)
# "a.txt" and "b.txt" in one block, password "mk"
LOCKED_7Z = (
    "N3q8ryccAAT0DwpsuwAAAAAAAAAhAAAAAAAAAIDICQpzbZ1jAwi29uaq1O3qe0mBOxqK611Pg34wPSuB2ZIQ55fwKnxirW7d0+PS"
    "MOWeNIg21jA7Lcg9aLA/a7M2kCl0AACBMweuD9Hy+/1Au5RkOzmkeudqI0YLuzkRSGNg0KHUUJ8SbIxoaz8eKL/RVccw6C40FucO"
    "o/BbXK81DPCZqz/tLCHCi0eRu/MH0/oID3H7oTH1HEr97Y3fNeHGucFMEiwXlTT7NoWMHg2uprbo2Y/Br5UxOOdVDQAAFwZAAQl7"
    "AAcLAQABIwMBAQVdABAAAAyAjgoBSPePRAAA"
)
