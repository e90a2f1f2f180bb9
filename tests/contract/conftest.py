"""Fixtures of the search contract."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import SearchBackend
from tests.contract.search_backends import KINDS, SERVER, Address, addresses


@pytest.fixture(params=[KINDS[1] if os.environ.get(SERVER) else KINDS[0]])
def search_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """Where a new empty index lies: in a directory, or on the server that HOSO_TEST_SEARCH_URL names."""
    yield from addresses(request.param, tmp_path)


@pytest.fixture
def search_backend(search_address: Address) -> Iterator[SearchBackend]:
    """A new empty index."""
    backend = search_address.open()
    yield backend
    backend.close()
