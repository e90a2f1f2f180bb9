"""Cutting a scan: the whole is out and the parts are in; undone and done again, nothing that people did is lost."""

from dataclasses import replace

import pytest
from sqlalchemy import event, select

from app.actor import Role
from app.backends import Backends
from app.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from app.jobs import Job
from app.models import (
    Case,
    CaseDocument,
    Document,
    Event,
    FilingState,
    Organisation,
    Paper,
    Signed,
    Source,
    SplitPlan,
    SplitState,
)
from app.services import documents, filing
from app.services.document_facts import FactsData
from app.services.indexing import AuditReport, audit, index_due
from app.services.originals import may_see_pages
from app.services.quarantine import close
from app.services.searching import Query, search
from app.services.split_drafts import keep_whole, open_plan, save_plan, waiting_splits
from app.services.split_plans import Head
from app.services.splitting import confirm_split, origins_of, parts_of, undo_split
from app.services.viewing import page_view
from tests import factories
from tests.conftest import Bell
from tests.unit.services.splits import CUTS, PAPERS, Dossier, dossier, scanned


@pytest.fixture
def work(backends: Backends) -> Dossier:
    return dossier(backends)


def found(work: Dossier, text: str) -> list[int]:
    index_due(work.backends)
    with work.backends.read(work.officer) as uow:
        return sorted(hit.document for hit in search(uow, Query(text=text)).hits)


def test_each_paper_becomes_a_document_of_its_own_pages_and_the_scan_is_set_aside(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    assert [work.positions(part) for part in parts] == [[1, 2], [3, 4, 5], [6]]
    assert work.document(work.scan).set_aside_at is not None
    assert [work.document(part).parcel_id for part in parts] == [work.scan] * 3
    assert {work.document(part).stored_file_id for part in parts} == {work.document(work.scan).stored_file_id}


def test_search_shows_the_parts_and_never_the_scan_or_the_text_of_another_part(work: Dossier) -> None:
    assert found(work, "hoahongdo") == [work.scan]
    first, second, third = work.cut(*CUTS)
    words = {"hoahongdo": first, "hoahongxanh": first, "hoacucvang": second, "hoacuctrang": second, "hoasentim": third}
    assert {word: found(work, word) for word in words} == {word: [part] for word, part in words.items()}
    undo_in(work)
    assert {word: found(work, word) for word in words} == {word: [work.scan] for word in words}
    report = audit(work.backends)
    assert report == AuditReport(stray=0, missing=0, stale=0)


def test_nobody_finds_the_scan_between_the_cut_and_the_index(work: Dossier) -> None:
    found(work, "hoahongdo")
    work.cut(*CUTS)
    with work.backends.read(work.officer) as uow:
        assert search(uow, Query(text="hoahongdo")).hits == ()


def test_facts_are_read_from_the_pages_of_each_part(work: Dossier) -> None:
    first, second, third = (work.document(part) for part in work.cut(*CUTS))
    assert (first.type, first.number, first.symbol, first.date_text) == ("QĐ", "15", "QĐ-UBND", "2026-10-12")
    assert (second.type, second.number) == ("BB", None)
    assert third.type == "ĐƠN"
    assert all(fact.source is Source.PARSER for fact in first.facts)


def undo_in(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        undo_split(uow, work.scan)


def test_undone_the_scan_is_back_and_the_parts_are_set_aside(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    undo_in(work)
    assert work.document(work.scan).set_aside_at is None
    assert all(work.document(part).set_aside_at is not None for part in parts)
    with work.backends.read(work.officer) as uow:
        assert [row.id for row in documents.documents(uow).items] == [work.scan]
        assert parts_of(uow, uow.session.get_one(Document, work.scan)) == ()


def test_done_again_the_same_documents_come_back_with_all_that_people_did(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.begin(work.officer) as uow:
        second = documents.document(uow, parts[1])
        documents.edit_facts(uow, second, data=FactsData(number="7", body="Phòng mẫu"), revision=second.revision)
        documents.confirm_signature(uow, second, True)
        documents.set_flags(uow, second, ["COURT"])
        case = factories.case(uow, factories.person(uow, second.organisation))
        filing.file_document(uow, second, case)
    undo_in(work)
    assert work.cut(*CUTS) == parts
    row = work.document(parts[1])
    assert (row.number, row.body, row.signed, row.flags) == ("7", "Phòng mẫu", Signed.CONFIRMED, ["COURT"])
    with work.backends.read(work.officer) as uow:
        assert {one.case_id for one in filing.filings(uow, document=row)} == {work.case, case.id}


def test_other_cuts_keep_each_document_whose_first_page_stays(work: Dossier) -> None:
    first, second, third = work.cut(*CUTS)
    again = work.cut(1, 3, 5)
    assert again[:2] == (first, second)
    assert [work.positions(part) for part in again] == [[1, 2], [3, 4], [5, 6]]
    assert again[2] == third, "the part with page 6 stays the document that had it"
    fewer = work.cut(1, 3)
    assert fewer == (first, second)
    assert work.document(third).set_aside_at is not None
    assert work.cut(*CUTS) == (first, second, third)


def test_a_part_takes_over_the_case_and_what_was_rejected_but_no_place_on_the_list(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        other = factories.case(uow, factories.person(uow, documents.document(uow, work.scan).organisation))
        factories.filing(uow, other, documents.document(uow, work.scan), state=FilingState.REJECTED)
    parts = work.cut(*CUTS)
    with work.backends.read() as uow:
        rows = uow.session.scalars(select(CaseDocument).where(CaseDocument.document_id.in_(parts))).all()
    told = {(row.case_id, row.state, row.item) for row in rows}
    assert told == {(work.case, FilingState.ACCEPTED, None), (other.id, FilingState.REJECTED, None)}
    assert len(rows) == 6


def test_the_papers_of_a_case_are_its_parts_not_the_scan(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.read(work.officer) as uow:
        case = filing.filings(uow, document=documents.document(uow, parts[0]))[0].case
        assert sorted(row.document_id for row in filing.filings(uow, case=case)) == sorted(parts)


def test_flags_follow_the_pages(work: Dossier) -> None:
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        documents.set_flags(uow, documents.document(uow, work.scan), ["POST_REHAB"])
    parts = work.cut(*CUTS)
    assert [work.document(part).flags for part in parts] == [["POST_REHAB"]] * 3
    with work.backends.begin(work.officer) as uow:
        documents.set_flags(uow, documents.document(uow, parts[1]), ["COURT"])
    again = work.cut(1, 3, 5)
    assert work.document(again[1]).flags == ["COURT"]
    assert set(work.document(again[2]).flags) == {"COURT", "POST_REHAB"}, "page 5 brought its flag along"
    undo_in(work)
    assert set(work.document(work.scan).flags) == {"COURT", "POST_REHAB"}


def test_a_restricted_part_closes_its_scan(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        documents.set_flags(uow, documents.document(uow, parts[2]), ["HIV"])
    with work.backends.read(work.officer) as uow:
        for look in (documents.document, open_plan):
            with pytest.raises(NotFound):
                look(uow, work.scan)
        first = documents.document(uow, parts[0])
        assert origins_of(uow, first) == ()
        assert may_see_pages(uow, first)
    with pytest.raises(NotFound):
        undo_in(work)


def test_the_pages_of_a_scan_are_closed_where_one_of_its_parts_is(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        close(uow, documents.document(uow, parts[2]), code="document-removal-asked")
    with work.backends.read(work.officer) as uow:
        scan = documents.document(uow, work.scan)
        assert [row.id for row in parts_of(uow, scan)] == list(parts[:2])
        for position in range(1, 7):
            with pytest.raises(NotFound):
                page_view(uow, scan, position)
        with pytest.raises(NotFound):
            open_plan(uow, work.scan)


def test_a_mark_of_secrecy_closes_its_part_and_the_pages_of_the_scan_before_anything_is_indexed(work: Dossier) -> None:
    secret = "TUYỆT MẬT\nỦY BAN NHÂN DÂN TỈNH MẪU\nSố: 05/BC-UBND\nBÁO CÁO\nhoamaidao"
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        scan = scanned(uow, uow.session.get_one(Organisation, work.office), (*PAPERS[0], secret)).id
    first, closed = work.cut(1, 3, scan=scan)
    row = work.document(closed)
    assert row.quarantined_at is not None
    assert (row.number, row.subject) == (None, "")
    assert work.document(first).quarantined_at is None
    with work.backends.read(work.officer) as uow, pytest.raises(NotFound):
        page_view(uow, documents.document(uow, scan), 3)
    assert found(work, "hoamaidao") == []
    assert found(work, "hoahongdo") == [work.scan, first]


def test_a_flag_that_the_whole_scan_got_is_every_parts(work: Dossier) -> None:
    work.cut(*CUTS)
    undo_in(work)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        documents.set_flags(uow, documents.document(uow, work.scan), ["COURT"])
    assert [work.document(part).flags for part in work.cut(*CUTS)] == [["COURT"]] * 3


def test_a_deleted_part_does_not_come_back_with_its_scan(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.begin(work.officer) as uow:
        documents.delete_document(uow, documents.document(uow, parts[0]), reason="quét nhầm")
    with pytest.raises(NotFound):
        undo_in(work)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow, pytest.raises((NotFound, WrongState)):
        undo_split(uow, work.scan)


def test_the_signed_copy_of_a_paper_stays_a_document(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
        given = {"form": "D163/V/53", "form_version": "1", "type": "QD", "title": "Quyết định", "case_id": work.case}
        day = factories.NOW.date()
        uow.session.add(
            Paper(
                organisation_id=work.office,
                act_date=day,
                signed_document_id=parts[0],
                created_at=factories.NOW,
                **given,
            )
        )
    with pytest.raises(WrongState, match="bản ký"):
        undo_in(work)
    with pytest.raises(WrongState, match="bản ký"):
        work.cut(1, 2, 6)
    assert work.cut(1, 3)[0] == parts[0], "cuts elsewhere are free"


def test_typed_facts_are_a_persons_and_read_ones_the_machines(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        plan = open_plan(uow, work.scan)
        head = Head({**(plan.parts[0].head.values if plan.parts[0].head else {}), "number": "99"}, ("number",))
        plan = save_plan(uow, work.scan, (replace(plan.parts[0], head=head),), revision=plan.revision)
    confirm_split(work.backends, work.officer, work.scan, revision=plan.revision)
    row = work.document(work.scan)
    assert row.set_aside_at is None, "one part of one scan is the scan itself"
    assert row.number == "99"
    assert {fact.name: fact.source for fact in row.facts}["number"] is Source.PERSON


def test_a_typed_date_that_is_none_is_named_with_its_part(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        plan = open_plan(uow, work.scan)
        wrong = Head({"type": "QD", "subject": "", "date": "2026-13-45"}, ("date",))
        plan = save_plan(uow, work.scan, (replace(plan.parts[0], head=wrong),), revision=plan.revision)
    with pytest.raises(Invalid) as refused:
        confirm_split(work.backends, work.officer, work.scan, revision=plan.revision)
    assert list(refused.value.fields) == ["date-1"]


def test_a_plan_that_somebody_else_changed_is_not_confirmed(work: Dossier) -> None:
    work.cut(*CUTS)
    with pytest.raises(Conflict):
        confirm_split(work.backends, work.officer, work.scan, revision=1)


def test_a_plan_without_a_cut_is_not_confirmed(work: Dossier) -> None:
    with pytest.raises(WrongState):
        confirm_split(work.backends, work.officer, work.scan, revision=0)


def test_only_who_edits_documents_of_the_office_may_cut(work: Dossier, backends: Backends) -> None:
    with backends.read() as uow:
        office = uow.session.get_one(Document, work.scan).organisation
    leader = factories.actor_of(backends, office, Role.LEADER)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    for actor, refusal in ((leader, NotAllowed), (stranger, NotFound)):
        with backends.read(actor) as uow, pytest.raises(refusal):
            open_plan(uow, work.scan)
        with backends.begin(actor) as uow, pytest.raises(refusal):
            undo_split(uow, work.scan)


def test_a_part_tells_its_scan_and_the_scan_its_parts(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    with work.backends.read(work.officer) as uow:
        scan, second = uow.session.get_one(Document, work.scan), uow.session.get_one(Document, parts[1])
        assert [row.id for row in parts_of(uow, scan)] == list(parts)
        (origin,) = origins_of(uow, second)
    assert (origin.scan.id, origin.positions) == (work.scan, (3, 4, 5))


def test_what_was_done_is_in_the_history_with_counts(work: Dossier) -> None:
    parts = work.cut(*CUTS)
    undo_in(work)
    with work.backends.read() as uow:
        told = {row.kind: row.detail for row in uow.session.scalars(select(Event).where(Event.object_id == work.scan))}
        made = uow.session.scalars(select(Event.kind).where(Event.object_id == parts[0])).all()
    assert told["document.split"]["parts"] == 3
    assert told["document.split"]["pages"] == 6
    assert told["document.split-undone"]["parts"] == 3
    assert "document.made-by-split" in made


def test_a_draft_waits_for_its_person_until_it_is_confirmed_or_dropped(work: Dossier) -> None:
    def waiting() -> list[int]:
        with work.backends.read(work.officer) as uow:
            return [row.document_id for row in uow.session.scalars(waiting_splits(uow))]

    assert waiting() == []
    with work.backends.begin(work.officer) as uow:
        uow.session.add(
            SplitPlan(document_id=work.scan, state=SplitState.PROPOSED, parts=[], changed_at=factories.NOW, revision=1)
        )
    assert waiting() == [work.scan]
    with work.backends.begin(work.officer) as uow:
        keep_whole(uow, work.scan, revision=1)
    assert waiting() == []
    work.cut(*CUTS)
    assert waiting() == []


def test_a_blank_side_is_hidden_and_still_counted(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        plan = open_plan(uow, work.scan)
        only = plan.parts[0]
        pages = tuple(replace(page, hidden=page.position == 5, sheet=str(page.position)) for page in only.pages)
        save_plan(uow, work.scan, (replace(only, pages=pages),), revision=plan.revision)
    _, second, _ = work.cut(*CUTS)
    rows = work.document(second).pages
    assert [(row.page, row.hidden, row.sheet) for row in rows] == [(3, False, "3"), (4, False, "4"), (5, True, "5")]


def test_undone_hidden_sides_and_typed_sheet_numbers_stay_with_the_pages(work: Dossier) -> None:
    with work.backends.begin(work.officer) as uow:
        plan = open_plan(uow, work.scan)
        pages = tuple(replace(page, hidden=page.position == 5, sheet="12") for page in plan.parts[0].pages)
        typed = tuple(replace(page, typed=True) for page in pages)
        save_plan(uow, work.scan, (replace(plan.parts[0], pages=typed),), revision=plan.revision)
    work.cut(*CUTS)
    undo_in(work)
    rows = work.document(work.scan).pages
    assert {(row.sheet, row.sheet_source) for row in rows} == {("12", Source.PERSON)}
    assert [row.page for row in rows if row.hidden] == [5]


def test_a_scan_that_is_cut_is_not_deleted_under_its_parts(work: Dossier) -> None:
    work.cut(*CUTS)
    with work.backends.begin(work.officer) as uow, pytest.raises(WrongState, match="bỏ tách"):
        documents.delete_document(uow, documents.document(uow, work.scan), reason="thử")


def test_parts_are_compared_with_papers_that_came_otherwise(work: Dossier, bell: Bell) -> None:
    bell.rung.clear()
    work.cut(*CUTS)
    assert (Job.FINISH, work.document(work.scan).stored_file_id) in bell.rung


def test_many_parts_ask_no_more_of_the_database_than_few(work: Dossier) -> None:
    """While a split is written nobody else writes on SQLite: its length must not grow with each question."""
    asked: list[str] = []
    event.listen(
        work.backends.writer,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_rest: asked.append(statement.split()[0]),
    )
    counts = []
    for papers in (3, 30):
        with work.backends.begin(factories.SYSTEM_ACTOR) as uow:
            office = uow.session.get_one(Organisation, work.office)
            scan = scanned(uow, office, PAPERS[0] * papers)
            case = uow.session.get_one(Case, work.case)
            factories.filing(uow, case, scan)
        asked.clear()
        work.cut(*range(1, 2 * papers, 2), scan=scan.id)
        first = len([one for one in asked if one != "INSERT"])
        asked.clear()
        with work.backends.begin(work.officer) as uow:
            undo_split(uow, scan.id)
        counts.append((first, len([one for one in asked if one != "INSERT"])))
    assert counts[0] == counts[1]
