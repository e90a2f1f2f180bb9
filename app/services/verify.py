"""Is everything still there and unchanged: stored bytes against their hashes, and the event chain (`hoso verify`)."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from app.actor import SYSTEM
from app.backends import Backends
from app.chain import ChainReport
from app.models import Export, StoredFile

ORPHAN_AGE = timedelta(days=1)  # longer than any upload takes between storing its bytes and its commit


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Files checked, those lost or changed (by id), orphan bytes seen and removed, and the state of the chain."""

    files: int
    damaged: tuple[int, ...]
    orphans: int
    removed: int
    chain: ChainReport

    @property
    def is_whole(self) -> bool:
        """Whether nothing is lost and nothing was changed."""
        return not self.damaged and self.chain.broken_at is None


def verify(backends: Backends, *, remove_orphans: bool = False) -> VerifyReport:
    """Read every stored byte and every event. Orphans older than a day are removed where asked."""
    with backends.read() as uow:
        rows = uow.session.execute(select(StoredFile.id, StoredFile.sha256, StoredFile.cleared_at)).all()
        exported = set(uow.session.scalars(select(Export.sha256).where(Export.sha256.is_not(None))))
        chain = backends.chain.check(uow.session)
    damaged = tuple(
        sorted(row.id for row in rows if row.cleared_at is None and not backends.store.is_whole(row.sha256))
    )
    known = {
        row.sha256 for row in rows if row.cleared_at is None
    }  # an upload that broke off may have stored them again
    orphans = [sha256 for sha256 in backends.store.hashes() if sha256 not in known | exported]
    removed = 0
    if remove_orphans:
        edge = (backends.now() - ORPHAN_AGE).timestamp()
        removed = sum(backends.store.remove_orphan(sha256, older_than=edge) for sha256 in orphans)
    report = VerifyReport(len(rows), damaged, len(orphans), removed, chain)
    with backends.begin(SYSTEM) as uow:
        uow.record(
            "store.verified",
            "store",
            None,
            files=report.files,
            damaged=len(damaged),
            orphans=len(orphans),
            removed=removed,
            chain_holds=chain.broken_at is None,
        )
    return report
