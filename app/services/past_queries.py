"""Queries under short keys: the address bar carries the key, never the words or the persons asked for.

A key opens only for the account that made it; nobody else learns even that it exists.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.backends import UnitOfWork
from app.errors import NotFound
from app.models import QueryKey
from app.services.access import Act, require
from app.services.wording import line

# Characters, the width of the column: a question with four answers to choose from. A longer one is cut at its end.
LONGEST_TEXT = 1_000
_KEY_BYTES = 15  # 120 bits, 20 characters of an address: cannot be guessed, and it opens for one account only


@dataclass(frozen=True, slots=True)
class PastQuery:
    """What a key stands for: the words, and ids of persons as filter values."""

    text: str = ""
    persons: tuple[str, ...] = ()


def keep_query(uow: UnitOfWork, *, text: str, persons: Iterable[str] = (), narrows: bool = False) -> str:
    """The key of this question for the actor; asking the same again gives the same key. `narrows`: the words narrow a
    list and are no search: none is suggested of them, and who may see the list is asked where it is shown."""
    if not narrows:
        require(uow, Act.SEARCH)
    wanted = PastQuery(line(text)[:LONGEST_TEXT], tuple(dict.fromkeys(persons)))
    same_text = select(QueryKey).where(QueryKey.user_id == uow.actor.user_id, QueryKey.text == wanted.text)
    for row in uow.session.scalars(same_text.where(QueryKey.narrows == narrows)):
        if tuple(row.persons) == wanted.persons:
            return row.key
    row = QueryKey(
        key=secrets.token_urlsafe(_KEY_BYTES),
        user_id=uow.actor.user_id,
        text=wanted.text,
        persons=list(wanted.persons),
        narrows=narrows,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row.key


def open_query(uow: UnitOfWork, key: str | None) -> PastQuery:
    """What the key stands for; no key is an empty question. Raises `NotFound` for a key of another account."""
    if not key:
        return PastQuery()
    row = uow.session.scalar(select(QueryKey).where(QueryKey.key == key, QueryKey.user_id == uow.actor.user_id))
    if row is None or uow.actor.user_id is None:
        raise NotFound()
    return PastQuery(row.text, tuple(row.persons))
