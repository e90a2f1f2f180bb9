"""Where tests write: a directory in memory, where the machine has room for it.

Databases, stores and indices wait for the disk: a test of the rules does so 17 times (counted 22/11/2026), 5 ms each
on a disk and 0.04 ms in memory. Standard library only: `tests/services/up.py` asks here too.
"""

import os
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - the place that the system keeps for files in memory
LEAST_ROOM = 2 * 1024**3  # bytes: a run leaves some 400 MB there, servers of `make test-services` as much again
LEAST_MEMORY = 4 * 1024**3  # bytes of memory that must be to spare, beside what the tests themselves need
VARIABLE = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest makes its temporary directories; whoever sets it has the last word."""


def in_memory() -> Path | None:
    """The directory in memory; None where there is none, it is small, or it forbids programs."""
    try:
        room = os.statvfs(MEMORY)
        available = next(line for line in Path("/proc/meminfo").read_text().splitlines() if "MemAvailable" in line)
    except (OSError, StopIteration):
        return None
    if room.f_bavail * room.f_frsize < LEAST_ROOM or int(available.split()[1]) * 1024 < LEAST_MEMORY:
        return None
    return MEMORY if os.access(MEMORY, os.W_OK) and not room.f_flag & os.ST_NOEXEC else None


def use_memory() -> None:
    """Let pytest put the directories of this run there."""
    if (folder := in_memory()) is not None:
        os.environ.setdefault(VARIABLE, str(folder))
