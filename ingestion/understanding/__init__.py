"""From pages to facts: pure functions over text and word boxes, in the calling process. Flags instead of guesses."""

from ingestion.understanding.boundaries import CutReason, Part, PartKind, parts
from ingestion.understanding.document import understand
from ingestion.understanding.secrecy import secrecy
from ingestion.understanding.sheets import sheet_number

__all__ = ["CutReason", "Part", "PartKind", "parts", "secrecy", "sheet_number", "understand"]
