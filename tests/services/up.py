"""Run a command with the real Elasticsearch, PostgreSQL and Redis behind it.

`python tests/services/up.py [--install] [--only search,database,broker] -- COMMAND...`

Starts the servers on free ports of loopback in a directory that it makes and removes, gives the command their addresses
in HOSO_TEST_SEARCH_URL, HOSO_TEST_DATABASE_URL and HOSO_TEST_BROKER_URL, stops what it started and returns the
command's exit code. Exit 2: wrong use or a Debian package is missing (named on one line; `--install` installs it when
root); exit 1: a server did not start. Needs the standard library only. Elasticsearch's jars are fetched once.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # run as a script: the packages of the project, not the files beside this one

from tests.scratch import in_memory  # noqa: E402
from tests.services import postgres_server, redis_server, search_node  # noqa: E402
from tests.services.processes import Server, ServiceFailed, end, is_root  # noqa: E402


@dataclass(frozen=True, slots=True)
class Service:
    """One kind of server: its short name, the variable with its address, and how it starts and gets ready."""

    name: str
    variable: str
    missing: Callable[[], list[str]]
    start: Callable[[Path], Server]
    ready: Callable[[Server], None]


SERVICES = (
    Service(
        "search",
        "HOSO_TEST_SEARCH_URL",
        search_node.missing_packages,
        search_node.start,
        search_node.ready,
    ),
    Service(
        "database",
        "HOSO_TEST_DATABASE_URL",
        postgres_server.missing_packages,
        postgres_server.start,
        postgres_server.ready,
    ),
    Service(
        "broker",
        "HOSO_TEST_BROKER_URL",
        redis_server.missing_packages,
        redis_server.start,
        redis_server.ready,
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Start, run, stop; see the module's text for exit codes."""
    options, command = _options(arguments)
    wanted = [service for service in SERVICES if service.name in options.only]
    if not _prepared(wanted, install=options.install):
        return 2
    signal.signal(signal.SIGTERM, _leave)
    # PostgreSQL's account must be able to enter the directory; a socket's path may have 107 characters.
    base = Path(tempfile.mkdtemp(prefix="hoso-services-", dir=in_memory()))
    base.chmod(0o711)
    servers: list[Server] = []
    try:
        for service in wanted:
            servers.append(service.start(base))
        for service, server in zip(wanted, servers, strict=True):
            service.ready(server)
        addresses = {service.variable: server.url for service, server in zip(wanted, servers, strict=True)}
        for variable, url in addresses.items():
            print(f"{variable}={url}", flush=True)
        return subprocess.run(command, check=False, env=os.environ | addresses).returncode
    except ServiceFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        for server in reversed(servers):
            end(server)
        shutil.rmtree(base, ignore_errors=True)


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="up.py", usage="up.py [--install] [--only NAMES] -- COMMAND...")
    parser.add_argument("--install", action="store_true", help="apt-get what is missing (root only)")
    parser.add_argument("--only", default="search,database,broker", type=lambda text: text.split(","))
    if "--" not in arguments:
        parser.error("a command is needed after --")
    at = list(arguments).index("--")
    options, command = parser.parse_args(arguments[:at]), list(arguments[at + 1 :])
    known = {service.name for service in SERVICES}
    if not command or not set(options.only) <= known:
        parser.error("a command after -- and only known services: " + ", ".join(sorted(known)))
    return options, command


def _prepared(wanted: Sequence[Service], *, install: bool) -> bool:
    missing = [package for service in wanted for package in service.missing()]
    if not missing:
        return True
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if not (install and is_root()):
        print(f"Missing; as root: {' '.join(line)}", file=sys.stderr)
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return all(
        subprocess.run(step, check=False, env=environment).returncode == 0 for step in (["apt-get", "update"], line)
    )


def _leave(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
