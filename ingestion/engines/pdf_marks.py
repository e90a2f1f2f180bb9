"""What the bytes of a PDF say about it without parsing: signatures, active content, a missing end. Never runs any."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# Name of the object, and how a person would call it.
_ACTIVE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"/JavaScript\b|/JS\s*[(<\d]"), "JavaScript"),
    (re.compile(rb"/S\s*/Launch\b"), "a program to start"),
    (re.compile(rb"/S\s*/(?:GoToR|GoToE|ImportData|SubmitForm)\b"), "a link to another file or place"),
    (re.compile(rb"/XFA\s*[\[\d]"), "an XFA form"),
    (re.compile(rb"/Subtype\s*/(?:RichMedia|Movie|Screen)\b"), "a film or program in a page"),
)
_CHUNK = 8 * 1024 * 1024  # bytes read at a time
_OPEN, _CLOSE = b"stream", b"endstream"
_OVERLAP = len(_CLOSE)
_DICTIONARY = 400  # bytes before a stream in which it says that it holds other objects
_MOST_PACKED = 4 * 1024 * 1024  # bytes of one stream of objects, packed or not; it holds about 200 objects
_TAIL = 2048  # bytes of the end in which the table of objects is named
_START = re.compile(rb"startxref\s+(\d{1,12})\s*(?:%%EOF)?")
_TABLE = re.compile(rb"\s{0,4}(?:xref|\d{1,8}\s+\d{1,5}\s+obj)")
_NEAR = 40  # bytes in which the table begins
_HEAD = 1024  # bytes in which the header is looked for


@dataclass(frozen=True, slots=True)
class Marks:
    """Whether the file says that it is signed, the kinds of active content it holds, and whether its end is missing or
    its table of objects not where it should be."""

    signed: bool
    active: tuple[str, ...]
    whole: bool


def marks(path: Path) -> Marks:
    """Look at the bytes outside of pictures, fonts and page contents; about 1 ms a megabyte."""
    signed = False
    active: set[str] = set()
    with path.open("rb") as stream:
        for part in _objects(stream):
            signed = signed or b"/ByteRange" in part
            active.update(name for pattern, name in _ACTIVE if pattern.search(part))
        whole = _is_whole(stream)
    return Marks(signed, tuple(name for _, name in _ACTIVE if name in active), whole)


def _objects(stream: BinaryIO) -> Iterator[bytes]:
    """The file without its streams, and the streams that hold objects, unpacked; in parts."""
    rest = b""
    packed: list[bytes] | None = None
    inside = False
    while chunk := stream.read(_CHUNK):
        data = rest + chunk
        at = 0
        while True:
            found = data.find(_CLOSE if inside else _OPEN, at)
            end = found if found >= 0 else max(at, len(data) - _OVERLAP)
            part = data[at:end]
            if not inside:
                yield part
            elif packed is not None and sum(map(len, packed)) < _MOST_PACKED:
                packed.append(part)
            if found < 0:
                rest = data[end:]
                break
            if inside and packed is not None:
                yield _unpacked(b"".join(packed))
            packed = [] if not inside and b"/ObjStm" in part[-_DICTIONARY:] else None
            at = found + len(_CLOSE if inside else _OPEN)
            inside = not inside
    yield rest


def _unpacked(content: bytes) -> bytes:
    """The beginning of a stream of objects; nothing where it is encrypted or damaged."""
    try:
        return zlib.decompressobj().decompress(content.lstrip(b"\r\n"), _MOST_PACKED)
    except zlib.error:
        return b""


def _is_whole(stream: BinaryIO) -> bool:
    size = stream.seek(0, os.SEEK_END)
    tail = _bytes_at(stream, max(0, size - _TAIL), _TAIL)
    starts = _START.findall(tail)
    if not starts or b"%%EOF" not in tail:
        return False
    shift = max(0, _bytes_at(stream, 0, _HEAD).find(b"%PDF-"))  # bytes before the header move the table
    at = int(starts[-1])
    return any(_TABLE.match(_bytes_at(stream, place, _NEAR)) for place in {at, at + shift})


def _bytes_at(stream: BinaryIO, place: int, count: int) -> bytes:
    stream.seek(place)
    return stream.read(count)
