"""Arrange for papers: an office with its officer, leader and clerk, a case, and a paper at any step of its life."""

import multiprocessing
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.models import Case, Dossier, Organisation, Paper, Relative
from app.services import papers
from config.kinds import OrganisationKind
from config.settings import Settings
from tests import factories

ORDER = "D163/V/53"
ACT_DAY = date(2026, 11, 2)
SIGNED_ON = date(2026, 11, 19)
NUMBERED_ON = date(2026, 11, 20)

TYPED: dict[str, Any] = {
    "post.assignee": "Ông Trần Văn Mẫu, Ban chỉ huy quân sự phường Mẫu",
    "commune_police.name": "Công an phường Mẫu",
    "facility.name": "Cơ sở cai nghiện ma túy số 1 tỉnh Mẫu",
    "doc.effective_from": "2026-12-01",
    "cited.proposal.number": "12/ĐN-CAP",
    "cited.proposal.date": "2026-10-30",
    "rep.age": "58",
}
"""What the records do not hold of a supervision order and an officer types."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An office and one of its cases, by ids, with the accounts that act there."""

    backends: Backends
    organisation_id: int
    case_id: int
    officer: Actor
    leader: Actor
    clerk: Actor
    inspector: Actor

    def case(self, uow: UnitOfWork) -> Case:
        return uow.session.get_one(Case, self.case_id)

    def organisation(self, uow: UnitOfWork) -> Organisation:
        return uow.session.get_one(Organisation, self.organisation_id)


def committee_desk(backends: Backends, **case_given: Any) -> Desk:
    """A commune People's Committee with one case of post-rehabilitation management."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(
            uow,
            name="Ủy ban nhân dân phường Mẫu",
            superior_name="Ủy ban nhân dân tỉnh Mẫu",
            kind=OrganisationKind.COMMUNE_COMMITTEE,
            symbol="UBND",
        )
        person = factories.person(uow, office)
        person.relatives.append(
            Relative(
                relation="mẹ",
                full_name="Trần Thị Thử",
                birth_year=1968,
                residence="Số 1, phường Mẫu",
                occupation="hưu trí",
            )
        )
        term = {"term_from": date(2026, 12, 1), "term_to": date(2027, 11, 30)}
        case = factories.case(uow, person, **(term | case_given))
        case.dossiers.append(Dossier(checklist="d_p11"))
        ids = (office.id, case.id)
    roles = (Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR)
    accounts = [_account(backends, ids[0], role) for role in roles]
    return Desk(backends, *ids, *accounts)


def _account(backends: Backends, organisation_id: int, role: Role) -> Actor:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.user(uow, uow.session.get_one(Organisation, organisation_id), role).actor()


def drafted(desk: Desk, form: str = ORDER, *, typed: dict[str, Any] | None = None) -> int:
    """A draft with nothing missing; its id."""
    with desk.backends.begin(desk.officer) as uow:
        paper = papers.draft(uow, desk.case(uow), form, act_date=ACT_DAY)
        papers.save_draft(uow, paper, values=TYPED if typed is None else typed, revision=paper.revision)
        return paper.id


def presented(desk: Desk) -> int:
    """A paper that lies with the leader."""
    paper_id = drafted(desk)
    with desk.backends.begin(desk.officer) as uow:
        papers.present(uow, papers.paper(uow, paper_id))
    return paper_id


def approved(desk: Desk) -> int:
    """A paper that the leader approved."""
    paper_id = presented(desk)
    with desk.backends.begin(desk.leader) as uow:
        papers.approve(uow, papers.paper(uow, paper_id))
    return paper_id


def signed(desk: Desk) -> int:
    """A paper whose signature the clerk recorded."""
    paper_id = approved(desk)
    with desk.backends.begin(desk.clerk) as uow:
        papers.record_signature(uow, papers.paper(uow, paper_id), signed_on=SIGNED_ON, signer_name="Trần Văn Mẫu")
    return paper_id


def numbered(desk: Desk) -> int:
    """A paper with its number."""
    paper_id = signed(desk)
    number_one(desk.backends, desk.clerk, paper_id)
    return paper_id


def number_one(backends: Backends, clerk: Actor, paper_id: int, number_text: str | None = None) -> str:
    """One clerk numbers one paper; the number given."""
    with backends.begin(clerk) as uow:
        paper = papers.paper(uow, paper_id)
        papers.number(uow, paper, date=NUMBERED_ON, number_text=number_text)
        return paper.number or ""


def number_in_process(environment: dict[str, str], clerk: Actor, paper_ids: list[int]) -> list[str]:
    """A clerk in a process of their own numbers papers one after the other."""
    backends = Backends(Settings.from_environment(environment), clock=lambda: factories.NOW)
    try:
        return [number_one(backends, clerk, paper_id) for paper_id in paper_ids]
    finally:
        backends.close()


def in_processes(environment: dict[str, str], clerk: Actor, shares: list[list[int]]) -> list[str]:
    """As many clerks as shares, each a process; the numbers that all of them got."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(shares)) as pool:
        given = pool.starmap(number_in_process, [(environment, clerk, share) for share in shares])
    return [number for numbers in given for number in numbers]


def frozen(uow: UnitOfWork, paper_id: int) -> dict[str, Any]:
    """The frozen context of a numbered paper."""
    kept = uow.session.get_one(Paper, paper_id).frozen
    assert kept is not None
    return kept
