"""What a measurement is, and how it is printed: our figure, the bare engine's in the same run, and their ratio.

A ratio is time against time for the same work: 1.0 is as fast as the bare engine, 2.0 takes twice as long. Absolute
figures say something about the machine of that day, ratios about our code.
"""

import compileall
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import ingestion


@dataclass(slots=True)
class Watch:
    """Seconds of wall clock and units of work, added up over the turns of one side of a comparison."""

    seconds: float = 0.0
    count: int = 0

    @contextmanager
    def turn(self, count: int) -> Iterator[None]:
        """Add the time of the block, in which `count` units are done."""
        start = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - start
        self.count += count

    @property
    def each(self) -> float:
        """Seconds for one unit."""
        return self.seconds / max(1, self.count)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, ready to print."""

    what: str
    count: int
    seconds: float
    ours: str
    bare: str
    ratio: float


@dataclass(slots=True)
class Table:
    """The rows of one bench with what has to be said about them; `skipped` says why there are none."""

    title: str
    baseline: str = ""
    rows: list[Row] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    skipped: str = ""


def rate(what: str, ours: Watch, bare: Watch, *, unit: str, per: float = 60.0) -> Row:
    """A row of work done in a time: `unit` names it with `per` seconds, such as pages/min."""
    return Row(
        what,
        ours.count,
        ours.seconds,
        f"{per / ours.each:,.1f} {unit}",
        f"{per / bare.each:,.1f} {unit}",
        ours.each / bare.each,
    )


def latencies(what: str, ours: Sequence[float], bare: Sequence[float]) -> list[Row]:
    """The middle and the slow end of single answers, seconds in, milliseconds printed."""
    rows = []
    for name, share in (("p50", 50), ("p95", 95)):
        mine, theirs = percentile(ours, share), percentile(bare, share)
        rows.append(
            Row(
                f"{what}, {name}",
                len(ours),
                sum(ours),
                f"{mine * 1000:,.2f} ms",
                f"{theirs * 1000:,.2f} ms",
                mine / theirs,
            )
        )
    return rows


def percentile(values: Sequence[float], share: int) -> float:
    """The value under which `share` percent of the values lie (1 to 99)."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compile_engines() -> None:
    """Compile the engines as an installation does. A child writes no bytecode, so after a change in a checkout each
    would compile them again."""
    compileall.compile_dir(str(Path(ingestion.__file__).parent), quiet=2)


def machine() -> str:
    """One line on the machine: cores, load before the run, system, Python."""
    load = os.getloadavg()[0]
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, load {load:.1f}, {system}, Python {platform.python_version()}"


def printed(table: Table) -> str:
    """A table as text that is also Markdown."""
    lines = [f"### {table.title}", ""]
    if table.skipped:
        return "\n".join([*lines, f"Skipped: {table.skipped}", ""])
    head = ("measured", "n", "seconds", "ours", "bare engine", "time ratio")
    body = [(r.what, f"{r.count:,}", f"{r.seconds:.1f}", r.ours, r.bare, f"{r.ratio:.2f}") for r in table.rows]
    widths = [max(len(row[column]) for row in (head, *body)) for column in range(len(head))]
    for row in (head, tuple("-" * width for width in widths), *body):
        lines.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
    lines += ["", f"Bare engine: {table.baseline}", *table.remarks, ""]
    return "\n".join(lines)
