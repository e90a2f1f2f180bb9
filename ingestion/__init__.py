"""Reading: bytes become a read document. `survey`, `read` and `render` are the only ways in; `understand` is pure.

Parsers run in a sandboxed child only; importing this package imports none of them. Each public name is imported from
its module when it is asked for: a child asks for few, and starts in half the time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_MODULES = {
    "errors": ("ReadError",),
    "facts": ("Evidence", "Fact", "Facts", "Flag", "Mention", "PersonMention", "facts_from_json"),
    "limits": ("OcrStatus", "Sandbox", "SandboxStatus", "ocr_status", "sandbox_status"),
    "pages": (
        *("WEAK_BELOW", "Attachment", "Member", "Page", "ReadDocument", "Region", "RegionKind", "Signature", "Slice"),
        *("Source", "Survey", "Warning", "Word", "is_weak", "page_from_json", "region_from_json", "word_spans"),
    ),
    "reading": ("extract", "read", "render", "survey", "survey_and_read", "unpack"),
    "understanding": ("CutReason", "Part", "PartKind", "parts", "secrecy", "sheet_number", "understand"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """The public names, from their modules."""
    if name in _HOMES:
        return getattr(import_module(f"ingestion.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
