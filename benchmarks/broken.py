"""Fifteen hundred broken files, and the malformed samples in the sources of other projects: how each ends.

The figure that counts is in the remarks: how many crashed or hung a reader (none should). The ratio is the time a
broken file takes against a good one of the same formats, both in processes of their own without the sandbox: a reader
that struggles with what is broken would show there. `HOSO_SAMPLES` names a folder of malformed samples; see
docs/benchmarks.md for where they come from.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.material import MaterialMissing, shared
from benchmarks.measuring import Row, Table
from tests.broken_files import broken_files
from tests.good_files import good_files
from tests.hostile_files import bombs, fetching, image_bombs

BROKEN = 1_500
OLD_FILES = 3  # of DOC and of XLS each, which nothing of ours writes
LARGEST_SAMPLE = 20_000_000  # bytes
MOST_SAMPLES = 3_000
FAILURES = ("crash", "hang", "signal")

Ended = tuple[dict[str, str], dict[str, float]]


def bench(*, quick: bool) -> Table:
    """How broken, hostile and malformed files end."""
    good = {**good_files(), **_old_files()}
    count = BROKEN // 10 if quick else BROKEN
    table = Table("Broken", baseline="the same readers on the good files that the broken ones were made from.")
    good_ended, good_seconds = _tried(good.items())
    each = sum(good_seconds.values()) / len(good_seconds)
    sets = {
        f"broken files of {len(good)} good ones": _tried(broken_files(good, count)),
        "bombs, enormous pictures, remote content": _tried({**bombs(), **image_bombs(), **fetching(9)}.items()),
    }
    samples = _samples(100 if quick else MOST_SAMPLES)
    if samples:
        sets["samples of HOSO_SAMPLES"] = _tried(samples)
    else:
        table.remarks.append("- Samples of other projects skipped: HOSO_SAMPLES names no folder.")
    table.remarks.append(f"- good files: {_summary(good_ended)}")
    for what, (ended, seconds) in sets.items():
        total = sum(seconds.values())
        rate, bare = f"{total / len(seconds) * 1000:.0f} ms/file", f"{each * 1000:.0f} ms/file"
        table.rows.append(Row(what, len(ended), total, rate, bare, total / len(seconds) / each))
        table.remarks.append(f"- {what}: {_summary(ended)}; slowest {max(seconds.values()):.1f} s")
        table.remarks += [f"  - {name}: {how}" for name, how in ended.items() if how.startswith(FAILURES)][:20]
    return table


def _tried(files: Iterable[tuple[str, bytes]]) -> Ended:
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        for name, content in files:
            (Path(folder) / name).write_bytes(content)
        program = [sys.executable, "-m", "tests.trial_reading", folder]
        told = json.loads(subprocess.run(program, capture_output=True, check=True).stdout)
    return told["ended"], told["seconds"]


def _summary(ended: dict[str, str]) -> str:
    """The outcomes by how many; failures first, also when there are none."""
    counts = Counter(how.split(":")[0].split(" ")[0] for how in ended.values())
    failed = sum(counts.pop(kind, 0) for kind in FAILURES)
    return f"{failed} crashed or hung; " + ", ".join(f"{number} {how}" for how, number in counts.most_common())


def _old_files() -> dict[str, bytes]:
    """The smallest DOC and XLS of the public material; none where it is absent."""
    try:
        folder = shared("legacy") / "files"
    except MaterialMissing:
        return {}
    made = {}
    for ending in ("doc", "xls"):
        found = sorted(folder.glob(f"*.{ending}"), key=lambda path: path.stat().st_size)[:OLD_FILES]
        made |= {f"old{number}.{ending}": path.read_bytes() for number, path in enumerate(found)}
    return made


def _samples(most: int) -> list[tuple[str, bytes]]:
    folder = os.environ.get("HOSO_SAMPLES")
    if not folder:
        return []
    found = [
        path
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.stat().st_size <= LARGEST_SAMPLE
        and path.suffix.lower() not in _PROGRAM_TEXT
    ]
    return [(f"{number} {path.name}", path.read_bytes()) for number, path in enumerate(found[:most])]


# What source packages hold besides samples.
_PROGRAM_TEXT = frozenset((".py", ".pyi", ".c", ".h", ".cpp", ".rst", ".md", ".toml", ".yml", ".feature", ".sh"))
