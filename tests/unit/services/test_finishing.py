"""Taking over what was read: once, for the documents that wait, and never at the cost of another organisation."""

import io

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.jobs import Job
from app.models import (
    Document,
    DocumentPage,
    Event,
    IntakeSource,
    PageText,
    Quality,
    Reading,
    ReadingState,
    Source,
    TextSource,
)
from app.services import intake, receipts
from app.services.claiming import runner_name
from app.services.document_facts import title_from
from app.services.finishing import OwnReading, apply_facts, body_names, finish_file, judge, known_body
from app.services.reading import survey_file
from app.services.sides import set_sides
from app.services.sweep import due_files, sweep
from app.storage import Stored
from ingestion import ENGINE, Page, Word
from ingestion import Source as TextFrom
from tests import factories
from tests.conftest import Bell


def document_of(backends: Backends, document_id: int) -> Document:
    with backends.read() as uow:
        return uow.session.get_one(Document, document_id)


def events_of(backends: Backends, document_id: int) -> list[str]:
    with backends.read() as uow:
        rows = uow.session.query(Event).filter(Event.object_kind == "document", Event.object_id == document_id)
        return [row.kind for row in rows]


def test_finishing_a_file_again_changes_nothing(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), quality=None)
        document.file.finished_engine = None
    finish_file(backends, document.stored_file_id)
    once, told = document_of(backends, document.id), events_of(backends, document.id)
    finish_file(backends, document.stored_file_id)
    again = document_of(backends, document.id)
    assert (again.revision, again.quality) == (once.revision, once.quality)
    assert events_of(backends, document.id) == told == ["document.read"]


def test_the_same_bytes_in_another_organisation_leave_no_trace_in_the_first(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        first = factories.document(uow, factories.organisation(uow))
        other = factories.organisation(uow)
        sha256, size = first.file.sha256, first.file.size
    revision, told = document_of(backends, first.id).revision, events_of(backends, first.id)
    officer = factories.actor_of(backends, other, Role.RECORDS_OFFICER)
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        arrived = intake.receive(uow, batch, name="ban-sao.pdf", stored=Stored(sha256, size))
    finish_file(backends, first.stored_file_id)
    assert arrived.document_id is not None
    assert document_of(backends, arrived.document_id).quality is not None
    assert document_of(backends, first.id).revision == revision
    assert events_of(backends, first.id) == told


def test_a_slice_whose_lease_ran_out_is_taken_back_although_its_process_lives(backends: Backends) -> None:
    """The process of a worker outlives a job that failed in an unforeseen way."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, factories.organisation(uow), quality=None)
        reading = next(row for row in document.file.readings if row.first == 1)
        reading.state, reading.runner, reading.tries = ReadingState.RUNNING, runner_name(), 1
        reading.lease_until = factories.NOW.replace(year=2025)
    assert sweep(backends).taken_back == 1
    with backends.read() as uow:
        assert uow.session.get_one(Reading, reading.id).state is ReadingState.DUE


def test_a_file_whose_bytes_are_gone_is_failed_with_that_reason(backends: Backends, bell: Bell) -> None:
    officer = _officer(backends)
    stored = backends.store.put(io.BytesIO(b"Mot trang chu."))
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        arrived = intake.receive(uow, batch, name="mat.txt", stored=stored)
    backends.store.path(stored.sha256).unlink()
    survey_file(backends, arrived.stored_file_id or 0)
    finish_file(backends, arrived.stored_file_id or 0)
    with backends.read(officer) as uow:
        row = uow.session.get_one(type(arrived), arrived.id)
        assert receipts.failure_of(row)[0] == "store-bytes-lost"
    assert (Job.FINISH, arrived.stored_file_id) in bell.rung


def test_what_cannot_be_kept_of_a_slice_is_tried_again_and_then_failed_visibly(backends: Backends) -> None:
    """The derived files cannot be written: a directory stands where the words should go."""
    officer = _officer(backends)
    stored = backends.store.put(io.BytesIO("Một trang chữ có dấu.".encode()))
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        arrived = intake.receive(uow, batch, name="chu.txt", stored=stored)
        file_id = arrived.stored_file_id or 0
    backends.store.put_derived(stored.sha256, f"{ENGINE}/words-1.json.gz/stands-in-the-way", b"x")
    for _ in range(3):
        survey_file(backends, file_id)
    with backends.read() as uow:
        row = uow.session.query(Reading).one()
        assert (row.state, row.error_code) == (ReadingState.FAILED, "read-crashed")


def _officer(backends: Backends) -> Actor:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
    return factories.actor_of(backends, office, Role.RECORDS_OFFICER)


def test_a_body_read_in_capitals_is_the_organisation_of_that_name(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.organisation(uow, name="Công an phường Mẫu 1")
        bodies = body_names(uow)
        assert known_body("CÔNG AN PHƯỜNG MẪU 1", bodies) == "Công an phường Mẫu 1"
        assert known_body("SỞ Y TẾ TỈNH MẪU", bodies) == "SỞ Y TẾ TỈNH MẪU"
        assert known_body("Công An Phường Mẫu 1", bodies) == "Công An Phường Mẫu 1"


def test_a_part_of_a_scan_is_judged_by_its_own_pages(backends: Backends) -> None:
    """One weak page and one good page in one file: two parts, each with the quality and facts of its own."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        whole = factories.document(uow, factories.organisation(uow), NOTICE, LETTER)
        texts = {row.page: row for row in uow.session.query(PageText)}
        texts[2].source, texts[2].confidence = TextSource.OCR, 0.4
        parts = [_part(uow, whole, page) for page in (1, 2)]
    finish_file(backends, whole.stored_file_id)
    good, weak = (document_of(backends, part.id) for part in parts)
    assert (good.quality, good.number, good.symbol) == (Quality.TEXT, "15", "QĐ-UBND")
    assert (weak.quality, weak.number, weak.symbol) == (Quality.WEAK, "16", "CV-UBND")
    with backends.read() as uow:
        evidence = uow.session.get_one(Document, weak.id).facts
        assert {fact.page for fact in evidence if fact.page} == {1}


def test_a_document_with_pages_of_two_files_waits_for_both(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        first, second = factories.document(uow, office, NOTICE), factories.document(uow, office, "Trang hai.")
        merged = _part(uow, first, 1)
        merged.pages.append(DocumentPage(position=2, stored_file_id=second.stored_file_id, page=1))
        second.file.finished_engine = None
        second.file.readings[1].state = ReadingState.DUE
    finish_file(backends, first.stored_file_id)
    assert document_of(backends, merged.id).quality is None
    with backends.read() as uow:
        assert first.stored_file_id not in set(uow.session.scalars(due_files()))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Reading, second.file.readings[1].id).state = ReadingState.DONE
    finish_file(backends, second.stored_file_id)
    assert document_of(backends, merged.id).quality is Quality.TEXT


def test_what_was_read_by_an_earlier_engine_counts_as_read(backends: Backends) -> None:
    """After an upgrade nothing is read again by itself, and who brings the same bytes gets what is known of them."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        known = factories.document(uow, factories.organisation(uow), NOTICE)
        known.file.finished_engine = "2026.1"
        for row in (*known.file.readings, *uow.session.query(PageText)):
            row.engine = "2026.1"
        other = factories.organisation(uow)
        same = Stored(known.file.sha256, known.file.size)
    officer = factories.actor_of(backends, other, Role.RECORDS_OFFICER)
    with backends.begin(officer) as uow:
        arrived = intake.receive(uow, intake.open_batch(uow, source=IntakeSource.BROWSER), name="lai.pdf", stored=same)
    finish_file(backends, known.stored_file_id)
    taken = document_of(backends, arrived.document_id or 0)
    assert (taken.quality, taken.number) == (Quality.TEXT, "15")
    with backends.read() as uow:
        assert {row.engine for row in uow.session.query(Reading)} == {"2026.1"}
        assert list(uow.session.scalars(due_files())) == []


def test_only_the_part_that_lost_a_page_is_marked_as_failed(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        whole = factories.document(uow, factories.organisation(uow), NOTICE, LETTER)
        uow.session.query(PageText).filter(PageText.page == 2).delete()
        lost = next(row for row in whole.file.readings if row.first == 1)
        lost.last = 1
        whole.file.readings.append(
            Reading(engine=ENGINE, first=2, last=2, state=ReadingState.FAILED, error_code="read-timeout")
        )
        parts = [_part(uow, whole, page) for page in (1, 2)]
    finish_file(backends, whole.stored_file_id)
    states = [(d.quality, d.failure_code) for d in (document_of(backends, part.id) for part in parts)]
    assert states == [(Quality.TEXT, None), (Quality.UNREAD, "read-timeout")]


NOTICE = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n"
LETTER = "UBND PHƯỜNG MẪU\nSố: 16/CV-UBND\n\nCÔNG VĂN\nVề việc gửi danh sách người sau cai\n"


def _part(uow: UnitOfWork, whole: Document, page: int) -> Document:
    part = Document(
        organisation_id=whole.organisation_id,
        stored_file_id=whole.stored_file_id,
        file_name=whole.file_name,
        parcel_id=whole.id,
        created_at=factories.NOW,
    )
    part.pages.append(DocumentPage(position=1, stored_file_id=whole.stored_file_id, page=page))
    uow.session.add(part)
    uow.session.flush()
    return part


def test_numbers_stamped_on_sheets_are_kept_and_a_typed_one_stays(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(
            uow, factories.organisation(uow), f"BL: 12\n{NOTICE}", "BL: 13\nTrang hai", quality=None
        )
        row.pages[1].sheet, row.pages[1].sheet_source = "14", Source.PERSON
        for text in uow.session.query(PageText):
            number = "12" if text.page == 1 else "13"
            box = [500.0, 20.0, 560.0, 40.0]
            text.regions = [{"kind": "sheet-number", "box": box, "score": 0.9, "value": number}]
    finish_file(backends, row.stored_file_id)
    with backends.read() as uow:
        pages = uow.session.get_one(Document, row.id).pages
        assert [(page.sheet, page.sheet_source) for page in pages] == [("12", Source.PARSER), ("14", Source.PERSON)]


def test_sides_are_believed_until_a_person_says_them(backends: Backends) -> None:
    """Blank sides at even places: printed on both sides. Page numbers 1, 3, 2, 4 ...: fronts and backs came apart."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        blank = factories.document(uow, office, "một", "", "ba", "", quality=None)
        mixed = factories.document(uow, office, *(f"Trang\n{n}" for n in (1, 3, 5, 2, 4, 6)), quality=None)
        for text in uow.session.query(PageText):
            text.blank = not text.text
            text.running = text.text.find("\n") + 1 if "\n" in text.text else None
    for row in (blank, mixed):
        finish_file(backends, row.stored_file_id)
    read = document_of(backends, blank.id)
    assert (read.two_sided, "DUPLEX_ORDER" in read.fact_flags) == (True, False)
    assert "DUPLEX_ORDER" in document_of(backends, mixed.id).fact_flags
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Document, blank.id)
        set_sides(uow, row, two_sided=False)
        row.quality = None
    finish_file(backends, blank.stored_file_id)
    assert document_of(backends, blank.id).two_sided is False


def weak_scan(confidence: float) -> OwnReading:
    """A scan whose subject line was recognised with this confidence and everything else perfectly."""
    lines = ("UBND PHƯỜNG MẪU", "Số: 15/QĐ-UBND", "QUYẾT ĐỊNH", "Về việc quẫn lỹ sau cal nghlện")
    text = "\n".join(lines)
    sure = [confidence if line is lines[-1] else 1.0 for line in lines for _ in line.split()]
    words = tuple(Word(word, (0.0, 0.0, 1.0, 1.0), one) for word, one in zip(text.split(), sure, strict=True))
    return OwnReading((Page(1, 595.0, 842.0, TextFrom.OCR, 0.85, text, words),), None)


def test_words_recognised_badly_are_no_title(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, factories.organisation(uow), title="scan0001.pdf", file_name="scan0001.pdf")
        well, badly = judge(weak_scan(0.97)), judge(weak_scan(0.8))
        apply_facts(uow, row, well.facts, legible=well.legible)
        assert row.title == title_from(row.type, row.subject)
        apply_facts(uow, row, badly.facts, legible=badly.legible)
        assert row.title == "scan0001.pdf"
        assert row.subject.endswith("quẫn lỹ sau cal nghlện")  # still found, and still to be corrected
        next(fact for fact in row.facts if fact.name == "subject").source = Source.PERSON
        apply_facts(uow, row, badly.facts, legible=badly.legible)
        assert row.title == title_from(row.type, row.subject)
