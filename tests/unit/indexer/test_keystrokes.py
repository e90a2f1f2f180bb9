"""Telex and VNI keystrokes written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.folding import exact_tokens
from indexer.keystrokes import decoded


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
        ("a" + "s" * 12, "a" + "s" * 12),
    ],
)
def test_keystrokes_become_the_words_that_were_meant(keys: str, meant: str) -> None:
    assert exact_tokens(decoded(keys)) == exact_tokens(meant)


@pytest.mark.parametrize("text", ["ma tuy", "12/2025", "QH14", "a4", "người", "hello www", "1234567"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert decoded(text) == text


@given(st.text(max_size=40))
def test_nothing_typed_is_an_error(text: str) -> None:
    decoded(text)
