"""An index that another version made, that is damaged or that was lost is written anew by itself (job REBUILD).

The sweep looks; the rebuild runs beside the live index, which goes on answering and taking what is written, and swaps
when both are equal. What it began is an event, so that one that fails is not begun again at once.
"""

from datetime import timedelta

import structlog
from sqlalchemy import func, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.models import Document, Event, in_use
from app.services.indexing import rebuild
from indexer import Status
from indexer.errors import RebuildRunning

log = structlog.get_logger()

BEGUN = "index.rebuild-begun"
AGAIN = timedelta(minutes=15)  # between two beginnings: one that fails at its end has then worked for longer
MOST_COUNTED = 2_000  # documents; an index that lost its content holds fewer when the next sweep looks


def rebuild_due(backends: Backends) -> bool:
    """Whether the index must be written anew and nothing does it yet."""
    with backends.read() as uow:
        settled = _settled(uow)
        begun = uow.session.scalar(select(func.max(Event.at)).where(Event.kind == BEGUN))
        now = uow.now
    status = backends.search.status()
    if status.beside is not None or not (status.outdated or _lost(status, settled)):
        return False
    return begun is None or now - begun > AGAIN


def rebuild_what_is_due(backends: Backends) -> None:
    """Write the index anew where it must be; looks again whether it must."""
    if not rebuild_due(backends):
        return
    status = backends.search.status()
    with backends.begin(SYSTEM) as uow:
        uow.record(BEGUN, "index", None, documents=status.documents)
    log.warning("index.rebuild-begun", documents=status.documents, detail=status.detail)
    try:
        report, _ = rebuild(backends)
    except RebuildRunning:
        log.info("index.rebuild-runs-already")
        return
    log.info("index.rebuilt", swapped=report.swapped, documents=report.documents, rounds=report.rounds)


def _settled(uow: UnitOfWork) -> int:
    """Documents that the index is known to hold in their newest state; counts so many at most."""
    held = select(Document.id).where(in_use(), Document.indexed_revision == Document.revision).limit(MOST_COUNTED)
    return uow.session.scalar(select(func.count()).select_from(held.subquery())) or 0


def _lost(status: Status, settled: int) -> bool:
    """Whether less than half of what was written is there: it began anew from nothing. `settled` was read first."""
    return status.healthy and status.documents * 2 < settled
