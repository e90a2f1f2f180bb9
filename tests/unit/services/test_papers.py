"""A paper from draft to approval: what fills it, what blocks it, who may make it and who signs."""

from datetime import date
from typing import Any

import pytest

from app.errors import (
    Conflict,
    FactsMissing,
    Invalid,
    NotAllowed,
    RulesUnknown,
    WrongState,
)
from app.models import Paper, PaperState
from app.services import papers
from app.services.drafting import Given, context_of, fields_of
from config.kinds import OrganisationKind
from tests import desks, factories
from tests.desks import ACT_DAY, NUMBERED_ON, ORDER, SIGNED_ON, TYPED, Desk


def _draft(desk: Desk, form: str = ORDER, act_date: date = ACT_DAY) -> int:
    with desk.backends.begin(desk.officer) as uow:
        return papers.draft(uow, desk.case(uow), form, act_date=act_date).id


def _save(desk: Desk, paper_id: int, values: dict[str, Any]) -> None:
    with desk.backends.begin(desk.officer) as uow:
        paper = papers.paper(uow, paper_id)
        papers.save_draft(uow, paper, values=values, revision=paper.revision)


def _present(desk: Desk, paper_id: int) -> None:
    with desk.backends.begin(desk.officer) as uow:
        papers.present(uow, papers.paper(uow, paper_id))


def _approve(desk: Desk, paper_id: int, revision: int | None = None) -> None:
    with desk.backends.begin(desk.leader) as uow:
        papers.approve(uow, papers.paper(uow, paper_id), revision=revision)


def _sign(desk: Desk, paper_id: int, *, on: date = SIGNED_ON, name: str = "Trần Văn Mẫu") -> None:
    with desk.backends.begin(desk.clerk) as uow:
        papers.record_signature(uow, papers.paper(uow, paper_id), signed_on=on, signer_name=name)


def _number(desk: Desk, paper_id: int, *, on: date = NUMBERED_ON, text: str | None = None) -> None:
    with desk.backends.begin(desk.clerk) as uow:
        papers.number(uow, papers.paper(uow, paper_id), date=on, number_text=text)


def _state(desk: Desk, paper_id: int) -> PaperState:
    with desk.backends.read() as uow:
        return uow.session.get_one(Paper, paper_id).state


def test_the_records_fill_the_draft(desk: Desk) -> None:
    paper_id = _draft(desk)
    with desk.backends.read(desk.officer) as uow:
        facts = context_of(papers.paper(uow, paper_id))
    assert facts["person"]["residence"] == "Số 1, tổ 1, phường Mẫu, tỉnh Mẫu"
    assert facts["rep"]["full_name"] == "Trần Thị Thử"
    assert facts["post"]["term_to"] == "2027-11-30"
    assert facts["signer"]["position"] == "Chủ tịch"
    assert facts["doc"]["symbol"] == "QĐ-UBND"
    assert "number" not in facts["doc"]


def test_missing_facts_are_named_and_block_presenting(desk: Desk) -> None:
    paper_id = _draft(desk)
    with desk.backends.read(desk.officer) as uow:
        names = {fact.variable for fact in papers.missing_facts(uow, papers.paper(uow, paper_id))}
    assert {"post.assignee", "commune_police.name", "doc.effective_from"} <= names
    assert not names & {"doc.number", "doc.date"}
    with pytest.raises(FactsMissing) as refused:
        _present(desk, paper_id)
    assert "Giao cho (họ, tên, đơn vị)" in refused.value.names
    assert _state(desk, paper_id) is PaperState.DRAFT


def test_a_fact_mended_in_the_records_reaches_the_draft(desk: Desk) -> None:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.case(uow).person.residence = ""
    paper_id = desks.drafted(desk)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.case(uow).person.residence = "Số 2, phường Mẫu"
    _present(desk, paper_id)
    with desk.backends.read(desk.officer) as uow:
        assert context_of(papers.paper(uow, paper_id))["person"]["residence"] == "Số 2, phường Mẫu"


def test_a_typed_value_stands_over_the_records_until_it_is_cleared(desk: Desk) -> None:
    paper_id = _draft(desk)
    _save(desk, paper_id, {"person.occupation": "Thợ hồ"})
    with desk.backends.read(desk.officer) as uow:
        fields = {field.variable.name: field for field in fields_of(papers.paper(uow, paper_id))}
        assert (fields["person.occupation"].value, fields["person.occupation"].given) == ("Thợ hồ", Given.TYPED)
        assert fields["person.occupation"].from_records == "Lao động tự do"
    _save(desk, paper_id, {"person.occupation": ""})
    with desk.backends.read(desk.officer) as uow:
        assert context_of(papers.paper(uow, paper_id))["person"]["occupation"] == "Lao động tự do"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("doc.number", "5"),
        ("doc.date", "2026-11-20"),
        ("post.term_from", "32/12/2026"),
        ("rep.age", "năm mươi"),
        ("signer.prefix", "XX."),
        ("no.such", "1"),
    ],
)
def test_what_a_drafter_may_not_type_is_refused_by_field(desk: Desk, name: str, value: str) -> None:
    paper_id = _draft(desk)
    with pytest.raises(Invalid) as refused:
        _save(desk, paper_id, {name: value})
    assert set(refused.value.fields) == {name}


def test_two_drafters_do_not_overwrite_each_other(desk: Desk) -> None:
    paper_id = _draft(desk)
    _save(desk, paper_id, {"post.assignee": "A"})
    with pytest.raises(Conflict), desk.backends.begin(desk.officer) as uow:
        papers.save_draft(uow, papers.paper(uow, paper_id), values={"post.assignee": "B"}, revision=1)


@pytest.mark.parametrize("kind", [kind for kind in OrganisationKind if kind is not OrganisationKind.COMMUNE_COMMITTEE])
def test_only_the_kind_of_body_that_the_rules_name_makes_a_paper(desk: Desk, kind: OrganisationKind) -> None:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.organisation(uow).kind = kind
    with pytest.raises(NotAllowed):
        _draft(desk)


def test_a_paper_is_made_only_in_the_procedures_that_the_rules_name(desk: Desk) -> None:
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.case(uow).procedure = "P05"
    with pytest.raises(WrongState):
        _draft(desk)


def test_the_day_of_the_act_picks_the_form(desk: Desk) -> None:
    past = date(2023, 5, 5)
    with desk.backends.read(desk.officer) as uow:
        now = {rule.code for rule in papers.forms_for(uow, desk.case(uow), act_date=ACT_DAY)}
        then = {rule.code for rule in papers.forms_for(uow, desk.case(uow), act_date=past)}
    assert now == {"D163/V/53", "D163/V/56"}
    assert then == {"D116/51"}
    with pytest.raises(RulesUnknown):
        _draft(desk, ORDER, past)


def test_a_wrong_fact_blocks_presenting(desk: Desk) -> None:
    paper_id = desks.drafted(desk, typed={**TYPED, "post.term_to": "2027-06-30"})
    with pytest.raises(Invalid) as refused:
        _present(desk, paper_id)
    assert "01 năm hoặc 02 năm" in refused.value.message


@pytest.mark.parametrize(
    ("prefix", "position", "lawful"),
    [
        ("—", "Chủ tịch", True),
        ("TM.", "Chủ tịch", True),
        ("KT.", "Phó Chủ tịch", True),
        ("KT.", "Chủ tịch", False),
        ("—", "Phó Chủ tịch", False),
        ("TL.", "Chánh Văn phòng", False),
    ],
)
def test_only_the_post_that_the_rules_name_signs(desk: Desk, prefix: str, position: str, lawful: bool) -> None:
    paper_id = desks.drafted(desk, typed={**TYPED, "signer.prefix": prefix, "signer.position": position})
    with desk.backends.read(desk.officer) as uow:
        found = {problem.code for problem in papers.problems(uow, papers.paper(uow, paper_id))}
    assert ("signer_post" not in found) is lawful


def test_a_draft_that_the_rules_no_longer_allow_cannot_be_presented(desk: Desk) -> None:
    paper_id = desks.drafted(desk)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        desk.organisation(uow).kind = OrganisationKind.FACILITY
    with desk.backends.read(desk.officer) as uow:
        assert papers.Step.PRESENT not in papers.can(uow, papers.paper(uow, paper_id))
    with pytest.raises(NotAllowed):
        _present(desk, paper_id)


def test_what_is_not_checked_says_so(desk: Desk) -> None:
    paper_id = _draft(desk)
    with desk.backends.read(desk.officer) as uow:
        gaps = papers.unchecked(uow, papers.paper(uow, paper_id))
    assert any("Chưa kiểm tra thời hạn" in gap.text_vi for gap in gaps)


def test_a_return_carries_the_remarks_and_goes_back_to_draft(desk: Desk) -> None:
    paper_id = desks.presented(desk)
    with desk.backends.begin(desk.leader) as uow:
        papers.return_(uow, papers.paper(uow, paper_id), remarks="Ghi rõ người được giao")
    with desk.backends.read(desk.officer) as uow:
        paper = papers.paper(uow, paper_id)
        assert (paper.state, paper.remarks) == (PaperState.DRAFT, "Ghi rõ người được giao")
        assert paper.steps[-1].remark == "Ghi rõ người được giao"


def test_a_return_needs_remarks(desk: Desk) -> None:
    paper_id = desks.presented(desk)
    with pytest.raises(Invalid), desk.backends.begin(desk.leader) as uow:
        papers.return_(uow, papers.paper(uow, paper_id), remarks="  ")


def test_a_change_after_approval_goes_back_to_the_signer(desk: Desk) -> None:
    paper_id = desks.approved(desk)
    _save(desk, paper_id, {"post.assignee": "Bà Lê Thị Mẫu"})
    assert _state(desk, paper_id) is PaperState.DRAFT
    with pytest.raises(WrongState):
        _sign(desk, paper_id)
    _present(desk, paper_id)
    _approve(desk, paper_id)
    _sign(desk, paper_id)
    assert _state(desk, paper_id) is PaperState.SIGNED


def test_saving_nothing_new_keeps_the_approval(desk: Desk) -> None:
    paper_id = desks.approved(desk)
    _save(desk, paper_id, TYPED)
    assert _state(desk, paper_id) is PaperState.APPROVED


def test_what_was_approved_is_what_is_signed_and_numbered(desk: Desk) -> None:
    paper_id = desks.signed(desk)
    with desk.backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Paper, paper_id).revision += 1  # what a change past the services would leave
    with pytest.raises(Conflict):
        _number(desk, paper_id)


def test_a_leader_approves_what_was_on_the_screen(desk: Desk) -> None:
    paper_id = desks.presented(desk)
    with pytest.raises(Conflict):
        _approve(desk, paper_id, revision=99)
