"""The life of a paper as a table: which step leads from which states, and which act it takes (Decree 30/2020 Articles
10-19). Also the question asked at every step: may this body make this paper on that day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.backends import UnitOfWork
from app.errors import Invalid, NotAllowed, RulesUnknown, WrongState
from app.jobs import ALL, Job
from app.models import Case, Document, Organisation, Paper, PaperState, PaperStep
from app.services.access import Act, may, require
from app.services.revisions import hold
from config.rules import FormRule, Issuer, rules_on

State = PaperState


class Step(StrEnum):
    """What can be done with a paper."""

    SAVE = "save"
    PRESENT = "present"
    RETURN = "return"
    APPROVE = "approve"
    SIGN = "sign"
    NUMBER = "number"
    MAKE_AGAIN = "make-again"
    RELEASE = "release"
    SIGNED_COPY = "signed-copy"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Move:
    """The act a step takes in these states."""

    act: Act
    states: frozenset[PaperState]


def _move(act: Act, *states: PaperState) -> Move:
    return Move(act, frozenset(states))


MOVES: Mapping[Step, tuple[Move, ...]] = {
    Step.SAVE: (_move(Act.PAPER_DRAFT, State.DRAFT, State.PRESENTED, State.APPROVED),),
    Step.PRESENT: (_move(Act.PAPER_PRESENT, State.DRAFT),),
    Step.RETURN: (_move(Act.PAPER_DECIDE, State.PRESENTED, State.APPROVED, State.SIGNED),),
    Step.APPROVE: (_move(Act.PAPER_DECIDE, State.PRESENTED),),
    Step.SIGN: (_move(Act.PAPER_SIGN, State.APPROVED),),
    Step.NUMBER: (_move(Act.PAPER_NUMBER, State.SIGNED),),
    Step.MAKE_AGAIN: (_move(Act.PAPER_NUMBER, State.NUMBERED),),
    Step.RELEASE: (_move(Act.PAPER_RELEASE, State.MADE, State.RELEASED),),
    Step.SIGNED_COPY: (_move(Act.SIGNED_COPY, State.SIGNED, State.NUMBERED, State.MADE, State.RELEASED),),
    Step.CANCEL: (
        _move(Act.PAPER_DRAFT, State.DRAFT),
        _move(Act.PAPER_DECIDE, State.PRESENTED, State.APPROVED),
        _move(Act.PAPER_NUMBER, State.SIGNED, State.NUMBERED, State.MADE),
    ),
}
"""A released paper cannot be cancelled: another paper amends, replaces or recalls it (Decree 30/2020 Article 18)."""


def is_open(uow: UnitOfWork, paper: Paper, step: Step) -> bool:
    """Whether this actor may take the step in the paper's present state."""
    return any(paper.state in move.states and may(uow, move.act, paper) for move in MOVES[step])


def take_up(uow: UnitOfWork, paper: Paper, step: Step) -> None:
    """Hold the paper's row for the rest of the unit of work and make sure the step may be taken by this actor now."""
    require(uow, Act.PAPER_VIEW, paper)
    if not any(may(uow, move.act, paper) for move in MOVES[step]):
        raise NotAllowed()
    hold(uow, paper)
    if not any(paper.state in move.states for move in MOVES[step]):
        raise WrongState()
    if not is_open(uow, paper, step):
        raise NotAllowed()


def advance(uow: UnitOfWork, paper: Paper, state: PaperState, *, remark: str = "") -> None:
    """Move the paper to a state, write the step into its history, and tell the index where it is searchable."""
    paper.steps.append(
        PaperStep(
            before=paper.state,
            after=state,
            remark=remark[:1000],
            user_id=uow.actor.user_id,
            user_name=uow.actor.name,
            at=uow.now,
        )
    )
    uow.record(f"paper.{state.value}", "paper", paper.id, before=paper.state.value)
    paper.state = state
    uow.session.flush()
    touch_documents(uow, paper)


def touch_documents(uow: UnitOfWork, paper: Paper) -> None:
    """The documents of a paper show its state: tell the index."""
    for document_id in (paper.document_id, paper.signed_document_id):
        if document_id is not None:
            uow.session.get_one(Document, document_id).touch()
            uow.defer(Job.INDEX, ALL)


def lawful_rule(code: str, case: Case, organisation: Organisation, day: date) -> FormRule:
    """The rule of a form for an act of this day in this case by this body.

    Raises `RulesUnknown` where the form does not hold on that day, `NotAllowed` where this kind of body may not issue
    it, `WrongState` where the case's procedure does not use it.
    """
    try:
        rule = rules_on(day).form(code)
    except KeyError:
        raise RulesUnknown(f"Mẫu {code} không dùng cho ngày {day:%d/%m/%Y}.") from None
    if not rule.covers(day):
        raise RulesUnknown(f"Mẫu {code} không dùng cho ngày {day:%d/%m/%Y}.")
    if rule.issuer_for(organisation.kind) is None:
        raise NotAllowed(f"Cơ quan này không ban hành văn bản theo mẫu {code} ({rule.basis}).")
    if case.procedure not in rule.procedures:
        raise WrongState(f"Thủ tục của hồ sơ này không dùng mẫu {code}.")
    return rule


def rule_of(paper: Paper, day: date | None = None) -> FormRule:
    """The rule of a paper by the day of its act, or by another day (signature, number)."""
    return lawful_rule(paper.form, paper.case, paper.organisation, day or paper.act_date)


def issuer_of(paper: Paper) -> Issuer:
    """Which post of this body signs the paper; raises as `lawful_rule`."""
    issuer = rule_of(paper).issuer_for(paper.organisation.kind)
    if issuer is None:
        raise NotAllowed()
    return issuer


def wanted(name: str, text: str, message: str, *, most: int) -> str:
    """A text that a person must have typed, without blanks at its ends; raises `Invalid` naming the field."""
    plain = " ".join(text.split())
    if not plain:
        raise Invalid(fields={name: message})
    if len(plain) > most:
        raise Invalid(fields={name: f"Dài quá {most} ký tự."})
    return plain
