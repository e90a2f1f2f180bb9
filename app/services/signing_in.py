"""Signing in: each try is counted before the password is looked at, and every failure gets the same answer.

`sign_in` takes `backends`, not a unit of work: the count of tries must stay although the sign-in fails, and argon2 is
slow on purpose, so it runs between two short units of work and never while the database is held.
"""

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import SignInFailed
from app.models import User
from app.services import passwords

TRIES = 5
"""Wrong passwords in a row before the account has to wait; `SignInFailed` tells people of it and of `WAIT`."""
WAIT = timedelta(minutes=5)


def sign_in(backends: Backends, username: str, password: str) -> User:
    """The account whose name and password these are; raises `SignInFailed` otherwise.

    Unknown, disabled, throttled and wrong get the same answer after the same work, so that nobody learns which names
    exist. After `TRIES` failures the account waits `WAIT` from its last counted try, whatever the password.
    """
    with backends.begin(SYSTEM) as uow:
        user = _count_a_try(uow, username.strip().lower())
    is_right = passwords.is_right(user.password_hash if user else None, password)
    if user is None or not is_right:
        with backends.begin(SYSTEM) as uow:
            uow.record("account.sign-in-failed", "account", user.id if user else None)
        raise SignInFailed()
    fresh = passwords.hashed(password) if passwords.is_outdated(user.password_hash) else None
    with backends.begin(user.actor()) as uow:
        return _let_in(uow, user.id, seen_hash=user.password_hash, fresh=fresh)


def session_user(uow: UnitOfWork, user_id: int, epoch: int) -> User | None:
    """The account of a session cookie, or None where the account is disabled or the session was ended."""
    user = uow.session.scalar(select(User).where(User.id == user_id).options(joinedload(User.organisation)))
    return user if user is not None and user.active and user.session_epoch == epoch else None


def _count_a_try(uow: UnitOfWork, username: str) -> User | None:
    """The account, with this try counted in one statement; None where there is none that may try now.

    Counting before looking means that tries sent at once cannot all slip under the limit.
    """
    rested = or_(User.failed_at.is_(None), User.failed_at <= uow.now - WAIT)
    known = User.username == username
    uow.session.execute(update(User).where(known, User.failed_tries >= TRIES, rested).values(failed_tries=0))
    counted = uow.session.execute(
        update(User)
        .where(known, User.active, User.failed_tries < TRIES)
        .values(failed_tries=User.failed_tries + 1, failed_at=uow.now)
        .returning(User.id)
    ).scalar_one_or_none()
    return None if counted is None else uow.session.get(User, counted)


def _let_in(uow: UnitOfWork, user_id: int, *, seen_hash: str, fresh: str | None) -> User:
    """Clear the count. The account is looked at again: it may have been closed while the password was checked."""
    user = uow.session.scalars(
        select(User).where(User.id == user_id).options(joinedload(User.organisation)).with_for_update(of=User)
    ).one()
    if not user.active or user.password_hash != seen_hash:
        raise SignInFailed()
    user.failed_tries, user.failed_at = 0, None
    if fresh is not None:
        user.password_hash = fresh
    uow.record("account.signed-in", "account", user.id)
    return user
