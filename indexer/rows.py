"""Documents as they are written to either engine: one row, and one row per page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from indexer.backend import SearchDocument
from indexer.fields import Values, project, project_page, tombstone

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Entry:
    """One document as it is written: its row and the rows of its pages by key."""

    id: int
    revision: int
    row: Mapping[str, Values]
    pages: tuple[tuple[str, Mapping[str, Values]], ...] = ()


def entry(document: SearchDocument) -> Entry:
    """The projection of a document with its pages."""
    pages = tuple((f"{document.id}:{page.number}", project_page(document, page)) for page in document.pages)
    return Entry(document.id, document.revision, project(document), pages)


def removal(id_: int, revision: int) -> Entry:
    """What is kept of a removed document, so that an older write is refused."""
    return Entry(id_, revision, tombstone(id_, revision))


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Documents or entries in lists of at most this many."""
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
