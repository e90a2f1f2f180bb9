"""Paragraphs of a text format become sections: lines, tables, notes, and heads and feet apart; one page a section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingestion.engines.table_lines import row_lines
from ingestion.pages import Page, Source, Table
from ingestion.vietnamese.normalise import squeeze

CELL = "\x07"  # the mark of a paragraph that ends a cell
ROW = "\x07\x07"  # of one that ends a row


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Normalised text (line breaks inside it as `\\n`), its mark (`CELL`, `ROW` or nothing), whether in a table."""

    text: str
    mark: str = ""
    in_table: bool = False


@dataclass(slots=True)
class Section:
    """What one section holds: body lines, tables, and lines of heads and feet."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    running: list[str] = field(default_factory=list)


def add_story(section: Section, story: Iterable[Paragraph]) -> None:
    """Add paragraphs in their order; what lies in a table becomes lines and a table."""
    rows: list[tuple[str, ...]] = []
    cells: list[list[str]] = []
    cell: list[str] = []
    for paragraph in story:
        if paragraph.mark == ROW:
            _add_row(section, rows, [*cells, cell] if any(cell) else cells)
            cells, cell = [], []
        elif paragraph.mark == CELL:
            cells.append([*cell, *paragraph.text.split("\n")])
            cell = []
        elif paragraph.in_table:
            cell += paragraph.text.split("\n")
        else:
            _end_table(section, rows, cells)
            section.lines += [*cell, *paragraph.text.split("\n")]
            cells, cell = [], []
    section.lines += cell
    _end_table(section, rows, cells)


def add_running(section: Section, story: Iterable[Paragraph]) -> None:
    """Add the lines of a head or foot, each once; page numbers alone are left out."""
    for line in lines_of(story):
        if any(letter.isalpha() for letter in line) and line not in section.running:
            section.running.append(line)


def lines_of(story: Iterable[Paragraph]) -> list[str]:
    """The lines that are not blank."""
    return [line.strip(" ") for paragraph in story for line in paragraph.text.split("\n") if line.strip()]


def marked(mark: str, lines: list[str]) -> list[str]:
    """The lines of a note behind its mark."""
    return [f"{mark} {lines[0].strip()}", *lines[1:]] if lines else []


def _add_row(section: Section, rows: list[tuple[str, ...]], cells: list[list[str]]) -> None:
    stripped = [[line.strip(" ") for line in cell] for cell in cells]
    for lines in stripped:
        while lines and not lines[-1]:
            lines.pop()
    section.lines += row_lines(stripped)
    rows.append(tuple(squeeze(" ".join(lines)) for lines in stripped))


def _end_table(section: Section, rows: list[tuple[str, ...]], cells: list[list[str]]) -> None:
    if cells:  # a row that the file never ends
        _add_row(section, rows, cells)
    if len(rows) > 1 or (rows and len(rows[0]) > 2):
        section.tables.append(tuple(rows))
    rows.clear()


def page_of(number: int, section: Section) -> Page:
    """The section as a page: no size, no boxes, heads and feet at the end of the text."""
    body = "\n".join(line.strip(" ") for line in section.lines).strip("\n")
    text, running = body, None
    if section.running:
        running = len(body) + 1 if body else 0
        text = "\n".join([*([body] if body else []), *section.running])
    source = Source.TEXT if text.strip() else Source.NONE
    return Page(number, 0.0, 0.0, source, None, text, tables=tuple(section.tables), running=running, pictured=False)
