"""Writes a DOCX so that equal content gives equal bytes: fixed times and order of the parts in the ZIP container."""

import io
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP entry can carry
FIRST = "[Content_Types].xml"  # OPC readers want it early; Word writes it first


def frozen(data: bytes) -> bytes:
    """The same ZIP with every part at `EPOCH`, content types first, then by name."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(source.namelist(), key=lambda part: (part != FIRST, part)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            out.writestr(entry, source.read(name))
    return target.getvalue()


def write_frozen(data: bytes, out: Path) -> None:
    """Write the frozen archive to `out`."""
    out.write_bytes(frozen(data))
