"""The letters of a mail: declared encodings, wrong ones, old Vietnamese ones, and web pages as text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from ingestion.engines.member_names import decode_names
from ingestion.errors import ReadError
from ingestion.vietnamese.encodings import text_encoding
from ingestion.vietnamese.legacy import Encoding, decoded, to_unicode

# Names that old programs gave to encodings that Python does not know.
_VIETNAMESE: Mapping[str, Encoding] = {
    "viscii": Encoding.VISCII,
    "csviscii": Encoding.VISCII,
    "viqr": Encoding.VIQR,
    "csviqr": Encoding.VIQR,
    "x-viet-vps": Encoding.VPS,
    "x-viet-vni": Encoding.VNI,
    "x-viet-tcvn": Encoding.TCVN3,
    "x-viet-tcvn5712": Encoding.TCVN3,
    "tcvn": Encoding.TCVN3,
    "tcvn3": Encoding.TCVN3,
    "tcvn-5712": Encoding.TCVN3,
    "tcvn5712-1": Encoding.TCVN3,
}
_VAGUE = frozenset(("iso8859-1", "cp1252", "ascii", "iso8859-15"))  # declared by programs that did not know better


def decode_body(content: bytes, charset: str | None) -> str:
    """The text of a part: as declared where that works, else as the bytes say."""
    declared = (charset or "").strip().strip("\"'").lower()
    if declared in _VIETNAMESE:
        return decoded(content.decode("latin-1"), _VIETNAMESE[declared])
    try:
        codec = codecs.lookup(declared).name if declared else "ascii"
        text = content.decode(codec)
    except (LookupError, UnicodeDecodeError, ValueError):
        text, codec = _as_the_bytes_say(content), "ascii"
    if codec in _VAGUE:
        text = to_unicode(text, None)
    return unicodedata.normalize("NFC", text)


def _as_the_bytes_say(content: bytes) -> str:
    try:
        encoding, _ = text_encoding(content)
        return content.decode(encoding, errors="replace")
    except (ReadError, LookupError):
        return content.decode("latin-1")


def decode_head(value: str) -> str:
    """A line of a head: encoded words (RFC 2047) and raw bytes of any encoding become text, folding is undone."""
    unfolded = re.sub(r"\r?\n[ \t]*", " ", value)
    if not unfolded.isascii():
        raw = unfolded.encode("utf-8", "surrogateescape")
        unfolded = decode_names([raw])[0]
    if "=?" not in unfolded:
        return unfolded.strip()
    try:
        parts = decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return unfolded.strip()
    words = [_word(part, charset) for part, charset in parts]
    return unicodedata.normalize("NFC", "".join(words)).strip()


def _word(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    if charset is None:
        return part.decode("latin-1")
    return decode_body(part, charset)


def shown_date(value: str) -> str:
    """The date of a mail as people write it, with its own offset; the line itself where it is none."""
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return value.strip()
    return when.strftime("%d/%m/%Y %H:%M %z").strip()


def html_text(markup: str) -> str:
    """What a web page in a mail shows, a line for each block. Nothing is fetched and no entity is expanded."""
    from ingestion.engines.web_story import web_text  # with lxml; many mails are plain text

    return "\n".join(web_text(markup).lines)


def html_body(content: bytes, charset: str | None) -> str:
    """The same from its bytes; `charset` is what the mail declares."""
    from ingestion.engines.web import decoded_page

    return html_text(decoded_page(content, charset))
