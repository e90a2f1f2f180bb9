"""The insides of a Word 97 to 2003 file: its text in character positions, and what applies to which positions.

Written after the published description of the format (MS-DOC). Text lies in pieces, some of one byte a letter, some
of two; character and paragraph properties lie in 512-byte pages keyed by file offset; styles stand behind both.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ingestion.engines.word_binary_styles import Block, Letters, Styles, block_of, kept_elsewhere
from ingestion.engines.word_numbering import counted
from ingestion.errors import Damaged, Encrypted

_WORD_97 = 0xC1  # nFib of Word 97; later ones are higher
_HEAD = 898  # bytes of the file head of Word 97, the shortest
_PAIRS = 154  # offset of the table of (offset, length) pairs in the file head
_STYLES, _FOOT_PLACES, _FOOT_TEXTS, _SECTIONS, _HEADERS = 1, 2, 3, 6, 11
_CHARACTERS, _PARAGRAPHS, _FONTS, _PIECES, _END_PLACES, _END_TEXTS = 12, 13, 15, 33, 46, 47
_PAGE = 512  # bytes of a page of properties
_MOST_POSITIONS = 50_000_000


@dataclass(frozen=True, slots=True)
class _Piece:
    first: int
    last: int
    offset: int
    width: int  # bytes a letter
    properties: bytes

    def position(self, offset: int) -> int:
        return self.first + (offset - self.offset) // self.width


@dataclass(frozen=True, slots=True)
class Parts:
    """Lengths of the parts of the text in the order in which they follow each other."""

    main: int
    footnotes: int
    headers: int
    macros: int
    comments: int
    endnotes: int
    boxes: int
    header_boxes: int


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote: position of the reference, start and end of the note in the whole text, its mark."""

    place: int
    start: int
    end: int
    mark: str


def is_word_97(main: bytes) -> bool:
    """Whether the stream has the file head of Word 97 to 2003; earlier versions are laid out otherwise."""
    return main[:2] == b"\xec\xa5" and struct.unpack_from("<H", main, 2)[0] >= _WORD_97


def is_encrypted(main: bytes) -> bool:
    """Whether the file head says that the rest is encrypted or obfuscated."""
    return len(main) > 12 and bool(struct.unpack_from("<H", main, 10)[0] & 0x0100)


class WordFile:
    """The text and its properties. Raises `Damaged` or `Encrypted`."""

    def __init__(self, main: bytes, tables: Callable[[str], bytes]) -> None:
        if not is_word_97(main) or len(main) < _HEAD:
            raise Damaged()
        if is_encrypted(main):
            raise Encrypted()
        self._main = main
        self._elsewhere: bytes | None = None
        try:
            flags = struct.unpack_from("<H", main, 10)[0]
            self._streams = tables
            self._table = tables("1Table" if flags & 0x0200 else "0Table")
            self.parts = Parts(*struct.unpack_from("<8i", main, 0x4C))
            self._pieces = self._read_pieces()
            self.text = "".join(self._piece_text(piece) for piece in self._pieces)
            self.fonts = self._read_fonts()
            self._styles = Styles(self._pair(_STYLES))
            self._runs = self._spread(self._letter_runs())
            self._blocks = self._spread(self._block_runs())
        except (struct.error, IndexError, ValueError, OverflowError) as problem:
            raise Damaged() from problem
        self._run_starts = [run[0] for run in self._runs]
        self._block_starts = [run[0] for run in self._blocks]

    def letters(self, first: int, last: int, style: int) -> Iterator[tuple[int, int, Letters]]:
        """(start, end, what applies) over the positions `first` to `last` of a paragraph in `style`, without gaps."""
        plain = self._styles.letters(style)
        index = max(0, bisect_right(self._run_starts, first) - 1)
        at = first
        while index < len(self._runs) and self._runs[index][0] < last:
            start, end, own, of_piece = self._runs[index]
            index += 1
            if end <= at:
                continue
            if start > at:
                yield at, start, plain
            yield max(at, start), min(end, last), self._resolved(style, own, of_piece)
            at = min(end, last)
        if at < last:
            yield at, last, plain

    @lru_cache(maxsize=20_000)  # noqa: B019 - lives as long as the child that reads one file
    def _resolved(self, style: int, own: bytes, of_piece: bytes) -> Letters:
        plain = self._styles.letters(style)
        return self._styles.applied(self._styles.applied(plain, own, plain), of_piece, plain)

    def block(self, position: int) -> Block:
        """What applies to the paragraph whose mark is at this position."""
        index = bisect_right(self._block_starts, position) - 1
        if 0 <= index < len(self._blocks) and position < self._blocks[index][1]:
            return block_of(self._whole(self._blocks[index][2]))
        return Block()

    def _whole(self, data: bytes) -> bytes:
        """The properties of a paragraph with those that lie in the stream "Data": the end of a row of many columns has
        more of them than a page holds."""
        place = kept_elsewhere(data)
        if place is None:
            return data
        elsewhere = self._data_stream()
        size = int.from_bytes(elsewhere[place : place + 2], "little")
        return data + elsewhere[place + 2 : place + 2 + size]

    def _data_stream(self) -> bytes:
        if self._elsewhere is None:
            try:
                self._elsewhere = self._streams("Data")
            except Damaged:  # tables are read without their rows
                self._elsewhere = b""
        return self._elsewhere

    def font(self, number: int) -> str | None:
        """The name of a font."""
        return self.fonts[number] if 0 <= number < len(self.fonts) else None

    def sections(self) -> list[int]:
        """The position at which each section ends."""
        return [end for end in self._positions(_SECTIONS, 12)[1:] if end > 0] or [self.parts.main]

    def notes(self) -> list[Note]:
        """Footnotes and endnotes, in the order of the file."""
        found = []
        before = self.parts.main
        after = before + self.parts.footnotes + self.parts.headers + self.parts.macros + self.parts.comments
        kinds = ((_FOOT_PLACES, _FOOT_TEXTS, before, "decimal"), (_END_PLACES, _END_TEXTS, after, "lowerRoman"))
        for places, texts, start, form in kinds:
            notes = zip(self._positions(places, 2)[:-1], pairwise(self._positions(texts, 0)), strict=False)
            for number, (place, (first, last)) in enumerate(notes, 1):
                found.append(Note(place, start + first, start + last, f"[{counted(number, form)}]"))
        return found

    def header_stories(self) -> list[tuple[int, int]]:
        """Start and end in the whole text of the six heads and feet of every section, in the order of the format:
        even head, odd head, even foot, odd foot, first head, first foot."""
        start = self.parts.main + self.parts.footnotes
        ends = self._positions(_HEADERS, 0)
        return [(start + first, start + last) for first, last in pairwise(ends)][6:]

    def _pair(self, index: int) -> bytes:
        offset, length = struct.unpack_from("<II", self._main, _PAIRS + 8 * index)
        return self._table[offset : offset + length]

    def _positions(self, index: int, each: int) -> list[int]:
        """The positions that head a list of the format; `each` is the size of what follows per entry."""
        data = self._pair(index)
        count = (len(data) - 4) // (4 + each) if len(data) >= 4 else -1
        return list(struct.unpack_from(f"<{count + 1}i", data)) if count >= 0 else []

    def _read_pieces(self) -> list[_Piece]:
        data = self._pair(_PIECES)
        at, shared = 0, []
        while data[at] == 1:
            size = struct.unpack_from("<H", data, at + 1)[0]
            shared.append(data[at + 3 : at + 3 + size])
            at += 3 + size
        if data[at] != 2:
            raise ValueError("no piece table")
        size = struct.unpack_from("<I", data, at + 1)[0]
        data = data[at + 5 : at + 5 + size]
        count = (len(data) - 4) // 12
        ends = struct.unpack_from(f"<{count + 1}I", data)
        pieces: list[_Piece] = []
        for number in range(count):
            _, where, modifier = struct.unpack_from("<HIH", data, 4 * (count + 1) + 8 * number)
            width = 1 if where & 0x40000000 else 2
            offset = (where & 0x3FFFFFFF) // 2 if width == 1 else where
            first, last = ends[number], ends[number + 1]
            if first != (pieces[-1].last if pieces else 0) or last < first or last > _MOST_POSITIONS:
                raise ValueError("pieces out of order")
            properties = shared[modifier >> 1] if modifier & 1 and modifier >> 1 < len(shared) else b""
            pieces.append(_Piece(first, last, offset, width, properties))
        return pieces

    def _piece_text(self, piece: _Piece) -> str:
        size = (piece.last - piece.first) * piece.width
        data = self._main[piece.offset : piece.offset + size]
        count = piece.last - piece.first
        if piece.width == 1:
            return data.decode("latin-1").translate(_WINDOWS).ljust(count, "\0")
        text = data.decode("utf-16-le", errors="replace")
        if len(text) != count:  # letters beyond U+FFFF count as two positions
            text = "".join(map(chr, struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])))
        return text.ljust(count, "\0")

    def _read_fonts(self) -> list[str]:
        data = self._pair(_FONTS)
        if len(data) < 4:
            return []
        count = struct.unpack_from("<H", data)[0]
        at, names = 4, []
        for _ in range(count):
            size = data[at]
            name = data[at + 40 : at + 1 + size].decode("utf-16-le", errors="replace")
            names.append(name.split("\0")[0])
            at += 1 + size
        return names

    def _pages(self, index: int) -> Iterator[bytes]:
        data = self._pair(index)
        count = (len(data) - 4) // 8
        for number in range(count):
            page = struct.unpack_from("<I", data, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
            content = self._main[page * _PAGE : (page + 1) * _PAGE]
            if len(content) == _PAGE:
                yield content

    def _letter_runs(self) -> Iterator[tuple[int, int, bytes]]:
        for page in self._pages(_CHARACTERS):
            count = page[511]
            offsets = struct.unpack_from(f"<{count + 1}I", page)
            for number in range(count):
                at = page[4 * (count + 1) + number] * 2
                yield offsets[number], offsets[number + 1], page[at + 1 : at + 1 + page[at]] if at else b""

    def _block_runs(self) -> Iterator[tuple[int, int, bytes]]:
        for page in self._pages(_PARAGRAPHS):
            count = page[511]
            offsets = struct.unpack_from(f"<{count + 1}I", page)
            for number in range(count):
                at = page[4 * (count + 1) + 13 * number] * 2
                if not at:
                    yield offsets[number], offsets[number + 1], b""
                elif page[at]:
                    yield offsets[number], offsets[number + 1], page[at + 1 : at + 2 * page[at]]
                else:
                    yield offsets[number], offsets[number + 1], page[at + 2 : at + 2 + 2 * page[at + 1]]

    def _spread(self, runs: Iterator[tuple[int, int, bytes]]) -> list[_Run]:
        """Runs keyed by file offset as runs keyed by position, in order; pieces may lie anywhere in the file."""
        ordered = sorted(runs)
        starts = [run[0] for run in ordered]
        found = []
        for piece in self._pieces:
            end = piece.offset + (piece.last - piece.first) * piece.width
            for start, stop, properties in ordered[max(0, bisect_right(starts, piece.offset) - 1) :]:
                if start >= end:
                    break
                if stop > piece.offset:
                    first, last = piece.position(max(start, piece.offset)), piece.position(min(stop, end))
                    found.append((first, last, properties, piece.properties))
        return found


_Run = tuple[int, int, bytes, bytes]
_WINDOWS = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xA0)}
