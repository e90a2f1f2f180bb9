"""What a reader sees of a document: pages with their words and boxes, and page images.

Pages are addressed by document and position, never by stored file.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.errors import NotFound
from app.models import Document, DocumentPage, PageText, StoredFile, text_of_page
from app.services.access import Act, require
from app.services.originals import require_pages
from app.services.page_words import Rows, read_all, read_one
from app.services.reading import image_name, reading_source, sandbox_of
from app.storage import FileStore
from indexer.confusion import is_doubtful, unsure_words
from ingestion import ENGINE, Page, Source, Word, region_from_json, render, word_spans

Box = tuple[float, float, float, float]

WIDTHS = (160, 1000, 1600)  # pixels: thumbnail, at once, sharp after


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a document at its position, with its words where they are known."""

    position: int
    page: Page


def page_texts(uow: UnitOfWork, document: Document) -> Sequence[tuple[DocumentPage, PageText | None]]:
    """The pages of a document in order, each with what was read of it."""
    require_pages(uow, document)
    rows = uow.session.execute(
        select(DocumentPage, PageText)
        .outerjoin(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id)
        .order_by(DocumentPage.position)
    ).all()
    return [(page, text) for page, text in rows]


def page_view(uow: UnitOfWork, document: Document, position: int) -> PageView:
    """One page with words and boxes. Raises `NotFound` where the document has no such page."""
    require(uow, Act.DOCUMENT_VIEW, document)
    require_pages(uow, document)
    row = uow.session.execute(
        select(DocumentPage, PageText, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
        .outerjoin(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id, DocumentPage.position == position)
    ).first()
    if row is None:
        raise NotFound()
    _page, text, sha256 = row
    return PageView(position, read_page(uow.store, sha256, text, position))


def read_page(store: FileStore, sha256: str, text: PageText | None, position: int, *, with_words: bool = True) -> Page:
    """What was read of a page, in the library's own shape, numbered by its position in the document."""
    if text is None:
        return Page(position, 0.0, 0.0, Source.NONE, None, "", (), ())
    return _page(text, position, {str(text.page): words_of(store, sha256, text)} if with_words else {})


def words_of(store: FileStore, sha256: str, text: PageText) -> Rows:
    """The words of a page as they are kept: text, four edges in points, confidence; none where they were not kept."""
    path = store.derived(sha256, text.words_name) if text.words_name else None
    return () if path is None else read_one(path, text.page)


def read_pages(store: FileStore, rows: Iterable[tuple[str, PageText, int]]) -> Iterator[Page]:
    """Many pages with their words, each given by hash of the file, text and position: the words of a slice are opened
    once for pages of it that follow one another."""
    opened: tuple[str, str] | None = None
    words: Mapping[str, Rows] = {}
    for sha256, text, position in rows:
        if opened != (sha256, text.words_name):
            opened, words = (sha256, text.words_name), _slice(store, sha256, text.words_name)
        yield _page(text, position, words)


def doubtful_words(store: FileStore, rows: Iterable[tuple[str, str, int, float | None]]) -> Iterator[tuple[str, ...]]:
    """The words recognised with little confidence of many pages, each given by hash of the file, name of its slice,
    page in the file and confidence of the page; the words of a slice are opened once for pages of it in a row."""
    opened: tuple[str, str] | None = None
    words: Mapping[str, Rows] = {}
    for sha256, name, page, confidence in rows:
        if opened != (sha256, name):
            opened, words = (sha256, name), _slice(store, sha256, name)
        yield unsure_words([(row[0], row[5]) for row in words.get(str(page), ())], confidence)


def _page(text: PageText, position: int, words: Mapping[str, Rows]) -> Page:
    return Page(
        position,
        text.width,
        text.height,
        Source(text.source.value),
        text.confidence,
        text.text,
        tuple(Word(row[0], (row[1], row[2], row[3], row[4]), row[5]) for row in words.get(str(text.page), ())),
        running=text.running,
        regions=tuple(region_from_json(row) for row in text.regions),
        steps=tuple(text.steps),
        blank=text.blank,
        pictured=text.pictured,
    )


def _slice(store: FileStore, sha256: str, name: str) -> Mapping[str, Rows]:
    """The words of a slice by page; none where they were not kept."""
    path = store.derived(sha256, name) if name else None
    return {} if path is None else read_all(path)


def hit_boxes(page: Page, marks: Sequence[tuple[int, int]]) -> tuple[tuple[Box, ...], ...]:
    """Where stretches of the page's text stand on it, in points: for each that touches a word one box a line."""
    placed = [(span, word.box) for word, span in zip(page.words, word_spans(page), strict=True) if span[0] >= 0]
    starts, ends = [start for (start, _), _ in placed], [end for (_, end), _ in placed]
    touched = (placed[bisect_right(ends, begin) : bisect_left(starts, stop)] for begin, stop in marks)
    return tuple(_lines([box for _, box in words]) for words in touched if words)


def _lines(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Boxes of words in reading order, those that stand in one line made one."""
    lines: list[Box] = []
    for box in boxes:
        if lines and _continues(lines[-1], box):
            last = lines[-1]
            lines[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            lines.append(box)
    return tuple(lines)


def _continues(line: Box, box: Box) -> bool:
    """Whether a word stands to the right of its line and shares at least half of the lower height with it."""
    shared = min(line[3], box[3]) - max(line[1], box[1])
    return box[0] >= line[0] and shared * 2 >= min(line[3] - line[1], box[3] - box[1])


def doubtful(page: Page) -> tuple[tuple[int, int], ...]:
    """The stretches of the page's text that were recognised with little confidence."""
    return tuple(
        span
        for word, span in zip(page.words, word_spans(page), strict=True)
        if is_doubtful(word.confidence, page.confidence) and span[0] >= 0
    )


def words_between(page: Page, start: int, end: int) -> tuple[Word, ...]:
    """The words that a half-open stretch of the page's text touches."""
    spans = zip(page.words, word_spans(page), strict=True)
    return tuple(word for word, (begin, stop) in spans if begin < end and start < stop)


def page_image(
    backends: Backends, actor: Actor, document_id: int, position: int, *, width: int, kind: Literal["webp", "png"]
) -> bytes:
    """The image of a page, `width` pixels wide, as webp or png; the sandboxed child makes it where it is missing."""
    with backends.read(actor) as uow:
        document = uow.session.get(Document, document_id)
        if document is None:
            raise NotFound()
        require(uow, Act.DOCUMENT_VIEW, document)
        require_pages(uow, document)
        row = uow.session.execute(
            select(DocumentPage.page, StoredFile.sha256)
            .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
            .where(DocumentPage.document_id == document_id, DocumentPage.position == position)
        ).first()
    if row is None or width not in WIDTHS:
        raise NotFound()
    return _drawn(backends, row.sha256, row.page, width, kind)


def picture_of(backends: Backends, file_id: int, page: int, *, width: int, kind: Literal["webp", "png"]) -> bytes:
    """The same of a page of a stored file. To be asked only where the actor may see a document that shows, or showed,
    this page."""
    with backends.read() as uow:
        file = uow.session.get(StoredFile, file_id)
        if file is None or file.cleared_at is not None:
            raise NotFound()
        sha256 = file.sha256
    return _drawn(backends, sha256, page, width, kind)


def _drawn(backends: Backends, sha256: str, page: int, width: int, kind: Literal["webp", "png"]) -> bytes:
    name = image_name(page, thumbnail=width == WIDTHS[0])
    if width == WIDTHS[2] or kind == "png":
        name = f"{ENGINE}/page-{page}-{width}.{kind}"
    known = backends.store.derived(sha256, name)
    if known is not None:
        return known.read_bytes()
    source = reading_source(backends.store, sha256)
    image = render(source, page=page, width=width, kind=kind, sandbox=sandbox_of(backends))
    backends.store.put_derived(sha256, name, image)
    return image
