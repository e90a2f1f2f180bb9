"""Totals of many questions: in three steps at most, whatever the answers are, for each step is a way to a server."""

from collections.abc import Callable, Sequence

import pytest

from indexer import Allowed, SearchRequest
from indexer.clauses import Clause, Nothing
from indexer.totals import Totals

LONG = "quyết định về việc quản lý sau cai nghiện ma túy tại nơi cư trú"  # begins under the rule of most
TEXTS = ("", "cai", "quản lý sau cai", '"quản lý"', "15/QĐ-UBND", "quản -sau", LONG)


def requests(**facts: object) -> list[SearchRequest]:
    allowed = Allowed(frozenset({1}))
    return [SearchRequest(text=text, allowed=allowed, **facts) for text in TEXTS]  # type: ignore[arg-type]


def steps(asked: Sequence[SearchRequest], count: Callable[[Sequence[Clause]], Sequence[int]]) -> int:
    taken = 0

    def counted(clauses: Sequence[Clause]) -> Sequence[int]:
        nonlocal taken
        taken += 1
        return count(clauses)

    assert len(Totals(asked).settled(counted)) == len(asked)
    return taken


@pytest.mark.parametrize("filters", [{}, {"year": ("2026",)}])
@pytest.mark.parametrize(
    "count",
    [
        lambda clauses: [0] * len(clauses),
        lambda clauses: [1] * len(clauses),
        lambda clauses: [at % 2 for at in range(len(clauses))],
        lambda clauses: [(at + 1) % 2 for at in range(len(clauses))],
    ],
    ids=["nothing", "everything", "every second", "the others"],
)
def test_many_questions_take_three_steps_at_most(
    count: Callable[[Sequence[Clause]], Sequence[int]], filters: dict[str, tuple[str, ...]]
) -> None:
    assert steps(requests(filters=filters), count) <= 3


def test_no_question_takes_no_step() -> None:
    assert steps([], lambda _: []) == 0


def test_questions_that_find_something_and_have_no_doubtful_words_take_one() -> None:
    quoted = [SearchRequest(text=text) for text in ('"quản lý"', '"sau cai"')]
    assert steps(quoted, lambda clauses: [0 if one == Nothing() else 1 for one in clauses]) == 1
