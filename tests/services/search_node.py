"""Elasticsearch from its published jars (Maven), without a distribution: what the node lacks no test needs."""

import json
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.services.processes import Server, ServiceFailed, free_port, launch, wait_ready

VERSION = "8.19.21"
HERE = Path(__file__).parent / "node"
JARS = Path(__file__).parents[2] / ".tools" / "elasticsearch"

# The node wants Java 17 or later; the Debian package is preferred to whatever `java` is.
JAVA_17 = "java-17-openjdk-*/bin/java"

_MODULE = ("netty-*.jar", "transport-netty4-*.jar")
_DESCRIPTOR = f"""name=transport-netty4
description=HTTP and transport over Netty
version={VERSION}
elasticsearch.version={VERSION}
java.version=17
classname=org.elasticsearch.transport.netty4.Netty4Plugin
"""


def missing_packages() -> list[str]:
    """Debian packages that are not there."""
    missing = [] if java() else ["openjdk-17-jre-headless"]
    if not have_jars() and shutil.which("mvn") is None:
        missing.append("maven")
    return missing


def java() -> str | None:
    """The Java to use."""
    found = sorted(Path("/usr/lib/jvm").glob(JAVA_17))
    return str(found[0]) if found else shutil.which("java")


def have_jars() -> bool:
    """Whether the jars of this version were fetched completely."""
    return (JARS / "complete").is_file() and (JARS / "complete").read_text().strip() == VERSION


def fetch_jars() -> None:
    """Fetch 41 MB of jars once with Maven, and put those of the module apart."""
    if have_jars():
        return
    shutil.rmtree(JARS, ignore_errors=True)
    (JARS / "lib").mkdir(parents=True)
    (JARS / "module").mkdir()
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    done = subprocess.run([*command, f"-DoutputDirectory={JARS / 'lib'}"], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise ServiceFailed(f"Maven could not fetch Elasticsearch:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    for pattern in _MODULE:  # the server refuses a jar that is on both paths
        for jar in sorted((JARS / "lib").glob(pattern)):
            jar.rename(JARS / "module" / jar.name)
    (JARS / "complete").write_text(VERSION)


def start(
    directory: Path,
    http_port: int | None = None,
    transport_port: int | None = None,
    *,
    cluster: Sequence[int] = (),
    options: Sequence[str] = ("-Xms512m", "-Xmx1g"),
) -> Server:
    """Start a node with its home in `directory`, on these ports or free ones; returns at once.

    `cluster`: the transport ports of all nodes of its cluster, where it is not alone; `options`: of the Java machine.
    """
    program = java()
    if program is None:
        raise ServiceFailed("no java")
    fetch_jars()
    home = directory / "elasticsearch"
    for name in ("config", "data", "logs", "plugins"):
        (home / name).mkdir(parents=True)
    shutil.copy(HERE / "log4j2.properties", home / "config")
    module = home / "modules" / "transport-netty4"
    shutil.copytree(JARS / "module", module)
    (module / "plugin-descriptor.properties").write_text(_DESCRIPTOR)
    port = http_port or free_port()
    # A class path with the module's jars left out, as the server wants it; 1 GB of heap is plenty for tests.
    command = [program, *options, "-cp", f"{JARS / 'lib'}/*", str(HERE / "Node.java")]
    return launch(
        "elasticsearch",
        [*command, str(home), str(port), str(transport_port or free_port()), *map(str, cluster)],
        url=f"http://127.0.0.1:{port}",
        directory=directory,
        stop=signal.SIGTERM,
    )


def ready(server: Server) -> None:
    """Wait until the node answers for its cluster."""
    wait_ready(server, lambda: _answers(server.url))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=5) as answer:  # noqa: S310
            return json.load(answer)["status"] in {"green", "yellow"}
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
