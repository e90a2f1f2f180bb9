"""Short and long forms of words that offices write both ways (`abbreviations.toml` and the kinds of documents)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.document_types import UNKNOWN, document_types

_VERIFIED_TYPES = "D30 PL III"


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form, such as UBND, and its long one, both as written; `basis` is empty where it is not verified."""

    short: str
    long: str
    basis: str

    @property
    def is_verified(self) -> bool:
        """Whether a source says that one means the other."""
        return self.basis != ""


@cache
def abbreviations() -> tuple[Abbreviation, ...]:
    """All pairs, in the order of the data files. A kind of document counts as verified where Decree 30 lists it."""
    rows = tomllib.loads((Path(__file__).parent / "abbreviations.toml").read_text(encoding="utf-8"))["abbreviation"]
    given = [Abbreviation(row["short"], row["long"], row.get("basis", "")) for row in rows]
    known = {pair.short for pair in given}
    kinds = [
        Abbreviation(kind.code, kind.name_vi.lower(), kind.basis if kind.basis == _VERIFIED_TYPES else "")
        for kind in document_types()
        if kind.code != UNKNOWN and kind.code not in known and kind.code.lower() != kind.name_vi.lower()
    ]
    return (*given, *kinds)
