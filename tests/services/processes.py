"""Starting a server as a child process, waiting until it answers, stopping it: for scripts, standard library only."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN = 120.0  # seconds; Elasticsearch is up in 5 on an idle machine
STOP_WITHIN = 30.0  # seconds

_PR_SET_PDEATHSIG = 1  # prctl(2)


class ServiceFailed(Exception):
    """A server could not be started; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of ours. `stop` is the signal that makes it end in order."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    stop: signal.Signals


def free_port() -> int:
    """A port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(
    name: str, command: Sequence[str], *, url: str, directory: Path, stop: signal.Signals, user: str | None = None
) -> Server:
    """Start a server in a directory of ours, as another account where root must not be used; it ends when we do."""
    log = directory / f"{name}.log"

    def end_with_parent() -> None:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, stop.value)

    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            preexec_fn=end_with_parent,
            start_new_session=True,
        )
    return Server(name, url, process, log, stop)


def wait_ready(server: Server, answers: Callable[[], bool]) -> None:
    """Return when the server answers; `ServiceFailed` when it ended or time is up."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise ServiceFailed(f"{server.name} ended with {server.process.returncode}:\n{tail(server.log)}")
        if answers():
            return
        time.sleep(0.2)
    raise ServiceFailed(f"{server.name} does not answer after {READY_WITHIN:.0f} s:\n{tail(server.log)}")


def accepts(port: int) -> bool:
    """Whether something listens on this port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(server: Server) -> None:
    """Stop one server that we started, hard only when it does not listen."""
    if server.process.poll() is not None:
        return
    server.process.send_signal(server.stop)
    try:
        server.process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def is_root() -> bool:
    """Whether we are the superuser."""
    return os.geteuid() == 0
