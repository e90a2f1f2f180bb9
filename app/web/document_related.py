"""What stands beside a document: whom it names, who names it, what is like it; as the tab of links shows them."""

from dataclasses import dataclass
from datetime import date

import structlog
from flask import url_for

from app.backends import UnitOfWork
from app.models import Document
from app.services.citing import Cited, cited, citing
from app.services.indexing import number_text
from app.services.similar import similar
from app.web.document_address import DocumentAddress
from app.web.document_words import printed_number
from indexer.errors import SearchError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """Another document; `is_sure` where nothing else can be meant."""

    title: str
    url: str
    number: str
    date: date | None
    body: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class CitedView:
    """A number that is named at `page`: the documents that bear it, and how many there are where not all are shown."""

    number: str
    page: int
    page_url: str
    count: int
    links: tuple[RelatedLink, ...]
    is_sure: bool


@dataclass(frozen=True, slots=True)
class RelatedView:
    """`citing_count` and `bearers` as in `services.citing.Citing`; `citing_text` is the search that shows them all."""

    cited: tuple[CitedView, ...]
    citing: tuple[RelatedLink, ...]
    citing_count: int
    citing_text: str
    bearers: int
    similar: tuple[RelatedLink, ...]
    words: str


def related_of(uow: UnitOfWork, document: Document, address: DocumentAddress) -> RelatedView | None:
    """All of it within the actor's scope; None while search does not answer."""
    try:
        naming = citing(uow, document)
        alike = similar(uow, document)
        named = cited(uow, document)
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        return None
    return RelatedView(
        cited=tuple(_cited(one, address) for one in named),
        citing=tuple(_link(row, sure=row.id in naming.sure) for row in naming.documents) if naming else (),
        citing_count=naming.count if naming else 0,
        citing_text=f'"{number_text(document)}"',
        bearers=naming.bearers if naming else 0,
        similar=tuple(_link(row) for row in alike.documents),
        words=", ".join(alike.words),
    )


def _cited(one: Cited, address: DocumentAddress) -> CitedView:
    links = tuple(_link(row, sure=one.is_sure) for row in one.documents)
    return CitedView(one.number, one.page, address.at(one.page).url(), one.count, links, one.is_sure)


def _link(row: Document, *, sure: bool = True) -> RelatedLink:
    return RelatedLink(
        title=row.title,
        url=url_for("documents.view", document_id=row.id),
        number=printed_number(number_text(row)),
        date=row.date,
        body=row.body,
        is_sure=sure,
    )
