"""A small HTTP(S) server that answers as a busy Elasticsearch does: real exchanges, said in advance."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path without the query, its headers (names in small letters), its JSON lines."""

    path: str
    headers: Mapping[str, str]
    lines: tuple[Any, ...]

    @property
    def keys(self) -> list[str]:
        """The rows of a bulk request."""
        heads = (next(iter(line.values())) for line in self.lines if set(line) & {"index", "delete"})
        return [head["_id"] for head in heads]


Answer = Callable[[Asked], tuple[int, Any]]


@dataclass(slots=True)
class Answers:
    """What the server will say (the last answer again and again), and what it was asked."""

    say: list[Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def answering(*say: Answer, certificate: str | None = None) -> Iterator[Answers]:
    """A server on loopback, ended afterwards. `certificate`: a PEM file with key, for TLS."""
    answers = Answers(list(say))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            lines = tuple(json.loads(line) for line in text.splitlines() if line)
            asked = Asked(self.path.split("?")[0], {name.lower(): value for name, value in self.headers.items()}, lines)
            answers.asked.append(asked)
            status, body = (answers.say.pop(0) if len(answers.say) > 1 else answers.say[0])(asked)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    answers.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refusing(asked: Asked) -> tuple[int, Any]:
    """The whole request is too much."""
    error = {"type": "es_rejected_execution_exception", "reason": "rejected execution of coordinating operation"}
    return 429, {"error": error, "status": 429}


def taking(**status: int) -> Answer:
    """Every row is taken, except that those named (`k3=429`) end with this status."""

    def answer(asked: Asked) -> tuple[int, Any]:
        items = []
        for key in asked.keys:
            code = status.get(key, 200)
            error = {} if code == 200 else {"error": {"type": "refused", "reason": f"{key} ended with {code}"}}
            items.append({"index": {"_id": key, "status": code, **error}})
        return 200, {"took": 1, "errors": bool(status), "items": items}

    return answer
