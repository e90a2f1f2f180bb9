"""Which spellings of a name have a key in common with it."""

import pytest

from indexer.folding import folded_tokens
from indexer.name_keys import fits_initials, keys_of_name, mistaken_keys, part_keys, whole_keys

NAME = "Nguyễn Văn Thử"


@pytest.mark.parametrize(
    "typed",
    [
        "nguyen van thu",
        "Thử Nguyễn Văn",
        "Thử Văn Nguyễn",
        "N.V. Thử",
        "N V Thu",
        "Nguyễn V. Thử",
        "Thử N.V.",
    ],
)
def test_a_name_is_found_in_any_order_without_accents_and_by_initials(typed: str) -> None:
    assert set(whole_keys(folded_tokens(typed))) & set(keys_of_name(NAME))


@pytest.mark.parametrize("typed", ["Nguyễn Văn", "Nguyễn Văn Thủy", "Trần Văn Thử", "N.V. An", "N.V.T.", "Thử"])
def test_another_name_has_no_whole_key_in_common(typed: str) -> None:
    assert not set(whole_keys(folded_tokens(typed))) & set(keys_of_name(NAME))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyn Văn Thử", NAME),
        ("Nguyễnn Văn Thử", NAME),
        ("Nguyễn Vân Thửu", NAME),
        ("Nugyễn Văn Thử", NAME),
        ("Nguyễn Văn Thr", NAME),
        ("Thrử Văn Nguyễn", NAME),
        ("Lê Thị Chang", "Lê Thị Trang"),
        ("Lê Thị Dang", "Lê Thị Giang"),
        ("Lê Thị Xen", "Lê Thị Sen"),
        ("Nê Thị Sen", "Lê Thị Sen"),
    ],
)
def test_a_name_with_one_mistake_is_found(typed: str, name: str) -> None:
    assert set(mistaken_keys(folded_tokens(typed))) & set(keys_of_name(name))


@pytest.mark.parametrize(("typed", "name"), [("Nguyễn Văn Đạt", NAME), ("Lý Thị An", "Lê Thị Ân"), ("An Bình", NAME)])
def test_two_letters_are_too_short_to_be_mistaken_and_two_mistakes_are_too_many(typed: str, name: str) -> None:
    assert not set(mistaken_keys(folded_tokens(typed))) & set(keys_of_name(name))


def test_a_part_of_a_name_holds_the_given_name() -> None:
    keys = set(keys_of_name(NAME))
    assert set(part_keys(["van", "thu"])) & keys
    assert set(part_keys(["nguyen", "thu"])) & keys
    assert not set(part_keys(["nguyen", "van"])) & keys


def test_initials_are_compared_with_the_words_in_their_place() -> None:
    name = folded_tokens(NAME)
    assert fits_initials(["nguyen", "v", "thu"], name)
    assert fits_initials(["thu", "n", "v"], name)
    assert not fits_initials(["v", "n", "thu"], name)
    assert not fits_initials(["tran", "v", "thu"], name)


def test_a_name_without_words_has_no_keys_and_a_long_one_has_keys_that_fit_the_column() -> None:
    assert keys_of_name("...") == ()
    assert max(map(len, keys_of_name(" ".join(["Nghiêngngả" * 6] * 8)))) <= 200
