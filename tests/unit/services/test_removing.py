"""Taking out: closed at once, decided by two persons, content gone everywhere, a trace stays, other papers stay."""

import io
from datetime import UTC, datetime, timedelta

import pypdfium2 as pdfium
import pytest
from sqlalchemy import select

from app.actor import Actor
from app.backends import Backends
from app.errors import Invalid, NotAllowed, NotFound, WrongState
from app.models import (
    Document,
    Event,
    Intake,
    IntakeSource,
    Organisation,
    Outcome,
    PageText,
    Removal,
    RemovalReason,
    RemovalState,
    StoredFile,
)
from app.services import intake, quarantine, receipts, removing
from app.services.access import scope_of, visible_documents
from app.services.clearing import TRACE, carry_out
from app.services.quarantine import SECRET_MARK
from app.services.verify import verify
from ingestion import Page, Source
from tests import factories
from tests.conftest import Bell
from tests.running import run_due

WHY = "Phiếu kết quả của người khác, xếp nhầm."


def printed(*texts: str) -> bytes:
    """A PDF with a page for each size; its text is given to the records by the test."""
    made = pdfium.PdfDocument.new()
    for number, _ in enumerate(texts):
        made.new_page(400 + number, 600)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def stored(backends: Backends, home: Organisation, *texts: str) -> int:
    """A document with real bytes of as many pages, read as these texts and indexed."""
    kept = backends.store.put(io.BytesIO(printed(*texts)))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, home, *texts)
        file = uow.session.get_one(StoredFile, document.stored_file_id)
        file.sha256, file.size = kept.sha256, kept.size
        backends.store.put_derived(kept.sha256, "thumb", b"picture")
        return document.id


def later(backends: Backends) -> None:
    """Move the clock past the moment in which the test stored its bytes."""
    backends._clock = lambda: datetime.now(UTC) + timedelta(minutes=5)


def removed(backends: Backends, bell: Bell, officer: Actor, leader: Actor, document_id: int) -> int:
    """Ask and decide as two persons, and let the workers do the rest; the id of the removal."""
    later(backends)
    with backends.begin(officer) as uow:
        asked = removing.ask(uow, document_id, reason=RemovalReason.OTHER_PERSON, explanation=WHY).id
    with backends.begin(leader) as uow:
        removing.decide(uow, asked, approve=True)
    run_due(backends, bell)
    return asked


def sees(backends: Backends, actor: Actor, document_id: int) -> bool:
    with backends.read(actor) as uow:
        visible = visible_documents(scope_of(uow))
        return uow.session.scalar(select(Document.id).where(Document.id == document_id, visible)) is not None


def test_a_document_is_closed_to_everybody_as_soon_as_its_removal_is_asked_for(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    with backends.begin(officer) as uow:
        removing.ask(uow, number, reason=RemovalReason.OTHER_PERSON, explanation=WHY)
    assert not sees(backends, officer, number)
    assert not sees(backends, leader, number)


def test_who_asked_does_not_decide(backends: Backends, home: Organisation, officer: Actor, leader: Actor) -> None:
    number = stored(backends, home, "một")
    with backends.begin(officer) as uow:
        asked = removing.ask(uow, number, reason=RemovalReason.OTHER, explanation=WHY)
        asked_id = asked.id
    with pytest.raises(NotAllowed), backends.begin(officer) as uow:
        removing.decide(uow, asked_id, approve=True)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        removal = uow.session.get_one(type(asked), asked_id)
        removal.asked_by = leader.user_id
    with pytest.raises(NotAllowed), backends.begin(leader) as uow:
        removing.decide(uow, asked_id, approve=True)


def test_nothing_is_asked_or_refused_without_a_reason(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    with pytest.raises(Invalid), backends.begin(officer) as uow:
        removing.ask(uow, number, reason=RemovalReason.OTHER, explanation="  ")
    with backends.begin(officer) as uow:
        asked = removing.ask(uow, number, reason=RemovalReason.OTHER, explanation=WHY).id
    with pytest.raises(Invalid), backends.begin(leader) as uow:
        removing.decide(uow, asked, approve=False)


def test_a_refused_removal_opens_the_document_again(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    with backends.begin(officer) as uow:
        asked = removing.ask(uow, number, reason=RemovalReason.OTHER, explanation=WHY).id
    with backends.begin(leader) as uow:
        removing.decide(uow, asked, approve=False, remarks="Đúng là của người này.")
    assert sees(backends, officer, number)
    with pytest.raises(WrongState), backends.begin(leader) as uow:
        removing.decide(uow, asked, approve=True)


def test_a_removal_leaves_no_bytes_no_text_no_pictures_and_a_trace(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "Kết quả HIV dương tính")
    with backends.read() as uow:
        sha256 = uow.session.get_one(Document, number).file.sha256
    run_due(backends, bell)
    asked = removed(backends, bell, officer, leader, number)
    assert not backends.store.path(sha256).exists()
    assert backends.store.derived(sha256, "thumb") is None
    with backends.read() as uow:
        trace = uow.session.get_one(Document, number)
        assert (trace.title, trace.file_name, trace.pages, trace.facts) == (TRACE, TRACE, [], [])
        assert uow.session.scalars(select(PageText)).all() == []
        removal = uow.session.get_one(Removal, asked)
        assert (removal.state, removal.asked_by, removal.decided_by) == (
            RemovalState.DONE,
            officer.user_id,
            leader.user_id,
        )
        kinds = set(uow.session.scalars(select(Event.kind).where(Event.object_id == number)))
    assert {"removal.asked", "removal.approved", "document.removed", "removal.done"} <= kinds
    assert number not in dict(backends.search.revisions())
    assert verify(backends).damaged == ()


def test_other_papers_of_the_same_scan_stay_with_their_text(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole = stored(backends, home, "một", "hai", "ba")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        file_id = uow.session.get_one(Document, whole).stored_file_id
        old = uow.session.get_one(StoredFile, file_id).sha256
        parts = []
        for number in (1, 2, 3):
            part = factories.document(uow, home)
            (page,) = part.pages
            part.stored_file_id, part.parcel_id = file_id, whole
            page.stored_file_id, page.page = file_id, number
            uow.session.flush()
            parts.append(part.id)
    removed(backends, bell, officer, leader, parts[1])
    with backends.read() as uow:
        first, gone, last, rest = (uow.session.get_one(Document, n) for n in (*parts, whole))
        assert gone.removed_at is not None
        assert [page.page for page in rest.pages] == [1, 2]
        texts = {}
        for document in (first, last):
            (page,) = document.pages
            texts[document.id] = uow.session.scalars(
                select(PageText.text).where(
                    PageText.stored_file_id == page.stored_file_id, PageText.page == page.page, PageText.current
                )
            ).one()
        new = first.file.sha256
    assert list(texts.values()) == ["một", "ba"]
    assert not backends.store.path(old).exists()
    copy = pdfium.PdfDocument(str(backends.store.path(new)))
    assert [round(page.get_width()) for page in copy] == [400, 402]


def test_another_organisation_keeps_its_own_document_over_the_same_bytes(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
        theirs = factories.document(uow, elsewhere)
        theirs.stored_file_id = uow.session.get_one(Document, mine).stored_file_id
        theirs.pages[0].stored_file_id = theirs.stored_file_id
        number = theirs.id
    removed(backends, bell, officer, leader, mine)
    with backends.read() as uow:
        assert uow.session.get_one(Document, mine).removed_at is not None
        kept = uow.session.get_one(Document, number)
        assert kept.removed_at is None
        assert backends.store.path(kept.file.sha256).exists()


def test_carrying_out_twice_changes_nothing(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    asked = removed(backends, bell, officer, leader, number)
    carry_out(backends, asked)
    with backends.read() as uow:
        gone = [event for event in uow.session.scalars(select(Event)) if event.kind == "document.removed"]
    assert len(gone) == 1


def test_the_receipt_counts_what_was_removed_and_forgets_its_name(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        kept = uow.store.put(io.BytesIO("Kết quả của người khác".encode()))
        item = intake.receive(uow, batch, name="ket-qua-nguyen-van-thu.txt", stored=kept)
        number, item_id, batch_id = item.document_id, item.id, batch.id
    assert number is not None
    run_due(backends, bell)
    removed(backends, bell, officer, leader, number)
    with backends.read(officer) as uow:
        assert uow.session.get_one(Intake, item_id).name == TRACE
        found = receipts.batch(uow, batch_id)
        counts = receipts.receipt(found)
        assert receipts.outcome_of(found.items[0]) is Outcome.REMOVED
    assert (counts.received, counts.removed) == (1, 1)


def test_a_marked_page_closes_its_document_before_it_can_be_found(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        file_id = uow.session.get_one(Document, number).stored_file_id
        text = "TUYỆT MẬT\nỦY BAN NHÂN DÂN TỈNH MẪU\nSố: 05/BC-UBND\nBÁO CÁO\nVề việc thử"
        page = Page(1, 595.0, 842.0, Source.TEXT, None, text)
        assert quarantine.quarantine_if_secret(uow, file_id, (page,))
    assert not sees(backends, officer, number)
    run_due(backends, bell)
    assert number not in dict(backends.search.revisions())
    with backends.read(officer) as uow:
        (closed,) = removing.closed_documents(uow).items
    assert closed.document.quarantine_code == SECRET_MARK
    with pytest.raises(NotFound), backends.begin(officer) as uow:
        quarantine.quarantined(uow, number + 1)
    with backends.begin(leader) as uow:
        quarantine.release(uow, number, reason="Đã đối chiếu bản giấy.")
        assert not quarantine.quarantine_if_secret(uow, file_id, (page,))
    assert sees(backends, officer, number)
