"""HTML and MHTML: one page of what a browser would show. Nothing is fetched, no script runs.

The letters: a mark at the beginning, else the charset that the head of the mail part or the page declares where the
bytes bear it out, else what the bytes say. Pages in old fonts declare some western charset or none; their bytes are
taken as Windows-1252 and each run goes through the table of its font.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.errors import MessageError
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.engines.package import BROKEN
from ingestion.engines.paged import PagedReader, written_page
from ingestion.engines.web_story import WebText, web_text
from ingestion.errors import Damaged, TooLarge, UnknownFormat
from ingestion.pages import Attachment, Page, Warning
from ingestion.vietnamese.encodings import text_encoding

if TYPE_CHECKING:
    from email.message import Message

_MOST_HTML = 20 * 1024**2  # bytes of one page, as for plain text
_MOST_MHTML = 128 * 1024**2
_DECLARED_WITHIN = 4_096  # bytes; HTML asks for the first 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_OLD_FONT = re.compile(
    rb"(?:face|font-family)\s*[=:]\s*(?:&quot;|[\"'\s])*(?:\.?vn[a-z]|vni-|vps |u?vntime)", re.IGNORECASE
)
# Names of Vietnamese charsets on the web before Unicode, as Mozilla and Vietnamese sites wrote them.
_VIETNAMESE = {
    **dict.fromkeys(("x-viet-tcvn5712", "x-viet-tcvn", "tcvn", "tcvn5712", "tcvn-5712", "tcvn3", "x-tcvn3"), "tcvn3"),
    **dict.fromkeys(("x-viet-vni", "vni", "x-vni"), "vni"),
    **dict.fromkeys(("x-viet-vps", "vps", "x-vps"), "vps"),
    **dict.fromkeys(("viscii", "x-viet-viscii", "csviscii"), "viscii"),
    **dict.fromkeys(("viqr", "x-viqr"), "viqr"),
}
_WESTERN = ("latin-1", "iso8859-1", "cp1252", "ascii", "iso8859-15")
_BROKEN = (MessageError, AttributeError, LookupError, *BROKEN)


class WebReader(PagedReader):
    """An HTML file: one page."""

    def __init__(self, path: Path) -> None:
        content = _bounded(path, _MOST_HTML)
        try:
            page, warnings = _page(web_text(decoded_page(content)))
        except _BROKEN as problem:
            raise Damaged() from problem
        super().__init__([page], warnings=warnings)


class ArchivedWebReader(PagedReader):
    """An MHTML file: its page, and what belongs to it as attachments."""

    def __init__(self, path: Path) -> None:
        try:
            message = _message(path)
            root = _root(message)
            if root is None:
                raise Damaged()
            page, warnings = _page(web_text(decoded_page(_payload(root), root.get_content_charset())))
            attachments = [Attachment(name, len(content)) for name, content in _parts(message, root)]
        except _BROKEN as problem:
            raise Damaged() from problem
        super().__init__([page], warnings=warnings, attachments=attachments)


def mhtml_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the pictures and other parts of an MHTML. Raises `Damaged` or `TooLarge`."""
    try:
        message = _message(path)
        yield from list(_parts(message, _root(message)))
    except _BROKEN as problem:
        raise Damaged() from problem


def decoded_page(content: bytes, charset: str | None = None) -> str:
    """The markup of a page; `charset` is what its envelope says."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content.decode(codec, errors="replace")
    found = _CHARSET.search(content[:_DECLARED_WITHIN])
    for said in (charset, found.group(1).decode("ascii") if found else None):
        codec_name = _codec(said)
        if codec_name is None or (codec_name in _WESTERN and not _OLD_FONT.search(content)):
            continue  # "western" is what editors wrote unasked
        text = _proven(content, "cp1252" if codec_name in _WESTERN else codec_name)
        if text is not None:
            return text
    if _OLD_FONT.search(content):
        return _proven(content, "utf-8") or _windows(content)
    try:
        codec_name, _ = text_encoding(content)
    except (UnknownFormat, Damaged):
        return _windows(content)
    return content.decode(codec_name, errors="replace")


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    known = _VIETNAMESE.get(name.strip().lower())
    try:
        codec = codecs.lookup(known or name)
    except LookupError:
        return None
    is_text = getattr(codec, "_is_text_encoding", True)
    return codec.name if is_text else None


def _proven(content: bytes, codec: str) -> str | None:
    if codec == "cp1252":
        return _windows(content)
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _windows(content: bytes) -> str:
    """Windows-1252; its five places without a letter as the control characters of Latin-1, which old fonts use."""
    return "".join(_LETTERS[byte] for byte in content)


_LETTERS = [bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)]


def _bounded(path: Path, most: int) -> bytes:
    if path.stat().st_size > most:
        raise TooLarge("A web page of this size is not a paper; upload the part that belongs to the records.")
    return path.read_bytes()


def _page(found: WebText) -> tuple[Page, list[Warning]]:
    warnings = []
    if found.remote:
        message = f"The page points to {found.remote} pictures, frames or scripts elsewhere; none was fetched."
        warnings.append(Warning("remote-content-ignored", None, message))
    if found.has_scripts:
        warnings.append(Warning("macros-ignored", None, "The page holds scripts; they were not run."))
    if found.pictures:
        warnings.append(Warning("pictures-not-read", 1, f"{found.pictures} pictures on the page were not read."))
    title = [found.title] if found.title and found.title not in found.lines else []
    return written_page(found.lines, running=title, tables=found.tables), warnings


def _message(path: Path) -> Message:
    from email import policy  # half the start of a child that reads a web page, and few of these are MHTML
    from email.message import EmailMessage
    from email.parser import BytesParser

    content = _bounded(path, _MOST_MHTML)
    return BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)


def _root(message: Message) -> Message | None:
    """The page itself: the part that the envelope names, else the first web page."""
    named = str(message.get_param("start") or "").strip("<> ")
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    for part in parts:
        if named and str(part.get("Content-ID") or "").strip("<> ") == named:
            return part
    return parts[0] if parts else None


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parts(message: Message, root: Message | None) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(message.walk(), start=1):
        if part is root or part.is_multipart() or part.get_content_type() in ("text/css", "text/javascript"):
            continue
        place = str(part.get("Content-Location") or "").split("?")[0].rstrip("/")
        name = part.get_filename() or place.rpartition("/")[2] or f"part-{number}"
        content = _payload(part)
        if content:
            yield name, content
