"""Names of elements and attributes of WordprocessingML and DrawingML (ECMA-376 part 1), as lxml spells them."""

from __future__ import annotations

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_O = "{urn:schemas-microsoft-com:office:office}"

R_ID, R_EMBED, R_LINK, R_DATA = f"{_R}id", f"{_R}embed", f"{_R}link", f"{_R}dm"
ALTERNATE, CHOICE, FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
BLIP, EXTENT, ANCHOR, INLINE = f"{_A}blip", f"{_WP}extent", f"{_WP}anchor", f"{_WP}inline"
A_TEXT = f"{_A}t"
IMAGE_DATA, SHAPE, TEXT_PATH = f"{_V}imagedata", f"{_V}shape", f"{_V}textpath"
MATH, MATH_TEXT = f"{_M}oMath", f"{_M}t"
DIAGRAM, CHART, OLE = f"{_DGM}relIds", f"{_C}chart", f"{_O}OLEObject"


def w(name: str) -> str:
    """The full name of an element or attribute of WordprocessingML."""
    return _W + name


VAL = w("val")
EMU_A_POINT = 12_700  # English metric units
TWIPS_A_POINT = 20
