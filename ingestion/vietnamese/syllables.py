"""The shape of Vietnamese syllables, and statistics that tell a good text layer from rubbish.

Source of onsets and rhymes: the closed inventory of written Vietnamese (onset + rhyme + one of six tones).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


def words_of(text: str) -> list[str]:
    """The words of a list that is written as one text."""
    return text.split()


_ONSETS = tuple(words_of("ngh ng nh gh gi kh ch ph th tr qu b c d đ g h k l m n p r s t v x"))
_RHYMES = frozenset(
    words_of("""
    a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong
    ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un
    ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyn uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi
    ươm ươn ương ươp ươt ươu ưt ưu y yê yêm yên yêng yêt yêu
    """)
)
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_VOWELS = frozenset("aeiouy")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzăâđêôơư")
_WORD = re.compile(r"[^\W\d_]+(?:[^\w\s/.,;:()\-–'\"“”’%+*&@\[\]{}=<>!?…•\\|]+[^\W\d_]+)*")
# Characters that have no business in a Vietnamese office paper: replacement, private use, controls.
_STRANGE = re.compile(r"[\ufffd\ufffe\uffff\ue000-\uf8ff\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_LATIN = re.compile(r"^[a-z]+$")
_VOWEL = re.compile(r"[aeiouy]")
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")

# Below this share of believable words a text layer is rubbish. Measured: Vietnamese office text 0.98 and more, tables
# of codes 0.92, English 0.99; the same Vietnamese text in legacy TCVN3 0.3 to 0.4, with lost letters 0.35 to 0.5, in a
# shifted font 0.1 to 0.7.
READABLE_SHARE = 0.80
STRANGE_SHARE = 0.05
FEWEST_WORDS = 5


def toneless(syllable: str) -> str:
    """The lower-case syllable without its tone but with its letters (ă â ê ô ơ ư đ), NFC.

    Only the first tone goes, and only from a vowel: "ñ" of a legacy encoding is no n with a tone.
    """
    kept: list[str] = []
    base, toned = "", False
    for mark in unicodedata.normalize("NFD", syllable.lower()):
        if mark in _TONES and base in _VOWELS and not toned:
            toned = True
            continue
        if not unicodedata.combining(mark):
            base = mark
        kept.append(mark)
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Whether the word is a possible Vietnamese syllable (any tone, with or without it)."""
    plain = toneless(word)
    if plain in _RHYMES:
        return True
    for onset in _ONSETS:
        if plain.startswith(onset):
            rhyme = plain[len(onset) :]
            if rhyme in _RHYMES or (onset == "gi" and rhyme in ("", "n", "m", "êng", "êt")):
                return True
            if onset == "qu" and "u" + rhyme in _RHYMES:
                return True
    return False


@lru_cache(maxsize=50_000)
def is_believable(word: str) -> bool:
    """Whether a word could stand in a readable text: a Vietnamese syllable, or a word in plain Latin letters."""
    if is_syllable(word):
        return True
    plain = toneless(word)
    if not set(plain) <= _LETTERS:
        return False
    if _LATIN.match(plain) and plain == word.lower():
        capitals = word.isupper() and len(word) <= 10
        return capitals or (bool(_VOWEL.search(plain)) and not _CLUSTER.search(plain))
    # Abbreviations of bodies such as SLĐTBXH: capitals, Vietnamese letters, no vowels needed.
    return word.isupper() and len(word) <= 14


@dataclass(frozen=True, slots=True)
class TextStatistics:
    """Counts over one text: words with letters, those that are believable, characters, strange characters."""

    words: int
    believable: int
    characters: int
    strange: int

    @property
    def share(self) -> float:
        """Believable words among all words, 0 to 1 (1 for a text without words)."""
        return self.believable / self.words if self.words else 1.0

    @property
    def strange_share(self) -> float:
        """Strange characters among all that are not blank, 0 to 1."""
        return self.strange / self.characters if self.characters else 0.0


def statistics(text: str) -> TextStatistics:
    """Statistics of a text (linear in its length; a page costs about a millisecond)."""
    text = unicodedata.normalize("NFC", text)
    words = _WORD.findall(text)
    return TextStatistics(
        words=len(words),
        believable=sum(1 for word in words if is_believable(word)),
        characters=sum(1 for letter in text if not letter.isspace()),
        strange=len(_STRANGE.findall(text)),
    )


def is_rubbish(text: str) -> bool:
    """Whether a text layer cannot be what the page shows: strange characters or hardly any believable words."""
    found = statistics(text)
    if found.strange_share > STRANGE_SHARE:
        return True
    if found.words < FEWEST_WORDS:
        # Too little to judge by words: many characters without any word (symbols of a shifted font) are rubbish.
        letters = sum(1 for letter in text if letter.isalnum())
        return found.characters >= 40 and letters < found.characters * 0.3
    return found.share < READABLE_SHARE
