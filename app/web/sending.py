"""Sending stored bytes to be saved: never shown, never run by a browser."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Response, send_file

from app.errors import NotFound
from app.models import ExportKind
from app.services.originals import Original

SAFE = "application/octet-stream"
POLICY = "sandbox; default-src 'none'"


def attachment(found: Original) -> Response:
    """The bytes of an original as a download under the name it came with, whatever its type claims to be."""
    response = send_file(found.path, mimetype=SAFE, as_attachment=True, download_name=found.name, etag=False)
    return guarded(response)


def download(content: bytes, name: str) -> Response:
    """Bytes made now as a download under a name."""
    response = send_file(io.BytesIO(content), mimetype=SAFE, as_attachment=True, download_name=name, etag=False)
    return guarded(response)


def list_file(kind: str, write: Callable[[Path, ExportKind], int]) -> tuple[bytes, int]:
    """A list that `write` puts into a file of this kind (csv, xlsx): its bytes, and how many rows it says it wrote.
    `NotFound` for any other kind."""
    if kind not in set(ExportKind):
        raise NotFound()
    with tempfile.TemporaryDirectory(prefix="hoso-list-") as folder:
        path = Path(folder) / "list"
        count = write(path, ExportKind(kind))
        return path.read_bytes(), count


def guarded(response: Response) -> Response:
    """Headers that keep a browser from making anything of the bytes."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
