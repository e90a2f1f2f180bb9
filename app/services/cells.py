"""Cells of lists that people open in a spreadsheet program."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet shows as text whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
