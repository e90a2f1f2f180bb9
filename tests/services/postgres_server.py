"""PostgreSQL as Debian packages it, on a cluster of our own: it refuses to run as root, so root uses `postgres`."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.services.processes import Server, ServiceFailed, accepts, free_port, is_root, launch, wait_ready

ACCOUNT = "postgres"
DATABASE = "hoso"


def missing_packages() -> list[str]:
    """Debian packages that are not there."""
    return [] if programs() else ["postgresql"]


def programs() -> Path | None:
    """The directory of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def start(directory: Path, port: int | None = None) -> Server:
    """Make a cluster under `directory` and start it on loopback; returns at once."""
    home = programs()
    if home is None:
        raise ServiceFailed("no PostgreSQL")
    port = port or free_port()
    data = directory / "postgres"
    data.mkdir()
    if is_root():
        shutil.chown(data, ACCOUNT, ACCOUNT)
    cluster = data / "cluster"
    _run(
        [str(home / "initdb"), "-D", str(cluster), "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"], data
    )
    return launch(
        "postgres",
        [
            *(str(home / "postgres"), "-D", str(cluster), "-p", str(port)),
            *("-c", f"unix_socket_directories={data}", "-c", "listen_addresses=127.0.0.1"),
            # The cluster is thrown away with the run: what a power cut would take needs no wait for the disk.
            *("-c", "fsync=off", "-c", "full_page_writes=off"),
        ],
        url=f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{port}/{DATABASE}",
        directory=directory,
        stop=signal.SIGINT,  # fast shutdown
        user=ACCOUNT if is_root() else None,
    )


def ready(server: Server) -> None:
    """Wait until the server answers, then make the database."""
    home = programs()
    if home is None:
        raise ServiceFailed("no PostgreSQL")
    port = server.url.rsplit(":", 1)[1].split("/")[0]
    address = ["-h", "127.0.0.1", "-p", port, "-U", ACCOUNT]
    asked = [str(home / "pg_isready"), "-q", *address]
    wait_ready(server, lambda: accepts(int(port)) and subprocess.run(asked, check=False).returncode == 0)
    _run([str(home / "createdb"), *address, DATABASE], server.log.parent / "postgres")


def _run(command: list[str], directory: Path) -> None:
    user = ACCOUNT if is_root() else None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=directory,
        env=environment,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
    if done.returncode != 0:
        raise ServiceFailed(f"{Path(command[0]).name} failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
