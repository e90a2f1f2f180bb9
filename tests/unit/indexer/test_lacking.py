"""Words that a document lacks, told as they were typed."""

import pytest

from indexer.lacking import as_typed


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("tiếp", "nhận"), "kế hoạch Tiếp nhận giao", ("Tiếp nhận",)),
        (("kế", "giao"), "kế hoạch tiếp nhận Giao", ("kế", "Giao")),
        (("15 qđ ubnd",), "theo 15/QĐ-UBND", ("15/QĐ-UBND",)),
        (("tuý",), "ma túy, tuý", ("túy, tuý",)),
        (("giao",), "giao rồi giao", ("giao",)),
        (("khác",), "giao", ("khác",)),
        ((), "giao", ()),
    ],
)
def test_words_that_stand_together_are_told_together_as_typed(
    words: tuple[str, ...], typed: str, told: tuple[str, ...]
) -> None:
    assert as_typed(words, typed) == told
