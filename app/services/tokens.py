"""API tokens: made for an account, shown once, kept as a hash, good for what their owner may do."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.actor import Actor, Role
from app.backends import UnitOfWork
from app.errors import NotAllowed, NotFound
from app.models import ApiToken, User
from app.services.access import Act, may
from app.services.wording import Complaints, line

PREFIX = "hoso_"
"""So that a token left in a file or a log is recognised as one."""
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(hours=1)
"""How exact `last_used_at` is: writing it at every request would make every reading request a writing one."""


def add_token(uow: UnitOfWork, user: User, name: str) -> str:
    """A new token of this account, returned once and never again.

    Only the account itself and the operator may: an administrator with a token of somebody else's would act on
    records. Raises `NotAllowed`, or `Invalid` for an empty or long name.
    """
    if not _is_own(uow, user):
        raise NotAllowed()
    name = line(name)
    wrong = Complaints()
    wrong.length("name", name, 80, least=1)
    if not user.active:
        wrong.add("user", "Tài khoản đã khóa; mở lại trước khi tạo khóa truy cập.")
    wrong.settle()
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    row = ApiToken(user_id=user.id, name=name, token_hash=_hash(token), created_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    uow.record("token.added", "account", user.id, token=row.id)
    return token


def revoke_token(uow: UnitOfWork, row: ApiToken) -> None:
    """End a token for good: by its owner, an administrator or the operator."""
    if not (_is_own(uow, row.user) or may(uow, Act.ACCOUNT_EDIT)):
        raise NotFound()
    if row.revoked_at is None:
        row.revoked_at = uow.now
        uow.record("token.revoked", "account", row.user_id, token=row.id)


def tokens(uow: UnitOfWork, user: User) -> Sequence[ApiToken]:
    """The tokens of an account, newest first, revoked ones too."""
    if not (_is_own(uow, user) or may(uow, Act.ACCOUNT_EDIT)):
        raise NotFound()
    return uow.session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == user.id)
        .options(joinedload(ApiToken.user))
        .order_by(ApiToken.id.desc())
    ).all()


def token(uow: UnitOfWork, token_id: int) -> ApiToken:
    """One token of one's own, or of anybody for who keeps accounts; else `NotFound`."""
    row = uow.session.get(ApiToken, token_id)
    if row is None or not (_is_own(uow, row.user) or may(uow, Act.ACCOUNT_EDIT)):
        raise NotFound()
    return row


def token_actor(uow: UnitOfWork, token: str) -> Actor | None:
    """The one who acts with this token, or None where it is unknown, revoked or of a disabled account."""
    row = _living(uow, token)
    return None if row is None else row.user.actor()


def is_use_to_note(uow: UnitOfWork, token: str) -> bool:
    """Whether the last use that was written down is older than `USE_NOTED_EVERY`."""
    row = _living(uow, token)
    return row is not None and (row.last_used_at is None or uow.now - row.last_used_at >= USE_NOTED_EVERY)


def note_use(uow: UnitOfWork, token: str) -> None:
    """Remember that a token was used, to the hour (`USE_NOTED_EVERY`)."""
    row = _living(uow, token)
    if row is not None and is_use_to_note(uow, token):
        row.last_used_at = uow.now


def _living(uow: UnitOfWork, token: str) -> ApiToken | None:
    if not token.startswith(PREFIX):
        return None
    return uow.session.scalar(
        select(ApiToken)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), User.active)
        .options(joinedload(ApiToken.user))
    )


def _is_own(uow: UnitOfWork, user: User) -> bool:
    return uow.actor.user_id == user.id or uow.actor.role in (Role.OPERATOR, Role.SYSTEM)


def _hash(token: str) -> str:
    """sha256 is enough for 256 random bits; a slow hash is for what people choose."""
    return hashlib.sha256(token.encode()).hexdigest()
