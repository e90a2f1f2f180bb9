"""The plan of a scan while somebody works on it: opened, saved as a draft, with other scans laid to it.

Nothing here changes a document: only `app.services.splitting` puts a plan in force.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import Conflict, Invalid, NotFound, WrongState
from app.models import Document, DocumentPage, Paper, SplitPlan, SplitState
from app.services.access import Act, may, owned_in, require, scope_of, visible_documents
from app.services.indexing import number_text
from app.services.originals import has_pictures, require_pages
from app.services.revisions import hold, hold_documents
from app.services.split_plans import Head, PlannedPage, PlannedPart, as_rows, flat, from_rows, next_number, reconciled
from app.services.split_plans import without_scan as parts_without
from app.services.split_proposals import planned_pages, with_heads


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """A plan with the scans that it cuts, the main one first. `revision` is 0 where nobody saved one yet; `in_force`
    says that the scans are cut by an earlier confirmation of it."""

    scans: tuple[Document, ...]
    state: SplitState | None
    revision: int
    parts: tuple[PlannedPart, ...]
    in_force: bool

    @property
    def whole(self) -> Document:
        """The scan to which the plan belongs."""
        return self.scans[0]

    @property
    def is_draft(self) -> bool:
        """Whether somebody changed the plan since it was proposed or confirmed."""
        return self.state is SplitState.DRAFT


def whole_of(uow: UnitOfWork, document_id: int) -> Document:
    """The scan to whose plan a document belongs: itself, the scan that it is a part of, or the one it is cut with.

    Raises `NotFound` for what the actor may not see, `NotAllowed` without the right to edit, `WrongState` for
    documents that are no scans.
    """
    row = _scan(uow, document_id)
    if row.parcel_id is not None:
        row = _scan(uow, row.parcel_id)
    joined = uow.session.scalar(
        select(SplitPlan.joined_id)
        .join(Document, Document.id == SplitPlan.joined_id)
        .where(SplitPlan.document_id == row.id, _is_there())
    )
    whole = row if joined is None else _scan(uow, joined)
    _refuse_unfit(uow, whole)
    return whole


def _is_there() -> ColumnElement[bool]:
    """Scans that were neither deleted nor removed: one that is gone binds no other."""
    return and_(Document.deleted_at.is_(None), Document.removed_at.is_(None))


def _scan(uow: UnitOfWork, document_id: int) -> Document:
    row = uow.session.scalar(
        select(Document)
        .where(Document.id == document_id)
        .options(selectinload(Document.pages), selectinload(Document.file))
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound()
    require(uow, Act.DOCUMENT_EDIT, row)
    return row


def _refuse_unfit(uow: UnitOfWork, row: Document) -> None:
    if row.quality is None or not row.pages:
        raise WrongState("Bản quét này đang được đọc. Đọc xong mới tách được.")
    if not has_pictures(row.file):
        raise WrongState("Tệp này không có ảnh trang nên không tách được thành văn bản.")
    if row.set_aside_at is None and is_of_paper(uow, row):
        raise WrongState("Văn bản này thuộc một văn bản đi làm tại đây nên không tách được.")
    require_pages(uow, row)


def is_of_paper(uow: UnitOfWork, row: Document) -> bool:
    """Whether a document is the made file or the signed copy of a paper made here."""
    return row.id in of_papers(uow, [row.id])


def of_papers(uow: UnitOfWork, document_ids: Collection[int]) -> frozenset[int]:
    """Those of these documents that are the made file or the signed copy of a paper made here."""
    made = select(Paper.document_id).where(Paper.document_id.in_(document_ids))
    signed = select(Paper.signed_document_id).where(Paper.signed_document_id.in_(document_ids))
    return frozenset(one for one in uow.session.scalars(made.union_all(signed)) if one is not None)


def can_split(uow: UnitOfWork, row: Document) -> bool:
    """Whether the actor may open the plan of this document."""
    fit = row.quality is not None and bool(row.pages) and has_pictures(row.file)
    return fit and may(uow, Act.DOCUMENT_EDIT, row) and (row.set_aside_at is not None or not is_of_paper(uow, row))


def open_plan(uow: UnitOfWork, document_id: int) -> OpenPlan:
    """The plan of a scan as it stands, for a part that of its whole; one part of all pages where there is none."""
    whole = whole_of(uow, document_id)
    plan = plan_row(uow, whole)
    scans = scans_of(uow, whole)
    in_force = whole.set_aside_at is not None
    drafted = plan is not None and not (in_force and plan.state is SplitState.CONFIRMED)
    parts = from_rows(plan.parts) if plan else ()
    if in_force and not drafted:
        parts = _parts_in_force(uow, scans)
    parts = with_heads(uow, reconciled(parts, [page for scan in scans for page in planned_pages(scan)]))
    return OpenPlan(scans, plan.state if plan else None, plan.revision if plan else 0, parts, in_force)


def plan_row(uow: UnitOfWork, whole: Document) -> SplitPlan | None:
    """The row of the plan of a scan, as it is now."""
    query = select(SplitPlan).where(SplitPlan.document_id == whole.id)
    return uow.session.scalar(query.execution_options(populate_existing=True))


def scans_of(uow: UnitOfWork, whole: Document) -> tuple[Document, ...]:
    """The scans that are cut together: this one, then those laid to it that are still there, each required to be the
    actor's to edit. Raises `WrongState` while one of them is closed."""
    joined = uow.session.scalars(
        select(Document)
        .join(SplitPlan, SplitPlan.document_id == Document.id)
        .where(SplitPlan.joined_id == whole.id, _is_there())
        .order_by(SplitPlan.id)
    ).all()
    if any(row.quarantined_at for row in joined):
        raise WrongState("Một bản quét tách cùng bản này đang bị khóa. Có quyết định về bản đó rồi mới tách tiếp được.")
    return (whole, *(_scan(uow, row.id) for row in joined))


def parts_made(uow: UnitOfWork, whole: Document) -> Sequence[Document]:
    """All parts ever made of a scan, in force or set aside, whoever may see them."""
    return uow.session.scalars(
        select(Document)
        .where(Document.parcel_id == whole.id)
        .options(selectinload(Document.pages), selectinload(Document.facts))
        .order_by(Document.id)
        .execution_options(populate_existing=True)
    ).all()


def _parts_in_force(uow: UnitOfWork, scans: Sequence[Document]) -> tuple[PlannedPart, ...]:
    """The parts as they are records now, in the order of their first pages."""
    place = places(scans)
    found = []
    for row in parts_made(uow, scans[0]):
        own = [page for page in row.pages if (page.stored_file_id, page.page) in place]
        if row.set_aside_at is None and own:
            found.append((row, own))
    order = {page.key: number for number, page in enumerate(p for scan in scans for p in planned_pages(scan))}
    parts = [
        PlannedPart(number, tuple(_planned(place, page) for page in own), _head_of(row))
        for number, (row, own) in enumerate(found, 1)
    ]
    return tuple(sorted(parts, key=lambda part: order[part.pages[0].key]))


def places(scans: Sequence[Document]) -> dict[tuple[int, int], PlannedPage]:
    """Each page of the scans by stored file and page, as a plan names it."""
    return {
        (row.stored_file_id, row.page): page
        for scan in scans
        for row, page in zip(scan.pages, planned_pages(scan), strict=True)
    }


def _planned(place: dict[tuple[int, int], PlannedPage], page: DocumentPage) -> PlannedPage:
    at = place[(page.stored_file_id, page.page)]
    return PlannedPage(at.document, at.position, page.hidden, page.sheet, bool(page.sheet))


def _head_of(row: Document) -> Head:
    date = row.date_text or (row.date.isoformat() if row.date else "")
    values = {"type": row.type, "number": row.number or "", "symbol": row.symbol or "", "date": date}
    return Head({**values, "subject": row.subject})


def save_plan(uow: UnitOfWork, document_id: int, parts: Sequence[PlannedPart], *, revision: int) -> OpenPlan:
    """Keep what a person made of a plan seen at `revision`, as a draft; raises `Conflict` for a stale one."""
    whole = whole_of(uow, document_id)
    plan = _held(uow, whole, revision)
    before = open_plan(uow, whole.id)
    read = with_heads(uow, parts)
    if read == before.parts:
        return before
    _draft(uow, plan, read)
    uow.session.flush()
    return replace(before, state=plan.state, revision=plan.revision, parts=read)


def _held(uow: UnitOfWork, whole: Document, revision: int) -> SplitPlan:
    """The plan of a scan whose row is held, made where there is none; `Conflict` where it is not at `revision`."""
    hold(uow, whole)
    plan = plan_row(uow, whole)
    if (plan.revision if plan else 0) != revision:
        raise Conflict()
    if plan is None:
        plan = SplitPlan(document_id=whole.id, state=SplitState.UNDONE, parts=[], revision=0, changed_at=uow.now)
        uow.session.add(plan)
        uow.session.flush()
    plan.joined_id = None  # where the scan with which it was to be cut is gone
    return plan


def _draft(uow: UnitOfWork, plan: SplitPlan, parts: Sequence[PlannedPart]) -> None:
    plan.state, plan.parts, plan.revision = SplitState.DRAFT, as_rows(parts), plan.revision + 1
    plan.changed_by, plan.changed_at = uow.actor.user_id, uow.now


def join_scan(uow: UnitOfWork, document_id: int, other_id: int, *, revision: int) -> OpenPlan:
    """Lay the pages of another scan of the same organisation to the plan, as a last part.

    Raises `Invalid` where it is none that can be cut, is cut already, or already belongs to a plan.
    """
    now = open_plan(uow, document_id)
    try:
        other = whole_of(uow, other_id)
    except (NotFound, WrongState) as error:
        raise Invalid(fields={"scan": "Không có bản quét nào như thế mà tài khoản này được tách."}) from error
    hold_documents(uow, [now.whole.id, other.id])
    if whole_of(uow, other.id).id != other.id:
        raise Conflict()  # somebody laid it to another plan a moment ago
    if other.id in {scan.id for scan in now.scans}:
        raise Invalid(fields={"scan": "Bản quét này đã ở trong lần tách."})
    if other.organisation_id != now.whole.organisation_id:
        raise Invalid(fields={"scan": "Bản quét này thuộc cơ quan khác. Chỉ ghép bản quét của cùng cơ quan."})
    joined = uow.session.scalar(select(SplitPlan.id).where(SplitPlan.joined_id == other.id).limit(1))
    if other.set_aside_at is not None or joined is not None:
        raise Invalid(fields={"scan": "Bản quét này đã được tách hoặc đang được tách cùng bản khác."})
    plan = _held(uow, now.whole, revision)
    own = plan_row(uow, other)
    if own is None:
        own = SplitPlan(document_id=other.id, state=SplitState.UNDONE, parts=[], changed_at=uow.now)
        uow.session.add(own)
    own.joined_id, own.parts, own.state = now.whole.id, [], SplitState.UNDONE
    own.revision = (own.revision or 0) + 1
    last = PlannedPart(next_number(now.parts), tuple(planned_pages(other)))
    _draft(uow, plan, (*now.parts, last))
    uow.session.flush()
    uow.record("document.split-joined", "document", now.whole.id, document=other.id)
    return open_plan(uow, now.whole.id)


def joinable(uow: UnitOfWork, plan: OpenPlan, rows: Sequence[Document]) -> list[Document]:
    """Those of these documents that `join_scan` would take."""
    joined = set(uow.session.scalars(select(SplitPlan.joined_id).where(SplitPlan.joined_id.is_not(None))))
    cut_with = set(uow.session.scalars(select(SplitPlan.document_id).where(SplitPlan.joined_id.is_not(None))))
    taken = joined | cut_with | {scan.id for scan in plan.scans}
    return [
        row
        for row in rows
        if row.id not in taken
        and row.parcel_id is None
        and row.set_aside_at is None
        and row.organisation_id == plan.whole.organisation_id
        and can_split(uow, row)
    ]


def leave_scan(uow: UnitOfWork, document_id: int, other_id: int, *, revision: int) -> OpenPlan:
    """Take the pages of another scan out of a plan that is not in force."""
    now = open_plan(uow, document_id)
    if now.in_force:
        raise WrongState("Các bản quét đang được tách cùng nhau. Bỏ tách trước rồi mới rút bản quét ra.")
    if other_id not in {scan.id for scan in now.scans[1:]}:
        raise NotFound()
    hold_documents(uow, [now.whole.id, other_id])
    plan = _held(uow, now.whole, revision)
    _release(uow, other_id)
    _draft(uow, plan, parts_without(now.parts, other_id))
    uow.session.flush()
    return open_plan(uow, now.whole.id)


def _release(uow: UnitOfWork, document_id: int) -> None:
    own = uow.session.scalars(select(SplitPlan).where(SplitPlan.document_id == document_id)).one()
    own.joined_id, own.revision = None, own.revision + 1


def keep_whole(uow: UnitOfWork, document_id: int, *, revision: int) -> Document:
    """Say that a scan is one document: the plan is dropped and the machine makes none again. Of a plan in force only
    the draft is dropped."""
    now = open_plan(uow, document_id)
    plan = _held(uow, now.whole, revision)
    plan.revision, plan.changed_by, plan.changed_at = plan.revision + 1, uow.actor.user_id, uow.now
    if now.in_force:
        plan.state = SplitState.CONFIRMED
    else:
        plan.state, plan.parts = SplitState.UNDONE, []
        for scan in now.scans[1:]:
            _release(uow, scan.id)
    uow.session.flush()
    uow.record("document.split-dismissed", "document", now.whole.id, pages=len(flat(now.parts)))
    return now.whole


def waiting_splits(uow: UnitOfWork) -> Select[SplitPlan]:
    """The scans of the actor's own organisation with a plan that nobody has confirmed or dropped, oldest first."""
    scope = scope_of(uow)
    own = owned_in(Document.organisation_id, scope)
    if uow.actor.organisation_id is not None:
        own = Document.organisation_id == uow.actor.organisation_id
    return (
        select(SplitPlan)
        .join(Document, Document.id == SplitPlan.document_id)
        .where(SplitPlan.state.in_((SplitState.PROPOSED, SplitState.DRAFT)), SplitPlan.joined_id.is_(None))
        .where(own, visible_documents(scope))
        .options(selectinload(SplitPlan.document))
        .order_by(SplitPlan.id)
    )


def named(row: Document) -> str:
    """A document as people name it: number and symbol where it has a number, else its title."""
    return (number_text(row) if row.number else "") or row.title or row.file_name
