"""Three Elasticsearch nodes of one cluster on loopback, with small heaps: 2 GB of memory together."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import search_node
from tests.services.processes import READY_WITHIN, Server, ServiceFailed, end, free_port, tail

# Small, and quick to start: the code of a node that lives for a minute is hardly worth compiling well.
OPTIONS = ("-Xms192m", "-Xmx320m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes that found each other; transport port -> node."""

    nodes: dict[int, Server]

    @property
    def url(self) -> str:
        """The addresses of all nodes, those that are lost too."""
        return ",".join(node.url for node in self.nodes.values())

    def ask(self, path: str) -> Any:
        """What the first node that answers says."""
        for node in self.nodes.values():
            try:
                with urllib.request.urlopen(f"{node.url}/{path}", timeout=30) as answer:  # noqa: S310
                    return json.load(answer)
            except OSError:
                continue
        raise ServiceFailed(f"no node answers {path}")

    def master(self) -> int:
        """The transport port of the node that leads."""
        (row,) = self.ask("_cat/master?format=json&h=node")
        return int(row["node"].rpartition("-")[2])

    def lose(self, port: int) -> None:
        """kill -9."""
        self.nodes[port].process.kill()
        self.nodes[port].process.wait()


@contextmanager
def running(directory: Path, size: int = 3) -> Iterator[Cluster]:
    """A cluster of so many nodes, ended afterwards."""
    ports = [free_port() for _ in range(size)]
    nodes: dict[int, Server] = {}
    try:
        for port in ports:
            home = directory / str(port)
            home.mkdir()
            nodes[port] = search_node.start(home, transport_port=port, cluster=ports, options=OPTIONS)
        cluster = Cluster(nodes)
        _wait(cluster, size)
        yield cluster
    finally:
        for node in nodes.values():
            end(node)


def _wait(cluster: Cluster, size: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        for node in cluster.nodes.values():
            if node.process.poll() is not None:
                raise ServiceFailed(f"a node ended with {node.process.returncode}:\n{tail(node.log)}")
        try:
            if cluster.ask("_cluster/health")["number_of_nodes"] == size:
                return
        except ServiceFailed:
            pass
        time.sleep(0.3)
    raise ServiceFailed(f"{size} nodes did not find each other in {READY_WITHIN:.0f} s")
