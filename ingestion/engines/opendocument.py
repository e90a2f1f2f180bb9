"""OpenDocument: ODT as one page, ODS one page per sheet, ODP one per slide; pictures of papers are pages of their own.

Cells of a sheet come as the file shows them (`text:p` of a cell is the value under its format). Notes stand at the end
of a page, headers, footers and comments after `Page.running`.
"""

from __future__ import annotations

from pathlib import Path

from ingestion.engines.office_warnings import damage_warnings
from ingestion.engines.opendocument_story import (
    MOST_COLUMNS,
    MOST_REPEATS,
    OpenStory,
    OpenText,
    cells_of,
    is_remote,
    rows_of,
)
from ingestion.engines.opendocument_styles import OpenStyles, page_size, q
from ingestion.engines.package import BROKEN, Element, Package
from ingestion.engines.paged import PagedReader, PicturePage, written_page
from ingestion.engines.word_pictures import PicturePages, is_scan
from ingestion.errors import Damaged
from ingestion.pages import Page, Warning
from ingestion.vietnamese.normalise import squeeze

MOST_CELLS = 200_000  # of one sheet, as for XLSX
_COMMENTS = "[Ghi chú]"
_LINKED = {q(name) for name in ("text:section-source", "table:table-source", "draw:object", "draw:object-ole")}
_LINKED |= {q("draw:plugin"), q("draw:floating-frame")}
_RUNNING_FRAMES = ("page-number", "footer", "header", "date-time")
_RUNNING = ("header", "header-first", "header-left", "footer", "footer-first", "footer-left")


class OpenDocumentReader(PagedReader):
    """An ODT, ODS or ODP; all of it is read when it is opened."""

    def __init__(self, path: Path) -> None:
        package = Package(path)
        try:
            document = _Document(package)
            pages = document.pages()
        except BROKEN as problem:
            raise Damaged() from problem
        super().__init__(pages, pictures=PicturePages(package), warnings=document.warnings)


class _Document:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._content = package.xml("content.xml")
        self._style_part = package.optional_xml("styles.xml")
        self._styles = OpenStyles(self._content, self._style_part)
        self._story = OpenStory(self._styles)
        self._size = page_size(self._style_part)
        self._seen: set[str] = set()
        self._remote = sum(is_remote(one.get(q("xlink:href")) or "") for one in self._content.iter(*_LINKED))
        self.warnings: list[Warning] = []

    def pages(self) -> list[Page | PicturePage]:
        """The pages of whatever kind of document it is."""
        body = self._content.find(q("office:body"))
        if body is None or len(body) == 0:
            raise Damaged()
        kind = body[0]
        if kind.tag == q("office:text"):
            found = self._text(kind)
        elif kind.tag == q("office:spreadsheet"):
            found = self._sheets(kind)
        elif kind.tag == q("office:presentation"):
            found = self._slides(kind)
        else:
            raise Damaged()
        self._warn()
        return found or [written_page([])]

    def _warn(self) -> None:
        self.warnings += damage_warnings(self._package)
        if self._remote:
            message = f"The file points to {self._remote} things outside of it; none was fetched."
            self.warnings.append(Warning("remote-content-ignored", None, message))
        if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in self._package.names):
            self.warnings.append(Warning("macros-ignored", None, "The file holds macros; they were not run."))

    def _text(self, body: Element) -> list[Page | PicturePage]:
        found = OpenText()
        self._story.read(body, found)
        changes = sum(1 for _ in body.iter(q("text:changed-region")))
        if changes:
            message = f"The file keeps {changes} changes that nobody accepted; it is read as it stands now."
            self.warnings.append(Warning("tracked-changes", None, message))
        return self._finished(found, 1, self._running())

    def _finished(
        self, found: OpenText, number: int, running: list[str], *, scans_beside_text: bool = True
    ) -> list[Page | PicturePage]:
        """The page of what was found, and those of its pictures; without text the pictures alone."""
        is_silent = not any(line.strip() for line in (*found.lines, *found.notes))
        scans = self._scans(found, number) if scans_beside_text or is_silent else []
        self._remote += found.remote
        if found.is_cut:
            message = f"The table is larger than {MOST_CELLS} cells or {MOST_COLUMNS} columns; the rest was not read."
            self.warnings.append(Warning("sheet-cut", number, message))
        if found.comments:
            message = f"There are {len(found.comments)} comments; they stand after the page, apart from its text."
            self.warnings.append(Warning("comments", number, message))
            running = [*running, _COMMENTS, *found.comments]
        lines = [*found.lines, *found.notes]
        pictures: list[Page | PicturePage] = [PicturePage(part) for part in scans]
        if scans and is_silent:
            return pictures
        width, height = self._size
        page = written_page(lines, running=running, tables=found.tables, width=width, height=height)
        return [page, *pictures]

    def _running(self) -> list[str]:
        """The lines of headers and footers, each once; page numbers alone are left out."""
        lines: list[str] = []
        masters = [] if self._style_part is None else self._style_part.iter(q("style:master-page"))
        for master in masters:
            for name in _RUNNING:
                part = master.find(q(f"style:{name}"))
                if part is None or part.get(q("style:display")) == "false":
                    continue
                found = OpenText()
                self._story.read(part, found)
                lines += [line for line in found.lines if any(map(str.isalpha, line)) and line not in lines]
        return lines

    def _scans(self, found: OpenText, number: int) -> list[str]:
        scans = []
        others = 0
        area = self._size[0] * self._size[1]
        for placed in found.pictures:
            if placed.part in self._seen:
                continue
            if placed.part is not None and is_scan(self._package, placed, area):
                self._seen.add(placed.part)
                scans.append(placed.part)
            else:
                others += 1
        if others:
            self.warnings.append(Warning("pictures-not-read", number, f"{others} small pictures were not read."))
        return scans

    def _slides(self, body: Element) -> list[Page | PicturePage]:
        pages: list[Page | PicturePage] = []
        for slide in body.iter(q("draw:page")):
            found, said = self._drawn(slide), OpenText()
            notes = slide.find(q("presentation:notes"))
            if notes is not None:
                said = self._drawn(notes)
            found.notes += [line for line in said.lines if line]
            found.lines = [line for line in found.lines if line]
            # Pictures beside text on a slide are photographs, not papers.
            pages += self._finished(found, len(pages) + 1, [], scans_beside_text=False)
        return pages

    def _drawn(self, slide: Element) -> OpenText:
        """What a slide shows, without its number, date and foot."""
        found = OpenText()
        for frame in slide:
            if frame.get(q("presentation:class")) not in _RUNNING_FRAMES:
                self._story.read([frame], found)
        return found

    def _sheets(self, body: Element) -> list[Page | PicturePage]:
        pages: list[Page | PicturePage] = []
        hidden = 0
        for table in body:
            if table.tag != q("table:table"):
                continue
            hidden += self._styles.is_hidden(table.get(q("table:style-name")))
            pages += self._sheet(table, len(pages) + 1)
        if hidden:
            message = f"{hidden} of the sheets are hidden in the file; they were read too."
            self.warnings.append(Warning("sheets-hidden", None, message))
        return pages

    def _sheet(self, table: Element, number: int) -> list[Page | PicturePage]:
        found = OpenText(lines=[squeeze(table.get(q("table:name")) or "")])
        rows: list[tuple[str, ...]] = []
        count = 0
        for row, repeats in rows_of(table):
            cells = self._row(row, found)
            found.is_cut = found.is_cut or (bool(cells) and repeats > MOST_REPEATS)
            repeats = min(repeats, MOST_REPEATS)
            count += repeats * sum(1 for cell in cells if cell)
            if count > MOST_CELLS:
                found.is_cut = True
                break
            if cells:
                rows += [cells] * repeats
                found.lines += ["\t".join(cells)] * repeats
            elif found.lines[-1]:
                found.lines.append("")
        shapes = table.find(q("table:shapes"))
        if shapes is not None:
            self._story.read(shapes, found)
        wide = max((len(row) for row in rows), default=0)
        found.tables = [tuple((*row, *[""] * (wide - len(row))) for row in rows)] if rows else []
        return self._finished(found, number, [])

    def _row(self, row: Element, found: OpenText) -> tuple[str, ...]:
        """The cells as shown, without the empty ones at the end."""
        out: list[str] = []
        last = 0
        for cell, times in cells_of(row):
            text = self._cell(cell, found)
            room = MOST_COLUMNS - len(out)
            found.is_cut = found.is_cut or (bool(text) and times > room)
            out += [text] * min(times, room)
            last = len(out) if text else last
        return tuple(out[:last])

    def _cell(self, cell: Element, found: OpenText) -> str:
        if cell.tag == q("table:covered-table-cell"):
            return ""
        inner = OpenText()
        self._story.read(cell, inner)
        found.take(inner, lines=False)
        text = squeeze(" ".join(inner.lines).replace("\t", " "))
        said = cell.get(q("office:value")) or cell.get(q("office:date-value")) or cell.get(q("office:string-value"))
        return text or squeeze(said or cell.get(q("table:formula")) or "")
