"""Reading again: only when asked, with the engine of now; the text that there is stays until a new one is there."""

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import NotAllowed, WrongState
from app.jobs import Job
from app.models import (
    Document,
    DocumentFact,
    Organisation,
    PageText,
    Quality,
    Reading,
    ReadingState,
    Source,
    StoredFile,
)
from app.services import rereading
from app.services.finishing import finish_file
from app.services.sweep import sweep
from ingestion import ENGINE
from tests import factories
from tests.conftest import Bell
from tests.running import is_quiet

NOTICE = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n"
OLD = "2026.1"


@pytest.fixture
def office(backends: Backends) -> Organisation:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        return factories.organisation(uow)


@pytest.fixture
def officer(backends: Backends, office: Organisation) -> Actor:
    return factories.actor_of(backends, office, Role.RECORDS_OFFICER)


def read_before(backends: Backends, office: Organisation, *texts: str) -> Document:
    """A document that the engine before this one read."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, uow.session.merge(office), *texts)
        row.file.finished_engine = OLD
        for part in (*row.file.readings, *uow.session.query(PageText).filter_by(stored_file_id=row.stored_file_id)):
            part.engine = OLD
        return row


def test_after_an_upgrade_nothing_is_read_again_by_itself(backends: Backends, bell: Bell, office: Organisation) -> None:
    read_before(backends, office, NOTICE)
    report = sweep(backends)
    assert (report.readings, report.files) == (0, 0)
    assert not [job for job, _ in bell.rung if job in (Job.SURVEY, Job.READ)]


def test_what_an_earlier_version_had_not_finished_is_read_with_this_one(
    backends: Backends, office: Organisation
) -> None:
    row = read_before(backends, office, NOTICE)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        file = uow.session.get_one(StoredFile, row.stored_file_id)
        file.finished_engine, file.readings[1].state = None, ReadingState.DUE
    assert sweep(backends).readings == 1
    with backends.read() as uow:
        due = uow.session.query(Reading).filter(Reading.engine == ENGINE).all()
        assert [(part.first, part.state) for part in due] == [(0, ReadingState.DUE)]


def test_reading_again_keeps_the_old_text_in_use_and_what_a_person_typed(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    row = read_before(backends, office, NOTICE)
    with backends.begin(officer) as uow:
        document = uow.session.get_one(Document, row.id)
        document.facts.append(DocumentFact(name="number", value="99", source=Source.PERSON, at=uow.now))
        document.number = "99"
        assert rereading.reread(uow, document).documents == (row.id,)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = uow.session.get_one(Document, row.id)
        assert document.quality is Quality.TEXT
        assert uow.session.query(PageText).filter_by(current=True).one().engine == OLD
        for part in document.file.readings:
            if part.engine == ENGINE:
                part.state, part.error_code = ReadingState.FAILED, "read-crashed"
    finish_file(backends, row.stored_file_id)
    with backends.read() as uow:
        document = uow.session.get_one(Document, row.id)
        assert (document.quality, document.failure_code, document.number) == (Quality.TEXT, None, "99")
        assert document.file.finished_engine == ENGINE
        assert uow.session.query(PageText).filter_by(current=True).one().engine == OLD
        assert document.symbol == "QĐ-UBND"
        (kept,) = rereading.not_reread(uow, [document])[row.id]
        assert (kept.pages, kept.whole, kept.code) == ((1,), True, "read-crashed")
    with backends.read(officer) as uow:
        assert [found.id for found, _ in rereading.kept_as_before(uow, limit=9)] == [row.id]


def test_what_was_never_read_is_not_said_to_have_kept_its_text(backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, uow.session.merge(office), "đọc được", "không đọc được", quality="weak")
        uow.session.query(PageText).filter_by(stored_file_id=row.stored_file_id, page=2).delete()
        lost = Reading(engine=ENGINE, first=2, last=2, state=ReadingState.FAILED, error_code="read-crashed")
        row.file.readings.append(lost)
        uow.session.flush()
        assert rereading.not_reread(uow, [row]) == {}
        lost.first, lost.last = 0, 0
        next(part for part in row.file.readings if part is not lost and part.first == 0).first = 9
        uow.session.flush()
        assert rereading.not_reread(uow, [row])[row.id][0].pages == (1,)


def test_a_document_of_this_engine_is_read_again_when_a_person_asks(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, uow.session.merge(office), NOTICE)
    with backends.begin(officer) as uow:
        rereading.reread(uow, uow.session.get_one(Document, row.id))
    with backends.begin(officer) as uow:
        readings = uow.session.query(Reading).filter_by(stored_file_id=row.stored_file_id).all()
        assert [(part.first, part.state) for part in readings] == [(0, ReadingState.DUE)]
        assert not is_quiet(uow)
        with pytest.raises(WrongState):
            rereading.reread(uow, uow.session.get_one(Document, row.id))


def test_some_are_chosen_by_how_they_were_read(backends: Backends, office: Organisation, officer: Actor) -> None:
    old = read_before(backends, office, NOTICE)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.merge(office)
        weak = factories.document(uow, home, "mờ", quality="weak")
        factories.document(uow, home, NOTICE)
        factories.document(uow, factories.organisation(uow), "mờ", quality="weak")
    with backends.begin(officer) as uow:
        assert rereading.reread_some(uow, rereading.Which.WEAK).documents == (weak.id,)
        assert rereading.reread_some(uow, rereading.Which.OLDER).documents == (old.id,)
        assert rereading.reread_some(uow, rereading.Which.ALL).files == 1  # the others are being read


def test_only_who_keeps_documents_asks_for_reading(backends: Backends, office: Organisation) -> None:
    leader = factories.actor_of(backends, office, Role.LEADER)
    row = read_before(backends, office, NOTICE)
    with pytest.raises(NotAllowed), backends.begin(leader) as uow:
        rereading.reread(uow, uow.session.get_one(Document, row.id))
