"""One policy, three shapes: `may` for a record, an SQL condition and an index filter say the same about everything.

The expected answer is worked out here once more, in plain Python, from the sentences of the design: a document is
visible where its organisation, or that of a case it is filed to, is in scope, and its restricted kinds are granted.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.actor import SYSTEM, Actor, Role
from app.backends import Backends, UnitOfWork
from app.errors import NotAllowed, NotFound
from app.models import Case, Document, FilingState, Person, User
from app.services.access import (
    READING_ACTS,
    RESTRICTED,
    Act,
    Scope,
    index_filter,
    may,
    require,
    role_allows,
    scope_of,
    visible_cases,
    visible_documents,
    visible_persons,
)
from app.services.indexing import index_due
from indexer import SearchRequest
from tests import factories

FLAGS = ("HIV", "OST", "COURT", "MINOR")
READERS = frozenset({Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR, Role.ARCHIVIST})
ALL_SEEING = frozenset({Role.OPERATOR, Role.SYSTEM})


class Leave(StrEnum):
    """How leave to read a case stands at the moment of asking."""

    IN_FORCE = "in force"
    BEGINS_NOW = "begins now"
    LATER = "later"
    ENDS_NOW = "ends now"
    TAKEN_BACK = "taken back"


LEAVES: dict[Leave, dict[str, Any]] = {
    Leave.IN_FORCE: {},
    Leave.BEGINS_NOW: {"starts_at": factories.NOW},
    Leave.LATER: {"starts_at": factories.NOW + timedelta(seconds=1)},
    Leave.ENDS_NOW: {"ends_at": factories.NOW},
    Leave.TAKEN_BACK: {"revoked_at": factories.NOW},
}
VALID = frozenset({Leave.IN_FORCE, Leave.BEGINS_NOW})


@dataclass(frozen=True, slots=True)
class World:
    """Organisations by the place of their parent, cases and documents by that of their organisation, filings between
    them, and who asks: all as places in the lists before."""

    parents: tuple[int | None, ...]
    cases: tuple[int, ...]
    documents: tuple[tuple[int, frozenset[str], bool], ...]
    filings: dict[tuple[int, int], FilingState]
    role: Role
    home: int
    granted_flags: frozenset[str]
    leaves: dict[int, Leave]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 4))
    parents = tuple(draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(count))
    place = st.integers(0, count - 1)
    cases = draw(st.lists(place, max_size=3).map(tuple))
    document = st.tuples(place, st.frozensets(st.sampled_from(FLAGS), max_size=2), st.booleans())
    documents = draw(st.lists(document, min_size=1, max_size=5).map(tuple))
    pairs = [(case, row) for case in range(len(cases)) for row in range(len(documents))]
    filings = draw(st.dictionaries(st.sampled_from(pairs), st.sampled_from(FilingState), max_size=5)) if pairs else {}
    return World(
        parents,
        cases,
        documents,
        filings,
        draw(st.sampled_from(Role)),
        draw(place),
        draw(st.frozensets(st.sampled_from(sorted(RESTRICTED)))),
        draw(st.dictionaries(st.sampled_from(range(len(cases))), st.sampled_from(Leave))) if cases else {},
    )


def _in_scope(world: World) -> set[int]:
    """Places of the organisations whose records the role reads."""
    if world.role in ALL_SEEING:
        return set(range(len(world.parents)))
    if world.role not in READERS:
        return set()
    found = {world.home}
    if world.role is Role.INSPECTOR:
        for place, parent in enumerate(world.parents):  # parents come before their children
            if parent in found:
                found.add(place)
    return found


def _cases_seen(world: World) -> set[int]:
    """Places of the cases that must be visible: the office's own, and for who reads records those granted today."""
    scope = _in_scope(world)
    granted = {place for place, leave in world.leaves.items() if leave in VALID and world.role in READERS}
    return granted | {place for place, owner in enumerate(world.cases) if owner in scope}


def _expected(world: World) -> set[int]:
    """Places of the documents that must be visible."""
    scope, cases, visible = _in_scope(world), _cases_seen(world), set()
    for place, (owner, flags, is_deleted) in enumerate(world.documents):
        filed = {c for (c, d), state in world.filings.items() if d == place and state is FilingState.ACCEPTED}
        owned = owner in scope or bool(filed & cases)
        allowed = RESTRICTED & flags <= world.granted_flags or world.role in ALL_SEEING
        if owned and allowed and not is_deleted:
            visible.add(place)
    return visible


@dataclass(frozen=True, slots=True)
class Built:
    """The rows of a world, in its order."""

    actor: Actor
    documents: tuple[int, ...]
    cases: tuple[int, ...]

    def places(self, ids: set[int]) -> set[int]:
        """The places of these document ids."""
        return {place for place, row in enumerate(self.documents) if row in ids}


def _build(uow: UnitOfWork, world: World) -> Built:
    homes = []
    for parent in world.parents:
        homes.append(factories.organisation(uow, parent_id=None if parent is None else homes[parent].id))
    cases = [factories.case(uow, factories.person(uow, homes[place])) for place in world.cases]
    documents = [
        factories.document(uow, homes[place], flags=sorted(flags), deleted_at=factories.NOW if is_deleted else None)
        for place, flags, is_deleted in world.documents
    ]
    for (case, row), state in world.filings.items():
        factories.filing(uow, cases[case], documents[row], state=state)
    actor = Actor("thử", world.role)
    if world.role not in ALL_SEEING:
        user = factories.user(uow, homes[world.home], world.role, allowed_flags=sorted(world.granted_flags))
        for place, leave in world.leaves.items():
            factories.grant(uow, user, cases[place], **LEAVES[leave])
        actor = user.actor()
    return Built(actor, tuple(row.id for row in documents), tuple(case.id for case in cases))


def _by_policy(uow: UnitOfWork, built: Built) -> set[int]:
    rows = uow.session.scalars(select(Document).where(Document.id.in_(built.documents)))
    return {row.id for row in rows if may(uow, Act.DOCUMENT_VIEW, row)}


def _by_sql(uow: UnitOfWork, scope: Scope) -> set[int]:
    return set(uow.session.scalars(select(Document.id).where(visible_documents(scope))))


def _by_index(backends: Backends, scope: Scope) -> set[int]:
    found = backends.search.find(SearchRequest(text="", allowed=index_filter(scope), limit=1000))
    assert found.total == len(found.hits)
    return {hit.id for hit in found.hits}


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(world=worlds())
def test_policy_database_and_index_show_the_same_documents(backends: Backends, world: World) -> None:
    with backends.begin(SYSTEM) as uow:
        built = _build(uow, world)
    index_due(backends)
    with backends.read(built.actor) as uow:
        scope = scope_of(uow)
        assert built.places(_by_policy(uow, built)) == _expected(world)
        assert built.places(_by_sql(uow, scope)) == _expected(world)
        assert built.places(_by_index(backends, scope)) == _expected(world)
        cases = {built.cases[place] for place in _cases_seen(world)}
        assert set(uow.session.scalars(select(Case.id).where(visible_cases(scope), Case.id.in_(built.cases)))) == cases
        if world.role in READERS:
            rows = uow.session.scalars(select(Case).where(Case.id.in_(built.cases))).all()
            assert {row.id for row in rows if may(uow, Act.CASE_VIEW, row)} == cases
            people = uow.session.scalars(select(Person).where(Person.id.in_([row.person_id for row in rows]))).all()
            seen = {row.person_id for row in rows if row.id in cases}
            assert {one.id for one in people if may(uow, Act.PERSON_VIEW, one)} == seen
            in_sql = select(Person.id).where(visible_persons(scope), Person.id.in_([one.id for one in people]))
            assert set(uow.session.scalars(in_sql)) == seen
            own = {row.id for row in rows if may(uow, Act.CASE_EDIT, row)}
            edits = role_allows(world.role, Act.CASE_EDIT)
            assert own == {row for row, at in zip(built.cases, world.cases, strict=True) if edits and at == world.home}


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(world=worlds())
def test_no_act_reaches_what_is_not_seen_and_no_change_reaches_another_organisation(
    backends: Backends, world: World
) -> None:
    with backends.begin(SYSTEM) as uow:
        built = _build(uow, world)
    with backends.read(built.actor) as uow:
        for place, (owner, _, _) in enumerate(world.documents):
            row = uow.session.get_one(Document, built.documents[place])
            is_seen = place in _expected(world)
            for act in (Act.DOCUMENT_VIEW, Act.DOCUMENT_EDIT, Act.DOCUMENT_FILE, Act.SIGNED_COPY, Act.EVENTS_VIEW):
                own = act in READING_ACTS or world.role in ALL_SEEING or owner == world.home
                allowed = role_allows(world.role, act) and is_seen and own
                assert may(uow, act, row) is allowed
                if not allowed:
                    with pytest.raises(NotAllowed if is_seen else NotFound):
                        require(uow, act, row)


def test_a_document_of_others_filed_to_ones_own_case_is_read_and_not_changed(backends: Backends) -> None:
    with backends.begin(SYSTEM) as uow:
        home = factories.organisation(uow)
        theirs = factories.document(uow, factories.organisation(uow))
        factories.filing(uow, factories.case(uow, factories.person(uow, home)), theirs)
    officer = factories.actor_of(backends, home, Role.RECORDS_OFFICER)
    with backends.read(officer) as uow:
        row = uow.session.get_one(Document, theirs.id)
        require(uow, Act.DOCUMENT_VIEW, row)
        for act in (Act.DOCUMENT_EDIT, Act.DOCUMENT_FILE):
            with pytest.raises(NotAllowed):
                require(uow, act, row)


def test_an_inspector_reads_what_is_below_and_changes_nothing(backends: Backends) -> None:
    with backends.begin(SYSTEM) as uow:
        top = factories.organisation(uow)
        below = factories.document(uow, factories.organisation(uow, parent_id=top.id))
    inspector = factories.actor_of(backends, top, Role.INSPECTOR)
    with backends.read(inspector) as uow:
        row = uow.session.get_one(Document, below.id)
        allowed = {act for act in Act if may(uow, act, row)}
    assert allowed == {act for act in READING_ACTS if role_allows(Role.INSPECTOR, act)}


def test_an_administrator_knows_accounts_and_no_records(backends: Backends) -> None:
    with backends.begin(SYSTEM) as uow:
        home = factories.organisation(uow)
        person = factories.person(uow, home)
        records = (person, factories.case(uow, person), factories.document(uow, home))
        someone = factories.user(uow, factories.organisation(uow))
    admin = factories.actor_of(backends, home, Role.ADMINISTRATOR)
    with backends.read(admin) as uow:
        assert may(uow, Act.ACCOUNT_EDIT, uow.session.get_one(User, someone.id))
        for row in records:
            for act in Act:
                assert not may(uow, act, row)
            with pytest.raises(NotFound):
                require(uow, Act.DOCUMENT_VIEW, row)
