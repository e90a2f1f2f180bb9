"""Processes that recognise pictures, kept for all pages of a slice (see `tesseract`, the program they run).

A process that takes too long or falls over a picture takes that page with it and no other: the next one gets a new
process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from ingestion.engines import tesseract
from ingestion.errors import Damaged, OcrUnavailable, ReadError, ReadTimeout

SECONDS = 120.0  # of wall clock that a process may keep silent


def environment() -> dict[str, str]:
    """What Tesseract is started with: one thread a process, for threads of its own cost more than they bring."""
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


class Recognisers:
    """As many processes as threads ask at once. To be used in a `with`, which ends them."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._idle: list[_Recogniser] = []  # taken and given back by several threads: pop and append are atomic

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, count: int) -> None:
        """Start so many before there are pictures: they load their model while the caller opens and draws."""
        self._idle += [_Recogniser(self._seconds) for _ in range(count)]

    def table(self, grey: memoryview, size: tuple[int, int], dpi: float) -> str:
        """Tesseract's table of an upright grey picture, `size` in points across and down: a line a word, without head.

        Raises `OcrUnavailable`, `ReadTimeout`, and `Damaged` where the process fell over the picture.
        """
        try:
            one = self._idle.pop()
        except IndexError:
            one = _Recogniser(self._seconds)
        found = one.table(grey, tesseract.PICTURE.pack(*size, round(dpi)))
        self._idle.append(one)
        return found.decode("utf-8", "replace")

    def stop(self) -> None:
        """End them all; nobody may be asking any more."""
        while self._idle:
            self._idle.pop().stop()


class _Recogniser:
    """One process; asked by one thread at a time, and stopped once it has failed."""

    def __init__(self, seconds: float) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(seconds)
        self._answers = self._line.makefile("rb")
        self._ready = False
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-I", "-S", "-B", str(Path(tesseract.__file__).resolve())),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env=environment(),
            )

    def table(self, grey: memoryview, head: bytes) -> bytes:
        try:
            return self._exchanged(grey, head)
        except TimeoutError as problem:
            self.stop()
            raise ReadTimeout() from problem
        except (OSError, EOFError) as problem:
            raise self._failed() from problem

    def stop(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        self._line.close()

    def _exchanged(self, grey: memoryview, head: bytes) -> bytes:
        if not self._ready:
            self._taken(len(tesseract.READY))
            self._ready = True
        self._line.sendall(head)
        self._line.sendall(grey)
        (length,) = tesseract.LENGTH.unpack(self._taken(tesseract.LENGTH.size))
        return self._taken(length)

    def _taken(self, length: int) -> bytes:
        """So many bytes of its answer. Raises `EOFError` where it has ended before, `TimeoutError`."""
        found = self._answers.read(length)
        if len(found) < length:
            raise EOFError
        return found

    def _failed(self) -> ReadError:
        """Why it has ended: by itself before the first picture where something is missing."""
        missing = not self._ready and self._process.wait() == tesseract.MISSING
        self.stop()
        return OcrUnavailable() if missing else Damaged()
