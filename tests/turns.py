"""In which order the processes of a run take its tests: whole files, those that take longest first.

xdist takes the files with the most tests first, which leaves a served program or the browser for the end, with one
process waiting for the other. The tests of the browser are one turn together: they share a served program and a
browser that take long to start.
"""

from collections import Counter
from typing import Any, Protocol, TypeVar

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = "tests/browser/"
LONGEST = (
    TOGETHER,
    "tests/functional/test_command_line.py",
    "tests/functional/test_supervised.py",
    "tests/functional/test_policy_matrix.py",
    "tests/unit/ingestion/test_reading_scans.py",
    "tests/functional/test_crash_table.py",
    "tests/unit/services/test_making.py",
    "tests/functional/test_hostile_files.py",
    "tests/functional/test_scans.py",
    "tests/functional/test_splitting.py",
    "tests/functional/test_closed_documents.py",
    "tests/functional/test_papers.py",
    "tests/functional/test_search.py",
    "tests/functional/test_said_once.py",
    "tests/functional/test_documents.py",
    "tests/unit/services/test_splitting.py",
    "tests/unit/ingestion/test_reading_doc.py",
    "tests/unit/ingestion/test_broken_files.py",
    "tests/unit/ingestion/test_legacy_papers.py",
    "tests/unit/doc_templates/test_forms_layout.py",
    "tests/unit/doc_templates/test_forms_printed.py",
    "tests/unit/test_access.py",
)
"""Turns that take some ten seconds or more, the longest first (of a run on 22/11/2026, beside other work)."""


class Named(Protocol):
    """A collected test."""

    @property
    def nodeid(self) -> str: ...


One = TypeVar("One", bound=Named)


def turn_of(nodeid: str) -> str:
    """The turn to which a test belongs: its file, or the directory whose tests go together."""
    return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.split("::", 1)[0]


def in_turn(items: list[One]) -> None:
    """Put the tests of the longest turns first; the others stay in their order, by the number of their tests."""
    sizes = Counter(turn_of(item.nodeid) for item in items)
    places = {turn: number for number, turn in enumerate(LONGEST)}
    turns = [(item, turn_of(item.nodeid)) for item in items]
    turns.sort(key=lambda one: (places.get(one[1], len(places)), -sizes[one[1]], one[1]))
    items[:] = [item for item, _ in turns]


class LongestFirst(LoadFileScheduling):
    """Whole turns to the processes, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return turn_of(nodeid)


def scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    """Ours where files stay whole (`--dist loadfile`); what was asked for otherwise."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return LongestFirst(config, log)
