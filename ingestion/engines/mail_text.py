"""The letters of a mail: declared encodings, wrong ones, old Vietnamese ones, and web pages as text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from lxml import etree, html  # type: ignore[import-untyped]

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
_BLOCKS = frozenset(
    ("p", "div", "br", "tr", "li", "table", "ul", "ol", "blockquote", "pre", "hr", "section", "article", "header")
) | frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "footer", "center"))
_SILENT = frozenset(("script", "style", "head", "title", "noscript", "template"))


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


def html_text(content: str) -> str:
    """The words of a web page, a line for each block. Nothing is fetched and no entity is expanded."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = html.document_fromstring(content.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return re.sub(r"<[^>]{0,2000}>", " ", content)
    return _lines(root)


def _lines(root: object) -> str:
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _BLOCKS:
                pieces.append("\n")
            elif tag in ("td", "th"):
                pieces.append("\t")
            if element.text and not _is_silent(element):
                pieces.append(" ".join(re.split(r"\s+", element.text)))
        else:
            if tag in _BLOCKS and tag != "br":
                pieces.append("\n")
            parent = element.getparent()
            if element.tail and parent is not None and not _is_silent(parent):
                pieces.append(" ".join(re.split(r"\s+", element.tail)))
    lines = [re.sub(r"[ \u00a0]+", " ", line).strip() for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_silent(element: object) -> bool:
    tag = getattr(element, "tag", "")
    return not isinstance(tag, str) or tag in _SILENT
