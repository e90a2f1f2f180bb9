"""The names that files arrive under, as they are kept, shown and given out again."""

import unicodedata

LONGEST = 300  # characters: the width of the column; the end with its suffix stays
NAMELESS = "tệp không tên"
_UNSHOWN = {"Cc": " ", "Cf": " ", "Zl": " ", "Zp": " ", "Cs": "?"}
"""Categories of signs that steer a screen, a header or a terminal, or are no characters at all."""


def kept_name(name: str) -> str:
    """The name a file is kept and given out under: its last part, NFC, without signs that steer a screen, a header or
    a terminal, and without what is no character at all (a name on disk in another encoding)."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = (_UNSHOWN.get(unicodedata.category(char), char) for char in unicodedata.normalize("NFC", last))
    return " ".join("".join(shown).split())[-LONGEST:] or NAMELESS
