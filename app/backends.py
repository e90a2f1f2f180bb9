"""The one place that commits: units of work over the database, the store, the search index and the queue.

`Backends.begin(actor)` opens a writing unit of work, `Backends.read()` one that cannot write. Jobs asked for inside
are sent after the block committed and closed its session; events are written as the last statements before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor
from app.chain import EventChainWriter, EventLine
from app.jobs import Job
from app.storage import FileStore
from config.settings import Settings
from indexer import SearchBackend, open_backend

log = structlog.get_logger()

Send = Callable[[Job, int], None]
BUSY_MS = 30_000  # how long a writer waits for another one on SQLite
KEPT = "kept"  # in `Session.info` of a unit that cannot write: what it read once and may use again

_open_units: ContextVar[int] = ContextVar("open_units", default=0)


def in_unit_of_work() -> bool:
    """Whether a unit of work is open here; tests refuse to start children or requests while one is."""
    return _open_units.get() > 0


@dataclass(slots=True)
class UnitOfWork:
    """One unit of work. Services take it first and never end it themselves."""

    session: Session
    actor: Actor
    store: FileStore
    now: datetime
    _search: Callable[[], SearchBackend]
    _jobs: dict[tuple[Job, int], None] = field(default_factory=dict)
    _events: list[EventLine] = field(default_factory=list)

    @property
    def search(self) -> SearchBackend:
        """The search index, to ask; it is written in jobs only."""
        return self._search()

    def defer(self, job: Job, row_id: int) -> None:
        """Ask for a job; it is sent once, after the commit."""
        self._jobs[(job, row_id)] = None

    def acting_as(self, actor: Actor) -> "UnitOfWork":
        """The same unit of work for what is done in the name of somebody else: their scope decides. The audit trail
        names who acts in truth."""
        return replace(self, actor=actor)

    def record(self, kind: str, object_kind: str, object_id: int | None, /, **detail: Any) -> None:
        """Write a line into the audit trail. `detail` never holds personal data or document text; what the actor stated
        as purpose goes along."""
        if (why := self.actor.purpose) is not None:
            detail |= {"purpose": why.text, "case_number": why.case_number}
        self._events.append(EventLine(kind, object_kind, object_id, detail))


class Backends:
    """The database, the store, the index and the queue behind one door."""

    def __init__(
        self,
        settings: Settings,
        *,
        send: Send | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settings = settings
        self.store = FileStore(settings.store, quota=settings.store_quota_bytes)
        self.chain = EventChainWriter(settings.keys)
        self._send = send
        self._clock = clock or _utc_now
        self._search: SearchBackend | None = None
        self.writer, self.reader = _engines(settings.database_url)

    @classmethod
    def from_settings(cls, settings: Settings, *, send: Send | None = None) -> "Backends":
        """All parts as the settings name them; nothing is opened before it is used."""
        return cls(settings, send=send)

    @property
    def search(self) -> SearchBackend:
        """The search index, opened on first use."""
        if self._search is None:
            self._search = open_backend(
                self.settings.search_url or self.settings.index,
                api_key=self.settings.search_api_key,
                ca_certs=self.settings.search_ca,
                name=self.settings.search_index,
                shards=self.settings.search_shards,
                replicas=self.settings.search_replicas,
            )
        return self._search

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._clock()

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A writing unit of work: commits when the block ends, forgets everything when it raises."""
        with Session(self.writer, expire_on_commit=False) as session:
            uow = UnitOfWork(session, actor, self.store, self.now(), lambda: self.search)
            token = _open_units.set(_open_units.get() + 1)
            try:
                yield uow
                session.flush()
                if uow._events:
                    self.chain.append(session, uow.actor, uow.now, uow._events)
                session.commit()
            finally:
                _open_units.reset(token)
        self._ring(uow)

    @contextmanager
    def read(self, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        """A unit of work that cannot write."""
        with Session(self.reader, expire_on_commit=False, info={KEPT: {}}) as session:
            token = _open_units.set(_open_units.get() + 1)
            try:
                yield UnitOfWork(session, actor, self.store, self.now(), lambda: self.search)
            finally:
                _open_units.reset(token)

    def _ring(self, uow: UnitOfWork) -> None:
        """Send the jobs asked for. A lost ring only delays: the sweep finds whatever is due."""
        if self._send is None:
            return
        for job, row_id in uow._jobs:
            try:
                self._send(job, row_id)
            except OSError as error:
                log.warning("job.not-sent", job=job, row=row_id, error=type(error).__name__)

    def ring(self, job: Job, row_id: int) -> None:
        """Send one job outside any unit of work (the sweep)."""
        if self._send is not None:
            self._send(job, row_id)

    def close(self) -> None:
        """Let go of connections and the index."""
        if self._search is not None:
            self._search.close()
            self._search = None
        self.writer.dispose()
        self.reader.dispose()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _engines(url: str) -> tuple[Engine, Engine]:
    """A writing and a reading engine. On SQLite writers take the lock at once and readers cannot write."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=20, hide_parameters=True)
        return engine, engine.execution_options(postgresql_readonly=True)
    return _sqlite_engine(url, "BEGIN IMMEDIATE", query_only=False), _sqlite_engine(url, "BEGIN", query_only=True)


def _sqlite_engine(url: str, begin: str, *, query_only: bool) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; see `_begin`
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        if query_only:
            cursor.execute("PRAGMA query_only=ON")
        else:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
