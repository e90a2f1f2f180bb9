"""Which encoding a plain text is in, and Python codecs for the Vietnamese ones that Python has not.

Importing this module registers the codecs `tcvn3`, `vni`, `viscii`, `vps`, `viqr` and `vietware` (decoding only), so
that `content.decode(text_encoding(content)[0], errors="replace")` works for every answer.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable

from ingestion.errors import Damaged, UnknownFormat
from ingestion.vietnamese.legacy import Encoding, decoded, guess, is_clear
from ingestion.vietnamese.legacy_evidence import Evidence, evidence
from ingestion.vietnamese.syllables import statistics

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TABLES = (Encoding.TCVN3, Encoding.VNI, Encoding.VISCII, Encoding.VPS, Encoding.VIETWARE)
_FALLBACK = "cp1258"  # Windows in Vietnam; like Windows-1252 but for a dozen letters
_SAMPLE = 100_000  # bytes looked at
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MOST_CONTROLS = 0.01  # of a text that proves its encoding
# Letters, digits and marks of a Vietnamese text: with its two bytes swapped hardly one is among them.
_USUAL = re.compile("[\t\n\r\x20-\u01b0\u0300-\u0323\u1ea0-\u1ef9\u2010-\u2026]")
_MOST_USUAL = 0.9
_FEWEST_LETTERS = 0.5  # of the bytes of a text in any one-byte encoding are plain letters, digits and blanks
_MOST_BROKEN = 0.02  # broken among all letters beyond ASCII of a UTF-8 text that was cut or patched


def text_encoding(content: bytes) -> tuple[str, bool]:
    """(Python codec, guessed?) of a plain text.

    Encodings that show themselves (a mark, valid UTF-8) or make the text clearly Vietnamese are not called guessed.
    Raises `UnknownFormat` where the bytes are no text, `Damaged` where they break the encoding that they name.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _proven(content, encoding), False
    if b"\0" in content[:4096]:
        return _utf16_without_mark(content), True
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _broken_utf8(content) or _one_byte(content)
    if _controls(text) > len(text) * _MOST_CONTROLS:
        raise UnknownFormat()
    is_viqr = text[:_SAMPLE].isascii() and guess(text[:_SAMPLE]) is Encoding.VIQR
    return ("viqr" if is_viqr else "utf-8"), False


def _proven(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise Damaged() from problem
    if _controls(text) > len(text) * _MOST_CONTROLS:
        raise UnknownFormat()
    return encoding


def _utf16_without_mark(content: bytes) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text or _controls(text):
            continue
        found = statistics(text)
        usual = sum(1 for letter in text if _USUAL.match(letter))
        if (found.words and found.share > 0.5) or usual > len(text) * _MOST_USUAL:
            return encoding
    raise UnknownFormat()


def _broken_utf8(content: bytes) -> tuple[str, bool] | None:
    """UTF-8 where all but a few letters are whole: a text cut off in the middle of a letter, or patched."""
    text = content.decode("utf-8", errors="replace")
    beyond = sum(1 for letter in text if letter > "\x7f")
    broken = text.count("\ufffd")
    if broken <= max(1, beyond * _MOST_BROKEN) < beyond and not _controls(text):
        return "utf-8", True
    return None


def _one_byte(content: bytes) -> tuple[str, bool]:
    """The table that makes the text clearly Vietnamese; else Windows-1258, guessed."""
    sample = content[:_SAMPLE]
    plain = sum(1 for byte in sample if byte in b" \t\r\n" or (byte < 0x80 and chr(byte).isalnum()))
    if plain < len(sample) * _FEWEST_LETTERS:
        raise UnknownFormat()
    best = _clearest(sample)
    if best is not None:
        return best, False
    if _CONTROL.search(content):  # capitals of VISCII and VPS would be clear
        raise UnknownFormat()
    return _FALLBACK, True


def _clearest(sample: bytes) -> str | None:
    names = [*(str(table) for table in _TABLES), _FALLBACK]
    found: dict[str, Evidence] = {name: evidence(_nfc(sample, name), most=_SAMPLE) for name in names}
    ranked = sorted(names, key=lambda name: found[name].share + found[name].common_share, reverse=True)
    clear = all(is_clear(found[ranked[0]], found[other]) for other in ranked[1:])
    return ranked[0] if clear else None


def _nfc(sample: bytes, name: str) -> str:
    return unicodedata.normalize("NFC", sample.decode(name, errors="replace"))


def _controls(text: str) -> int:
    return sum(1 for letter in text if letter < " " and letter not in "\t\n\r\f") + text.count("\x7f")


def _decoder(encoding: Encoding) -> Callable[[bytes, str], tuple[str, int]]:
    keeps_windows = encoding in (Encoding.TCVN3, Encoding.VNI, Encoding.VIETWARE)

    def decode(content: bytes, _errors: str = "strict") -> tuple[str, int]:
        """Every byte has a place, so there are no errors; 0x80 to 0x9F are quotes and dashes where no letters."""
        data = bytes(content)
        text = data.decode("latin-1")
        return decoded(text.translate(_WINDOWS) if keeps_windows else text, encoding), len(data)

    return decode


_WINDOWS = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xA0)}


def _no_encoder(_text: str, _errors: str = "strict") -> tuple[bytes, int]:
    raise NotImplementedError("old encodings are read, never written")


_CODECS = {
    str(encoding): codecs.CodecInfo(_no_encoder, _decoder(encoding), name=str(encoding))  # type: ignore[arg-type]
    for encoding in (*_TABLES, Encoding.VIQR)
}
codecs.register(_CODECS.get)
