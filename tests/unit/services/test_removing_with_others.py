"""Taking out what others share: parts close and open with their scan, other members of an archive stay, nothing more is
lost than what was decided, and those who decide are told."""

import io
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import Conflict, NotAllowed, WrongState
from app.models import (
    CaseDocument,
    Document,
    Intake,
    IntakeSource,
    Organisation,
    PageText,
    Removal,
    RemovalReason,
    SplitPlan,
    SplitState,
    StoredFile,
)
from app.services import containers, intake, quarantine, removing
from app.services.clearing import TRACE, carry_out
from app.services.quarantine import ASKED
from app.services.receipts import HIDDEN
from app.services.removal_effects import effect_of
from ingestion import Page, Source
from tests import factories
from tests.conftest import Bell
from tests.running import run_due
from tests.unit.services.test_removing import WHY, later, printed, sees, stored
from tests.unit.services.test_unpacking import NOTICE, packed, send


def cut(backends: Backends, home: Organisation, *texts: str) -> tuple[int, list[int]]:
    """A scan with a part for each of its pages: set aside, as confirming a split leaves it."""
    whole = stored(backends, home, *texts)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        scan = uow.session.get_one(Document, whole)
        scan.set_aside_at = uow.now
        parts = []
        for number, text in enumerate(texts, start=1):
            part = factories.document(uow, home, title=f"Về việc {text}")
            (page,) = part.pages
            part.stored_file_id, part.parcel_id = scan.stored_file_id, whole
            page.stored_file_id, page.page = scan.stored_file_id, number
            uow.session.flush()
            parts.append(part.id)
        return whole, parts


def asked(backends: Backends, actor: Actor, document_id: int) -> int:
    later(backends)
    with backends.begin(actor) as uow:
        return removing.ask(uow, document_id, reason=RemovalReason.OTHER, explanation=WHY).id


def decided(backends: Backends, actor: Actor, removal_id: int, *, approve: bool) -> None:
    with backends.begin(actor) as uow:
        removing.decide(uow, removal_id, approve=approve, remarks="Đã xem.")


def open_ones(backends: Backends, actor: Actor, ids: Sequence[int]) -> list[bool]:
    return [sees(backends, actor, number) for number in ids]


def test_asking_for_a_scan_closes_its_parts_and_refusing_opens_them(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole, parts = cut(backends, home, "một", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:  # the mark of secrecy on one of them is a matter of its own
        quarantine.quarantine(uow, uow.session.get_one(Document, parts[1]))
    removal = asked(backends, officer, whole)
    assert open_ones(backends, officer, [whole, *parts]) == [False, False, False]
    with backends.read(leader) as uow:
        assert effect_of(uow, uow.session.get_one(Document, whole)).gone[0] != ""
        assert [row.id for row in uow.session.scalars(removing.unasked(uow))] == [parts[1]]
        told = {one.document.id: one.removal for one in removing.closed_documents(uow).items}
        assert {number for number, one in told.items() if one is not None and one.id == removal} == {whole, *parts}
    with pytest.raises(WrongState), backends.begin(leader) as uow:
        quarantine.release(uow, parts[0], reason="Không phải.")
    with pytest.raises(WrongState), backends.begin(officer) as uow:
        removing.ask(uow, parts[0], reason=RemovalReason.OTHER, explanation=WHY)
    decided(backends, leader, removal, approve=False)
    assert open_ones(backends, officer, [whole, *parts]) == [True, True, False]


def test_a_scan_stays_closed_until_the_last_of_its_parts_is_decided(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole, parts = cut(backends, home, "một", "hai", "ba")
    first, second = asked(backends, officer, parts[0]), asked(backends, officer, parts[1])
    assert open_ones(backends, officer, [whole, *parts]) == [False, False, False, True]
    decided(backends, leader, first, approve=False)
    assert open_ones(backends, officer, [whole, *parts]) == [False, True, False, True]
    with backends.begin(officer) as uow:
        removing.withdraw(uow, second)
    assert open_ones(backends, officer, [whole, *parts]) == [True, True, True, True]


def test_what_is_left_of_a_scan_opens_again_when_a_part_is_removed(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole, parts = cut(backends, home, "một", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        scan = uow.session.get_one(Document, whole)
        case = factories.case(uow, factories.person(uow, home))
        filing = factories.filing(uow, case, scan, evidence={"why": "name", "quote": "một", "page": 1}).id
        again = factories.document(uow, home, title="một, lần hai")
        again.stored_file_id = again.pages[0].stored_file_id = scan.stored_file_id
        again.deleted_at, again_id = uow.now, again.id
        main = factories.document(uow, home)
        named = [{"number": 1, "pages": [[whole, 1, 0, "", 0]], "head": None}]
        uow.session.add(SplitPlan(document_id=main.id, parts=named, state=SplitState.CONFIRMED, changed_at=uow.now))
        uow.session.add(SplitPlan(document_id=whole, joined_id=main.id, changed_at=uow.now))
    removal = asked(backends, officer, parts[0])
    decided(backends, leader, removal, approve=True)
    run_due(backends, bell)
    assert open_ones(backends, officer, [whole, *parts]) == [True, False, True]
    with backends.read() as uow:
        assert uow.session.get_one(CaseDocument, filing).evidence == {"why": "name"}
        (plan,) = uow.session.scalars(select(SplitPlan)).all()
        assert (plan.document_id, plan.joined_id, plan.parts) == (whole, main.id, [])
        assert uow.session.get_one(Document, again_id).title == TRACE  # deleted before, and not a word of it left now


def test_a_better_scan_that_waits_goes_with_the_paper_and_opens_with_it(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    paper, better = stored(backends, home, "một"), stored(backends, home, "một rõ hơn", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        waiting = uow.session.get_one(Document, better)
        waiting.rescan_of_id, waiting.set_aside_at = paper, uow.now
    removal = asked(backends, officer, paper)
    assert open_ones(backends, officer, [paper, better]) == [False, False]
    with backends.read(leader) as uow:
        told = {one.document.id: one.removal for one in removing.closed_documents(uow).items}
        assert [one.id for one in (told[paper], told[better]) if one is not None] == [removal, removal]
    decided(backends, leader, removal, approve=False)
    assert open_ones(backends, officer, [paper, better]) == [True, True]
    removal = asked(backends, officer, paper)
    decided(backends, leader, removal, approve=True)
    run_due(backends, bell)
    with backends.read() as uow:
        rows = [uow.session.get_one(Document, number) for number in (paper, better)]
        assert all(row.removed_at is not None and row.file.cleared_at is not None for row in rows)
        assert list(backends.store.hashes()) == []


def test_who_decides_is_told_that_a_watched_folder_still_has_the_file(
    backends: Backends, home: Organisation, officer: Actor
) -> None:
    number = stored(backends, home, "một")
    with backends.begin(officer) as uow:
        document = uow.session.get_one(Document, number)
        assert not effect_of(uow, document).in_folder
        arrival = intake.open_arrival(uow, intake.open_batch(uow, source=IntakeSource.FOLDER), "một.pdf")
        arrival.stored_file_id = document.stored_file_id
        uow.session.flush()
        assert effect_of(uow, document).in_folder


def test_a_removed_scan_takes_its_parts_with_it_and_those_who_decide_are_told_which(
    backends: Backends, bell: Bell, home: Organisation, officer: Actor, leader: Actor
) -> None:
    whole, parts = cut(backends, home, "một", "hai")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, parts[1]).flags = ["HIV"]
    with backends.read(officer) as uow:
        effect = effect_of(uow, uow.session.get_one(Document, whole))
        assert (effect.gone, effect.shortened, effect.holders) == (("Về việc một", HIDDEN), (), ())
        effect = effect_of(uow, uow.session.get_one(Document, parts[0]))
        assert (effect.gone, len(effect.shortened)) == ((), 1)
    removal = asked(backends, officer, whole)
    decided(backends, leader, removal, approve=True)
    run_due(backends, bell)
    with backends.read() as uow:
        rows = [uow.session.get_one(Document, number) for number in (whole, *parts)]
        assert all(row.removed_at is not None and row.title == TRACE for row in rows)
        texts = select(PageText).where(PageText.stored_file_id == rows[0].stored_file_id)
        assert uow.session.scalars(texts).all() == []


def test_a_scan_and_its_part_asked_for_at_once_are_asked_for_once(
    backends: Backends, home: Organisation, officer: Actor
) -> None:
    whole, parts = cut(backends, home, "một", "hai")
    start = threading.Barrier(3)

    def ask(document_id: int) -> bool:
        start.wait()
        try:
            asked(backends, officer, document_id)
        except (WrongState, Conflict):
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        won = list(pool.map(ask, [whole, parts[0], whole]))
    assert won.count(True) == 1
    with backends.read() as uow:
        assert len(uow.session.scalars(select(Removal)).all()) == 1


def test_what_lies_beside_a_document_of_another_organisation_is_not_told(
    backends: Backends, home: Organisation
) -> None:
    whole, _parts = cut(backends, home, "một")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    with backends.read(stranger) as uow, pytest.raises(NotAllowed):
        effect_of(uow, uow.session.get_one(Document, whole))


def test_a_mark_read_while_a_removal_is_asked_for_outlasts_that_request(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    removal = asked(backends, officer, number)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        page = Page(1, 595.0, 842.0, Source.TEXT, None, "TUYỆT MẬT\nỦY BAN NHÂN DÂN TỈNH MẪU\nSố: 05/BC-UBND\nBÁO CÁO")
        quarantine.quarantine_if_secret(uow, uow.session.get_one(Document, number).stored_file_id, (page,))
    with backends.begin(officer) as uow:
        removing.withdraw(uow, removal)
    assert open_ones(backends, officer, [number]) == [False]
    with backends.read(leader) as uow:
        assert [row.id for row in uow.session.scalars(removing.unasked(uow))] == [number]
    decided(backends, leader, asked(backends, officer, number), approve=False)
    assert open_ones(backends, officer, [number]) == [True]


def test_the_same_bytes_sent_while_their_removal_is_asked_for_are_closed_too(
    backends: Backends, home: Organisation, officer: Actor, leader: Actor
) -> None:
    number = stored(backends, home, "một")
    removal = asked(backends, officer, number)
    with backends.begin(officer) as uow:
        kept = uow.store.put(io.BytesIO(printed("một")))
        file = uow.session.get_one(Document, number).file
        file.sha256, file.size = kept.sha256, kept.size
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        again = intake.receive(uow, batch, name="lan-hai.pdf", stored=kept).document
        assert again is not None
        assert (again.id != number, again.quarantine_code) == (True, ASKED)
    decided(backends, leader, removal, approve=False)
    assert open_ones(backends, officer, [number, again.id]) == [True, True]


def member(backends: Backends, actor: Actor, name: str) -> int:
    with backends.read() as uow:
        query = select(Intake.document_id).where(Intake.name == name, Intake.organisation_id == actor.organisation_id)
        return uow.session.scalars(query).one() or 0


CABINET = {"nham.txt": NOTICE, "dung.txt": NOTICE + b"2", "khoa.txt": b""}


def test_removing_a_file_of_an_archive_leaves_its_other_files_and_its_own_text(
    backends: Backends, bell: Bell, officer: Actor, leader: Actor
) -> None:
    send(backends, officer, "tu.zip", packed(CABINET))
    run_due(backends, bell)
    wrong, right, archive = (member(backends, officer, name) for name in ("nham.txt", "dung.txt", "tu.zip"))
    with backends.read() as uow:
        gone = [uow.session.get_one(Document, number).file.sha256 for number in (wrong, archive)]
    with backends.read(leader) as uow:
        (holder,) = effect_of(uow, uow.session.get_one(Document, wrong)).holders
    assert (holder.name, holder.staying, holder.lost, holder.keeps_text) == (
        "tu.zip",
        ("dung.txt",),
        ("khoa.txt",),
        True,
    )
    removal = asked(backends, officer, wrong)
    decided(backends, leader, removal, approve=True)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:  # while files inside are still to arrive, nothing is cleared
        arrival = uow.session.scalars(select(Intake).where(Intake.document_id == archive)).one()
        arrived, arrival.delivered_at = arrival.delivered_at, None
    carry_out(backends, removal)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        assert uow.session.get_one(Document, wrong).removed_at is None
        uow.session.get_one(Intake, arrival.id).delivered_at = arrived
    run_due(backends, bell)
    assert not any(backends.store.path(sha256).exists() for sha256 in gone)
    with backends.read(officer) as uow:
        assert uow.session.get_one(Document, wrong).removed_at is not None
        kept = uow.session.get_one(Document, right)
        assert backends.store.path(kept.file.sha256).exists()
        holding = containers.holder_of(uow, kept)
        assert holding is not None
        assert holding.document_id == archive
        rest = uow.session.get_one(Document, archive)
        assert (rest.file_name, rest.file.media_type) == ("tu.zip.txt", "text/plain")
        assert {one.name for one in containers.inside(uow, rest)} == {HIDDEN, "dung.txt", "khoa.txt"}
        said = backends.store.path(rest.file.sha256).read_text(encoding="utf-8")
        assert said.startswith("Tệp nén gồm 3 tệp")
        assert "nham" not in said


def test_another_organisation_keeps_the_archive_that_it_brought_too(
    backends: Backends, bell: Bell, officer: Actor, leader: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    stranger = factories.actor_of(backends, elsewhere, Role.RECORDS_OFFICER)
    for actor in (officer, stranger):
        send(backends, actor, "tu.zip", packed(CABINET))
    run_due(backends, bell)
    removal = asked(backends, officer, member(backends, officer, "nham.txt"))
    decided(backends, leader, removal, approve=True)
    run_due(backends, bell)
    with backends.read(stranger) as uow:
        for name in ("tu.zip", "nham.txt"):
            theirs = uow.session.get_one(Document, member(backends, stranger, name))
            assert theirs.removed_at is None
            assert backends.store.path(theirs.file.sha256).exists()
            assert theirs.file.media_type != "text/plain" or name == "nham.txt"
        mine = uow.session.get_one(Document, member(backends, officer, "tu.zip"))
        assert mine.stored_file_id != theirs.stored_file_id
        assert mine.file.media_type == "text/plain"
        assert uow.session.get_one(Removal, removal).done_at is not None
        assert uow.session.get_one(StoredFile, mine.stored_file_id).cleared_at is None
