"""The second core: a long file with text layers is read by a second process from its end on.

pdfium is not thread-safe and Python runs one thread at a time, so it takes a process; starting it costs a quarter of a
second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ingestion.engines.reader import Reader
from ingestion.errors import ReadError

WORTH = 150  # pages from which a second process pays
_CHUNK = 10  # pages that a process takes at a time

Chunk = tuple[int, int]


def is_worth_it(reader: Reader, first: int, last: int) -> bool:
    """Whether a second process helps: not for a short file, for pages that are recognised (Tesseract uses both cores
    already), or on one core."""
    if last - first + 1 < WORTH or len(os.sched_getaffinity(0)) < 2:
        return False
    try:
        return not (reader.needs_recognition(last) or reader.needs_recognition(first))
    except ReadError:
        return False  # reading the page will say so


def chunks(first: int, last: int) -> list[Chunk]:
    """The pages in parts that are shared out, first and last page of each."""
    return [(start, min(start + _CHUNK - 1, last)) for start in range(first, last + 1, _CHUNK)]


def claimed(claims: Path, wanted: Iterable[Chunk]) -> Iterator[Chunk]:
    """Those of the parts that the other process has not taken, taken as they are asked for: one process begins at the
    front and one at the back, so that they end together however busy the machine is."""
    for start, end in wanted:
        try:
            (claims / f"claim-{start}").touch(exist_ok=False)
        except FileExistsError:
            return  # the other came as far as here
        yield start, end


class SecondProcess:
    """A process that reads pages `first` to `last` of a file from the end on, started at once; the pages are shared out
    in the directory `claims`. To be asked for its answer once."""

    def __init__(self, path: Path, first: int, last: int, images: Path | None) -> None:
        import subprocess  # these are a tenth of the start of a child, and few files are as long
        import tempfile

        from ingestion.limits import python_program

        self._images = images
        self._folder = tempfile.TemporaryDirectory(prefix="hoso-half-")
        self.claims = Path(self._folder.name)
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
