"""Who acts: an account in its organisation, the operator at the command line, or the system itself."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of accounts; what each may do is in `app/services/access.py`."""

    RECORDS_OFFICER = "records_officer"
    LEADER = "leader"
    OFFICE_CLERK = "office_clerk"
    INSPECTOR = "inspector"
    ARCHIVIST = "archivist"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    SYSTEM = "system"


ACCOUNT_ROLES = tuple(role for role in Role if role not in (Role.OPERATOR, Role.SYSTEM))


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` and `organisation_id` are None for the operator and the system; `flags` are the restricted kinds
    of records that this account may see."""

    name: str
    role: Role
    user_id: int | None = None
    organisation_id: int | None = None
    flags: frozenset[str] = frozenset()


OPERATOR = Actor("operator", Role.OPERATOR)
SYSTEM = Actor("system", Role.SYSTEM)
