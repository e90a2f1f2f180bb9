"""Several processes under one hand: web, the workers and the scheduler, started again with back-off when one stops.

The directories of the embedded transport are made again before a worker is, since their removal kills it.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from app.tasks import make_broker_folders
from config.settings import Settings

log = structlog.get_logger()

FIRST_WAIT = 0.5  # seconds before the first restart; doubled each time up to the longest
LONGEST_WAIT = 30.0
STEADY = 60.0  # a process that ran this long starts again from the first wait
TERM_GRACE = 6.0  # seconds to finish what is in hand, so that Ctrl-C takes less than ten; the sweep takes back the rest
TICK = 0.2


@dataclass(slots=True)
class Child:
    """One supervised process."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = 0.0
    starts: int = field(default=0)


class Supervisor:
    """Starts the children, keeps them running, stops them all."""

    def __init__(self, settings: Settings, commands: Mapping[str, Sequence[str]]) -> None:
        self.settings = settings
        self.children = [Child(name, arguments) for name, arguments in commands.items()]
        self._stopping = False

    def run(self, *, when_up: Callable[[], None] | None = None, each_tick: Callable[[], None] | None = None) -> int:
        """Until SIGINT or SIGTERM; then all children are ended in order. `each_tick` is called every `TICK` seconds."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                self._start(child)
            if when_up is not None:
                when_up()
            while not self._stopping:
                self._tick()
                if each_tick is not None:
                    each_tick()
                time.sleep(TICK)
        finally:
            ended = self._end()  # whatever happened here: children have sessions of their own and would live on
        return ended

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, child: Child) -> None:
        if self.settings.broker_url is None:
            make_broker_folders(self.settings)
        self.settings.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.settings.logs / f"{child.name}.log").open("ab") as out:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", *child.arguments],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches this process alone, which then ends them in order
                env={**os.environ, "HOSO_HOME": str(self.settings.home)},
            )
        child.started = time.monotonic()
        child.starts += 1

    def _tick(self) -> None:
        now = time.monotonic()
        if self.settings.broker_url is None:
            make_broker_folders(self.settings)
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    self._start(child)
            elif child.process.poll() is not None:
                if now - child.started > STEADY:
                    child.wait = FIRST_WAIT
                log.warning("process.stopped", name=child.name, status=child.process.returncode, again_in=child.wait)
                child.process, child.due = None, now + child.wait
                child.wait = min(child.wait * 2, LONGEST_WAIT)

    def _end(self) -> int:
        living = [child for child in self.children if child.process is not None and child.process.poll() is None]
        for child in living:
            _signal(child, signal.SIGTERM)
        edge = time.monotonic() + TERM_GRACE
        killed = 0
        for child in living:
            try:
                _process(child).wait(timeout=max(0.1, edge - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed += 1
            _signal(child, signal.SIGKILL)  # whatever of the group is left: pool processes, a reading child
        if killed:
            log.warning("process.killed", count=killed)
        return 0


def _process(child: Child) -> subprocess.Popen[bytes]:
    if child.process is None:
        raise RuntimeError(f"{child.name} was never started")
    return child.process


def _signal(child: Child, number: signal.Signals) -> None:
    try:
        os.killpg(_process(child).pid, number)
    except ProcessLookupError:
        log.debug("process.gone", name=child.name)
