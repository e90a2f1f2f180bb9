"""The left side of a document page: the picture with the places drawn on it, thumbnails, the way to the next hit."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.backends import UnitOfWork
from app.models import CaseDocument, Document
from app.services.filing import filings, proposals
from app.services.finding import FoundPages
from app.services.originals import has_pictures
from app.services.viewing import Box, doubtful, hit_boxes, page_view
from app.web.document_address import ZOOMS, DocumentAddress
from app.web.reading_words import REGIONS, sureness
from indexer import snippets
from ingestion import Page, RegionKind

A4_POINTS = (595.0, 842.0)  # stands in for the size of a page that is not read yet
MOST_LEAVES = 200  # thumbnails beside the page, around the current one; "đến trang" reaches the others
SMALL, AT_ONCE, SHARP = 160, 1000, 1600  # pixels wide

LAST_HIT = "ket-qua-cuoi"  # anchor of a page that is reached backwards: the script begins at its last hit

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A thumbnail; `is_hit`: the page has results, `places` of them where they were counted."""

    number: int
    thumb_url: str
    url: str
    current: bool
    is_hit: bool
    places: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A seal, a signature or handwriting that the machine saw, with the words beside it."""

    kind: str
    box: Box
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The current page as `macros/viewer.html` draws it; sizes and boxes in points. Each hit has one box a line.
    `hit_pages` pages have results, the current one is the `hit_page`-th of them (None where it is none)."""

    number: int
    total: int
    width: float
    height: float
    image_url: str
    sharp_url: str
    thumb_url: str
    hits: tuple[tuple[Box, ...], ...]
    places: tuple[Place, ...]
    alt: str
    previous_url: str | None
    next_url: str | None
    previous_hit_url: str | None
    next_hit_url: str | None
    hit_pages: int
    hit_page: int | None
    go_url: str
    go_hidden: tuple[tuple[str, str], ...]
    zoom: int
    turn: int
    zoom_links: tuple[tuple[int, str], ...]
    turn_url: str


@dataclass(frozen=True, slots=True)
class CurrentPage:
    """What was read of the current page and which stretches of its text are marked."""

    page: Page
    marks: Marks


def current_page(uow: UnitOfWork, document: Document, address: DocumentAddress, text: str) -> CurrentPage | None:
    """The page of the address with the words found and the evidence marked; None while nothing is laid out."""
    if not document.pages:
        return None
    page = page_view(uow, document, min(address.page, len(document.pages))).page
    found = snippets.marks(page.text, text, doubtful(page)) if text else ()
    return CurrentPage(page, _merged((*found, *_evidence(uow, document, address, page))))


def _evidence(uow: UnitOfWork, document: Document, address: DocumentAddress, page: Page) -> Marks:
    """Where the evidence of the address stands on this page."""
    named = address.evidence or ""
    fact = next((row for row in document.facts if row.name == named and row.page == page.number), None)
    if fact is not None and fact.quote:
        start = page.text.find(fact.quote)
        return ((start, start + len(fact.quote)),) if start >= 0 else ()
    if named.startswith("p") and named[1:].isascii() and named[1:].isdigit():
        return _filing_evidence(_filing(uow, document, int(named[1:])), page)
    return ()


def _filing(uow: UnitOfWork, document: Document, filing_id: int) -> CaseDocument | None:
    known = (*filings(uow, document=document), *proposals(uow, document=document, limit=100).items)
    return next((row for row in known if row.id == filing_id), None)


def _filing_evidence(filing: CaseDocument | None, page: Page) -> Marks:
    evidence = filing.evidence if filing else {}
    start, end = evidence.get("start"), evidence.get("end")
    if evidence.get("page") != page.number or not isinstance(start, int) or not isinstance(end, int):
        return ()
    return ((start, end),)


def _merged(marks: Marks) -> Marks:
    """In order, not overlapping."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def image_url(document_id: int, position: int, width: int) -> str:
    """The address of a page picture of this width in pixels."""
    return url_for("documents.page_image", document_id=document_id, position=position, rong=width)


def sheet_of(document: Document, address: DocumentAddress, current: CurrentPage, found: FoundPages) -> Sheet | None:
    """The current page as a picture; None where the format has none."""
    if not has_pictures(document.file):
        return None
    page, total = current.page, len(document.pages)
    width, height = (page.width, page.height) if page.width and page.height else A4_POINTS
    before = [number for number in found.pages if number < page.number]
    after = [number for number in found.pages if number > page.number]
    return Sheet(
        number=page.number,
        total=total,
        width=width,
        height=height,
        image_url=image_url(document.id, page.number, AT_ONCE),
        sharp_url=image_url(document.id, page.number, SHARP),
        thumb_url=image_url(document.id, page.number, SMALL),
        hits=hit_boxes(page, current.marks),
        places=_places(page),
        alt=_("Ảnh trang %(page)s của văn bản; chữ của trang ở thẻ Văn bản.", page=page.number),
        previous_url=_beside(document, address, page.number, -1),
        next_url=_beside(document, address, page.number, 1),
        previous_hit_url=address.at(before[-1]).url(anchor=LAST_HIT) if before else None,
        next_hit_url=address.at(after[0]).url() if after else None,
        hit_pages=len(found.pages),
        hit_page=len(before) + 1 if page.number in found.pages else None,
        go_url=url_for("documents.view", document_id=document.id),
        go_hidden=address.hidden(),
        zoom=address.zoom,
        turn=address.turn,
        zoom_links=tuple((zoom, address.zoomed(zoom).url()) for zoom in ZOOMS),
        turn_url=address.turned().url(),
    )


def _beside(document: Document, address: DocumentAddress, number: int, step: int) -> str | None:
    """The address of the nearest page before (-1) or after (1) that is no hidden side."""
    shown = [row.position for row in document.pages if not row.hidden and (row.position - number) * step > 0]
    return address.at((min if step > 0 else max)(shown)).url() if shown else None


def _places(page: Page) -> tuple[Place, ...]:
    """What is drawn on the picture besides the words found."""
    drawn = (RegionKind.SEAL, RegionKind.SIGNATURE, RegionKind.HANDWRITING)
    return tuple(
        Place(region.kind.value, region.box, f"{REGIONS[region.kind]}, {sureness(region.score)}")
        for region in page.regions
        if region.kind in drawn
    )


def leaves_of(document: Document, address: DocumentAddress, page: int, found: FoundPages) -> tuple[Leaf, ...]:
    """The thumbnails around the current page, hidden sides left out."""
    if not has_pictures(document.file):
        return ()
    total = len(document.pages)
    hidden = {row.position for row in document.pages if row.hidden and row.position != page}
    hits, places = set(found.pages), found.places or {}
    first = max(1, min(page - MOST_LEAVES // 2, total - MOST_LEAVES + 1))
    return tuple(
        Leaf(
            number=number,
            thumb_url=image_url(document.id, number, SMALL),
            url=address.at(number).url(),
            current=number == page,
            is_hit=number in hits,
            places=places.get(number),
        )
        for number in range(first, min(total, first + MOST_LEAVES - 1) + 1)
        if number not in hidden
    )
