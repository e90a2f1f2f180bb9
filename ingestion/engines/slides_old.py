"""PPT of 1997 to 2003: the texts of each slide, in the order they are drawn, then its notes.

Source: [MS-PPT] 2.1 (streams), 2.3 (document), 2.4 (document container), 2.5 (slides), 2.9 (texts). A slide is found
through the directory of persistent objects, which each save adds to: what the last save says counts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile  # type: ignore[import-untyped]

from ingestion.engines.font_runs import joined
from ingestion.engines.package import BROKEN
from ingestion.engines.paged import PagedReader, written_page
from ingestion.engines.slides_old_runs import text_runs
from ingestion.errors import Damaged, Encrypted, TooLarge
from ingestion.pages import Page, Warning
from ingestion.vietnamese.normalise import normalise

_BROKEN = (struct.error, AttributeError, UnicodeDecodeError, OverflowError, *BROKEN)
_MOST_BYTES = 256 * 1024**2  # of the stream of slides; pictures lie in another
_MOST_SAVES = 1_000
_DEEPEST = 40
_HEAD = struct.Struct("<HHI")  # version and instance, type, length
_IS_CONTAINER = 0xF
_ENCRYPTED = 0xF3D1C4DF

# Record types, [MS-PPT] 2.13.24 and [MS-ODRAW] 2.2.
_DOCUMENT, _SLIDE, _SLIDE_ATOM, _NOTES = 1000, 1006, 1007, 1008
_SLIDE_PERSIST, _OUTLINE_REFERENCE, _TEXT_HEADER, _TEXT_CHARS, _TEXT_BYTES = 1011, 3998, 3999, 4000, 4008
_FONT, _LIST, _USER_EDIT, _DIRECTORY, _SHOWING = 4023, 4080, 4085, 6002, 1017
_CLIENT_TEXT = 0xF00D
_TEXT_STYLE, _SHAPE, _PICTURE_FRAME = 4001, 0xF00A, 75
_LIST_OF_SLIDES, _LIST_OF_NOTES = 0, 2
_HIDDEN = 0x04  # among the flags of how a slide is shown, [MS-PPT] 2.6.6


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    start: int
    end: int
    is_container: bool


@dataclass(slots=True)
class _Listed:
    """What the outline says of a slide: where it is kept, its id, its texts."""

    persist: int
    name: int
    texts: list[str] = field(default_factory=list)


class OldSlidesReader(PagedReader):
    """A PPT; all slides are read when it is opened."""

    def __init__(self, path: Path) -> None:
        try:
            with olefile.OleFileIO(path) as ole:
                user = ole.openstream("Current User").read()
                stream = ole.openstream("PowerPoint Document")
                content = stream.read(_MOST_BYTES + 1)
                has_macros = any("_VBA_PROJECT" in "/".join(entry) for entry in ole.listdir())
            if len(content) > _MOST_BYTES:
                raise TooLarge()
            slides = _Slides(content, user)
            pages = slides.pages()
        except _BROKEN as problem:
            raise Damaged() from problem
        message = "The file holds macros or controls; they were not run."
        warnings = [Warning("macros-ignored", None, message)] if has_macros else []
        super().__init__(pages, warnings=[*warnings, *slides.warnings])


class _Slides:
    def __init__(self, content: bytes, user: bytes) -> None:
        self.warnings: list[Warning] = []
        self._content = content
        _, token, offset = struct.unpack_from("<III", user, _HEAD.size)
        if token == _ENCRYPTED:
            raise Encrypted()
        self._places, document = self._directory(offset)
        self._document = self._record(self._places[document])
        if self._document.kind != _DOCUMENT:
            raise Damaged()
        self._fonts = [self._name(record) for record in self._below(self._document) if record.kind == _FONT]

    def pages(self) -> list[Page]:
        """One page a slide; at least one."""
        slides = self._listed(_LIST_OF_SLIDES)
        notes = {one.name: one for one in self._listed(_LIST_OF_NOTES)}
        pages = []
        hidden = 0
        for slide in slides:
            record = self._kept(slide.persist, _SLIDE)
            hidden += record is not None and self._is_hidden(record)
            lines = self._drawn(record, slide.texts) if record is not None else slide.texts
            noted = notes.get(self._notes_of(record)) if record is not None else None
            kept = self._kept(noted.persist, _NOTES) if noted is not None else None
            said = self._drawn(kept, noted.texts) if kept is not None and noted is not None else []
            pages.append(written_page([line for line in (*lines, *said) if line.strip(" *\n")]))
            pictures = 0 if record is None else sum(self._is_picture(one) for one in self._below(record))
            if pictures:
                message = f"{pictures} pictures on the slide were not read."
                self.warnings.append(Warning("pictures-not-read", len(pages), message))
        if hidden:
            message = f"{hidden} of the slides are hidden in the file; they were read too."
            self.warnings.append(Warning("slides-hidden", None, message))
        return pages or [written_page([])]

    def _is_hidden(self, slide: _Record) -> bool:
        return any(
            record.kind == _SHOWING and record.start + 11 <= record.end and self._content[record.start + 10] & _HIDDEN
            for record in self._children(slide)
        )

    def _is_picture(self, record: _Record) -> bool:
        return record.kind == _SHAPE and record.instance == _PICTURE_FRAME

    def _record(self, at: int, end: int | None = None) -> _Record:
        head, kind, length = _HEAD.unpack_from(self._content, at)
        start = at + _HEAD.size
        last = min(start + length, len(self._content) if end is None else end)
        return _Record(kind, head >> 4, start, last, head & 0xF == _IS_CONTAINER)

    def _children(self, parent: _Record) -> Iterator[_Record]:
        at = parent.start
        while at + _HEAD.size <= parent.end:
            child = self._record(at, parent.end)
            yield child
            at = child.end

    def _below(self, parent: _Record, depth: int = 0) -> Iterator[_Record]:
        """All records inside, in order."""
        for child in self._children(parent):
            yield child
            if child.is_container and depth < _DEEPEST:
                yield from self._below(child, depth + 1)

    def _directory(self, offset: int) -> tuple[dict[int, int], int]:
        """Where each persistent object lies, by its number, and the number of the document; newest save first."""
        places: dict[int, int] = {}
        document = 0
        seen: set[int] = set()
        while offset and offset not in seen and len(seen) < _MOST_SAVES:
            seen.add(offset)
            edit = self._record(offset)
            if edit.kind != _USER_EDIT:
                raise Damaged()
            before, directory, reference = struct.unpack_from("<III", self._content, edit.start + 8)
            document = document or reference
            for number, place in self._entries(directory):
                places.setdefault(number, place)
            offset = before
        return places, document

    def _entries(self, at: int) -> Iterator[tuple[int, int]]:
        record = self._record(at)
        if record.kind != _DIRECTORY:
            raise Damaged()
        at = record.start
        while at + 4 <= record.end:
            (packed,) = struct.unpack_from("<I", self._content, at)
            first, count = packed & 0xFFFFF, packed >> 20
            at += 4
            for number in range(first, first + count):
                if at + 4 > record.end:
                    return
                yield number, struct.unpack_from("<I", self._content, at)[0]
                at += 4

    def _listed(self, kind: int) -> list[_Listed]:
        found: list[_Listed] = []
        raw = ""
        for outline in self._children(self._document):
            if outline.kind != _LIST or outline.instance != kind:
                continue
            for record in self._children(outline):
                if record.kind == _SLIDE_PERSIST:
                    persist, _, _, name = struct.unpack_from("<IIII", self._content, record.start)
                    found.append(_Listed(persist, name))
                elif record.kind == _TEXT_HEADER and found:
                    found[-1].texts.append("")
                elif record.kind in (_TEXT_CHARS, _TEXT_BYTES) and found and found[-1].texts:
                    raw = self._text(record)
                    found[-1].texts[-1] = self._shown(raw, None)
                elif record.kind == _TEXT_STYLE and found and found[-1].texts:
                    found[-1].texts[-1] = self._shown(raw, record)
        return found

    def _shown(self, text: str, style: _Record | None) -> str:
        """The text as the fonts of its runs show it, without empty lines."""
        runs = [] if style is None else text_runs(self._content[style.start : style.end], len(text))
        pieces = []
        at = 0
        for length, font in runs:
            pieces.append((text[at : at + length], self._fonts[font] if font < len(self._fonts) else None))
            at += length
        pieces.append((text[at:], None))
        lines = normalise(joined((piece.replace("\x0b", "\r"), font) for piece, font in pieces)).split("\n")
        return "\n".join(line.strip() for line in lines if line.strip())

    def _kept(self, persist: int, kind: int) -> _Record | None:
        place = self._places.get(persist)
        record = None if place is None else self._record(place)
        return record if record is not None and record.kind == kind else None

    def _notes_of(self, slide: _Record) -> int:
        for record in self._children(slide):
            if record.kind == _SLIDE_ATOM:
                return int(struct.unpack_from("<I", self._content, record.start + 16)[0])
        return 0

    def _drawn(self, slide: _Record, outline: list[str]) -> list[str]:
        """The texts in drawing order; those that the outline has and the drawing does not name come last."""
        lines: list[str] = []
        named: set[int] = set()
        for box in self._below(slide):
            if box.kind != _CLIENT_TEXT:
                continue
            raw = ""
            for record in self._children(box):
                if record.kind == _OUTLINE_REFERENCE:
                    (index,) = struct.unpack_from("<I", self._content, record.start)
                    if index < len(outline) and index not in named:
                        named.add(index)
                        lines.append(outline[index])
                elif record.kind in (_TEXT_CHARS, _TEXT_BYTES):
                    raw = self._text(record)
                    lines.append(self._shown(raw, None))
                elif record.kind == _TEXT_STYLE and raw:
                    lines[-1] = self._shown(raw, record)
        return lines + [text for index, text in enumerate(outline) if index not in named]

    def _text(self, record: _Record) -> str:
        content = self._content[record.start : record.end]
        if record.kind == _TEXT_BYTES:
            return content.decode("latin-1")
        return content[: len(content) & ~1].decode("utf-16-le", errors="replace")

    def _name(self, record: _Record) -> str:
        return self._content[record.start : record.start + 64].decode("utf-16-le", errors="replace").partition("\0")[0]
