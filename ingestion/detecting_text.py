"""What a file of letters is: web page, mail, table of values, or plain text."""

from __future__ import annotations

import csv
import re
from collections import Counter

from ingestion.errors import UnknownFormat

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}"
    r"<(?:!doctype\s+html|html|head|body|meta|title|table|div|p|span|font|style|center|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"\s*<(?:\?xml|svg|!doctype)\b", re.IGNORECASE)
_HEADER = re.compile(r"([!-9;-~]{1,76}):(?:[ \t]|\r?\n|$)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SENDING = {"from", "received", "return-path", "delivered-to", "sender", "reply-to"}
_TELLING = {"date", "subject", "message-id", "mime-version", "content-type", "to", "cc", "x-mailer", "x-unsent"}
_DELIVERED = {"received", "to", "cc", "message-id", "delivered-to", "return-path"}
_FEWEST_HEADERS = 3  # of a mail whose head is not closed by an empty line
_SAMPLE_ROWS = 60
_DELIMITERS = ("\t", ";", ",", "|")


def lines_of(text: str, most: int = 0) -> list[str]:
    """The lines of a text whose letters may still be single bytes: `splitlines` would end one at 0x85, which is in
    "ễ" of UTF-8."""
    return _LINE_END.split(text, most)[: most or None]


def head_text(head: bytes) -> str:
    """The beginning of a file as text, enough to look for marks written in ASCII."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) & ~1].decode("utf-16", errors="replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def is_html(text: str) -> bool:
    """Whether a text begins as a web page."""
    return _HTML.match(text[:12_000]) is not None


def refuse_xml(text: str) -> None:
    """Raise `UnknownFormat` where a text begins as XML of some other kind."""
    if _XML.match(text):
        if 'progid="Word.Document"' in text[:2000] or 'progid="Excel.Sheet"' in text[:2000]:
            raise UnknownFormat("Office files kept as one XML are not read; save it as DOCX or XLSX and upload that.")
        raise UnknownFormat("XML is not read; print it to PDF and upload that.")


def mail_kind(text: str) -> str | None:
    """`eml` or `mhtml` where a text begins with the head of a mail or of a saved web page (RFC 5322, RFC 2557)."""
    names = _header_names(text)
    if not names:
        return None
    head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0].lower()
    related = re.search(r"content-type:\s*multipart/related", head) is not None
    if "snapshot-content-location" in names or (related and "mime-version" in names and not names & _DELIVERED):
        return "mhtml"
    if names & _SENDING and names & _TELLING:
        return "eml"
    mime = {"mime-version", "content-type"} <= names and re.search(r"content-type:\s*(?:multipart|text|message)/", head)
    return "eml" if mime else None


def _header_names(text: str) -> set[str]:
    """The names in a block of header lines; none where any of its lines is neither a header nor folded."""
    names: set[str] = set()
    for number, line in enumerate(lines_of(text)):
        if not line.strip():
            break
        found = _HEADER.match(line)
        if found:
            names.add(found.group(1).lower())
        elif number == 0 and line.startswith("From "):  # the line between mails in a mailbox file
            continue
        elif not (names and line[0] in " \t"):
            return names if len(names) >= _FEWEST_HEADERS else set()
    return names


def is_table(text: str) -> bool:
    """Whether a text is a table of values: nearly all lines have the same number of cells, and there are some lines.

    A comma needs two in a row, or many rows: prose has commas too.
    """
    lines = [line for line in lines_of(text, _SAMPLE_ROWS) if line.strip()]
    if lines and re.fullmatch(r"sep=.", lines[0].strip(), re.IGNORECASE):
        return True
    for delimiter in _DELIMITERS:
        cells = _cells(lines, delimiter)
        if not cells:
            continue
        width, rows = Counter(cells).most_common(1)[0]
        if width < 2 or rows < max(2, len(cells) * 0.9):
            continue
        if width >= 3 or len(cells) >= (8 if delimiter == "," else 3):
            return True
    return False


def _cells(lines: list[str], delimiter: str) -> list[int]:
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
    long_cells = sum(1 for row in rows for cell in row if len(cell) > 400)
    return [] if long_cells > len(rows) else [len(row) for row in rows if row]
