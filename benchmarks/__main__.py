"""Run the measurements: `python -m benchmarks [reading search papers] [--quick]`. Prints tables, writes nothing."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import (
    arriving,
    broken,
    confusion,
    copies,
    legacy,
    long_scan,
    million,
    numbers,
    office,
    papers,
    percolation,
    reading,
    relevance,
    scans,
    search,
    splitting,
    suggesting,
)
from benchmarks.material import MaterialMissing
from benchmarks.measuring import Table, machine, printed

BENCHES: dict[str, Callable[..., Table]] = {
    "arriving": arriving.bench,
    "broken": broken.bench,
    "confusion": confusion.bench,
    "copies": copies.bench,
    "legacy": legacy.bench,
    "long": long_scan.bench,
    "million": million.bench,
    "numbers": numbers.bench,
    "office": office.bench,
    "reading": reading.bench,
    "relevance": relevance.bench,
    "scans": scans.bench,
    "search": search.bench,
    "papers": papers.bench,
    "percolation": percolation.bench,
    "splitting": splitting.bench,
    "suggesting": suggesting.bench,
}


def measured(name: str, **given: Any) -> Table:
    """The table of a bench; one that says why it was skipped where something is not on this machine."""
    try:
        return BENCHES[name](**given)
    except MaterialMissing as missing:
        return Table(name.capitalize(), skipped=str(missing))


def main() -> int:
    """Print one table per bench; 0 also where material was absent, which its table says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against the bare engines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    parser.add_argument("--documents", type=int, help="of million: how many documents")
    parser.add_argument("--folder", type=Path, help="of million: where the index is or is to be kept")
    parser.add_argument("--parts", default="", help="of million: which of indexing,find,page,fresh; default: all")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in BENCHES]
    if unknown:
        parser.error(f"no bench {unknown[0]}; there are {', '.join(BENCHES)}")
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {machine()}{', quick sizes' if chosen.quick else ''}\n")
    for name in chosen.names or BENCHES:
        start = time.perf_counter()
        given = {"documents": chosen.documents, "folder": chosen.folder, "parts": chosen.parts}
        table = measured(name, quick=chosen.quick, **(given if name == "million" else {}))
        print(printed(table))
        print(f"The bench took {time.perf_counter() - start:.0f} s.\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
