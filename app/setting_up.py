"""First start: migrations, the index, the first organisation and administrator (`hoso init`)."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.actor import SYSTEM, Role
from app.backends import Backends
from app.migrations.run import migrate
from app.models import User
from app.services.accounts import AccountData, create_account
from app.services.organisations import OrganisationData, create_organisation
from config.kinds import OrganisationKind
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """An account made just now; the password is shown once and kept nowhere."""

    username: str
    password: str
    role: Role
    organisation: str


def prepare(settings: Settings) -> bool:
    """Migrate the database and make the directories; says whether the database changed."""
    changed = migrate(settings.database_url)
    backends = Backends.from_settings(settings)
    try:
        backends.store.prepare()
        backends.search.status()
    finally:
        backends.close()
    return changed


def first_administrator(backends: Backends) -> FirstAccount | None:
    """The administrator of an installation that has no account yet; None where there is one."""
    with backends.begin(SYSTEM) as uow:
        if uow.session.scalar(select(func.count()).select_from(User)):
            return None
        organisation = create_organisation(
            uow,
            data=OrganisationData(
                code="QUANTRI", name="Bộ phận quản trị hệ thống", kind=OrganisationKind.OTHER, parent_id=None
            ),
        )
        data = AccountData(
            username="quantri", name="Quản trị hệ thống", role=Role.ADMINISTRATOR, organisation_id=organisation.id
        )
        user, password = create_account(uow, data=data, password=None)
        return FirstAccount(user.username, password, user.role, organisation.name)
