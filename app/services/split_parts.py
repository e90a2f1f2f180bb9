"""The rows of the parts of a scan: found again by their pages, made new, with what they take over from their scan.

A part takes over who may see it: the flags of whatever held its pages before, and the cases to which the scan was
filed by a person, since a dossier is scanned for its case. What a person did to a part is never written over.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select

from app.backends import UnitOfWork
from app.models import CaseDocument, Document, DocumentPage, FilingState, Source
from app.services.document_facts import confirm, doubts_left, put, title_from
from app.services.split_plans import Head, PlannedPage
from config.document_types import UNKNOWN, by_code

FilePage = tuple[int, int]
"""A page of a stored file: its id and the page, the one name that outlives every plan."""

Laid = tuple[FilePage, PlannedPage]
"""A page to be laid: which it is, and what the plan says of it."""

_PAGE = ("document_id", "position", "stored_file_id", "page", "hidden", "sheet", "sheet_source")
_TITLE = 400  # characters of `Document.title`


def matched(parts: Sequence[Sequence[FilePage]], earlier: Sequence[Document]) -> dict[int, Document]:
    """Which part (by place) is which earlier document: the same first page counts before the number of shared pages,
    one that is in force before one that is set aside. Each document comes back once at most."""
    pairs = []
    for place, pages in enumerate(parts):
        for row in (one for one in earlier if one.deleted_at is None):
            own = [(page.stored_file_id, page.page) for page in row.pages]
            shared = len(set(own) & set(pages))
            if shared:
                pairs.append((own[0] == pages[0], row.set_aside_at is None, shared, -row.id, place, row))
    found: dict[int, Document] = {}
    taken: set[int] = set()
    for *_, place, row in sorted(pairs, key=lambda pair: pair[:4], reverse=True):
        if place not in found and row.id not in taken:
            found[place] = row
            taken.add(row.id)
    return found


def new_parts(uow: UnitOfWork, whole: Document, wanted: Sequence[tuple[Document, Sequence[Laid]]]) -> list[Document]:
    """New documents for parts of `whole`, each given by the scan in which its first page lies and its pages; these are
    laid by the caller."""
    rows = [
        Document(
            organisation_id=whole.organisation_id,
            stored_file_id=pages[0][0][0],
            file_name=scan.file_name,
            title=scan.file_name,
            copy_kind=scan.copy_kind,
            kept_at=scan.kept_at,
            two_sided=scan.two_sided,
            parcel_id=whole.id,
            flags=[],
            quarantine_code=scan.quarantine_code,  # where a person found that a mark is none, it is none on the part
            created_by=uow.actor.user_id,
            created_at=uow.now,
            pages=[],
            facts=[],
        )
        for scan, pages in wanted
    ]
    uow.session.add_all(rows)
    uow.session.flush()
    for row, (_, pages) in zip(rows, wanted, strict=True):
        uow.record("document.made-by-split", "document", row.id, document=whole.id, pages=len(pages))
    return rows


def flags_held(rows: Sequence[Document]) -> dict[FilePage, frozenset[str]]:
    """The flags of whichever of these documents has each page."""
    held: dict[FilePage, frozenset[str]] = {}
    for row in rows:
        for page in row.pages:
            at = (page.stored_file_id, page.page)
            held[at] = held.get(at, frozenset()) | frozenset(row.flags)
    return held


def take_flags(
    row: Document,
    pages: Sequence[Laid],
    scans: Sequence[Document],
    held: Mapping[FilePage, frozenset[str]],
    *,
    was_whole: bool,
) -> None:
    """The flags of whatever held the pages that are new to a document: earlier parts (`held`), else the scan that each
    page lies in (`scans`, one for each page).

    A flag that a scan got while it was whole (`was_whole`), and that no part ever had, is every part's: nobody has said
    which pages are meant.
    """
    own = {(page.stored_file_id, page.page) for page in row.pages}
    known = frozenset[str]().union(*held.values())
    flags = set(row.flags)
    for (at, _), scan in zip(pages, scans, strict=True):
        if at not in own:
            flags |= held.get(at, frozenset(scan.flags))
        if was_whole:
            flags |= set(scan.flags) - known
    if set(row.flags) != flags:
        row.flags = sorted(flags)


def take_filings(uow: UnitOfWork, taking: Sequence[tuple[Document, Sequence[Document]]]) -> None:
    """The cases to which a person filed the scans of each document, or from which one took them; what is known of a
    case stays. What the machine proposed for the scan it proposes for the parts by their own pages. A place on a list
    of required papers is one paper's: the parts get none."""
    theirs = _filings_of(uow, {scan.id for _, scans in taking for scan in scans})
    decided = [one for one in theirs if one.state is not FilingState.PROPOSED]
    if not decided:
        return
    known = {(one.document_id, one.case_id) for one in _filings_of(uow, [row.id for row, _ in taking])}
    last = _last_positions(uow, {one.case_id for one in decided})
    taken = []
    for row, scans in taking:
        sources = {scan.id for scan in scans}
        for one in decided:
            if one.document_id in sources and (row.id, one.case_id) not in known:
                known.add((row.id, one.case_id))
                taken.append(_taken_filing(uow, row, one, last))
    if taken:
        uow.session.execute(insert(CaseDocument), taken)


def _filings_of(uow: UnitOfWork, document_ids: Collection[int]) -> Sequence[CaseDocument]:
    query = select(CaseDocument).where(CaseDocument.document_id.in_(document_ids)).order_by(CaseDocument.id)
    return uow.session.scalars(query).all()


def _taken_filing(uow: UnitOfWork, row: Document, one: CaseDocument, last: dict[int, int]) -> dict[str, Any]:
    accepted = one.state is FilingState.ACCEPTED
    if accepted:
        last[one.case_id] = last.get(one.case_id, 0) + 1
        row.hide_until_indexed()
        uow.record("filing.accepted", "document", row.id, case=one.case_id, source=one.source.value)
    return {
        "case_id": one.case_id,
        "document_id": row.id,
        "source": one.source,
        "state": one.state,
        "evidence": {"scan": one.document_id},
        "position": last[one.case_id] if accepted else 0,
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "created_at": uow.now,
    }


def _last_positions(uow: UnitOfWork, case_ids: Collection[int]) -> dict[int, int]:
    """The place of the last paper in each of these cases."""
    rows = uow.session.execute(
        select(CaseDocument.case_id, func.max(CaseDocument.position))
        .where(CaseDocument.case_id.in_(case_ids), CaseDocument.state == FilingState.ACCEPTED)
        .group_by(CaseDocument.case_id)
    )
    return {row[0]: row[1] for row in rows}


def lay_pages(uow: UnitOfWork, laid: Sequence[tuple[Document, Sequence[Laid]]]) -> set[int]:
    """Give documents exactly these pages; returns the ids of those that have other pages now, or another order."""
    changed, told, fresh = set(), set(), []
    for row, pages in laid:
        rows = _page_rows(row, pages)
        before = [{name: getattr(page, name) for name in _PAGE} for page in row.pages]
        if rows != before:
            told.add(row.id)
            fresh += rows
        if [(one["stored_file_id"], one["page"]) for one in rows] != [(p.stored_file_id, p.page) for p in row.pages]:
            changed.add(row.id)
    gone = delete(DocumentPage).where(DocumentPage.document_id.in_(told))
    uow.session.execute(gone.execution_options(synchronize_session=False))
    for row, _ in laid:
        if row.id in told:
            for old in row.pages:
                uow.session.expunge(old)
            uow.session.expire(row, ["pages"])
    if fresh:
        uow.session.execute(insert(DocumentPage), fresh)
    return changed


def bring_back(scan: Document, parts: Sequence[Document]) -> None:
    """What people said of pages while these parts held them is said of the pages of their scan: which sides are hidden,
    and the numbers of their sheets."""
    told = {(page.stored_file_id, page.page): page for part in parts for page in part.pages}
    for page in scan.pages:
        known = told.get((page.stored_file_id, page.page))
        if known is not None:
            page.hidden, page.sheet, page.sheet_source = known.hidden, known.sheet, known.sheet_source


def _page_rows(row: Document, pages: Sequence[Laid]) -> list[dict[str, Any]]:
    """The pages as rows of `DocumentPage`; a sheet number that no person gave keeps its source."""
    sources = {(page.stored_file_id, page.page): page.sheet_source for page in row.pages if page.sheet}
    return [
        {
            "document_id": row.id,
            "position": position,
            "stored_file_id": at[0],
            "page": at[1],
            "hidden": page.hidden,
            "sheet": page.sheet,
            "sheet_source": (Source.PERSON if page.typed else sources.get(at, Source.PARSER)) if page.sheet else None,
        }
        for position, (at, page) in enumerate(pages, 1)
    ]


def name_part(uow: UnitOfWork, row: Document, head: Head | None, *, where: str = "") -> None:
    """Write the facts that a person typed in the plan, and a title; `where` stands for what nobody read or typed."""
    given: Mapping[str, str] = head.given() if head else {}
    for name, value in given.items():
        put(row, name, value)
        confirm(uow, row, name, value)
    confirmed = {fact.name for fact in row.facts if fact.source is Source.PERSON}
    if "title" not in confirmed and row.subject:
        row.title = title_from(row.type, row.subject)
    elif "title" not in confirmed and where:
        kind = by_code(row.type)
        row.title = (where if kind.code == UNKNOWN else f"{kind.name_vi} ({where})")[:_TITLE]
    if given:
        row.fact_flags = doubts_left(row.fact_flags, confirmed)
        row.touch()
        uow.record("document.facts-typed", "document", row.id, facts=sorted(given))
