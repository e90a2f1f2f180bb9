"""Accounts: who they are, what they may see, and their passwords. Signing in is in `signing_in`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.actor import ACCOUNT_ROLES, Role
from app.backends import UnitOfWork
from app.errors import NotAllowed, NotFound, SignInFailed, WrongState
from app.models import Event, Organisation, User
from app.services import passwords
from app.services.access import RESTRICTED, Act, require
from app.services.revisions import hold
from app.services.signing_in import session_user, sign_in
from app.services.wording import Complaints, line

__all__ = [
    "AccountData",
    "account",
    "accounts",
    "change_own_password",
    "create_account",
    "disable_account",
    "edit_account",
    "enable_account",
    "last_signed_in",
    "own_account",
    "own_settings",
    "session_user",
    "set_password",
    "sign_in",
]

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class AccountData:
    """What is typed about an account. `allowed_flags` are the restricted kinds of records it may see."""

    username: str
    name: str
    role: Role
    organisation_id: int
    allowed_flags: tuple[str, ...] = ()


def create_account(uow: UnitOfWork, *, data: AccountData, password: str | None = None) -> tuple[User, str]:
    """A new account with its password, random where none is given; the only time that it is told."""
    require(uow, Act.ACCOUNT_EDIT)
    data = _checked(uow, data, None)
    password = _settled(password, data.username)
    user = User(
        username=data.username,
        name=data.name,
        role=data.role,
        organisation_id=data.organisation_id,
        allowed_flags=list(data.allowed_flags),
        password_hash=passwords.hashed(password),
        created_at=uow.now,
    )
    uow.session.add(user)
    uow.session.flush()
    uow.record("account.created", "account", user.id, role=data.role.value, organisation=data.organisation_id)
    return user, password


def edit_account(uow: UnitOfWork, user: User, *, data: AccountData) -> User:
    """Change an account. Nobody changes their own role, organisation or flags, and one administrator always stays."""
    require(uow, Act.ACCOUNT_EDIT)
    hold(uow, user)
    data = _checked(uow, data, user)
    reach = (data.role, data.organisation_id, sorted(data.allowed_flags))
    if uow.actor.user_id == user.id and reach != (user.role, user.organisation_id, sorted(user.allowed_flags)):
        raise NotAllowed("Không tự đổi vai trò, cơ quan hoặc quyền của chính mình; nhờ quản trị viên khác.")
    if data.role is not Role.ADMINISTRATOR:
        _keep_an_administrator(uow, user)
    _record_changes(uow, user, data)
    user.username, user.name = data.username, data.name
    user.role, user.organisation_id = data.role, data.organisation_id
    user.allowed_flags = list(data.allowed_flags)
    uow.session.flush()
    uow.session.expire(user, ["organisation"])
    return user


def set_password(uow: UnitOfWork, user: User, password: str | None = None) -> str:
    """A new password, random where none is given. Ends all sessions of the account and its throttling."""
    require(uow, Act.ACCOUNT_EDIT)
    return _set_password(uow, user, password)


def change_own_password(uow: UnitOfWork, user_id: int, *, old: str, new: str) -> User:
    """One's own password, by who knows the old one (else `SignInFailed`). All sessions end; the door renews the one
    at hand."""
    user = _own(uow)
    if user.id != user_id:
        raise NotAllowed()
    if not passwords.is_right(user.password_hash, old):
        raise SignInFailed("Mật khẩu hiện tại không đúng.")
    _set_password(uow, user, new)
    return user


def own_settings(uow: UnitOfWork, *, language: str | None, shortcuts: bool) -> User:
    """One's own language of the screen (None: the house's) and keyboard shortcuts."""
    user = _own(uow)
    wrong = Complaints()
    if language is not None and language not in LANGUAGES:
        wrong.add("language", "Chọn tiếng Việt (vi) hoặc tiếng Anh (en).")
    wrong.settle()
    user.language, user.shortcuts = language, shortcuts
    uow.record("account.settings-changed", "account", user.id)
    return user


def disable_account(uow: UnitOfWork, user: User) -> None:
    """Close an account: its sessions and tokens end at once. The last administrator cannot be closed."""
    require(uow, Act.ACCOUNT_EDIT)
    hold(uow, user)
    if not user.active:
        return
    _keep_an_administrator(uow, user)
    user.active = False
    user.session_epoch += 1
    uow.record("account.disabled", "account", user.id)


def enable_account(uow: UnitOfWork, user: User) -> None:
    """Open a closed account again; old sessions stay ended."""
    require(uow, Act.ACCOUNT_EDIT)
    hold(uow, user)
    if not user.active:
        user.active = True
        uow.record("account.enabled", "account", user.id)


def accounts(uow: UnitOfWork) -> Sequence[User]:
    """All accounts, by organisation and name, for who keeps them."""
    require(uow, Act.ACCOUNT_EDIT)
    query = select(User).join(Organisation, Organisation.id == User.organisation_id)
    ordered = query.order_by(Organisation.name, User.username).options(joinedload(User.organisation))
    return uow.session.scalars(ordered).all()


def account(uow: UnitOfWork, id_or_username: int | str) -> User:
    """One account by id or name, for who keeps them; else `NotFound`."""
    require(uow, Act.ACCOUNT_EDIT)
    where = User.id == id_or_username if isinstance(id_or_username, int) else User.username == id_or_username.lower()
    user = uow.session.scalar(select(User).where(where).options(joinedload(User.organisation)))
    if user is None:
        raise NotFound()
    return user


def last_signed_in(uow: UnitOfWork) -> dict[int, datetime]:
    """When each account last signed in, by its id, for who keeps accounts; those that never did are not among them."""
    require(uow, Act.ACCOUNT_EDIT)
    query = select(Event.user_id, func.max(Event.at)).where(Event.kind == "account.signed-in").group_by(Event.user_id)
    return {user_id: at for user_id, at in uow.session.execute(query) if user_id is not None}


def own_account(uow: UnitOfWork) -> User:
    """The account that acts, with its organisation; `NotAllowed` for who acts without one."""
    query = select(User).where(User.id == uow.actor.user_id).options(joinedload(User.organisation))
    user = uow.session.scalar(query)
    if user is None:
        raise NotAllowed()
    return user


def _own(uow: UnitOfWork) -> User:
    user = own_account(uow)
    hold(uow, user)
    return user


def _set_password(uow: UnitOfWork, user: User, password: str | None) -> str:
    hold(uow, user)
    password = _settled(password, user.username)
    user.password_hash = passwords.hashed(password)
    user.session_epoch += 1
    user.failed_tries, user.failed_at = 0, None
    uow.record("account.password-set", "account", user.id)
    return password


def _settled(password: str | None, username: str) -> str:
    if password is None:
        return passwords.generated()
    wrong = Complaints()
    if message := passwords.complaint(password, username):
        wrong.add("password", message)
    wrong.settle()
    return password


def _checked(uow: UnitOfWork, data: AccountData, user: User | None) -> AccountData:
    username, name = line(data.username).lower(), line(data.name)
    wrong = Complaints()
    wrong.length("name", name, 120, least=1)
    if not _USERNAME.fullmatch(username):
        wrong.add("username", "Tên đăng nhập gồm 2 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới.")
    other = uow.session.scalar(select(User.id).where(User.username == username))
    if other is not None and (user is None or other != user.id):
        wrong.add("username", "Tên đăng nhập này đã có. Chọn tên khác.")
    if data.role not in ACCOUNT_ROLES:
        wrong.add("role", "Chọn một vai trò trong danh sách.")
    if uow.session.get(Organisation, data.organisation_id) is None:
        wrong.add("organisation_id", "Chọn cơ quan trong danh sách.")
    if not RESTRICTED.issuperset(data.allowed_flags):
        wrong.add("allowed_flags", "Chỉ cấp thêm quyền xem các loại hồ sơ hạn chế trong danh sách.")
    wrong.settle()
    return AccountData(username, name, data.role, data.organisation_id, tuple(sorted(set(data.allowed_flags))))


def _record_changes(uow: UnitOfWork, user: User, data: AccountData) -> None:
    if data.role is not user.role:
        uow.record("account.role-changed", "account", user.id, before=user.role.value, after=data.role.value)
    if data.organisation_id != user.organisation_id:
        moved = {"before": user.organisation_id, "after": data.organisation_id}
        uow.record("account.organisation-changed", "account", user.id, **moved)
    if set(data.allowed_flags) != set(user.allowed_flags):
        flags = {"before": sorted(user.allowed_flags), "after": list(data.allowed_flags)}
        uow.record("account.flags-changed", "account", user.id, **flags)
    changed = [name for name in ("username", "name") if getattr(data, name) != getattr(user, name)]
    if changed:
        uow.record("account.edited", "account", user.id, changed=changed)


def _keep_an_administrator(uow: UnitOfWork, leaving: User) -> None:
    """Refuse to lose the last active administrator; the rows are held so that two cannot leave at once."""
    if leaving.role is not Role.ADMINISTRATOR or not leaving.active:
        return
    query = select(User).where(User.role == Role.ADMINISTRATOR, User.active).order_by(User.id).with_for_update()
    if not any(row.id != leaving.id for row in uow.session.scalars(query)):
        raise WrongState("Đây là quản trị viên cuối cùng. Tạo quản trị viên khác trước.")
