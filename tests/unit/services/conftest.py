"""Fixtures of the rules: an office with those who act there, and the desk at which its papers are made."""

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.models import Organisation
from tests import desks, factories
from tests.desks import Desk


@pytest.fixture
def office(backends: Backends) -> Organisation:
    """A commune police."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.organisation(uow)


@pytest.fixture
def home(office: Organisation) -> Organisation:
    """The same office, where a test has others beside it."""
    return office


@pytest.fixture
def officer(backends: Backends, office: Organisation) -> Actor:
    """A records officer of the office."""
    return factories.actor_of(backends, office, Role.RECORDS_OFFICER)


@pytest.fixture
def leader(backends: Backends, office: Organisation) -> Actor:
    """Who decides in the office."""
    return factories.actor_of(backends, office, Role.LEADER)


@pytest.fixture
def desk(backends: Backends) -> Desk:
    """A commune People's Committee with one case."""
    return desks.committee_desk(backends)
