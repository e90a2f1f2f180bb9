"""What is listed in a container: entries in their order, whose bytes come in chunks when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingestion.errors import MemberRefused, ReadError


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a container: its name, the size it is said to have, its bytes; `problem` where it is none to take."""

    name: str
    size: int
    content: Callable[[], Iterator[bytes]]
    problem: ReadError | None = None


def refused_entry(name: str, problem: ReadError | None = None, *, size: int = 0) -> Entry:
    """An entry that is no file: a link, a device, a pipe; or one that cannot be opened."""
    return Entry(name, size, lambda: iter(()), problem or MemberRefused())
