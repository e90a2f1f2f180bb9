"""Pieces of the pages that a hit is shown with, and the boxes of their words.

Only the best pages of each hit are read, and of their words only as many as the pieces need.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from sqlalchemy import Row, and_, or_, select

from app.backends import UnitOfWork
from app.models import DocumentPage, PageText, StoredFile, TextSource, text_of_page
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


def pieces_of(
    uow: UnitOfWork, wanted: Mapping[int, tuple[int, ...]], text: str, *, boxes: bool = True
) -> dict[int, tuple[HitSnippet, ...]]:
    """At most `SNIPPETS` pieces of each document; `wanted` are the numbers of its best pages, best first. Where the
    best page holds everything asked for, pages that do not say nothing more. Without `boxes` the words of a page are
    read only where one that was asked for may have been misread."""
    if not text or not any(wanted.values()):
        return {}
    known = {(row.document_id, row.position): row for row in _pages(uow, wanted)}
    found: dict[int, tuple[HitSnippet, ...]] = {}
    for document_id, positions in wanted.items():
        rows = [known[document_id, position] for position in positions if (document_id, position) in known]
        read = [_read(uow, row, text) for row in rows[:SNIPPETS]]
        shown = [one for one in read if one.cut.every or not read[0].cut.every]
        each = SNIPPETS if len(shown) == 1 else 1
        found[document_id] = tuple(part for one in shown for part in _of_page(one, each, boxes=boxes))
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


class _Words:
    """The words of a page with their stretches of its text, read when they are first needed."""

    def __init__(self, uow: UnitOfWork, row: Row[int, int, PageText, str]) -> None:
        self._store, self._sha256, self._page = uow.store, row.sha256, row.PageText

    @cached_property
    def placed(self) -> Sequence[tuple[Sequence[Any], int, int]]:
        """Word, start and end, as `ingestion.word_spans` finds them; words not found are left out."""
        text, at = self._page.text, 0
        found: list[tuple[Sequence[Any], int, int]] = []
        for word in words_of(self._store, self._sha256, self._page):
            start = text.find(word[0], at)
            if start >= 0:
                at = start + len(word[0])
                found.append((word, start, at))
        return found

    @cached_property
    def _ends(self) -> Sequence[int]:
        return [end for _, _, end in self.placed]

    def boxes(self, marks: Sequence[Mark]) -> Iterator[Box]:
        """The boxes of the words that these stretches of the page's text touch, in points, in the order of the page."""
        touched: set[int] = set()
        for begin, stop in marks:
            at = bisect_right(self._ends, begin)
            while at < len(self.placed) and self.placed[at][1] < stop:
                touched.add(at)
                at += 1
        for at in sorted(touched):
            word = self.placed[at][0]
            yield word[1], word[2], word[3], word[4]

    def doubtful(self) -> Iterator[Mark]:
        """The stretches that were recognised badly."""
        return ((start, end) for word, start, end in self.placed if is_doubtful(word[5], self._page.confidence))


@dataclass(frozen=True, slots=True)
class _ReadPage:
    """A page with its words and the pieces cut of it."""

    position: int
    words: _Words
    cut: snippets.Pieces


def _read(uow: UnitOfWork, row: Row[int, int, PageText, str], text: str) -> _ReadPage:
    page: PageText = row.PageText
    words = _Words(uow, row)
    unsure = _Doubtful(words) if page.source is TextSource.OCR else ()
    return _ReadPage(row.position, words, snippets.pieces(page.text, text, limit=SNIPPETS, doubtful=unsure))


class _Doubtful(Sequence[Mark]):
    """The stretches of a page that were recognised badly, looked for when a word is missed on it."""

    def __init__(self, words: _Words) -> None:
        self._words = words

    @cached_property
    def _found(self) -> tuple[Mark, ...]:
        return tuple(self._words.doubtful())

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Mark: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Mark]: ...

    def __getitem__(self, place: int | slice) -> Mark | Sequence[Mark]:
        return self._found[place]


def _of_page(page: _ReadPage, limit: int, *, boxes: bool) -> Iterator[HitSnippet]:
    """The best pieces of a page in the order of the page."""
    for part in sorted(page.cut.snippets[:limit], key=lambda one: one.start):
        at = [(part.start + a, part.start + b) for a, b in part.marks]
        yield HitSnippet(page.position, part.text, tuple(part.marks), tuple(page.words.boxes(at)) if boxes else ())
