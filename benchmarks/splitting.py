"""Where papers begin in dossiers scanned as one: precision, recall and F1 of the cuts, clean and degraded, against the
rule "a new paper where the motto stands"."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.dossiers import Dossier, dossiers, read_sheets
from benchmarks.measuring import Row, Table
from ingestion import Page, parts
from ingestion.understanding.sides import side_of

QUICK = 2  # dossiers
Finder = Callable[[Sequence[Page]], set[int]]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Cuts found and right, found and wrong, missed; the first page of a scan is no cut."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Cuts) -> Cuts:
        return Cuts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Right cuts among those found."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Right cuts among those there are."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"


def compared(found: set[int], dossier: Dossier) -> Cuts:
    """Page numbers at which parts were said to begin, against those at which papers begin."""
    there = {at for at, sheet in enumerate(dossier.sheets, start=1) if sheet.begins and at > 1}
    said = found - {1}
    return Cuts(len(said & there), len(said - there), len(there - said))


def ours(pages: Sequence[Page]) -> set[int]:
    """What the product proposes."""
    return {part.first for part in parts(pages)}


def at_mottos(pages: Sequence[Page]) -> set[int]:
    """The baseline: a new paper wherever the State's name or the motto stands near the top."""
    return {page.number for page in pages if side_of(page).motto is not None}


def bench(*, quick: bool) -> Table:
    """Cuts of held-out dossiers, then of those on which the weights were tuned; reading is not part of the time."""
    made = Table(
        "Splitting of scanned dossiers",
        baseline="a new paper where the motto stands. P is precision, R recall; the last column is the F1 of "
        "that rule over ours.",
    )
    chosen = dossiers()
    held, tuned = [one for one in chosen if one.held_out], [one for one in chosen if not one.held_out]
    groups = (("held out", held[:QUICK] if quick else held), ("tuned on", tuned[:QUICK] if quick else tuned))
    for name, group in groups:
        for degraded in (False, True):
            made.rows.append(_row(f"{name}, {'degraded' if degraded else 'clean'}", group, degraded=degraded))
    sheets = [sheet for one in chosen for sheet in one.sheets]
    kinds = {sheet.kind for sheet in sheets}
    made.remarks.append(
        f"{len(chosen)} dossiers, {len(sheets)} pages, {sum(sheet.begins for sheet in sheets)} papers, covers and "
        f"separators of {len(kinds)} kinds; n is the number of cuts there are."
    )
    return made


def _row(what: str, group: Iterable[Dossier], *, degraded: bool) -> Row:
    mine, theirs, seconds = Cuts(), Cuts(), 0.0
    for dossier in group:
        pages = read_sheets(dossier, degraded=degraded)
        start = time.perf_counter()
        mine += compared(ours(pages), dossier)
        seconds += time.perf_counter() - start
        theirs += compared(at_mottos(pages), dossier)
    count = mine.right + mine.missed
    return Row(what, count, seconds, str(mine), str(theirs), theirs.f1 / max(mine.f1, 0.001))
