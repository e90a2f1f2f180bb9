"""The search backends that one contract holds: Tantivy always, Elasticsearch where one was started."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from indexer import Allowed, Found, SearchBackend, SearchDocument, SearchPage, SearchRequest, open_backend
from tests.search_server import remove_indices

SERVER = "HOSO_TEST_SEARCH_URL"
KINDS = ("tantivy", "elasticsearch")
HERE = 1  # the organisation that asks in most tests
MINE = Allowed(organisations=frozenset({HERE}))


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index lies, so that another process or a second reader can open it."""

    where: str
    name: str

    def open(self) -> SearchBackend:
        """Another backend on the same index."""
        return open_backend(self.where, name=self.name)


def addresses(kind: str, directory: Path) -> Iterator[Address]:
    """A new empty index of this kind, removed afterwards."""
    if kind == "tantivy":
        yield Address(str(directory / "search"), "unused")
        return
    server = os.environ.get(SERVER)
    if not server:
        pytest.skip(f"{SERVER} is not set: run through tests/services/up.py for Elasticsearch")
    name = f"hoso-test-{uuid.uuid4().hex[:12]}"
    yield Address(server, name)
    remove_indices(server, name)


def document(id_: int, text: str = "", *, revision: int = 1, **facts: object) -> SearchDocument:
    """A document of one page that the organisation HERE owns."""
    given: dict[str, object] = {"organisations": (HERE,), "quality": "text", "title": f"Văn bản {id_}"}
    pages = (SearchPage(1, text),) if text else ()
    return SearchDocument(id=id_, revision=revision, **(given | {"pages": pages} | facts))  # type: ignore[arg-type]


def ask(backend: SearchBackend, text: str = "", **facts: object) -> Found:
    """Ask as the organisation HERE."""
    return backend.find(SearchRequest(text=text, **({"allowed": MINE} | facts)))  # type: ignore[arg-type]


def ids(found: Found) -> list[int]:
    """The documents of an answer in their order."""
    return [hit.id for hit in found.hits]


def day(text: str) -> date:
    """A date from its ISO form."""
    return date.fromisoformat(text)
