"""Documents: facts that people typed, flags, signatures, deletion, history, and how a program is told."""

from datetime import date

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from app.jobs import ALL, Job
from app.models import CopyKind, Document, DocumentFact, Event, Organisation, Outcome, Paper, Quality, Signed, Source
from app.services.documents import (
    FactsData,
    confirm_signature,
    delete_document,
    describe,
    document,
    documents,
    edit_facts,
    history,
    set_flags,
    stage_of,
)
from app.services.finishing import apply_facts
from ingestion import Evidence, Fact, Facts
from tests import factories
from tests.conftest import Bell

HEAD = Facts(
    type=Fact("QĐ", Evidence(1, 0, 10, "QUYẾT ĐỊNH")),
    number=Fact("15", Evidence(1, 20, 25, "Số: 15")),
    symbol=Fact("QĐ-UBND", Evidence(1, 25, 33, "QĐ-UBND")),
    flags=("NO_DATE", "CONFLICTING_NUMBERS"),
)


@pytest.fixture
def paper(backends: Backends, home: Organisation) -> Document:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.document(uow, home, "Trang một", "Trang hai", indexed_revision=1)


def test_a_fact_typed_by_a_person_survives_every_later_reading(
    backends: Backends, paper: Document, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        apply_facts(uow, row, HEAD)
        edit_facts(uow, row, data=FactsData(number="16", date="2026-11-02"), revision=row.revision)
        apply_facts(uow, row, HEAD)
    with backends.read(officer) as uow:
        kept = document(uow, paper.id)
        assert (kept.number, kept.symbol, kept.type, kept.date) == ("16", "QĐ-UBND", "QĐ", date(2026, 11, 2))
        sources = {fact.name: fact.source for fact in kept.facts}
    assert sources["number"] is Source.PERSON
    assert sources["symbol"] is Source.PARSER


def test_a_fact_confirmed_as_it_is_keeps_its_page_and_words(
    backends: Backends, paper: Document, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        apply_facts(uow, row, HEAD)
        edit_facts(uow, row, data=FactsData(number="15", symbol="QĐ-UBND-VX"), revision=row.revision)
    with backends.read() as uow:
        facts = {fact.name: fact for fact in uow.session.scalars(select(DocumentFact))}
    assert (facts["number"].quote, facts["number"].user_id) == ("Số: 15", officer.user_id)
    assert (facts["symbol"].quote, facts["symbol"].page) == ("", None)


def test_a_person_may_say_that_the_paper_has_none(backends: Backends, paper: Document, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=FactsData(number="", type=""), revision=row.revision)
        apply_facts(uow, row, HEAD)
        assert (row.number, row.type) == (None, "KHAC")


def test_typed_facts_settle_their_doubts_and_ask_for_the_index(
    backends: Backends, paper: Document, officer: Actor, bell: Bell
) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        row.fact_flags = ["CONFLICTING_NUMBERS", "NO_DATE", "WEAK"]
        edit_facts(uow, row, data=FactsData(number="15a"), revision=1)
        assert (row.fact_flags, row.revision, row.access_pending) == (["NO_DATE", "WEAK"], 2, False)
    assert bell.rung == [(Job.INDEX, ALL)]


def test_a_date_may_be_known_in_part(backends: Backends, paper: Document, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=FactsData(date="2023-11"), revision=1)
        assert (row.date, row.date_text) == (None, "2023-11")
        for wrong in ("2023-13", "2026-11-21", "02/11/2026", "1023"):
            with pytest.raises(Invalid) as caught:
                edit_facts(uow, row, data=FactsData(date=wrong), revision=2)
            assert set(caught.value.fields) == {"date"}


def test_the_title_follows_typed_kind_and_subject_unless_somebody_typed_one(
    backends: Backends, paper: Document, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=FactsData(type="QĐ", subject="Về việc thử"), revision=1)
        assert row.title == "Quyết định về việc thử"
        edit_facts(uow, row, data=FactsData(title="Tên riêng"), revision=2)
        edit_facts(uow, row, data=FactsData(subject="Về việc khác"), revision=3)
        assert row.title == "Tên riêng"


def test_what_only_people_know_of_a_paper_is_kept(backends: Backends, paper: Document, officer: Actor) -> None:
    typed = FactsData(kept_at="Tủ 3, hộp 12", copy_kind=CopyKind.CERTIFIED_COPY, typed_text="dòng một\ndòng  hai")
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=typed, revision=1)
        assert (row.kept_at, row.copy_kind) == ("Tủ 3, hộp 12", CopyKind.CERTIFIED_COPY)
        assert row.typed_text == "dòng một\ndòng hai"


def test_a_stale_form_is_told_so(backends: Backends, paper: Document, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=FactsData(number="15"), revision=1)
        with pytest.raises(Conflict):
            edit_facts(uow, row, data=FactsData(number="16"), revision=1)
        with pytest.raises(Conflict):
            set_flags(uow, row, ["COURT"], revision=1)


def test_a_flag_hides_the_document_until_the_index_knows(backends: Backends, paper: Document, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        with pytest.raises(Invalid):
            set_flags(uow, row, ["SECRET"])
        set_flags(uow, row, ["HIV", "COURT"])
        assert (row.flags, row.revision, row.access_pending) == (["COURT", "HIV"], 2, True)
    with backends.read(officer) as uow, pytest.raises(NotFound):
        document(uow, paper.id)


def test_officer_and_clerk_say_whether_a_paper_is_signed(
    backends: Backends, home: Organisation, paper: Document
) -> None:
    for role, signed in ((Role.RECORDS_OFFICER, Signed.CONFIRMED), (Role.OFFICE_CLERK, Signed.UNSIGNED)):
        actor = factories.actor_of(backends, home, role)
        with backends.begin(actor) as uow:
            row = confirm_signature(uow, document(uow, paper.id), signed is Signed.CONFIRMED)
            assert (row.signed, row.signed_by_user) == (signed, actor.user_id)
    leader = factories.actor_of(backends, home, Role.LEADER)
    with backends.begin(leader) as uow, pytest.raises(NotAllowed):
        confirm_signature(uow, document(uow, paper.id), True)


def test_a_deleted_document_leaves_its_row_and_disappears_at_once(
    backends: Backends, paper: Document, officer: Actor, bell: Bell
) -> None:
    with backends.begin(officer) as uow:
        with pytest.raises(Invalid):
            delete_document(uow, document(uow, paper.id), reason=" ")
        delete_document(uow, document(uow, paper.id), reason="Tải nhầm")
    with backends.read(officer) as uow:
        row = uow.session.get_one(Document, paper.id)
        assert (row.revision, row.access_pending, row.deletion_reason) == (2, True, "Tải nhầm")
        assert stage_of(row) is Outcome.REMOVED
        assert documents(uow).total == 0
        with pytest.raises(NotFound):
            document(uow, paper.id)
    assert bell.rung == [(Job.INDEX, ALL)]


def test_the_file_of_a_paper_made_here_is_not_deleted(
    backends: Backends, home: Organisation, paper: Document, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        case = factories.case(uow, factories.person(uow, home))
        uow.session.add(
            Paper(
                organisation_id=home.id,
                case_id=case.id,
                form="D163/V/53",
                form_version="1",
                type="QĐ",
                title="Quyết định",
                act_date=case.act_date,
                document_id=paper.id,
                created_at=factories.NOW,
            )
        )
        with pytest.raises(WrongState):
            delete_document(uow, document(uow, paper.id), reason="Thử")


def test_each_document_is_in_exactly_one_stage_list(backends: Backends, home: Organisation, officer: Actor) -> None:
    states = [
        (None, None),
        (Quality.TEXT, None),
        (Quality.TEXT, 1),
        (Quality.SCAN, 1),
        (Quality.WEAK, 1),
        (Quality.UNREAD, 1),
    ]
    with backends.begin(officer) as uow:
        rows = [factories.document(uow, home, quality=quality, indexed_revision=seen) for quality, seen in states]
        for stage in Outcome:
            listed = {row.id for row in documents(uow, stage=stage).items}
            assert listed == {row.id for row in rows if stage_of(row) is stage}


def test_documents_are_listed_by_kind_and_case(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        order = factories.document(uow, home, type="QĐ")
        notice = factories.document(uow, home, type="TB")
        case = factories.case(uow, factories.person(uow, home))
        factories.filing(uow, case, notice)
        assert [row.id for row in documents(uow).items] == [notice.id, order.id]
        assert [row.id for row in documents(uow, type="QĐ").items] == [order.id]
        assert [row.id for row in documents(uow, case=case).items] == [notice.id]


def test_history_is_for_who_sees_the_record_and_for_the_auditor(
    backends: Backends, home: Organisation, paper: Document, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        set_flags(uow, document(uow, paper.id), ["COURT"])
    stranger = factories.actor_of(backends, home, Role.ADMINISTRATOR)
    auditor = factories.actor_of(backends, home, Role.AUDITOR)
    for actor in (officer, auditor):
        with backends.read(actor) as uow:
            lines = history(uow, "document", paper.id)
            assert [(line.kind, line.detail) for line in lines] == [
                ("document.flags-set", {"added": ["COURT"], "removed": []})
            ]
    with backends.read(stranger) as uow, pytest.raises(NotAllowed):
        history(uow, "document", paper.id)
    with backends.read(officer) as uow, pytest.raises(NotAllowed):
        history(uow, "batch", 1)


def test_a_program_is_told_what_the_actor_may_see(backends: Backends, home: Organisation, officer: Actor) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, home, "Một", "Hai", number="15", symbol="QĐ-UBND", date_text="2023-11")
        person = factories.person(uow, home)
        case = factories.case(uow, person)
        factories.filing(uow, case, row)
        other = factories.organisation(uow)
        factories.filing(uow, factories.case(uow, factories.person(uow, other)), row)
    with backends.read(officer) as uow:
        told = describe(uow, document(uow, row.id)).as_json()
    assert (told["document"], told["number"], told["date"], told["state"]) == (
        row.id,
        "15/QĐ-UBND",
        "2023-11",
        "waiting",
    )
    assert told["organisation"] == home.code
    assert told["persons"] == ({"id": person.id, "name": person.full_name},)
    assert told["cases"] == ({"id": case.id, "code": case.code},)
    assert [page["number"] for page in told["pages"]] == [1, 2]
    assert told["pages"][0]["source"] == "text"
    names = "document title type number date body subject organisation state persons cases flags pages"
    assert " ".join(told) == names


def test_typed_facts_are_events_without_their_text(backends: Backends, paper: Document, officer: Actor) -> None:
    with backends.begin(officer) as uow:
        row = document(uow, paper.id)
        edit_facts(uow, row, data=FactsData(signer="Trần Văn Mẫu", number="15"), revision=1)
    with backends.read() as uow:
        detail = uow.session.scalars(select(Event.detail).where(Event.kind == "document.facts-typed")).one()
    assert detail == {"facts": ["number", "signer"]}


def test_an_auditor_reads_no_history_of_another_organisation(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        own, other = factories.organisation(uow), factories.organisation(uow)
        mine, theirs = factories.document(uow, own), factories.document(uow, other)
        for row in (mine, theirs):
            uow.record("document.viewed", "document", row.id)
    auditor = factories.actor_of(backends, own, Role.AUDITOR)
    with backends.read(auditor) as uow:
        assert [event.kind for event in history(uow, "document", mine.id)] == ["document.viewed"]
        assert history(uow, "document", theirs.id) == []
