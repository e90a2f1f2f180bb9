"""The table of cases: what is asked of thirty documents, each changed and removed twice before. Both engines."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer import Allowed, Found, SearchBackend, SearchRequest
from tests.contract import shelf
from tests.contract.search_backends import KINDS, MINE, SERVER, addresses, ids

TABLE = Path(__file__).with_name("cases.toml")
LEAST = 150  # cases that the table has; what its rules are was agreed on for both engines

ASKERS = {
    "mine": MINE,
    "nobody": Allowed(),
    "other": Allowed(organisations=frozenset({shelf.OTHER})),
    "both": Allowed(organisations=frozenset({shelf.HERE, shelf.OTHER})),
    "case": Allowed(cases=frozenset({50})),
    "hiv": Allowed(organisations=frozenset({shelf.HERE}), flags=frozenset({"hiv"})),
    "flags": Allowed(organisations=frozenset({shelf.HERE}), flags=frozenset({"hiv", "ost"})),
    "operator": Allowed.everything(),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A question, who asks it and how, and the documents that answer it (`ordered`: in this order)."""

    rule: str
    asked: str
    found: tuple[int, ...]
    asker: str = "mine"
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = "relevance"
    ordered: bool = False
    notes: tuple[str, ...] | None = None
    relaxed: bool | None = None
    exclude: tuple[int, ...] = ()

    def request(self) -> SearchRequest:
        return SearchRequest(
            self.asked, ASKERS[self.asker], dict(self.filters), self.sort, 50, exclude=frozenset(self.exclude)
        )


def table() -> list[Case]:
    """The cases of the file, in its order."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return [_case(rule, *row) for rule, rows in read.items() for row in rows]


def _case(rule: str, asked: str, found: list[int], how: dict[str, Any] | None = None) -> Case:
    given = dict(how or {})
    filters = tuple((name, tuple(values)) for name, values in given.pop("filters", {}).items())
    lists = {name: tuple(given.pop(name)) for name in ("notes", "exclude") if name in given}
    return Case(rule, asked, tuple(found), filters=filters, **lists, **given)


CASES = table()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there after one step of the documents' lives: by status, by question, by walk."""

    status: int
    asked: int
    walked: int


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchBackend, list[Seen]]]:
    """The documents after their lives, and what was counted after each step."""
    kind = KINDS[1] if os.environ.get(SERVER) else KINDS[0]
    address = addresses(kind, tmp_path_factory.mktemp("cases"))
    backend = next(address).open()
    seen = []
    for revision, there in shelf.LIFE:
        if there:
            backend.write(shelf.at(revision))
        else:
            backend.remove([(each.id, revision) for each in shelf.SHELF])
        total = backend.find(SearchRequest("", Allowed.everything())).total
        seen.append(Seen(backend.status().documents, total, len(list(backend.revisions()))))
    yield backend, seen
    backend.close()
    next(address, None)


def test_the_table_has_as_many_different_cases_as_were_asked_for() -> None:
    assert len(set(CASES)) == len(CASES) >= LEAST


def test_every_document_was_changed_and_removed_twice_and_counted_each_time(
    lived: tuple[SearchBackend, list[Seen]],
) -> None:
    backend, seen = lived
    everything = len(shelf.SHELF)
    assert [there for _, there in shelf.LIFE].count(False) == 2
    assert seen == [Seen(*[everything if there else 0] * 3) for _, there in shelf.LIFE]
    assert dict(backend.revisions()) == dict.fromkeys(shelf.BY_ID, shelf.LAST)
    assert backend.find(SearchRequest("tạm", Allowed.everything())).total == 0
    assert backend.pages(list(shelf.BY_ID), "tạm") == {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.asked}")
def test_a_case_is_answered_as_the_table_says(lived: tuple[SearchBackend, list[Seen]], case: Case) -> None:
    found = lived[0].find(case.request())
    assert tuple(ids(found) if case.ordered else sorted(ids(found))) == case.found
    assert found.total == len(case.found)
    assert all(hit.revision == shelf.LAST for hit in found.hits)
    if case.notes is not None:
        assert tuple(note.code for note in found.notes) == case.notes
    if case.relaxed is not None:
        assert (found.rule == "most") is case.relaxed
    if not case.filters:
        assert counted(found) == {name: dict(counts) for name, counts in shelf.facets_of(case.found).items()}


def counted(found: Found) -> dict[str, dict[str, int]]:
    return {name: {bucket.value: bucket.count for bucket in found.facets[name]} for name in shelf.facets_of(())}
