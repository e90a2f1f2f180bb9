"""Opaque page cursors: where the last hit stood, so that a walk visits every hit once.

In an order by a column (newest, oldest, number) the place is a value: a walk meets every document that is there all the
time with the same value once, whatever is written between its pages, and no document that stays in its place twice. By
relevance the place is a number of hits, for scores change with every write and must not be told: after a write the next
page begins so many hits further in the order as it is then.
"""

import base64
import binascii
import json
import math
from dataclasses import dataclass

from indexer.backend import Sort
from indexer.errors import CursorInvalid

LARGEST = 2**63 - 2  # of a column of an index: the engine is asked for what lies beyond it, which must be a number too


@dataclass(frozen=True, slots=True)
class Position:
    """The last hit of a page: its sort value (the number of the sort column), its id, hits up to it; `rest` where it is
    one found only since a word was recognised badly: these stand behind all others."""

    value: float
    id: int
    seen: int
    rest: bool = False


def encode(sort: Sort, position: Position) -> str:
    """A cursor for the page after this hit."""
    place = [sort.value, position.value, position.id, position.seen, int(position.rest)]
    raw = json.dumps(place, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(cursor: str, sort: Sort) -> Position:
    """The position a cursor names; `CursorInvalid` where it is not ours or for another order."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        made_for, value, id_, seen, rest = raw
        if made_for != sort.value or isinstance(value, bool) or not isinstance(value, int | float):
            raise CursorInvalid("made for another order")
        if not (math.isfinite(value) and abs(value) <= LARGEST and 0 <= int(id_) <= LARGEST and int(seen) >= 0):
            raise CursorInvalid("no place in an order")
        return Position(value, int(id_), min(int(seen), LARGEST), rest=bool(int(rest)))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise CursorInvalid("not a cursor") from error
