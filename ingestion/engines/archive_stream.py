"""7z, RAR, TAR and what is compressed as one stream, through libarchive; also ZIP that is locked or cut off.

The bytes of an entry can be read only while it is the present one, in the order of the archive.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes import create_string_buffer, string_at
from pathlib import Path
from typing import Any

from ingestion import kinds
from ingestion.engines.entries import Entry, refused_entry
from ingestion.engines.member_names import decode_names
from ingestion.engines.members import REST
from ingestion.errors import Damaged, Encrypted, PasswordWrong, ReadError, UnknownFormat

OTHERWISE_PACKED = "This file is packed in a way that is not opened here; unpack it and upload what is in it."
_CHUNK = 256 * 1024
_BLOCK = 64 * 1024
_LIBRARY = "libarchive.so.13"
_REGULAR = 0o100000
_UNTOLD = 0
_DIRECTORY = 0o040000
# Only the readers that a type needs: "rar5" beside "rar", "raw" for a single compressed file.
_FORMATS: Mapping[str, tuple[str, ...]] = {
    kinds.ZIP: ("zip",),
    kinds.SEVEN_ZIP: ("7zip",),
    kinds.RAR: ("rar", "rar5"),
    kinds.TAR: ("tar",),
    kinds.GZIP: ("tar", "raw"),
    kinds.BZIP2: ("tar", "raw"),
    kinds.XZ: ("tar", "raw"),
}
_FILTERS: Mapping[str, str] = {kinds.GZIP: "gzip", kinds.BZIP2: "bzip2", kinds.XZ: "xz"}


def stream_entries(
    path: Path, media_type: str, password: str | None = None, names: Mapping[bytes, str] | None = None
) -> Iterator[Entry]:
    """The files of an archive in their order; `names` tells those that are known better, by their raw bytes. Raises
    `ReadError` where the archive does not open; where it breaks off later, the last entry says so."""
    seen = False
    told: list[ReadError] = []
    try:
        with _opened(path, media_type, _FORMATS[media_type], password) as archive:
            for entry in archive:
                seen = True
                if entry.filetype != _DIRECTORY:
                    yield _entry(entry, password, path, names or {}, told)
        if not seen and media_type in _FILTERS:  # zeros look like the end of a TAR
            with _opened(path, media_type, ("raw",), password) as archive:
                for entry in archive:
                    yield _entry(entry, password, path, {}, told)
    except _archive_error() as problem:
        known = _known(problem, password)
        if not seen:
            raise known from problem
        yield refused_entry(REST, known)


def _library() -> Any:
    os.environ.setdefault("LIBARCHIVE", _LIBRARY)  # named, so that no compiler or linker is asked where it lies
    import libarchive  # type: ignore[import-untyped]

    return libarchive


def _archive_error() -> type[Exception]:
    error: type[Exception] = _library().exception.ArchiveError
    return error


@contextmanager
def _opened(path: Path, media_type: str, formats: Sequence[str], password: str | None) -> Iterator[Any]:
    ffi = _library().ffi
    handle = ffi.read_new()
    try:
        if password:
            ffi.read_add_passphrase(handle, password.encode("utf-8"))
        if media_type in _FILTERS:
            ffi.get_read_filter_function(_FILTERS[media_type])(handle)
        for name in formats:
            ffi.get_read_format_function(name)(handle)
        ffi.read_open_filename_w(handle, str(path), _BLOCK)
        yield _library().read.ArchiveRead(handle)
    finally:
        ffi.read_free(handle)


def _entry(entry: Any, password: str | None, path: Path, names: Mapping[bytes, str], told: list[ReadError]) -> Entry:
    ffi = _library().ffi
    raw = ffi.entry_pathname(entry._entry_p)
    if ffi.format_name(entry._archive_p) == b"raw":
        name = _name_in_gzip(path)
    elif raw is None:
        name = str(ffi.entry_pathname_w(entry._entry_p) or "")
    else:
        name = names.get(raw) or decode_names([raw])[0]
    linked = ffi.entry_hardlink(entry._entry_p) or ffi.entry_hardlink_w(entry._entry_p)
    if entry.filetype not in (_REGULAR, _UNTOLD) or linked:
        return refused_entry(name)
    return Entry(name, entry.size or 0, lambda: _content(entry._archive_p, password, told))


def _name_in_gzip(path: Path) -> str:
    """The name that gzip keeps of the file it packed (RFC 1952, FNAME), or a word for it."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if head[:2] == b"\x1f\x8b" and head[3] & 0x08 and not head[3] & 0x04:
        return decode_names([head[10:].split(b"\0", 1)[0]])[0]
    return "nội dung"


def _content(handle: Any, password: str | None, told: list[ReadError]) -> Iterator[bytes]:
    """The bytes of the present entry; `told` is what was wrong with those before it. Behind a locked one libarchive
    calls the others damaged."""
    buffer = create_string_buffer(_CHUNK)
    read_data = _library().ffi.read_data
    while True:
        try:
            size = read_data(handle, buffer, _CHUNK)
        except _archive_error() as problem:
            known = _known(problem, password)
            locked = next((one for one in told if isinstance(one, Encrypted)), None)
            told.append(known)
            raise (locked if locked and isinstance(known, Damaged) else known) from problem
        if size < 0:  # a warning: the checksum of what was read does not hold
            raise Damaged()
        if size == 0:
            return
        yield string_at(buffer, size)


def _known(problem: Exception, password: str | None) -> ReadError:
    """What libarchive means: it has no codes for a missing or wrong password, only words."""
    said = str(problem).lower()
    if "passphrase" in said or "encrypt" in said or "crypto" in said:
        if "support" in said:
            return Encrypted(
                "This archive is locked in a way that is not opened here; unpack it and upload the papers."
            )
        return PasswordWrong() if password else Encrypted()
    if "unsupported" in said:
        return UnknownFormat(OTHERWISE_PACKED)
    return Damaged()
