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
class Purpose:
    """Why names are looked up: in words, and by the number of the case or of the decision to inspect."""

    text: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Actor:
    """`user_id` and `organisation_id` are None for the operator and the system; `flags` are the restricted kinds
    of records that this account may see; `purpose` is what was stated for this session or request."""

    name: str
    role: Role
    user_id: int | None = None
    organisation_id: int | None = None
    flags: frozenset[str] = frozenset()
    purpose: Purpose | None = None


OPERATOR = Actor("operator", Role.OPERATOR)
SYSTEM = Actor("system", Role.SYSTEM)
