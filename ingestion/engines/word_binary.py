"""DOC, the binary format of Word: text by font run, tables, notes, heads and feet, one page per section, scans in it
behind.

Files of Word 97 to 2003 are read here; those of Word 6 and 95, and what turns out to be laid out otherwise than
described, go through LibreOffice (see `office`). Macros are never run, fields give their last result, text that a
tracked change deleted is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import olefile  # type: ignore[import-untyped]

from ingestion.engines.embedded_pictures import ScanPictures, in_records
from ingestion.engines.font_runs import joined
from ingestion.engines.paged import PagedReader
from ingestion.engines.rtf import RtfReader, with_scans
from ingestion.engines.sections import CELL, ROW, Paragraph, Section, add_running, add_story, lines_of, marked, page_of
from ingestion.engines.word_binary_file import WordFile, is_encrypted, is_word_97
from ingestion.engines.word_binary_styles import Letters
from ingestion.engines.word_pictures import PicturePages
from ingestion.errors import Damaged, Encrypted
from ingestion.pages import Page, Warning
from ingestion.vietnamese.legacy import Encoding, encoding_around, font_encoding, is_legacy_font
from ingestion.vietnamese.normalise import normalise

_MOST_STREAM = 256 * 1024 * 1024  # bytes of one stream
_MARK = re.compile(r"[\r\x07\x0c]")
_PICTURE, _REFERENCE, _OPTIONAL_HYPHEN = "\x01", "\x02", "\x1f"
_FIELD = re.compile("[\x13\x14\x15]")
# Line and column breaks; the hyphen that does not break. An optional hyphen (0x1F) is not shown; the letter ư of TCVN3
# has the code of one in Unicode, U+00AD, and is left alone.
_SPECIAL = {0x0B: "\n", 0x0E: "\n", 0x1E: "-"} | dict.fromkeys((*range(1, 9), *range(0x0F, 0x1E), 0x1F, 0), None)
_SURROGATE = re.compile("[\ud800-\udfff]")
_OLE_PROBLEMS = (OSError, ValueError, IndexError, TypeError, KeyError, AttributeError, OverflowError, MemoryError)


class WordBinaryReader(PagedReader):
    """A DOC; all of it is read when it is opened (the parts refer to each other)."""

    def __init__(self, path: Path) -> None:
        with _opened(path) as ole:
            main = _stream(ole, "WordDocument")
            if is_encrypted(main):
                raise Encrypted()
            names = {"/".join(entry) for entry in ole.listdir()}
            scans = ScanPictures(chain(in_records(_stream(ole, "Data") if "Data" in names else b""), in_records(main)))
            pages, warnings = _read(path, main, ole, len(scans.names))
        if any(name.startswith(("Macros/", "_VBA_PROJECT_CUR")) for name in names):
            warnings += (Warning("macros-ignored", None, "The file carries macros; they are never run."),)
        super().__init__(with_scans(pages, scans), pictures=PicturePages(scans), warnings=warnings)


def _opened(path: Path) -> olefile.OleFileIO:
    try:
        return olefile.OleFileIO(str(path))
    except _OLE_PROBLEMS as problem:
        raise Damaged() from problem


def _stream(ole: olefile.OleFileIO, name: str) -> bytes:
    try:
        with ole.openstream(name) as stream:
            return bytes(stream.read(_MOST_STREAM))
    except _OLE_PROBLEMS as problem:
        raise Damaged() from problem


def _read(path: Path, main: bytes, ole: olefile.OleFileIO, scans: int) -> tuple[list[Page], tuple[Warning, ...]]:
    if is_word_97(main):
        try:
            return _Assembly(WordFile(main, lambda name: _stream(ole, name)), scans).result()
        except Damaged:
            pass  # LibreOffice repairs much; where it cannot, its own error tells
    from ingestion.engines.office import convert

    converted = RtfReader(convert(path, "rtf"))
    numbers = range(1, converted.page_count + 1)
    pages = [converted.text_page(number) for number in numbers if not converted.needs_recognition(number)]
    return pages, converted.warnings


class _Assembly:
    """Paragraphs to sections: tables, notes behind the section that refers to them, heads and feet apart."""

    def __init__(self, file: WordFile, scans: int) -> None:
        self._file = file
        self._scans = scans  # pictures that are read as pages
        self._in_code: list[bool] = []  # of the fields open at this point: still in the code, or in the result
        self._changed = False
        self._pictures = 0
        self._marks: dict[int, str] = {}  # of notes, by the position that refers to them
        self._around = encoding_around(file.fonts, file.text)
        # Word writes the letter ư of TCVN3 by its code; LibreOffice takes it for an optional hyphen and writes that.
        self._hyphen_is_letter = "\u00ad" not in file.text

    def result(self) -> tuple[list[Page], tuple[Warning, ...]]:
        """One page a section, and what is to be said."""
        file, sections = self._file, list[Section]()
        first = 0
        notes = file.notes()
        self._marks = {note.place: note.mark for note in notes}
        for last in file.sections():
            last = min(last, file.parts.main)
            if last <= first and sections:
                continue
            section = Section()
            add_story(section, self._story(first, last))
            for note in notes:
                if first <= note.place < last:
                    section.lines += marked(note.mark, lines_of(self._story(note.start, note.end)))
            sections.append(section)
            first = last
        self._add_boxes(sections[-1])
        self._add_running(sections)
        return [page_of(number, section) for number, section in enumerate(sections, 1)], tuple(self._warnings())

    def _warnings(self) -> Iterator[Warning]:
        if self._changed:
            message = "The file has tracked changes; it is read as if all were accepted."
            yield Warning("tracked-changes", None, message)
        if self._pictures > self._scans:
            message = f"The file holds {self._pictures - self._scans} pictures that are no scans; they are not read."
            yield Warning("pictures-not-read", None, message)

    def _add_boxes(self, section: Section) -> None:
        parts = self._file.parts
        start = parts.main + parts.footnotes + parts.headers + parts.macros + parts.comments + parts.endnotes
        add_story(section, self._story(start, start + parts.boxes))

    def _add_running(self, sections: list[Section]) -> None:
        """Heads and feet of a section that has none of its own are those of the one before, which has them."""
        stories = self._file.header_stories()
        for number, section in enumerate(sections):
            for start, end in stories[6 * number : 6 * number + 6]:
                add_running(section, self._story(start, end))

    def _story(self, first: int, last: int) -> Iterator[Paragraph]:
        """The paragraphs between two positions of the whole text."""
        text = self._file.text
        last = min(last, len(text))
        self._in_code = []
        while first < last:
            found = _MARK.search(text, first, last)
            end = found.start() if found else last
            block = self._file.block(min(end, last - 1))
            content = normalise(joined(self._pieces(first, end, block.style), self._around))
            if not (block.inner_end and not content.strip()):
                mark = ROW if block.row_end else CELL if found and found[0] == CELL else ""
                yield Paragraph(content, mark, block.in_table)
            first = end + 1

    def _pieces(self, first: int, last: int, style: int) -> Iterator[tuple[str, str | None]]:
        """The shown text of a paragraph with its fonts."""
        for start, end, letters in self._file.letters(first, last, style):
            if letters.deleted or letters.inserted:
                self._changed = True
            shown = self._outside_codes(self._file.text[start:end])
            self._pictures += shown.count(_PICTURE)
            if letters.deleted or letters.hidden or not shown:
                continue
            if letters.symbol is not None and shown == "(":
                yield chr(letters.symbol[1]), self._file.font(letters.symbol[0])
                continue
            font = self._font(letters)
            if self._hyphen_is_letter and font_encoding(font) is Encoding.TCVN3:
                shown = shown.replace(_OPTIONAL_HYPHEN, "\u00ad")
            yield _plain(shown), font
            for place in range(start, end) if _REFERENCE in shown else ():
                if place in self._marks and self._file.text[place] == _REFERENCE:
                    yield self._marks[place], None

    def _font(self, letters: Letters) -> str | None:
        """Letters beyond ASCII are in the other font; the two differ rarely, and then that one decides."""
        other = self._file.font(letters.other_font)
        return other if is_legacy_font(other) else self._file.font(letters.ascii_font)

    def _outside_codes(self, text: str) -> str:
        """What is left without the codes of fields; these open, turn to their result and close across runs."""
        if not self._in_code and "\x13" not in text:
            return text
        kept, at = [], 0
        for mark in _FIELD.finditer(text):
            if not any(self._in_code):
                kept.append(text[at : mark.start()])
            at = mark.end()
            if mark[0] == "\x13":
                self._in_code.append(True)
            elif self._in_code and mark[0] == "\x14":
                self._in_code[-1] = False
            elif self._in_code:
                self._in_code.pop()
        if not any(self._in_code):
            kept.append(text[at:])
        return "".join(kept)


def _plain(text: str) -> str:
    text = text.translate(_SPECIAL)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
