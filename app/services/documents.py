"""Documents (văn bản): their lists, facts, flags, signature, deletion, history, and how one is told to a program."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import Invalid, NotAllowed, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import (
    Case,
    Document,
    DocumentPage,
    Event,
    Outcome,
    PageText,
    Paper,
    Person,
    Quality,
    Signed,
    Source,
    SplitPlan,
    User,
    in_use,
    text_of_page,
)
from app.services.access import Act, Flag, Scope, may, require, role_allows, scope_of, visible_documents
from app.services.document_facts import SOURCED, FactsData, checked, confirm, doubts_left, put, title_from
from app.services.events import trail_of
from app.services.filing import filings
from app.services.indexing import number_text
from app.services.local_day import today
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.revisions import hold, hold_at
from app.services.wording import Complaints, line

__all__ = [
    "DocumentView",
    "FactsData",
    "PageView",
    "confirm_signature",
    "count_at",
    "delete_document",
    "describe",
    "document",
    "documents",
    "edit_facts",
    "history",
    "set_flags",
    "stage_of",
]

_Recorded = Document | Case | Person | Paper | User


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a document by its position, with where its words are from; `source` is None until it is read."""

    number: int
    source: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document as `hoso show --json` and `GET /documents/{id}` tell it: of persons and cases only what the actor
    may see. `number` is number and symbol; `organisation` is a code; `state` an `Outcome`; `date` is ISO, maybe
    partial."""

    document: int
    title: str
    type: str
    number: str
    date: str
    body: str
    subject: str
    organisation: str
    state: str
    persons: tuple[dict[str, Any], ...]
    cases: tuple[dict[str, Any], ...]
    flags: tuple[str, ...]
    pages: tuple[PageView, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def document(uow: UnitOfWork, document_id: int) -> Document:
    """One document in scope with its facts, pages and file; else `NotFound`."""
    row = uow.session.scalar(
        select(Document)
        .where(Document.id == document_id)
        .options(
            selectinload(Document.facts),
            selectinload(Document.pages),
            selectinload(Document.file),
            selectinload(Document.organisation),
        )
    )
    if row is None:
        raise NotFound()
    require(uow, Act.DOCUMENT_VIEW, row)
    return row


def documents(
    uow: UnitOfWork,
    *,
    organisation_id: int | None = None,
    stage: Outcome | None = None,
    type: str | None = None,
    case: Case | None = None,
    limit: int = PAGE_SIZE,
    offset: int = 0,
) -> Page[Document]:
    """Documents in scope, newest first, narrowed by owner, stage, kind or the case they are filed to."""
    require(uow, Act.DOCUMENT_VIEW)
    query = select(Document).where(visible_documents(scope_of(uow)), in_use())
    if organisation_id is not None:
        query = query.where(Document.organisation_id == organisation_id)
    if stage is not None:
        query = query.where(_at_stage(stage))
    if type is not None:
        query = query.where(Document.type == type)
    if case is not None:
        query = query.where(Document.id.in_([filing.document_id for filing in filings(uow, case=case)]))
    ordered = query.order_by(Document.id.desc()).options(
        selectinload(Document.file), selectinload(Document.organisation)
    )
    return paged(uow.session, ordered, limit=limit, offset=offset)


def count_at(uow: UnitOfWork, stage: Outcome) -> int:
    """How many documents in scope are at this stage."""
    require(uow, Act.DOCUMENT_VIEW)
    return uow.session.scalar(_counted_at(scope_of(uow), stage)) or 0


@lru_cache(maxsize=64)
def _counted_at(scope: Scope, stage: Outcome) -> Select[int]:
    """Made once for all who have the same scope: a page of results asks for it every time."""
    return select(func.count(Document.id)).where(visible_documents(scope), in_use(), _at_stage(stage))


def stage_of(row: Document) -> Outcome:
    """How far a document has come: waiting, searchable, weak, failed (kept, findable by name) or removed."""
    if row.deleted_at is not None:
        return Outcome.REMOVED
    if row.quality is None or row.indexed_revision is None:
        return Outcome.WAITING
    if row.quality is Quality.UNREAD:
        return Outcome.FAILED
    return Outcome.WEAK if row.quality is Quality.WEAK else Outcome.SEARCHABLE


def edit_facts(uow: UnitOfWork, row: Document, *, data: FactsData, revision: int) -> Document:
    """Type or confirm facts of a document seen at `revision`, else `Conflict`. They win over what any reading says,
    now and later; the doubts they settle disappear."""
    require(uow, Act.DOCUMENT_EDIT, row)
    hold_at(uow, row, revision)
    given = checked(data, today=today(uow)).given()
    if not given:
        return row
    for name, value in given.items():
        put(row, name, value)
        if name in SOURCED:
            confirm(uow, row, name, value)
    confirmed = {fact.name for fact in row.facts if fact.source is Source.PERSON}
    if "title" not in confirmed and given.keys() & {"subject", "type"} and row.subject:
        row.title = title_from(row.type, row.subject)
    row.fact_flags = doubts_left(row.fact_flags, confirmed)
    row.touch()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    uow.record("document.facts-typed", "document", row.id, facts=sorted(given))
    return row


def set_flags(uow: UnitOfWork, row: Document, flags: Iterable[str], *, revision: int | None = None) -> Document:
    """Say which sensitive kinds a document is of. Hidden from search until the index knows."""
    require(uow, Act.DOCUMENT_EDIT, row)
    if revision is None:
        hold(uow, row)
    else:
        hold_at(uow, row, revision)
    wanted = sorted(set(flags))
    if not set(wanted) <= {flag.value for flag in Flag}:
        raise Invalid(fields={"flags": "Chọn loại hồ sơ nhạy cảm trong danh sách."})
    before = set(row.flags)
    if before != set(wanted):
        row.flags = wanted
        row.hide_until_indexed()
        _flag_scans(uow, row)
        uow.defer(Job.INDEX, ALL)
        changes = {"added": sorted(set(wanted) - before), "removed": sorted(before - set(wanted))}
        uow.record("document.flags-set", "document", row.id, **changes)
    return row


def _flag_scans(uow: UnitOfWork, part: Document) -> None:
    """What is sensitive about a part is so about the scans that it was cut from: their rows still tell of it."""
    if part.parcel_id is None:
        return
    joined = select(SplitPlan.document_id).where(SplitPlan.joined_id == part.parcel_id)
    scans = select(Document).where((Document.id == part.parcel_id) | Document.id.in_(joined))
    for scan in uow.session.scalars(scans.order_by(Document.id)):
        if not set(part.flags) <= set(scan.flags):
            scan.flags = sorted({*scan.flags, *part.flags})
            scan.hide_until_indexed()


def confirm_signature(uow: UnitOfWork, row: Document, signed: bool) -> Document:
    """Say after looking at the page whether it is signed: the records officer, or the clerk who takes signed copies."""
    act = Act.SIGNED_COPY if role_allows(uow.actor.role, Act.SIGNED_COPY) else Act.DOCUMENT_EDIT
    require(uow, act, row)
    hold(uow, row)
    row.signed = Signed.CONFIRMED if signed else Signed.UNSIGNED
    row.signed_by_user, row.signed_seen_at = uow.actor.user_id, uow.now
    uow.record("document.signature-seen", "document", row.id, signed=signed)
    return row


def delete_document(uow: UnitOfWork, row: Document, *, reason: str) -> None:
    """Delete a document: the row stays with reason and moment, everything else stops showing it at once.

    Raises `Invalid` without a reason, `WrongState` for the file or signed copy of a paper made here.
    """
    require(uow, Act.DOCUMENT_EDIT, row)
    reason = line(reason)
    wrong = Complaints()
    wrong.length("reason", reason, 300, least=1)
    wrong.settle()
    hold(uow, row)
    if row.deleted_at is not None:
        raise NotFound()
    of_paper = (Paper.document_id == row.id) | (Paper.signed_document_id == row.id)
    if uow.session.scalar(select(Paper.id).where(of_paper).limit(1)) is not None:
        raise WrongState("Văn bản này thuộc một văn bản đi làm tại đây nên không xóa được. Hủy văn bản đi nếu cần.")
    if row.set_aside_at is not None and row.parcel_id is None and row.rescan_of_id is None:
        raise WrongState(
            "Bản quét này đã tách thành văn bản. Xóa văn bản nào không cần, hoặc bỏ tách rồi xóa bản quét."
        )
    row.deleted_at, row.deletion_reason = uow.now, reason
    row.hide_until_indexed()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    uow.record("document.deleted", "document", row.id)


def history(uow: UnitOfWork, object_kind: str, object_id: int) -> list[Event]:
    """What happened to a record, newest first: for who may see the record, and for the auditor of its organisation."""
    if may(uow, Act.EVENTS_VIEW):
        return trail_of(uow, object_kind, object_id)
    if object_kind not in _HISTORIES:
        raise NotAllowed()
    model, act = _HISTORIES[object_kind]
    require(uow, act)
    row = cast(_Recorded | None, uow.session.get(model, object_id))
    if row is None:
        raise NotFound()
    require(uow, act, row)
    query = select(Event).where(Event.object_kind == object_kind, Event.object_id == object_id)
    if not (scope := scope_of(uow)).owns(row.organisation_id):  # who looks at it elsewhere is told there alone
        query = query.where(Event.organisation_id.in_(scope.organisations or ()))
    return list(uow.session.scalars(query.order_by(Event.sequence.desc())))


def describe(uow: UnitOfWork, row: Document) -> DocumentView:
    """One document as programs see it."""
    require(uow, Act.DOCUMENT_VIEW, row)
    filed = filings(uow, document=row) if role_allows(uow.actor.role, Act.CASE_VIEW) else ()
    persons = {filing.case.person_id: filing.case.person for filing in filed}
    return DocumentView(
        document=row.id,
        title=row.title,
        type=row.type,
        number=number_text(row),
        date=row.date_text or (row.date.isoformat() if row.date else ""),
        body=row.body,
        subject=row.subject,
        organisation=row.organisation.code,
        state=stage_of(row).value,
        persons=tuple({"id": person.id, "name": person.full_name} for person in persons.values()),
        cases=tuple({"id": filing.case_id, "code": filing.case.code} for filing in filed),
        flags=tuple(row.flags),
        pages=_pages(uow, row),
    )


_HISTORIES: dict[str, tuple[type[_Recorded], Act]] = {
    "document": (Document, Act.DOCUMENT_VIEW),
    "case": (Case, Act.CASE_VIEW),
    "person": (Person, Act.PERSON_VIEW),
    "paper": (Paper, Act.PAPER_VIEW),
    "account": (User, Act.ACCOUNT_EDIT),
}
_QUALITIES = {
    Outcome.WEAK: (Quality.WEAK,),
    Outcome.SEARCHABLE: (Quality.TEXT, Quality.SCAN),
}


def _at_stage(stage: Outcome) -> ColumnElement[bool]:
    """`stage_of` as an SQL condition; deleted documents are in no list."""
    if stage is Outcome.WAITING:
        return Document.quality.is_(None) | Document.indexed_revision.is_(None)
    if stage is Outcome.FAILED:  # as a literal: a partial index serves no parameter
        unread: ColumnElement[Quality] = bindparam(None, Quality.UNREAD, literal_execute=True)
        return (Document.quality == unread) & Document.indexed_revision.is_not(None)
    return Document.quality.in_(_QUALITIES.get(stage, ())) & Document.indexed_revision.is_not(None)


def _pages(uow: UnitOfWork, row: Document) -> tuple[PageView, ...]:
    read = text_of_page()
    rows = uow.session.execute(
        select(DocumentPage.position, PageText.source, PageText.confidence)
        .outerjoin(PageText, read)
        .where(DocumentPage.document_id == row.id)
        .order_by(DocumentPage.position)
    )
    return tuple(PageView(n, source.value if source else None, confidence) for n, source, confidence in rows)
