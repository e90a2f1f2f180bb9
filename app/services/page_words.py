"""Words and boxes of the pages of a slice, packed so that the words of one page are read alone.

The file is gzip of one JSON object, page -> [[text, x0, y0, x1, y1, confidence], ...], and can be read as such; each
page is a gzip member of its own, and an empty first member says in its header where each lies. A file without that
member is read whole.
"""

import gzip
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_HEAD = struct.Struct("<4sIBB")  # magic, method and flags; time; extra flags; system
_SIGNED = b"\x1f\x8b\x08\x04"  # gzip, deflate, with an extra field
_FIELD = struct.Struct("<2sH")
_NAME = b"HP"
_PLACE = struct.Struct("<III")  # page, offset after the first member, length
_MOST_PLACES = (0xFFFF - _FIELD.size) // _PLACE.size
_GZIP = 31  # window bits of zlib that mean gzip

Rows = Sequence[Sequence[Any]]


# Of gzip from 1 to 9; the highest takes half as long again for 1 % fewer bytes.
EFFORT = 5


def pack(words: Mapping[str, Rows], effort: int = EFFORT) -> bytes:
    """The file of these pages; `effort` is that of gzip."""
    if not words or len(words) > _MOST_PLACES:
        return gzip.compress(_json(words), effort, mtime=0)
    members: list[bytes] = []
    places: list[tuple[int, int, int]] = []
    at = 0
    for page, rows in words.items():
        before = b"," if members else b"{"
        member = gzip.compress(before + _json(page) + b":" + _json(rows), effort, mtime=0)
        places.append((int(page), at, len(member)))
        members.append(member)
        at += len(member)
    return b"".join((_first(places), *members, gzip.compress(b"}", effort, mtime=0)))


def read_all(path: Path) -> Mapping[str, Rows]:
    """The words of all pages."""
    found: Mapping[str, Rows] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def read_one(path: Path, page: int) -> Rows:
    """The words of one page; none where the slice does not hold it."""
    with path.open("rb") as file:
        places = _places(file.read(_HEAD.size + 2 + 0xFFFF))
        if places is None:
            return read_all(path).get(str(page), ())
        start, found = places
        if page not in found:
            return ()
        offset, length = found[page]
        file.seek(start + offset)
        piece = zlib.decompress(file.read(length), _GZIP)
    rows: Rows = json.loads(b"{" + piece[1:] + b"}")[str(page)]
    return rows


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _first(places: Sequence[tuple[int, int, int]]) -> bytes:
    """An empty member whose extra field tells the places of the pages."""
    table = b"".join(_PLACE.pack(*place) for place in places)
    extra = _FIELD.pack(_NAME, len(table)) + table
    empty = zlib.compressobj(wbits=-15)
    return (
        _HEAD.pack(_SIGNED, 0, 0, 255)
        + struct.pack("<H", len(extra))
        + extra
        + empty.compress(b"")
        + empty.flush()
        + struct.pack("<II", 0, 0)
    )


def _places(head: bytes) -> tuple[int, dict[int, tuple[int, int]]] | None:
    """Where the first member ends, and the offset and length of each page after it; None for a file without it."""
    if len(head) < _HEAD.size + 2 + _FIELD.size or not head.startswith(_SIGNED):
        return None
    (length,) = struct.unpack_from("<H", head, _HEAD.size)
    name, size = _FIELD.unpack_from(head, _HEAD.size + 2)
    if name != _NAME or size + _FIELD.size != length:
        return None
    begin = _HEAD.size + 2 + _FIELD.size
    table = {page: (at, long) for page, at, long in _PLACE.iter_unpack(head[begin : begin + size])}
    rest = zlib.decompressobj(wbits=-15)
    rest.decompress(head[begin + size :])
    end = len(head) - len(rest.unused_data)
    return end + 8, table  # checksum and size
