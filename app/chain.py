"""The keyed hash chain of the audit trail: taking the head, writing lines, checking them.

Each line's hash is HMAC-SHA256 over the line's canonical JSON and the hash before it, with a key of its own file
(never the cookie secret); `key_id` names the key, so that a key can be changed without breaking older lines.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from app.actor import Actor
from app.models import Event, EventChain

GENESIS = "0" * 64
HEAD = 1
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EventLine:
    """What a unit of work wants recorded."""

    kind: str
    object_kind: str
    object_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found: the number of lines read, and the first sequence that does not hold."""

    lines: int
    broken_at: int | None
    reason: str = ""


class EventChainWriter:
    """Writes and checks the chain with the keys in a directory (mode 700, one file `<key id>.key` each)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys: dict[str, bytes] = {}

    def append(self, session: Session, actor: Actor, at: datetime, lines: Sequence[EventLine]) -> None:
        """Write the lines as the last statements of the unit of work."""
        taken = session.execute(
            update(EventChain)
            .where(EventChain.id == HEAD)
            .values(length=EventChain.length + len(lines))
            .returning(EventChain.length, EventChain.head)
        ).one()
        sequence, previous = taken.length - len(lines), taken.head or GENESIS
        key_id, key = self._current(begun=sequence > 0)
        rows = []
        for line in lines:
            sequence += 1
            row: dict[str, Any] = {
                "sequence": sequence,
                "at": at,
                "actor": actor.name,
                "role": actor.role.value,
                "user_id": actor.user_id,
                "organisation_id": actor.organisation_id,
                "kind": line.kind,
                "object_kind": line.object_kind,
                "object_id": line.object_id,
                "detail": line.detail,
                "key_id": key_id,
                "previous": previous,
            }
            row["hash"] = previous = _digest(key, row)
            rows.append(row)
        session.execute(insert(Event), rows)
        session.execute(update(EventChain).where(EventChain.id == HEAD).values(head=previous))

    def check(self, session: Session) -> ChainReport:
        """Read the whole chain and say where it first does not hold: a changed, missing or added line.

        The head is read before and after the lines: on PostgreSQL others may write meanwhile, and each statement sees
        what was committed before it.
        """
        before = _head(session)
        previous, count = GENESIS, 0
        for row in session.scalars(select(Event).order_by(Event.sequence)).yield_per(1000):
            count += 1
            if row.sequence != count:
                return ChainReport(count, count, "missing line")
            key = self._key(row.key_id)
            if key is None:
                return ChainReport(count, row.sequence, f"key {row.key_id} is missing")
            plain = {name: getattr(row, name) for name in _COVERED}
            if row.previous != previous or not hmac.compare_digest(row.hash, _digest(key, plain)):
                return ChainReport(count, row.sequence, "changed line")
            previous = row.hash
            if before is not None and count == before.length and previous != before.head:
                return ChainReport(count, count, "changed line")
        after = _head(session)
        if before is None or after is None or before.length > count:
            return ChainReport(count, count + 1, "lines missing at the end")
        if after.length < count or (after.length == count and after.head != previous):
            return ChainReport(count, after.length + 1, "line unknown to the head")
        return ChainReport(count, None)

    def _current(self, *, begun: bool) -> tuple[str, bytes]:
        """The newest key. Where the chain has begun and all keys are gone, a new one gets a new name: the check then
        says which key is missing instead of calling every line changed."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = sorted(path.stem for path in self.folder.glob("*.key"))
        key_id = names[-1] if names else f"r{secrets.token_hex(4)}" if begun else "k0001"
        key = self._key(key_id)
        if key is None:
            key = self._make(key_id)
        return key_id, key

    def _key(self, key_id: str) -> bytes | None:
        if key_id not in self._keys:
            try:
                self._keys[key_id] = bytes.fromhex((self.folder / f"{key_id}.key").read_text(encoding="ascii"))
            except FileNotFoundError:
                return None
        return self._keys[key_id]

    def _make(self, key_id: str) -> bytes:
        """Make the first key; where two processes race, both use the one that was linked first."""
        temporary = self.folder / f".{key_id}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, self.folder / f"{key_id}.key")
        except FileExistsError:
            pass  # another process made it first: its key counts
        finally:
            temporary.unlink()
        made = self._key(key_id)
        if made is None:
            raise FileNotFoundError(f"key {key_id}")
        return made


def _head(session: Session) -> Row[tuple[int, str]] | None:
    """Length and hash of the chain as its head tells them; None where the head was taken away."""
    taken = select(EventChain.length, func.coalesce(func.nullif(EventChain.head, ""), GENESIS).label("head"))
    return session.execute(taken.where(EventChain.id == HEAD)).first()


_COVERED = (
    "sequence",
    "at",
    "actor",
    "role",
    "user_id",
    "organisation_id",
    "kind",
    "object_kind",
    "object_id",
    "detail",
    "key_id",
    "previous",
)


def _digest(key: bytes, row: dict[str, Any]) -> str:
    plain = {name: row[name] for name in _COVERED}
    plain["at"] = row["at"].isoformat()
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
