"""Mail as it travels (RFC 5322, MIME), through the standard library's parser in its tolerant policy."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_binary_file, policy
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import Path

from ingestion.engines.mail import TINY_PICTURE, Enclosed, Mail
from ingestion.engines.mail_text import decode_body, decode_head, html_body, shown_date
from ingestion.errors import Damaged

_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
# What the parser and its payload decoders raise on parts that are cut off or altered.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, UnicodeError)


@dataclass(slots=True)
class _Found:
    plain: list[str] = field(default_factory=list)
    enclosed: list[Enclosed] = field(default_factory=list)


def read_message(path: Path) -> Mail:
    """An EML file (of a mailbox file the first mail). Raises `Damaged`."""
    try:
        with path.open("rb") as stream:
            message = message_from_binary_file(stream, policy=policy.compat32)
        found = _Found()
        _walk(message, found)
        return Mail(
            sender=_head(message, "From") or _head(message, "Sender"),
            to=_head(message, "To"),
            copied=_head(message, "Cc"),
            date=shown_date(_head(message, "Date")),
            subject=_head(message, "Subject"),
            body="\n\n".join(part for part in found.plain if part.strip()),
            enclosed=tuple(found.enclosed),
        )
    except _BROKEN as problem:
        raise Damaged() from problem


def _head(message: Message, name: str) -> str:
    values = [str(value) for value in message.get_all(name) or ()]
    return ", ".join(decode_head(value) for value in values[:10])


def _walk(part: Message, found: _Found) -> None:
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        _alternative(part, found)
    elif kind in ("message/rfc822", "message/global"):
        _carried_mail(part, found)
    elif part.is_multipart():
        for child in _children(part):
            _walk(child, found)
    elif kind in _SIGNATURES:
        return
    elif _is_text(part):
        found.plain.append(_text(part))
    else:
        _enclose(part, found)


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _alternative(part: Message, found: _Found) -> None:
    """The same text several times: the plain one is taken where it says anything, else the last that does."""
    texts: list[tuple[bool, str]] = []
    for child in _children(part):
        below = _Found()
        _walk(child, below)
        found.enclosed += below.enclosed
        text = "\n\n".join(below.plain)
        if text.strip():
            texts.append((child.get_content_type() == "text/plain", text))
    if texts:
        plain = [text for is_plain, text in texts if is_plain]
        found.plain.append(plain[0] if plain else texts[-1][1])


def _is_text(part: Message) -> bool:
    if part.get_content_maintype() not in ("text", "message"):
        return False
    return part.get_content_disposition() != "attachment" and not _name(part)


def _text(part: Message) -> str:
    content = _payload(part)
    charset = part.get_content_charset() or None
    if part.get_content_subtype() == "html":
        return html_body(content, charset)
    text = decode_body(content, charset)
    if str(part.get_param("format", "")).lower() == "flowed":  # RFC 3676: a line that ends in a blank goes on
        text = text.replace(" \r\n", " ").replace(" \n", " ")
    return text.replace("\r\n", "\n")


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Message) -> str:
    """The file name of a part, from either header that may tell it (RFC 2183, RFC 2231; encoded words as well, which
    no standard allows there and many programs write)."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.get_param(parameter, None, header)
        if value:
            return decode_head(collapse_rfc2231_value(value, errors="surrogateescape"))
    return ""


def _enclose(part: Message, found: _Found) -> None:
    content = _payload(part)
    kind = part.get_content_type()
    inline = part.get("Content-ID") is not None or part.get_content_disposition() == "inline"
    if kind.startswith("image/") and inline and len(content) <= TINY_PICTURE:
        return
    name = _name(part)
    if not name:
        ending = mimetypes.guess_extension(kind, strict=False) or ""
        name = f"phần {len(found.enclosed) + 1}{ending}"
    found.enclosed.append(Enclosed(name, content))


def _carried_mail(part: Message, found: _Found) -> None:
    inner = next(_children(part), None)
    if inner is None:
        _enclose(part, found)
        return
    name = _name(part) or (_head(inner, "Subject") or "thư chuyển tiếp") + ".eml"
    found.enclosed.append(Enclosed(name, inner.as_bytes(policy=policy.compat32)))
