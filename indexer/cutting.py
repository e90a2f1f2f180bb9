"""Cutting many documents into entries: here and in one process beside, in the order in which the documents come.

A rebuild spends most of its time on this. The process beside is a plain child, for a worker of the queue may not fork
a pool; it ends with its standard input, also when whoever started it is killed. There is no thread: one that speaks
with the child waits for its turn at every piece of a message, and the child would idle most of the time (measured).
"""

import fcntl
import logging
import os
import pickle
import select
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO

from indexer.backend import SearchDocument
from indexer.rows import Entry, entry

ALONE = 500  # documents cut before the process beside is worth its start of a quarter of a second

BATCH_DOCUMENTS = 50
BATCH_LETTERS = 100_000  # a document of a thousand pages is a batch of its own

GIVEN_AHEAD = 4  # batches at the process beside, so that it never waits for the next one
MOST_WAITING = 8  # batches, those cut here among them, that wait for an earlier one from beside

PIPE_BYTES = 1 << 20  # what Linux allows everybody

GIVES_WAY = 10  # niceness: who searches and reads goes first

log = logging.getLogger(__name__)


def entries(documents: Iterable[SearchDocument]) -> Generator[Entry]:
    """The entries of documents, in their order. Close the generator when it is left before its end."""
    coming = iter(documents)
    yield from map(entry, islice(coming, ALONE))
    following = next(coming, None)
    if following is None:
        return
    coming = chain((following,), coming)
    beside = _started() if len(os.sched_getaffinity(0)) > 1 else None
    if beside is None:
        yield from map(entry, coming)
        return
    with beside:
        waiting: deque[list[Entry] | None] = deque()  # None: the next from beside
        for batch in _batches(coming):
            waiting.append(None if beside.give(batch) else _cut(batch))
            while waiting and (waiting[0] is not None or beside.is_ready() or len(waiting) > MOST_WAITING):
                yield from waiting.popleft() or beside.take()
        while waiting:
            yield from waiting.popleft() or beside.take()


class Beside:
    """One process that cuts batches; when it is lost, its batches are cut here and nothing is missing."""

    def __init__(self) -> None:
        # Nothing is imported from where the operator happens to stand.
        command = [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._to, self._from = _pipe(self.process.stdin), _pipe(self.process.stdout)
        # A batch is given only where the pipe holds it whole: writing never waits, so neither waits for the other.
        self._most = min(map(_widened, (self._to, self._from))) // GIVEN_AHEAD
        self._given: deque[list[SearchDocument]] = deque()
        self._lost = False

    def __enter__(self) -> "Beside":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # what it has in hand nobody wants any more
        self.process.communicate()

    def give(self, batch: list[SearchDocument]) -> bool:
        """Whether the batch was taken: not when there are enough, it is too large or the process is lost."""
        if self._lost or len(self._given) == GIVEN_AHEAD:
            return False
        message = pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)
        if len(message) > self._most:
            return False
        try:
            self._to.write(message)
            self._to.flush()
        except OSError as error:
            self._lose(error)
            return False
        self._given.append(batch)
        return True

    def is_ready(self) -> bool:
        """Whether the oldest batch given is cut, so that taking it does not wait."""
        return self._lost or bool(select.select([self._from], [], [], 0)[0])

    def take(self) -> list[Entry]:
        """The entries of the oldest batch given; waits for them."""
        batch = self._given.popleft()
        if not self._lost:
            try:
                found: list[Entry] = pickle.load(self._from)  # noqa: S301 - our own process made it
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self._lose(error)
            else:
                return found
        return _cut(batch)

    def _lose(self, error: Exception) -> None:
        self._lost = True
        log.warning("search.cutting-process-lost", extra={"error": repr(error)})


def _started() -> Beside | None:
    """The process beside; None where the machine has no room for one."""
    try:
        return Beside()
    except OSError as error:
        log.warning("search.cutting-process-lost", extra={"error": repr(error)})
        return None


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None  # noqa: S101 - both were asked for
    return end


def _widened(pipe: IO[bytes]) -> int:
    """Bytes that a pipe holds after it was asked to hold more."""
    try:
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:  # the account has too many wide pipes open
        return fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)


def _cut(batch: Sequence[SearchDocument]) -> list[Entry]:
    return [entry(document) for document in batch]


def _batches(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    batch: list[SearchDocument] = []
    letters = 0
    for document in documents:
        batch.append(document)
        letters += sum(len(page.text) for page in document.pages)
        if len(batch) == BATCH_DOCUMENTS or letters >= BATCH_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def serve() -> None:
    """In the process beside: cut the batches that arrive until there are no more."""
    os.nice(GIVES_WAY)
    while True:
        try:
            batch = pickle.load(sys.stdin.buffer)  # noqa: S301 - whoever started this process sends it
        except EOFError:
            return
        sys.stdout.buffer.write(pickle.dumps(_cut(batch), pickle.HIGHEST_PROTOCOL))
        sys.stdout.buffer.flush()
