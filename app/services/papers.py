"""Papers from draft to approval, and the questions about them. The office clerk's steps are in `issuing.py`.

Walk (b) of the architecture: the rules of the act's day pick who may make which paper; the context comes from the
records; missing facts are named and block presenting, never printing; a change after approval goes back to the signer.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.backends import UnitOfWork
from app.errors import (
    Conflict,
    FactsMissing,
    HosoError,
    Invalid,
    NotAllowed,
    NotFound,
    RulesUnknown,
    WrongState,
)
from app.models import Case, CaseState, Document, Paper, PaperState, PaperStep
from app.services.access import Act, owned_in, require, scope_of
from app.services.drafting import context_of, form_of, take_records, take_typed
from app.services.issuing import cancel, number, record_signature, release
from app.services.local_day import today
from app.services.paging import Page, paged
from app.services.paper_steps import Step, advance, is_open, issuer_of, lawful_rule, rule_of, take_up, wanted
from app.services.signing_posts import signer_problems
from config.rules import FormRule, Gap, rules_on
from doc_templates import catalogue, context
from doc_templates.context import Missing, Problem

__all__ = [
    "Step",
    "approve",
    "can",
    "cancel",
    "draft",
    "forms_for",
    "missing_facts",
    "number",
    "paper",
    "paper_of",
    "papers",
    "present",
    "problems",
    "record_signature",
    "release",
    "return_",
    "save_draft",
    "unchecked",
]

TRIAL_NUMBER = "1"  # stands for the number while a draft is checked; never kept


def forms_for(uow: UnitOfWork, case: Case, *, act_date: date) -> tuple[FormRule, ...]:
    """The papers that this case's body may make for an act of this day, in the order of the rules."""
    require(uow, Act.CASE_VIEW, case)
    found = []
    for rule in rules_on(act_date).forms:
        try:
            found.append(lawful_rule(rule.code, case, case.organisation, act_date))
        except HosoError:
            continue  # not this body, not this procedure or not this day: simply not offered
    return tuple(found)


def draft(uow: UnitOfWork, case: Case, form_code: str, *, act_date: date) -> Paper:
    """A new draft in a case of one's own, its context filled from the records.

    Raises as `lawful_rule` where the rules of that day do not let this body make this paper in this case.
    """
    require(uow, Act.PAPER_DRAFT, case)
    if case.state is not CaseState.OPEN:
        raise WrongState("Hồ sơ đã kết thúc; mở lại hồ sơ trước khi soạn văn bản.")
    rule = lawful_rule(form_code, case, case.organisation, act_date)
    form = catalogue.form(form_code)
    paper = Paper(
        organisation_id=case.organisation_id,
        organisation=case.organisation,
        case_id=case.id,
        case=case,
        form=form.code,
        form_version=form.version,
        type=form.type,
        title=rule.title,
        act_date=act_date,
        context={"records": {}, "typed": {}},
        state=PaperState.DRAFT,
        drafted_by=uow.actor.user_id,
        created_at=uow.now,
    )
    take_records(uow, paper, rule)
    uow.session.add(paper)
    _take_symbol(paper)
    uow.session.flush()
    uow.record("paper.drafted", "paper", paper.id, form=form.code, case=case.id)
    return paper


def _take_symbol(paper: Paper) -> None:
    paper.symbol = str(context_of(paper).get("doc", {}).get("symbol", ""))[:60]


def save_draft(uow: UnitOfWork, paper: Paper, *, values: Mapping[str, Any], revision: int) -> Paper:
    """Take typed values over and read the records again.

    A change of a presented or approved paper takes it back to draft: it has to go to the signer again (Decree 30/2020
    Articles 10 and 11). Raises `Conflict` where somebody else saved since `revision`, `Invalid` naming wrong fields.
    """
    take_up(uow, paper, Step.SAVE)
    if paper.revision != revision:
        raise Conflict()
    from_records = take_records(uow, paper, rule_of(paper))
    if not take_typed(paper, values) and not from_records:
        return paper
    _take_symbol(paper)
    _changed(uow, paper)
    uow.record("paper.saved", "paper", paper.id, revision=paper.revision)
    return paper


def _changed(uow: UnitOfWork, paper: Paper) -> None:
    paper.revision += 1
    paper.approved_revision = None
    if paper.state is not PaperState.DRAFT:
        advance(uow, paper, PaperState.DRAFT, remark="Sửa sau khi trình: phải trình lại.")
    uow.session.flush()


def present(uow: UnitOfWork, paper: Paper) -> None:
    """Present a draft to the signer. Raises `FactsMissing` naming what is missing, `Invalid` for what is wrong."""
    take_up(uow, paper, Step.PRESENT)
    if take_records(uow, paper, rule_of(paper)):
        paper.revision += 1
    missing = missing_facts(uow, paper)
    if missing:
        raise FactsMissing(tuple(fact.label for fact in missing))
    wrong = problems(uow, paper)
    if wrong:
        raise Invalid(fields={problem.variable: problem.message for problem in wrong})
    advance(uow, paper, PaperState.PRESENTED)


def return_(uow: UnitOfWork, paper: Paper, *, remarks: str) -> None:
    """Give a paper back to the drafter with remarks; an approval and a signature recorded before no longer count."""
    take_up(uow, paper, Step.RETURN)
    paper.remarks = wanted("remarks", remarks, "Ghi ý kiến để người soạn biết cần sửa gì.", most=1000)
    paper.approved_revision, paper.signed_on, paper.signer_name = None, None, ""
    advance(uow, paper, PaperState.DRAFT, remark=paper.remarks)


def approve(uow: UnitOfWork, paper: Paper, *, revision: int | None = None) -> None:
    """Approve what was presented; with `revision`, only where it is still what the leader saw (else `Conflict`)."""
    take_up(uow, paper, Step.APPROVE)
    if revision is not None and paper.revision != revision:
        raise Conflict()
    rule_of(paper)
    paper.approved_revision = paper.revision
    paper.remarks = ""
    advance(uow, paper, PaperState.APPROVED)


def missing_facts(uow: UnitOfWork, paper: Paper) -> tuple[Missing, ...]:
    """The required facts that a paper lacks; number and date are the office clerk's and never among them."""
    require(uow, Act.PAPER_VIEW, paper)
    return context.missing(form_of(paper), context_of(paper))


def problems(uow: UnitOfWork, paper: Paper) -> tuple[Problem, ...]:
    """What is wrong with the facts of a paper, by all validations of its form but those that count time.

    A draft is checked as if numbered 1 on the day of its act; the same checks run again with the real number and date.
    """
    require(uow, Act.PAPER_VIEW, paper)
    facts = context_of(paper)
    day = today(uow)
    if paper.frozen is None:
        facts = {**facts, "doc": {**facts.get("doc", {}), "number": TRIAL_NUMBER}}
        facts["doc"]["date"] = min(paper.act_date, day).isoformat()
    found = context.problems(form_of(paper), facts, today=day)
    return (*found, *signer_problems(facts, issuer_of(paper)))


def unchecked(uow: UnitOfWork, paper: Paper) -> tuple[Gap, ...]:
    """What the product does not check for this paper and a person must ("chưa kiểm tra thời hạn")."""
    require(uow, Act.PAPER_VIEW, paper)
    return rule_of(paper).unchecked


def can(uow: UnitOfWork, paper: Paper) -> frozenset[Step]:
    """The steps that this actor may take now. Presenting is among them only where no fact is missing or wrong."""
    open_steps = {step for step in Step if is_open(uow, paper, step)}
    if Step.PRESENT in open_steps and not _presentable(uow, paper):
        open_steps.discard(Step.PRESENT)
    if paper.signed_document_id is not None:
        open_steps.discard(Step.SIGNED_COPY)
    return frozenset(open_steps)


def _presentable(uow: UnitOfWork, paper: Paper) -> bool:
    try:
        return not missing_facts(uow, paper) and not problems(uow, paper)
    except (NotAllowed, RulesUnknown, WrongState):
        return False  # the body or the case changed since: the rules no longer let it make this paper


def paper(uow: UnitOfWork, paper_id: int) -> Paper:
    """One paper. Raises `NotFound` where the actor may not know of it."""
    found = uow.session.get(Paper, paper_id, options=[selectinload(Paper.case), selectinload(Paper.organisation)])
    if found is None:
        raise NotFound()
    require(uow, Act.PAPER_VIEW, found)
    return found


def papers(
    uow: UnitOfWork,
    *,
    case: Case | None = None,
    state: PaperState | None = None,
    without_signed_copy: bool = False,
    limit: int = 20,
    offset: int = 0,
) -> Page[Paper]:
    """The papers in scope, the one changed last first; optionally of one case, in one state, or numbered and without
    their signed copy."""
    require(uow, Act.PAPER_VIEW)
    owned = owned_in(Paper.organisation_id, scope_of(uow))
    last_step = (
        select(PaperStep.at).where(PaperStep.paper_id == Paper.id).order_by(PaperStep.id.desc()).limit(1)
    ).scalar_subquery()
    query = select(Paper).where(owned).options(selectinload(Paper.case).selectinload(Case.person))
    if case is not None:
        query = query.where(Paper.case_id == case.id)
    if state is not None:
        query = query.where(Paper.state == state)
    if without_signed_copy:
        query = query.where(Paper.number.is_not(None), Paper.signed_document_id.is_(None))
        query = query.where(Paper.state != PaperState.CANCELLED)
    return paged(uow.session, query.order_by(last_step.desc(), Paper.id.desc()), limit=limit, offset=offset)


def paper_of(uow: UnitOfWork, document: Document) -> Paper | None:
    """The paper whose made file or signed copy this document is."""
    require(uow, Act.DOCUMENT_VIEW, document)
    return uow.session.scalar(
        select(Paper).where((Paper.document_id == document.id) | (Paper.signed_document_id == document.id))
    )
