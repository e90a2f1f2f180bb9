"""What goes between the caller and the child: names of files, and pages with their words and boxes packed, for these
are nine tenths of an answer.

135,000 words of 250 pages take 1.6 s as JSON objects (written, parsed and checked), 0.3 s packed.
"""

from __future__ import annotations

import base64
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

from ingestion.pages import Page, Word, page_from_json

PASSWORD_FILE = "password"  # noqa: S105 - the name of the file in the output directory that carries it to the child
COPY_FILE = "copy"  # the unlocked or repaired copy that a child leaves

_BOX = struct.Struct("<4f")  # points; 24 bits are 0.0001 pt on the largest sheet
_ONE = struct.Struct("<f")
_NONE = -1.0  # a confidence that is none
_PART = "\n"  # between words; no word holds it


def packed(page: Page) -> dict[str, Any]:
    """The page shape of `hoso read --json`, with `packed` in place of `words`."""
    row = replace(page, words=()).as_json()
    words = page.words
    row["packed"] = {
        "texts": _PART.join(word.text.replace(_PART, " ") for word in words),
        "boxes": _coded([edge for word in words for edge in word.box]),
        "confidences": None
        if all(word.confidence is None for word in words)
        else _coded([_NONE if word.confidence is None else word.confidence for word in words]),
        "count": len(words),
    }
    return row


def unpacked(row: Mapping[str, Any]) -> Page:
    """The inverse of `packed`, checked: raises KeyError, TypeError or ValueError on another shape."""
    held = row["packed"]
    count = int(held["count"])
    joined = unicodedata.normalize("NFC", str(held["texts"]))
    texts = joined.split(_PART) if count else []
    boxes = _BOX.iter_unpack(base64.b64decode(held["boxes"], validate=True))
    if len(texts) != count:
        raise ValueError("as many words as said expected")
    words = tuple(map(Word, texts, boxes, _confidences(held)))
    if len(words) != count:
        raise ValueError("a box and a confidence for every word expected")
    return replace(page_from_json({**row, "words": []}), words=words)


def _confidences(held: Mapping[str, Any]) -> Iterable[float | None]:
    if held["confidences"] is None:
        return repeat(None)
    content = base64.b64decode(held["confidences"], validate=True)
    return [None if value < 0 else min(1.0, round(value, 4)) for (value,) in _ONE.iter_unpack(content)]


def _coded(values: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode("ascii")
