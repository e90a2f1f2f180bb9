"""Pieces of the pages that a hit is shown with, and the boxes of their words.

Only the best pages of each hit are read, and of their words only as many as the pieces need.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from sqlalchemy import Row, and_, or_, select

from app.backends import UnitOfWork
from app.models import DocumentPage, PageText, StoredFile, TextSource, text_of_page
from app.services.page_words import Rows
from app.services.viewing import Box, words_of
from indexer import snippets
from indexer.confusion import is_doubtful

SNIPPETS = 3  # per hit: what fits under a title without hiding the next result

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class HitSnippet:
    """Some text of a page around the words found; `marks` in the text, `boxes` on the page in points."""

    page: int
    text: str
    marks: tuple[Mark, ...]
    boxes: tuple[Box, ...]


def pieces_of(uow: UnitOfWork, wanted: Mapping[int, tuple[int, ...]], text: str) -> dict[int, tuple[HitSnippet, ...]]:
    """At most `SNIPPETS` pieces of each document; `wanted` are the numbers of its best pages, best first. Where the
    best page holds everything asked for, pages that do not say nothing more."""
    if not text or not any(wanted.values()):
        return {}
    known = {(row.document_id, row.position): row for row in _pages(uow, wanted)}
    found: dict[int, tuple[HitSnippet, ...]] = {}
    for document_id, positions in wanted.items():
        rows = [known[document_id, position] for position in positions if (document_id, position) in known]
        read = [_read(uow, row, text) for row in rows[:SNIPPETS]]
        shown = [one for one in read if one.cut.every or not read[0].cut.every]
        each = SNIPPETS if len(shown) == 1 else 1
        found[document_id] = tuple(part for one in shown for part in _of_page(one, each))
    return found


def _pages(uow: UnitOfWork, wanted: Mapping[int, tuple[int, ...]]) -> Sequence[Row[int, int, PageText, str]]:
    """Document, position and text of exactly these pages: long documents have many others of the same positions."""
    each = (
        and_(DocumentPage.document_id == id_, DocumentPage.position.in_(positions))
        for id_, positions in wanted.items()
        if positions
    )
    return uow.session.execute(
        select(DocumentPage.document_id, DocumentPage.position, PageText, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .join(PageText, text_of_page())
        .where(or_(*each))
    ).all()


@dataclass(frozen=True, slots=True)
class _ReadPage:
    """A page with its words and the pieces cut of it."""

    position: int
    text: PageText
    words: Rows
    cut: snippets.Pieces


def _read(uow: UnitOfWork, row: Row[int, int, PageText, str], text: str) -> _ReadPage:
    page: PageText = row.PageText
    words = words_of(uow.store, row.sha256, page)
    unsure = _Doubtful(page, words) if page.source is TextSource.OCR else ()
    return _ReadPage(row.position, page, words, snippets.pieces(page.text, text, limit=SNIPPETS, doubtful=unsure))


class _Doubtful(Sequence[Mark]):
    """The stretches of a page that were recognised badly, looked for when a word is missed on it."""

    def __init__(self, page: PageText, words: Rows) -> None:
        self._page, self._words = page, words

    @cached_property
    def _found(self) -> tuple[Mark, ...]:
        return tuple(_doubtful(self._page, self._words))

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Mark: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Mark]: ...

    def __getitem__(self, place: int | slice) -> Mark | Sequence[Mark]:
        return self._found[place]


def _of_page(page: _ReadPage, limit: int) -> Iterator[HitSnippet]:
    """The best pieces of a page in the order of the page."""
    for part in sorted(page.cut.snippets[:limit], key=lambda one: one.start):
        at = [(part.start + a, part.start + b) for a, b in part.marks]
        yield HitSnippet(page.position, part.text, tuple(part.marks), tuple(_boxes(page.text, page.words, at)))


def _placed(page: PageText, words: Rows) -> Iterator[tuple[Sequence[Any], int, int]]:
    """Words with their stretch of the text, as `ingestion.word_spans` finds them; those not found are left out."""
    at = 0
    for word in words:
        start = page.text.find(word[0], at)
        if start >= 0:
            at = start + len(word[0])
            yield word, start, at


def _doubtful(page: PageText, words: Rows) -> Iterator[Mark]:
    if any(is_doubtful(word[5], page.confidence) for word in words):
        for word, start, end in _placed(page, words):
            if is_doubtful(word[5], page.confidence):
                yield start, end


def _boxes(page: PageText, words: Rows, marks: Sequence[Mark]) -> Iterator[Box]:
    """The boxes of the words that these stretches of the page's text touch, in points."""
    last = max((end for _, end in marks), default=0)
    for word, start, end in _placed(page, words):
        if start >= last:
            return
        if any(start < stop and begin < end for begin, stop in marks):
            yield word[1], word[2], word[3], word[4]
