"""Who may do what to which record: the one policy of all routes, commands and jobs.

A role allows acts; a scope says on whose records. `may` answers for one record, `visible_documents` is the same rule
as an SQL condition and `index_filter` as a search filter; a property test holds the three equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, cast, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.actor import Role
from app.backends import KEPT, UnitOfWork
from app.errors import NotAllowed, NotFound
from app.models import (
    Case,
    CaseDocument,
    CaseGrant,
    Document,
    FilingState,
    Organisation,
    Person,
    User,
    is_open,
    leave_in_force,
)
from indexer import Allowed


class Flag(StrEnum):
    """Sensitive kinds of records (legal.md 5.2 P-03)."""

    DRUG_TEST = "DRUG_TEST"
    ADDICTION_RESULT = "ADDICTION_RESULT"
    HIV = "HIV"
    OST = "OST"
    MINOR = "MINOR"
    POST_REHAB = "POST_REHAB"
    COURT = "COURT"


RESTRICTED = frozenset({Flag.HIV.value, Flag.OST.value})
"""Hidden unless the account was granted them (legal.md 5.2 P-04)."""


class Act(StrEnum):
    """Everything that can be done. Each route and command names one."""

    SEARCH = "search"
    PURPOSE_STATE = "purpose-state"
    DOCUMENT_VIEW = "document-view"
    DOCUMENT_UPLOAD = "document-upload"
    DOCUMENT_EDIT = "document-edit"
    DOCUMENT_FILE = "document-file"
    REMOVAL_VIEW = "removal-view"
    REMOVAL_ASK = "removal-ask"
    REMOVAL_DECIDE = "removal-decide"
    PERSON_VIEW = "person-view"
    PERSON_EDIT = "person-edit"
    CASE_VIEW = "case-view"
    CASE_EDIT = "case-edit"
    PAPER_VIEW = "paper-view"
    PAPER_DRAFT = "paper-draft"
    PAPER_PRESENT = "paper-present"
    PAPER_DECIDE = "paper-decide"
    PAPER_SIGN = "paper-sign"
    PAPER_NUMBER = "paper-number"
    PAPER_RELEASE = "paper-release"
    SIGNED_COPY = "signed-copy"
    REGISTER_VIEW = "register-view"
    REGISTER_EDIT = "register-edit"
    INSPECTION_VIEW = "inspection-view"
    INSPECTION_RUN = "inspection-run"
    FORMS_VIEW = "forms-view"
    EVENTS_VIEW = "events-view"
    ORGANISATION_VIEW = "organisation-view"
    ORGANISATION_EDIT = "organisation-edit"
    ACCOUNT_EDIT = "account-edit"
    SYSTEM_RUN = "system-run"


_READING = frozenset(
    {
        Act.SEARCH,
        Act.DOCUMENT_VIEW,
        Act.PERSON_VIEW,
        Act.CASE_VIEW,
        Act.PAPER_VIEW,
        Act.REGISTER_VIEW,
        Act.FORMS_VIEW,
        Act.ORGANISATION_VIEW,
    }
)

_ROLE_ACTS: dict[Role, frozenset[Act]] = {
    Role.RECORDS_OFFICER: _READING
    | {
        Act.DOCUMENT_UPLOAD,
        Act.DOCUMENT_EDIT,
        Act.DOCUMENT_FILE,
        Act.REMOVAL_VIEW,
        Act.REMOVAL_ASK,
        Act.PERSON_EDIT,
        Act.CASE_EDIT,
        Act.PAPER_DRAFT,
        Act.PAPER_PRESENT,
        Act.INSPECTION_VIEW,
    },
    Role.LEADER: _READING | {Act.PAPER_DECIDE, Act.INSPECTION_VIEW, Act.REMOVAL_VIEW, Act.REMOVAL_DECIDE},
    Role.OFFICE_CLERK: _READING
    | {Act.PAPER_SIGN, Act.PAPER_NUMBER, Act.PAPER_RELEASE, Act.SIGNED_COPY, Act.REGISTER_EDIT},
    Role.INSPECTOR: _READING | {Act.PURPOSE_STATE, Act.INSPECTION_VIEW, Act.INSPECTION_RUN},
    Role.ARCHIVIST: _READING | {Act.PURPOSE_STATE, Act.INSPECTION_VIEW},
    Role.AUDITOR: frozenset({Act.EVENTS_VIEW}),
    Role.ADMINISTRATOR: frozenset({Act.ORGANISATION_VIEW, Act.ORGANISATION_EDIT, Act.ACCOUNT_EDIT, Act.FORMS_VIEW}),
    Role.OPERATOR: frozenset(Act),
    Role.SYSTEM: frozenset(Act),
}

READING_ACTS = _READING | {Act.PURPOSE_STATE, Act.INSPECTION_VIEW, Act.INSPECTION_RUN}
"""Acts for which the records of bodies below count too; every other act is for one's own organisation alone."""


class Owned(Protocol):
    """A record that belongs to one organisation."""

    @property
    def organisation_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation in its part as owner: stands for a record that is still to be made."""

    organisation_id: int


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose records: `organisations` by id (None: all, for the operator and the system), `cases` granted one by
    one, and the restricted `flags` that may be seen (None: all)."""

    organisations: frozenset[int] | None
    cases: frozenset[int] = frozenset()
    flags: frozenset[str] | None = frozenset()

    def owns(self, organisation_id: int) -> bool:
        """Whether records of this organisation are in scope."""
        return self.organisations is None or organisation_id in self.organisations

    def reaches(self, case_id: int, organisation_id: int) -> bool:
        """Whether a case of this organisation is in scope: owned or granted."""
        return self.owns(organisation_id) or case_id in self.cases

    def shows(self, flags: list[str]) -> bool:
        """Whether all restricted flags among these may be seen."""
        return self.flags is None or RESTRICTED.intersection(flags) <= self.flags


def role_allows(role: Role, act: Act) -> bool:
    """Whether the role allows the act on some record."""
    return act in _ROLE_ACTS[role]


def scope_of(uow: UnitOfWork) -> Scope:
    """The scope of who acts, from the database at this moment: own organisation, an inspector's also all below it, and
    the cases granted to the account; a unit of work that cannot write asks once."""
    actor = uow.actor
    if actor.role in (Role.OPERATOR, Role.SYSTEM):
        return Scope(None, flags=None)
    if actor.organisation_id is None or not _ROLE_ACTS[actor.role] & {Act.DOCUMENT_VIEW}:
        return Scope(frozenset())
    top = {"top": actor.organisation_id}
    below = _kept(uow, _BELOW, top) if actor.role is Role.INSPECTOR else frozenset[int]()
    cases = _kept(uow, _GRANTED, {"user": actor.user_id, "home": actor.organisation_id, "now": uow.now})
    return Scope(frozenset({actor.organisation_id}) | below, cases, actor.flags)


def _kept(uow: UnitOfWork, asked: Select[int], values: dict[str, Any]) -> frozenset[int]:
    """The ids that a statement gives, asked once in a unit of work that cannot write."""
    kept: dict[tuple[object, ...], frozenset[int]] = uow.session.info.get(KEPT, {})
    place = (asked, *values.values())
    if place not in kept:
        kept[place] = frozenset(uow.session.scalars(asked, values))
    return kept[place]


_GRANTED = select(CaseGrant.case_id).where(
    CaseGrant.user_id == bindparam("user"),
    CaseGrant.organisation_id == bindparam("home"),
    leave_in_force(bindparam("now", type_=CaseGrant.starts_at.type)),
)
_edge = select(Organisation.id).where(Organisation.parent_id == bindparam("top")).cte("below", recursive=True)
_BELOW = select(_edge.union(select(Organisation.id).join(_edge, Organisation.parent_id == _edge.c.id)).c.id)


_FILED = (
    select(CaseDocument.id)
    .join(Case, Case.id == CaseDocument.case_id)
    .where(CaseDocument.document_id == Document.id, CaseDocument.state == FilingState.ACCEPTED)
)
"""The filings of a document that count."""


@lru_cache(maxsize=256)
def visible_documents(scope: Scope) -> ColumnElement[bool]:
    """The documents in scope as an SQL condition on `Document`: its own organisation, or that of a case in which it
    is filed, or the case itself; and all restricted flags allowed. Deleted, removed and quarantined documents are
    never in scope."""
    alive = is_open()
    if scope.organisations is None:
        return alive
    filed = _FILED.where(visible_cases(scope)).exists()
    hidden = [cast(Document.flags, String).contains(f'"{flag}"') for flag in RESTRICTED - (scope.flags or frozenset())]
    return and_(alive, or_(Document.organisation_id.in_(scope.organisations), filed), *(not_(h) for h in hidden))


def owned_in(column: InstrumentedAttribute[int], scope: Scope) -> ColumnElement[bool]:
    """Records that belong to an organisation in scope, as an SQL condition."""
    return true() if scope.organisations is None else column.in_(scope.organisations)


def known_whole(scope: Scope) -> ColumnElement[bool]:
    """Documents of which the asker may know every case, where leave for one is all that shows them, as an SQL
    condition on `Document`. The index finds a document by the persons of all its cases: of others it must not tell."""
    if scope.organisations is None or not scope.cases:
        return true()
    own = _FILED.where(owned_in(Case.organisation_id, scope)).exists()
    elsewhere = _FILED.where(not_(visible_cases(scope))).exists()
    return or_(owned_in(Document.organisation_id, scope), own, not_(elsewhere))


def visible_cases(scope: Scope) -> ColumnElement[bool]:
    """The cases in scope, as an SQL condition on `Case`: those of its organisations and those granted."""
    return or_(owned_in(Case.organisation_id, scope), Case.id.in_(scope.cases))


def visible_persons(scope: Scope) -> ColumnElement[bool]:
    """The persons in scope, as an SQL condition on `Person`: those of its organisations and those whose case was
    granted."""
    owned = owned_in(Person.organisation_id, scope)
    if not scope.cases:
        return owned
    return or_(owned, Person.id.in_(select(Case.person_id).where(Case.id.in_(scope.cases))))


def index_filter(scope: Scope) -> Allowed:
    """The same rule as a filter of the search index."""
    flags = None if scope.flags is None else frozenset(Flag) - (RESTRICTED - scope.flags)
    return Allowed(
        organisations=scope.organisations,
        cases=scope.cases,
        flags=None if flags is None else frozenset(str(flag) for flag in flags),
    )


def may(uow: UnitOfWork, act: Act, record: Owned | None = None) -> bool:
    """Whether the actor may do this, to this record if one is given."""
    if not role_allows(uow.actor.role, act):
        return False
    return record is None or (_sees(uow, record) and _owns_for(uow, act, record))


def allowed(uow: UnitOfWork, act: Act, documents: Iterable[Document]) -> frozenset[int]:
    """The ids of those of these documents to which the actor may do this: `may` for many of them in one question."""
    if not role_allows(uow.actor.role, act) or uow.actor.role is Role.ADMINISTRATOR:
        return frozenset()
    ids = [row.id for row in documents if _owns_for(uow, act, row)]
    seen = select(Document.id).where(Document.id.in_(ids), visible_documents(scope_of(uow)))
    return frozenset(uow.session.scalars(seen))


def require(uow: UnitOfWork, act: Act, record: Owned | None = None) -> None:
    """Raise `NotFound` where the actor may not know of the record, `NotAllowed` where the act is not theirs."""
    if record is not None and not _sees(uow, record):
        raise NotFound()
    if not may(uow, act, record):
        raise NotAllowed()


def _owns_for(uow: UnitOfWork, act: Act, record: Owned) -> bool:
    if act in READING_ACTS or uow.actor.organisation_id is None:
        return True
    if uow.actor.role is Role.ADMINISTRATOR:
        return True
    return record.organisation_id == uow.actor.organisation_id


def _sees(uow: UnitOfWork, record: Owned) -> bool:
    if uow.actor.role is Role.ADMINISTRATOR:
        return isinstance(record, User)
    scope = scope_of(uow)
    if isinstance(record, Case):
        return scope.reaches(record.id, record.organisation_id)
    if isinstance(record, Person) and scope.cases:
        return bool(uow.session.scalar(select(Person.id).where(Person.id == record.id, visible_persons(scope))))
    if not isinstance(record, Document):
        return scope.owns(record.organisation_id)
    return bool(uow.session.scalar(select(Document.id).where(Document.id == record.id, visible_documents(scope))))
