"""Search in a directory, with Tantivy.

`current` names the live generation; readers look at it (and at the meta files) before every question, so that every
process sees the last commit and the last swap. One process writes at a time: it holds `write.lock`, a lock of the
operating system that ends with its process. While a rebuild fills the next generation, which only its process writes,
every write is also noted for it (`filling`), so that no index job waits for a rebuild. A live generation of another
version answers and takes rows as `older` says.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from indexer.asking import Reader, ask, count
from indexer.backend import (
    Bucket,
    Check,
    Fetch,
    Found,
    RebuildReport,
    Revision,
    SearchDocument,
    SearchRequest,
    Status,
    Suggested,
    Typed,
    Written,
)
from indexer.cutting import entries
from indexer.errors import RebuildRunning, SearchBusy, SearchDamaged, SearchDown, SearchError, SearchOutdated
from indexer.faceting import every_value
from indexer.filling import Filling, Notes
from indexer.generation import Generation, stamp_of, write_pointer
from indexer.query import parse
from indexer.rows import Entry, entry, removal
from indexer.suggesting import suggest
from indexer.tantivy_reader import TantivyReader, best_pages

REBUILD_ROUNDS = 20
REBUILD_PAUSE = 0.5  # seconds between rounds, so that index jobs get the lock

T = TypeVar("T")

log = logging.getLogger(__name__)


class EmbeddedBackend:
    """`SearchBackend` in a directory. Many processes may read and write; one writes at a time."""

    def __init__(
        self,
        root: Path,
        *,
        lock_timeout: float = 30.0,
        rounds: int = REBUILD_ROUNDS,
        pause: float = REBUILD_PAUSE,
    ) -> None:
        self._root = root
        self._rounds = rounds
        self._pause = pause
        self._wait = lock_timeout
        self._guard = threading.RLock()
        self._open: tuple[tuple[int, int, int], Generation] | None = None
        self._rebuilding = False
        with suppress(OSError):  # a directory that cannot be used is told by the question or the write that needs it
            root.mkdir(parents=True, exist_ok=True)
        self._turn = FileLock(root / "write.lock")
        self._one_rebuild = FileLock(root / "rebuild.lock")

    # --- Questions ---

    def find(self, request: SearchRequest) -> Found:
        """Answer a question over the last commit."""
        return self._read(lambda live: live.shape.told(ask(_reader(live), request)))

    def count(self, requests: Sequence[SearchRequest]) -> tuple[int, ...]:
        """Totals over one commit."""
        return self._read(lambda live: count(_reader(live), requests))

    def every_value(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...] | None:
        """All values of a facet over one commit."""
        return self._read(lambda live: every_value(_reader(live), request, facet))

    def suggest(self, typed: Typed) -> Suggested:
        """Beginnings of words over one commit."""
        return self._read(lambda live: suggest(_reader(live), typed))

    def pages(
        self, ids: Sequence[int], text: str, limit_per_document: int = 3, *, every: bool = False
    ) -> dict[int, tuple[int, ...]]:
        """The best pages of each of these documents."""
        question = parse(text)
        return self._read(
            lambda live: (
                best_pages(live.pages, ids, question, limit_per_document, every=every) if live.shape.has_pages else {}
            )
        )

    def revisions(self) -> Iterator[Revision]:
        """All (id, revision) of one commit, by id."""
        return iter(self._read(lambda live: list(live.revisions())))

    def status(self) -> Status:
        """Documents and health."""
        beside = self._filled_beside()
        try:
            count, shape = self._read(lambda live: (live.count(), live.shape))
        except SearchError as error:
            return Status("tantivy", 0, False, str(error), outdated=self._cannot_be_opened(), beside=beside)
        return Status("tantivy", count, True, str(self._root), outdated=not shape.is_current, beside=beside)

    def _filled_beside(self) -> int | None:
        """How many documents a running rebuild has written; None where none runs."""
        try:
            if not (self._root / "building").exists() or not self._rebuild_runs():
                return None
            return Generation(self._root / self._name("building")).count()
        except (ValueError, OSError, SearchError):
            return 0  # it begins or ends at this moment

    def _cannot_be_opened(self) -> bool:
        """Whether the live generation is not one: damaged, half there, or without what the permission needs."""
        try:
            Generation(self._root / self._name("current")).count()
        except (ValueError, FileNotFoundError, SearchDown, SearchOutdated):
            return True
        except OSError:
            return False
        return False

    def _read(self, work: Callable[[Generation], T]) -> T:
        """Run a reading step; once more where the generation was swapped away under it."""
        for attempt in (1, 2, 3):
            try:
                return work(self._live())
            except (ValueError, OSError, SearchDown) as error:
                with self._guard:
                    self._open = None
                if attempt == 3:
                    raise SearchDown(str(error)) from error
        raise AssertionError("unreachable")

    def _live(self) -> Generation:
        """The generation that `current` names, opened again when the name changed."""
        with self._guard:
            stamp = stamp_of(self._root / "current")
            if stamp is None:
                self._make_first()
                stamp = stamp_of(self._root / "current")
            if stamp is None:
                raise SearchDown(f"no index in {self._root}")
            if self._open is None or self._open[0] != stamp:
                self._open = stamp, Generation(self._root / self._name("current"))
            return self._open[1]

    def _make_first(self) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        with self._lock(self._wait):
            if not (self._root / "current").exists():
                name = self._next_name()
                Generation.create(self._root / name)
                write_pointer(self._root / "current", name)

    # --- Writing ---

    def write(self, documents: Sequence[SearchDocument]) -> Written:
        """Write documents; durable and visible to every process when it returns."""
        return self._put([entry(document) for document in documents])

    def remove(self, rows: Sequence[Revision]) -> Written:
        """Remove documents, keeping the revision of the removal."""
        return self._put([removal(id_, revision) for id_, revision in rows])

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the turn to write; nested use in one thread is one turn."""
        with self._lock(wait):
            yield

    @contextmanager
    def _lock(self, wait: float) -> Iterator[None]:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            self._turn.acquire(timeout=wait)
        except Timeout as error:
            raise SearchBusy(f"write.lock was held for {wait} s") from error
        except OSError as error:
            raise SearchDown(str(error)) from error
        try:
            yield
        finally:
            self._turn.release()

    def _put(self, entries: Sequence[Entry]) -> Written:
        if not entries:
            return Written((), ())
        with self._lock(self._wait), _told_as_down():
            written = self._live().put(entries)
            beside = self._building()
            if beside is not None:
                Notes(beside.path).add(entries)
        return written

    def _building(self) -> Generation | None:
        """The generation a rebuild fills; what a dead rebuild left behind is forgotten. Holding the turn.

        One that another version of the program fills is left to it: what is written meanwhile it fetches at its end.
        """
        if not (self._root / "building").exists():
            return None
        if not self._rebuild_runs():
            self._sweep()
            return None
        beside = Generation(self._root / self._name("building"))
        return beside if beside.shape.is_current else None

    def _rebuild_runs(self) -> bool:
        """Whether some process fills the next generation at this moment."""
        if self._rebuilding:
            return True
        try:
            self._one_rebuild.acquire(timeout=0)
        except Timeout:
            return True
        self._one_rebuild.release()
        return False

    # --- Rebuilding ---

    def rebuild(
        self, documents: Iterable[SearchDocument], *, check: Check, fetch: Fetch | None = None
    ) -> RebuildReport:
        """Fill the next generation beside the live one and swap when it equals `check()`."""
        with _told_as_down():
            self._root.mkdir(parents=True, exist_ok=True)
            try:
                self._one_rebuild.acquire(timeout=0)
            except Timeout as error:
                raise RebuildRunning("rebuild.lock is held") from error
        self._rebuilding = True
        try:
            return self._rebuild(documents, check, fetch)
        finally:
            self._rebuilding = False
            self._one_rebuild.release()

    def _rebuild(self, documents: Iterable[SearchDocument], check: Check, fetch: Fetch | None) -> RebuildReport:
        try:
            with self._lock(self._wait), _told_as_down():
                self._sweep()
                name = self._next_name()
                beside = Generation.create(self._root / name)
                write_pointer(self._root / "building", name)
            self._fill(beside, documents)
            return self._swap_when_equal(beside, check, fetch)
        finally:
            with self._lock(self._wait):
                self._sweep()

    def _fill(self, beside: Generation, documents: Iterable[SearchDocument]) -> None:
        with _told_as_down():
            filling = Filling(beside)
        try:
            with closing(entries(documents)) as cut:
                for item in cut:
                    with _told_as_down():
                        filling.add(item)
            with _told_as_down():
                filling.finish()
        finally:
            filling.close()

    def _swap_when_equal(self, beside: Generation, check: Check, fetch: Fetch | None) -> RebuildReport:
        missing: list[Revision] = []
        extra: list[Revision] = []
        notes = Notes(beside.path)
        with _told_as_down():  # most of it while others write; the rest below
            notes.take(beside)
        for round_ in range(1, self._rounds + 1):
            with self._lock(self._wait), _told_as_down():
                notes.take(beside)
                wanted = dict(check())
                present = self._without_removals(beside, wanted)
                missing = sorted(wanted.items() - present.items())
                extra = sorted(present.items() - wanted.items())
                if not missing and not extra:
                    write_pointer(self._root / "current", beside.path.name)
                    return RebuildReport(True, len(present), round_)
            if fetch is not None:
                with _told_as_down():
                    beside.put([entry(document) for document in fetch([id_ for id_, _ in missing])])
            else:
                time.sleep(self._pause)
        return RebuildReport(False, beside.count(), self._rounds, tuple(missing), tuple(extra))

    def _without_removals(self, beside: Generation, wanted: dict[int, int]) -> dict[int, int]:
        """What the next generation holds, after what the database does not have (read under the lock) was removed."""
        present = dict(beside.revisions())
        gone = dict(present)
        try:
            gone |= self._read(lambda live: dict(live.tombstones()))
        except SearchError as error:
            # It is damaged, which is why it is rebuilt; the removals it knew are in the database.
            log.warning("search.removals-unread", extra={"code": error.code})
        removals = [removal(id_, revision) for id_, revision in sorted(gone.items()) if id_ not in wanted]
        if not removals:
            return present
        beside.put(removals)
        return dict(beside.revisions())

    def clear(self) -> None:
        """Swap to an empty generation."""
        with self._lock(self._wait):
            name = self._next_name()
            Generation.create(self._root / name)
            write_pointer(self._root / "current", name)
            if not self._rebuilding:
                self._sweep()

    def close(self) -> None:
        """Forget the open generation; the next question opens it again."""
        with self._guard:
            self._open = None

    # --- Directory ---

    def _name(self, pointer: str) -> str:
        return (self._root / pointer).read_text(encoding="utf-8").strip()

    def _next_name(self) -> str:
        numbers = [int(path.name[1:]) for path in self._root.glob("g[0-9]*") if path.name[1:].isdigit()]
        return f"g{max(numbers, default=0) + 1:06}"

    def _sweep(self) -> None:
        """Delete the mark of a rebuild and every generation that is not live. Under the lock."""
        (self._root / "building").unlink(missing_ok=True)
        current = self._root / "current"
        keep = self._name("current") if current.exists() else ""
        for path in self._root.glob("g[0-9]*"):
            if path.name != keep:
                try:
                    shutil.rmtree(path)
                except OSError as error:
                    raise SearchDamaged(f"cannot remove {path.name}: {error}") from error


def _reader(live: Generation) -> Reader:
    return live.shape.reader(TantivyReader(live.documents))


@contextmanager
def _told_as_down() -> Iterator[None]:
    """What Tantivy and the file system refuse as our error."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise SearchDown(str(error)) from error
