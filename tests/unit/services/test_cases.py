"""Cases: their codes, their dossiers, what may change in them, and who finds them under which code."""

from dataclasses import replace
from datetime import date
from threading import Thread

import pytest
from sqlalchemy import select

from app.actor import OPERATOR, Actor, Role
from app.backends import Backends
from app.errors import Conflict, Invalid, NotFound, RulesUnknown, WrongState
from app.models import Case, CaseState, Counter, Event, Organisation, Person
from app.services.cases import (
    CaseData,
    EarlierAct,
    add_event,
    case,
    cases,
    close_case,
    edit_case,
    open_case,
    reopen_case,
    set_circumstance,
)
from config.rules import circumstances, rules_on
from tests import factories

SUPERVISION = CaseData("P11", date(2026, 11, 2), opened_on=date(2026, 11, 3))


@pytest.fixture
def someone(backends: Backends) -> Person:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.person(uow, factories.organisation(uow))


@pytest.fixture
def officer(backends: Backends, someone: Person) -> Actor:
    with backends.read() as uow:
        home = uow.session.get_one(Organisation, someone.organisation_id)
    return factories.actor_of(backends, home, Role.RECORDS_OFFICER)


def test_codes_count_per_organisation_and_year(backends: Backends, someone: Person, officer: Actor) -> None:
    with backends.begin(OPERATOR) as uow:
        stranger = factories.person(uow, factories.organisation(uow))
        theirs = open_case(uow, person=stranger, data=SUPERVISION)
    with backends.begin(officer) as uow:
        made = [open_case(uow, person=someone, data=SUPERVISION) for _ in range(2)]
        last_year = open_case(uow, person=someone, data=replace(SUPERVISION, opened_on=date(2025, 12, 31)))
    codes = [row.code for row in (*made, last_year, theirs)]
    assert codes == ["HS-2026-0001", "HS-2026-0002", "HS-2025-0001", "HS-2026-0001"]


def test_two_openers_never_share_a_code(backends: Backends, someone: Person, officer: Actor) -> None:
    codes: list[str] = []

    def open_some() -> None:
        for _ in range(4):
            with backends.begin(officer) as uow:
                codes.append(open_case(uow, person=uow.session.get_one(Person, someone.id), data=SUPERVISION).code)

    threads = [Thread(target=open_some) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [f"HS-2026-{number:04d}" for number in range(1, 21)]


def test_a_code_not_kept_is_given_again(backends: Backends, someone: Person, officer: Actor) -> None:
    lost = []
    with pytest.raises(NotFound), backends.begin(officer) as uow:
        lost.append(open_case(uow, person=someone, data=SUPERVISION).code) or case(uow, "HS-1999-0001")
    assert lost == ["HS-2026-0001"]
    with backends.begin(officer) as uow:
        assert open_case(uow, person=someone, data=SUPERVISION).code == "HS-2026-0001"


def test_a_case_has_the_dossiers_that_the_law_of_its_act_asks_for(
    backends: Backends, someone: Person, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        for day in (date(2026, 11, 2), date(2023, 3, 1)):
            made = open_case(uow, person=someone, data=replace(SUPERVISION, act_date=day))
            wanted = [row.key for row in rules_on(day).checklists_for("P11")]
            assert wanted
            assert [dossier.checklist for dossier in made.dossiers] == wanted


def test_a_procedure_that_the_law_does_not_have_is_refused(backends: Backends, someone: Person, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        for data in (replace(SUPERVISION, procedure="P99"), replace(SUPERVISION, act_date=date(1900, 1, 1))):
            with pytest.raises(RulesUnknown):
                open_case(uow, person=someone, data=data)
        assert uow.session.scalars(select(Counter)).all() == []


def test_a_case_opened_in_mid_life_carries_earlier_acts(backends: Backends, someone: Person, officer: Actor) -> None:
    earlier = (EarlierAct(date(2025, 1, 5), "Quyết định của Tòa án", "TAND khu vực Mẫu", "12/2025/QĐ-TA"),)
    with backends.begin(officer) as uow:
        made = open_case(uow, person=someone, data=replace(SUPERVISION, began_elsewhere=True, earlier=earlier))
    with backends.read(officer) as uow:
        kept = case(uow, made.code)
        assert kept.began_elsewhere
        assert [(act.number_text, act.issuer) for act in kept.events] == [("12/2025/QĐ-TA", "TAND khu vực Mẫu")]


def test_dates_that_cannot_be_are_refused_together(backends: Backends, someone: Person, officer: Actor) -> None:
    wrong = replace(
        SUPERVISION,
        opened_on=date(2026, 11, 21),
        earlier=(EarlierAct(date(2026, 11, 21), " "),),
        term_from=date(2026, 11, 2),
        term_to=date(2026, 11, 1),
    )
    with backends.begin(officer) as uow, pytest.raises(Invalid) as caught:
        open_case(uow, person=someone, data=wrong)
    fields = {"opened_on", "began_elsewhere", "term_to", "earlier.0.title", "earlier.0.happened_on"}
    assert set(caught.value.fields) == fields


def test_an_edit_with_another_procedure_changes_the_dossiers_and_keeps_the_code(
    backends: Backends, someone: Person, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        made = open_case(uow, person=someone, data=SUPERVISION)
        edit_case(uow, made, data=replace(SUPERVISION, procedure="P10"), revision=1)
        with pytest.raises(Conflict):
            edit_case(uow, made, data=SUPERVISION, revision=1)
    with backends.read(officer) as uow:
        kept = case(uow, made.id)
        wanted = {row.key for row in rules_on(SUPERVISION.act_date).checklists_for("P10")}
        assert (kept.code, {dossier.checklist for dossier in kept.dossiers}) == ("HS-2026-0001", wanted)


def test_circumstances_are_those_of_the_law_data(backends: Backends, someone: Person, officer: Actor) -> None:
    key = circumstances()[0].key
    with backends.begin(officer) as uow:
        made = open_case(uow, person=someone, data=SUPERVISION)
        with pytest.raises(Invalid):
            set_circumstance(uow, made, "invented", True)
        seen = []
        for answer in (True, False, None):
            set_circumstance(uow, made, key, answer)
            uow.session.flush()
            uow.session.expire(made)
            seen.append(dict(made.circumstances))
    assert seen == [{key: True}, {key: False}, {}]
    assert made.revision == 4


def test_a_closed_case_is_not_changed_until_it_is_opened_again(
    backends: Backends, someone: Person, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        made = open_case(uow, person=someone, data=SUPERVISION)
        close_case(uow, made)
        with pytest.raises(WrongState):
            edit_case(uow, made, data=SUPERVISION, revision=made.revision)
        with pytest.raises(WrongState):
            add_event(uow, made, happened_on=date(2026, 11, 3), title="Việc")
        with pytest.raises(WrongState):
            set_circumstance(uow, made, circumstances()[0].key, True)
        with pytest.raises(WrongState):
            close_case(uow, made)
        reopen_case(uow, made)
        assert add_event(uow, made, happened_on=date(2026, 11, 3), title="Việc").id


def test_a_code_that_is_not_unique_in_scope_needs_its_organisation(backends: Backends, someone: Person) -> None:
    with backends.begin(OPERATOR) as uow:
        other = factories.organisation(uow, code="KHAC")
        mine = open_case(uow, person=someone, data=SUPERVISION)
        theirs = open_case(uow, person=factories.person(uow, other), data=SUPERVISION)
    officer = factories.actor_of(backends, other, Role.RECORDS_OFFICER)
    with backends.read(OPERATOR) as uow:
        with pytest.raises(Invalid):
            case(uow, "HS-2026-0001")
        assert case(uow, "khac:hs-2026-0001").id == theirs.id
    with backends.read(officer) as uow:
        assert case(uow, "HS-2026-0001").id == theirs.id
        with pytest.raises(NotFound):
            case(uow, mine.id)


def test_cases_are_listed_newest_first_and_found_by_code_or_person(
    backends: Backends, someone: Person, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        home = uow.session.get_one(Organisation, someone.organisation_id)
        other = factories.person(uow, home, full_name="Lê Thị Mẫu")
        old = open_case(uow, person=someone, data=replace(SUPERVISION, opened_on=date(2026, 1, 5)))
        new = open_case(uow, person=other, data=SUPERVISION)
        close_case(uow, old)
    with backends.read(officer) as uow:
        assert [row.id for row in cases(uow).items] == [new.id, old.id]
        assert [row.id for row in cases(uow, state=CaseState.CLOSED).items] == [old.id]
        assert [row.id for row in cases(uow, text="hs-2026-0002").items] == [new.id]
        assert [row.id for row in cases(uow, text="le mau").items] == [new.id]
        assert [row.id for row in cases(uow, person=someone).items] == [old.id]


def test_every_change_of_a_case_is_an_event(backends: Backends, someone: Person, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        made = open_case(uow, person=someone, data=SUPERVISION)
        edit_case(uow, made, data=replace(SUPERVISION, note="Ghi chú"), revision=1)
        add_event(uow, made, happened_on=date(2026, 11, 3), title="Việc")
        set_circumstance(uow, made, circumstances()[0].key, True)
        close_case(uow, made)
        reopen_case(uow, made)
    with backends.read() as uow:
        kinds = uow.session.scalars(select(Event.kind).where(Event.object_kind == "case").order_by(Event.sequence))
        assert [kind.removeprefix("case.") for kind in kinds] == [
            "opened",
            "edited",
            "event-added",
            "circumstance-set",
            "closed",
            "reopened",
        ]
        assert uow.session.get_one(Case, made.id).note == "Ghi chú"
