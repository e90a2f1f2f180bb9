"""The index follows the records: names under which a person is known, deletion at any moment, a restored database."""

from sqlalchemy import update

from app.actor import OPERATOR
from app.backends import Backends
from app.models import Document, PersonName, Quality
from app.services.documents import delete_document
from app.services.indexing import AuditReport, audit, behind, index_due
from app.services.reading import documents_over
from app.services.searching import Query, search
from indexer.folding import fold
from tests import factories
from tests.running import is_quiet


def found(backends: Backends, text: str) -> list[int]:
    with backends.read(OPERATOR) as uow:
        return [hit.document for hit in search(uow, Query(text)).hits]


def held(backends: Backends) -> dict[int, int]:
    return dict(backends.search.revisions())


def test_a_document_is_found_by_another_name_of_its_person(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        person = factories.person(uow, office, full_name="Nguyễn Văn Thử")
        person.names.append(PersonName(name="Tư Lùn Giả Định", folded_name=fold("Tư Lùn Giả Định")))
        document = factories.document(uow, office)
        factories.filing(uow, factories.case(uow, person), document)
    index_due(backends)
    assert found(backends, "tư lùn giả định") == [document.id]
    assert found(backends, "tu lun gia dinh") == [document.id]
    with backends.read(OPERATOR) as uow:
        assert search(uow, Query("tư lùn giả định")).hits[0].persons == ((person.id, "Nguyễn Văn Thử"),)


def test_a_document_deleted_while_it_is_read_again_leaves_the_index(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow))
    index_due(backends)
    assert document.id in held(backends)
    with backends.begin(OPERATOR) as uow:
        row = uow.session.get_one(Document, document.id)
        row.quality = None
        delete_document(uow, row, reason="trùng")
    index_due(backends)
    assert held(backends) == {}
    with backends.read() as uow:
        assert behind(uow) == 0
        assert not uow.session.get_one(Document, document.id).access_pending


def test_a_document_deleted_before_it_was_ever_read_is_not_waited_for(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), quality=None)
    with backends.begin(OPERATOR) as uow:
        delete_document(uow, uow.session.get_one(Document, document.id), reason="trùng")
    index_due(backends)
    with backends.read() as uow:
        assert is_quiet(uow)


def test_a_document_that_is_read_again_stays_found_until_it_was(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), "giấy chứng nhận thử")
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for row in documents_over(uow, document.stored_file_id):
            row.quality = None
            row.touch()
    assert audit(backends) == AuditReport(stray=0, missing=0, stale=0)
    assert found(backends, "giấy chứng nhận") == [document.id]


def test_an_index_newer_than_a_restored_database_is_repaired_for_good(backends: Backends) -> None:
    """The index refuses older revisions: what it holds must be passed, not only counted up by one."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), "chữ cũ", revision=40)
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.execute(update(Document).values(revision=3, indexed_revision=3, title="Tên từ bản sao lưu"))
    assert audit(backends).stale == 1
    assert audit(backends) == AuditReport(stray=0, missing=0, stale=0)
    assert found(backends, "tên từ bản sao lưu") == [document.id]


def test_a_document_unread_is_found_by_its_file_name(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        values = {"quality": Quality.UNREAD, "failure_code": "file-damaged", "file_name": "don-hong-thu.pdf"}
        document = factories.document(uow, factories.organisation(uow), **values)
    index_due(backends)
    assert found(backends, "don-hong-thu") == [document.id]
