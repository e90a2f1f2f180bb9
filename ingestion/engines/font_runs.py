"""Text of runs with their fonts: old Vietnamese fonts become Unicode, symbol fonts become the signs they show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ingestion.vietnamese.legacy import Encoding, FontRun, paragraph

# Symbol fonts put their signs at U+F020 to U+F0FF (or at the same byte without F0). What papers use of them: boxes to
# tick, bullets, arrows. Source: the tables of Unicode L2/11-052 (Wingdings) and of Adobe (Symbol).
_WINGDINGS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆",
    0x76: "❖", 0x77: "⬥", 0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢",
    0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    0x28: "☎", 0x29: "✆", 0x2A: "✉", 0x3F: "✍", 0x46: "☞", 0x22: "✂",
}  # fmt: skip
_WINGDINGS_2 = {0x50: "✓", 0x4F: "✗", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x97: "●"}
_SYMBOL = {
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥",
    0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xA8: "♦", 0xD6: "√", 0xDE: "⇒", 0xE5: "∑", 0x2D: "−",
}  # fmt: skip
_SIGNS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
_PRIVATE = range(0xF020, 0xF100)

_ASCII_SIGNS = 0x40  # below it digits and points of a symbol font are what they are in any font

Piece = tuple[str, str | None]


def joined(pieces: Iterable[Piece], around: Encoding = Encoding.UNICODE) -> str:
    """The text of the (text, font) pieces of a paragraph, in their order, as their fonts show it; `around` is the old
    encoding of the rest of the file, if it has one (see `legacy.to_unicode`)."""
    out: list[str] = []
    for is_symbol, run in groupby(pieces, key=lambda piece: _signs(piece[1]) is not None):
        if is_symbol:
            out += (_shown(text, _signs(font) or {}) for text, font in run)
        else:
            out.append(paragraph((FontRun(text, font) for text, font in run), around))
    return "".join(out)


def _signs(font: str | None) -> dict[int, str] | None:
    return _SIGNS.get(font.strip().lower()) if font else None


def _shown(text: str, signs: dict[int, str]) -> str:
    return "".join(_sign(letter, signs) for letter in text)


def _sign(letter: str, signs: dict[int, str]) -> str:
    is_private = ord(letter) in _PRIVATE
    code = ord(letter) - 0xF000 if is_private else ord(letter)
    if code in signs:
        return signs[code]
    if not is_private:
        return letter
    return chr(code) if code < _ASCII_SIGNS else "•"
