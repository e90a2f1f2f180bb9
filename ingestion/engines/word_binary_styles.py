"""Properties of characters and paragraphs in Word 97 to 2003 files, and the styles that stand behind them (MS-DOC).

Of all properties only those are followed that decide the letters (fonts), what is shown (deletions, hidden text,
symbols) and where tables end.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

_DEEPEST_STYLE = 12  # styles based on styles; Word allows eleven

# Properties by their number in the format.
_DELETED, _INSERTED, _HIDDEN = 0x0800, 0x0801, 0x083C
_FONT_ASCII, _FONT_OTHER, _FONT_DEFAULT, _STYLE, _SYMBOL, _PLAIN = 0x4A4F, 0x4A51, 0x4A3D, 0x4A30, 0x6A09, 0x2A33
_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
_TABLE_DEFINITION, _TABS = 0xD608, 0xC615
_ELSEWHERE = (0x6645, 0x6646)
_OPERAND = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


@dataclass(frozen=True, slots=True)
class Letters:
    """What applies to a run of characters: number of the font for plain letters and of that for all others."""

    ascii_font: int
    other_font: int
    deleted: bool = False
    inserted: bool = False
    hidden: bool = False
    symbol: tuple[int, int] | None = None  # font and character of an inserted symbol


@dataclass(frozen=True, slots=True)
class Block:
    """What applies to a paragraph: its style, and whether it lies in a table or ends a row of it."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    inner_end: bool = False


def properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The (number, operand) pairs of a list of properties, up to where it is cut off."""
    at = 0
    while at + 2 < len(data):
        number = data[at] | data[at + 1] << 8
        at += 2
        size = _OPERAND.get(number >> 13)
        if number == _TABLE_DEFINITION:
            size = 1 + (data[at] | data[at + 1] << 8) if at + 1 < len(data) else 0
        elif size is None:
            size = 1 + data[at]
            if number == _TABS and data[at] == 255:
                return  # a list of tab stops of unusual length; nothing that decides letters follows it
        yield number, data[at : at + size]
        at += size


@lru_cache(maxsize=20_000)
def block_of(data: bytes) -> Block:
    """The paragraph's properties: style number, then the list."""
    style = data[0] | data[1] << 8 if len(data) > 1 else 0
    flags: dict[int, int] = {}
    for number, operand in properties(data[2:]):
        if number in (_IN_TABLE, _ROW_END, _DEPTH, _INNER_CELL, _INNER_ROW) and operand:
            flags[number] = operand[0]
    return Block(
        style,
        bool(flags.get(_IN_TABLE)),
        bool(flags.get(_ROW_END)),
        flags.get(_DEPTH, 1 if flags.get(_IN_TABLE) else 0),
        bool(flags.get(_INNER_CELL) or flags.get(_INNER_ROW)),
    )


def kept_elsewhere(data: bytes) -> int | None:
    """Where in the stream "Data" further properties of a paragraph lie; None where there are none."""
    if not _MAY_BE_ELSEWHERE.search(data):
        return None
    places = [operand for number, operand in properties(data[2:]) if number in _ELSEWHERE and len(operand) == 4]
    return int.from_bytes(places[0], "little") if places else None


_MAY_BE_ELSEWHERE = re.compile(rb"[\x45\x46]\x66")


class Styles:
    """The fonts that paragraph and character styles give."""

    def __init__(self, data: bytes) -> None:
        self._styles: dict[int, tuple[int, bytes]] = {}  # style it is based on, character properties
        self.default = Letters(0, 0)
        if len(data) < 4:
            return
        head = struct.unpack_from("<H", data)[0]
        count, base = struct.unpack_from("<HH", data, 2)
        if head >= 18:
            ascii_font, _, other_font = struct.unpack_from("<3H", data, 14)
            self.default = Letters(ascii_font, other_font)
        at = 2 + head
        for number in range(count):
            if at + 2 > len(data):
                break
            size = struct.unpack_from("<H", data, at)[0]
            style = data[at + 2 : at + 2 + size]
            if len(style) > base + 2:
                self._styles[number] = _style(style, base)
            at += 2 + size + size % 2

    @lru_cache(maxsize=4_000)  # noqa: B019 - lives as long as the child that reads one file
    def letters(self, number: int) -> Letters:
        """What a style gives, with what it is based on."""
        chain: list[bytes] = []
        while number in self._styles and len(chain) < _DEEPEST_STYLE:
            number, data = self._styles[number]
            chain.append(data)
        found = self.default
        for data in reversed(chain):
            found = self.applied(found, data, found)
        return found

    def applied(self, letters: Letters, data: bytes, plain: Letters) -> Letters:
        """`letters` changed by a list of properties; `plain` is what a reset goes back to."""
        changes: dict[str, object] = {}
        for number, operand in properties(data):
            if len(operand) < 1:
                break
            if number in _FLAGS:
                changes[_FLAGS[number]] = operand[0] in (1, 0x81)
            elif number in _FONTS_BY and len(operand) == 2:
                for name in _FONTS_BY[number]:
                    changes[name] = operand[0] | operand[1] << 8
            elif number == _STYLE and len(operand) == 2:
                style = self.letters_of_character_style(operand[0] | operand[1] << 8)
                changes |= style
            elif number == _PLAIN:
                changes |= {"ascii_font": plain.ascii_font, "other_font": plain.other_font, "hidden": plain.hidden}
            elif number == _SYMBOL and len(operand) == 4:
                changes["symbol"] = struct.unpack("<HH", operand)
        return replace(letters, **changes) if changes else letters  # type: ignore[arg-type]

    def letters_of_character_style(self, number: int) -> dict[str, object]:
        """The changes that a character style makes; a style that names itself ends there."""
        chain: list[bytes] = []
        while number in self._styles and len(chain) < _DEEPEST_STYLE:
            number, data = self._styles[number]
            chain.append(data)
        changes: dict[str, object] = {}
        for data in reversed(chain):
            for found, operand in properties(data):
                if found in _FONTS_BY and len(operand) == 2:
                    changes |= dict.fromkeys(_FONTS_BY[found], operand[0] | operand[1] << 8)
                elif found == _HIDDEN and operand:
                    changes["hidden"] = operand[0] in (1, 0x81)
        return changes


_FLAGS = {_DELETED: "deleted", _INSERTED: "inserted", _HIDDEN: "hidden"}
_FONTS_BY = {
    _FONT_ASCII: ("ascii_font",),
    _FONT_OTHER: ("other_font",),
    _FONT_DEFAULT: ("ascii_font", "other_font"),
}


def _style(data: bytes, base: int) -> tuple[int, bytes]:
    """(number of the style it is based on, its character properties)."""
    kind, parent = data[2] & 15, struct.unpack_from("<H", data, 2)[0] >> 4
    at = base + 2 + 2 * struct.unpack_from("<H", data, base)[0] + 2
    if kind == 1:  # a paragraph style: paragraph properties come first
        size = struct.unpack_from("<H", data, at)[0] if at + 2 <= len(data) else 0
        at += 2 + size + size % 2
    if kind not in (1, 2) or at + 2 > len(data):
        return parent, b""
    size = struct.unpack_from("<H", data, at)[0]
    return parent, data[at + 2 : at + 2 + size]
