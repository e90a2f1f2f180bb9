"""Saved searches over new documents: once each, after a crash too, and only what is new."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.jobs import ALL, Job
from app.models import (
    Document,
    Organisation,
    PercolationDue,
    PersonKey,
    PersonName,
    SavedSearch,
    SearchAlert,
    SearchMatch,
    User,
)
from app.services import percolating, searching
from app.services.indexing import index_due
from app.services.sweep import sweep
from indexer.name_keys import keys_of_name
from tests import factories
from tests.conftest import Bell

BEFORE = factories.NOW - timedelta(days=1)
AFTER = factories.NOW + timedelta(days=1)
BASIS = "Kế hoạch 12/KH-CAP"


def kept(backends: Backends, owner: Actor, text: str, **given: Any) -> int:
    """A saved search of this account that is told of new results since yesterday."""
    with backends.begin(owner) as uow:
        row = SavedSearch(
            user_id=owner.user_id,
            organisation_id=owner.organisation_id,
            name=text,
            text=text,
            filters=given.get("filters", {}),
            created_at=BEFORE,
        )
        uow.session.add(row)
        uow.session.flush()
        since = given.get("since", BEFORE)
        alert = SearchAlert(saved_search_id=row.id, user_id=owner.user_id, since=since, seen_at=since)
        alert.until, alert.basis = given.get("until"), given.get("basis", BASIS)
        uow.session.add(alert)
        return row.id


def arrive(backends: Backends, office: Organisation, *texts: str, **given: Any) -> int:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.document(uow, office, *texts, **given).id


def matches(backends: Backends) -> dict[tuple[int, int], bool]:
    with backends.read() as uow:
        return {(row.saved_search_id, row.document_id): row.holds for row in uow.session.query(SearchMatch)}


def waiting(backends: Backends) -> int:
    with backends.read() as uow:
        return uow.session.query(PercolationDue).count()


def test_a_new_document_matches_the_questions_that_find_it(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    found, _other = kept(backends, officer, "quan ly"), kept(backends, officer, "tòa án")
    document = arrive(backends, office, "Quyết định quản lý sau cai nghiện.")
    index_due(backends)
    assert matches(backends) == {(found, document): True}
    assert waiting(backends) == 0


def test_nothing_waits_where_nobody_is_told_of_anything(backends: Backends, office: Organisation) -> None:
    document = arrive(backends, office, "Quản lý.")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        percolating.note_indexed(uow, {document: True})
    assert waiting(backends) == 0


def test_a_document_indexed_again_is_not_told_of_again_and_one_that_fits_no_more_is_gone(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    search = kept(backends, officer, "trích yếu:đặc biệt")
    document = arrive(backends, office, "Chữ.", title="Việc đặc biệt")
    index_due(backends)
    with backends.read() as uow:
        first = uow.session.query(SearchMatch).one().found_at
    for title, holds in (("Việc đặc biệt thứ hai", True), ("Việc khác", False), ("Việc đặc biệt", True)):
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            row = uow.session.get_one(Document, document)
            row.title = title
            row.touch()
        index_due(backends)
        assert matches(backends) == {(search, document): holds}
    with backends.read() as uow:
        assert uow.session.query(SearchMatch).one().found_at == first


def test_an_old_document_that_is_indexed_again_is_not_new(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    document = arrive(backends, office, "Quản lý.", created_at=BEFORE - timedelta(days=9))
    index_due(backends)
    kept(backends, officer, "quản lý")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, document).touch()
    index_due(backends)
    assert matches(backends) == {}


def test_an_old_document_that_is_filed_to_a_person_is_new_to_who_asks_for_the_person(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    document = arrive(backends, office, "Quản lý.", created_at=BEFORE - timedelta(days=9))
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office)
        case = factories.case(uow, person)
    search = kept(backends, officer, "", filters={"person": [str(person.id)]}, until=AFTER.date())
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, document)
        factories.filing(uow, case, row, decided_at=uow.now)
        row.touch()
    index_due(backends)
    assert matches(backends) == {(search, document): True}


@pytest.mark.parametrize(
    ("asked", "until", "told"),
    [
        ("N.V. Thử", AFTER.date(), True),
        ("thu n v", AFTER.date(), True),
        ("hồ sơ N.V. Thử 1990", AFTER.date(), True),
        ("Ba Gà", AFTER.date(), True),
        ("Thử Nguyễn Văn", AFTER.date(), True),
        ("N.V. Thử", None, False),  # an alert on a named person has an end
        ("N.V. Thử 1991", AFTER.date(), False),
        ("Nguyễn Văn Thủw", AFTER.date(), False),  # the search itself proposes the name and does not find it
        ("L.V. Giả", AFTER.date(), False),
    ],
)
def test_a_named_person_is_known_as_the_search_knows_names_also_one_entered_later(
    backends: Backends, office: Organisation, officer: Actor, asked: str, until: date | None, told: bool
) -> None:
    search = kept(backends, officer, asked, until=until)
    arrive(backends, office, "Chữ đầu tiên.")
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.person(
            uow, office, full_name="Nguyễn Văn Thử", names=[PersonName(name="Ba Gà", folded_name="ba ga")]
        )
        row.keys += [PersonKey(key=key) for key in keys_of_name("Ba Gà")]
        filed = factories.document(uow, office, "Hồ sơ.")
        factories.filing(uow, factories.case(uow, row), filed)
    index_due(backends)
    assert matches(backends) == ({(search, filed.id): True} if told else {})
    with backends.read(officer) as uow:
        found = searching.search(uow, searching.Query(asked))
    assert (found.total == 1 and found.rule == "all") is (told or until is None)


def test_a_shared_question_names_only_who_is_in_the_scope_of_everybody_told(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        below = factories.organisation(uow, parent_id=office.id)
        person = factories.person(uow, below, full_name="Nguyễn Văn Thử")
        case = factories.case(uow, person)
    inspector = factories.actor_of(backends, office, Role.INSPECTOR)
    alone = kept(backends, inspector, "N.V. Thử", until=AFTER.date())
    shared = kept(backends, inspector, "n v thu", until=AFTER.date())
    with backends.begin(officer) as uow:
        uow.session.get_one(SavedSearch, shared).shared = True
        more = {"since": BEFORE, "seen_at": BEFORE, "until": AFTER.date(), "basis": BASIS}
        uow.session.add(SearchAlert(saved_search_id=shared, user_id=officer.user_id, **more))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        filed = factories.document(uow, office, "Hồ sơ.")
        factories.filing(uow, case, filed)
    index_due(backends)
    assert matches(backends) == {(alone, filed.id): True}


def file_to_the_named(backends: Backends, office: Organisation, text: str = "Hồ sơ.") -> int:
    """A document filed to a person who was entered just now."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        case = factories.case(uow, factories.person(uow, office, full_name="Nguyễn Văn Thử"))
        filed = factories.document(uow, office, text)
        factories.filing(uow, case, filed)
        return filed.id


@pytest.mark.parametrize(
    ("until", "basis"),
    [(None, ""), (date(2099, 12, 31), BASIS), (AFTER.date(), ""), (AFTER.date(), "Kế hoạch"), (None, BASIS)],
)
@pytest.mark.parametrize("words", ["Nguyễn Văn Thử", '"nguyễn văn thử"', "N.V. Thử"])
def test_an_alert_without_a_basis_or_an_end_within_a_year_is_not_told_to_whom_a_document_is_filed(
    backends: Backends, office: Organisation, officer: Actor, words: str, until: date | None, basis: str
) -> None:
    search = kept(backends, officer, words, until=until, basis=basis)
    founded = kept(backends, officer, f"{words} ", until=AFTER.date())
    plain = kept(backends, officer, "hồ sơ", until=until, basis=basis)
    filed = file_to_the_named(backends, office)
    index_due(backends)
    found = matches(backends)
    assert found.pop((plain, filed))
    assert found == {(founded, filed): True}
    written = file_to_the_named(backends, office, f"Của {words}.")
    index_due(backends)
    assert matches(backends)[search, written]


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.AUDITOR}, {"organisation_id": 0}])
def test_alerts_that_nobody_reads_any_more_say_nothing_of_what_is_told(
    backends: Backends, office: Organisation, officer: Actor, change: dict[str, Any]
) -> None:
    search = kept(backends, officer, "N.V. Thử", until=AFTER.date())
    colleague = factories.actor_of(backends, office, Role.LEADER)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(SavedSearch, search).shared = True
        more = {"since": BEFORE, "seen_at": BEFORE, "until": None, "basis": ""}
        uow.session.add(SearchAlert(saved_search_id=search, user_id=colleague.user_id, **more))
        elsewhere = factories.organisation(uow).id
    file_to_the_named(backends, office)
    index_due(backends)
    assert matches(backends) == {}
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        account = uow.session.get_one(User, colleague.user_id)
        for name, value in change.items():
            setattr(account, name, elsewhere if name == "organisation_id" else value)
    late = file_to_the_named(backends, office)
    index_due(backends)
    assert matches(backends) == {(search, late): True}


@pytest.mark.parametrize("dies_in", ["_questions", "_write"])
def test_a_worker_that_dies_forgets_no_document(
    backends: Backends, office: Organisation, officer: Actor, bell: Bell, dies_in: str
) -> None:
    search = kept(backends, officer, "quản lý")
    document = arrive(backends, office, "Quản lý.")

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(percolating, dies_in, die)
        with pytest.raises(KeyboardInterrupt):
            index_due(backends)
    assert (matches(backends), waiting(backends)) == ({}, 1)
    bell.rung.clear()
    sweep(backends)
    assert (Job.INDEX, ALL) in bell.rung
    index_due(backends)
    assert matches(backends) == {(search, document): True}
    assert waiting(backends) == 0


def test_a_removed_document_disappears(backends: Backends, office: Organisation, officer: Actor) -> None:
    kept(backends, officer, "quản lý")
    document = arrive(backends, office, "Quản lý.")
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, document)
        row.deleted_at = uow.now
        row.touch()
    index_due(backends)
    assert matches(backends) == {}


def test_an_alert_that_ended_is_silent(backends: Backends, office: Organisation, officer: Actor) -> None:
    kept(backends, officer, "quản lý", until=BEFORE.date())
    live = kept(backends, officer, "quản lý", until=AFTER.date())
    document = arrive(backends, office, "Quản lý.")
    index_due(backends)
    assert matches(backends) == {(live, document): True}


def test_a_question_that_changed_is_asked_as_it_is_now(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    changed, gone = kept(backends, officer, "quản lý"), kept(backends, officer, "cai nghiện")
    arrive(backends, office, "Chữ khác.")
    index_due(backends)
    with backends.begin(officer) as uow:
        row = uow.session.get_one(SavedSearch, changed)
        row.text, row.revision = "tòa án", row.revision + 1
        other = uow.session.get_one(SavedSearch, gone)
        other.deleted_at, other.revision = uow.now, other.revision + 1
    late = kept(backends, officer, "phường")
    document = arrive(backends, office, "Quản lý, cai nghiện, tòa án phường.")
    index_due(backends)
    assert matches(backends) == {(changed, document): True, (late, document): True}
