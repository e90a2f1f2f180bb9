"""Fronts and backs: what blank sides and printed numbers say about the sheets of a scan."""

from collections.abc import Sequence

import pytest

from ingestion.pages import Page, Source
from ingestion.sheets import DUPLEX_ORDER, order_problem, printed_number, two_sided


def _pages(numbers: Sequence[int | None], *, blank: Sequence[int] = ()) -> list[Page]:
    made = []
    for at, number in enumerate(numbers, start=1):
        if at in blank:
            made.append(Page(at, 595, 842, Source.NONE, None, "", blank=True))
        elif number is None:
            made.append(Page(at, 595, 842, Source.OCR, 0.9, "Kính gửi"))
        else:
            made.append(Page(at, 595, 842, Source.OCR, 0.9, f"Kính gửi\n{number}", running=9))
    return made


def test_number_is_taken_from_running_lines_alone() -> None:
    assert printed_number(_pages([7])[0]) == 7
    assert printed_number(Page(1, 595, 842, Source.OCR, 0.9, "12")) is None


def test_blank_backs_mean_two_sides() -> None:
    assert two_sided(_pages([None] * 6, blank=(2, 6))) is True


@pytest.mark.parametrize("blank", [(), (1,), (3, 4)])
def test_other_blank_sides_say_nothing(blank: Sequence[int]) -> None:
    assert two_sided(_pages([None] * 6, blank=blank)) is None


@pytest.mark.parametrize("numbers", [[1, 3, 5, 2, 4, 6], [1, 3, 5, 6, 4, 2], [2, 1, 4, 3, 6, 5], [1, 3, 5, 2, None, 6]])
def test_wrong_order_of_sides_is_named_and_means_two_sides(numbers: Sequence[int | None]) -> None:
    assert order_problem(_pages(numbers)) == DUPLEX_ORDER
    assert two_sided(_pages(numbers)) is True


@pytest.mark.parametrize("numbers", [[1, 2, 3, 4, 5, 6], [4, 5, 6, 7], [None, 2, 3, 4, 5], [1, 2, 1, 2, 1, 2], [1, 3]])
def test_right_order_and_too_little_are_no_problem(numbers: Sequence[int | None]) -> None:
    assert order_problem(_pages(numbers)) is None
