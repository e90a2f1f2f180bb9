"""Walking by cursor while documents are written: what is promised of an order by a column, and what by relevance. Both
engines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from indexer import SearchBackend, SearchDocument, SearchPage, Sort
from indexer.cursors import decode
from tests.contract.search_backends import ask, document, ids

SIZE = 5
SURE = range(1, 13)  # documents that say the word
MISREAD = range(13, 25)  # documents on which it was recognised badly: they stand behind the others in every order


def one(number: int, *, place: int | None = None, revision: int = 1) -> SearchDocument:
    """A document whose day and number are its place."""
    at = number if place is None else place
    facts = {"date": date(2020, 1, 1) + timedelta(days=at), "number_text": f"{100 + at}/QĐ-UBND"}
    made = document(number, "cai " * (number % 3 + 1), revision=revision, **facts)
    return replace(made, pages=(SearchPage(1, "ca", ("ca",)),)) if number in MISREAD else made


@pytest.fixture
def shelf(search_backend: SearchBackend) -> SearchBackend:
    search_backend.write([one(number) for number in (*SURE, *MISREAD)])
    return search_backend


def walked(backend: SearchBackend, sort: Sort, between: Sequence[Sequence[SearchDocument | int]]) -> list[int]:
    """All hits by cursor; after each page the next of these are written (documents) or removed (ids)."""
    met: list[int] = []
    steps = list(between)
    cursor = None
    while True:
        found = ask(backend, "cai", sort=sort, limit=SIZE, cursor=cursor)
        met += ids(found)
        cursor = found.cursor
        if cursor is None:
            return met
        for step in steps.pop(0) if steps else ():
            if isinstance(step, int):
                backend.remove([(step, 9)])
            else:
                backend.write([step])


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST, Sort.NUMBER])
def test_a_walk_by_a_column_meets_what_is_there_all_the_time_once_whatever_is_written_meanwhile(
    shelf: SearchBackend, sort: Sort
) -> None:
    order = ids(ask(shelf, "cai", sort=sort, limit=50))
    assert set(order[:12]) == set(SURE)
    before, behind = (-90, 90) if sort is not Sort.NEWEST else (90, -90)
    between: list[list[SearchDocument | int]] = [
        [one(101, place=before), one(102, place=behind), order[6], order[1], one(order[0], revision=2)],
        [one(103, place=before + 1), one(order[11], revision=2), order[2]],
        # The walk has left the first part, which grows and shrinks.
        [*(one(104 + more, place=before + 2 + more) for more in range(5)), order[20], one(order[22], revision=2)],
        [order[3], order[4], order[5], order[7], *range(101, 109)],
    ]
    met = walked(shelf, sort, between)
    gone = {order[place] for place in (1, 2, 3, 4, 5, 6, 7, 20)}
    stayed = [id_ for id_ in order if id_ not in gone]
    assert len(met) == len(set(met))
    assert [id_ for id_ in met if id_ in stayed] == stayed
    assert not {order[6], order[20]} & set(met)


def test_a_walk_in_the_part_that_was_misread_ends_where_nothing_is_misread_any_more(shelf: SearchBackend) -> None:
    order = ids(ask(shelf, "cai", sort=Sort.NEWEST, limit=50))
    sure = [document(id_, "cai", revision=2) for id_ in order[12:]]
    assert walked(shelf, Sort.NEWEST, [[], [], list(sure)]) == order[:15]


def test_by_relevance_a_cursor_is_a_place_in_the_order_as_it_is_when_it_is_used(shelf: SearchBackend) -> None:
    first = ask(shelf, "cai", limit=SIZE)
    assert first.cursor is not None
    shelf.write([document(200, title="Cai cai"), one(3, revision=2)])
    shelf.remove([(5, 9)])
    after = ask(shelf, "cai", limit=SIZE, cursor=first.cursor)
    assert ids(after) == ids(ask(shelf, "cai", limit=SIZE, offset=SIZE))
    assert (after.before, decode(first.cursor, Sort.RELEVANCE).value) == (SIZE, 0)
