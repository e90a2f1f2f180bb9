"""From the signature to the release: the office clerk's steps, who may take which, and what never changes."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import (
    DuplicateNumber,
    HosoError,
    Invalid,
    NotAllowed,
    NotFound,
    RulesUnknown,
    WrongState,
)
from app.jobs import Job
from app.models import BookKeeping, EntryState, Event, Organisation, Paper, PaperState
from app.services import papers, registers
from app.services.drafting import context_of
from app.services.papers import Step
from config.kinds import OrganisationKind
from tests import desks, factories
from tests.conftest import Bell
from tests.desks import NUMBERED_ON, SIGNED_ON, Desk


def _save(desk: Desk, paper_id: int, values: dict[str, Any]) -> None:
    with desk.backends.begin(desk.officer) as uow:
        paper = papers.paper(uow, paper_id)
        papers.save_draft(uow, paper, values=values, revision=paper.revision)


def _sign(desk: Desk, paper_id: int, *, on: date = SIGNED_ON, name: str = "Trần Văn Mẫu") -> None:
    with desk.backends.begin(desk.clerk) as uow:
        papers.record_signature(uow, papers.paper(uow, paper_id), signed_on=on, signer_name=name)


def _number(desk: Desk, paper_id: int, *, on: date = NUMBERED_ON, text: str | None = None) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        papers.number(uow, papers.paper(uow, paper_id), date=on, number_text=text)


def _state(desk: Desk, paper_id: int) -> PaperState:
    with desk.backends.read() as uow:
        return uow.session.get_one(Paper, paper_id).state


def _made(desk: Desk) -> int:
    """A made paper, its files left out."""
    paper_id = desks.numbered(desk)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Paper, paper_id).state = PaperState.MADE
    return paper_id


def test_a_signature_names_the_signer_of_the_draft(desk: Desk) -> None:
    paper_id = desks.approved(desk)
    with pytest.raises(Invalid):
        _sign(desk, paper_id, name="Lê Văn Khác")
    with pytest.raises(Invalid):
        _sign(desk, paper_id, on=NUMBERED_ON + timedelta(days=1))


def test_no_number_before_the_signature(desk: Desk) -> None:
    paper_id = desks.approved(desk)
    with pytest.raises(WrongState):
        _number(desk, paper_id)


@pytest.mark.parametrize("day", [SIGNED_ON - timedelta(days=1), NUMBERED_ON + timedelta(days=1)])
def test_the_date_is_not_before_the_signature_nor_after_today(desk: Desk, day: date) -> None:
    paper_id = desks.signed(desk)
    with pytest.raises(Invalid) as refused:
        _number(desk, paper_id, on=day)
    assert "date" in refused.value.fields
    with desk.backends.read(desk.clerk) as uow:
        assert all(book.last == 0 for book in registers.books(uow))


def test_the_day_is_the_day_in_vietnam(desk: Desk, backends: Backends) -> None:
    late = Backends(backends.settings, clock=lambda: factories.NOW.replace(hour=18))  # 01:00 of the 21st in Vietnam
    paper_id = desks.signed(desk)
    with late.begin(desk.clerk) as uow:
        papers.number(uow, papers.paper(uow, paper_id), date=date(2026, 11, 21))
    late.close()
    assert _state(desk, paper_id) is PaperState.NUMBERED


def test_a_number_freezes_the_context_and_asks_for_the_files(desk: Desk, bell: Bell) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.read(desk.clerk) as uow:
        paper = papers.paper(uow, paper_id)
        assert (paper.number, paper.number_date, paper.symbol) == ("1", NUMBERED_ON, "QĐ-UBND")
        assert desks.frozen(uow, paper_id)["doc"]["number"] == "1"
        entry = registers.entry_of(uow, paper)
    assert entry is not None
    assert (entry.number, entry.date) == (1, NUMBERED_ON)
    assert (Job.MAKE, paper_id) in bell.rung


def test_the_frozen_context_never_changes(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.read() as uow:
        before = deepcopy(desks.frozen(uow, paper_id))
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.case(uow).person.full_name = "Tên Khác"
    with pytest.raises(WrongState):
        _save(desk, paper_id, {"post.assignee": "Khác"})
    with desk.backends.read() as uow:
        facts = context_of(uow.session.get_one(Paper, paper_id))
        facts["person"]["full_name"] = "Sửa"
        assert desks.frozen(uow, paper_id) == before


def test_a_book_kept_elsewhere_gives_a_typed_number_with_a_letter(desk: Desk) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        registers.open_book(
            uow, organisation=desk.organisation(uow), year=2026, name="Sổ giấy", keeping=BookKeeping.ENTERED
        )
    first, second = desks.signed(desk), desks.signed(desk)
    with pytest.raises(Invalid):
        _number(desk, first)
    _number(desk, first, text="15a")
    with pytest.raises(DuplicateNumber):
        _number(desk, second, text="15a")
    with desk.backends.read() as uow:
        assert desks.frozen(uow, first)["doc"]["number"] == "15a"


def test_a_book_kept_here_refuses_a_typed_number(desk: Desk) -> None:
    paper_id = desks.signed(desk)
    with pytest.raises(Invalid):
        _number(desk, paper_id, text="15")


def test_a_past_act_is_numbered_on_the_form_and_in_the_book_of_its_day(desk: Desk) -> None:
    day = date(2023, 5, 5)
    with desk.backends.begin(desk.officer) as uow:
        paper = papers.draft(uow, desk.case(uow), "D116/51", act_date=day)
        typed = {
            "post.term_from": "2023-05-10",
            "post.term_to": "2024-05-09",
            "doc.effective_from": "2023-05-10",
            "post.assignee": "Hội Phụ nữ phường Mẫu",
            "commune_police.name": "Công an phường Mẫu",
        }
        papers.save_draft(uow, paper, values=typed, revision=paper.revision)
        papers.present(uow, paper)
    paper_id = paper.id
    with desk.backends.begin(desk.leader) as uow:
        papers.approve(uow, papers.paper(uow, paper_id))
    _sign(desk, paper_id, on=day)
    with pytest.raises(RulesUnknown):
        _number(desk, paper_id, on=NUMBERED_ON)
    _number(desk, paper_id, on=day)
    with desk.backends.read(desk.clerk) as uow:
        assert [book.year for book in registers.books(uow)] == [2023]
        assert papers.paper(uow, paper_id).number == "1"


def test_a_number_is_given_once(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with pytest.raises(WrongState):
        _number(desk, paper_id)


def test_a_release_names_recipient_and_proof(desk: Desk) -> None:
    paper_id = _made(desk)
    for recipient, proof in (("", "Ký nhận"), ("Công an phường Mẫu", " ")):
        with pytest.raises(Invalid), desk.backends.begin(desk.clerk) as uow:
            papers.release(uow, papers.paper(uow, paper_id), recipient=recipient, sent_on=NUMBERED_ON, proof=proof)
    for recipient in ("Ông Nguyễn Văn Thử", "Công an phường Mẫu"):
        with desk.backends.begin(desk.clerk) as uow:
            papers.release(uow, papers.paper(uow, paper_id), recipient=recipient, sent_on=NUMBERED_ON, proof="Ký nhận")
    with desk.backends.read(desk.clerk) as uow:
        paper = papers.paper(uow, paper_id)
        assert paper.state is PaperState.RELEASED
        assert [row.recipient for row in paper.releases] == ["Ông Nguyễn Văn Thử", "Công an phường Mẫu"]
        assert [step.after for step in paper.steps].count(PaperState.RELEASED) == 1


@pytest.mark.parametrize("day", [NUMBERED_ON - timedelta(days=1), NUMBERED_ON + timedelta(days=1)])
def test_a_paper_is_sent_neither_before_its_date_nor_after_today(desk: Desk, day: date) -> None:
    paper_id = _made(desk)
    with pytest.raises(Invalid), desk.backends.begin(desk.clerk) as uow:
        papers.release(uow, papers.paper(uow, paper_id), recipient="A", sent_on=day, proof="B")


def test_a_cancelled_paper_keeps_its_number_visible(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.begin(desk.clerk) as uow:
        papers.cancel(uow, papers.paper(uow, paper_id), reason="Sai tên người")
    with desk.backends.read(desk.clerk) as uow:
        paper = papers.paper(uow, paper_id)
        entry = registers.entry_of(uow, paper)
        assert paper.state is PaperState.CANCELLED
        assert entry is not None
        assert (entry.state, entry.reason, entry.number) == (EntryState.CANCELLED, "Sai tên người", 1)
        assert registers.gaps(uow, registers.book(uow, entry.series_id)) == ()


def test_a_released_paper_is_not_cancelled(desk: Desk) -> None:
    paper_id = _made(desk)
    with desk.backends.begin(desk.clerk) as uow:
        papers.release(uow, papers.paper(uow, paper_id), recipient="A", sent_on=NUMBERED_ON, proof="B")
    with pytest.raises(WrongState), desk.backends.begin(desk.clerk) as uow:
        papers.cancel(uow, papers.paper(uow, paper_id), reason="Nhầm")


_AT = {
    PaperState.DRAFT: desks.drafted,
    PaperState.PRESENTED: desks.presented,
    PaperState.APPROVED: desks.approved,
    PaperState.SIGNED: desks.signed,
    PaperState.NUMBERED: desks.numbered,
}

_OPEN = {
    (PaperState.DRAFT, "officer"): {Step.SAVE, Step.PRESENT, Step.CANCEL},
    (PaperState.PRESENTED, "officer"): {Step.SAVE},
    (PaperState.PRESENTED, "leader"): {Step.RETURN, Step.APPROVE, Step.CANCEL},
    (PaperState.APPROVED, "officer"): {Step.SAVE},
    (PaperState.APPROVED, "leader"): {Step.RETURN, Step.CANCEL},
    (PaperState.APPROVED, "clerk"): {Step.SIGN},
    (PaperState.SIGNED, "leader"): {Step.RETURN},
    (PaperState.SIGNED, "clerk"): {Step.NUMBER, Step.SIGNED_COPY, Step.CANCEL},
    (PaperState.NUMBERED, "clerk"): {Step.MAKE_AGAIN, Step.SIGNED_COPY, Step.CANCEL},
}


@pytest.mark.parametrize("state", _AT)
def test_each_step_is_open_to_its_role_in_its_states_alone(desk: Desk, state: PaperState) -> None:
    paper_id = _AT[state](desk)
    for name in ("officer", "leader", "clerk", "inspector"):
        with desk.backends.read(getattr(desk, name)) as uow:
            assert papers.can(uow, papers.paper(uow, paper_id)) == _OPEN.get((state, name), set()), name


@pytest.mark.parametrize("state", _AT)
def test_another_office_does_not_even_see_the_paper(desk: Desk, state: PaperState, backends: Backends) -> None:
    paper_id = _AT[state](desk)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow)
    for role in (Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR):
        stranger = factories.actor_of(backends, other, role)
        with pytest.raises(NotFound), backends.read(stranger) as uow:
            papers.paper(uow, paper_id)


def test_an_inspector_above_sees_but_does_nothing(desk: Desk, backends: Backends) -> None:
    paper_id = desks.signed(desk)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        above = factories.organisation(uow, kind=OrganisationKind.PROVINCE_POLICE)
        uow.session.get_one(Organisation, desk.organisation_id).parent_id = above.id
    inspector = factories.actor_of(backends, above, Role.INSPECTOR)
    clerk_above = factories.actor_of(backends, above, Role.OFFICE_CLERK)
    with backends.begin(inspector) as uow:
        paper = papers.paper(uow, paper_id)
        with pytest.raises(NotAllowed):
            papers.number(uow, paper, date=NUMBERED_ON)
    assert _refused(desk, clerk_above, paper_id) == "not-found"


def _refused(desk: Desk, actor: Actor, paper_id: int) -> str:
    try:
        with desk.backends.begin(actor) as uow:
            papers.number(uow, uow.session.get_one(Paper, paper_id), date=NUMBERED_ON)
    except HosoError as error:
        return error.code
    return "done"


def test_papers_are_listed_by_state_and_by_missing_signed_copy(desk: Desk) -> None:
    draft, numbered = desks.drafted(desk), desks.numbered(desk)
    with desk.backends.read(desk.clerk) as uow:
        assert {paper.id for paper in papers.papers(uow).items} == {draft, numbered}
        assert [paper.id for paper in papers.papers(uow, state=PaperState.DRAFT).items] == [draft]
        assert [paper.id for paper in papers.papers(uow, without_signed_copy=True).items] == [numbered]


def test_every_step_is_written_into_the_trail_without_names(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.read() as uow:
        lines = uow.session.scalars(
            select(Event).where(Event.object_kind == "paper", Event.object_id == paper_id)
        ).all()
        name = desk.case(uow).person.full_name
    kinds = [line.kind for line in lines]
    assert kinds[0] == "paper.drafted"
    assert kinds[-1] == "paper.numbered"
    assert not any(name in str(line.detail) for line in lines)
