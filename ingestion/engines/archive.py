"""Archives: ZIP through zipfile (its names can be in any encoding)."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ingestion.engines.members import Taker
from ingestion.errors import Damaged, Encrypted

_CHUNK = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, OSError)


def take_members(path: Path, taker: Taker) -> None:
    """Take out what an archive holds. Raises `Damaged`."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    taker.take(member.filename, _content(archive, member))
    except _BROKEN as problem:
        raise Damaged() from problem


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.flag_bits & 1:
        raise Encrypted()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except _BROKEN as problem:
        raise Damaged() from problem
