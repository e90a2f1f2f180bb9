"""Taking members out of a container: files named `member-<n>`, limits counted while writing, never believed."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.errors import ArchiveTooLarge, ArchiveTooMany, ReadError

MOST_MEMBERS = 2_000  # of one container; a cabinet of papers has hundreds
MOST_BYTES = 2 * 1024**3  # of all members of one container together, those dropped included
MOST_MEMBER_BYTES = 1024**3  # of one member
# A paper packs to a tenth at best, a blank bitmap to a hundredth; what packs further and is large too is a bomb.
MOST_RATIO = 200
RATIO_FROM = 100 * 1024**2  # bytes; below that the ratio is nobody's concern
_NAME_BYTES = 300  # longest name kept, UTF-8
_ENDING_BYTES = 10
NO_NAME = "(không tên)"
REST = "(phần còn lại)"  # stands for what could not even be listed
# Marks that turn the direction of reading, and letters without a shape: a name must be what it looks like.
_HIDDEN = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c\u00ad")
_DRIVE = re.compile(r"[A-Za-z]:")
_UNSHOWN = frozenset(("Cc", "Cs", "Cn", "Co"))  # Unicode categories: controls, surrogates, unassigned, private


def clean_name(name: str) -> str:
    """A member's name as it is shown: NFC, forward slashes, no steps upwards nor drives, no control characters nor
    direction marks, at most 300 bytes (its ending is kept). Never used as a path."""
    blanked = "".join(" " if letter in "\t\r\n" else letter for letter in unicodedata.normalize("NFC", name))
    kept = "".join(
        letter for letter in blanked if letter not in _HIDDEN and unicodedata.category(letter) not in _UNSHOWN
    )
    parts = " ".join(kept.replace("\\", "/").split()).split("/")
    kept = "/".join(part for part in parts if part not in ("", ".", "..") and not _DRIVE.fullmatch(part))
    content = kept.encode("utf-8")
    if len(content) <= _NAME_BYTES:
        return kept or NO_NAME
    stem, dot, ending = kept.rpartition(".")
    tail = dot + ending if stem and len(ending.encode("utf-8")) <= _ENDING_BYTES else ""
    room = _NAME_BYTES - len(tail.encode("utf-8"))
    return content[:room].decode("utf-8", errors="ignore").rstrip() + tail


def is_bomb(expanded: int, packed: int) -> bool:
    """Whether so many bytes are more than may come out of a container of `packed` bytes (0: not known)."""
    if expanded > MOST_BYTES:
        return True
    return packed > 0 and expanded > max(RATIO_FROM, packed * MOST_RATIO)


@dataclass(slots=True)
class Taker:
    """Writes members into `out` and notes what became of each; `packed` is the size of the container (for the ratio),
    `password` what was given to open it."""

    out: Path
    packed: int = 0
    password: str | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    expanded: int = 0

    def take(self, name: str, content: Iterable[bytes]) -> None:
        """One member from its chunks. A `ReadError` raised by them, or its own size, becomes the member's code; raises
        `ArchiveTooMany` or `ArchiveTooLarge` where the container as a whole is at its end (the member has its row)."""
        number = len(self.rows) + 1
        if number > MOST_MEMBERS:
            self._end(name, ArchiveTooMany(), 0)
        target = self.out / f"member-{number}"
        size = 0
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                for chunk in content:
                    size += len(chunk)
                    self.expanded += len(chunk)
                    if is_bomb(self.expanded, self.packed):
                        raise ArchiveTooLarge()
                    if size > MOST_MEMBER_BYTES:
                        raise ArchiveTooLarge("This file is too large to be taken out; unpack it and upload its parts.")
                    stream.write(chunk)
        except ReadError as problem:
            target.unlink(missing_ok=True)
            if is_bomb(self.expanded, self.packed):
                self._end(name, problem, size)
            self.refuse(name, problem, size=size)
            return
        self.rows.append({"name": clean_name(name), "number": number, "size": size, "code": None, "advice": ""})

    def refuse(self, name: str, problem: ReadError, *, size: int = 0) -> None:
        """Note a member that is not taken out. Raises `ArchiveTooMany` as `take` does."""
        if len(self.rows) >= MOST_MEMBERS and not isinstance(problem, ArchiveTooMany):
            self._end(name, ArchiveTooMany(), size)
        row = {"name": clean_name(name), "number": len(self.rows) + 1, "size": max(0, size)}
        self.rows.append({**row, "code": problem.code, "advice": problem.advice})

    def _end(self, name: str, problem: ReadError, size: int) -> None:
        row = {"name": clean_name(name), "number": len(self.rows) + 1, "size": max(0, size)}
        self.rows.append({**row, "code": problem.code, "advice": problem.advice})
        raise problem
