"""Arrivals: names that cannot do harm, duplicates told only to who may open them, uploads crossing each other."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import FileRefused
from app.models import Batch, Document, IntakeSource, Organisation, Outcome
from app.services import intake, receipts
from app.services.access import Flag
from app.storage import Stored
from tests import factories


def arrive(backends: Backends, actor: Actor, *files: tuple[str, Stored]) -> list[Outcome]:
    with backends.begin(actor) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        intake.hold_files(uow, [stored for _, stored in files])
        received = [intake.receive(uow, batch, name=name, stored=stored) for name, stored in files]
        return [receipts.outcome_of(item) for item in received]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("giấy.pdf\r\nSet-Cookie: x=1", "giấy.pdf Set-Cookie: x=1"),
        ("\x00don\x1b[31m.pdf", "don [31m.pdf"),
        ("anh\u202egpj.exe", "anh gpj.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\hồ sơ\\đơn.pdf", "đơn.pdf"),
        ("h\udcd4 s\udcd2.pdf", "h? s?.pdf"),
        ("đơn.pdf", "đơn.pdf"),
        ("  ", "tệp không tên"),
        ("x" * 400 + ".pdf", "x" * 296 + ".pdf"),
    ],
)
def test_a_file_name_is_kept_without_what_could_do_harm(
    backends: Backends, officer: Actor, sent: str, kept: str
) -> None:
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        taken = intake.receive(uow, batch, name=sent, stored=Stored("a" * 64, 1))
        refused = intake.refuse(uow, batch, name=sent, error=FileRefused("Tệp rỗng."))
    assert (taken.name, refused.name) == (kept, kept)
    with backends.read() as uow:
        document = uow.session.get_one(Document, taken.document_id)
        assert (document.file_name, document.title) == (kept, kept)


def test_a_duplicate_is_told_to_who_may_open_the_first_one(backends: Backends, officer: Actor) -> None:
    same = Stored("b" * 64, 1)
    assert arrive(backends, officer, ("a.pdf", same)) == [Outcome.WAITING]
    assert arrive(backends, officer, ("b.pdf", same)) == [Outcome.DUPLICATE]


def test_who_may_not_open_the_first_one_gets_an_ordinary_receipt(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    same = Stored("c" * 64, 1)
    arrive(backends, officer, ("a.pdf", same))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(Document).filter(Document.file_name == "a.pdf").one().flags = [Flag.HIV.value]
    colleague = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    assert arrive(backends, colleague, ("b.pdf", same)) == [Outcome.WAITING]
    trusted = factories.actor_of(backends, office, Role.RECORDS_OFFICER, allowed_flags=[Flag.HIV.value])
    assert arrive(backends, trusted, ("c.pdf", same)) == [Outcome.DUPLICATE]


def test_a_receipt_does_not_name_files_whose_document_is_hidden_from_the_reader(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(officer) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.BROWSER)
        intake.receive(uow, batch, name="xet nghiem.pdf", stored=Stored("d" * 64, 1))
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(Document).one().flags = [Flag.HIV.value]
    colleague = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    with backends.read(colleague) as uow:
        told = receipts.as_json(uow, receipts.batch(uow, batch.id))
    assert told["received"] == 1
    assert told["items"] == [
        {"name": "—", "parent": None, "outcome": "waiting", "documents": [], "code": None, "message": ""}
    ]


def test_uploads_of_the_same_files_in_opposite_order_do_not_block_each_other(
    backends: Backends, office: Organisation
) -> None:
    files = [(f"{n}.pdf", Stored(f"{n:064x}", 1)) for n in range(8)]
    actors = [factories.actor_of(backends, office, Role.RECORDS_OFFICER) for _ in range(2)]
    start = threading.Barrier(2)

    def upload(actor: Actor, mine: list[tuple[str, Stored]]) -> list[Outcome]:
        start.wait()
        return arrive(backends, actor, *mine)

    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(2) as pool:
        for turn in range(4):
            files = [(name, Stored(f"{turn}{stored.sha256[1:]}", 1)) for name, stored in files]
            asked = [pool.submit(upload, *job) for job in zip(actors, (files, files[::-1]), strict=True)]
            outcomes += [outcome for one in asked for outcome in one.result()]
    assert outcomes.count(Outcome.WAITING) == outcomes.count(Outcome.DUPLICATE) == 32
    with backends.read() as uow:
        assert uow.session.query(Batch).count() == 8
