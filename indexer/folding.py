"""Vietnamese words as search sees them: cutting text into tokens, with and without accents.

Every text is cut by this module, never by an engine. A token has two forms:

- `exact`: NFC, lower case, the tone mark at one agreed vowel (hòa = hoà, túy = tuý), one letter for the last vowel
  that is written both ways (kỹ = kĩ, lý = lí, quí = quý), accents kept;
- `folded`: no accents at all, `đ` as `d`.

Letters and digits make tokens, everything else separates them, so `15/QĐ-UBND`, `15 qđ ubnd` and `15/ QĐ - UBND` are
the same three tokens; `numbers` gives the keys under which all spellings of one number and symbol meet.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeVar

Made = TypeVar("Made")

# A longer run of letters and digits is no word; both engines would cut or drop it, each in its own way
# (Elasticsearch cuts at 255 characters, Tantivy drops at 65,530 bytes).
LONGEST_TOKEN = 64

MOST_FORMS = 65_536  # words kept with their forms: ten megabytes

_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(rf"(?:[^\W_][{_MARKS}]*)+")
_MARK = re.compile(f"[{_MARKS}]")
_PLAIN = re.compile(r"[^\W_]+")  # the same tokens where a text has no mark of its own, in a third of the time
_SYLLABLE = re.compile(r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
_TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng
_VOWELS = frozenset("aăâeêioôơuưy")
_MODIFIED = frozenset("ăâêôơư")
_SAME_LETTER = str.maketrans("ðɖ", "đđ")  # other letters whose capital looks like Đ; some keyboards and fonts give them


class Token(NamedTuple):
    """One word of a text: both forms and where it stands (`text[start:end]`, in characters)."""

    exact: str
    folded: str
    start: int
    end: int


def spans(text: str) -> list[Token]:
    """All tokens of a text in order, with their places."""
    found = _pattern(text).finditer(text)
    return [Token(_EXACT[word := match.group()], _FOLDED[word], *match.span()) for match in found]


class Placed:
    """The words of a text as written, and where they stand (`text[starts[n]:ends[n]]`); forms when they are asked for,
    for a page has few hundred different words and a question a few."""

    def __init__(self, text: str) -> None:
        parts = re.split(f"({_pattern(text).pattern})", text)
        edges = list(accumulate(map(len, parts)))
        self.words = parts[1::2]
        self.starts, self.ends = edges[0:-1:2], edges[1::2]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Each different word with its folded form."""
        return {word: _FOLDED[word] for word in set(self.words)}

    def exact_at(self, first: int, count: int = 1) -> list[str]:
        """So many words from this place, with accents."""
        return list(map(_EXACT.__getitem__, self.words[first : first + count]))

    def folded_at(self, first: int, count: int = 1) -> list[str]:
        """The same without accents."""
        return list(map(_FOLDED.__getitem__, self.words[first : first + count]))


def exact_tokens(text: str) -> list[str]:
    """The tokens with accents."""
    return list(map(_EXACT.__getitem__, _words(text)))


def folded_tokens(text: str) -> list[str]:
    """The tokens without accents."""
    return list(map(_FOLDED.__getitem__, _words(text)))


def both_forms(text: str) -> tuple[list[str], list[str]]:
    """Exact and folded tokens of a text in one pass."""
    words = _words(text)
    return list(map(_EXACT.__getitem__, words)), list(map(_FOLDED.__getitem__, words))


def joined_forms(text: str) -> tuple[str, str]:
    """`both_forms` with one blank between the tokens, in half the time: no token stands across a blank."""
    chunks = text.split()
    exact = filter(None, map(_EXACT_CHUNKS.__getitem__, chunks))
    folded = filter(None, map(_FOLDED_CHUNKS.__getitem__, chunks))
    return " ".join(exact), " ".join(folded)


def fold(text: str) -> str:
    """The text without accents and punctuation: its folded tokens, one blank between them."""
    return " ".join(folded_tokens(text))


def without_accents(text: str) -> str:
    """The text as it is typed with the input method switched off; nothing else of it changes."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


def is_syllable(folded: str) -> bool:
    """Whether a folded token has the shape of a Vietnamese syllable: consonants, vowels, a final one."""
    return _SYLLABLE.fullmatch(folded) is not None


def _pattern(text: str) -> re.Pattern[str]:
    return _TOKEN if _MARK.search(text) else _PLAIN


def _words(text: str) -> list[str]:
    return _pattern(text).findall(text)


def _exact(word: str) -> str:
    return _unify_last_vowel(_spelled(word))


class _Kept(dict[str, Made]):
    """What was made of each word seen: a collection has few thousand syllables. Forgets all when there are too many."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> Made:
        if len(self) >= MOST_FORMS:
            self.clear()
        made = self[word] = self._make(word)
        return made


def _spelled(word: str) -> str:
    """Lower case, the tone at its agreed vowel; y and i as written."""
    return tone_in_place(unicodedata.normalize("NFC", _lower(word)))


def _lower(word: str) -> str:
    return unicodedata.normalize("NFC", word).lower().translate(_SAME_LETTER)


def _strip(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))


_EXACT = _Kept(lambda word: _exact(word)[:LONGEST_TOKEN])
_FOLDED = _Kept(lambda word: _strip(_exact(word))[:LONGEST_TOKEN])
_EXACT_CHUNKS = _Kept(lambda chunk: " ".join(exact_tokens(chunk)))
_FOLDED_CHUNKS = _Kept(lambda chunk: " ".join(folded_tokens(chunk)))


def tone_in_place(word: str) -> str:
    """The same syllable with its one tone mark where the rule of 1902 puts it (òa, úy; oàn, uyên).

    A word with no tone, several tones or several groups of vowels is not a Vietnamese syllable and stays as it is.
    """
    decomposed = unicodedata.normalize("NFD", word)
    tones = [char for char in decomposed if char in _TONES]
    if len(tones) != 1:
        return word
    letters = unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in _TONES))
    place = _tone_place(letters)
    if place is None:
        return word
    return unicodedata.normalize("NFC", letters[: place + 1] + tones[0] + letters[place + 1 :])


# After these consonants alone both spellings of the last vowel are in use (kỹ/kĩ, công ty/ti); `thy` and `thi`, `uy`
# and `ui`, `ay` and `ai` are different words.
_Y_OR_I = re.compile(r"([hklmst])([yỳỷỹýỵ])")
_QU_I = re.compile(r"(qu)([iìỉĩíị])")
_TO_I = str.maketrans("yỳỷỹýỵ", "iìỉĩíị")
_TO_Y = str.maketrans("iìỉĩíị", "yỳỷỹýỵ")


def _unify_last_vowel(word: str) -> str:
    """One spelling of a syllable whose last vowel is written y by some and i by others."""
    if _Y_OR_I.fullmatch(word):
        return word.translate(_TO_I)
    return word.translate(_TO_Y) if _QU_I.fullmatch(word) else word


def _tone_place(letters: str) -> int | None:
    """Index of the vowel that carries the tone, or None where the word has not exactly one group of vowels."""
    groups = [match.span() for match in re.finditer("[aăâeêioôơuưy]+", letters)]
    if letters.startswith(("qu", "gi")) and groups and groups[0][0] == 1 and groups[0][1] > 2:
        groups[0] = (2, groups[0][1])  # the u of qu and the i of gi belong to the consonant
    if len(groups) != 1:
        return None
    first, end = groups[0]
    modified = [index for index in range(first, end) if letters[index] in _MODIFIED]
    if modified:
        return modified[-1]
    length = end - first
    if length == 1:
        return first
    if length == 2:
        return first + 1 if end < len(letters) else first
    return first + 1


# --- Order of names ----------------------------------------------------------------------------------------------

_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONE_ORDER = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def sort_key(name: str) -> str:
    """A string of digits that sorts names of persons as Vietnamese lists do, under any collation.

    Given name (the last word) first, then the words before it in their order; letters in the order of the Vietnamese
    alphabet, tones (ngang, huyền, hỏi, ngã, sắc, nặng) only where the letters of the word are equal.
    """
    words = [_spelled(word) for word in _TOKEN.findall(name)]
    return "".join(_word_key(word) for word in words[-1:] + words[:-1])


def _word_key(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    tone = next((char for char in decomposed if char in _TONES), "")
    letters = unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in _TONES))
    return "".join(_letter_codes(letters)) + "0" + _TONE_ORDER[tone]


def _letter_codes(letters: str) -> Iterator[str]:
    for letter in letters:
        place = _ALPHABET.find(letter)
        if place < 0:  # a letter of another script sorts after ours
            place = len(_ALPHABET)
        yield f"{place + 11}"
