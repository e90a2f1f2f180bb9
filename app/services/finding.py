"""Find in one document by the same accent rules as search: which pages have results, and how many places on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText, StoredFile, text_of_page
from app.services.access import Act, require
from app.services.originals import require_pages
from app.services.viewing import doubtful, read_pages
from indexer import snippets
from indexer.errors import SearchError
from indexer.keystrokes import decoded

log = structlog.get_logger()

READ_ALL = 60  # pages: about a tenth of a second of marking; of longer documents the page index tells
MOST_PAGES = 10_000  # of one document that the page index names

Row = tuple[str, PageText, int]


@dataclass(frozen=True, slots=True)
class FoundPages:
    """The positions of the pages with results in their order: those that hold everything asked for, or where none
    does, those that hold some of it. `places` counts marks on a page, as far as pages were read; `text` is the question
    that was answered (keystrokes written out)."""

    text: str
    pages: tuple[int, ...] = ()
    places: Mapping[int, int] | None = None

    @property
    def total(self) -> int | None:
        """How many places there are; None where not all pages were read."""
        return None if self.places is None else sum(self.places.get(page, 0) for page in self.pages)


def find_pages(uow: UnitOfWork, document: Document, text: str) -> FoundPages:
    """Where a document has what is asked for. Costs some milliseconds for a thousand pages; keystrokes of an input
    method that was switched off are read as they were meant where they find nothing else."""
    require(uow, Act.DOCUMENT_VIEW, document)
    require_pages(uow, document)
    for asked in dict.fromkeys((text, decoded(text))) if text.strip() else ():
        found = _of_index(uow, document, asked) if len(document.pages) > READ_ALL else _of_texts(uow, document, asked)
        if found.pages:
            return found
    return FoundPages(text)


def _of_texts(uow: UnitOfWork, document: Document, text: str) -> FoundPages:
    rows = _rows(uow, document)
    looks = {position: snippets.look(page.text, text) for _, page, position in rows}
    if not any(look.marks for look in looks.values()) and any(page.confidence is not None for _, page, _ in rows):
        pages = read_pages(uow.store, rows)
        looks = {page.number: snippets.look(page.text, text, doubtful(page)) for page in pages}
    holding = [position for position, look in looks.items() if look.every]
    pages_found = holding or [position for position, look in looks.items() if look.marks]
    places = {position: len(look.marks) for position, look in looks.items() if look.marks}
    return FoundPages(text, tuple(pages_found), places)


def _rows(uow: UnitOfWork, document: Document, positions: Iterable[int] | None = None) -> Sequence[Row]:
    query = (
        select(StoredFile.sha256, PageText, DocumentPage.position)
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .join(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id)
        .order_by(DocumentPage.position)
    )
    if positions is not None:
        query = query.where(DocumentPage.position.in_(list(positions)))
    return [(sha256, page, position) for sha256, page, position in uow.session.execute(query)]


def _of_index(uow: UnitOfWork, document: Document, text: str) -> FoundPages:
    """What the page index tells; where it does not answer, the first pages are read."""
    try:
        for every in (True, False):
            numbers = uow.search.pages([document.id], text, MOST_PAGES, every=every).get(document.id, ())
            if numbers:
                last = len(document.pages)
                return FoundPages(text, tuple(sorted(number for number in numbers if number <= last)))
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        rows = _rows(uow, document, range(1, READ_ALL + 1))
        return FoundPages(text, tuple(at for _, page, at in rows if snippets.marks(page.text, text)))
    return FoundPages(text)
