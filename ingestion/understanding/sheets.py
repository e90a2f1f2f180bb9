"""The number of the sheet (bút lục) that an office stamped on a paper: "BL: 12", "Bút lục số 12"."""

from __future__ import annotations

import re
from dataclasses import replace

from ingestion.pages import Page, RegionKind
from ingestion.understanding.layout import fragments

_SHEET = re.compile(
    r"\W{0,2}(?:B\.?\s?L\.?|b[úu]t\s?l[ụuúư]c)\s?(?:s[ốôóo]\s?)?[:.\-–]?\s?(?P<number>\d{1,5}[a-zđ]?)\W{0,2}",
    re.IGNORECASE,
)
_TOP = 0.2  # share of the page's height; the number stands in the upper right corner
_RIGHT = 0.5  # share of the width right of which it stands
_SURE = 0.5  # score from which a number found in the picture is believed


def sheet_number(page: Page) -> str | None:
    """The number as written ("12", "12a"), from the upper right corner, else from a region of the picture."""
    for index, line in enumerate(fragments(replace(page, running=None))):
        match = _SHEET.fullmatch(line.text.strip())
        if match is None:
            continue
        if line.top is None or line.right is None:
            if index > 3:
                continue
        elif line.top > _TOP or line.right < _RIGHT:
            continue
        return match["number"].lower()
    values = [
        region.value
        for region in page.regions
        if region.kind is RegionKind.SHEET_NUMBER and region.value and region.score >= _SURE
    ]
    return values[0] if values else None
