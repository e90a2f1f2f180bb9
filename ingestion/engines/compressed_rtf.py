"""The compressed RTF in which Outlook keeps a mail's text (MS-OXRTFCP): a window of 4096 bytes, filled beforehand."""

from __future__ import annotations

import struct

from ingestion.errors import Damaged

_BEGUN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain"
    b"\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_COMPRESSED = b"LZFu"
_PLAIN = b"MELA"
_MOST = 64 * 1024 * 1024  # bytes; of text this is thousands of pages


def decompressed(content: bytes) -> bytes:
    """The RTF. Raises `Damaged`."""
    if len(content) < 16:
        raise Damaged()
    _, size, kind, _ = struct.unpack_from("<II4sI", content)
    if kind == _PLAIN:
        return content[16 : 16 + size]
    if kind != _COMPRESSED:
        raise Damaged()
    return _expanded(content, min(size, _MOST))


def _expanded(content: bytes, size: int) -> bytes:
    window = bytearray(_BEGUN) + bytearray(b" " * (_WINDOW - len(_BEGUN)))
    at, made, read = len(_BEGUN), bytearray(), 16
    while read < len(content) and len(made) < size:
        flags = content[read]
        read += 1
        for bit in range(8):
            if read >= len(content):
                break
            if not flags >> bit & 1:
                pieces = content[read : read + 1]
                read += 1
            else:
                if read + 2 > len(content):
                    break
                token = content[read] << 8 | content[read + 1]
                read += 2
                start = token >> 4
                if start == at:  # a reference to the place written next is the end
                    return bytes(made)
                pieces = _copied(window, start, at, (token & 0xF) + 2)
            for letter in pieces:
                window[at] = letter
                at = (at + 1) % _WINDOW
            made += pieces
    return bytes(made)


def _copied(window: bytearray, start: int, at: int, length: int) -> bytes:
    """Bytes from the window, which may run into those that they themselves make."""
    distance = (at - start) % _WINDOW or _WINDOW
    source = bytes(window[(start + step) % _WINDOW] for step in range(min(length, distance)))
    return (source * (length // len(source) + 1))[:length]
