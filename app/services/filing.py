"""Filing documents to cases: by hand, or as a proposal of the machine that a person accepts or rejects.

Only an accepted filing counts. A change of it changes who may see the document, so the document is hidden from search
until the index knows. A rejected filing stays as a row: the machine never proposes it again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import Invalid, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import Case, CaseDocument, CaseState, Document, FilingState, Person, Source, in_use
from app.services.access import Act, require, scope_of, visible_cases, visible_documents
from app.services.matching import Match, matches
from app.services.paging import PAGE_SIZE, Page, paged
from app.services.revisions import hold
from config.rules import rules_on
from ingestion import Facts


def file_document(
    uow: UnitOfWork,
    document: Document,
    case: Case,
    *,
    item: str | None = None,
    source: Source = Source.PERSON,
    evidence: Mapping[str, Any] | None = None,
) -> CaseDocument:
    """File a document to a case of the same organisation; `item` is its place on a list of required papers.

    Filing again only changes the item. Raises `Invalid` for another organisation's case or an unknown item.
    """
    _require_both(uow, document, case)
    _refuse_foreign(document, case)
    _refuse_unknown_item(case, item)
    hold(uow, document)
    filing = _between(uow, document, case)
    if filing is None:
        filing = CaseDocument(case_id=case.id, document_id=document.id, created_at=uow.now)
        filing.case, filing.document = case, document
        uow.session.add(filing)
    elif filing.state is FilingState.ACCEPTED:
        if filing.item != item:
            filing.item = item
            uow.record("filing.item-changed", "document", document.id, case=case.id, item=item)
        return filing
    filing.source = source
    filing.evidence = dict(evidence or {})
    _accepted(uow, filing, item)
    return filing


def unfile(uow: UnitOfWork, filing: CaseDocument) -> None:
    """Take a document out of a case. The machine does not propose it for this case again."""
    _require_both(uow, filing.document, filing.case)
    hold(uow, filing.document)
    hold(uow, filing)
    if filing.state is not FilingState.ACCEPTED:
        raise WrongState()
    filing.item = None
    _decided(uow, filing, FilingState.REJECTED)
    filing.document.hide_until_indexed()
    uow.defer(Job.INDEX, ALL)
    uow.record("filing.removed", "document", filing.document_id, case=filing.case_id)


def propose_all(
    uow: UnitOfWork, organisation_id: int, read: Sequence[tuple[Document, Facts]]
) -> tuple[CaseDocument, ...]:
    """Propose documents of one organisation for the cases of the persons they speak of; returns the proposals that are
    new or changed. Many documents take as many questions of the database as one.

    Open cases first: closed ones only where the person has no open case. What a person decided is left as it is.
    Nothing is accepted here, whatever the evidence. The caller has checked that the actor may file the documents.
    """
    if not read:
        return ()
    found = matches(uow, organisation_id, [facts for _, facts in read])
    cases = _candidates(uow, organisation_id, list(frozenset[int]().union(*found)))
    rows = uow.session.scalars(
        select(CaseDocument).where(CaseDocument.document_id.in_([document.id for document, _ in read]))
    )
    known = {(filing.document_id, filing.case_id): filing for filing in rows}
    proposals = []
    for (document, _), reasons in zip(read, found, strict=True):
        for case in cases:
            if case.person_id in reasons:
                filing = known.get((document.id, case.id))
                proposals.append(_proposed(uow, document, case, filing, _evidence(reasons[case.person_id])))
    uow.session.flush()
    return tuple(filing for filing in proposals if filing is not None)


def _proposed(
    uow: UnitOfWork, document: Document, case: Case, filing: CaseDocument | None, evidence: dict[str, Any]
) -> CaseDocument | None:
    """A proposal that is new or has new evidence; None where nothing changes."""
    if filing is None:
        filing = CaseDocument(
            case_id=case.id,
            document_id=document.id,
            source=Source.PARSER,
            state=FilingState.PROPOSED,
            evidence=evidence,
            created_at=uow.now,
        )
        uow.session.add(filing)
        uow.record("filing.proposed", "document", document.id, case=case.id, why=evidence["why"])
    elif filing.state is FilingState.PROPOSED and filing.evidence != evidence:
        filing.evidence = evidence
    else:
        return None
    return filing


def accept(uow: UnitOfWork, filing: CaseDocument, *, item: str | None = None) -> CaseDocument:
    """Make a proposal count. Raises `WrongState` where somebody decided it before."""
    _hold_proposal(uow, filing)
    _refuse_unknown_item(filing.case, item)
    _accepted(uow, filing, item)
    return filing


def reject(uow: UnitOfWork, filing: CaseDocument) -> CaseDocument:
    """Say that a proposal is wrong; it is not made again. Raises `WrongState` where somebody decided it before."""
    _hold_proposal(uow, filing)
    _decided(uow, filing, FilingState.REJECTED)
    uow.record("filing.rejected", "document", filing.document_id, case=filing.case_id)
    return filing


def filing(uow: UnitOfWork, filing_id: int) -> CaseDocument:
    """One filing whose case and document are both in scope, else `NotFound`."""
    row = uow.session.get(CaseDocument, filing_id)
    if row is None:
        raise NotFound()
    require(uow, Act.CASE_VIEW, row.case)
    require(uow, Act.DOCUMENT_VIEW, row.document)
    return row


def filings(uow: UnitOfWork, *, case: Case | None = None, document: Document | None = None) -> Sequence[CaseDocument]:
    """The accepted filings of a case or a document, in their order, as far as both sides are in scope."""
    query = _visible(uow, case, document).where(CaseDocument.state == FilingState.ACCEPTED)
    return uow.session.scalars(query.order_by(CaseDocument.position, CaseDocument.id)).all()


def proposals(
    uow: UnitOfWork,
    *,
    case: Case | None = None,
    document: Document | None = None,
    limit: int = PAGE_SIZE,
    offset: int = 0,
) -> Page[CaseDocument]:
    """Open proposals in scope, oldest first: of a case, of a document, or all."""
    query = _visible(uow, case, document).where(CaseDocument.state == FilingState.PROPOSED)
    return paged(uow.session, query.order_by(CaseDocument.id), limit=limit, offset=offset)


def _visible(uow: UnitOfWork, case: Case | None, document: Document | None) -> Select[CaseDocument]:
    require(uow, Act.CASE_VIEW, case)
    require(uow, Act.DOCUMENT_VIEW, document)
    scope = scope_of(uow)
    query = (
        select(CaseDocument)
        .join(Case, Case.id == CaseDocument.case_id)
        .join(Document, Document.id == CaseDocument.document_id)
        .where(visible_cases(scope), visible_documents(scope))
        .options(
            selectinload(CaseDocument.case).selectinload(Case.person).selectinload(Person.identities),
            selectinload(CaseDocument.document),
        )
    )
    if case is not None:
        query = query.where(CaseDocument.case_id == case.id)
    if document is not None:
        return query.where(CaseDocument.document_id == document.id)
    return query.where(in_use())


def _require_both(uow: UnitOfWork, document: Document, case: Case) -> None:
    require(uow, Act.DOCUMENT_FILE, document)
    require(uow, Act.DOCUMENT_FILE, case)


def _refuse_foreign(document: Document, case: Case) -> None:
    if document.organisation_id != case.organisation_id:
        raise Invalid(fields={"case": "Hồ sơ này thuộc cơ quan khác. Chỉ xếp vào hồ sơ của cùng cơ quan."})


def _refuse_unknown_item(case: Case, item: str | None) -> None:
    if item is None:
        return
    regime = rules_on(case.act_date)
    wanted = {dossier.checklist for dossier in case.dossiers}
    lists = [row for row in regime.checklists_for(case.procedure) if row.key in wanted]
    if item not in {row.key for checklist in lists for row in checklist.items}:
        raise Invalid(fields={"item": "Danh mục của hồ sơ này không có mục đó. Chọn lại mục."})


def _between(uow: UnitOfWork, document: Document, case: Case) -> CaseDocument | None:
    return uow.session.scalar(
        select(CaseDocument)
        .where(CaseDocument.case_id == case.id, CaseDocument.document_id == document.id)
        .execution_options(populate_existing=True)
    )


def _hold_proposal(uow: UnitOfWork, filing: CaseDocument) -> None:
    _require_both(uow, filing.document, filing.case)
    hold(uow, filing.document)
    hold(uow, filing)
    if filing.state is not FilingState.PROPOSED:
        raise WrongState("Đề nghị này đã có người quyết định. Tải lại trang.")


def _accepted(uow: UnitOfWork, filing: CaseDocument, item: str | None) -> None:
    filing.item = item
    filing.position = _next_position(uow, filing.case)
    _decided(uow, filing, FilingState.ACCEPTED)
    filing.document.hide_until_indexed()
    uow.session.flush()
    uow.defer(Job.INDEX, ALL)
    uow.record("filing.accepted", "document", filing.document_id, case=filing.case_id, source=filing.source.value)


def _decided(uow: UnitOfWork, filing: CaseDocument, state: FilingState) -> None:
    filing.state = state
    filing.decided_by = uow.actor.user_id
    filing.decided_at = uow.now


def _next_position(uow: UnitOfWork, case: Case) -> int:
    with uow.session.no_autoflush:
        last = uow.session.scalar(
            select(func.max(CaseDocument.position)).where(
                CaseDocument.case_id == case.id, CaseDocument.state == FilingState.ACCEPTED
            )
        )
    return (last or 0) + 1


def _candidates(uow: UnitOfWork, organisation_id: int, person_ids: list[int]) -> list[Case]:
    if not person_ids:
        return []
    cases = uow.session.scalars(
        select(Case)
        .where(Case.organisation_id == organisation_id, Case.person_id.in_(person_ids))
        .order_by(Case.opened_on.desc(), Case.id.desc())
    ).all()
    busy = {case.person_id for case in cases if case.state is CaseState.OPEN}
    return [case for case in cases if case.state is CaseState.OPEN or case.person_id not in busy]


def _evidence(reasons: Sequence[Match]) -> dict[str, Any]:
    """The strongest reason, with the others under `also`."""
    return {**reasons[0].as_json(), "also": [reason.as_json() for reason in reasons[1:]]}
