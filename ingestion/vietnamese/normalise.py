"""One form for every text that comes in: NFC, no look-alikes, no invisible characters, plain blanks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# U+00D0 (Icelandic eth) looks like Đ and is what several old fonts and some OCR outputs hold in its place.
_LOOK_ALIKES = str.maketrans(
    {
        "\u00d0": "Đ",
        "\u0189": "Đ",
        "\u00a0": " ",
        "\u2007": " ",
        "\u202f": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
        "\ufb01": "fi",
        "\ufb02": "fl",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BLANKS = re.compile(r"[ \t]+")


def normalise(text: str) -> str:
    """NFC text without control or invisible characters; line ends become `\\n`; length may change."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LOOK_ALIKES)
    return _CONTROL.sub("", unicodedata.normalize("NFC", text))


def squeeze(text: str) -> str:
    """Normalised text with runs of blanks as one blank and without blanks at either end."""
    return _BLANKS.sub(" ", normalise(text)).strip()


def bare(text: str) -> str:
    """Lower case without accents, đ as d: for comparing words that recognition may have accented wrongly.

    Keeps the length of NFC Vietnamese text, so offsets in `bare(text)` are offsets in `text`.
    """
    return "".join(_bare_letter(letter) for letter in text)


@lru_cache(maxsize=4096)
def _bare_letter(letter: str) -> str:
    if letter in "đĐ":
        return "d"
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter
