"""Stories of a DOCX (its body, a header, a note, a text box): blocks become lines and tables, as they are shown now.

Tracked changes: what was put in is text, what was struck out is not. Of a field its result is text. A text box is read
where it is anchored, after the line of its anchor, and once although it stands in the file twice (as a drawing and as
the old form of it).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from ingestion.engines import word_names as names
from ingestion.engines.font_runs import joined
from ingestion.engines.package import Element, Package
from ingestion.engines.table_lines import row_lines
from ingestion.engines.word_names import VAL, w
from ingestion.engines.word_numbering import Numbering, counted
from ingestion.engines.word_pictures import Placed, placed_pictures, read_elsewhere
from ingestion.engines.word_styles import Look, Styles, look_of
from ingestion.pages import Table
from ingestion.vietnamese.legacy import Encoding
from ingestion.vietnamese.normalise import normalise, squeeze

_DEEPEST = 40  # boxes in cells in boxes; beyond that nothing was made by a person
_WIDEST_SPAN = 200  # columns


@dataclass(slots=True)
class Gathered:
    """What the blocks of a story gave."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Placed] = field(default_factory=list)


@dataclass(slots=True)
class Shared:
    """What all stories of a document share: its package, its looks and lists, and what is counted on the way."""

    package: Package
    styles: Styles
    numbering: Numbering
    around: Encoding = Encoding.UNICODE  # the old encoding that the rest of the document is in
    changes: int = 0
    notes: list[tuple[str, str, str]] = field(default_factory=list)  # kind, id, mark; since the section began
    marks: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    look: Look


_THROUGH = {w(name) for name in ("hyperlink", "smartTag", "fldSimple", "dir", "bdo", "customXml", "sdtContent", "sdt")}
_THROUGH |= {w("ruby"), w("rubyBase"), w("ins"), w("moveTo"), names.CHOICE, names.FALLBACK}
_STRUCK = {w("del"), w("moveFrom")}
_SIGNS = {w("tab"): "\t", w("ptab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-"}
_DRAWN = {w("drawing"), w("pict"), w("object")}
_NOTES = {w("footnoteReference"): "footnote", w("endnoteReference"): "endnote"}
_BLOCK_HOLDERS = {w(name) for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}


def blocks_of(parent: Element) -> Iterator[Element]:
    """The paragraphs and tables of a parent in order, with those inside controls and insertions."""
    for child in parent:
        if child.tag in (w("p"), w("tbl")):
            yield child
        elif child.tag in _BLOCK_HOLDERS:
            yield from blocks_of(child)
        elif child.tag == names.ALTERNATE:
            branch = child.find(names.CHOICE)
            branch = child.find(names.FALLBACK) if branch is None else branch
            if branch is not None:
                yield from blocks_of(branch)


class Story:
    """One part of the package being read, block by block."""

    def __init__(self, shared: Shared, part: str) -> None:
        self.shared = shared
        self._relations = shared.package.relations(part)
        self._fields: list[bool] = []  # of each open field whether its instruction is still going on
        self._held: list[_Piece] = []  # of a paragraph whose end was struck out: it goes on in the next one

    def read(self, parent: Element, into: Gathered, depth: int = 0) -> None:
        """All blocks of the parent."""
        for block in blocks_of(parent):
            self.block(block, into, depth)

    def block(self, block: Element, into: Gathered, depth: int = 0) -> None:
        """One paragraph or table."""
        if depth > _DEEPEST:
            return
        if block.tag == w("tbl"):
            self._table(block, into, depth + 1)
        else:
            self._paragraph(block, into, depth + 1)

    def _paragraph(self, paragraph: Element, into: Gathered, depth: int) -> None:
        properties = paragraph.find(w("pPr"))
        style = _value(properties, "pStyle")
        pieces, self._held = self._held, []
        boxes = Gathered()
        label = self.shared.numbering.label(properties, style)
        if label and not pieces:
            pieces.append(_Piece(label, Look()))
        self._inline(paragraph, style, pieces, boxes, depth)
        self._fields = [started for started in self._fields if not started]  # an instruction ends with its paragraph
        mark = None if properties is None else properties.find(w("rPr"))
        if mark is not None and mark.find(w("del")) is not None:
            self.shared.changes += 1
            self._held = pieces
        else:
            into.lines += [line.strip(" \t") for line in _shown(pieces, self.shared.around).split("\n")]
        into.lines += boxes.lines
        into.tables += boxes.tables
        into.pictures += boxes.pictures

    def _inline(self, parent: Element, style: str | None, out: list[_Piece], boxes: Gathered, depth: int) -> None:
        for child in parent:
            tag = child.tag
            if tag == w("r"):
                self._run(child, style, out, boxes, depth)
            elif tag in _STRUCK:
                self.shared.changes += 1
            elif tag in _THROUGH:
                self.shared.changes += tag in (w("ins"), w("moveTo"))
                self._inline(child, style, out, boxes, depth)
            elif tag == names.ALTERNATE:
                self._alternate(child, style, out, boxes, depth)
            elif tag.startswith(names.MATH):
                out.append(_Piece("".join(text.text or "" for text in child.iter(names.MATH_TEXT)), Look()))

    def _alternate(self, parent: Element, style: str | None, out: list[_Piece], boxes: Gathered, depth: int) -> None:
        """The first branch that has something to show: both say the same."""
        before = (len(out), len(boxes.lines), len(boxes.pictures))
        for branch in (*parent.findall(names.CHOICE), *parent.findall(names.FALLBACK)):
            self._run_parts(branch, style, Look(), out, boxes, depth)
            self._inline(branch, style, out, boxes, depth)
            if (len(out), len(boxes.lines), len(boxes.pictures)) != before:
                return

    def _run(self, run: Element, style: str | None, out: list[_Piece], boxes: Gathered, depth: int) -> None:
        properties = run.find(w("rPr"))
        look = look_of(properties).over(self.shared.styles.of(style, _value(properties, "rStyle")))
        self._run_parts(run, style, look, out, boxes, depth)

    def _run_parts(
        self, run: Element, style: str | None, look: Look, out: list[_Piece], boxes: Gathered, depth: int
    ) -> None:
        for child in run:
            tag = child.tag
            if tag == w("fldChar"):
                self._field(child, look, out)
            elif any(self._fields):
                continue
            elif tag == w("t"):
                out.append(_Piece(child.text or "", look))
            elif tag in _SIGNS:
                out.append(_Piece(_SIGNS[tag], Look()))
            elif tag == w("sym"):
                out.append(_Piece(_symbol(child), Look(child.get(w("font")) or "Symbol")))
            elif tag in _NOTES:
                out.append(_Piece(self._note(_NOTES[tag], child.get(w("id")) or ""), Look()))
            elif tag in _DRAWN:
                self._drawing(child, boxes, depth)
            elif tag == names.ALTERNATE:
                self._alternate(child, style, out, boxes, depth)
            elif tag == w("ruby"):
                self._inline(child, style, out, boxes, depth)

    def _field(self, sign: Element, look: Look, out: list[_Piece]) -> None:
        kind = sign.get(w("fldCharType"))
        if kind == "begin":
            box = sign.find(f"{w('ffData')}/{w('checkBox')}")
            if box is not None and not any(self._fields):
                out.append(_Piece("☒" if _is_ticked(box) else "☐", look))
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _note(self, kind: str, name: str) -> str:
        marks = self.shared.marks
        if (kind, name) not in marks:
            number = 1 + sum(known == kind for known, _ in marks)
            marks[kind, name] = f"[{counted(number, 'decimal' if kind == 'footnote' else 'lowerRoman')}]"
            self.shared.notes.append((kind, name, marks[kind, name]))
        return marks[kind, name]

    def _drawing(self, drawing: Element, boxes: Gathered, depth: int) -> None:
        if depth > _DEEPEST:
            return
        for content in _outermost(drawing, w("txbxContent")):
            inner = Story(self.shared, "")
            inner._relations = self._relations
            inner.read(content, boxes, depth + 1)
        boxes.lines += [text for text in (path.get("string") or "" for path in drawing.iter(names.TEXT_PATH)) if text]
        boxes.lines += read_elsewhere(self.shared.package, drawing, self._relations)
        boxes.pictures += placed_pictures(drawing, self._relations)

    def _table(self, table: Element, into: Gathered, depth: int) -> None:
        """Cells in order. Of merged cells the first has the text; the others are empty in the table, and those of one
        row absent from the line. A row whose cells have several lines (the head and foot of a paper are such rows)
        keeps them as lines, unless the table is a list."""
        rows = []
        for row in _rows(table):
            if row.find(f"{w('trPr')}/{w('del')}") is not None:
                self.shared.changes += 1
                continue
            cells, spans = self._cells(row, into, depth)
            into.lines += row_lines(cells)
            spread = ((squeeze(" ".join(lines)), *[""] * (span - 1)) for lines, span in zip(cells, spans, strict=True))
            rows.append(tuple(cell for cells in spread for cell in cells))
        if len(rows) > 1 or (rows and len(rows[0]) > 2):
            into.tables.append(tuple(rows))

    def _cells(self, row: Element, into: Gathered, depth: int) -> tuple[list[list[str]], list[int]]:
        cells: list[list[str]] = []
        spans: list[int] = []
        for cell in _within(row, w("tc")):
            properties = cell.find(w("tcPr"))
            inner = Gathered()
            merged = None if properties is None else properties.find(w("vMerge"))
            if merged is None or merged.get(VAL) == "restart":
                self.read(cell, inner, depth)
            while inner.lines and not inner.lines[-1]:
                inner.lines.pop()
            cells.append(inner.lines)
            spans.append(_span(properties))
            into.tables += inner.tables
            into.pictures += inner.pictures
        return cells, spans


def _rows(table: Element) -> Iterator[Element]:
    return _within(table, w("tr"))


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """Children of this name, also inside controls."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _BLOCK_HOLDERS:
            yield from _within(child, tag)


def _outermost(parent: Element, tag: str) -> Iterator[Element]:
    """Descendants of this name that stand in no other; of alternatives the first that has any."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == names.ALTERNATE:
            for branch in child:
                found = list(_outermost(branch, tag))
                if found:
                    yield from found
                    break
        else:
            yield from _outermost(child, tag)


def _shown(pieces: list[_Piece], around: Encoding) -> str:
    """The text as its fonts show it, in capitals where it is set in capitals."""
    out = []
    for capitals, run in groupby(pieces, key=lambda piece: bool(piece.look.capitals)):
        text = joined(((piece.text, piece.look.font) for piece in run), around)
        out.append(text.upper() if capitals else text)
    return normalise("".join(out))


def _value(properties: Element | None, name: str) -> str | None:
    found = None if properties is None else properties.find(w(name))
    return None if found is None else found.get(VAL)


def _symbol(sign: Element) -> str:
    code = sign.get(w("char")) or ""
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""


def _is_ticked(box: Element) -> bool:
    for name in ("checked", "default"):
        found = box.find(w(name))
        if found is not None:
            return (found.get(VAL) or "true") not in ("0", "false", "off")
    return False


def _span(properties: Element | None) -> int:
    said = _value(properties, "gridSpan") or "1"
    return min(max(int(said), 1), _WIDEST_SPAN) if said.isascii() and said.isdigit() else 1
