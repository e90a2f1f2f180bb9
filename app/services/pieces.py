"""Pieces of the pages that a hit is shown with, and the boxes of their words.

Only the best pages of each hit are read, all by one statement, and of their words only as many as the pieces need.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, count
from operator import add
from typing import overload

from sqlalchemy import Row, bindparam, select, tuple_

from app.backends import UnitOfWork
from app.models import DocumentPage, PageText, StoredFile, TextSource, text_of_page
from app.services.page_words import PageWords, Rows, words_of_page
from app.services.viewing import Box
from app.storage import FileStore
from indexer import snippets
from indexer.page_places import PagePlaces

SNIPPETS = 3  # per hit: what fits under a title without hiding the next result

Mark = tuple[int, int]

_Text = Row[int, int, str, int, str, TextSource, float | None, str]

# Exactly these pages: long documents have many others of the same positions. SQLite takes no index for pairs, which the
# lists of their two sides make up for.
_TEXTS = (
    select(
        DocumentPage.document_id,
        DocumentPage.position,
        StoredFile.sha256,
        PageText.page,
        PageText.text,
        PageText.source,
        PageText.confidence,
        PageText.words_name,
    )
    .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
    .join(PageText, text_of_page())
    .where(
        DocumentPage.document_id.in_(bindparam("documents", expanding=True)),
        DocumentPage.position.in_(bindparam("positions", expanding=True)),
        tuple_(DocumentPage.document_id, DocumentPage.position).in_(bindparam("pages", expanding=True)),
    )
)


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
    each = [(document_id, position) for document_id, positions in wanted.items() for position in positions]
    if not text or not each:
        return {}
    asked = {"pages": each, "documents": list({one for one, _ in each}), "positions": list({one for _, one in each})}
    known = {(row.document_id, row.position): row for row in uow.session.execute(_TEXTS, asked)}
    found: dict[int, tuple[HitSnippet, ...]] = {}
    for document_id, positions in wanted.items():
        rows = [known[document_id, position] for position in positions if (document_id, position) in known]
        read = [_Page(uow.store, row, text) for row in rows[:SNIPPETS]]
        shown = [one for one in read if one is read[0] or not read[0].places.every or one.places.every]
        most = SNIPPETS if len(shown) == 1 else 1
        found[document_id] = tuple(part for one in shown for part in one.pieces(most, boxes=boxes))
    return found


class _Page:
    """A page with what it has of a question."""

    def __init__(self, store: FileStore, row: _Text, text: str) -> None:
        self._position = row.position
        self._words = _Words(store, row)
        unsure = _Doubtful(self._words) if row.source is TextSource.OCR else ()
        self.places = PagePlaces(row.text, text, unsure)

    def pieces(self, most: int, *, boxes: bool) -> Iterator[HitSnippet]:
        """The best pieces of the page, in its order."""
        for part in snippets.pieces(self.places, limit=most):
            at = [(part.start + a, part.start + b) for a, b in part.marks]
            yield HitSnippet(self._position, part.text, part.marks, tuple(self._words.boxes(at)) if boxes else ())


class _Words:
    """The words of a page with their stretches of its text, read when they are first needed."""

    def __init__(self, store: FileStore, row: _Text) -> None:
        self._store, self._row = store, row
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._placed: list[int] = []  # the word of each stretch; words not found in the text have none

    @cached_property
    def _kept(self) -> PageWords:
        row = self._row
        if not row.words_name:
            return PageWords(())
        try:
            return words_of_page(self._store.derived_name(row.sha256, row.words_name), row.page)
        except FileNotFoundError:  # its bytes were removed, or the words are still to be made again
            return PageWords(())

    @cached_property
    def _flat(self) -> str | None:
        """The text with the same blank everywhere, where it may be the words with blanks between."""
        flat: str = self._row.text.replace("\n", " ").replace("\xa0", " ")
        return flat if flat.isprintable() and len(flat.split()) == len(self._kept) else None  # no other blanks either

    def _counted(self, marks: Sequence[Mark]) -> Rows | None:
        """The words that these stretches of the text, in order, touch, where it is the words with blanks between. None
        where they are not found so."""
        if (flat := self._flat) is None:
            return None
        touched: dict[int, str] = {}
        first = at = 0
        for begin, stop in marks:
            start, end = flat.rfind(" ", 0, begin + 1) + 1, flat.find(" ", stop - 1)
            first, at = first + len(flat[at:start].split()), start
            touched.update(enumerate(flat[start : None if end < 0 else end].split(), start=first))
        places = sorted(touched)
        rows = self._kept.some(places)
        return rows if [row[0] for row in rows] == [touched[at] for at in places] else None

    def _place(self) -> None:
        """Find the stretches of all words as `ingestion.word_spans` does."""
        find, at = self._row.text.find, 0
        for place, row in enumerate(() if self._placed else self._kept.rows):
            start = find(row[0], at)
            if start >= 0:
                at = start + len(row[0])
                self._starts.append(start)
                self._ends.append(at)
                self._placed.append(place)

    def _found(self, marks: Sequence[Mark]) -> Rows:
        self._place()
        touched: set[int] = set()
        for begin, stop in marks:
            touched.update(self._placed[bisect_right(self._ends, begin) : bisect_left(self._starts, stop)])
        return self._kept.some(sorted(touched))

    def boxes(self, marks: Sequence[Mark]) -> Iterator[Box]:
        """The boxes of the words that these stretches of the page's text touch, in points, in the order of the page."""
        if not marks:
            return
        rows = self._counted(marks)
        for row in self._found(marks) if rows is None else rows:
            yield row[1], row[2], row[3], row[4]

    def doubtful(self) -> Sequence[Mark]:
        """The stretches that were recognised badly."""
        places = self._kept.doubtful(self._row.confidence)
        if self._flat is not None:
            chunks = self._flat.split(" ")
            ends = map(add, accumulate(map(len, chunks)), count())
            words = [(word, end) for word, end in zip(chunks, ends, strict=False) if word]
            if [words[at][0] for at in places] == [row[0] for row in self._kept.some(places)]:
                return [(end - len(word), end) for word, end in (words[at] for at in places)]
        self._place()
        found = dict(zip(self._placed, zip(self._starts, self._ends, strict=True), strict=True))
        return [found[at] for at in places if at in found]


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
