"""What reading takes of openpyxl, imported without numpy.

openpyxl imports numpy to know its numbers when it writes. No file holds such a number, and numpy is half the start of a
child that reads a sheet; here openpyxl finds none.
"""

from __future__ import annotations

import sys

_hides = "numpy" not in sys.modules
if _hides:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # importing it is an ImportError
try:
    from openpyxl import load_workbook  # type: ignore[import-untyped]
    from openpyxl.cell.rich_text import CellRichText, TextBlock  # type: ignore[import-untyped]
    from openpyxl.utils.cell import range_boundaries  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]
finally:
    if _hides:
        del sys.modules["numpy"]

__all__ = ["CellRichText", "InvalidFileException", "TextBlock", "load_workbook", "range_boundaries"]
