"""Fixtures of the search contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import SearchBackend
from tests.contract.search_backends import KINDS, Address, addresses


@pytest.fixture(params=[KINDS[0], pytest.param(KINDS[1], marks=pytest.mark.services)])
def search_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """Where a new empty index lies: in a directory always, on a server where HOSO_TEST_SEARCH_URL names one."""
    yield from addresses(request.param, tmp_path)


@pytest.fixture
def search_backend(search_address: Address) -> Iterator[SearchBackend]:
    """A new empty index."""
    backend = search_address.open()
    yield backend
    backend.close()
