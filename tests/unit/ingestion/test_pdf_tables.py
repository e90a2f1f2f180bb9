"""Ruled tables in PDF: however the rules are drawn, the rows and cells are those that a person sees."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pdf_files import one_page, saved, write

from ingestion.engines.pdf import PdfReader

LEFT, TOP, WIDE, HIGH = 60, 700, 120, 30
CELLS = ((b"TT", b"Ten", b"Nam"), (b"1", b"Thu", b"1990"), (b"2", b"Mau", b"1991"))
EXPECTED = tuple(tuple(cell.decode() for cell in row) for row in CELLS)

Stroke = tuple[float, float, float, float]


def _rules(rows: int, columns: int, *, left: int = LEFT, top: int = TOP) -> list[Stroke]:
    right, foot = left + columns * WIDE, top - rows * HIGH
    level = [(left, top - row * HIGH, right, top - row * HIGH) for row in range(rows + 1)]
    upright = [(left + column * WIDE, foot, left + column * WIDE, top) for column in range(columns + 1)]
    return [*level, *upright]


def _lines(strokes: Sequence[Stroke]) -> bytes:
    return b"".join(b"%f %f m %f %f l S\n" % stroke for stroke in strokes)


def _bars(strokes: Sequence[Stroke]) -> bytes:
    """As word processors draw borders: thin filled boxes, cut at every crossing."""
    drawn = b""
    for x0, y0, x1, y1 in strokes:
        step, level = (WIDE, True) if y0 == y1 else (HIGH, False)
        for piece in range(round((x1 - x0 if level else y1 - y0) / step)):
            at = piece * step
            box = (x0 + at, y0, step, 0.5) if level else (x0, y0 + at, 0.5, step)
            drawn += b"%f %f %f %f re f\n" % box
    return drawn


def _one_path(strokes: Sequence[Stroke]) -> bytes:
    return b"".join(b"%f %f m %f %f l\n" % stroke for stroke in strokes) + b"S\n"


def _texts(cells: Sequence[Sequence[bytes]], *, left: int = LEFT, top: int = TOP) -> list[tuple[int, int, bytes]]:
    return [
        (left + 5 + column * WIDE, top - 20 - row * HIGH, text)
        for row, texts in enumerate(cells)
        for column, text in enumerate(texts)
        if text
    ]


def _tables(path: Path, drawn: bytes, texts: Sequence[tuple[int, int, bytes]], *, rotate: int = 0) -> object:
    pdf, page = one_page()
    write(pdf, page, texts)
    page.contents_add(drawn)
    page.obj.Rotate = rotate
    return PdfReader(saved(pdf, path)).text_page(1).tables


@pytest.mark.parametrize("draw", [_lines, _bars, _one_path])
def test_table_is_the_same_however_its_rules_are_drawn(tmp_path: Path, draw: object) -> None:
    assert callable(draw)
    assert _tables(tmp_path / "table.pdf", draw(_rules(3, 3)), _texts(CELLS)) == (EXPECTED,)


def test_cell_over_two_columns_has_its_text_once(tmp_path: Path) -> None:
    strokes = [one for one in _rules(3, 3) if one[0] != LEFT + 2 * WIDE or one[0] != one[2]]
    strokes.append((LEFT + 2 * WIDE, TOP - 3 * HIGH, LEFT + 2 * WIDE, TOP - HIGH))
    cells = ((b"TT", b"Ten va nam", b""), *CELLS[1:])
    found = _tables(tmp_path / "table.pdf", _lines(strokes), _texts(cells))
    assert found == ((("TT", "Ten va nam", ""), *EXPECTED[1:]),)


def test_cell_over_two_rows_has_its_text_once(tmp_path: Path) -> None:
    strokes = [one for one in _rules(3, 3) if one[1] != TOP - 2 * HIGH or one[1] != one[3]]
    strokes.append((LEFT + WIDE, TOP - 2 * HIGH, LEFT + 3 * WIDE, TOP - 2 * HIGH))
    cells = (CELLS[0], (b"1", b"Thu", b"1990"), (b"", b"Mau", b"1991"))
    found = _tables(tmp_path / "table.pdf", _lines(strokes), _texts(cells))
    assert found == ((EXPECTED[0], EXPECTED[1], ("", "Mau", "1991")),)


def test_two_tables_come_from_top_to_bottom_and_a_frame_is_none(tmp_path: Path) -> None:
    low = 400
    drawn = _lines([*_rules(2, 2, top=low), *_rules(3, 3), (40, 60, 560, 60), (40, 30, 560, 30), (40, 30, 40, 60)])
    drawn += _lines([(560, 30, 560, 60)])
    texts = _texts(CELLS) + _texts(((b"A", b"B"), (b"C", b"D")), top=low) + [(50, 40, b"khung")]
    assert _tables(tmp_path / "tables.pdf", drawn, texts) == (EXPECTED, (("A", "B"), ("C", "D")))


def test_table_on_a_turned_page_is_read_as_shown(tmp_path: Path) -> None:
    (found,) = _tables(tmp_path / "table.pdf", _lines(_rules(3, 3)), _texts(CELLS), rotate=180)  # type: ignore[misc]
    assert found == tuple(row[::-1] for row in EXPECTED[::-1])
