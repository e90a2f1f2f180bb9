"""The second core: the last pages of a long file with text layers are read by a second process.

pdfium is not thread-safe and Python runs one thread at a time, so it takes a process; starting it costs a third of a
second, which is what the first process reads 50 pages in.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ingestion.engines.reader import Reader
from ingestion.errors import ReadError
from ingestion.limits import python_program

WORTH = 150  # pages from which a second process pays
_HEAD_START = 50  # pages that are read while it starts


def middle(reader: Reader, first: int, last: int) -> int | None:
    """The page from which on a second process should read, or None where it would not help: a short file, pages that
    are recognised (Tesseract uses both cores already), one core."""
    pages = last - first + 1
    if pages < WORTH or len(os.sched_getaffinity(0)) < 2:
        return None
    try:
        if reader.needs_recognition(last) or reader.needs_recognition(first):
            return None
    except ReadError:
        return None  # reading the page will say so
    return first + (pages + _HEAD_START) // 2


class SecondProcess:
    """A process that reads pages `first` to `last` of a file, started at once; to be asked for its answer once."""

    def __init__(self, path: Path, first: int, last: int, images: Path | None) -> None:
        self._images = images
        self._folder = tempfile.TemporaryDirectory(prefix="hoso-half-")
        options = ["--first", str(first), "--last", str(last), "--half"]
        if images is not None:
            options.append("--images")
        self._process = subprocess.Popen(
            python_program("ingestion.child", "read", str(path.resolve()), self._folder.name, *options),
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def answer(self) -> dict[str, Any] | None:
        """What it read, its pictures moved to where they belong; None where it failed and the pages are still to be
        read."""
        with self._folder:
            self._process.wait()
            try:
                answer = json.loads((Path(self._folder.name) / "answer.json").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return None
            if not isinstance(answer, dict) or "error" in answer:
                return None
            if self._images is not None:
                for picture in Path(self._folder.name).glob("*.webp"):
                    (self._images / picture.name).write_bytes(picture.read_bytes())
            return answer

    def stop(self) -> None:
        """End it, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
