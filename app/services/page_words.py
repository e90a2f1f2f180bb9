"""Words and boxes of the pages of a slice, packed so that the words of one page are read alone.

The file is gzip of one JSON object, page -> [[text, x0, y0, x1, y1, confidence], ...], and can be read as such; each
page is a gzip member of its own, and an empty first member says in its header where each lies. A file without that
member is read whole.
"""

import gzip
import json
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.confusion import is_doubtful

_HEAD = struct.Struct("<4sIBB")  # magic, method and flags; time; extra flags; system
_SIGNED = b"\x1f\x8b\x08\x04"  # gzip, deflate, with an extra field
_FIELD = struct.Struct("<2sH")
_NAME = b"HP"
_PLACE = struct.Struct("<III")  # page, offset after the first member, length
_MOST_PLACES = (0xFFFF - _FIELD.size) // _PLACE.size
_GZIP = 31  # window bits of zlib that mean gzip
_EMPTY = zlib.compressobj(wbits=-15).flush()  # nothing, deflated
_REST_OF_FIRST = len(_EMPTY) + 8  # of the first member after its extra field: with checksum and size
_USUAL_HEAD = 4_096  # bytes: the places of 330 pages

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


class PageWords:
    """The words of one page, unpacked as far as they are asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows: Rows | None = rows
        self._parts: Sequence[str] = ()

    @classmethod
    def packed(cls, rows: str) -> "PageWords":
        """Of rows as `pack` writes them; cut where one ends and the next begins, unless a text may look like that."""
        if rows == "[]" or "\\" in rows or '],[",' in rows:
            return cls(json.loads(rows))
        made = cls(())
        made._rows, made._parts = None, rows[len('[["') : -len("]]")].split('],["')
        return made

    def __len__(self) -> int:
        return len(self._parts if self._rows is None else self._rows)

    def some(self, places: Sequence[int]) -> Rows:
        """The rows at these places: text, four edges in points, confidence."""
        if self._rows is not None:
            return [self._rows[at] for at in places]
        return _unpacked([self._parts[at] for at in places]) if places else ()

    def doubtful(self, page: float | None) -> Sequence[int]:
        """The places of words that were recognised badly, on a page of this confidence."""
        if self._rows is not None:
            return [at for at, row in enumerate(self._rows) if is_doubtful(row[5], page)]
        known = [part[part.rindex(",") + 1 :] for part in self._parts]
        unsure = {one for one in set(known) if is_doubtful(json.loads(one), page)}
        return [at for at, one in enumerate(known) if one in unsure]

    @property
    def rows(self) -> Rows:
        """All of them."""
        if self._rows is None:
            self._rows = _unpacked(self._parts)
        return self._rows


def _unpacked(parts: Sequence[str]) -> Rows:
    rows: Rows = json.loads('[["' + '],["'.join(parts) + "]]")
    return rows


def words_of_page(path: Path | str, page: int) -> PageWords:
    """The words of one page; none where the slice does not hold it."""
    file = os.open(path, os.O_RDONLY)
    try:
        head = os.pread(file, _USUAL_HEAD, 0)
        if len(head) == _USUAL_HEAD:
            (extra,) = struct.unpack_from("<H", head, _HEAD.size)
            if (needed := _HEAD.size + 2 + extra + _REST_OF_FIRST) > _USUAL_HEAD:
                head = os.pread(file, needed, 0)
        found = _place(head, page)
        piece = os.pread(file, found[1], found[0]) if found else b""
    finally:
        os.close(file)
    if found is None:
        return PageWords(read_all(Path(path)).get(str(page), ()))
    return PageWords.packed(zlib.decompress(piece, _GZIP).decode().partition(":")[2]) if piece else PageWords(())


def read_one(path: Path, page: int) -> Rows:
    """The rows of one page."""
    return words_of_page(path, page).rows


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _first(places: Sequence[tuple[int, int, int]]) -> bytes:
    """An empty member whose extra field tells the places of the pages."""
    table = b"".join(_PLACE.pack(*place) for place in places)
    extra = _FIELD.pack(_NAME, len(table)) + table
    return _HEAD.pack(_SIGNED, 0, 0, 255) + struct.pack("<H", len(extra)) + extra + _EMPTY + struct.pack("<II", 0, 0)


def _place(head: bytes, page: int) -> tuple[int, int] | None:
    """Offset and length of a page, (0, 0) where the slice does not hold it; None where no member says so."""
    if len(head) < _HEAD.size + 2 + _FIELD.size or not head.startswith(_SIGNED):
        return None
    (length,) = struct.unpack_from("<H", head, _HEAD.size)
    name, size = _FIELD.unpack_from(head, _HEAD.size + 2)
    begin = _HEAD.size + 2 + _FIELD.size
    if name != _NAME or size + _FIELD.size != length or not head.startswith(_EMPTY, begin + size):
        return None
    end = begin + size + _REST_OF_FIRST
    for number, offset, long in _PLACE.iter_unpack(head[begin : begin + size]):
        if number == page:
            return end + offset, long
    return 0, 0
