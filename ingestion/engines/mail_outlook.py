"""Mail of Outlook (MSG, MS-OXMSG): its properties through python-oxmsg, its text in whichever form there is one."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.parser import HeaderParser
from pathlib import Path
from tempfile import NamedTemporaryFile

import olefile  # type: ignore[import-untyped]
from oxmsg.domain import constants as ids
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from ingestion.engines.compressed_rtf import decompressed
from ingestion.engines.mail import TINY_PICTURE, Enclosed, Mail
from ingestion.engines.mail_text import decode_body, decode_head, html_body, html_text, shown_date
from ingestion.errors import Damaged, ReadError

_ROOT_HEAD, _EMBEDDED_HEAD, _ITEM_HEAD = 32, 24, 8  # bytes before the properties (MS-OXMSG 2.4.1)
_EMBEDDED_MESSAGE = "__substg1.0_3701000D"
_DEEPEST = 5  # mails in mails
_TO, _COPIED = 1, 2  # kinds of recipients (MS-OXOMSG 2.2.3.1)
# What olefile and python-oxmsg raise on altered tables, missing streams and unknown code pages.
_BROKEN = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, OverflowError),
    *(struct.error, MemoryError, NotImplementedError),
)


def read_outlook(path: Path) -> Mail:
    """An MSG file. Raises `Damaged`."""
    try:
        with olefile.OleFileIO(path) as ole:
            root = Storage.from_ole(ole)
        return _mail(root, _ROOT_HEAD, 0)
    except _BROKEN as problem:
        raise Damaged() from problem


def _mail(storage: Storage, head: int, depth: int) -> Mail:
    properties = Properties(storage, head)
    travelled = _travel_heads(_text(storage, ids.PID_TRANSPORT_MESSAGE_HEADERS))
    sent = _moment(properties, ids.PID_CLIENT_SUBMIT_TIME) or _moment(properties, ids.PID_MESSAGE_DELIVERY_TIME)
    return Mail(
        sender=travelled.get("from") or _sender(storage),
        to=travelled.get("to") or _recipients(storage, _TO) or _text(storage, ids.PID_DISPLAY_TO),
        copied=travelled.get("cc") or _recipients(storage, _COPIED) or _text(storage, ids.PID_DISPLAY_CC),
        date=shown_date(travelled.get("date", "")) or (sent.strftime("%d/%m/%Y %H:%M %z") if sent else ""),
        subject=_text(storage, ids.PID_SUBJECT) or travelled.get("subject", ""),
        body=_body(storage, properties),
        enclosed=tuple(_enclosed(storage, depth)),
    )


def _streams(storage: Storage) -> dict[str, bytes]:
    return {stream.name.upper(): stream.bytes_ for stream in storage.streams}


def _text(storage: Storage, identifier: int) -> str:
    """A property of letters: in UTF-16, or in bytes of a code page that is told badly or not at all."""
    streams = _streams(storage)
    wide = streams.get(f"__SUBSTG1.0_{identifier:04X}001F")
    if wide is not None:
        return wide.decode("utf-16-le", errors="replace").rstrip("\0")
    narrow = streams.get(f"__SUBSTG1.0_{identifier:04X}001E")
    return decode_body(narrow.rstrip(b"\0"), None) if narrow is not None else ""


def _bytes(storage: Storage, identifier: int) -> bytes:
    return _streams(storage).get(f"__SUBSTG1.0_{identifier:04X}0102", b"")


def _moment(properties: Properties, identifier: int) -> datetime | None:
    try:
        return properties.date_prop_value(identifier)
    except _BROKEN:
        return None  # a date that is none: the mail is read without it


def _number(properties: Properties, identifier: int) -> int | None:
    try:
        return properties.int_prop_value(identifier)
    except _BROKEN:
        return None


def _travel_heads(text: str) -> dict[str, str]:
    """The heads that the mail travelled with, by their names in small letters."""
    heads = HeaderParser().parsestr(text.lstrip("\r\n "))
    return {name.lower(): decode_head(str(value)) for name, value in heads.items()}


def _sender(storage: Storage) -> str:
    name = _text(storage, ids.PID_SENDER_NAME) or _text(storage, ids.PID_SENT_REPRESENTING_NAME)
    address = _text(storage, ids.PID_SENDER_SMTP_ADDRESS) or _text(storage, ids.PID_SENDER_EMAIL_ADDRESS)
    return f"{name} <{address}>" if address and address != name else name


def _recipients(storage: Storage, wanted: int) -> str:
    found = []
    for recipient in storage.iter_recipient_storages():
        if (_number(Properties(recipient, _ITEM_HEAD), ids.PID_RECIPIENT_TYPE) or _TO) & 0xF != wanted:
            continue
        name = _text(recipient, ids.PID_DISPLAY_NAME)
        address = _text(recipient, ids.PID_SMTP_ADDRESS) or _text(recipient, ids.PID_EMAIL_ADDRESS)
        found.append(f"{name} <{address}>" if name and address and name != address else name or address)
    return ", ".join(one for one in found if one)


def _body(storage: Storage, properties: Properties) -> str:
    """The plain text, else the web page, else the RTF."""
    plain = _text(storage, ids.PID_BODY)
    if plain.strip():
        return plain.replace("\r\n", "\n").replace("\r", "\n")
    if content := _bytes(storage, ids.PID_HTML):
        codepage = _number(properties, ids.PID_INTERNET_CODEPAGE)
        return html_body(content, "utf-8" if codepage in (None, 65001) else f"cp{codepage}")
    page = _text(storage, ids.PID_BODY_HTML)
    if page.strip():
        return html_text(page)
    packed = _bytes(storage, ids.PID_RTF_COMPRESSED)
    if not packed:
        return ""
    try:
        return _rtf_text(decompressed(packed))
    except ReadError:
        return ""  # the head and the attachments are worth having without it


def _rtf_text(content: bytes) -> str:
    from ingestion.engines.rtf import RtfReader

    with NamedTemporaryFile(suffix=".rtf") as file:
        file.write(content)
        file.flush()
        reader = RtfReader(Path(file.name))
        return "\n".join(reader.text_page(number).text for number in range(1, reader.page_count + 1))


def _enclosed(storage: Storage, depth: int) -> Iterator[Enclosed]:
    for attachment in storage.iter_attachment_storages():
        inner = next((one for one in attachment.storages if one.name == _EMBEDDED_MESSAGE), None)
        name = _text(attachment, ids.PID_ATTACH_LONG_FILENAME) or _text(attachment, ids.PID_ATTACH_FILENAME)
        shown = _text(attachment, ids.PID_DISPLAY_NAME)
        if inner is not None and depth < _DEEPEST:
            yield Enclosed((shown or name or "thư chuyển tiếp") + ".eml", _as_message(inner, depth + 1))
            continue
        content = _bytes(attachment, ids.PID_ATTACH_DATA_BINARY)
        kind = _text(attachment, ids.PID_ATTACH_MIME_TAG).lower()
        is_inline = bool(_text(attachment, ids.PID_ATTACH_CONTENT_ID))
        if kind.startswith("image/") and is_inline and len(content) <= TINY_PICTURE:
            continue
        if content:
            yield Enclosed(name or shown or "đính kèm" + _text(attachment, ids.PID_ATTACH_EXTENSION), content)


def _as_message(storage: Storage, depth: int) -> bytes:
    """A mail inside a mail, written out as a mail that travels: what it holds in Outlook's form is no file."""
    mail = _mail(storage, _EMBEDDED_HEAD, depth)
    made = EmailMessage()
    heads = {"From": mail.sender, "To": mail.to, "Cc": mail.copied, "Subject": mail.subject, "X-Date": mail.date}
    for name, value in heads.items():
        clean = " ".join(value.split())
        if clean:
            made.add_header(name, _encoded(clean))
    made.set_content(mail.body, charset="utf-8", cte="base64")
    for one in mail.enclosed:
        made.add_attachment(one.content, maintype="application", subtype="octet-stream", filename=one.name)
    return made.as_bytes()


def _encoded(value: str) -> str:
    return Header(value, "utf-8").encode()
