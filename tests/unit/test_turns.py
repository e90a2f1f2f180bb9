"""The order of a run: the files named as the longest exist, and come first whole."""

from dataclasses import dataclass

import pytest

from tests.repository import ROOT
from tests.turns import LONGEST, TOGETHER, in_turn, turn_of


@dataclass(frozen=True, slots=True)
class Item:
    """As much of a collected test as its order asks for."""

    nodeid: str


def ordered(*nodeids: str) -> list[str]:
    items = [Item(nodeid) for nodeid in nodeids]
    in_turn(items)
    return [item.nodeid for item in items]


@pytest.mark.parametrize("turn", LONGEST)
def test_a_turn_named_as_long_exists(turn: str) -> None:
    assert (ROOT / turn).exists()


def test_the_longest_come_first_then_the_files_of_most_tests() -> None:
    long = LONGEST[1] + "::test_x"
    assert ordered("a.py::test_1", "b.py::test_1", "b.py::test_2", long) == [
        long,
        *("b.py::test_1", "b.py::test_2", "a.py::test_1"),
    ]


def test_files_of_as_many_tests_are_not_mixed() -> None:
    assert ordered("a.py::test_1", "b.py::test_1", "a.py::test_2", "b.py::test_2") == [
        *("a.py::test_1", "a.py::test_2"),
        *("b.py::test_1", "b.py::test_2"),
    ]


def test_the_tests_of_the_browser_are_one_turn() -> None:
    assert {turn_of(f"{TOGETHER}test_{name}.py::test_x[a::b]") for name in ("rooms", "sending")} == {TOGETHER}
