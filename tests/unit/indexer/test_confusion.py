"""Which words have a confusion key in common."""

import pytest

from indexer.confusion import is_doubtful, key, keys_of_word, unsure_words


@pytest.mark.parametrize(
    ("true", "misread"),
    [
        ("hoi", "boi"),
        ("ma", "na"),
        ("cai", "tai"),
        ("cai", "ca"),
        ("gia", "ga"),
        ("tri", "ti"),
        ("trong", "tong"),
        ("tuy", "tu"),
        ("hieu", "bieu"),
        ("lam", "larn"),
        ("15", "l5"),
        ("2025", "2o25"),
        ("58", "s8"),
    ],
)
def test_what_recognition_confuses_has_one_key(true: str, misread: str) -> None:
    assert key(true) == key(misread)


@pytest.mark.parametrize(
    ("one", "other"), [("cai", "coi"), ("nghien", "nghi"), ("15", "16"), ("an", "anh"), ("thu", "phu"), ("is", "15")]
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_a_word_of_several_tokens_has_a_key_of_each_and_of_all() -> None:
    assert list(keys_of_word("l5/QĐ-UBND")) == [key("15"), key("qd"), key("ubnd"), "15/qd/uhmd"]
    assert list(keys_of_word("Hội,")) == [key("hoi")]
    assert list(keys_of_word("a")) == list(keys_of_word("...")) == []


@pytest.mark.parametrize(
    ("word", "page", "doubtful"),
    [
        (0.4, 0.97, True),
        (0.6, 0.97, False),
        (0.6, 0.8, True),
        (0.95, 0.8, False),
        (0.4, None, True),
        (None, 0.8, False),
    ],
)
def test_of_a_page_that_is_hard_to_read_more_words_are_doubtful(
    word: float | None, page: float | None, doubtful: bool
) -> None:
    assert is_doubtful(word, page) is doubtful


def test_a_word_that_stands_surely_on_a_page_that_is_read_well_was_read_rightly() -> None:
    words = [("Thử,", 0.3), ("thử", 0.99), ("ca", 0.3), ("cai", 0.99), ("x", None)]
    assert unsure_words(words, 0.97) == ("ca",)
    assert unsure_words(words, 0.8) == ("Thử,", "ca")
