"""DOCX: one page per section, and one for each picture in it that is the scan of a paper.

`text` of a section is its body with tables and text boxes where they stand, then the notes that its text refers to
(marked [1], [i] as in the text); from `Page.running` on come headers and footers, and on the last section the comments
under a line "[Ghi chú]": they are found by a search, but are not what the paper says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ingestion.engines.office_warnings import package_warnings
from ingestion.engines.package import BROKEN, Element, Package
from ingestion.engines.paged import PagedReader, PicturePage, written_page
from ingestion.engines.word_members import members_of
from ingestion.engines.word_names import R_ID, TWIPS_A_POINT, w
from ingestion.engines.word_numbering import Numbering
from ingestion.engines.word_pictures import PicturePages, Placed, is_scan
from ingestion.engines.word_story import Gathered, Shared, Story, blocks_of
from ingestion.engines.word_styles import Styles, is_on
from ingestion.errors import Damaged
from ingestion.pages import Attachment, Page, Warning
from ingestion.vietnamese.legacy import Encoding, encoding_around
from ingestion.vietnamese.normalise import bare, normalise

COMMENTS = "[Ghi chú]"  # the line above the comments
_TO_TELL = 5_000  # pieces of text
_LARGEST = 20_000.0  # points, of a side of a page


@dataclass(slots=True)
class _Section:
    """A section, or with `picture` the picture of a paper that stands in the section before it."""

    content: Gathered = field(default_factory=Gathered)
    head: list[str] = field(default_factory=list)  # of a paper whose head stands in the header of the first page
    notes: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    picture: str | None = None

    @property
    def has_text(self) -> bool:
        return any(line.strip() for line in (*self.head, *self.content.lines, *self.notes))


class WordReader(PagedReader):
    """A DOCX; all of it is read when it is opened (the format has no random access)."""

    def __init__(self, path: Path) -> None:
        package = Package(path)
        try:
            document = _Document(package)
            pages = [_page(section) for section in document.pages()]
            attachments = [Attachment(name, len(content)) for name, content in members_of(package)]
            warnings = (*package_warnings(package), *document.warnings)
        except BROKEN as problem:
            raise Damaged() from problem
        super().__init__(pages, pictures=PicturePages(package), warnings=warnings, attachments=attachments)


def _page(section: _Section) -> Page | PicturePage:
    if section.picture is not None:
        return PicturePage(section.picture)
    return written_page(
        (*section.head, *section.content.lines, *section.notes),
        running=section.running,
        tables=section.content.tables,
        width=section.width,
        height=section.height,
    )


class _Document:
    """The parts of a DOCX and what is in them."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = package.main_part()
        self._root = package.xml(self._main)
        self._relations = package.relations(self._main)
        styles = Styles(package, self._part("styles"))
        numbering = Numbering(package, self._part("numbering"), styles)
        self._shared = Shared(package, styles, numbering, _encoding_of(self._root))
        settings = package.optional_xml(self._part("settings"))
        self._even_differs = bool(is_on(settings, "evenAndOddHeaders"))
        self._notes: dict[str, dict[str, Element]] = {}
        self._seen: set[str] = set()
        self.warnings: list[Warning] = []

    def _part(self, kind: str) -> str | None:
        return next((one.target for one in self._relations.values() if one.kind == kind and not one.is_remote), None)

    def pages(self) -> list[_Section]:
        """Sections with the pictures of papers after each; at least one page."""
        found: list[_Section] = []
        for section in self._sections():
            scans = self._scans(section.content.pictures, section.width * section.height, len(found) + 1)
            if section.has_text or not scans:
                found.append(section)
            found += [_Section(picture=part) for part in scans]
        comments = self._comments()
        if comments:
            last = next((one for one in reversed(found) if one.picture is None), None)
            if last is None:
                last = _Section()
                found.append(last)
            last.running += [COMMENTS, *comments]
        if self._shared.changes:
            message = (
                f"The file keeps {self._shared.changes} changes that nobody accepted; it is read as it stands now."
            )
            self.warnings.append(Warning("tracked-changes", None, message))
        return found

    def _sections(self) -> Iterator[_Section]:
        body = self._root.find(w("body"))
        if body is None:
            raise Damaged()
        story = Story(self._shared, self._main)
        current = _Section()
        for block in blocks_of(body):
            story.block(block, current.content)
            setting = block.find(f"{w('pPr')}/{w('sectPr')}") if block.tag == w("p") else None
            if setting is not None:
                yield self._ended(current, setting)
                current = _Section()
        yield self._ended(current, body.find(w("sectPr")))

    def _ended(self, section: _Section, setting: Element | None) -> _Section:
        noted, self._shared.notes = self._shared.notes, []
        for kind, name, mark in noted:
            section.notes += self._note(kind, name, mark)
        if setting is None:
            return section
        size = setting.find(w("pgSz"))
        if size is not None:
            section.width, section.height = _points(size.get(w("w"))), _points(size.get(w("h")))
        first = bool(is_on(setting, "titlePg"))
        for kind in ("header", "footer"):
            for reference in setting.findall(w(f"{kind}Reference")):
                side = reference.get(w("type"), "default")
                if (side == "first" and not first) or (side == "even" and not self._even_differs):
                    continue
                lines = self._running(reference.get(R_ID))
                into = section.head if side == "first" and _is_head(lines) else section.running
                into += [line for line in lines if line not in into]
        return section

    def _running(self, name: str | None) -> list[str]:
        """The lines of a header or footer; page numbers alone are left out."""
        relation = self._relations.get(name or "")
        root = None if relation is None or relation.is_remote else self._package.optional_xml(relation.target)
        if relation is None or root is None:
            return []
        found = Gathered()
        Story(self._shared, relation.target).read(root, found)
        return [line for line in found.lines if any(letter.isalpha() for letter in line)]

    def _note(self, kind: str, name: str, mark: str) -> list[str]:
        part = self._part(f"{kind}s")
        if kind not in self._notes:
            root = self._package.optional_xml(part)
            self._notes[kind] = {} if root is None else {note.get(w("id"), ""): note for note in root.findall(w(kind))}
        note = self._notes[kind].get(name)
        if note is None or part is None:
            return []
        found = Gathered()
        Story(self._shared, part).read(note, found)
        return [f"{mark} {found.lines[0].strip()}", *found.lines[1:]] if found.lines else []

    def _comments(self) -> list[str]:
        part = self._part("comments")
        root = self._package.optional_xml(part)
        if root is None or part is None:
            return []
        lines: list[str] = []
        count = 0
        for comment in root.findall(w("comment")):
            found = Gathered()
            Story(self._shared, part).read(comment, found)
            said = " ".join(line for line in found.lines if line)
            if said:
                count += 1
                lines.append(f"{normalise(comment.get(w('author')) or '?')}: {said}")
        if count:
            message = f"The file has {count} comments; they stand after its last page, apart from its text."
            self.warnings.append(Warning("comments", None, message))
        return lines

    def _scans(self, pictures: list[Placed], page_area: float, number: int) -> list[str]:
        """The parts that are scans, each once; the others are told."""
        scans = []
        others = 0
        for placed in pictures:
            if placed.part in self._seen:
                continue
            if placed.part is not None and is_scan(self._package, placed, page_area):
                self._seen.add(placed.part)
                scans.append(placed.part)
            else:
                others += 1
        if others:
            message = f"{others} small pictures in the text were not read."
            self.warnings.append(Warning("pictures-not-read", number, message))
        return scans


def _encoding_of(root: Element) -> Encoding:
    """The old encoding that a document is in, by the fonts of its runs, else by its text."""
    fonts = {fonts.get(w("hAnsi")) for fonts in root.iter(w("rFonts"))}
    text = "\n".join(piece.text or "" for piece in islice(root.iter(w("t")), _TO_TELL))
    return encoding_around(fonts, text)


def _is_head(lines: list[str]) -> bool:
    """Whether the header of the first page is the head of the paper: it shows the motto of the State."""
    text = bare(" ".join(lines))
    return "doc lap" in text and "hanh phuc" in text


def _points(twips: str | None) -> float:
    try:
        return min(_LARGEST, max(0.0, float(twips or "0") / TWIPS_A_POINT))
    except ValueError:
        return 0.0
