"""Completeness of dossiers: loading them from the database (never from the index) and the inspector's worklist.

The rule itself is the pure function in `findings.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.backends import UnitOfWork
from app.models import (
    Case,
    CaseDocument,
    CaseState,
    Document,
    DocumentFact,
    DocumentPage,
    Dossier,
    FilingState,
    Paper,
    PaperState,
    Source,
    in_use,
)
from app.services import findings
from app.services.access import Act, Scope, owned_in, require, scope_of, visible_documents
from app.services.findings import Believer, DossierView, Evidence, FiledDocument, Finding, FindingState, is_complete
from app.services.local_day import today
from app.services.paging import Page
from config.rules import Checklist, circumstances, rule_version, rules_on, stages

__all__ = [
    "Believer",
    "DossierStatus",
    "DossierView",
    "Evidence",
    "FiledDocument",
    "Finding",
    "FindingState",
    "check",
    "checklist_of",
    "examine",
    "is_complete",
    "judged",
    "worklist",
]

AFTER_DECISION = "management"  # the stage that a case with a running term has surely reached
AFTER_TERM = "end"  # the stage of a case whose term is over, or that was closed


@dataclass(frozen=True, slots=True)
class DossierStatus:
    """One dossier on the worklist. `lacking` counts items that are really not there, `to_look` what a person still has
    to look at, `settled` the items in order, `items` all items of the list."""

    case: Case
    dossier: Dossier
    title: str
    findings: tuple[Finding, ...]
    items: int
    settled: int
    lacking: int
    to_look: int
    complete: bool
    rule_version: str


def check(dossier: DossierView, checklist: Checklist) -> tuple[Finding, ...]:
    """The findings of a dossier against a list, with the vocabularies of the law data (pure; see `findings.check`)."""
    return findings.check(dossier, checklist, stages(), {row.key: row.label_vi for row in circumstances()})


def checklist_of(case: Case, dossier: Dossier) -> Checklist:
    """The list of required papers of a dossier, by the law of the day of the case's act."""
    return rules_on(case.act_date).checklist(dossier.checklist)


def examine(uow: UnitOfWork, case: Case) -> tuple[DossierStatus, ...]:
    """All dossiers of a case with their findings, for the case page, as far as this actor may see them."""
    require(uow, Act.CASE_VIEW, case)
    view = _views(uow, [case])[case.id]
    return tuple(_status(case, dossier, view) for dossier in case.dossiers)


def worklist(uow: UnitOfWork, *, limit: int = 20, offset: int = 0) -> Page[DossierStatus]:
    """All incomplete dossiers of open cases in scope, those that lack most first."""
    require(uow, Act.INSPECTION_VIEW)
    scope = scope_of(uow)
    cases = uow.session.scalars(
        select(Case)
        .where(_inspected(scope))
        .options(selectinload(Case.dossiers), joinedload(Case.person), joinedload(Case.organisation))
        .order_by(Case.id)
    ).all()
    views = _views(uow, cases)
    found = [_status(case, dossier, views[case.id]) for case in cases for dossier in case.dossiers]
    open_ones = sorted((s for s in found if not s.complete), key=lambda s: (-s.lacking, -s.to_look, s.case.id))
    return Page(open_ones[offset : offset + limit], len(open_ones), offset, limit)


def judged(uow: UnitOfWork) -> int:
    """How many dossiers of open cases the worklist is made from."""
    require(uow, Act.INSPECTION_VIEW)
    query = select(func.count(Dossier.id)).join(Case, Case.id == Dossier.case_id).where(_inspected(scope_of(uow)))
    return uow.session.scalar(query) or 0


def _inspected(scope: Scope) -> ColumnElement[bool]:
    """Open cases of one's own bodies; one that may only be read is judged by those whose it is."""
    return and_(Case.state == CaseState.OPEN, owned_in(Case.organisation_id, scope))


def _status(case: Case, dossier: Dossier, view: DossierView) -> DossierStatus:
    checklist = checklist_of(case, dossier)
    found = check(view, checklist)
    items = [finding for finding in found if finding.item is not None]
    return DossierStatus(
        case=case,
        dossier=dossier,
        title=checklist.title,
        findings=found,
        items=len(items),
        settled=sum(finding.is_settled for finding in items),
        lacking=sum(finding.is_lacking for finding in items),
        to_look=sum(not finding.is_settled and not finding.is_lacking for finding in found),
        complete=is_complete(view, found),
        rule_version=rule_version(),
    )


def _views(uow: UnitOfWork, cases: Sequence[Case]) -> dict[int, DossierView]:
    """The dossiers of many cases in five queries."""
    rows = _filed(uow, [case.id for case in cases])
    documents = [document for _, document in rows]
    papers = _papers(uow, cases)
    facts = _facts(uow, documents)
    pages = _contents(uow, documents)
    seen = _seen(uow, documents)
    by_case: dict[int, list[FiledDocument]] = defaultdict(list)
    hidden: dict[int, int] = defaultdict(int)
    for filing, document in rows:
        paper = papers.get(document.id)
        if paper is not None and paper.state is PaperState.CANCELLED:
            continue
        if document.id not in seen:
            hidden[filing.case_id] += 1
            continue
        by_case[filing.case_id].append(
            _document(filing, document, paper, facts.get(document.id, {}), pages[document.id])
        )
    day = today(uow)
    return {
        case.id: DossierView(
            documents=tuple(by_case[case.id]),
            circumstances={key: bool(value) for key, value in case.circumstances.items() if value is not None},
            reached=_reached(case, day),
            hidden=hidden[case.id],
        )
        for case in cases
    }


def _filed(uow: UnitOfWork, case_ids: Sequence[int]) -> list[tuple[CaseDocument, Document]]:
    rows = uow.session.execute(
        select(CaseDocument, Document)
        .join(Document, Document.id == CaseDocument.document_id)
        .where(
            CaseDocument.case_id.in_(case_ids),
            CaseDocument.state == FilingState.ACCEPTED,
            in_use(),
        )
        .order_by(CaseDocument.case_id, CaseDocument.position, CaseDocument.id)
    )
    return [(filing, document) for filing, document in rows]


def _seen(uow: UnitOfWork, documents: Iterable[Document]) -> frozenset[int]:
    """Which of the documents this actor may see."""
    ids = [document.id for document in documents]
    visible = visible_documents(scope_of(uow))
    return frozenset(uow.session.scalars(select(Document.id).where(Document.id.in_(ids), visible)))


def _papers(uow: UnitOfWork, cases: Sequence[Case]) -> dict[int, Paper]:
    """Papers made in these cases, by the documents that are their file or their signed scan."""
    rows = uow.session.scalars(select(Paper).where(Paper.case_id.in_([case.id for case in cases])))
    found: dict[int, Paper] = {}
    for paper in rows:
        for document_id in (paper.document_id, paper.signed_document_id):
            if document_id is not None:
                found[document_id] = paper
    return found


def _facts(uow: UnitOfWork, documents: Iterable[Document]) -> dict[int, dict[str, DocumentFact]]:
    rows = uow.session.scalars(
        select(DocumentFact).where(
            DocumentFact.document_id.in_([document.id for document in documents]),
            DocumentFact.name.in_(("type", "title", "subject")),
        )
    )
    found: dict[int, dict[str, DocumentFact]] = defaultdict(dict)
    for fact in rows:
        found[fact.document_id][fact.name] = fact
    return found


def _contents(uow: UnitOfWork, documents: Sequence[Document]) -> dict[int, str]:
    """Which pages of which stored file a document is, as a key: equal keys are equal bytes."""
    found = {document.id: str(document.stored_file_id) for document in documents}
    rows = uow.session.execute(
        select(
            DocumentPage.document_id,
            func.min(DocumentPage.stored_file_id),
            func.min(DocumentPage.page),
            func.max(DocumentPage.page),
        )
        .where(DocumentPage.document_id.in_(found))
        .group_by(DocumentPage.document_id)
    )
    for document_id, file_id, first, last in rows:
        found[document_id] = f"{file_id}:{first}-{last}"
    return found


def _document(
    filing: CaseDocument, document: Document, paper: Paper | None, facts: Mapping[str, DocumentFact], content: str
) -> FiledDocument:
    words = facts.get("subject") or facts.get("title") or facts.get("type")
    kind = facts.get("type")
    return FiledDocument(
        id=document.id,
        title=document.title,
        type=document.type,
        date=document.date,
        number=f"{document.number}/{document.symbol or ''}" if document.number else "",
        item=filing.item if filing.source is Source.PERSON else None,
        form=None if paper is None else paper.form,
        paper_id=None if paper is None else paper.id,
        is_made_file=paper is not None and paper.document_id == document.id,
        copy_kind=document.copy_kind,
        signed=document.signed,
        quality=document.quality,
        type_confirmed=kind is not None and kind.source is Source.PERSON,
        page=None if words is None else words.page,
        words="" if words is None else words.quote,
        content=content,
    )


def _reached(case: Case, day: date) -> str | None:
    """The stage that the dates typed by the officer prove; nothing is computed from time limits."""
    if case.state is CaseState.CLOSED or (case.term_to is not None and case.term_to <= day):
        return AFTER_TERM
    if case.term_from is not None and case.term_from <= day:
        return AFTER_DECISION
    return None
