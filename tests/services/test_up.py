"""Rules of the script that starts the real services; run with the broker alone, the smallest of them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UP = Path(__file__).parent / "up.py"
ASK = "import os, socket; from urllib.parse import urlsplit as s; "
PING = (
    ASK
    + "u = s(os.environ['HOSO_TEST_BROKER_URL']); socket.create_connection((u.hostname, u.port)); raise SystemExit(7)"
)


def up(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(UP), *arguments], check=False, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("arguments", [(), ("--only", "broker"), ("--",), ("--only", "printer", "--", "true")])
def test_wrong_use_is_two(arguments: tuple[str, ...]) -> None:
    assert up(*arguments).returncode == 2


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_the_command_gets_a_living_server_and_its_exit_code_is_returned() -> None:
    done = up("--only", "broker", "--", sys.executable, "-c", PING)
    assert done.returncode == 7, done.stderr


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_nothing_is_left_running() -> None:
    done = up("--only", "broker", "--", "true")
    address = done.stdout.strip().rsplit("/", 2)[1]
    left = subprocess.run(["pgrep", "-f", f"redis-server.*:{address.split(':')[1]}"], check=False)
    assert (done.returncode, left.returncode) == (0, 1)
