"""What the bytes of a PDF say about it without parsing: signatures, active content, a missing end. Never runs any."""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# Name of the object, and how a person would call it. Names of four letters turn up by chance in packed content, so the
# shorter ones are asked for with what must follow them.
_ACTIVE: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"/JavaScript\b|/JS\s*[(<\d]"), "JavaScript"),
    (re.compile(rb"/S\s*/Launch\b"), "a program to start"),
    (re.compile(rb"/S\s*/(?:GoToR|GoToE|ImportData|SubmitForm)\b"), "a link to another file or place"),
    (re.compile(rb"/XFA\s*[\[\d]"), "an XFA form"),
    (re.compile(rb"/Subtype\s*/(?:RichMedia|Movie|Screen)\b"), "a film or program in a page"),
)
_WORDS = (
    *(b"/JavaScript", b"/JS", b"/Launch", b"/GoToR", b"/GoToE", b"/ImportData", b"/SubmitForm"),
    *(b"/XFA", b"/RichMedia", b"/Movie", b"/Screen"),
)
_NEAR = 64  # bytes around a word in which its pattern must match
_MOST_PACKED = 4 * 1024 * 1024  # bytes of one object stream, unpacked; they hold about 200 objects
_MOST_STREAMS = 2_000
_TAIL = 2048  # bytes of the end in which the table of objects is named
_START = re.compile(rb"startxref\s+(\d{1,12})\s*(?:%%EOF)?")
_TABLE = re.compile(rb"\s{0,4}(?:xref|\d{1,8}\s+\d{1,5}\s+obj)")
_HEAD = 1024  # bytes in which the header is looked for


@dataclass(frozen=True, slots=True)
class Marks:
    """Whether the file says that it is signed, the kinds of active content it holds, and whether its end is missing or
    its table of objects not where it should be."""

    signed: bool
    active: tuple[str, ...]
    whole: bool


def marks(path: Path) -> Marks:
    """Look at the bytes; about 2 ms a megabyte."""
    if path.stat().st_size == 0:
        return Marks(False, (), False)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        signed = content.find(b"/ByteRange") >= 0
        active = set(_active(content))
        for unpacked in _object_streams(content):
            active.update(_active(unpacked))
        named = tuple(name for _, name in _ACTIVE if name in active)
        return Marks(signed, named, _is_whole(content))


def _active(content: mmap.mmap | bytes) -> Iterator[str]:
    found: set[str] = set()
    for word in _WORDS:
        at = content.find(word)
        while at >= 0:
            near = content[max(0, at - _NEAR) : at + _NEAR]
            found.update(name for pattern, name in _ACTIVE if pattern.search(near))
            at = content.find(word, at + len(word))
            if len(found) == len(_ACTIVE):
                break
    yield from found


def _object_streams(content: mmap.mmap) -> Iterator[bytes]:
    """The unpacked beginnings of the streams that hold other objects, where names stand that the bytes do not show."""
    at = content.find(b"/ObjStm")
    for _ in range(_MOST_STREAMS):
        if at < 0:
            return
        begin = content.find(b"stream", at)
        if begin < 0:
            return
        begin += len(b"stream")
        begin += 2 if content[begin : begin + 2] == b"\r\n" else 1
        end = content.find(b"endstream", begin)
        with suppress(zlib.error):  # encrypted or damaged; the engine decides
            yield zlib.decompressobj().decompress(content[begin : end if end > 0 else len(content)], _MOST_PACKED)
        at = content.find(b"/ObjStm", max(begin, end))


def _is_whole(content: mmap.mmap) -> bool:
    tail = content[max(0, len(content) - _TAIL) :]
    starts = _START.findall(tail)
    if not starts or b"%%EOF" not in tail:
        return False
    shift = max(0, content[:_HEAD].find(b"%PDF-"))  # bytes before the header move the table
    at = int(starts[-1])
    return any(_TABLE.match(content[place : place + 40]) for place in {at, at + shift})
