"""Carrying a removal out: nothing that another document needs goes, and nothing that is decided comes back."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.actor import Actor
from app.backends import Backends
from app.errors import StoredBytesLost
from app.models import (
    Document,
    DocumentFact,
    DocumentPage,
    EarlierScan,
    IntakeSource,
    Organisation,
    PageText,
    Reading,
    Removal,
    RemovalReason,
    RemovalState,
    Source,
    SplitPlan,
    StoredFile,
)
from app.services import clearing, intake, removing
from app.services.verify import ORPHAN_AGE, verify
from tests import factories
from tests.conftest import Bell
from tests.running import run_due
from tests.unit.services.test_removing import later, removed, stored


def decided(backends: Backends, officer: Actor, leader: Actor, document_id: int) -> int:
    """A removal that is decided and not carried out."""
    later(backends)
    with backends.begin(officer) as uow:
        asked = removing.ask(uow, document_id, reason=RemovalReason.OTHER, explanation="Xếp nhầm.").id
    with backends.begin(leader) as uow:
        removing.decide(uow, asked, approve=True)
    return asked


def theirs_over(backends: Backends, document_id: int, *, pages: bool) -> int:
    """A document of another organisation that came from the same bytes."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        theirs = factories.document(uow, factories.organisation(uow))
        theirs.stored_file_id = uow.session.get_one(Document, document_id).stored_file_id
        if pages:
            theirs.pages[0].stored_file_id = theirs.stored_file_id
        else:
            uow.session.delete(theirs.pages[0])
        return theirs.id


def has_bytes(backends: Backends, document_id: int) -> bool:
    with backends.read() as uow:
        return backends.store.path(uow.session.get_one(Document, document_id).file.sha256).exists()


def test_another_organisation_keeps_bytes_of_which_no_page_was_read(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    theirs = theirs_over(backends, mine, pages=False)
    removed(backends, bell, officer, leader, mine)
    assert has_bytes(backends, theirs)


def test_bytes_that_another_organisation_brought_meanwhile_stay(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = stored(backends, home, "một", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        part = factories.document(uow, home)
        file = uow.session.get_one(Document, mine).stored_file_id
        part.stored_file_id, part.pages[0].stored_file_id = file, file
        part_id = part.id
    asked = decided(backends, officer, leader, part_id)
    copied, arrived = clearing.copy_of_rest, []

    def slow(*given):  # type: ignore[no-untyped-def]
        arrived.append(theirs_over(backends, mine, pages=True))
        return copied(*given)

    monkeypatch.setattr(clearing, "copy_of_rest", slow)
    clearing.carry_out(backends, asked)
    assert has_bytes(backends, arrived[0])
    assert verify(backends).orphans == 0  # the copy that was made in vain is not left lying
    with backends.read() as uow:
        page = uow.session.scalars(select(DocumentPage).where(DocumentPage.document_id == arrived[0])).one()
        query = select(PageText.text).where(PageText.stored_file_id == page.stored_file_id, PageText.page == page.page)
        assert uow.session.scalars(query).one() == "một"


def test_an_earlier_scan_of_another_organisation_keeps_its_bytes(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        theirs = factories.document(uow, factories.organisation(uow))
        file = uow.session.get_one(Document, mine).stored_file_id
        pages = [{"file": file, "page": 1, "hidden": False, "sheet": ""}]
        uow.session.add(EarlierScan(document_id=theirs.id, stored_file_id=file, pages=pages, replaced_at=factories.NOW))
    removed(backends, bell, officer, leader, mine)
    assert has_bytes(backends, mine)
    with backends.read() as uow:
        assert len(uow.session.scalars(select(EarlierScan)).all()) == 1


def test_what_came_again_while_its_bytes_went_is_a_document_of_its_own(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    with backends.read() as uow:
        sha256 = uow.session.get_one(Document, mine).file.sha256
    content = backends.store.path(sha256).read_bytes()
    asked = decided(backends, officer, leader, mine)
    backends._clock = lambda: factories.NOW + timedelta(days=-3000)  # stored after what the removal calls now
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Removal, asked).decided_at = uow.now
    clearing.carry_out(backends, asked)
    with backends.begin(officer) as uow:
        assert uow.session.get_one(Removal, asked).state is RemovalState.APPROVED
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        again = intake.receive(uow, batch, name="lai.pdf", stored=uow.store.put(io.BytesIO(content))).document_id
    assert again is not None
    clearing.carry_out(backends, asked)
    with backends.read() as uow:
        assert uow.session.get_one(Document, again).removed_at is None
        assert uow.session.get_one(Removal, asked).state is RemovalState.DONE
    assert has_bytes(backends, again)


def test_bytes_stored_again_by_an_upload_that_broke_off_go_after_a_day(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    with backends.read() as uow:
        path = backends.store.path(uow.session.get_one(Document, mine).file.sha256)
    content = path.read_bytes()
    removed(backends, bell, officer, leader, mine)
    backends.store.put(io.BytesIO(content))
    was = backends._clock
    backends._clock = lambda: was() + 2 * ORPHAN_AGE
    assert verify(backends, remove_orphans=True).removed == 1
    assert not path.exists()


def test_who_reads_a_file_while_it_is_removed_writes_nothing(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine = stored(backends, home, "một")
    with backends.read() as uow:
        file = uow.session.get_one(Document, mine).file
    removed(backends, bell, officer, leader, mine)
    with backends.read() as uow:
        assert uow.session.scalars(select(Reading).where(Reading.stored_file_id == file.id)).all() == []
    with pytest.raises(StoredBytesLost):
        backends.store.put_derived(file.sha256, "words", b"secret")
    assert backends.store.derived(file.sha256, "words") is None


def test_the_whole_scan_forgets_what_was_read_from_a_removed_page(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole = stored(backends, home, "một", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row, part = uow.session.get_one(Document, whole), factories.document(uow, home)
        part.stored_file_id, part.parcel_id, row.set_aside_at = row.stored_file_id, whole, uow.now
        part.pages[0].stored_file_id = row.stored_file_id
        row.title = row.subject = "Về việc kín"
        row.facts.append(
            DocumentFact(name="subject", value="Về việc kín", source=Source.PARSER, quote="kín", at=uow.now)
        )
        number = part.id
    removed(backends, bell, officer, leader, number)
    with backends.read() as uow:
        row = uow.session.get_one(Document, whole)
        told = (row.title, row.subject, *(fact.quote + fact.value for fact in row.facts))
    assert "kín" not in " ".join(told)


def test_the_plan_of_a_scan_cut_together_with_a_removed_one_goes(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    first, second = stored(backends, home, "một"), stored(backends, home, "hai", "ba")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.add(SplitPlan(document_id=first, parts=[{"head": "kín"}], changed_at=uow.now))
        uow.session.add(SplitPlan(document_id=second, joined_id=first, changed_at=uow.now))
    removed(backends, bell, officer, leader, second)
    run_due(backends, bell)
    with backends.read() as uow:
        assert uow.session.scalars(select(SplitPlan)).all() == []


def test_other_files_are_not_touched(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    mine, other = stored(backends, home, "một"), stored(backends, home, "hai", "ba")
    removed(backends, bell, officer, leader, mine)
    assert has_bytes(backends, other)
    with backends.read() as uow:
        assert len(uow.session.scalars(select(StoredFile).where(StoredFile.cleared_at.is_(None))).all()) == 1
