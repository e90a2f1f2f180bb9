"""Letters of the encodings that Vietnamese was written in before Unicode, keyed by the letters their bytes show as.

A file set in such a font holds bytes of the font; a reader that does not know the font gives them as Latin letters
(byte 0xB5 as "µ"). The tables of TCVN3, VISCII and VPS are those of the package viparse (MIT), compared with the
charts of the Unicode Vietnamese project; its table of VNI lacks ẳ and some capitals, so that one is made here from the
rule of the encoding, a vowel followed by one mark; so is that of Vietware, which viparse has not.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec

_TONES = {"sắc": "\u0301", "huyền": "\u0300", "hỏi": "\u0309", "ngã": "\u0303", "nặng": "\u0323"}
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# What a mark of VNI adds to the vowel before it.
_VNI_PLAIN = {"ù": "sắc", "ø": "huyền", "û": "hỏi", "õ": "ngã", "ï": "nặng"}
_VNI_CIRCUMFLEX = {"á": "sắc", "à": "huyền", "å": "hỏi", "ã": "ngã", "ä": "nặng"}
_VNI_BREVE = {"é": "sắc", "è": "huyền", "ú": "hỏi", "ü": "ngã", "ë": "nặng"}
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for base in "aeouyôö":
        letter = _VNI_LETTERS.get(base, base)
        for mark, tone in _VNI_PLAIN.items():
            pairs[base + mark] = letter + _TONES[tone]
    for base in "aeo":
        pairs[base + "â"] = base + _CIRCUMFLEX
        for mark, tone in _VNI_CIRCUMFLEX.items():
            pairs[base + mark] = base + _CIRCUMFLEX + _TONES[tone]
    pairs["aê"] = "a" + _BREVE
    for mark, tone in _VNI_BREVE.items():
        pairs["a" + mark] = "a" + _BREVE + _TONES[tone]
    return {source: unicodedata.normalize("NFC", letter) for source, letter in pairs.items()}


_VIETWARE_LETTERS = {"à": "ă", "á": "â", "ã": "ê", "ä": "ô", "å": "ơ", "æ": "ư", "â": "đ"} | {
    "ç": "ì", "ê": "í", "é": "ĩ", "è": "ỉ", "ë": "ị"
}  # fmt: skip
_VIETWARE_PLAIN = {"ï": "sắc", "ì": "huyền", "í": "hỏi", "î": "ngã", "û": "nặng", "ü": "nặng"}
_VIETWARE_CIRCUMFLEX = {"ú": "sắc", "ö": "huyền", "ø": "hỏi", "ù": "ngã", "û": "nặng", "ü": "nặng"}
_VIETWARE_BREVE = {"õ": "sắc", "ò": "huyền", "ó": "hỏi", "ô": "ngã", "û": "nặng"}


def _vietware_pairs() -> dict[str, str]:
    marks = {"aeouyåæ": _VIETWARE_PLAIN, "áãä": _VIETWARE_CIRCUMFLEX, "à": _VIETWARE_BREVE}
    pairs = {
        base + mark: _VIETWARE_LETTERS.get(base, base) + _TONES[tone]
        for bases, tones in marks.items()
        for base in bases
        for mark, tone in tones.items()
    }
    pairs["yñ"] = "ỵ"
    return {source: unicodedata.normalize("NFC", letter) for source, letter in pairs.items()}


def _both_cases(pairs: dict[str, str]) -> dict[str, str]:
    """The vowel decides the case: the mark after a capital is often typed small."""
    made = dict(pairs)
    for source, letter in pairs.items():
        made[source.upper()] = letter.upper()
        if len(source) == 2:
            made[source[0].upper() + source[1]] = letter.upper()
            made[source[0] + source[1].upper()] = letter
    return made


def _sequences(pairs: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(source) for source in sorted(pairs, key=len, reverse=True)))


@cache
def _vni() -> tuple[dict[str, str], re.Pattern[str]]:
    table = _both_cases(_vni_pairs() | _VNI_LETTERS)
    return table, _sequences(table)


@cache
def _vietware() -> tuple[dict[str, str], re.Pattern[str]]:
    table = _both_cases(_vietware_pairs() | _VIETWARE_LETTERS)
    return table, _sequences(table)


# Some programs put U+2212 and U+2219 where the bytes 0xAD and 0xB7 stood, and Greek mu for the micro sign.
_TCVN3_SUBSTITUTES = {"\u2212": "ư", "\u2219": "ã", "\u03bc": "à", "\u02c9": "ư"}


def _pairs(name: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a table of viparse, imported when text asks for it and without what the package around it imports
    for itself: that would be a quarter of the start of a child."""
    spec = None if "viparse" in sys.modules else find_spec("viparse")
    if spec is not None:
        sys.modules["viparse"] = module_from_spec(spec)  # its place alone; nothing of it is run
    try:
        pairs: tuple[tuple[str, str], ...] = getattr(import_module(f"viparse.normalize.{name}"), name.upper()).pairs
    finally:
        if spec is not None:
            del sys.modules["viparse"]
    return pairs


@cache
def _tcvn3() -> dict[int, str]:
    pairs = dict(_pairs("tcvn3")) | _TCVN3_SUBSTITUTES
    return {ord(source): letter for source, letter in pairs.items()}


# Letters at the ends of a number or a sign are not: "-5", "5 − 3", "2 ∙ 3".
_LONE_SIGN = re.compile(r"(?<![^\W\d_])[\u2212\u2219](?![^\W\d_])")


@cache
def _windows_specials() -> dict[int, str]:
    """The letters of Windows-1252 at 0x80 to 0x9F, to the byte's own control character."""
    found = {}
    for byte in range(0x80, 0xA0):
        shown = bytes([byte]).decode("cp1252", errors="ignore")
        if shown:
            found[ord(shown)] = chr(byte)
    return found


def _charset(pairs: tuple[tuple[str, str], ...]) -> dict[int, str]:
    """A table for encodings whose letters also lie at 0x80 to 0x9F, read as Latin-1 or as Windows-1252."""
    table = {ord(source): letter for source, letter in pairs}
    for shown, control in _windows_specials().items():
        if ord(control) in table:
            table[shown] = table[ord(control)]
    return table


@cache
def _viscii() -> dict[int, str]:
    return _charset(_pairs("viscii"))


@cache
def _vps() -> dict[int, str]:
    return _charset(_pairs("vps"))


# Fonts declared as symbol fonts give their bytes in a private area.
_PRIVATE = {0xF000 + byte: chr(byte) for byte in range(0x20, 0x100)}


# Programs on a Vietnamese Windows took the bytes of any font for Windows-1258, which has its own letters at these.
_FROM_1258 = {
    ord(bytes([byte]).decode("cp1258")): chr(byte)
    for byte in (0xC3, 0xCC, 0xD0, 0xD2, 0xD5, 0xDD, 0xDE, 0xE3, 0xEC, 0xF0, 0xF2, 0xF5, 0xFD, 0xFE)
}


def bytes_of_1258(text: str) -> str:
    """Letters that Windows-1258 has in place of those of Latin-1, as the latter."""
    return text.translate(_FROM_1258)


def plain_bytes(text: str) -> str:
    """Characters of the private area of symbol fonts (U+F020 to U+F0FF) as the letters of their bytes."""
    return text.translate(_PRIVATE) if any("\uf020" <= letter <= "\uf0ff" for letter in text) else text


def from_tcvn3(text: str) -> str:
    """TCVN3, also called ABC: one byte a letter. Accented letters are small only: capitals fonts draw them as capitals,
    and a word typed in capitals elsewhere is given in capitals whole."""
    kept = _LONE_SIGN.sub(lambda found: {"\u2212": "\ue212", "\u2219": "\ue219"}[found[0]], text)
    made = kept.translate(_tcvn3()).replace("\ue212", "\u2212").replace("\ue219", "\u2219")
    return _HALF_CAPITALS.sub(_whole_capitals, made)


# A word typed in capitals in a font without accented capitals: "CéNG" is CỘNG, shown as "CộNG".
_HALF_CAPITALS = re.compile(r"[^\W\d_]{2,}")


def _whole_capitals(found: re.Match[str]) -> str:
    word = found[0]
    plain = [letter for letter in word if letter.isascii()]
    return word.upper() if len(plain) > 1 and all(letter.isupper() for letter in plain) else word


def from_vni(text: str) -> str:
    """VNI for Windows: a vowel and a mark; ơ ư đ ỉ ĩ ị ỵ alone."""
    table, sequence = _vni()
    return sequence.sub(lambda found: table[found[0]], text)


def from_vietware(text: str) -> str:
    """Vietware X, of fonts such as "VNtimes new roman": a letter and a mark, as VNI but with other marks."""
    table, sequence = _vietware()
    return sequence.sub(lambda found: table[found[0]], text)


def from_viscii(text: str) -> str:
    """VISCII (RFC 1456): one byte a letter, capitals among the control characters."""
    return text.translate(_viscii())


def from_vps(text: str) -> str:
    """VPS: one byte a letter, as VISCII but laid out otherwise."""
    return text.translate(_vps())


_VIQR_TONES = {"'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323"}
_VIQR_SHAPES = {"^": "\u0302", "(": "\u0306", "+": "\u031b", "*": "\u031b"}
_VIQR_LETTER = re.compile(r"\\([\\'`?~.^(+*dD])|([dD])([dD])|([oOuU][+*]|[aA][(^]?|[eEoO]\^?|[uUiIyY])(['`?~.])?")


def from_viqr(text: str) -> str:
    """VIQR (RFC 1456): plain letters with marks behind them, `\\` before a mark that is none."""
    return unicodedata.normalize("NFC", _VIQR_LETTER.sub(_viqr_letter, text))


def _viqr_letter(found: re.Match[str]) -> str:
    escaped, stroke, _, vowel, tone = found.groups()
    if escaped:
        return str(escaped)
    if stroke:
        return "Đ" if stroke == "D" else "đ"
    shape = _VIQR_SHAPES.get(vowel[1:], "") if len(vowel) > 1 else ""
    return str(vowel[0]) + shape + (_VIQR_TONES[tone] if tone else "")
