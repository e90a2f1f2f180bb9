"""The real program as other programs meet it: commands of `hoso`, and `hoso serve` with its workers, over a data
directory of the test's own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.backends import Backends
from config.settings import Settings
from tests.services.processes import free_port

UP_WITHIN = 60.0  # seconds; the processes are up in four on an idle machine
SETTLED_WITHIN = 120.0  # seconds for what a test waits for; a page is recognised in two on an idle machine
PAUSE = 0.1
FIRST_PASSWORD = re.compile(r"^ +(\S+) +([a-z0-9]{5}(?:-[a-z0-9]{5}){3}) ", re.MULTILINE)
"""Account and password as `hoso init` prints them."""


@dataclass(frozen=True, slots=True)
class Home:
    """A data directory and the settings around it, given to every process as its environment."""

    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process over this directory: no setting of the tests' own leaks into it."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("HOSO_")}
        return plain | {"HOSO_HOME": str(self.folder)} | dict(self.more)

    @property
    def settings(self) -> Settings:
        """The same settings in this process."""
        return Settings.from_environment({"HOSO_HOME": str(self.folder)} | dict(self.more))

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """One command of `hoso` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def json(self, *arguments: str | Path, status: int = 0) -> Any:
        """The value that a command prints with `--json`; all of its standard output is that value."""
        done = self.run(*arguments, "--json")
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def refused(self, *arguments: str | Path, status: int) -> str:
        """What a command says on standard error when it ends with this status; it prints nothing else."""
        done = self.run(*arguments)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.stdout == ""
        assert "Traceback" not in done.stderr
        return done.stderr

    @contextmanager
    def backends(self) -> Iterator[Backends]:
        """Everything behind one door, in this process; jobs asked for wait for the sweep."""
        made = Backends.from_settings(self.settings)
        try:
            yield made
        finally:
            made.close()


def until(is_so: Callable[[], bool], what: str, within: float = SETTLED_WITHIN) -> None:
    """Wait for something that another process does; fails with `what` did not come."""
    edge = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < edge, f"after {within:.0f} s: {what}"
        time.sleep(PAUSE)


@dataclass(slots=True)
class Served:
    """A running `hoso serve`."""

    home: Home
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, token: str | None = None) -> Any:
        """A JSON answer; None where the server does not answer."""
        request = urllib.request.Request(self.url + path, headers={"Accept": "application/json"})  # noqa: S310
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def upload(self, token: str, name: str, content: bytes) -> dict[str, Any]:
        """Send one file over REST; the receipt of its batch."""
        edge = "----hoso-test-edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        request = urllib.request.Request(  # noqa: S310
            self.url + "/api/v1/documents",
            data=body,
            headers={"Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={edge}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            assert answer.status == 202
            receipt: dict[str, Any] = json.load(answer)
            return receipt

    def settled(self, token: str, batch: int) -> dict[str, Any]:
        """The receipt of a batch when nothing of it waits any more."""
        path = f"/api/v1/batches/{batch}"
        until(lambda: (self.get(path, token) or {"waiting": 1})["waiting"] == 0, f"batch {batch} settled")
        receipt: dict[str, Any] = self.get(path, token)
        return receipt

    def is_up(self) -> bool:
        return bool((self.get("/health") or {}).get("status") == "up")

    def stop(self, within: float) -> int:
        """Ctrl-C; the exit code of the supervisor. Fails where it takes longer."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=within)

    def said(self) -> str:
        """What it printed, for a failing test."""
        logs = sorted((self.home.folder / "logs").glob("*.log"))
        return "\n".join([self.output.read_text(), *(f"{log.name}:\n{log.read_text()[-2000:]}" for log in logs)])


def start(home: Home, port: int | None = None) -> Served:
    """Start `hoso serve` in a session of its own and wait until its pages answer."""
    port = port or free_port()
    output = home.folder.parent / f"{home.folder.name}-serve.log"
    with output.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"],
            env=home.environment | {"HOSO_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    served = Served(home, port, process, output)
    edge = time.monotonic() + UP_WITHIN
    while not served.is_up():
        if process.poll() is not None or time.monotonic() > edge:
            end(served)
            raise AssertionError(f"hoso serve is not up:\n{served.said()}")
        time.sleep(PAUSE)
    return served


def end(served: Served) -> None:
    """Whatever state it is in: nothing of it stays behind a test."""
    if served.process.poll() is None:
        served.process.terminate()
        try:
            served.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            served.process.kill()
            served.process.wait()
    for pid in living(served.home):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def living(home: Home) -> dict[int, str]:
    """The processes over this data directory, by what they were started as: found by their environment, in whatever
    session they are."""
    mark = f"HOSO_HOME={home.folder}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it ended while we looked, or belongs to somebody else
        if mark in environment and command:
            found[int(entry.name)] = command
    return found
