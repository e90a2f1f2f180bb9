"""API tokens: shown once, kept as a hash, good for what their owner may do and no longer than the owner."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.actor import OPERATOR, Role
from app.backends import Backends
from app.errors import NotAllowed, NotFound
from app.models import ApiToken, User
from app.services.accounts import disable_account
from app.services.tokens import USE_NOTED_EVERY, add_token, note_use, revoke_token, token_actor, tokens
from config.settings import Settings
from tests import factories


@pytest.fixture
def user(backends: Backends) -> User:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        made = factories.user(uow, factories.organisation(uow), allowed_flags=["HIV"])
        assert made.organisation.active  # loads it, for tests that make colleagues
        return made


def test_a_token_acts_as_its_owner_and_is_not_kept(backends: Backends, user: User) -> None:
    with backends.begin(user.actor()) as uow:
        token = add_token(uow, user, "máy quét")
    with backends.read() as uow:
        assert token_actor(uow, token) == user.actor()
        assert token_actor(uow, token[:-1]) is None
        assert token not in str([(t.token_hash, t.name) for t in uow.session.scalars(select(ApiToken))])


def test_a_revoked_token_and_a_disabled_owner_end_it(backends: Backends, user: User) -> None:
    with backends.begin(OPERATOR) as uow:
        first, second = add_token(uow, user, "một"), add_token(uow, user, "hai")
        newest, oldest = tokens(uow, user)
        revoke_token(uow, oldest)
        assert token_actor(uow, first) is None
        assert token_actor(uow, second) is not None
        disable_account(uow, newest.user)
        assert token_actor(uow, second) is None


def test_an_administrator_revokes_tokens_but_cannot_make_one_for_an_officer(backends: Backends, user: User) -> None:
    admin = factories.actor_of(backends, user.organisation, Role.ADMINISTRATOR)
    with backends.begin(user.actor()) as uow:
        token = add_token(uow, user, "một")
    with backends.begin(admin) as uow:
        with pytest.raises(NotAllowed):
            add_token(uow, user, "hai")
        revoke_token(uow, tokens(uow, user)[0])
        assert token_actor(uow, token) is None


def test_the_tokens_of_others_are_not_there(backends: Backends, user: User) -> None:
    other = factories.actor_of(backends, user.organisation, Role.LEADER)
    with backends.begin(other) as uow, pytest.raises(NotFound):
        tokens(uow, user)


def test_use_is_noted_to_the_hour(backends: Backends, settings: Settings, user: User) -> None:
    with backends.begin(user.actor()) as uow:
        token = add_token(uow, user, "một")
    noted = []
    for passed in (timedelta(), USE_NOTED_EVERY - timedelta(minutes=1), USE_NOTED_EVERY):
        moment = factories.NOW + passed
        with Backends(settings, clock=lambda moment=moment: moment).begin(OPERATOR) as uow:
            note_use(uow, token)
        with backends.read() as uow:
            noted.append(uow.session.scalars(select(ApiToken.last_used_at)).one())
    assert noted == [factories.NOW, factories.NOW, factories.NOW + USE_NOTED_EVERY]
