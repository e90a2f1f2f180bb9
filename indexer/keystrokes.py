"""Words typed with the input method switched off: Telex ("quyeets ddinhj") and VNI ("quye61t d9inh5") keystrokes.

Both methods put marks on letters typed before: Telex by letters (aa â, aw ă, dd đ; s f r x j for the tones), VNI by
digits (6 â ê ô, 7 ơ ư, 8 ă, 9 đ; 1 to 5 for the tones).
"""

import re
import unicodedata

from indexer.folding import fold, is_syllable, tone_in_place

_VOWELS = "aăâeêioôơuưy"
_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_TELEX_TWICE = {"a": "â", "e": "ê", "o": "ô"}
_HOOKS = {"a": "ă", "o": "ơ", "u": "ư"}
_VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}
_TWICE = re.compile(r"([aeiuy])\1")
_SHORTEST = 3  # keys; A4 and o2 are more often what they are
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{1,12}(?![A-Za-z0-9])")  # nghieengx has 9 keys, with repeats a few more


def decoded(text: str) -> str:
    """The text with every word that reads as keystrokes of either method written out; others stay as they are."""
    return _WORD.sub(lambda match: _telex(match.group()) or _vni(match.group()) or match.group(), text)


def _telex(word: str) -> str | None:
    if not word.isalpha():
        return None
    letters: list[str] = []
    tone = ""
    for key in word.lower():
        if key in _TELEX_TONES and _has_vowel(letters):
            tone = _TELEX_TONES[key]
        elif key == "w":
            if not _hook(letters):
                letters.append("ư")
        elif key == "d" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key in _TELEX_TWICE and key in letters[-3:]:
            place = len(letters) - 1 - letters[::-1].index(key)
            letters[place] = _TELEX_TWICE[key]
        else:
            letters.append(key)
    return _written(word, letters, tone)


def _vni(word: str) -> str | None:
    if word.isalpha() or not word[:1].isalpha():
        return None
    letters: list[str] = []
    tone = ""
    for key in word.lower():
        if key in _VNI_TONES and _has_vowel(letters):
            tone = _VNI_TONES[key]
        elif key == "9" and letters[:1] == ["d"]:
            letters[0] = "đ"
        elif key in _VNI_MARKS:
            if not _mark(letters, _VNI_MARKS[key]):
                return None
        elif key.isdigit():
            return None
        else:
            letters.append(key)
    return _written(word, letters, tone)


def _hook(letters: list[str]) -> bool:
    """Telex w: uo becomes ươ, else the last a, o or u its marked form."""
    for place in range(len(letters) - 1, -1, -1):
        if letters[place : place + 2] == ["u", "o"]:
            letters[place : place + 2] = ["ư", "ơ"]
            return True
    return _mark(letters, _HOOKS)


def _mark(letters: list[str], marks: dict[str, str]) -> bool:
    """The last of these letters in its marked form; with a horn on the o of uo the u has one too."""
    for place in reversed(range(len(letters))):
        if letters[place] in marks:
            if letters[place - 1 : place + 1] == ["u", "u"]:
                place -= 1  # luuw, luu7: of two u the first has the horn
            letters[place] = marks[letters[place]]
            if letters[place] == "ơ" and place and letters[place - 1] == "u":
                letters[place - 1] = "ư"
            return True
    return False


def _has_vowel(letters: list[str]) -> bool:
    return any(letter in _VOWELS for letter in letters)


def _written(word: str, letters: list[str], tone: str) -> str | None:
    """The syllable with its tone where it belongs; None where it is none."""
    vowels = [place for place, letter in enumerate(letters) if letter in _VOWELS]
    if not vowels:
        return None
    typed = "".join([*letters[: vowels[-1] + 1], tone, *letters[vowels[-1] + 1 :]])
    written = tone_in_place(unicodedata.normalize("NFC", typed))
    once = fold("".join(letters).replace("ưu", "ư"))  # lưu, cứu, hưu: two different letters
    if len(word) < _SHORTEST or written == word.lower() or not is_syllable(fold(written)) or _TWICE.search(once):
        return None
    return written
