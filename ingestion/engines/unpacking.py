"""The files inside a file, taken out one level deep: archives, mail, portfolios, packages in office files."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ingestion.detect import Detected, Family
from ingestion.engines.members import REST, Taker
from ingestion.engines.unlocking import detected
from ingestion.errors import ArchiveTooLarge, ArchiveTooMany, ReadError
from ingestion.packing import PASSWORD_FILE


def answer_unpack(path: Path, out: Path) -> dict[str, Any]:
    """Write the members as `member-<n>` into `out` and tell what they are: `{"members": [{"name", "number", "size",
    "code", "advice"}]}`. Raises `ReadError` where the container itself cannot be opened."""
    password = _password(out)
    with tempfile.TemporaryDirectory(prefix="hoso-unlocked-") as folder:
        path, kind = detected(path, password, Path(folder) / "copy")
        return {"members": _taken(path, kind, Taker(out, packed=path.stat().st_size, password=password))}


def _taken(path: Path, kind: Detected, taker: Taker) -> list[dict[str, Any]]:
    try:
        _take(path, kind, taker)
    except ReadError as problem:  # what was taken out before stays
        if not taker.rows:
            raise
        if not isinstance(problem, ArchiveTooLarge | ArchiveTooMany):  # those have said it of the last member
            taker.refuse(REST, problem)
    return taker.rows


def _password(out: Path) -> str | None:
    """What the caller left beside, see `ingestion.reading`."""
    file = out / PASSWORD_FILE
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _take(path: Path, kind: Detected, taker: Taker) -> None:
    if kind.family is Family.ARCHIVE:
        from ingestion.engines.archive import take_members

        take_members(path, kind.media_type, taker)
    elif kind.family in (Family.EML, Family.MSG):
        from ingestion.engines.mail import take_enclosed

        take_enclosed(path, kind.family, taker)
    elif kind.family is Family.PDF:
        from ingestion.engines.pdf_members import members as pdf_members

        for name, content in pdf_members(path, taker.password):
            taker.take(name, content)
    elif kind.family in (Family.WORD, Family.XLSX, Family.PPTX):
        from ingestion.engines.word_members import members as office_members

        for name, whole in office_members(path):
            taker.take(name, (whole,))
    elif kind.family is Family.MHTML:
        from ingestion.engines.web import mhtml_members

        for name, whole in mhtml_members(path):
            taker.take(name, (whole,))
