"""What the made file and the signed scan of a paper have in common: the paper's facts, and a place in its case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select

from app.backends import UnitOfWork
from app.jobs import ALL, Job
from app.models import CaseDocument, Document, DocumentFact, FilingState, Paper, Source
from app.services.paper_steps import rule_of
from config.document_types import UNKNOWN

CARRIED = ("title", "type", "number", "symbol", "date", "body", "signer", "subject")


def carry_facts(uow: UnitOfWork, paper: Paper, document: Document) -> None:
    """Give a document the facts of its paper. They were approved and numbered by persons, so that no parser replaces
    them; where they come from is said as for facts that a person typed."""
    document.type = paper.type
    document.title = paper.title
    document.number, document.symbol = paper.number, paper.symbol
    document.date = paper.number_date
    document.date_text = paper.number_date.isoformat() if paper.number_date else ""
    document.body = paper.organisation.name
    document.signer = paper.signer_name
    document.subject = paper.title
    known = {
        fact.name: fact
        for fact in uow.session.scalars(select(DocumentFact).where(DocumentFact.document_id == document.id))
    }
    for name in CARRIED:
        fact = known.get(name)
        if fact is None:
            fact = DocumentFact(document_id=document.id, name=name)
            uow.session.add(fact)
        fact.value, fact.source, fact.at = str(getattr(document, name) or ""), Source.PERSON, uow.now
        fact.page, fact.quote, fact.user_id = None, "", uow.actor.user_id


def forget_facts(uow: UnitOfWork, document: Document) -> None:
    """Take the paper's facts off a document again. It counts as not taken over yet, so that job FINISH brings the
    parser's back even where its message is lost."""
    document.quality = None
    uow.session.execute(
        delete(DocumentFact)
        .where(DocumentFact.document_id == document.id, DocumentFact.name.in_(CARRIED))
        .execution_options(synchronize_session="fetch")
    )
    document.title, document.type = document.file_name, UNKNOWN
    document.number, document.symbol, document.date = None, None, None
    document.date_text, document.body, document.signer, document.subject = "", "", "", ""


def lay_into_case(uow: UnitOfWork, paper: Paper, document: Document, evidence: Mapping[str, Any]) -> CaseDocument:
    """File a document to the paper's case under the item that the paper produces."""
    filing = filing_in(uow, paper, document)
    if filing is None:
        filing = CaseDocument(case_id=paper.case_id, document_id=document.id, created_at=uow.now, position=0)
        uow.session.add(filing)
    if filing.state is not FilingState.ACCEPTED:
        filing.position = _next_position(uow, paper.case_id)
        filing.state, filing.source = FilingState.ACCEPTED, Source.PERSON
        filing.decided_by, filing.decided_at = uow.actor.user_id, uow.now
    filing.item = rule_of(paper).produces_item
    filing.evidence = {**(filing.evidence or {}), **evidence}
    document.hide_until_indexed()
    uow.session.flush()
    uow.record("filing.accepted", "document", document.id, case=paper.case_id, paper=paper.id)
    uow.defer(Job.INDEX, ALL)
    return filing


def filing_in(uow: UnitOfWork, paper: Paper, document: Document) -> CaseDocument | None:
    """The filing of a document to the paper's case, in whatever state."""
    return uow.session.scalar(
        select(CaseDocument).where(CaseDocument.case_id == paper.case_id, CaseDocument.document_id == document.id)
    )


def _next_position(uow: UnitOfWork, case_id: int) -> int:
    with uow.session.no_autoflush:
        last = uow.session.scalar(
            select(func.max(CaseDocument.position)).where(
                CaseDocument.case_id == case_id, CaseDocument.state == FilingState.ACCEPTED
            )
        )
    return (last or 0) + 1
