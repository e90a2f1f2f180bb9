"""Blocks of an OpenDocument become lines and tables: paragraphs, lists with their labels, frames, notes.

What was struck out under tracked changes lies apart in the file and is left out. The bounds on what repeats are there
since a cell may say that it stands there a million times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ingestion.engines.font_runs import Piece, joined
from ingestion.engines.opendocument_styles import OpenStyles, points, q
from ingestion.engines.package import Element
from ingestion.engines.table_lines import row_lines
from ingestion.engines.word_pictures import Placed
from ingestion.pages import Table
from ingestion.vietnamese.normalise import normalise, squeeze

MOST_COLUMNS = 1_024
MOST_REPEATS = 1_000  # of a row that says something
_DEEPEST = 40
_SPACES = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 100

_BLOCKS = {q(f"text:{name}") for name in ("section", "index-body", "index-title", "table-of-content")}
_BLOCKS |= {q(f"text:{name}-index") for name in ("alphabetical", "illustration", "table", "object", "user")}
_BLOCKS |= {q("text:bibliography"), q("text:numbered-paragraph"), q("draw:text-box"), q("draw:a"), q("draw:g")}
_SHAPES = {q(f"draw:{name}") for name in ("custom-shape", "rect", "ellipse", "line", "polygon", "path", "connector")}
_SHAPES |= {q("draw:circle"), q("draw:caption"), q("draw:regular-polygon"), q("draw:polyline")}
_ROW_HOLDERS = {q(f"table:table-{name}") for name in ("header-rows", "row-group", "rows")}
_PARAGRAPHS = (q("text:p"), q("text:h"))
_CELLS = (q("table:table-cell"), q("table:covered-table-cell"))


@dataclass(slots=True)
class OpenText:
    """What the blocks gave; comments and notes stand apart."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Placed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    remote: int = 0
    is_cut: bool = False

    def take(self, other: OpenText, *, lines: bool = True) -> None:
        """Add what another one holds."""
        self.lines += other.lines if lines else []
        self.tables += other.tables
        self.pictures += other.pictures
        self.notes += other.notes
        self.comments += other.comments
        self.remote += other.remote
        self.is_cut = self.is_cut or other.is_cut


class OpenStory:
    """Reads blocks; keeps the numbers of lists that go on."""

    def __init__(self, styles: OpenStyles) -> None:
        self._styles = styles
        self._last: dict[str | None, list[int]] = {}  # counters of the list of this style that ended last

    def read(self, parent: Iterable[Element], into: OpenText, depth: int = 0) -> None:
        """All blocks of a parent, or those given."""
        if depth > _DEEPEST:
            return
        for child in parent:
            tag = child.tag
            if tag in _PARAGRAPHS:
                self.paragraph(child, into, depth)
            elif tag == q("text:list"):
                self._list(child, into, None, [], depth + 1)
            elif tag == q("table:table"):
                self.table(child, into, depth + 1)
            elif tag in _BLOCKS:
                self.read(child, into, depth + 1)
            elif tag == q("draw:frame") or tag in _SHAPES:
                self.frame(child, into, depth + 1)
            elif tag == q("office:annotation"):
                self._comment(child, into, depth)

    def paragraph(self, paragraph: Element, into: OpenText, depth: int, label: str = "") -> None:
        """One paragraph, then the frames anchored in it."""
        pieces: list[Piece] = []
        beside = OpenText()
        font = self._styles.font("paragraph", paragraph.get(q("text:style-name")))
        self._inline(paragraph, font, pieces, beside, depth + 1)
        text = normalise(label + joined(pieces))
        into.lines += [line.strip(" \t") for line in text.split("\n")]
        into.take(beside)

    def _inline(self, parent: Element, font: str | None, out: list[Piece], beside: OpenText, depth: int) -> None:
        if parent.text:
            out.append((_SPACES.sub(" ", parent.text), font))
        for child in parent if depth <= _DEEPEST else ():
            self._inline_child(child, font, out, beside, depth)
            if child.tail:
                out.append((_SPACES.sub(" ", child.tail), font))

    def _inline_child(self, child: Element, font: str | None, out: list[Piece], beside: OpenText, depth: int) -> None:
        tag = child.tag
        if tag == q("text:s"):
            out.append((" " * min(_repeats(child.get(q("text:c"))), _MOST_SPACES), font))
        elif tag == q("text:tab"):
            out.append(("\t", font))
        elif tag == q("text:line-break"):
            out.append(("\n", font))
        elif tag == q("text:note"):
            self._note(child, out, beside, depth)
        elif tag in (q("office:annotation"), q("draw:frame")) or tag in _SHAPES or tag in _BLOCKS - {q("draw:a")}:
            box = OpenText()
            if tag == q("office:annotation"):
                self._comment(child, box, depth)
            elif tag in _BLOCKS:
                self.read(child, box, depth + 1)
            else:
                self.frame(child, box, depth + 1)
            beside.take(box)
        elif tag == q("text:span"):
            own = self._styles.font("text", child.get(q("text:style-name")))
            self._inline(child, own or font, out, beside, depth + 1)
        elif tag not in (q("office:annotation-end"), q("text:ruby-text")) and child.text != "<number>":
            # "<number>" is what a program writes for the number of a slide in its master.
            self._inline(child, font, out, beside, depth + 1)

    def _note(self, note: Element, out: list[Piece], beside: OpenText, depth: int) -> None:
        citation, body = note.find(q("text:note-citation")), note.find(q("text:note-body"))
        mark = f"[{'' if citation is None else ''.join(citation.itertext())}]"
        out.append((mark, None))
        if body is not None:
            found = OpenText()
            self.read(body, found, depth + 1)
            beside.notes += [f"{mark} {found.lines[0]}", *found.lines[1:]] if found.lines else []
            beside.take(found, lines=False)

    def _comment(self, comment: Element, into: OpenText, depth: int) -> None:
        found = OpenText()
        self.read(comment, found, depth + 1)
        creator = comment.find(q("dc:creator"))
        said = squeeze(" ".join(found.lines))
        if said:
            into.comments.append(f"{normalise((creator is not None and creator.text) or '?')}: {said}")

    def _list(self, parent: Element, into: OpenText, style: str | None, above: list[int], depth: int) -> None:
        if depth > _DEEPEST:
            return
        style = parent.get(q("text:style-name")) or style
        goes_on = parent.get(q("text:continue-numbering")) == "true" or parent.get(q("text:continue-list")) is not None
        level = len(above) + 1
        last = self._last.get(style, [])
        number = last[level - 1] if goes_on and len(last) >= level else self._styles.start(style, level) - 1
        for item in parent:
            is_item = item.tag == q("text:list-item")
            if not is_item and item.tag != q("text:list-header"):
                continue
            if is_item:
                said = item.get(q("text:start-value"))
                number = _repeats(said) if said else number + 1
            counters = [*above, max(0, number)]
            self._last[style] = counters
            label = self._styles.label(style, counters) if is_item else ""
            for block in item:
                if block.tag in _PARAGRAPHS:
                    self.paragraph(block, into, depth, label)
                    label = ""
                elif block.tag == q("text:list"):
                    self._list(block, into, style, counters, depth + 1)
        self._last[style] = [*above, max(0, number)]

    def frame(self, frame: Element, into: OpenText, depth: int) -> None:
        """A frame or shape: its text, table, picture, or the picture that stands for an object."""
        width, height = points(frame.get(q("svg:width"))), points(frame.get(q("svg:height")))
        pictures = [child.get(q("xlink:href")) or "" for child in frame if child.tag == q("draw:image")]
        box = OpenText()
        self.read(frame, box, depth)
        into.take(box)
        if pictures and not any(box.lines):  # beside a text box or table the picture is only its likeness
            name = pictures[0]
            into.remote += is_remote(name)
            area = width * height if width and height else None
            into.pictures.append(Placed(None if is_remote(name) else name.removeprefix("./"), area))

    def table(self, table: Element, into: OpenText, depth: int) -> None:
        """A table in a text: rows as lines as in a DOCX."""
        rows = []
        for row, repeats in rows_of(table):
            cells: list[list[str]] = []
            for cell, times in cells_of(row):
                inner = OpenText()
                self.read(cell, inner, depth)
                while inner.lines and not inner.lines[-1]:
                    inner.lines.pop()
                into.take(inner, lines=False)
                room = MOST_COLUMNS - len(cells)
                into.is_cut = into.is_cut or (any(inner.lines) and times > room)
                cells += [inner.lines] * min(times, room)
            says = any(any(lines) for lines in cells)
            into.is_cut = into.is_cut or (says and repeats > MOST_REPEATS)
            for _ in range(min(repeats, MOST_REPEATS) if says else 1):
                into.lines += row_lines([lines for lines in cells if lines] or cells[:1])
                rows.append(tuple(squeeze(" ".join(lines)) for lines in cells))
        if len(rows) > 1 or (rows and len(rows[0]) > 2):
            into.tables.append(tuple(rows))


def rows_of(table: Element) -> Iterator[tuple[Element, int]]:
    """The rows of a table in order, with how often each stands there: as the file says, to be bounded."""
    for child in table:
        if child.tag == q("table:table-row"):
            yield child, _repeats(child.get(q("table:number-rows-repeated")))
        elif child.tag in _ROW_HOLDERS:
            yield from rows_of(child)


def cells_of(row: Element) -> Iterator[tuple[Element, int]]:
    """The cells of a row in order, covered ones too, with how often each stands there: to be bounded."""
    for child in row:
        if child.tag in _CELLS:
            yield child, _repeats(child.get(q("table:number-columns-repeated")))


def is_remote(name: str) -> bool:
    """Whether a reference leads out of the file."""
    return ":" in name.partition("/")[0] or name.startswith(("//", "../"))


def _repeats(text: str | None) -> int:
    return max(1, min(int(text), 10_000_000)) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
