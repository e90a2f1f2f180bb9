"""Telex and VNI keystrokes written out."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexer.folding import exact_tokens, tone_in_place
from indexer.keystrokes import decoded

TONES = "\u0300\u0301\u0309\u0303\u0323"


@pytest.mark.parametrize(
    ("keys", "meant"),
    [
        ("quyeets ddinhj", "quyết định"),
        ("quyeetst", "quyeetst"),
        ("quye61t d9inh5", "quyết định"),
        ("nguwowif nghieenj ma tuys", "người nghiện ma túy"),
        ("ngu7o72i nghie65n ma tu1y", "người nghiện ma túy"),
        ("ngu72oi", "ngừoi"),
        ("cuw truws", "cư trứ"),
        ("hoof sow", "hồ sơ"),
        ("ho62 so7", "hồ sơ"),
        ("DDIEEUF 41", "điều 41"),
        ("dduwowcj", "được"),
        ("luwu truwx", "lưu trữ"),
        ("luuw tru74", "lưu trữ"),
        ("cu71u cuus", "cứu cuus"),
        ("a" + "s" * 12, "a" + "s" * 12),
    ],
)
def test_keystrokes_become_the_words_that_were_meant(keys: str, meant: str) -> None:
    assert exact_tokens(decoded(keys)) == exact_tokens(meant)


@pytest.mark.parametrize("text", ["ma tuy", "12/2025", "QH14", "a4", "người", "hello www", "1234567"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert decoded(text) == text


TELEX = {"\u0302": "", "\u0306": "w", "\u031b": "w"} | dict(zip(TONES, "fsrxj", strict=True))
VNI = {"\u0302": "6", "\u0306": "8", "\u031b": "7"} | dict(zip(TONES, "21345", strict=True))


def keys_of(syllable: str, marks: dict[str, str]) -> str:
    """A syllable as it is typed with the input method switched off, its tone last."""
    typed, tone, letter = "", "", ""
    for char in unicodedata.normalize("NFD", syllable):
        if char in TONES:
            tone = marks[char]
        elif char in marks:
            typed += marks[char] or letter  # Telex writes the letter of a circumflex twice
        elif char == "đ":
            typed += "dd" if marks is TELEX else "d9"
        else:
            typed, letter = typed + char, char
    return typed + tone


@pytest.mark.parametrize("marks", [TELEX, VNI], ids=["telex", "vni"])
@given(
    st.sampled_from(("", "b", "ch", "đ", "th", "h", "kh", "l", "ngh", "ph", "tr", "v")),
    st.sampled_from(("an", "ăng", "âm", "en", "êt", "in", "ong", "ôc", "ơi", "ung", "ưu", "iêu", "ươi", "uyên", "oai")),
    st.sampled_from(("", *TONES)),
)
def test_every_syllable_is_read_from_the_keys_of_either_method(
    marks: dict[str, str], onset: str, rime: str, tone: str
) -> None:
    vowel = max(place for place, char in enumerate(rime) if char in "aăâeêioôơuưy")
    syllable = tone_in_place(unicodedata.normalize("NFC", onset + rime[: vowel + 1] + tone + rime[vowel + 1 :]))
    keys = keys_of(syllable, marks)
    assume(len(keys) >= 3)
    assert exact_tokens(decoded(keys)) == exact_tokens(syllable)


@given(st.text(alphabet="ăâđêôơưáàảãạ 0123456789/-.,:()", max_size=40))
def test_what_is_typed_with_accents_and_what_is_a_number_stays_to_the_letter(text: str) -> None:
    assert decoded(text) == text
