"""Persons: how they are typed, found and ordered, and what a change of them asks of the index."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.jobs import ALL, Job
from app.models import BirthPrecision, Document, Event, FilingState, IdentityKind, Organisation, Person, Sex
from app.services.persons import (
    IdentityData,
    PersonData,
    RelativeData,
    create_person,
    edit_person,
    person,
    person_data,
    persons,
)
from tests import factories
from tests.conftest import Bell

CCCD = IdentityData(IdentityKind.CCCD, "000 090 000 111", date(2021, 6, 1), "Cục CSQLHC về TTXH")
THU = PersonData(
    "Nguyễn Văn Thử",
    Sex.MALE,
    date(1990, 5, 12),
    residence="Số 1, tổ 1",
    names=("Tèo Thử",),
    identities=(CCCD,),
    relatives=(RelativeData("mẹ", "Lê Thị Mẫu", 1965),),
)


def test_a_person_is_kept_as_typed_in_nfc(backends: Backends, home: Organisation, officer: Actor) -> None:
    typed = replace(THU, full_name=unicodedata.normalize("NFD", "  Nguyễn  Văn Thử "))
    with backends.begin(officer) as uow:
        made = create_person(uow, organisation_id=home.id, data=typed)
    with backends.read(officer) as uow:
        kept = person_data(person(uow, made.id))
    assert kept == replace(THU, identities=(replace(CCCD, number="000090000111"),))


def test_the_trail_never_holds_names_or_numbers(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        made = create_person(uow, organisation_id=home.id, data=THU)
        edit_person(uow, made, data=replace(THU, full_name="Trần Văn Thử"), revision=1)
    with backends.read() as uow:
        trail = str([line.detail for line in uow.session.scalars(select(Event))])
    assert "Thử" not in trail
    assert "000090" not in trail


@pytest.mark.parametrize(
    ("kind", "number", "is_right"),
    [
        (IdentityKind.CC, "000090000111", True),
        (IdentityKind.CCCD, "000090000111", True),
        (IdentityKind.CCCD, "000090111", False),
        (IdentityKind.CMND, "000090111", True),
        (IdentityKind.CMND, "000090000111", True),
        (IdentityKind.CMND, "0000901111", False),
        (IdentityKind.CMND, "٠٠٠٠٩٠١١١", False),
        (IdentityKind.PASSPORT, "b0000123", True),
        (IdentityKind.PASSPORT, "BĐ000012", False),
        (IdentityKind.PASSPORT, "ABCDEFGH", False),
    ],
)
def test_an_identity_number_has_the_form_of_its_kind(
    backends: Backends, home: Organisation, officer: Actor, kind: IdentityKind, number: str, is_right: bool
) -> None:
    data = replace(THU, identities=(IdentityData(kind, number),))
    with backends.begin(officer) as uow:
        if is_right:
            assert create_person(uow, organisation_id=home.id, data=data).identities[0].number == number.upper()
            return
        with pytest.raises(Invalid) as caught:
            create_person(uow, organisation_id=home.id, data=data)
    assert set(caught.value.fields) == {"identities.0.number"}


def test_all_complaints_come_together(backends: Backends, home: Organisation, officer: Actor) -> None:
    wrong = replace(
        THU,
        full_name=" ",
        birth_date=date(2027, 1, 1),
        identities=(CCCD, replace(CCCD, issued_on=date(2026, 11, 21))),
        relatives=(RelativeData("", "x" * 121),),
    )
    with backends.begin(officer) as uow, pytest.raises(Invalid) as caught:
        create_person(uow, organisation_id=home.id, data=wrong)
    assert set(caught.value.fields) == {
        "full_name",
        "birth_date",
        "identities.1.number",
        "identities.1.issued_on",
        "relatives.0.relation",
        "relatives.0.full_name",
    }


def test_a_birth_date_is_kept_at_its_precision(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        year = create_person(
            uow, organisation_id=home.id, data=replace(THU, birth_precision=BirthPrecision.YEAR, identities=())
        )
    assert (year.birth_date, year.birth_precision) == (date(1990, 1, 1), BirthPrecision.YEAR)


def test_an_identity_number_is_one_person_in_an_organisation(
    backends: Backends, home: Organisation, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        create_person(uow, organisation_id=home.id, data=THU)
        with pytest.raises(Invalid) as caught:
            create_person(uow, organisation_id=home.id, data=replace(THU, full_name="Trần Văn Thử"))
    assert set(caught.value.fields) == {"identities.0.number"}
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow)
        assert create_person(uow, organisation_id=other.id, data=THU).id


def test_people_are_listed_by_given_name(backends: Backends, home: Organisation, officer: Actor) -> None:
    names = ["Nguyễn Văn Đạt", "Trần Thị Ân", "Lê Văn Dũng", "Nguyễn Văn An", "Phạm Thị Ánh"]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for name in names:
            factories.person(uow, home, full_name=name)
    with backends.read(officer) as uow:
        listed = [row.full_name for row in persons(uow).items]
    assert listed == ["Nguyễn Văn An", "Phạm Thị Ánh", "Trần Thị Ân", "Lê Văn Dũng", "Nguyễn Văn Đạt"]


def test_people_are_found_without_accents_by_name_other_name_or_number(
    backends: Backends, home: Organisation, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        made = create_person(uow, organisation_id=home.id, data=THU)
        factories.person(uow, home, full_name="Lê Thị Khác", id_number="")
    with backends.read(officer) as uow:
        for text in ("nguyen thu", "THỬ", "teo", "0000900001", "thu 000090000111"):
            assert [row.id for row in persons(uow, text=text).items] == [made.id], text
        assert persons(uow, text="nguyen khac").total == 0
        assert persons(uow, text="%").total == 2  # no word in it: the whole list


def test_pages_of_the_list_add_up(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        made = {factories.person(uow, home).id for _ in range(5)}
    with backends.read(officer) as uow:
        parts = [persons(uow, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert {row.id for part in parts for row in part.items} == made
    assert {part.total for part in parts} == {5}


def test_a_stale_form_is_told_so(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        made = create_person(uow, organisation_id=home.id, data=THU)
        edit_person(uow, made, data=replace(THU, phone="000"), revision=1)
        with pytest.raises(Conflict):
            edit_person(uow, made, data=replace(THU, phone="111"), revision=1)
        assert made.phone == "000"


def test_lists_can_be_changed_and_keep_what_stays(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        made = create_person(uow, organisation_id=home.id, data=THU)
        again = replace(THU, names=(), identities=(CCCD, IdentityData(IdentityKind.CMND, "000090111")))
        edit_person(uow, made, data=again, revision=1)
    with backends.read(officer) as uow:
        kept = person(uow, made.id)
        assert [identity.number for identity in kept.identities] == ["000090000111", "000090111"]
        assert (kept.names, len(kept.relatives), kept.revision) == ([], 1, 2)


def test_a_new_name_makes_the_index_behind_a_new_phone_does_not(
    backends: Backends, home: Organisation, officer: Actor, bell: Bell
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        made = create_person(uow, organisation_id=home.id, data=THU)
        filed, proposed = factories.document(uow, home), factories.document(uow, home)
        case = factories.case(uow, made)
        factories.filing(uow, case, filed)
        factories.filing(uow, case, proposed, state=FilingState.PROPOSED)
    for data, revisions in ((replace(THU, phone="000"), (1, 1)), (replace(THU, full_name="Trần Văn Thử"), (2, 1))):
        with backends.begin(officer) as uow:
            row = uow.session.get_one(Person, made.id)
            edit_person(uow, row, data=data, revision=row.revision)
        with backends.read() as uow:
            now = [uow.session.get_one(Document, each.id).revision for each in (filed, proposed)]
        assert tuple(now) == revisions
    assert bell.rung == [(Job.INDEX, ALL)]


def test_persons_of_another_organisation_are_not_there(backends: Backends, home: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow)
        stranger = factories.person(uow, other)
    officer = factories.actor_of(backends, home, Role.RECORDS_OFFICER)
    leader = factories.actor_of(backends, home, Role.LEADER)
    with backends.begin(officer) as uow:
        assert persons(uow).total == 0
        with pytest.raises(NotFound):
            person(uow, stranger.id)
        with pytest.raises(NotFound):
            create_person(uow, organisation_id=other.id, data=THU)
    with backends.begin(leader) as uow, pytest.raises(NotAllowed):
        create_person(uow, organisation_id=home.id, data=THU)
