"""The rules drawn on a PDF page: level and upright lines, also those drawn as thin bars and as edges of boxes."""

from __future__ import annotations

import ctypes
from itertools import pairwise

import pypdfium2.raw as raw

from ingestion.engines import pdf_binding as pdfium
from ingestion.engines.pdf_look import Matrix, matrix_of, objects, times
from ingestion.engines.pdf_words import Frame
from ingestion.engines.tables import Rules

_THIN = 3.0  # points: what is thinner is a line
_LEAST = 5.0  # points: what is shorter is a tick or a piece of a letter
_MOST_SEGMENTS = 4_000  # of one path; drawings have more

_Point = tuple[float, float]
_Box = tuple[float, float, float, float]


def rules_of(page: int, frame: Frame) -> Rules:
    """The rules in points as shown. About 10 microseconds a line."""
    found = Rules()
    for item, kind, place in objects(page):
        if kind != raw.FPDF_PAGEOBJ_PATH:
            continue
        stroked, filled = _painted(item)
        if not (stroked or filled):
            continue
        for points in _outlines(item, times(matrix_of(item), place)):
            edges = [_around(pair) for pair in pairwise(points)] if stroked else [_around(points)]
            for box in frame.placed([edge for one in edges for edge in one]):
                _add(found, box)
    return found


def _add(found: Rules, box: _Box) -> None:
    x0, y0, x1, y1 = box
    if y1 - y0 <= _THIN and x1 - x0 >= _LEAST:
        found.level.append(((y0 + y1) / 2, x0, x1))
    elif x1 - x0 <= _THIN and y1 - y0 >= _LEAST:
        found.upright.append(((x0 + x1) / 2, y0, y1))


def _painted(item: int) -> tuple[bool, bool]:
    """Whether a path is stroked, and whether it is filled."""
    two = (ctypes.c_int * 2)()
    base = ctypes.addressof(two)
    if not pdfium.draw_mode(item, base, base + ctypes.sizeof(ctypes.c_int)):
        return False, False
    return bool(two[1]), two[0] != raw.FPDF_FILLMODE_NONE


def _outlines(item: int, matrix: Matrix) -> list[list[_Point]]:
    """The points of each stroke of a path in page space; curves are left out."""
    a, b, c, d, e, f = matrix
    outlines: list[list[_Point]] = []
    two = (ctypes.c_float * 2)()
    base = ctypes.addressof(two)
    for index in range(min(pdfium.count_segments(item), _MOST_SEGMENTS)):
        segment = pdfium.get_segment(item, index)
        if not segment or not pdfium.segment_point(segment, base, base + ctypes.sizeof(ctypes.c_float)):
            continue
        x, y = two[0], two[1]
        point = (a * x + c * y + e, b * x + d * y + f)
        kind = pdfium.segment_type(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append([point])
        elif kind == raw.FPDF_SEGMENT_LINETO:
            outlines[-1].append(point)
            if pdfium.segment_closes(segment):
                outlines[-1].append(outlines[-1][0])
        else:
            outlines.append([point])
    return [points for points in outlines if len(points) > 1]


def _around(points: list[_Point] | tuple[_Point, _Point]) -> _Box:
    across, up = zip(*points, strict=True)
    return (min(across), min(up), max(across), max(up))
