"""What the reading makes of a scan of several papers: where each begins and what it is called, as a plan to confirm.

Called when a file was read (`propose_split`), and for parts that a person made (`with_heads`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import select, tuple_

import ingestion
from app.backends import UnitOfWork
from app.models import Document, DocumentPage, PageText, Source, SplitPlan, SplitState, StoredFile
from app.services.originals import has_pictures
from app.services.split_plans import Head, PlannedPage, PlannedPart, as_rows
from app.services.viewing import read_page
from app.services.wording import line
from config.document_types import UNKNOWN
from ingestion import Facts, Page, understand

log = structlog.get_logger()

HEAD_PAGES = 3  # of a part: the facts of its head stand there; words and boxes of no other pages are loaded
_AT_ONCE = 400  # pages asked for in one question; SQLite takes 32,766 parameters, two for each page


def propose_split(uow: UnitOfWork, document: Document, pages: Sequence[Page]) -> SplitPlan | None:
    """Propose how a scan is cut, where two or more papers are seen in its pages (numbered by position, as read).

    A plan that a person has touched stays as it is, and parts of a scan are not cut again by themselves. Returns the
    proposal, None where there is none.
    """
    if document.parcel_id is not None or document.is_kept_out or len(document.pages) < 2:
        return None
    if not has_pictures(document.file):
        return None
    plan = uow.session.scalar(select(SplitPlan).where(SplitPlan.document_id == document.id))
    if plan is not None and (plan.state is not SplitState.PROPOSED or plan.joined_id is not None):
        return None
    found = _found(pages)
    if len(found) < 2:
        if plan is not None:
            uow.session.delete(plan)
        return None
    planned = planned_pages(document)
    rows = as_rows(
        PlannedPart(
            number,
            tuple(planned[one.first - 1 : one.last]),
            Head(facts_values(one.facts), (), str(one.kind), one.score, tuple(str(reason) for reason in one.reasons)),
        )
        for number, one in enumerate(found, 1)
    )
    if plan is None:
        plan = SplitPlan(document_id=document.id, state=SplitState.PROPOSED, parts=rows, changed_at=uow.now)
        uow.session.add(plan)
    elif plan.parts != rows:
        plan.parts, plan.revision, plan.changed_at = rows, plan.revision + 1, uow.now
    uow.session.flush()
    uow.record("document.split-proposed", "document", document.id, parts=len(found))
    return plan


def _found(pages: Sequence[Page]) -> Sequence[Any]:
    find = getattr(ingestion, "parts", None)
    return find(pages) if find else ()


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
    read = {part.number: _head(part, pages) for part, pages in zip(unread, read_parts(uow, unread), strict=True)}
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


def _texts(uow: UnitOfWork, pages: Sequence[PlannedPage]) -> dict[tuple[int, int], tuple[str, PageText]]:
    """Hash of the file and text of each page that was read, by scan and position."""
    found: dict[tuple[int, int], tuple[str, PageText]] = {}
    wanted = [(page.document, page.position) for page in pages]
    for start in range(0, len(wanted), _AT_ONCE):
        rows = uow.session.execute(
            select(DocumentPage.document_id, DocumentPage.position, StoredFile.sha256, PageText)
            .join(StoredFile, StoredFile.id == DocumentPage.stored_file_id)
            .join(
                PageText,
                (PageText.stored_file_id == DocumentPage.stored_file_id)
                & (PageText.page == DocumentPage.page)
                & PageText.current.is_(True),
            )
            .where(tuple_(DocumentPage.document_id, DocumentPage.position).in_(wanted[start : start + _AT_ONCE]))
        )
        found |= {(document_id, position): (sha256, text) for document_id, position, sha256, text in rows}
    return found
