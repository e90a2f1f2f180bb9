"""Text in fonts older than Unicode (TCVN3, VNI, VISCII, VPS) becomes Unicode; text already Unicode is left alone.

Call `to_unicode` on the text **as the format gives it**, before any clean-up: in TCVN3 the soft hyphen U+00AD is the
letter ư and "Ð" is é. Pass a whole paragraph or runs joined by font where possible: a letter of VNI may be cut in two
by a change of weight. `paragraph` does that for runs.

The font decides where its name is known. What the text says overrules it only where it says so clearly: fonts lie
(a Unicode text set in a legacy font, sections typed on different machines under one font).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from ingestion.vietnamese import legacy_tables as tables
from ingestion.vietnamese.legacy_evidence import WORD, Evidence, evidence, is_right
from ingestion.vietnamese.legacy_words import COMMON


class Encoding(StrEnum):
    """How the letters of a text are written."""

    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"
    VISCII = "viscii"
    VPS = "vps"
    VIQR = "viqr"
    VIETWARE = "vietware"


@dataclass(frozen=True, slots=True)
class FontRun:
    """A piece of text in one font (None: not told)."""

    text: str
    font: str | None


_DECODERS: dict[Encoding, Callable[[str], str]] = {
    Encoding.UNICODE: lambda text: text,
    Encoding.TCVN3: tables.from_tcvn3,
    Encoding.VNI: tables.from_vni,
    Encoding.VISCII: tables.from_viscii,
    Encoding.VPS: tables.from_vps,
    Encoding.VIQR: tables.from_viqr,
    Encoding.VIETWARE: tables.from_vietware,
}
# In this order where two explain a text equally well: by how common they are in offices.
_CANDIDATES = (Encoding.TCVN3, Encoding.VNI, Encoding.VISCII, Encoding.VPS, Encoding.VIETWARE)

_SUBSET_TAG = re.compile(r"^[A-Z]{6}\+")
# Styles that programs append to the name, and the blank that some names end in.
_TAIL = re.compile(r"(?:[-, ]+(?:bold|italic|regular|oblique|tur|ce|cyr|greek|baltic|\(vietnamese\)))+$")
# The families as offices have them: ".VnTime" (also "VnTime", "UVnTime"), "ABC ..." and names with TCVN are TCVN3;
# "VNI-Times" is VNI; "VNtimes new roman" is Vietware; "VPS Times"; "VI Times" and other fonts of the VISCII group.
_TCVN3_NAMES = (
    "3d|arabia|archie|arial|aristote|avant|bahama|black|bodoni|book|calligraphi|centuri|century|clarendon|commercial|"
    "cooper|courier|exotic|free|gothic|grav|helv|kor|kour|lin|lucida|memo|mono|moo|myst|park|present|rev|shelley|south|"
    "stamp|teknical|tifani|time|univers|vogue"
)
_FAMILIES: tuple[tuple[re.Pattern[str], Encoding], ...] = (
    (re.compile(r"tcvn"), Encoding.TCVN3),
    (re.compile(r"^vni(?![a-z])"), Encoding.VNI),
    (re.compile(r"^vps"), Encoding.VPS),
    (re.compile(r"viscii|^vi[-_ ](?:times|arial|helve|courier)"), Encoding.VISCII),
    (re.compile(r"^vn(?:times new roman|arial new|helvet|brush|univer new)"), Encoding.VIETWARE),
    (re.compile(rf"^u?\.?vn(?:{_TCVN3_NAMES})|^\.vn|^abc[-_ .]"), Encoding.TCVN3),
)
# Capitals fonts of TCVN3 end in H: ".VnTimeH", ".VnArial NarrowH", ".VnBahamasBH".
_ENDING_IN_H = re.compile(r"(?:english|stretch|(?<!h)blach)$")
# A text is another encoding than Unicode, or than its font says, only with so much evidence.
_FEWEST = 3  # accented words, different ones
_MANY = 10  # right words among others that are none
_CLEAR = 0.85  # of them are right Vietnamese when decoded; real texts have 0.95 and more
_LEAD = 0.30  # more than by the next explanation; a wrong table leaves 0.1 to 0.5 right
_VIETNAMESE = 0.60  # of all words, accented or not, are Vietnamese syllables then; other languages have 0.1 to 0.4


def is_legacy_font(name: str | None) -> bool:
    """Whether a font of this name holds letters of an encoding older than Unicode."""
    return font_encoding(name) is not Encoding.UNICODE


def is_capitals_font(name: str | None) -> bool:
    """Whether the font draws small letters as capitals (".VnTimeH")."""
    folded = _folded(name)
    return font_encoding(name) is Encoding.TCVN3 and folded.endswith("h") and not _ENDING_IN_H.search(folded)


@lru_cache(maxsize=4096)
def font_encoding(name: str | None) -> Encoding:
    """The encoding that goes with a font name, `unicode` where the name says nothing."""
    folded = _folded(name)
    for pattern, encoding in _FAMILIES:
        if pattern.search(folded):
            return encoding
    return Encoding.UNICODE


def _folded(name: str | None) -> str:
    return _TAIL.sub("", _SUBSET_TAG.sub("", (name or "").strip()).lower())


def decoded(text: str, encoding: Encoding) -> str:
    """The text by the table of an encoding, NFC; characters without a place in the table stay."""
    return unicodedata.normalize("NFC", _DECODERS[encoding](text))


def to_unicode(text: str, font: str | None, around: Encoding = Encoding.UNICODE) -> str:
    """The text as Unicode (NFC): by its font where that is a legacy font, else by what the text itself says.

    `text` holds the letters of the font's bytes (Latin-1 or Windows-1252, or U+F0xx of symbol fonts). `around` is the
    encoding of the rest of the file, where there is one: it settles short pieces in fonts that say nothing. Capitals
    fonts give capitals. Text that is Unicode already is only brought to NFC.
    """
    if text.isascii() and font is None:
        return text if not _may_be_viqr(text) else decoded(text, guess(text))
    told = font_encoding(font)
    encoding = _settled(text, told)
    if encoding is not Encoding.UNICODE:
        text = decoded(tables.plain_bytes(text), encoding)
    elif told is not Encoding.UNICODE:
        text = _mixed(text, told)
    elif around is not Encoding.UNICODE and not text.isascii() and _is_stray(text, around):
        text = decoded(text, around)
    else:
        text = unicodedata.normalize("NFC", text)
    return text.upper() if told is encoding and is_capitals_font(font) else text


def paragraph(runs: Iterable[FontRun], around: Encoding = Encoding.UNICODE) -> str:
    """The text of a paragraph: neighbouring runs of one encoding are decoded together, by font, NFC."""
    parts = [to_unicode("".join(run.text for run in group), font, around) for font, group in groupby(runs, _kind)]
    return unicodedata.normalize("NFC", "".join(parts))


def encoding_around(fonts: Iterable[str | None], text: str = "") -> Encoding:
    """The encoding of a file: the legacy one of its fonts where there is only one, else what its whole text says."""
    found = {font_encoding(font) for font in fonts} - {Encoding.UNICODE}
    if len(found) == 1:
        return found.pop()
    return Encoding.UNICODE if text.isascii() else guess(text)


def _mixed(text: str, told: Encoding) -> str:
    """A text in a legacy font with letters that only Unicode has: the font's bytes taken for Windows-1258, Unicode set
    in the wrong font, or both in one run."""
    if not _PRECOMPOSED.search(text):  # Windows-1258 has none of these
        as_is = evidence(unicodedata.normalize("NFC", text))
        through = decoded(tables.bytes_of_1258(text), told)
        if as_is.share <= _READS_AS_IT_IS and evidence(through).share >= _CLEAR:
            return through
    return _by_word(text, told)


_PRECOMPOSED = re.compile("[\u1ea0-\u1ef9]")


def _by_word(text: str, encoding: Encoding) -> str:
    """A text in a legacy font that has Unicode words in it (typed later, on another machine): each word on its own."""

    def settle(found: re.Match[str]) -> str:
        word = found[0]
        if word.isascii() or _UNICODE_ONLY.search(word):
            return word
        made = decoded(tables.plain_bytes(word), encoding)
        if not is_right(word):
            return made
        return made if made.lower() in COMMON and word.lower() not in COMMON else word

    return WORD.sub(settle, unicodedata.normalize("NFC", text))


def _is_stray(text: str, around: Encoding) -> bool:
    """Whether a short text in a font that says nothing is in the encoding of the rest of the file: none of its accented
    words is right as it stands and all are when decoded. A single letter ("5 µm") is no word."""
    if _UNICODE_ONLY.search(text):
        return False
    as_is, made = evidence(unicodedata.normalize("NFC", text)), evidence(decoded(text, around))
    long_enough = any(len(word) > 2 and not word.isascii() for word in WORD.findall(text))
    return long_enough and not as_is.right and made.accented > 0 and made.right == made.accented


_TYPICAL = {
    Encoding.VNI: "VNI-Times",
    Encoding.VPS: "VPS Times",
    Encoding.VISCII: "VI Times",
    Encoding.VIETWARE: "VNtimes new roman",
}


def _kind(run: FontRun) -> str | None:
    """One font for all of an encoding and case, so that a word half in ".VnTime" and half in ".VnArial" is one."""
    encoding = font_encoding(run.font)
    if encoding is Encoding.TCVN3:
        return ".VnTimeH" if is_capitals_font(run.font) else ".VnTime"
    return _TYPICAL.get(encoding)


# Letters that no legacy encoding shows as: they make a text Unicode. Windows-1258 gives ă đ ơ ư and combining marks.
_UNICODE_ONLY = re.compile(
    "[\u1ea0-\u1ef9\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0102\u0103\u0110\u0111\u0300-\u0323]"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def _settled(text: str, told: Encoding) -> Encoding:
    """The encoding to decode by: what the font says, unless the text clearly says otherwise."""
    if not _BEYOND_ASCII.search(text):
        return told if told is not Encoding.UNICODE or not _may_be_viqr(text) else guess(text)
    if _UNICODE_ONLY.search(text):
        return Encoding.UNICODE
    if told is Encoding.UNICODE:
        return guess(text)
    by_font = evidence(decoded(tables.plain_bytes(text), told))
    if by_font.share >= _CLEAR - _LEAD:
        return told
    return _other_of_few(text, told) if by_font.accented < _FEWEST else guess(text, otherwise=told)


def _other_of_few(text: str, told: Encoding) -> Encoding:
    """For one or two accented words that are none by their font: the encoding in which all are, common ones among them.
    Offices set sections typed in VNI under a font of TCVN3 and the other way round; other mixtures are not believed."""
    other = {Encoding.TCVN3: Encoding.VNI, Encoding.VNI: Encoding.TCVN3}.get(told)
    if other is None:
        return told
    found = evidence(decoded(tables.plain_bytes(text), other))
    return other if found.accented and found.right == found.accented and found.common else told


def guess(text: str, otherwise: Encoding = Encoding.UNICODE) -> Encoding:
    """What the text is written in, by what makes most of its words right Vietnamese; `otherwise` where that is not
    clear: too few accented words, another language, or two explanations.

    Only the first 20,000 characters count. Costs about ten milliseconds for them.
    """
    if _UNICODE_ONLY.search(text):
        return Encoding.UNICODE
    if not _BEYOND_ASCII.search(text):
        return Encoding.VIQR if _is_viqr(text) else otherwise
    plain = tables.plain_bytes(text[:_SAMPLE])
    as_is = evidence(plain)
    if as_is.share > _READS_AS_IT_IS:
        return Encoding.UNICODE
    found = {one: evidence(decoded(plain, one)) for one in _CANDIDATES}
    ranked = sorted(found, key=lambda one: found[one].share + found[one].common_share, reverse=True)
    best, others = found[ranked[0]], [as_is, *(found[one] for one in ranked[1:])]
    return ranked[0] if all(is_clear(best, other) for other in others) else otherwise


_SAMPLE = 20_000  # characters
_READS_AS_IT_IS = 0.5  # of the accented words are right without any table: the text is Unicode


def is_clear(best: Evidence, other: Evidence) -> bool:
    """Whether one way to decode a text explains it, and so much better than another that there is no doubt."""
    if best.right < _FEWEST or best.vietnamese < _VIETNAMESE:
        return False
    lead, common_lead = best.share - other.share, best.common_share - other.common_share
    if best.share >= _CLEAR:
        return lead >= _LEAD or common_lead >= _LEAD
    # Words that lost the blank between them are wrong by every table; the others still tell.
    return best.right >= _MANY and min(lead, common_lead) >= _LEAD


_VIQR_SIGN = re.compile(r"[AEOaeo]\^|[Aa]\(['`?~.]|[OUou][+*]['`?~.A-Za-z]|\b[Dd]d[aeiouy]")
_VIQR_FEWEST = 5  # different words with marks


def _may_be_viqr(text: str) -> bool:
    return len(_VIQR_SIGN.findall(text, 0, _SAMPLE)) >= _VIQR_FEWEST


def _is_viqr(text: str) -> bool:
    if not _may_be_viqr(text):
        return False
    found = evidence(decoded(text[:_SAMPLE], Encoding.VIQR))
    return found.right >= _VIQR_FEWEST and found.share >= _CLEAR and found.vietnamese >= _VIETNAMESE
