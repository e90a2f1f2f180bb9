"""A better scan takes the place of the old one in the same document, on a person's word, and can be undone."""

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import Invalid, NotAllowed, NotFound, WrongState
from app.models import Document, DocumentFact, Intake, Organisation, Outcome, Quality, Source, StoredFile
from app.services import documents, receipts, rescans
from app.services.finishing import finish_file
from app.services.indexing import index_due
from app.services.searching import Query, search
from app.storage import Stored
from tests import factories

OLD = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý mờ nhòe\n"
NEW = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện\n"


@pytest.fixture
def old(backends: Backends, office: Organisation) -> Document:
    """A weak scan of two pages, filed to a case, with a sheet number and a fact that a person typed."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.merge(office)
        row = factories.document(uow, home, OLD, "mặt sau", quality="weak")
        row.pages[0].sheet, row.pages[0].sheet_source = "17", Source.PERSON
        row.facts.append(DocumentFact(name="body", value="UBND", source=Source.PERSON, at=factories.NOW))
        row.body = "Ủy ban nhân dân phường Mẫu"
        factories.filing(uow, factories.case(uow, factories.person(uow, home)), row)
    index_due(backends)
    return row


def better(backends: Backends, *texts: str) -> Stored:
    """The bytes of a better scan, read already somewhere else."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.document(uow, factories.organisation(uow), *texts)
        return Stored(elsewhere.file.sha256, elsewhere.file.size)


def offered(backends: Backends, officer: Actor, document: Document, stored: Stored) -> Document:
    with backends.begin(officer) as uow:
        row = rescans.offer(uow, uow.session.get_one(Document, document.id), name="ro-hon.pdf", stored=stored)
    finish_file(backends, row.stored_file_id)
    index_due(backends)
    return row


def found(backends: Backends, officer: Actor, text: str) -> list[int]:
    with backends.read(officer) as uow:
        return [hit.document for hit in search(uow, Query(text)).hits]


def test_a_waiting_scan_is_no_paper_of_its_own(backends: Backends, officer: Actor, old: Document) -> None:
    offered(backends, officer, old, better(backends, NEW))
    assert found(backends, officer, '"sau cai nghiện"') == []
    with backends.read(officer) as uow:
        assert [row.id for row in documents.documents(uow).items] == [old.id]


def test_the_better_scan_takes_the_place_and_all_else_stays(backends: Backends, officer: Actor, old: Document) -> None:
    candidate = offered(backends, officer, old, better(backends, NEW))
    with backends.begin(officer) as uow:
        rescans.replace(uow, old.id, reason="Bản cũ mờ")
    finish_file(backends, candidate.stored_file_id)
    index_due(backends)
    assert found(backends, officer, '"sau cai nghiện"') == [old.id]
    assert found(backends, officer, '"mờ nhòe"') == []
    with backends.read(officer) as uow:
        row = documents.document(uow, old.id)
        assert [(page.stored_file_id, page.page, page.sheet) for page in row.pages] == [
            (candidate.stored_file_id, 1, "17")
        ]
        assert (row.quality, row.body) == (Quality.TEXT, "Ủy ban nhân dân phường Mẫu")
        assert row.subject.endswith("sau cai nghiện")
        assert len(documents.describe(uow, row).cases) == 1
        assert [len(scan.pages) for scan in rescans.earlier_scans(uow, row)] == [2]
        arrival = uow.session.query(Intake).filter_by(document_id=old.id).one()
        assert receipts.outcome_of(arrival) is Outcome.SEARCHABLE
        assert rescans.waiting(uow, row) is None


def test_the_old_scan_is_put_back_with_its_pages(backends: Backends, officer: Actor, old: Document) -> None:
    offered(backends, officer, old, better(backends, NEW))
    with backends.begin(officer) as uow:
        rescans.replace(uow, old.id, reason="")
        scan = rescans.earlier_scans(uow, uow.session.get_one(Document, old.id))[0]
        rescans.put_back(uow, old.id, scan.id, reason="Bản mới thiếu mặt sau")
    finish_file(backends, old.stored_file_id)
    with backends.read(officer) as uow:
        row = documents.document(uow, old.id)
        assert [(page.stored_file_id, page.page, page.sheet) for page in row.pages] == [
            (old.stored_file_id, 1, "17"),
            (old.stored_file_id, 2, ""),
        ]
        assert [len(scan.pages) for scan in rescans.earlier_scans(uow, row)] == [1]


def test_a_scan_that_is_not_read_yet_cannot_take_the_place(backends: Backends, officer: Actor, old: Document) -> None:
    stored = better(backends, NEW)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(StoredFile).filter_by(sha256=stored.sha256).one().finished_engine = None
    with backends.begin(officer) as uow:
        rescans.offer(uow, uow.session.get_one(Document, old.id), name="x.pdf", stored=stored)
        with pytest.raises(WrongState):
            rescans.replace(uow, old.id, reason="")
        with pytest.raises(WrongState):
            rescans.offer(uow, uow.session.get_one(Document, old.id), name="y.pdf", stored=Stored("f" * 64, 1))


def test_a_scan_that_could_not_be_read_does_not_take_the_place_of_text(
    backends: Backends, officer: Actor, old: Document
) -> None:
    candidate = offered(backends, officer, old, better(backends, NEW))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, candidate.id)
        row.quality, row.failure_code = Quality.UNREAD, "read-crashed"
    with backends.begin(officer) as uow, pytest.raises(WrongState):
        rescans.replace(uow, old.id, reason="")


def test_a_dropped_scan_counts_as_removed_and_changes_nothing(
    backends: Backends, officer: Actor, old: Document
) -> None:
    candidate = offered(backends, officer, old, better(backends, NEW))
    with backends.begin(officer) as uow:
        rescans.drop(uow, old.id)
    with backends.read(officer) as uow:
        arrival = uow.session.query(Intake).filter_by(document_id=candidate.id).one()
        assert receipts.outcome_of(arrival) is Outcome.REMOVED
        assert len(documents.document(uow, old.id).pages) == 2


def test_the_bytes_in_use_are_no_better_scan(backends: Backends, officer: Actor, old: Document) -> None:
    with backends.begin(officer) as uow:
        row = uow.session.get_one(Document, old.id)
        same = Stored(row.file.sha256, row.file.size)
        with pytest.raises(Invalid):
            rescans.offer(uow, row, name="x.pdf", stored=same)


def test_scans_of_another_organisation_are_not_to_be_replaced(backends: Backends, old: Document) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    with backends.begin(stranger) as uow, pytest.raises(NotFound):
        rescans.replace(uow, old.id, reason="")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.get_one(Organisation, old.organisation_id)
    leader = factories.actor_of(backends, home, Role.LEADER)
    with backends.begin(leader) as uow, pytest.raises(NotAllowed):
        rescans.replace(uow, old.id, reason="")


def test_the_document_bears_the_name_of_the_scan_in_use_and_its_history_has_both(
    backends: Backends, officer: Actor, old: Document
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, old.id)
        row.file_name = row.title = "quetmomay.pdf"
        row.touch()
    candidate = offered(backends, officer, old, better(backends, "Trang không có trích yếu."))
    with backends.begin(officer) as uow:
        rescans.replace(uow, old.id, reason="")
    finish_file(backends, candidate.stored_file_id)
    index_due(backends)
    with backends.read(officer) as uow:
        row = documents.document(uow, old.id)
        assert (row.file_name, row.title) == ("ro-hon.pdf", "ro-hon.pdf")
        assert set(rescans.scan_names(uow, row).values()) == {"quetmomay.pdf", "ro-hon.pdf"}
        scan_id = rescans.earlier_scans(uow, row)[0].id
    assert found(backends, officer, "ro-hon.pdf") == [old.id]
    assert found(backends, officer, "quetmomay") == []
    with backends.begin(officer) as uow:
        rescans.put_back(uow, old.id, scan_id, reason="")
    finish_file(backends, old.stored_file_id)
    index_due(backends)
    with backends.read(officer) as uow:
        row = documents.document(uow, old.id)
        assert row.file_name == "quetmomay.pdf"
        assert row.title == f"Quyết định {row.subject[0].lower()}{row.subject[1:]}"
        assert [scan.file_name for scan in rescans.earlier_scans(uow, row)] == ["ro-hon.pdf"]
    assert found(backends, officer, "quetmomay") == [old.id]


def test_a_title_that_a_person_typed_outlives_the_file_it_was_read_from(
    backends: Backends, officer: Actor, old: Document
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, old.id)
        row.title = row.file_name
        row.facts.append(DocumentFact(name="title", value=row.title, source=Source.PERSON, at=factories.NOW))
    offered(backends, officer, old, better(backends, NEW))
    with backends.begin(officer) as uow:
        assert rescans.replace(uow, old.id, reason="").title == old.file_name
