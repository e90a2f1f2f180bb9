"""What reading takes of openpyxl, imported by a child without numpy and Pillow.

openpyxl imports numpy to know its numbers when it writes and Pillow for pictures; of a file that is only read it takes
neither, and the two are more than half the start of a child that reads a sheet. There openpyxl finds none; in any other
process it may be there to write as well.
"""

from __future__ import annotations

import sys

_in_child = "ingestion.child" in sys.modules
_hidden = [name for name in ("numpy", "PIL") if _in_child and name not in sys.modules]
for _name in _hidden:
    sys.modules[_name] = None  # type: ignore[assignment]  # importing it is an ImportError
try:
    from openpyxl import load_workbook  # type: ignore[import-untyped]
    from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
    from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = ["CellRichText", "InvalidFileException", "TextBlock", "load_workbook", "range_boundaries"]
