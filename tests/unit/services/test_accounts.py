"""Accounts: who keeps them, how passwords are held, and when a session or a try ends."""

import unicodedata
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from app.actor import OPERATOR, SYSTEM, Role
from app.backends import Backends
from app.errors import Invalid, NotAllowed, NotFound, SignInFailed, WrongState
from app.models import Event, Organisation, User
from app.services.accounts import (
    AccountData,
    accounts,
    change_own_password,
    create_account,
    disable_account,
    edit_account,
    enable_account,
    session_user,
    set_password,
    sign_in,
)
from app.services.documents import document
from app.services.persons import person, persons
from app.services.signing_in import TRIES, WAIT
from config.settings import Settings
from tests import factories

TYPED = "một câu dài để thử 2026"


def _account(backends: Backends, home: Organisation, name: str = "thu", role: Role = Role.RECORDS_OFFICER) -> User:
    with backends.begin(OPERATOR) as uow:
        return create_account(uow, data=AccountData(name, "Người Thử", role, home.id), password=TYPED)[0]


def _later(backends: Backends, settings: Settings, wait: timedelta) -> Backends:
    return Backends(settings, clock=lambda: factories.NOW + wait)


def test_a_password_is_kept_as_an_argon2id_hash_and_never_in_the_trail(backends: Backends, home: Organisation) -> None:
    user = _account(backends, home)
    assert user.password_hash.startswith("$argon2id$")
    with backends.read() as uow:
        assert TYPED not in str(uow.session.scalars(select(Event.detail)).all())
    assert sign_in(backends, "thu", TYPED).id == user.id


def test_a_generated_password_is_returned_once_and_works(backends: Backends, home: Organisation) -> None:
    with backends.begin(OPERATOR) as uow:
        _, first = create_account(uow, data=AccountData("a1", "Một", Role.LEADER, home.id))
        _, second = create_account(uow, data=AccountData("a2", "Hai", Role.LEADER, home.id))
    assert first != second
    assert sign_in(backends, "A1", first).username == "a1"


@pytest.mark.parametrize("password", ["mười ba ký tự"[:13], "aaaaaaaaaaaaaaaaaaaa", "thu-thu-thu-2026-thu", "x" * 201])
def test_a_typed_password_is_long_and_not_obvious(backends: Backends, home: Organisation, password: str) -> None:
    with backends.begin(OPERATOR) as uow, pytest.raises(Invalid) as caught:
        create_account(uow, data=AccountData("thu", "Thử", Role.LEADER, home.id), password=password)
    assert set(caught.value.fields) == {"password"}


def test_composed_and_decomposed_letters_are_the_same_password(backends: Backends, home: Organisation) -> None:
    _account(backends, home)
    assert sign_in(backends, "thu", unicodedata.normalize("NFD", TYPED))


def test_unknown_disabled_wrong_and_throttled_get_the_same_answer(backends: Backends, home: Organisation) -> None:
    _account(backends, home)
    closed = _account(backends, home, "closed")
    with backends.begin(OPERATOR) as uow:
        disable_account(uow, uow.session.get_one(User, closed.id))
    tries = [("nobody", "x"), ("closed", TYPED), ("thu", "x"), *[("thu", "y")] * TRIES, ("thu", TYPED)]
    answers = set()
    for name, password in tries:
        with pytest.raises(SignInFailed) as caught:
            sign_in(backends, name, password)
        answers.add(str(caught.value))
    assert len(answers) == 1


def test_five_failures_make_the_account_wait_five_minutes(
    backends: Backends, settings: Settings, home: Organisation
) -> None:
    _account(backends, home)
    for _ in range(TRIES):
        with pytest.raises(SignInFailed):
            sign_in(backends, "thu", "wrong")
    with pytest.raises(SignInFailed):
        sign_in(_later(backends, settings, WAIT - timedelta(seconds=1)), "thu", TYPED)
    assert sign_in(_later(backends, settings, WAIT), "thu", TYPED).failed_tries == 0


def test_tries_at_once_do_not_slip_under_the_limit(backends: Backends, home: Organisation) -> None:
    _account(backends, home)

    def guess() -> None:
        with pytest.raises(SignInFailed):
            sign_in(backends, "thu", "wrong")

    threads = [Thread(target=guess) for _ in range(TRIES + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with backends.read() as uow:
        assert uow.session.scalars(select(User.failed_tries)).one() == TRIES
    with pytest.raises(SignInFailed):
        sign_in(backends, "thu", TYPED)


def test_a_success_clears_the_count(backends: Backends, home: Organisation) -> None:
    _account(backends, home)
    for _ in range(2):
        for _ in range(TRIES - 1):
            with pytest.raises(SignInFailed):
                sign_in(backends, "thu", "wrong")
        sign_in(backends, "thu", TYPED)


def test_a_new_password_and_a_disabled_account_end_all_sessions(backends: Backends, home: Organisation) -> None:
    user = _account(backends, home)
    epoch = user.session_epoch
    with backends.begin(OPERATOR) as uow:
        set_password(uow, uow.session.get_one(User, user.id))
        assert session_user(uow, user.id, epoch) is None
        now = uow.session.get_one(User, user.id)
        assert session_user(uow, user.id, now.session_epoch) is now
        disable_account(uow, now)
        assert session_user(uow, user.id, now.session_epoch) is None
        enable_account(uow, now)
        assert session_user(uow, user.id, epoch + 1) is None


def test_ones_own_password_needs_the_old_one(backends: Backends, home: Organisation) -> None:
    user = _account(backends, home)
    with pytest.raises(SignInFailed), backends.begin(user.actor()) as uow:
        change_own_password(uow, user.id, old="wrong", new="một câu khác hẳn 2026")
    with backends.begin(user.actor()) as uow:
        changed = change_own_password(uow, user.id, old=TYPED, new="một câu khác hẳn 2026")
    assert changed.session_epoch == user.session_epoch + 1
    assert sign_in(backends, "thu", "một câu khác hẳn 2026")
    other = _account(backends, home, "khac")
    with pytest.raises(NotAllowed), backends.begin(other.actor()) as uow:
        change_own_password(uow, user.id, old=TYPED, new="một câu khác hẳn nữa")


def test_changes_of_role_and_organisation_are_events(backends: Backends, home: Organisation) -> None:
    user = _account(backends, home)
    with backends.begin(OPERATOR) as uow:
        other = factories.organisation(uow)
        moved = AccountData("thu", "Người Thử", Role.INSPECTOR, other.id, ("HIV",))
        edit_account(uow, uow.session.get_one(User, user.id), data=moved)
    with backends.read() as uow:
        lines = uow.session.scalars(select(Event).where(Event.object_id == user.id).order_by(Event.sequence)).all()
    assert {line.kind: line.detail for line in lines[1:]} == {
        "account.role-changed": {"before": "records_officer", "after": "inspector"},
        "account.organisation-changed": {"before": home.id, "after": other.id},
        "account.flags-changed": {"before": [], "after": ["HIV"]},
    }


def test_nobody_raises_their_own_role(backends: Backends, home: Organisation) -> None:
    admin = _account(backends, home, "quan-tri", Role.ADMINISTRATOR)
    _account(backends, home, "quan-tri-2", Role.ADMINISTRATOR)
    with backends.begin(admin.actor()) as uow:
        me = uow.session.get_one(User, admin.id)
        with pytest.raises(NotAllowed):
            edit_account(uow, me, data=AccountData("quan-tri", "Tôi", Role.RECORDS_OFFICER, home.id))


def test_the_last_administrator_stays(backends: Backends, home: Organisation) -> None:
    admin = _account(backends, home, "quan-tri", Role.ADMINISTRATOR)
    with pytest.raises(WrongState), backends.begin(OPERATOR) as uow:
        disable_account(uow, uow.session.get_one(User, admin.id))


def test_an_administrator_cannot_act_on_records(backends: Backends, home: Organisation) -> None:
    admin = _account(backends, home, "quan-tri", Role.ADMINISTRATOR)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        paper = factories.document(uow, home)
        someone = factories.person(uow, home)
    with backends.read(admin.actor()) as uow:
        assert len(accounts(uow)) == 1
        with pytest.raises(NotFound):
            document(uow, paper.id)
        with pytest.raises(NotFound):
            person(uow, someone.id)
        with pytest.raises(NotAllowed):
            persons(uow)


def test_only_who_keeps_accounts_makes_them(backends: Backends, home: Organisation) -> None:
    for role in (Role.RECORDS_OFFICER, Role.LEADER, Role.INSPECTOR, Role.AUDITOR):
        actor = factories.actor_of(backends, home, role)
        with backends.begin(actor) as uow, pytest.raises(NotAllowed):
            create_account(uow, data=AccountData("moi", "Mới", Role.ADMINISTRATOR, home.id))


def test_an_account_is_checked_field_by_field(backends: Backends, home: Organisation) -> None:
    _account(backends, home)
    with backends.begin(SYSTEM) as uow, pytest.raises(Invalid) as caught:
        create_account(uow, data=AccountData("THU", " ", Role.SYSTEM, 999, ("DRUG_TEST",)))
    assert set(caught.value.fields) == {"username", "name", "role", "organisation_id", "allowed_flags"}
