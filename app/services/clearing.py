"""Carrying out a removal that two persons decided: bytes, pictures, text and index go, a trace without content stays.

The stored file of a scan may hold other papers too. Then a new file of their pages takes its place before the old one
goes; nothing is read again. Where another organisation has a document of its own over the same pages, the bytes stay
for it: its own people decide. Every step may be done again (job REMOVE).
"""

import math
from collections.abc import Iterable, Sequence

import structlog
from sqlalchemy import delete, select

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError, StoredBytesLost
from app.jobs import ALL, Job
from app.models import (
    UNPACK_FIRST,
    CaseDocument,
    Document,
    DocumentFact,
    DocumentPage,
    EarlierScan,
    FileMember,
    FilingState,
    Intake,
    Likeness,
    Outcome,
    PageText,
    Reading,
    ReadingState,
    Removal,
    RemovalState,
    Source,
    SplitPlan,
    StoredFile,
    TextPrint,
)
from app.services.clearing_copies import Copy, copy_of_rest, move_pages
from app.services.clearing_plans import FilePlan, plans_for, sharing
from app.services.containers import undelivered
from app.services.quarantine import open_again
from app.services.revisions import hold_documents
from app.services.verify import ORPHAN_AGE
from ingestion import ENGINE, ReadError

log = structlog.get_logger()

TRACE = "(đã gỡ bỏ)"
"""In place of every name of what was removed."""


def carry_out(backends: Backends, removal_id: int) -> None:
    """Do what was decided; nothing where it is not decided or done already."""
    with backends.read(SYSTEM) as uow:
        removal = uow.session.get(Removal, removal_id)
        if removal is None or removal.state is not RemovalState.APPROVED:
            return
        is_trace = removal.document.removed_at is not None  # only the bytes are left; what came again since is new
        plans = [] if is_trace else plans_for(uow, removal.document_id)
    if is_trace or _clear_records(backends, removal_id, plans):
        _delete_bytes(backends, removal_id)


def _clear_records(backends: Backends, removal_id: int, plans: Sequence[FilePlan]) -> bool:
    """Take what was decided out of the records; False where it cannot be done now: the sweep comes back."""
    try:
        copies = {plan.file_id: copy_of_rest(backends, plan) for plan in plans if plan.is_copied}
    except (ReadError, HosoError) as error:
        log.exception("removal.failed", removal=removal_id, code=error.code)
        return False
    with backends.begin(SYSTEM) as uow:
        removal = uow.session.get_one(Removal, removal_id)
        closed = sharing(uow, removal.document)
        _hold_all(uow, [plan.file_id for plan in plans], closed)
        now = plans_for(uow, removal.document_id) == plans and not _is_delivering(uow, plans)
        if now:
            for plan in plans:
                _clear_file(uow, plan, copies.get(plan.file_id), removal.organisation_id)
            _clear_documents(uow, removal.document_id, plans)
            open_again(uow, closed, but=removal)
            uow.defer(Job.INDEX, ALL)
    if not now:
        log.info("removal.waits", removal=removal_id)  # somebody brought or split the same pages meanwhile
        _drop(backends, copies.values())
    return now


def _drop(backends: Backends, copies: Iterable[Copy]) -> None:
    """Take copies back that no row came to refer to: what they hold may be decided on too."""
    for copy in copies:
        with backends.begin(SYSTEM) as uow:
            known = select(StoredFile.id).where(StoredFile.sha256 == copy.stored.sha256)
            if uow.session.scalar(known) is None:
                backends.store.clear(copy.stored.sha256, older_than=math.inf)


def _is_delivering(uow: UnitOfWork, plans: Sequence[FilePlan]) -> bool:
    """Whether files inside one of these containers are being taken out, or are still to arrive somewhere: the one
    would bring removed bytes back, the others would be lost."""
    containers = [plan.file_id for plan in plans if plan.container]
    waiting = undelivered().where(Intake.stored_file_id.in_(containers)).with_only_columns(Intake.id)
    opening = select(Reading.id).where(
        Reading.stored_file_id.in_(containers),
        Reading.first == UNPACK_FIRST,
        Reading.engine == ENGINE,
        Reading.state.in_((ReadingState.DUE, ReadingState.RUNNING)),
    )
    return any(uow.session.scalar(query.limit(1)) is not None for query in (waiting, opening))


def _hold_all(uow: UnitOfWork, files: Sequence[int], also: Iterable[int]) -> None:
    """Hold these files, so that nobody brings them again meanwhile, and then the documents over them and these."""
    query = select(StoredFile.id).where(StoredFile.id.in_(files)).order_by(StoredFile.id)
    uow.session.scalars(query.with_for_update(key_share=True)).all()
    showing = select(DocumentPage.document_id).where(DocumentPage.stored_file_id.in_(files))
    over = select(Document.id).where(Document.stored_file_id.in_(files) | Document.id.in_(showing))
    hold_documents(uow, {*uow.session.scalars(over), *also})


def _clear_file(uow: UnitOfWork, plan: FilePlan, copy: Copy | None, organisation_id: int) -> None:
    """Take the text of a file out of the records; its other pages move to the copy. A file that another organisation
    needs stays as it is for them."""
    file = uow.session.scalars(
        select(StoredFile).where(StoredFile.id == plan.file_id).with_for_update(key_share=True)
    ).one()
    if file.cleared_at is not None:
        return
    if copy is not None:
        move_pages(uow, plan, copy, only=organisation_id if plan.kept else None)
    if plan.kept:
        return
    if copy is None:
        uow.session.execute(delete(EarlierScan).where(EarlierScan.stored_file_id == file.id))
    uow.session.execute(delete(PageText).where(PageText.stored_file_id == file.id))
    uow.session.execute(delete(FileMember).where(FileMember.container_id == file.id))
    uow.session.execute(delete(Reading).where(Reading.stored_file_id == file.id))  # who reads it now writes nothing
    uow.session.expire(file, ["readings"])
    file.cleared_at, file.signatures = uow.now, []
    uow.session.flush()


def _clear_documents(uow: UnitOfWork, document_id: int, plans: Sequence[FilePlan]) -> None:
    """Take the removed pages out of every document of the organisation; one that has none left is a trace."""
    organisation_id = uow.session.get_one(Document, document_id).organisation_id
    files = [plan.file_id for plan in plans]
    shown = select(DocumentPage.document_id).join(Document, Document.id == DocumentPage.document_id)
    shown = shown.where(DocumentPage.stored_file_id.in_(files), Document.organisation_id == organisation_id)
    over = select(Document.id).where(
        Document.stored_file_id.in_(files), Document.organisation_id == organisation_id, ~Document.pages.any()
    )
    gone = {(plan.file_id, page) for plan in plans for page in plan.gone}
    ids = {document_id, *uow.session.scalars(shown), *uow.session.scalars(over)}
    for document in _held_or_deleted(uow, ids):
        left = [page for page in document.pages if (page.stored_file_id, page.page) not in gone]
        if document.id == document_id or not left:
            _leave_trace(uow, document)
        elif len(left) < len(document.pages):
            _keep_pages(uow, document, left)


def _held_or_deleted(uow: UnitOfWork, ids: Iterable[int]) -> Sequence[Document]:
    """These documents, held; those that somebody deleted too, for their rows tell what they were."""
    query = select(Document).where(Document.id.in_(set(ids))).order_by(Document.id)
    locked = query.with_for_update(of=Document, key_share=True).execution_options(populate_existing=True)
    return uow.session.scalars(locked).all()


def _keep_pages(uow: UnitOfWork, document: Document, left: Sequence[DocumentPage]) -> None:
    """A whole scan of which one paper was removed keeps the others; how it was cut is forgotten with it."""
    _forget_plan(uow, document)
    for page in list(document.pages):
        if page not in left:
            document.pages.remove(page)
            uow.session.delete(page)
    uow.session.flush()
    for position, page in enumerate(left, start=1):
        page.position = position
        uow.session.flush()
    _forget_facts(uow, document)
    for filing in uow.session.scalars(select(CaseDocument).where(CaseDocument.document_id == document.id)):
        why = filing.evidence.get("why")
        filing.evidence = {} if why is None else {"why": why}  # the words may be those of a page that is gone
    document.quality = None
    document.hide_until_indexed()
    uow.defer(Job.FINISH, document.stored_file_id)


def _forget_plan(uow: UnitOfWork, document: Document) -> None:
    """A plan names the papers of its scans, by pages that have other places now; where this scan is cut with another
    one it stays so."""
    with_it = select(SplitPlan.joined_id).where(SplitPlan.document_id == document.id, SplitPlan.joined_id.is_not(None))
    mains = uow.session.scalars(with_it).all()
    own = (SplitPlan.document_id == document.id) & SplitPlan.joined_id.is_(None)
    uow.session.execute(
        delete(SplitPlan).where(own | SplitPlan.document_id.in_(mains)).execution_options(synchronize_session=False)
    )


def _forget_facts(uow: UnitOfWork, document: Document) -> None:
    """What was read from pages that are gone is read from those that are left; what a person said stays."""
    parsed = (DocumentFact.document_id == document.id) & (DocumentFact.source != Source.PERSON)
    uow.session.execute(delete(DocumentFact).where(parsed))
    uow.session.expire(document, ["facts"])
    said = {fact.name for fact in document.facts}
    empty = {"title": document.file_name, "type": "KHAC", "number": None, "symbol": None, "date": None}
    for name, value in {**empty, "body": "", "signer": "", "subject": ""}.items():
        if name not in said:
            setattr(document, name, value)
    if "date" not in said:
        document.date_text = ""


def _leave_trace(uow: UnitOfWork, document: Document) -> None:
    """What remains: that there was a document, whose, since when, how many pages, who asked and decided."""
    pages = len(document.pages)
    for page in list(document.pages):
        uow.session.delete(page)
    document.pages.clear()
    joined = select(SplitPlan.joined_id).where(SplitPlan.document_id == document.id)
    uow.session.execute(  # the plan of the scan with which this one was cut names its papers
        delete(SplitPlan).where(SplitPlan.document_id.in_(joined)).execution_options(synchronize_session=False)
    )
    for kind in (DocumentFact, EarlierScan, TextPrint, SplitPlan):
        uow.session.execute(delete(kind).where(kind.document_id == document.id))
    uow.session.execute(
        delete(Likeness).where((Likeness.document_id == document.id) | (Likeness.other_id == document.id))
    )
    uow.session.expire(document, ["facts"])
    document.title = document.file_name = TRACE
    document.type, document.number, document.symbol, document.date = "KHAC", None, None, None
    for name in ("date_text", "body", "signer", "subject", "typed_text", "kept_at", "deletion_reason"):
        setattr(document, name, "")
    document.flags, document.fact_flags = [], []
    document.removed_at = uow.now
    document.hide_until_indexed()
    _forget_names(uow, document)
    uow.session.flush()
    uow.record("document.removed", "document", document.id, pages=pages)


def _forget_names(uow: UnitOfWork, document: Document) -> None:
    """Names of arrivals and places in cases say what it was."""
    for intake in uow.session.scalars(select(Intake).where(Intake.document_id == document.id)):
        intake.name, intake.settled = TRACE, Outcome.REMOVED
        intake.code, intake.message = None, ""
    filings: Iterable[CaseDocument] = uow.session.scalars(
        select(CaseDocument).where(CaseDocument.document_id == document.id)
    )
    for filing in filings:
        filing.state, filing.evidence, filing.item = FilingState.REJECTED, {}, None


def _delete_bytes(backends: Backends, removal_id: int) -> None:
    """Delete the bytes of every cleared file that nobody brought again since, and say that all is done."""
    with backends.read(SYSTEM) as uow:
        removal = uow.session.get_one(Removal, removal_id)
        if removal.state is not RemovalState.APPROVED or removal.decided_at is None:
            return
        query = select(StoredFile.id).where(StoredFile.cleared_at >= removal.decided_at).order_by(StoredFile.id)
        cleared = uow.session.scalars(query).all()
    again = [file_id for file_id in cleared if not _delete(backends, file_id)]
    if again:
        log.info("removal.waits", removal=removal_id, files=again)
        return  # brought again this moment: the sweep comes back when that arrival has said whose it is
    with backends.begin(SYSTEM) as uow:
        removal = uow.session.get_one(Removal, removal_id)
        if removal.state is not RemovalState.APPROVED:
            return
        removal.state, removal.done_at = RemovalState.DONE, uow.now
        uow.record("removal.done", "document", removal.document_id, files=len(cleared))
    log.info("removal.done", removal=removal_id, files=len(cleared))


def _delete(backends: Backends, file_id: int) -> bool:
    """Delete the bytes of one file that is held meanwhile. Bytes stored again of which no arrival told for a day are
    those of an upload that broke off: they go too."""
    with backends.begin(SYSTEM) as uow:
        query = select(StoredFile).where(StoredFile.id == file_id).with_for_update(key_share=True)
        file = uow.session.scalars(query).one()
        if file.cleared_at is None:
            return True  # brought again: a document has it
        edge = max(file.cleared_at, uow.now - ORPHAN_AGE)
        return backends.store.clear(file.sha256, older_than=edge.timestamp())


def revive(uow: UnitOfWork, file: StoredFile) -> None:
    """The same bytes came again after they were removed: they are read anew, and quarantined anew where marked.

    Raises `StoredBytesLost` where they were stored a moment before the removal deleted them: to be sent again.
    """
    if not uow.store.path(file.sha256).exists():
        raise StoredBytesLost("Tệp này vừa được gỡ bỏ trong lúc tải lên. Tải lên lại.")
    file.cleared_at, file.finished_engine = None, None
    uow.session.execute(delete(Reading).where(Reading.stored_file_id == file.id))
    uow.session.expire(file, ["readings"])
