"""Pictures inside DOC and RTF files that are scans of papers: found by their records, kept as they are.

Where they stand in the text is not told apart; they become pages behind it. Only JPEG, PNG and TIFF are looked at:
drawings (WMF, EMF) are no scans.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO

from ingestion.errors import TooLarge

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
_FORMATS = ("PNG", "JPEG", "TIFF")
# A record of a picture (MS-ODRAW): type, length, one or two marks of 16 bytes, one byte, then the file.
_RECORD = re.compile(rb"[\x1d\x1e\x29\x2a]\xf0(....)", re.DOTALL)
_BEFORE = (17, 33)  # bytes
_HEX = b"0123456789abcdefABCDEF \t\r\n"
_HEX_SIGNATURES = (b"ffd8ff", b"89504e47")
_SHORT, _LONG = 600, 800  # pixels; a page read at 70 dpi has as many
_SMALLEST = 4_000  # bytes
_MOST = 500  # pictures


class ScanPictures:
    """The scans among some pictures, each under a name; the shape that `PicturePages` reads from."""

    def __init__(self, pictures: Iterable[bytes]) -> None:
        self._contents: dict[str, bytes] = {}
        for content in pictures:
            if len(self._contents) >= _MOST:
                break
            if content not in self._contents.values() and _is_scan(content):
                self._contents[f"picture-{len(self._contents) + 1}"] = content

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(self._contents)

    def content(self, name: str, most: int) -> bytes:
        """The bytes of a picture. Raises `TooLarge` where they are more than `most`."""
        if len(self._contents[name]) > most:
            raise TooLarge()
        return self._contents[name]


def _is_scan(content: bytes) -> bool:
    from PIL import Image, UnidentifiedImageError  # few files have pictures, and a child that needs none starts sooner

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                short, long = sorted(image.size)
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError, TypeError, OSError):
        return False
    return short >= _SHORT and long >= _LONG


def in_records(stream: bytes) -> Iterator[bytes]:
    """Pictures in a stream of a binary office file."""
    for found in _RECORD.finditer(stream):
        size, start = int.from_bytes(found[1], "little"), found.end()
        if _SMALLEST <= size <= len(stream) - start:
            for before in _BEFORE:
                if stream.startswith(_SIGNATURES, start + before):
                    yield stream[start + before : start + size]
                    break


def in_rtf(content: bytes) -> Iterator[bytes]:
    """Pictures written as hexadecimal digits at the end of a group."""
    for group in content.split(b"}"):
        if len(group) < 2 * _SMALLEST:
            continue
        digits = group[len(group.rstrip(_HEX)) :].translate(None, b" \t\r\n").lower()
        starts = [at for at in (digits.find(mark, 0, 200) for mark in _HEX_SIGNATURES) if at >= 0]
        if starts:
            digits = digits[min(starts) :]
            yield bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
