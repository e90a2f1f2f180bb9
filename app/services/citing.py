"""Which documents a document names by their number, and which name it.

Both are read from the texts as they are now and asked of the index within the asker's scope: nobody learns that a
document out of their scope bears a number or names one. A number is not unique: where several documents bear it, the
answer says so, and only the date beside it tells which one is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText, text_of_page
from app.services.access import Act, require
from app.services.indexing import number_text
from app.services.originals import may_see_pages
from app.services.searching import checked, within_scope
from indexer import Found, SearchRequest
from indexer.dates import day_tokens
from indexer.numbers import number_keys, number_parts, number_questions
from ingestion.understanding.numbers import citations

MOST_PAGES = 200  # read for citations; what a document rests on stands on its first pages
MOST_CITED = 20  # different numbers; each is a question
MOST_LINKED = 3  # documents of one number that are named one by one; more are counted
DAY_AFTER = 45  # characters after a number in which its own date stands ("ngày 05 tháng 02 năm 2026")
_NATIONAL = re.compile(r"(?<![\d/])\d{1,3}/\d{4}/(?:QH|UBTVQH)\d{1,2}\b")  # laws and ordinances: no hyphen in them


@dataclass(frozen=True, slots=True)
class Cited:
    """A number that the document names, first at `page`: how many documents in scope bear it, and they, up to
    `MOST_LINKED`. `is_sure`: there is one, and the date beside the number or the year in it is that document's."""

    number: str
    page: int
    count: int
    documents: tuple[Document, ...]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Citing:
    """Documents that name this one's number, newest first, up to the limit, and how many there are; `sure` are ids of
    those that name its date too. `bearers` is how many other documents in scope bear the number."""

    count: int
    documents: tuple[Document, ...]
    sure: frozenset[int]
    bearers: int


@dataclass(frozen=True, slots=True)
class _Named:
    """A number in the text; `day` (ISO) is the date that stands beside it, or ''."""

    number: str
    page: int
    day: str

    @property
    def questions(self) -> tuple[str, ...]:
        """What to ask for it, the most telling question first."""
        plain = _bearing(self.number)
        return (f"{plain} date:{self.day}", plain) if self.day else (plain,)


def cited(uow: UnitOfWork, document: Document) -> tuple[Cited, ...]:
    """The numbers named in the text, in their order. Raises `SearchError` where the index does not answer."""
    require(uow, Act.SEARCH)
    require(uow, Act.DOCUMENT_VIEW, document)
    within = _within(uow, document)
    asked = [(one, question) for one in _named(uow, document) for question in one.questions]
    counts = uow.search.count([replace(within, text=question) for _, question in asked])
    told: dict[_Named, tuple[str, int]] = {}
    for (one, question), count in zip(asked, counts, strict=True):
        if not told.get(one, ("", 0))[1]:  # the first question that finds something, else the last one
            told[one] = question, count
    return tuple(_cited(uow, within, one, question, count) for one, (question, count) in told.items())


def _cited(uow: UnitOfWork, within: SearchRequest, one: _Named, question: str, count: int) -> Cited:
    found = _rows(uow, replace(within, text=question, limit=MOST_LINKED)) if count else ()
    says_when = bool(one.day and question != one.questions[-1]) or _says_year(one.number)
    return Cited(one.number, one.page, count, found, count == 1 and says_when)


def citing(uow: UnitOfWork, document: Document, *, limit: int = 10) -> Citing | None:
    """Who names this document's number; None where it has no number and symbol that a text could name."""
    require(uow, Act.SEARCH)
    require(uow, Act.DOCUMENT_VIEW, document)
    number = number_text(document)
    parts = number_parts(number)
    if parts is None or not parts.symbol:
        return None
    within = _within(uow, document)
    naming = replace(within, text=f'"{_unquoted(number)}" -{_bearing(number)}', limit=limit)
    found = uow.search.find(naming)
    rows = checked(uow, found)
    (bearers,) = uow.search.count([replace(within, text=_bearing(number))])
    return Citing(
        found.total,
        tuple(rows[hit.id] for hit in found.hits if hit.id in rows),
        _with_its_day(uow, document, naming, found),
        bearers,
    )


def _with_its_day(uow: UnitOfWork, document: Document, naming: SearchRequest, found: Found) -> frozenset[int]:
    """Those of the hits in which the document's date stands too; all of them where the number says its year."""
    if _says_year(number_text(document)):
        return frozenset(hit.id for hit in found.hits)
    if document.date is None or not found.hits:
        return frozenset()
    dated = replace(naming, text=f"{naming.text} {document.date:%d/%m/%Y}")
    return frozenset(hit.id for hit in uow.search.find(dated).hits)


def _named(uow: UnitOfWork, document: Document) -> tuple[_Named, ...]:
    """The numbers in the text, each once, without the document's own."""
    if not may_see_pages(uow, document):
        return ()
    own = set(number_keys(number_text(document), document.date.year if document.date else None))
    found: dict[tuple[str, ...], _Named] = {}
    for page, text in _texts(uow, document):
        for number, end in _numbers(text):
            keys = number_questions(number)
            if own.isdisjoint(keys) and keys not in found and len(found) < MOST_CITED:
                found[keys] = _Named(number, page, next(iter(day_tokens(text[end : end + DAY_AFTER])), ""))
    return tuple(found.values())


def _numbers(text: str) -> Iterator[tuple[str, int]]:
    """Numbers as canonically written, with where they end, in their order."""
    places = [(cite.start, cite.value, cite.end) for cite in citations(text)]
    places += [(match.start(), match.group(), match.end()) for match in _NATIONAL.finditer(text)]
    yield from ((number, end) for _, number, end in sorted(places))


def _texts(uow: UnitOfWork, document: Document) -> Iterator[tuple[int, str]]:
    rows = uow.session.execute(
        select(DocumentPage.position, PageText.text)
        .join(PageText, text_of_page())
        .where(DocumentPage.document_id == document.id, DocumentPage.position <= MOST_PAGES)
        .order_by(DocumentPage.position)
    )
    return ((position, text) for position, text in rows)


def _bearing(number: str) -> str:
    """The question for documents that bear a number; one that somebody typed may have blanks in it."""
    return f'number:"{_unquoted(number)}"'


def _unquoted(number: str) -> str:
    return number.replace('"', " ")


def _says_year(number: str) -> bool:
    parts = number_parts(number)
    return parts is not None and parts.year is not None


def _within(uow: UnitOfWork, document: Document) -> SearchRequest:
    """All other documents that the asker may see, the newest first."""
    return within_scope(uow, SearchRequest(exclude=frozenset({document.id}), sort="newest", limit=0))


def _rows(uow: UnitOfWork, question: SearchRequest) -> tuple[Document, ...]:
    found = uow.search.find(question)
    rows = checked(uow, found)
    return tuple(rows[hit.id] for hit in found.hits if hit.id in rows)
