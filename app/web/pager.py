"""The parts of a long list as links: previous, next, and the numbers in between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.services.paging import Page

NEAR = 2  # numbers shown on either side of the current one

Link = tuple[int | None, str, bool]


@dataclass(frozen=True, slots=True)
class Pager:
    """What `macros/lists.html` draws. A link is (number, address, is current); number None is a gap."""

    first: int
    last: int
    total: int
    previous_url: str | None
    next_url: str | None
    links: tuple[Link, ...]
    last_url: str | None = None


def pages_of(total: int, size: int) -> int:
    """How many parts a list of `total` rows has; an empty list has one."""
    return max(1, -(-total // size))


def make_pager(
    *,
    page: int,
    size: int,
    shown: int,
    total: int,
    url: Callable[[int], str],
    last: int | None = None,
    last_url: str | None = None,
) -> Pager:
    """The pager at part `page` (from 1) with `shown` rows on it. `last` is the last part that has a number of its own
    (where deeper ones are reached by going on, or by `last_url` at once)."""
    end = pages_of(total, size)
    numbered = min(end, last or end)
    first = (page - 1) * size + 1 if shown else 0
    return Pager(
        first=first,
        last=first + shown - 1 if shown else 0,
        total=total,
        previous_url=url(page - 1) if 1 < page <= numbered + 1 else None,
        next_url=url(page + 1) if page < end else None,
        links=_links(page, numbered, url),
        last_url=last_url,
    )


def list_pager(found: Page[Any], endpoint: str, **address: object) -> Pager:
    """The pager of a part of a list at the address of `endpoint` with these values; its first part has no number."""

    def url(number: int) -> str:
        return url_for(endpoint, **address, trang=number if number > 1 else None)  # type: ignore[arg-type]

    page = found.offset // found.limit + 1
    return make_pager(page=page, size=found.limit, shown=len(found.items), total=found.total, url=url)


def _links(page: int, end: int, url: Callable[[int], str]) -> tuple[Link, ...]:
    wanted = sorted({1, end, *range(max(1, page - NEAR), min(end, page + NEAR) + 1)})
    links: list[Link] = []
    before = 0
    for number in wanted:
        if number > before + 1:
            links.append((None, "", False))
        links.append((number, url(number), number == page))
        before = number
    return tuple(links)


def page_number(text: str | None) -> int:
    """The part asked for in an address; anything that is none is the first."""
    if text and text.isascii() and text.isdigit() and len(text) <= 7:
        return max(1, int(text))
    return 1
