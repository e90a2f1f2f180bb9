"""Vietnamese text written in encodings older than Unicode, for tests: the tables turned round."""

import unicodedata
from functools import cache

from ingestion.vietnamese.legacy import Encoding, decoded

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
LETTERS = (*(unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in _TONES), "đ")
_MARKS = "ùøûõïáàåãäéèúüëâêìíîöóòñô"


def _sources(encoding: Encoding) -> list[str]:
    """Every sequence that could be a letter: single bytes, and a letter with a mark for the encodings of two."""
    single = [chr(byte) for byte in (*range(1, 0x20), *range(0x80, 0x100))]
    if encoding not in (Encoding.VNI, Encoding.VIETWARE):
        return single
    bases = "aeouyAEOUY" + ("ôöÔÖ" if encoding is Encoding.VNI else "àáãäåæÀÁÃÄÅÆ")
    pairs = [base + mark for base in bases for mark in (_MARKS.upper() if base.isupper() else _MARKS)]
    return single + pairs


@cache
def alphabet(encoding: Encoding) -> dict[str, str]:
    """Each Vietnamese letter beyond ASCII that the encoding has, with how it is written."""
    wanted = {letter for letter in (*LETTERS, *(letter.upper() for letter in LETTERS)) if not letter.isascii()}
    found: dict[str, str] = {}
    for source in _sources(encoding):
        letter = decoded(source, encoding)
        if letter in wanted and letter != source:
            found.setdefault(letter, source)
    return found | {letter: letter for letter in wanted - found.keys() if decoded(letter, encoding) == letter}


def written(text: str, encoding: Encoding) -> str:
    """The text as the letters of its bytes (Latin-1). Letters that the encoding lacks stay as they are."""
    if encoding is Encoding.VIQR:
        return _viqr(text)
    table = alphabet(encoding)
    return "".join(table.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


_VIQR = {"\u0301": "'", "\u0300": "`", "\u0309": "?", "\u0303": "~", "\u0323": ".", "\u0302": "^", "\u0306": "("}


def _viqr(text: str) -> str:
    out = []
    for letter in unicodedata.normalize("NFD", text):
        if letter in "đĐ":
            out.append("dd" if letter == "đ" else "DD")
        elif letter == "\u031b":
            out.append("+")
        elif letter in _VIQR:
            out.append(_VIQR[letter])
        else:
            out.append(f"\\{letter}" if letter in "'`?~.^(+*\\" else letter)
    # In NFD the dot below stands before the hat; VIQR wants the shape of the letter first.
    text = "".join(out)
    for shape in "^(+":
        for tone in "'`?~.":
            text = text.replace(tone + shape, shape + tone)
    return text
