"""What the collection teaches about accents: learned from its own documents in the background (job LEARN), kept as one
row, used where a question has none.

Pairs of syllables come from titles, subjects and pages of documents without flags, never from fields of names, and are
kept only where at least 20 documents of 5 cases hold them (`indexer.accents`).
"""

import hashlib
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.models import Document, LearnedAccents, in_use
from app.services.indexing import project_all
from indexer.accents import LEAST_DOCUMENTS, AccentModel, Learning

log = structlog.get_logger()

SAMPLE = 20_000  # documents, the newest ones: a pair that is missing among so many is rare
BATCH = 50
GROWN = 0.1  # share of documents more or fewer since it was learned
AGAIN = timedelta(hours=1)  # not more often
OLD = timedelta(days=7)  # and at least so often while anything changes

_open: dict[str, AccentModel] = {}
"""Models open in this process by the hash of their content: the same bytes are the same model in every database."""


_LAST = select(LearnedAccents.sha256).order_by(LearnedAccents.id.desc()).limit(1)


def accents(uow: UnitOfWork) -> AccentModel | None:
    """What was last learned; None before anything was."""
    sha256 = uow.session.scalar(_LAST)
    if sha256 is None:
        return None
    if sha256 not in _open:
        data = uow.session.scalar(select(LearnedAccents.data).where(LearnedAccents.sha256 == sha256).limit(1))
        if data is None:
            return None
        _open.clear()
        _open[sha256] = AccentModel.from_bytes(data)
    return _open.get(sha256)


def accents_due(uow: UnitOfWork) -> bool:
    """Whether the collection has changed enough to learn from it again."""
    row = uow.session.execute(
        select(LearnedAccents.learned_at, LearnedAccents.documents).order_by(LearnedAccents.id.desc()).limit(1)
    ).one_or_none()
    if row is not None and uow.now - row.learned_at < AGAIN:
        return False
    count = uow.session.scalar(select(func.count()).select_from(Document).where(in_use())) or 0
    if row is None:
        return count >= LEAST_DOCUMENTS
    learned_at, documents = row
    changed = abs(count - documents)
    return bool(changed > GROWN * documents or (changed > 0 and uow.now - learned_at > OLD))


def learn_accents(backends: Backends) -> None:
    """Learn where it is due; nothing is locked while documents are read."""
    with backends.read() as uow:
        if not accents_due(uow):
            return
        count = uow.session.scalar(select(func.count()).select_from(Document).where(in_use())) or 0
    model = _learned(backends)
    data = model.to_bytes()
    with backends.begin(SYSTEM) as uow:
        uow.session.execute(delete(LearnedAccents))
        row = LearnedAccents(learned_at=uow.now, documents=count, sha256=hashlib.sha256(data).hexdigest(), data=data)
        uow.session.add(row)
    log.info("accents.learned", documents=count, pairs=len(model), bytes=len(data))


def _learned(backends: Backends) -> AccentModel:
    learning = Learning()
    below: int | None = None
    while learning.documents < SAMPLE:
        with backends.read() as uow:
            query = select(Document).where(in_use()).order_by(Document.id.desc()).limit(BATCH)
            rows = uow.session.scalars(query if below is None else query.where(Document.id < below)).all()
            documents = project_all(uow, rows)
        if not rows:
            break
        below = rows[-1].id
        for document in documents:
            if not document.flags:
                learning.add((document.title, document.subject, *(p.text for p in document.pages)), document.case_ids)
    return learning.model()
