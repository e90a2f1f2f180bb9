"""Cutting scans into documents, and taking that back: a plan in force, nothing read again, no bytes changed.

Confirming sets the scans aside and makes each part a document over the same stored pages; undoing sets the parts aside
and brings the scans back. Rows never go: a part that comes back later is the same document, found by its pages, with
its filings, the facts that people confirmed and the signatures they saw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.errors import Conflict, Invalid, WrongState
from app.jobs import ALL, Job
from app.models import Document, SplitPlan, SplitState
from app.services.access import Act, allowed, may, require
from app.services.document_facts import FactsData, checked
from app.services.finishing import OwnReading, Result, judge, take_over_all
from app.services.local_day import today
from app.services.revisions import hold_documents
from app.services.split_drafts import OpenPlan, named, of_papers, open_plan, parts_made, places, plan_row
from app.services.split_parts import (
    FilePage,
    Laid,
    bring_back,
    flags_held,
    lay_pages,
    matched,
    name_part,
    new_parts,
    take_filings,
    take_flags,
)
from app.services.split_plans import NAMED, PlannedPart, as_rows, flat, ranges
from app.services.split_proposals import planned_pages, read_parts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where pages of a part come from: a scan, and the positions there."""

    scan: Document
    positions: tuple[int, ...]


def confirm_split(backends: Backends, actor: Actor, document_id: int, *, revision: int) -> tuple[int, ...]:
    """Put the plan of a scan, seen at `revision`, in force; returns the ids of its parts in order.

    What was read is judged part by part before the one unit of work that writes. Raises `Conflict` for a stale plan,
    `WrongState` where there is nothing to cut or where a part that would go cannot be set aside, `Invalid` for typed
    facts that are none.
    """
    with backends.read(actor) as uow:
        seen = open_plan(uow, document_id)
        if seen.revision != revision:
            raise Conflict()
        results = _judged(uow, seen)
    with backends.begin(actor) as uow:
        return _confirm(uow, seen, results)


def _judged(uow: UnitOfWork, seen: OpenPlan) -> list[Result]:
    """Quality and facts of each part by its own pages; pages that could not be read keep the code of their scan, and
    sheet numbers are those of the plan."""
    codes = {scan.id: scan.failure_code for scan in seen.scans}
    found = []
    for part, pages in zip(seen.parts, read_parts(uow, seen.parts), strict=True):
        lost = len(pages) < len(part.pages)
        code = next((codes[page.document] for page in part.pages if codes[page.document]), None) if lost else None
        sheets = {number: page.sheet for number, page in enumerate(part.pages, 1) if page.sheet}
        found.append(replace(judge(OwnReading(pages, code)), sheets=sheets))
    return found


def _confirm(uow: UnitOfWork, seen: OpenPlan, results: Sequence[Result]) -> tuple[int, ...]:
    _hold_family(uow, seen)
    now = open_plan(uow, seen.whole.id)
    if now.revision != seen.revision or now.parts != seen.parts:
        raise Conflict()
    for part in now.parts:
        _refuse_bad_facts(uow, part)
    _refuse_nothing_to_do(now)
    earlier = parts_made(uow, now.whole)
    _refuse_closed(uow, now, earlier)
    if len(now.scans) == 1 and len(now.parts) == 1 and not now.in_force:
        return _keep_one(uow, now)
    own = _file_pages(now)
    before = matched([[page for page, _ in pages] for pages in own], earlier)
    _refuse_bound(uow, own, before, earlier)
    flags = flags_held(earlier)  # before any page goes from one part to another
    rows = _lay_parts(uow, now, own, before, flags, results)
    kept = {row.id for row in rows}
    _set_aside(uow, [row for row in earlier if row.set_aside_at is None and row.id not in kept])
    _set_aside(uow, [scan for scan in now.scans if scan.set_aside_at is None])
    _mark(uow, now, SplitState.CONFIRMED)
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    for file_id in sorted({scan.stored_file_id for scan in now.scans}):
        uow.defer(Job.FINISH, file_id)  # looks which of the parts are copies of papers that came otherwise
    counts = {"parts": len(rows), "pages": len(flat(now.parts)), "scans": len(now.scans)}
    for scan in now.scans:
        uow.record("document.split", "document", scan.id, **counts, again=now.in_force)
    log.info("document.split", document=now.whole.id, **counts)
    return tuple(row.id for row in rows)


def _hold_family(uow: UnitOfWork, seen: OpenPlan) -> None:
    made = uow.session.scalars(select(Document.id).where(Document.parcel_id == seen.whole.id))
    hold_documents(uow, [*(scan.id for scan in seen.scans), *made])


def _refuse_bad_facts(uow: UnitOfWork, part: PlannedPart) -> None:
    given = part.head.given() if part.head else {}
    data = FactsData(**{name: given.get(name) for name in NAMED})  # type: ignore[arg-type]  # all of them are texts
    try:
        checked(data, today=today(uow))
    except Invalid as error:
        raise Invalid(fields={f"{name}-{part.number}": said for name, said in error.fields.items()}) from error


def _refuse_nothing_to_do(now: OpenPlan) -> None:
    if len(now.parts) > 1 or len(now.scans) > 1 or now.in_force:
        return
    if flat(now.parts) == planned_pages(now.whole) and not (now.parts[0].head and now.parts[0].head.typed):
        raise WrongState("Chưa có vết cắt nào: bản quét vẫn là một văn bản.")


def _refuse_closed(uow: UnitOfWork, now: OpenPlan, earlier: Sequence[Document]) -> None:
    """A part that was deleted, closed or taken out must not come back with its scan; one with a better scan has pages
    that the plan does not know."""
    known = set(places(now.scans))
    mine = allowed(uow, Act.DOCUMENT_EDIT, earlier)
    for row in earlier:
        if row.removed_at or row.quarantined_at or (row.deleted_at and row.set_aside_at is None):
            raise WrongState("Một phần của bản quét này đã xóa, đã gỡ hoặc đang bị khóa nên không đổi cách tách được.")
        if row.set_aside_at is None and row.id not in mine:
            raise WrongState("Một phần của bản quét này thuộc loại tài khoản này không được sửa.")
        own = {(page.stored_file_id, page.page) for page in row.pages}
        if row.set_aside_at is None and not own <= known:
            raise WrongState(f"“{named(row)}” đã được thay bằng bản quét khác nên không đổi cách tách được.")


def _refuse_bound(
    uow: UnitOfWork,
    own: Sequence[Sequence[Laid]],
    before: Mapping[int, Document],
    earlier: Sequence[Document],
) -> None:
    """A part that is the signed copy of a paper made here stays as it is."""
    stays = {row.id: [page for page, _ in own[index]] for index, row in before.items()}
    bound = of_papers(uow, [row.id for row in earlier if row.set_aside_at is None])
    for row in earlier:
        if row.id in bound:
            pages = [(page.stored_file_id, page.page) for page in row.pages]
            if stays.get(row.id) != pages:
                raise WrongState(_bound(row))


def _bound(row: Document) -> str:
    return f"“{named(row)}” là bản ký của văn bản soạn tại đây; gỡ bản ký ở trang văn bản đó trước."


def _file_pages(now: OpenPlan) -> list[list[Laid]]:
    """The pages of each part as pages of stored files."""
    stored = {page.key: at for at, page in places(now.scans).items()}
    return [[(stored[page.key], page) for page in part.pages] for part in now.parts]


def _lay_parts(
    uow: UnitOfWork,
    now: OpenPlan,
    own: Sequence[Sequence[Laid]],
    before: Mapping[int, Document],
    flags: Mapping[FilePage, frozenset[str]],
    results: Sequence[Result],
) -> list[Document]:
    """The parts as documents: those that they were before, or new ones; facts typed in the plan are a person's."""
    scans = {scan.id: scan for scan in now.scans}
    sources = [[scans[page.document] for page in part.pages] for part in now.parts]
    fresh = [index for index in range(len(own)) if index not in before]
    made = new_parts(uow, now.whole, [(sources[index][0], own[index]) for index in fresh])
    found = {**before, **dict(zip(fresh, made, strict=True))}
    rows = [found[index] for index in range(len(own))]
    for row, pages, lying in zip(rows, own, sources, strict=True):
        take_flags(row, pages, lying, flags, was_whole=not now.in_force)
    take_filings(uow, list(zip(rows, sources, strict=True)))
    changed = lay_pages(uow, list(zip(rows, own, strict=True)))
    read = []
    for row, result in zip(rows, results, strict=True):
        if row.id in changed or row.set_aside_at is not None or row.quality is None:
            row.set_aside_at = None
            row.hide_until_indexed()
            read.append((row, result))
    uow.session.flush()
    take_over_all(uow, read)
    for row, part in zip(rows, now.parts, strict=True):
        name_part(uow, row, part.head, where=_where(scans, part))
    return rows


def _where(scans: Mapping[int, Document], part: PlannedPart) -> str:
    """The place of a part as its name where nothing else is known: "ho-so.pdf, trang 4-6"."""
    first = part.pages[0].document
    pages = ranges(page.position for page in part.pages if page.document == first)
    return f"{scans[first].file_name}, trang {pages}"


def _keep_one(uow: UnitOfWork, now: OpenPlan) -> tuple[int, ...]:
    """A scan that stays one document: its pages lie, hide and count as planned."""
    part, row = now.parts[0], now.whole
    if lay_pages(uow, [(row, _file_pages(now)[0])]):
        row.hide_until_indexed()
    else:
        row.touch()
    name_part(uow, row, part.head)
    plan = _mark(uow, now, SplitState.UNDONE)
    plan.parts = []
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    uow.record("document.pages-arranged", "document", row.id, pages=len(part.pages))
    return (row.id,)


def _set_aside(uow: UnitOfWork, rows: Sequence[Document]) -> None:
    for row in rows:
        row.set_aside_at = uow.now
        row.hide_until_indexed()


def _mark(uow: UnitOfWork, now: OpenPlan, state: SplitState) -> SplitPlan:
    plan = plan_row(uow, now.whole)
    if plan is None:
        plan = SplitPlan(document_id=now.whole.id, revision=0)
        uow.session.add(plan)
    plan.state, plan.parts, plan.revision = state, as_rows(now.parts), plan.revision + 1
    plan.changed_by, plan.changed_at = uow.actor.user_id, uow.now
    return plan


def undo_split(uow: UnitOfWork, document_id: int) -> Document:
    """Make the scans whole again: the parts are set aside with all that people did to them, and come back with the
    next confirmation. A flag that a part got since is the scan's too. Raises `WrongState` where nothing is in force or
    a part cannot be set aside."""
    _hold_family(uow, open_plan(uow, document_id))
    now = open_plan(uow, document_id)
    if not now.in_force:
        raise WrongState("Bản quét này đang là một văn bản, không có gì để bỏ tách.")
    earlier = parts_made(uow, now.whole)
    _refuse_closed(uow, now, earlier)
    parts = [row for row in earlier if row.set_aside_at is None]
    bound = of_papers(uow, [row.id for row in parts])
    for row in parts:
        if row.id in bound:
            raise WrongState(_bound(row))
    for scan in now.scans:
        own = {(page.stored_file_id, page.page) for page in scan.pages}
        holding = [row for row in parts if own & {(page.stored_file_id, page.page) for page in row.pages}]
        scan.flags = sorted(set(scan.flags).union(*(row.flags for row in holding)))
        bring_back(scan, holding)
        scan.set_aside_at = None
        scan.hide_until_indexed()
        uow.record("document.split-undone", "document", scan.id, parts=len(holding))
    _set_aside(uow, parts)
    plan = _mark(uow, now, SplitState.UNDONE)
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    log.info("document.split-undone", document=now.whole.id, parts=len(parts), plan=plan.id)
    return now.whole


def parts_of(uow: UnitOfWork, scan: Document) -> tuple[Document, ...]:
    """The documents that now hold the pages of a scan that was cut, in the order of its pages, as far as the actor may
    see them; empty for one that is not cut."""
    require(uow, Act.DOCUMENT_VIEW, scan)
    if scan.set_aside_at is None or scan.parcel_id is not None:
        return ()
    joined = uow.session.scalar(select(SplitPlan.joined_id).where(SplitPlan.document_id == scan.id))
    rows = uow.session.scalars(
        select(Document)
        .where(Document.parcel_id == (joined or scan.id), Document.set_aside_at.is_(None))
        .options(selectinload(Document.pages))
    ).all()
    place = {(page.stored_file_id, page.page): page.position for page in scan.pages}
    first = {row.id: min(place.get((p.stored_file_id, p.page), 0) or len(place) + 1 for p in row.pages) for row in rows}
    seen = allowed(uow, Act.DOCUMENT_VIEW, rows)
    shown = [row for row in rows if first[row.id] <= len(place) and row.id in seen]
    return tuple(sorted(shown, key=lambda row: (first[row.id], row.id)))


def origins_of(uow: UnitOfWork, part: Document) -> tuple[Origin, ...]:
    """The scans of which a part holds pages, with the positions there, as far as the actor may see them; empty for a
    document that is no part."""
    if part.parcel_id is None:
        return ()
    joined = select(SplitPlan.document_id).where(SplitPlan.joined_id == part.parcel_id)
    scans = uow.session.scalars(
        select(Document)
        .where((Document.id == part.parcel_id) | Document.id.in_(joined))
        .options(selectinload(Document.pages))
        .order_by(Document.id)
    )
    own = {(page.stored_file_id, page.page) for page in part.pages}
    found = []
    for scan in scans:
        positions = tuple(page.position for page in scan.pages if (page.stored_file_id, page.page) in own)
        if positions and may(uow, Act.DOCUMENT_VIEW, scan):
            found.append(Origin(scan, positions))
    return tuple(found)
