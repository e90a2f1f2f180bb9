"""Opaque page cursors: where the last hit stood in its order, so that a walk visits every hit once."""

import base64
import binascii
import json
import math
from dataclasses import dataclass

from indexer.backend import Sort
from indexer.errors import CursorInvalid

LARGEST = 2**63 - 1  # the largest number of a column of an index


@dataclass(frozen=True, slots=True)
class Position:
    """The last hit of a page: its sort value (a score, or the number of the sort column), its id, hits before it."""

    value: float
    id: int
    seen: int


def encode(sort: Sort, position: Position) -> str:
    """A cursor for the page after this hit."""
    raw = json.dumps([sort.value, position.value, position.id, position.seen], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode(cursor: str, sort: Sort) -> Position:
    """The position a cursor names; `CursorInvalid` where it is not ours or for another order."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        made_for, value, id_, seen = raw
        if made_for != sort.value or isinstance(value, bool) or not isinstance(value, int | float):
            raise CursorInvalid("made for another order")
        if not (math.isfinite(value) and abs(value) <= LARGEST and 0 <= int(id_) <= LARGEST and int(seen) >= 0):
            raise CursorInvalid("no place in an order")
        return Position(value, int(id_), min(int(seen), LARGEST))
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise CursorInvalid("not a cursor") from error
