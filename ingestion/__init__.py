"""Reading: bytes become a read document. `survey`, `read` and `render` are the only ways in; `understand` is pure.

Parsers run in a sandboxed child only; importing this package imports none of them.
"""

from ingestion.errors import ReadError
from ingestion.facts import Evidence, Fact, Facts, Flag, Mention, PersonMention, facts_from_json
from ingestion.limits import OcrStatus, Sandbox, SandboxStatus, ocr_status, sandbox_status
from ingestion.pages import (
    WEAK_BELOW,
    Attachment,
    Page,
    ReadDocument,
    Slice,
    Source,
    Survey,
    Warning,
    Word,
    is_weak,
    page_from_json,
    word_spans,
)
from ingestion.reading import read, render, survey
from ingestion.understanding import understand

# Written with every reading; a change of it means that old readings may be read again.
ENGINE: str = "2026.1"

__all__ = [
    "ENGINE",
    "WEAK_BELOW",
    "Attachment",
    "Evidence",
    "Fact",
    "Facts",
    "Flag",
    "Mention",
    "OcrStatus",
    "Page",
    "PersonMention",
    "ReadDocument",
    "ReadError",
    "Sandbox",
    "SandboxStatus",
    "Slice",
    "Source",
    "Survey",
    "Warning",
    "Word",
    "facts_from_json",
    "is_weak",
    "ocr_status",
    "page_from_json",
    "read",
    "render",
    "sandbox_status",
    "survey",
    "understand",
    "word_spans",
]
