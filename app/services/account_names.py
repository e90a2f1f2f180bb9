"""The names of accounts beside what they did: who typed a fact, who sent a file, who filed a document."""

from collections.abc import Iterable

from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import User


def account_names(uow: UnitOfWork, ids: Iterable[int | None]) -> dict[int, str]:
    """Id -> name, for those ids that are accounts; the caller has shown that the actor may see the deed itself."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = uow.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}
