"""Words of a question that name a person also mean that person's documents, one word as well as several."""

import pytest

from indexer import parse
from indexer.named_persons import persons_meant, with_persons


@pytest.mark.parametrize(
    ("asked", "words"),
    [("Thử", ("thu",)), ("hồ sơ Nguyễn Văn Thử", ("nguyen", "van", "thu")), ("thử 1990", ("thu",))],
)
def test_words_that_name_a_person_mean_the_person_too(asked: str, words: tuple[str, ...]) -> None:
    assert persons_meant(with_persons(parse(asked), {words: (3, 4)})) == ("3", "4")


@pytest.mark.parametrize("asked", ['"thử"', "-thử", "khác", "thử*"])
def test_words_that_are_not_asked_as_words_mean_nobody(asked: str) -> None:
    assert persons_meant(with_persons(parse(asked), {("thu",): (3,)})) == ()
