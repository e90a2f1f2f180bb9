"""Named faults: what can go wrong outside the program, done for real instead of patched."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.jobs import Job
from config.settings import Settings


def broker_down(_job: Job, _row_id: int) -> None:
    """A queue that cannot be reached: every ring is lost."""
    raise ConnectionRefusedError("broker down")


def index_lost(settings: Settings) -> None:
    """The directory of the embedded index is gone."""
    shutil.rmtree(settings.index, ignore_errors=True)


@contextmanager
def full_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A small file system of its own at `folder`; skips where this account may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this container may not mount a small file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def python(settings: Settings, code: str) -> subprocess.Popen[str]:
    """Another process of ours over the same data; `settings` and `backends` are there for the code."""
    opening = (
        "from config.settings import Settings\n"
        "from app import logs\n"
        "from app.backends import Backends\n"
        "logs.configure()\n"
        "settings = Settings.from_environment()\n"
        "backends = Backends.from_settings(settings)\n"
    )
    environment = {
        **os.environ,
        "HOSO_HOME": str(settings.home),
        "HOSO_DATABASE_URL": settings.database_url,
        "HOSO_SEARCH_URL": settings.search_url or "",
        "HOSO_SEARCH_INDEX": settings.search_index,
        "HOSO_STORE_URL": f"file://{settings.store}",
    }
    return subprocess.Popen(
        [sys.executable, "-c", opening + code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def killed(process: subprocess.Popen[str]) -> None:
    """kill -9 of a process and all that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def filled(folder: Path) -> Path:
    """Fill the file system of this folder to the last block; removing the returned file makes room again."""
    filler = folder / "filler"
    handle = os.open(filler, os.O_CREAT | os.O_WRONLY)
    try:
        for size in (4096, 1):
            try:
                while True:
                    os.write(handle, b"0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    finally:
        os.close(handle)
    return filler
