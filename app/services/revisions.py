"""Two people at one record: the row is held for the rest of the unit of work, and a stale form is told so.

PostgreSQL lets two units of work read the same revision and both write; holding the row makes the second one wait and
then see what the first one wrote. On SQLite writers queue by themselves and nothing more happens.
"""

from collections.abc import Iterable

from sqlalchemy import inspect, select

from app.backends import UnitOfWork
from app.errors import Conflict
from app.models import Base, Case, Document, Person


def hold(uow: UnitOfWork, row: Base) -> None:
    """Lock the row until the unit of work ends and load what it says now, after what was changed here is written."""
    uow.session.flush()
    own = inspect(row).mapper.local_table
    # Rows that refer to this one may still be written meanwhile; eager joins of the row are not locked with it.
    uow.session.refresh(row, with_for_update={"key_share": True, "of": own})


def hold_at(uow: UnitOfWork, row: Person | Case | Document, revision: int) -> None:
    """`hold`, and raise `Conflict` where the row is no longer at the revision that the editor saw."""
    hold(uow, row)
    if row.revision != revision:
        raise Conflict()


def hold_documents(uow: UnitOfWork, ids: Iterable[int]) -> list[Document]:
    """Lock several documents, always in the order of their ids, so that two units of work never wait for each other."""
    query = select(Document).where(Document.id.in_(set(ids)), Document.deleted_at.is_(None)).order_by(Document.id)
    locked = query.with_for_update(of=Document, key_share=True).execution_options(populate_existing=True)
    return list(uow.session.scalars(locked))
