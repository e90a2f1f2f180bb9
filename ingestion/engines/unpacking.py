"""The files inside a file, taken out one level deep: archives, mail, portfolios, packages in office files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ingestion.detect import Family, detect
from ingestion.engines.members import Taker
from ingestion.errors import ArchiveTooLarge, ArchiveTooMany


def answer_unpack(path: Path, out: Path) -> dict[str, Any]:
    """Write the members as `member-<n>` into `out` and tell what they are: `{"members": [{"name", "number", "size",
    "code", "advice"}]}`. Raises `ReadError` where the container itself cannot be opened."""
    kind = detect(path)
    taker = Taker(out, packed=path.stat().st_size)
    with suppress(ArchiveTooLarge, ArchiveTooMany):  # the last row says it; what was taken out before stays
        _take(path, kind.family, taker)
    return {"members": taker.rows}


def _take(path: Path, family: Family, taker: Taker) -> None:
    if family is Family.ARCHIVE:
        from ingestion.engines.archive import take_members

        take_members(path, taker)
