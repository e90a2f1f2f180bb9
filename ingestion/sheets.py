"""Sheets of paper behind the pages of a scan: printed on both sides or not, and whether the sides came in wrong order.

Pure, from what reading says of the pages: which sides are blank, and the page numbers printed at their heads and feet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingestion.pages import Page

DUPLEX_ORDER = "duplex-order"
_NUMBER = re.compile(r"\W{0,3}(?:trang\W{0,2})?(\d{1,4})(?:\s?[/|]\s?\d{1,4})?\W{0,3}", re.IGNORECASE)
_FEWEST = 4  # pages from which anything is said
_BLANK_BACKS = 0.2  # share of blank sides among the even pages from which the odd ones must be fronts
_MATCHING = 0.75  # share of the printed numbers that must fit an order before it is named


def printed_number(page: Page) -> int | None:
    """The page number printed on a page, from its running lines; None where there is none or more than one."""
    if page.running is None:
        return None
    found = {int(match[1]) for line in page.text[page.running :].split("\n") if (match := _NUMBER.fullmatch(line))}
    return found.pop() if len(found) == 1 else None


def two_sided(pages: Sequence[Page]) -> bool | None:
    """Whether the pages are fronts and backs of sheets; None where they do not tell.

    Blank sides at even places alone say yes: a single-sided scan has no blank sides, but for separators, which stand
    anywhere. A blank first page, or blank sides at odd places, say nothing.
    """
    if len(pages) < _FEWEST:
        return None
    if order_problem(pages) is not None:
        return True
    blank = [at for at, page in enumerate(pages, start=1) if page.blank]
    if not blank:
        return None
    backs = [at for at in blank if at % 2 == 0]
    if len(backs) == len(blank) and len(backs) >= max(1, _BLANK_BACKS * (len(pages) // 2)):
        return True
    return None


def order_problem(pages: Sequence[Page]) -> str | None:
    """`duplex-order` where the printed numbers show that fronts came first and backs after them (in order or from the
    last to the first), or that front and back of each sheet are exchanged; else None."""
    numbers = [printed_number(page) for page in pages]
    known = [(at, number) for at, number in enumerate(numbers) if number is not None]
    if len(known) < _FEWEST:
        return None
    count = len(pages)
    if _fits(known, list(range(1, count + 1))) >= _MATCHING:
        return None
    fronts, backs = list(range(1, count + 1, 2)), list(range(2, count + 1, 2))
    exchanged = [number for pair in zip(backs, fronts, strict=False) for number in pair] + fronts[len(backs) :]
    wrong = (fronts + backs, fronts + backs[::-1], exchanged)
    return DUPLEX_ORDER if any(_fits(known, order) >= _MATCHING for order in wrong) else None


def _fits(known: Sequence[tuple[int, int]], order: Sequence[int]) -> float:
    """Share of the printed numbers that an order explains, whatever number the first page bears."""
    shifts = [number - order[at] for at, number in known]
    return max(shifts.count(shift) for shift in set(shifts)) / len(shifts)
