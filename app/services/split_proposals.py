"""What the reading makes of a scan of several papers: where each begins and what it is called, as a plan to confirm.

Called when a file was read (`seen_parts`, `propose_split`), and for parts that a person made (`with_heads`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog
from sqlalchemy import select, tuple_

from app.backends import UnitOfWork
from app.models import (
    CopyKind,
    Document,
    DocumentPage,
    PageText,
    Source,
    SplitPlan,
    SplitState,
    StoredFile,
    text_of_page,
)
from app.services.originals import has_pictures
from app.services.split_plans import Head, PlannedPage, PlannedPart, as_rows
from app.services.viewing import read_page, read_pages
from app.services.wording import line
from config.document_types import UNKNOWN
from ingestion import Facts, Page, understand
from ingestion import Source as TextFrom
from ingestion.understanding.boundaries import PartKind, parts

log = structlog.get_logger()

HEAD_PAGES = 3  # of a part: the facts of its head stand there; words and boxes of no other pages are loaded
MOST_REASONS = 3  # signs told beside a cut: the strongest ones say why
_NO_PAPERS = (PartKind.BLANK, PartKind.SEPARATOR)
_AT_ONCE = 400  # pages asked for in one question; SQLite takes 32,766 parameters, two for each page


def seen_parts(uow: UnitOfWork, document: Document) -> tuple[PlannedPart, ...]:
    """How the reading would cut a document just read: empty where it is sure of no cut, or where nothing is to be cut.

    Takes about ten milliseconds a page; to be called outside of any writing. Blank sides and separator sheets are no
    papers: they stay, hidden, with the paper before them (the first ones with the paper after).
    """
    if not _is_cut_by_itself(document):
        return ()
    planned = planned_pages(document) or [
        PlannedPage(document.id, page) for page in range(1, (document.file.pages or 0) + 1)
    ]
    if len(planned) < 2:
        return ()
    read = {page.number: page for page in _own_texts(uow, document)}
    pages = [read.get(page.position) or _unread(page.position) for page in planned]
    found: list[PlannedPart] = []
    before: list[PlannedPage] = []
    for one in parts(pages):
        own = [_proposed(planned[n - 1], read.get(n), one.kind) for n in range(one.first, one.last + 1)]
        if one.kind in _NO_PAPERS:
            if found:
                found[-1] = replace(found[-1], pages=(*found[-1].pages, *own))
            else:
                before += own
            continue
        head = Head(facts_values(one.facts), (), str(one.kind), one.score, one.reasons[:MOST_REASONS])
        found.append(PlannedPart(len(found) + 1, (*before, *own), head))
        before = []
    sure = any(part.head is not None and not part.head.is_doubtful for part in found[1:])
    return tuple(found) if sure else ()


def _is_cut_by_itself(document: Document) -> bool:
    if document.parcel_id is not None or document.is_kept_out or document.copy_kind is CopyKind.ELECTRONIC:
        return False
    return has_pictures(document.file)


def _proposed(page: PlannedPage, read: Page | None, kind: PartKind) -> PlannedPage:
    is_empty = kind in _NO_PAPERS or (read is not None and read.blank)
    return replace(page, hidden=page.hidden or is_empty)


def _unread(position: int) -> Page:
    return Page(position, 0.0, 0.0, TextFrom.NONE, None, "", (), ())


def propose_split(uow: UnitOfWork, document: Document, found: Sequence[PlannedPart]) -> SplitPlan | None:
    """Keep what `seen_parts` found as a proposal, or drop an earlier one where it finds nothing now.

    A plan that a person has touched stays as it is. Returns the proposal, None where there is none.
    """
    plan = uow.session.scalar(select(SplitPlan).where(SplitPlan.document_id == document.id))
    if plan is not None and (plan.state is not SplitState.PROPOSED or plan.joined_id is not None):
        return None
    if not found or not _is_cut_by_itself(document):
        if plan is not None:
            uow.session.delete(plan)
        return None
    rows = as_rows(found)
    if plan is None:
        plan = SplitPlan(document_id=document.id, state=SplitState.PROPOSED, parts=rows, revision=1)
        uow.session.add(plan)
    elif plan.parts == rows:
        return plan
    else:
        plan.parts, plan.revision = rows, plan.revision + 1
    plan.changed_at = uow.now
    uow.session.flush()
    uow.record("document.split-proposed", "document", document.id, parts=len(found))
    return plan


def planned_pages(document: Document) -> list[PlannedPage]:
    """The pages of a scan as a plan names them, with what is known of each."""
    return [
        PlannedPage(document.id, page.position, page.hidden, page.sheet, page.sheet_source is Source.PERSON)
        for page in document.pages
    ]


def facts_values(facts: Facts) -> dict[str, str]:
    """What a part is called by the facts read of it: the values that a form shows."""
    number = facts.number.value + (facts.suffix.value if facts.suffix else "") if facts.number else ""
    others = {"symbol": facts.symbol, "date": facts.date, "subject": facts.subject}
    told = {name: line(fact.value) if fact else "" for name, fact in others.items()}
    return {"type": facts.type.value if facts.type else UNKNOWN, "number": number, **told}


def with_heads(uow: UnitOfWork, planned: Sequence[PlannedPart]) -> tuple[PlannedPart, ...]:
    """The parts, those read that have no head yet or one of typed facts alone; what a person typed stays."""
    unread = [part for part in planned if part.head is None or not part.head.values.keys() >= {"type", "subject"}]
    begins = [replace(part, pages=part.pages[:HEAD_PAGES]) for part in unread]
    read = {part.number: _head(part, pages) for part, pages in zip(unread, read_parts(uow, begins), strict=True)}
    return tuple(replace(part, head=read.get(part.number, part.head)) for part in planned)


def _head(part: PlannedPart, pages: Sequence[Page]) -> Head:
    values = facts_values(understand(pages)) if pages else facts_values(Facts())
    if part.head is None:
        return Head(values)
    return replace(part.head, values={**values, **part.head.given()})


def blank_pages(uow: UnitOfWork, pages: Sequence[PlannedPage]) -> frozenset[str]:
    """The keys of those pages that were read as blank sides."""
    known = _texts(uow, pages)
    return frozenset(f"{document}.{position}" for (document, position), (_, text) in known.items() if text.blank)


def read_parts(uow: UnitOfWork, planned: Sequence[PlannedPart]) -> list[tuple[Page, ...]]:
    """What was read of the pages of each part, numbered from 1 inside the part; pages not read are left out."""
    known = _texts(uow, [page for part in planned for page in part.pages])
    return [tuple(_pages(uow, part.pages, known)) for part in planned]


def _pages(
    uow: UnitOfWork, pages: Iterable[PlannedPage], known: Mapping[tuple[int, int], tuple[str, PageText]]
) -> Iterable[Page]:
    for number, page in enumerate(pages, 1):
        found = known.get((page.document, page.position))
        if found is not None:
            yield read_page(uow.store, found[0], found[1], number, with_words=number <= HEAD_PAGES)


def _own_texts(uow: UnitOfWork, document: Document) -> Iterable[Page]:
    """What was read of a document, with all words; of one whose pages are not laid yet, of its file."""
    if document.pages:
        texts = _texts(uow, planned_pages(document))
        found = [(sha256, text, position) for (_, position), (sha256, text) in texts.items()]
    else:
        rows = uow.session.scalars(
            select(PageText).where(PageText.stored_file_id == document.stored_file_id, PageText.current.is_(True))
        )
        found = [(document.file.sha256, text, text.page) for text in rows]
    yield from read_pages(uow.store, sorted(found, key=lambda row: (row[0], row[1].page)))


def _texts(uow: UnitOfWork, pages: Sequence[PlannedPage]) -> dict[tuple[int, int], tuple[str, PageText]]:
    """Hash of the file and text of each page that was read, by scan and position."""
    found: dict[tuple[int, int], tuple[str, PageText]] = {}
    wanted = [(page.document, page.position) for page in pages]
    for start in range(0, len(wanted), _AT_ONCE):
        rows = uow.session.execute(
            select(DocumentPage.document_id, DocumentPage.position, StoredFile.sha256, PageText)
            .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
            .join(PageText, text_of_page())
            .where(tuple_(DocumentPage.document_id, DocumentPage.position).in_(wanted[start : start + _AT_ONCE]))
        )
        found |= {(document_id, position): (sha256, text) for document_id, position, sha256, text in rows}
    return found
