"""Reading in slices: what is read of a long scan is found while the rest is read, page by page, and once."""

from app.actor import Actor, Role
from app.backends import Backends
from app.jobs import ALL, Job
from app.models import Document, Outcome, PageText, Reading, StoredFile
from app.services import reading as reading_service
from app.services.claiming import Claim
from app.services.documents import stage_of
from app.services.indexing import index_due
from app.services.searching import Query, search
from ingestion import ENGINE, Page, Source
from tests import factories
from tests.conftest import Bell


def test_pages_of_a_long_scan_are_found_while_the_rest_is_read(backends: Backends, bell: Bell) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        document = factories.document(uow, office, "trang nhất có chữ hoàng hôn", "hai", "ba", quality=None)
        file = document.file
        file.finished_engine = None
        file.readings[1].last = 1
        file.readings += [Reading(engine=ENGINE, first=n, last=n) for n in (2, 3)]
        uow.session.query(PageText).filter(PageText.page > 1).delete()
    officer = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    index_due(backends)
    assert _found(backends, officer, "hoàng hôn") == []
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        reading_service._show_part(uow, uow.session.get_one(StoredFile, file.id))
    assert (Job.INDEX, ALL) in bell.rung
    index_due(backends)
    assert _found(backends, officer, "hoàng hôn") == [(document.id, ("reading",))]
    with backends.read() as uow:
        row = uow.session.get_one(Document, document.id)
        assert (row.quality, stage_of(row)) == (None, Outcome.WAITING)


def test_a_page_read_anew_takes_the_place_of_that_page_alone(backends: Backends) -> None:
    """The newer engine gave one page of two: the other keeps the text it had."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), "một cũ", "hai cũ")
        for row in uow.session.query(PageText):
            row.engine = "2026.1"
        claim = Claim(1, document.stored_file_id, document.file.sha256, 1, 2, 1)
        page = Page(1, 595.0, 842.0, Source.TEXT, None, "một mới")
        reading_service._write_pages(uow, claim, [page])
        uow.session.flush()
        kept = {(row.page, row.engine): (row.text, row.current) for row in uow.session.query(PageText)}
    assert kept == {
        (1, "2026.1"): ("một cũ", False),
        (1, ENGINE): ("một mới", True),
        (2, "2026.1"): ("hai cũ", True),
    }


def _found(backends: Backends, actor: Actor, text: str) -> list[tuple[int, tuple[str, ...]]]:
    with backends.read(actor) as uow:
        return [(hit.document, hit.badges) for hit in search(uow, Query(text)).hits]
