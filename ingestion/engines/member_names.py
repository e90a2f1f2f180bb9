"""Names inside old archives, written in whatever code page their maker used, become Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from ingestion.vietnamese.legacy import Encoding, decoded
from ingestion.vietnamese.syllables import is_syllable


def _legacy(encoding: Encoding) -> Callable[[bytes], str]:
    return lambda raw: decoded(raw.decode("latin-1"), encoding)


def _codec(name: str) -> Callable[[bytes], str]:
    return lambda raw: unicodedata.normalize("NFC", raw.decode(name))


# In this order where two explain the names equally well: Vietnamese Windows packs in its code page; then the fonts of
# offices before Unicode; then the code pages that programs fall back to (the format itself says 437).
_DECODERS: Mapping[str, Callable[[bytes], str]] = {
    "cp1258": _codec("cp1258"),
    "tcvn3": _legacy(Encoding.TCVN3),
    "vni": _legacy(Encoding.VNI),
    "viscii": _legacy(Encoding.VISCII),
    "vps": _legacy(Encoding.VPS),
    "cp1252": _codec("cp1252"),
    "cp850": _codec("cp850"),
}
_WORD = re.compile(r"[^\W\d_]+")
_STANDARD = "cp437"  # what APPNOTE.TXT of ZIP names where nothing else is said


def decode_names(raw: Sequence[bytes]) -> list[str]:
    """The names of one archive, all in the same encoding: UTF-8 where all are valid, else what makes most of their
    accented words Vietnamese."""
    try:
        return [unicodedata.normalize("NFC", name.decode("utf-8")) for name in raw]
    except UnicodeDecodeError:
        pass
    best, best_score = [name.decode(_STANDARD) for name in raw], 0
    for decoder in _DECODERS.values():
        try:
            names = [decoder(name) for name in raw]
        except UnicodeDecodeError:
            continue
        score = _score(" ".join(names))
        if score > best_score:
            best, best_score = names, score
    return best


def _score(text: str) -> int:
    """Accented words that are Vietnamese syllables less those that are not, and less letters that belong in no name."""
    accented = [word for word in _WORD.findall(text) if not word.isascii()]
    right = sum(1 for word in accented if is_syllable(word))
    strange = sum(1 for letter in text if not letter.isascii() and not letter.isalpha())
    return right - (len(accented) - right) - strange
