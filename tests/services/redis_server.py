"""Redis as Debian packages it, without persistence, on loopback."""

import shutil
import signal
import socket
from pathlib import Path

from tests.services.processes import Server, accepts, free_port, launch, wait_ready


def missing_packages() -> list[str]:
    """Debian packages that are not there."""
    return [] if shutil.which("redis-server") else ["redis-server"]


def start(directory: Path, port: int | None = None) -> Server:
    """Start it; returns at once."""
    port = port or free_port()
    data = directory / "redis"
    data.mkdir()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(data)]
    return launch("redis", command, url=f"redis://127.0.0.1:{port}/0", directory=directory, stop=signal.SIGTERM)


def ready(server: Server) -> None:
    """Wait until it answers PING."""
    port = int(server.url.rsplit(":", 1)[1].split("/")[0])
    wait_ready(server, lambda: accepts(port) and _pong(port))


def _pong(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
