"""Reading: bytes become a read document. `survey`, `read` and `render` are the only ways in; `understand` is pure.

Parsers run in a sandboxed child only; importing this package imports none of them. What understands a document is
imported when it is asked for: a child never asks, and starts a quarter sooner.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ingestion.errors import ReadError
from ingestion.facts import Evidence, Fact, Facts, Flag, Mention, PersonMention, facts_from_json
from ingestion.limits import OcrStatus, Sandbox, SandboxStatus, ocr_status, sandbox_status
from ingestion.pages import (
    WEAK_BELOW,
    Attachment,
    Member,
    Page,
    ReadDocument,
    Region,
    RegionKind,
    Signature,
    Slice,
    Source,
    Survey,
    Warning,
    Word,
    is_weak,
    page_from_json,
    region_from_json,
    word_spans,
)
from ingestion.reading import extract, read, render, survey, survey_and_read, unpack

if TYPE_CHECKING:
    from ingestion.understanding import CutReason, Part, PartKind, parts, secrecy, sheet_number, understand

# Written with every reading; a change of it means that old readings may be read again.
ENGINE: str = "2026.2"

__all__ = [
    "ENGINE",
    "WEAK_BELOW",
    "Attachment",
    "CutReason",
    "Evidence",
    "Fact",
    "Facts",
    "Flag",
    "Member",
    "Mention",
    "OcrStatus",
    "Page",
    "Part",
    "PartKind",
    "PersonMention",
    "ReadDocument",
    "ReadError",
    "Region",
    "RegionKind",
    "Sandbox",
    "SandboxStatus",
    "Signature",
    "Slice",
    "Source",
    "Survey",
    "Warning",
    "Word",
    "extract",
    "facts_from_json",
    "is_weak",
    "ocr_status",
    "page_from_json",
    "parts",
    "read",
    "region_from_json",
    "render",
    "sandbox_status",
    "secrecy",
    "sheet_number",
    "survey",
    "survey_and_read",
    "understand",
    "unpack",
    "word_spans",
]

_UNDERSTANDING = ("CutReason", "Part", "PartKind", "parts", "secrecy", "sheet_number", "understand")


def __getattr__(name: str) -> Any:
    """The names of `ingestion.understanding` that are public here."""
    if name in _UNDERSTANDING:
        return getattr(import_module("ingestion.understanding"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
