"""Filing: by hand, or proposed with evidence; what counts, and what the index must learn before it shows anything."""

from datetime import date

import pytest

from app.actor import OPERATOR, SYSTEM, Actor, Role
from app.backends import Backends
from app.errors import Invalid, NotAllowed, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import (
    BirthPrecision,
    Case,
    CaseDocument,
    CaseState,
    Document,
    Dossier,
    FilingState,
    Organisation,
    Person,
    PersonName,
    Source,
)
from app.services.filing import (
    accept,
    file_document,
    filing,
    filings,
    proposals,
    propose_all,
    reject,
    unfile,
)
from config.rules import rules_on
from indexer.folding import fold
from ingestion import Evidence, Facts, Mention, PersonMention
from tests import factories
from tests.conftest import Bell

NUMBER = "000090999111"
BY_NUMBER = Facts(identities=(Mention(NUMBER, Evidence(2, 10, 22, NUMBER)),))


def _named(name: str, born: str | None, precision: str | None = "day") -> Facts:
    return Facts(people=(PersonMention(name, born, precision if born else None, Evidence(1, 5, 21, name)),))


class Room:
    """An organisation with one person, their case, and a document."""

    def __init__(self, backends: Backends) -> None:
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            self.home = factories.organisation(uow)
            self.person = factories.person(uow, self.home, full_name="Nguyễn Văn Thử", id_number=NUMBER)
            self.case = factories.case(uow, self.person)
            for checklist in rules_on(self.case.act_date).checklists_for("P11"):
                uow.session.add(Dossier(case_id=self.case.id, checklist=checklist.key))
            self.document = factories.document(uow, self.home)
        self.officer: Actor = factories.actor_of(backends, self.home, Role.RECORDS_OFFICER)


@pytest.fixture
def room(backends: Backends) -> Room:
    return Room(backends)


def _propose(backends: Backends, room: Room, facts: Facts) -> tuple[CaseDocument, ...]:
    with backends.begin(SYSTEM) as uow:
        document = uow.session.get_one(Document, room.document.id)
        return propose_all(uow, document.organisation_id, [(document, facts)])


def test_filing_hides_the_document_until_the_index_knows(backends: Backends, room: Room, bell: Bell) -> None:
    with backends.begin(room.officer) as uow:
        made = file_document(uow, uow.session.get_one(Document, room.document.id), room.case)
        assert (made.state, made.source, made.decided_by) == (
            FilingState.ACCEPTED,
            Source.PERSON,
            room.officer.user_id,
        )
    with backends.read() as uow:
        now = uow.session.get_one(Document, room.document.id)
        assert (now.revision, now.access_pending) == (2, True)
    assert bell.rung == [(Job.INDEX, ALL)]


def test_filing_again_changes_only_the_item(backends: Backends, room: Room) -> None:
    item = rules_on(room.case.act_date).checklists_for("P11")[0].items[0].key
    with backends.begin(room.officer) as uow:
        row, case = uow.session.get_one(Document, room.document.id), uow.session.get_one(Case, room.case.id)
        first = file_document(uow, row, case)
        again = file_document(uow, row, case, item=item)
        assert (again.id, again.item, row.revision) == (first.id, item, 2)
        with pytest.raises(Invalid):
            file_document(uow, row, case, item="invented")


def test_papers_of_another_organisation_are_not_filed_here(backends: Backends, room: Room) -> None:
    with backends.begin(OPERATOR) as uow:
        other = factories.organisation(uow)
        theirs = factories.case(uow, factories.person(uow, other))
        with pytest.raises(Invalid) as caught:
            file_document(uow, uow.session.get_one(Document, room.document.id), theirs)
        assert set(caught.value.fields) == {"case"}
    with backends.begin(room.officer) as uow, pytest.raises(NotFound):
        file_document(uow, uow.session.get_one(Document, room.document.id), uow.session.get_one(Case, theirs.id))


def test_only_a_records_officer_files(backends: Backends, room: Room) -> None:
    for role in (Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR, Role.ARCHIVIST):
        actor = factories.actor_of(backends, room.home, role)
        with backends.begin(actor) as uow, pytest.raises(NotAllowed):
            file_document(uow, uow.session.get_one(Document, room.document.id), uow.session.get_one(Case, room.case.id))


def test_an_identity_number_proposes_and_never_files(backends: Backends, room: Room) -> None:
    (made,) = _propose(backends, room, BY_NUMBER)
    assert (made.state, made.source, made.case_id) == (FilingState.PROPOSED, Source.PARSER, room.case.id)
    assert {key: made.evidence[key] for key in ("why", "page", "start", "end", "quote")} == {
        "why": "identity",
        "page": 2,
        "start": 10,
        "end": 22,
        "quote": NUMBER,
    }
    with backends.read(room.officer) as uow:
        now = uow.session.get_one(Document, room.document.id)
        assert (now.revision, now.access_pending, filings(uow, case=room.case)) == (1, False, [])
        assert [row.id for row in proposals(uow, case=room.case).items] == [made.id]


@pytest.mark.parametrize(
    ("name", "born", "precision", "why"),
    [
        ("NGUYỄN VĂN THỬ", "1990-05-12", "day", "name-and-birth-date"),
        ("Nguyen Van Thu", "1990-05-12", "day", "name-and-birth-date"),
        ("Nguyễn Văn Thử", "1990-05", "month", "name-and-birth-date"),
        ("Nguyễn Văn Thử", "1990", "year", "name-and-birth-year"),
        ("Tèo Thử", "1990-05-12", "day", "name-and-birth-date"),
        ("Nguyễn Văn Thử", "1990-05-13", "day", None),
        ("Nguyễn Văn Thửa", "1990-05-12", "day", None),
        ("Nguyễn Văn Thử", None, None, None),
    ],
)
def test_name_and_birth_date_must_both_agree(
    backends: Backends, room: Room, name: str, born: str | None, precision: str | None, why: str | None
) -> None:
    with backends.begin(SYSTEM) as uow:
        uow.session.add(PersonName(person_id=room.person.id, name="Tèo Thử", folded_name=fold("Tèo Thử")))
    made = _propose(backends, room, _named(name, born, precision))
    assert [row.evidence["why"] for row in made] == ([why] if why else [])
    if made:
        assert made[0].evidence["same_accents"] is (name != "Nguyen Van Thu")


def test_only_the_year_counts_where_only_the_year_is_known(backends: Backends, room: Room) -> None:
    with backends.begin(SYSTEM) as uow:
        known = uow.session.get_one(Person, room.person.id)
        known.birth_date, known.birth_precision = date(1990, 1, 1), BirthPrecision.YEAR
    (made,) = _propose(backends, room, _named("Nguyễn Văn Thử", "1990-07-30"))
    assert (made.evidence["why"], made.evidence["precision"]) == ("name-and-birth-year", "year")


def test_the_strongest_reason_leads_and_the_others_are_kept(backends: Backends, room: Room) -> None:
    named = _named("Nguyễn Văn Thử", "1990-05-12")
    (made,) = _propose(backends, room, Facts(identities=BY_NUMBER.identities, people=named.people))
    assert made.evidence["why"] == "identity"
    assert [reason["why"] for reason in made.evidence["also"]] == ["name-and-birth-date"]


def test_persons_of_other_organisations_are_never_proposed(backends: Backends, room: Room) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        other = factories.organisation(uow)
        factories.case(uow, factories.person(uow, other, full_name="Lê Thị Mẫu", id_number="000090999222"))
    foreign = Facts(identities=(Mention("000090999222", Evidence(1, 0, 12, "000090999222")),))
    assert _propose(backends, room, foreign) == ()


def test_a_rejected_proposal_is_not_made_again(backends: Backends, room: Room) -> None:
    (made,) = _propose(backends, room, BY_NUMBER)
    with backends.begin(room.officer) as uow:
        reject(uow, filing(uow, made.id))
        with pytest.raises(WrongState):
            accept(uow, filing(uow, made.id))
    assert _propose(backends, room, BY_NUMBER) == ()
    with backends.read(room.officer) as uow:
        assert proposals(uow).total == 0


def test_reading_twice_proposes_once(backends: Backends, room: Room) -> None:
    assert len(_propose(backends, room, BY_NUMBER)) == 1
    assert _propose(backends, room, BY_NUMBER) == ()
    (changed,) = _propose(backends, room, _named("Nguyễn Văn Thử", "1990-05-12"))
    assert changed.evidence["why"] == "name-and-birth-date"


def test_an_accepted_proposal_counts_and_keeps_its_evidence(backends: Backends, room: Room, bell: Bell) -> None:
    (made,) = _propose(backends, room, BY_NUMBER)
    with backends.begin(room.officer) as uow:
        accept(uow, filing(uow, made.id))
    with backends.read(room.officer) as uow:
        (kept,) = filings(uow, document=uow.session.get_one(Document, room.document.id))
        assert (kept.state, kept.source, kept.evidence["why"]) == (FilingState.ACCEPTED, Source.PARSER, "identity")
        assert kept.decided_by == room.officer.user_id
        assert kept.document.access_pending
    assert bell.rung == [(Job.INDEX, ALL)]


def test_what_was_taken_out_of_a_case_is_not_proposed_for_it_again(backends: Backends, room: Room) -> None:
    with backends.begin(room.officer) as uow:
        made = file_document(uow, uow.session.get_one(Document, room.document.id), room.case)
        unfile(uow, made)
        assert (made.document.revision, made.document.access_pending) == (3, True)
        with pytest.raises(WrongState):
            unfile(uow, made)
    assert _propose(backends, room, BY_NUMBER) == ()


def test_closed_cases_are_proposed_only_where_none_is_open(backends: Backends, room: Room) -> None:
    with backends.begin(SYSTEM) as uow:
        closed = factories.case(uow, room.person, state=CaseState.CLOSED)
    assert [row.case_id for row in _propose(backends, room, BY_NUMBER)] == [room.case.id]
    with backends.begin(SYSTEM) as uow:
        uow.session.get_one(Case, room.case.id).state = CaseState.CLOSED
    assert [row.case_id for row in _propose(backends, room, BY_NUMBER)] == [closed.id]


def test_a_proposal_over_a_restricted_document_is_hidden_with_it(backends: Backends, room: Room) -> None:
    (made,) = _propose(backends, room, BY_NUMBER)
    with backends.begin(SYSTEM) as uow:
        uow.session.get_one(Document, room.document.id).flags = ["HIV"]
    with backends.read(room.officer) as uow:
        assert proposals(uow, case=room.case).total == 0
        with pytest.raises(NotFound):
            filing(uow, made.id)
    granted = factories.actor_of(backends, room.home, Role.RECORDS_OFFICER, allowed_flags=["HIV"])
    with backends.read(granted) as uow:
        assert proposals(uow, case=room.case).total == 1


def test_documents_stand_in_the_order_of_their_filing(backends: Backends, room: Room) -> None:
    with backends.begin(room.officer) as uow:
        home = uow.session.get_one(Organisation, room.home.id)
        rows = [factories.document(uow, home) for _ in range(3)]
        for row in reversed(rows):
            file_document(uow, row, room.case)
        listed = filings(uow, case=room.case)
    assert [each.document_id for each in listed] == [row.id for row in reversed(rows)]
    assert [each.position for each in listed] == [1, 2, 3]
