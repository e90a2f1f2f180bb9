"""The runs of a text in a PPT, for their fonts: [MS-PPT] 2.9.44 (StyleTextPropAtom) with 2.9.18 and 2.9.13."""

from __future__ import annotations

import struct

NO_FONT = 0xFFFF

# Which bits of a mask say that a field follows, and its bytes, in the order of the fields.
_PARAGRAPH = (
    (0x0000000F, 2),  # flags of bullets
    (0x00000080, 2),  # sign of bullets
    (0x00000010, 2),
    (0x00000040, 2),
    (0x00000020, 4),
    (0x00000800, 2),  # alignment
    (0x00001000, 2),
    (0x00002000, 2),
    (0x00004000, 2),
    (0x00000100, 2),  # margin
    (0x00000400, 2),
    (0x00008000, 2),
)
_TAB_STOPS = 0x00100000
_PARAGRAPH_END = ((0x00010000, 2), (0x000E0000, 2), (0x00200000, 2))
_STYLE = 0x0000FFFF
_TYPEFACE = 0x00010000
_LETTERS_END = ((0x00200000, 2), (0x00400000, 2), (0x00800000, 2), (0x00020000, 2), (0x00040000, 4), (0x00080000, 2))


def text_runs(content: bytes, length: int) -> list[tuple[int, int]]:
    """(characters, number of the font or `NO_FONT`) of the runs of a text of this length; what cannot be understood
    ends the list."""
    try:
        return _letters(content, _after_paragraphs(content, length), length)
    except struct.error:
        return []


def _after_paragraphs(content: bytes, length: int) -> int:
    at = covered = 0
    while covered <= length:
        count, _, mask = struct.unpack_from("<IHI", content, at)
        at += 10 + _bytes(_PARAGRAPH, mask)
        if mask & _TAB_STOPS:
            at += 2 + 4 * struct.unpack_from("<H", content, at)[0]
        at += _bytes(_PARAGRAPH_END, mask)
        covered += max(1, count)
    return at


def _letters(content: bytes, at: int, length: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    covered = 0
    while covered <= length:
        count, mask = struct.unpack_from("<II", content, at)
        at += 8 + (2 if mask & _STYLE else 0)
        font = NO_FONT
        if mask & _TYPEFACE:
            (font,) = struct.unpack_from("<H", content, at)
            at += 2
        at += _bytes(_LETTERS_END, mask)
        runs.append((count, font))
        covered += max(1, count)
    return runs


def _bytes(fields: tuple[tuple[int, int], ...], mask: int) -> int:
    return sum(size for bits, size in fields if mask & bits)
