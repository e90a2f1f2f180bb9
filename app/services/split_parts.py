"""The rows of the parts of a scan: found again by their pages, made new, with what they take over from their scan.

A part takes over who may see it: the flags of whatever held its pages before, and the cases to which the scan was
filed by a person, since a dossier is scanned for its case. What a person did to a part is never written over.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from app.backends import UnitOfWork
from app.models import CaseDocument, Document, FilingState, Source
from app.services.document_facts import confirm, doubts_left, put, title_from
from app.services.split_plans import Head, PlannedPage
from config.document_types import UNKNOWN, by_code

FilePage = tuple[int, int]
"""A page of a stored file: its id and the page, the one name that outlives every plan."""

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


def new_part(
    uow: UnitOfWork, whole: Document, scan: Document, pages: Sequence[tuple[FilePage, PlannedPage]]
) -> Document:
    """A new document for a part of `whole` whose first page lies in `scan`; its pages are laid by the caller."""
    row = Document(
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
    )
    uow.session.add(row)
    uow.session.flush()
    uow.record("document.made-by-split", "document", row.id, document=whole.id, pages=len(pages))
    return row


def flags_held(rows: Sequence[Document]) -> dict[FilePage, frozenset[str]]:
    """The flags of whichever of these documents has each page."""
    held: dict[FilePage, frozenset[str]] = {}
    for row in rows:
        for page in row.pages:
            at = (page.stored_file_id, page.page)
            held[at] = held.get(at, frozenset()) | frozenset(row.flags)
    return held


def inherit(
    uow: UnitOfWork,
    row: Document,
    pages: Sequence[tuple[FilePage, PlannedPage]],
    scans: Sequence[Document],
    held: Mapping[FilePage, frozenset[str]],
    *,
    was_whole: bool,
) -> None:
    """Flags and filings of whatever held the pages that are new to a document: earlier parts (`held`), else the scan
    that each page lies in (`scans`, one for each page).

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
    for scan in dict.fromkeys(scans):
        _take_filings(uow, row, scan)


def _take_filings(uow: UnitOfWork, row: Document, scan: Document) -> None:
    """The cases to which a person filed the scan, or from which one took it; what is known of a case stays. What the
    machine proposed for the scan it proposes for the parts by their own pages. A place on a list of required papers is
    one paper's: the parts get none."""
    known = set(uow.session.scalars(select(CaseDocument.case_id).where(CaseDocument.document_id == row.id)))
    theirs = uow.session.scalars(
        select(CaseDocument)
        .where(CaseDocument.document_id == scan.id, CaseDocument.state != FilingState.PROPOSED)
        .order_by(CaseDocument.id)
    ).all()
    for filing in theirs:
        if filing.case_id in known:
            continue
        accepted = filing.state is FilingState.ACCEPTED
        uow.session.add(
            CaseDocument(
                case_id=filing.case_id,
                document_id=row.id,
                source=filing.source,
                state=filing.state,
                evidence={"scan": scan.id},
                position=_next_position(uow, filing.case_id) if accepted else 0,
                decided_by=filing.decided_by,
                decided_at=filing.decided_at,
                created_at=uow.now,
            )
        )
        uow.session.flush()
        if accepted:
            uow.record("filing.accepted", "document", row.id, case=filing.case_id, source=filing.source.value)


def _next_position(uow: UnitOfWork, case_id: int) -> int:
    last = uow.session.scalar(
        select(func.max(CaseDocument.position)).where(
            CaseDocument.case_id == case_id, CaseDocument.state == FilingState.ACCEPTED
        )
    )
    return (last or 0) + 1


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
