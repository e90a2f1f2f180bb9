"""Words of a question that name a person also mean that person's documents, one word as well as several."""

import pytest

from indexer import parse
from indexer.name_keys import MOST_WORDS
from indexer.named_persons import LONGEST_AMONG, persons_meant, pieces, with_persons


@pytest.mark.parametrize(
    ("asked", "words"),
    [("Thử", ("thu",)), ("hồ sơ Nguyễn Văn Thử", ("nguyen", "van", "thu")), ("thử 1990", ("thu",))],
)
def test_words_that_name_a_person_mean_the_person_too(asked: str, words: tuple[str, ...]) -> None:
    assert persons_meant(with_persons(parse(asked), {words: (3, 4)})) == ("3", "4")


@pytest.mark.parametrize("asked", ['"thử"', "-thử", "khác", "thử*"])
def test_words_that_are_not_asked_as_words_mean_nobody(asked: str) -> None:
    assert persons_meant(with_persons(parse(asked), {("thu",): (3,)})) == ()


def test_a_name_of_many_words_is_looked_for_alone_and_a_shorter_one_among_other_words_too() -> None:
    name = [f"chữ{letter}" for letter in "abcdefghijkl"]

    def longest(asked: list[str]) -> int:
        return max(len(piece.folded) for piece in pieces(parse(" ".join(asked))))

    assert longest(["ông", *name[:9], "sinh", "năm", "1990"]) == MOST_WORDS
    assert longest(name) == longest(name * 4) == LONGEST_AMONG
