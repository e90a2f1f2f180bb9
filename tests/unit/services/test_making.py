"""Making the files of a numbered paper, once, with its own number, whatever stops in between."""

import io
import multiprocessing
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Docx
from sqlalchemy import func, select

from app.backends import Backends
from app.errors import NotFound, WrongState
from app.models import (
    CaseDocument,
    CopyKind,
    Document,
    FilingState,
    Paper,
    PaperState,
    RegisterEntry,
    Signed,
    StoredFile,
)
from app.services import making, papers, printing
from app.services.making import make_paper
from app.services.printing import FileKind, PrintMode
from app.storage import FileStore
from config.settings import Settings
from tests import desks, factories
from tests.desks import Desk


class LastBreath(FileStore):
    """A store whose process dies by kill -9 just when the first file of a paper is to be kept."""

    def put_path(self, path: Path) -> Any:
        signal.raise_signal(signal.SIGKILL)
        return super().put_path(path)


def make_and_die(environment: dict[str, str], paper_id: int) -> None:
    """What a worker does that is killed between number and file."""
    backends = Backends(Settings.from_environment(environment), clock=lambda: factories.NOW)
    backends.store = LastBreath(backends.settings.store)
    make_paper(backends, paper_id)


def _paper(desk: Desk, paper_id: int) -> Paper:
    with desk.backends.read() as uow:
        return uow.session.get_one(Paper, paper_id)


def _count(desk: Desk, table: type[Any]) -> int:
    with desk.backends.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_child_process_is_refused_inside_a_unit_of_work(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR), pytest.raises(AssertionError, match="open unit of work"):
        subprocess.run(["true"], check=False)


@pytest.mark.office
def test_a_numbered_paper_becomes_a_docx_a_pdf_and_a_document_of_its_case(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    assert make_paper(desk.backends, paper_id)
    with desk.backends.read(desk.clerk) as uow:
        paper = papers.paper(uow, paper_id)
        assert paper.state is PaperState.MADE
        document = uow.session.get_one(Document, paper.document_id)
        filing = uow.session.scalars(select(CaseDocument).where(CaseDocument.document_id == document.id)).one()
        docx, pdf = making.docx_of(uow, paper), making.pdf_of(uow, paper)
    assert (document.number, document.symbol, document.date) == ("1", "QĐ-UBND", desks.NUMBERED_ON)
    assert (document.copy_kind, document.signed) == (CopyKind.ELECTRONIC, Signed.UNSEEN)
    assert (filing.case_id, filing.item, filing.state) == (desk.case_id, "supervision_order", FilingState.ACCEPTED)
    assert docx is not None
    assert pdf is not None
    assert desk.backends.store.path(docx.sha256).read_bytes().startswith(b"PK")
    assert desk.backends.store.path(pdf.sha256).read_bytes().startswith(b"%PDF-")
    assert "01/QĐ-UBND" in paper.text
    assert "TRẦN THỊ THỬ".casefold() in paper.text.casefold()


@pytest.mark.office
def test_making_twice_makes_once(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    assert make_paper(desk.backends, paper_id)
    first = _paper(desk, paper_id)
    assert not make_paper(desk.backends, paper_id)
    again = _paper(desk, paper_id)
    assert (again.pdf_file_id, again.docx_file_id) == (first.pdf_file_id, first.docx_file_id)
    assert _count(desk, Document) == 1


@pytest.mark.office
def test_kill_between_number_and_file_keeps_the_number_with_the_paper(
    desk: Desk, tmp_path: Path, database_url: str
) -> None:
    paper_id = desks.numbered(desk)
    environment = {"HOSO_HOME": str(tmp_path / "home"), "HOSO_DATABASE_URL": database_url}
    worker = multiprocessing.get_context("spawn").Process(target=make_and_die, args=(environment, paper_id))
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    left = _paper(desk, paper_id)
    assert (left.state, left.number, left.document_id) == (PaperState.NUMBERED, "1", None)
    assert _count(desk, StoredFile) == 0

    assert make_paper(desk.backends, paper_id)
    made = _paper(desk, paper_id)
    assert (made.state, made.number, made.frozen) == (PaperState.MADE, "1", left.frozen)
    assert _count(desk, RegisterEntry) == 1
    assert desks.number_one(desk.backends, desk.clerk, desks.signed(desk)) == "2"


def test_without_libreoffice_the_number_stays_and_the_reason_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper_id = desks.numbered(desk)
    monkeypatch.setenv("PATH", "/nowhere")
    assert not make_paper(desk.backends, paper_id)
    assert not make_paper(desk.backends, paper_id)
    paper = _paper(desk, paper_id)
    assert (paper.state, paper.number, paper.make_tries) == (PaperState.NUMBERED, "1", 2)
    assert paper.make_error == "office-missing"


@pytest.mark.office
def test_a_full_store_keeps_the_number_and_a_later_try_makes_the_paper(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    desk.backends.store.quota = 1
    assert not make_paper(desk.backends, paper_id)
    assert _paper(desk, paper_id).make_error == "store-full"
    desk.backends.store.quota = None
    assert make_paper(desk.backends, paper_id)
    assert _paper(desk, paper_id).make_error is None


def test_a_cancelled_number_is_not_made(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with desk.backends.begin(desk.clerk) as uow:
        papers.cancel(uow, papers.paper(uow, paper_id), reason="Sai")
    assert not make_paper(desk.backends, paper_id)
    assert _count(desk, Document) == 0


def test_a_draft_is_not_made(desk: Desk) -> None:
    assert not make_paper(desk.backends, desks.signed(desk))


@pytest.mark.parametrize("mode", [PrintMode.BLANK, PrintMode.PARTIAL, PrintMode.OPEN])
def test_missing_facts_never_block_printing(desk: Desk, mode: PrintMode) -> None:
    paper_id = desks.drafted(desk, typed={})
    docx = printing.print_paper(desk.backends, paper_id, desk.officer, mode=mode, kind=FileKind.DOCX)
    text = _text(docx)
    assert "....." in text
    assert ("Trần Thị Thử" in text) is (mode is not PrintMode.BLANK)


def test_an_open_print_leaves_number_and_date_alone_to_the_pen(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    text = _text(printing.print_paper(desk.backends, paper_id, desk.clerk, mode=PrintMode.OPEN, kind=FileKind.DOCX))
    assert "Số: ........" in text
    assert "01/QĐ-UBND" not in text
    assert "Ông Trần Văn Mẫu" in text


def test_the_final_print_is_the_made_file_and_nothing_before_it(desk: Desk) -> None:
    paper_id = desks.numbered(desk)
    with pytest.raises(WrongState):
        printing.print_paper(desk.backends, paper_id, desk.clerk, mode=PrintMode.FINAL)


@pytest.mark.office
def test_a_print_is_a_pdf_made_outside_any_unit_of_work(desk: Desk) -> None:
    paper_id = desks.drafted(desk)
    assert printing.print_paper(desk.backends, paper_id, desk.leader, mode=PrintMode.OPEN).startswith(b"%PDF-")


def test_another_office_prints_nothing(desk: Desk, backends: Backends) -> None:
    paper_id = desks.drafted(desk)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        stranger = factories.user(uow, factories.organisation(uow)).actor()
    with pytest.raises(NotFound):
        printing.print_paper(backends, paper_id, stranger, mode=PrintMode.BLANK)


def test_a_trial_of_a_draft_keeps_the_layout_of_decree_30(desk: Desk) -> None:
    assert printing.trial(desk.backends, desks.drafted(desk), desk.officer) == ()


def _text(docx: bytes) -> str:
    document = Docx(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])
