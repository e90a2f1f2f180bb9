"""Files inside a PDF: attachments, the files of portfolios, and those that are pinned to a page."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from ingestion.errors import Damaged, Encrypted, PasswordWrong

_CHUNK = 1024 * 1024  # bytes
_MOST = 5_000  # members that are counted; taking them out has a lower limit
_BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, OverflowError)


def members(path: Path, password: str | None = None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file inside with its name and its bytes in chunks, unpacked as they are asked for.

    The chunks raise `Damaged` where the content cannot be unpacked. Raises `Encrypted`, `PasswordWrong`, `Damaged`.
    """
    with _opened(path, password) as pdf:
        for name, stream in _streams(pdf):
            yield name, _chunks(stream)


def listed(path: Path, password: str | None = None) -> list[tuple[str, int]]:
    """Name and size in bytes of each file inside, as declared (0 where nothing is). Raises as `members`."""
    with _opened(path, password) as pdf:
        return [(name, _declared_size(stream)) for name, stream in _streams(pdf)]


def _opened(path: Path, password: str | None) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path, password=password or "", suppress_warnings=True)
    except pikepdf.PasswordError as problem:
        raise (PasswordWrong() if password else Encrypted()) from problem
    except _BROKEN as problem:
        raise Damaged() from problem


def _streams(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Stream]]:
    """Embedded files by name, each once, in the order of the name tree and then of the pages."""
    seen: set[tuple[int, int]] = set()
    for key, specification in _specifications(pdf):
        try:
            name, stream = _file_of(specification, key)
        except _BROKEN:
            continue  # an entry without a file
        if stream.objgen in seen or len(seen) >= _MOST:
            continue
        seen.add(stream.objgen)
        yield name, stream


def _specifications(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    try:
        tree = pdf.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles")
        if tree is not None:
            yield from ((str(key), held) for key, held in pikepdf.NameTree(tree).items())
    except _BROKEN:
        pass  # a broken tree; what is pinned to pages may still be there
    for page in pdf.pages:
        try:
            pinned = [one for one in page.obj.get("/Annots", ()) if one.get("/Subtype") == "/FileAttachment"]
        except _BROKEN:
            continue
        for one in pinned:
            yield "", one.get("/FS")


def _file_of(specification: Any, key: str) -> tuple[str, pikepdf.Stream]:
    """Raises one of `_BROKEN` where the specification holds no file."""
    held = specification["/EF"]
    stream = held.get("/UF", held.get("/F"))
    if not isinstance(stream, pikepdf.Stream):
        raise TypeError("no embedded file")
    said = specification.get("/UF", specification.get("/F", key))
    return str(said) or str(key), stream


def _declared_size(stream: pikepdf.Stream) -> int:
    try:
        return max(0, int(stream.get("/Params", pikepdf.Dictionary()).get("/Size", 0)))
    except _BROKEN:
        return 0


def _chunks(stream: pikepdf.Stream) -> Iterator[bytes]:
    """The unpacked bytes. Deflated content, which nearly all is, is never unpacked whole: it may be a bomb."""
    try:
        packed = stream.read_raw_bytes()
        filters = stream.get("/Filter")
        names = (
            [str(one) for one in filters]
            if isinstance(filters, pikepdf.Array)
            else [str(filters)] * (filters is not None)
        )
        if not names:
            yield packed
        elif names == ["/FlateDecode"] and "/DecodeParms" not in stream:
            yield from _inflated(packed)
        else:
            yield stream.read_bytes()
    except (*_BROKEN, zlib.error) as problem:
        raise Damaged() from problem


def _inflated(packed: bytes) -> Iterator[bytes]:
    unpacking = zlib.decompressobj()
    rest = packed
    while rest and not unpacking.eof:
        chunk = unpacking.decompress(rest, _CHUNK)
        rest = unpacking.unconsumed_tail
        if not chunk and not rest:
            break
        yield chunk
    yield unpacking.flush()
