"""Organisations: who keeps them, and what makes a tree of them."""

import pytest
from sqlalchemy import select

from app.actor import OPERATOR, Role
from app.backends import Backends
from app.errors import Invalid, NotAllowed, NotFound
from app.models import Event
from app.services.organisations import (
    OrganisationData,
    create_organisation,
    edit_organisation,
    organisation,
    organisations,
)
from config.kinds import OrganisationKind
from tests import factories


def _data(code: str = "CAP-1", **given: object) -> OrganisationData:
    values: dict[str, object] = {"code": code, "name": "Công an phường Mẫu", "kind": OrganisationKind.COMMUNE_POLICE}
    return OrganisationData(**(values | given))  # type: ignore[arg-type]


def test_an_administrator_makes_organisations_and_the_trail_says_so(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = factories.organisation(uow)
    admin = factories.actor_of(backends, home, Role.ADMINISTRATOR)
    with backends.begin(admin) as uow:
        made = create_organisation(uow, data=_data("cap-moi", name="  Công  an phường Mới "))
    assert (made.code, made.name) == ("CAP-MOI", "Công an phường Mới")
    with backends.read() as uow:
        kinds = uow.session.scalars(select(Event.kind).where(Event.object_id == made.id)).all()
    assert kinds == ["organisation.created"]


def test_nobody_else_makes_organisations(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = factories.organisation(uow)
    for role in (Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR, Role.ARCHIVIST, Role.AUDITOR):
        actor = factories.actor_of(backends, home, role)
        with backends.begin(actor) as uow, pytest.raises(NotAllowed):
            create_organisation(uow, data=_data())


def test_a_code_is_used_once(backends: Backends) -> None:
    with backends.begin(OPERATOR) as uow:
        create_organisation(uow, data=_data("A1"))
        with pytest.raises(Invalid) as caught:
            create_organisation(uow, data=_data("a1"))
    assert set(caught.value.fields) == {"code"}


def test_an_organisation_never_stands_below_itself(backends: Backends) -> None:
    with backends.begin(OPERATOR) as uow:
        top = create_organisation(uow, data=_data("TOP"))
        below = create_organisation(uow, data=_data("BELOW", parent_id=top.id))
        for parent in (top.id, below.id, 999_999):
            with pytest.raises(Invalid) as caught:
                edit_organisation(uow, top, data=_data("TOP", parent_id=parent))
            assert set(caught.value.fields) == {"parent_id"}


def test_an_edit_names_the_fields_and_never_their_values(backends: Backends) -> None:
    with backends.begin(OPERATOR) as uow:
        row = create_organisation(uow, data=_data())
        edit_organisation(uow, row, data=_data(head_name="Trần Văn Thử", symbol="CAP"))
    with backends.read() as uow:
        detail = uow.session.scalars(select(Event.detail).where(Event.kind == "organisation.edited")).one()
    assert detail == {"changed": ["symbol", "head_name"]}


def test_an_officer_sees_the_own_organisation_an_inspector_those_below_too(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        top = factories.organisation(uow, name="Bậc trên")
        below = factories.organisation(uow, name="Bậc dưới", parent_id=top.id)
        other = factories.organisation(uow, name="Nơi khác")
    officer = factories.actor_of(backends, top, Role.RECORDS_OFFICER)
    inspector = factories.actor_of(backends, top, Role.INSPECTOR)
    admin = factories.actor_of(backends, top, Role.ADMINISTRATOR)
    with backends.read(officer) as uow:
        assert [row.id for row in organisations(uow)] == [top.id]
        with pytest.raises(NotFound):
            organisation(uow, below.id)
    with backends.read(inspector) as uow:
        assert {row.id for row in organisations(uow)} == {top.id, below.id}
    with backends.read(admin) as uow:
        assert {row.id for row in organisations(uow)} == {top.id, below.id, other.id}
