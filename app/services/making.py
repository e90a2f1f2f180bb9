"""Making the files of a numbered paper (job MAKE): frozen context -> DOCX, PDF, layout check, store, Document, filing.

Rendering and LibreOffice run outside any unit of work. A crash or a failure at any point leaves the paper numbered and
not made: the number stays with it, and the next ring makes the same one from the same frozen context.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from app.actor import SYSTEM
from app.backends import Backends, UnitOfWork
from app.errors import HosoError, PdfNotMade
from app.jobs import Job
from app.models import CopyKind, Paper, PaperState, Signed, StoredFile
from app.services.access import Act, require
from app.services.intake import register_made, stored_file
from app.services.paper_documents import carry_facts, lay_into_case
from app.services.paper_steps import Step, advance, take_up
from app.services.revisions import hold
from app.storage import FileStore, Stored
from doc_templates.catalogue import form
from doc_templates.decree30 import check
from doc_templates.errors import TemplateError
from doc_templates.pdf import to_pdf
from doc_templates.rendering import RenderMode, render

log = structlog.get_logger()

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
PDF_SECONDS = 120.0  # LibreOffice takes 2 to 10 s for one page on two busy cores; a hang must end


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: the form and the frozen context of one paper."""

    paper_id: int
    form: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """The stored files of a paper and the text they print."""

    docx: Stored
    pdf: Stored
    text: str


class LayoutBroken(PdfNotMade):
    """The made file does not keep the layout of Decree 30/2020; `particulars` name the codes."""

    code = "paper-layout"
    advice = "Tệp tạo ra sai thể thức; số đã cấp vẫn giữ. Báo người quản trị kiểm tra mẫu rồi bấm Tạo lại."


def make_paper(backends: Backends, paper_id: int) -> bool:
    """Make the files of a numbered paper; true where this call made them.

    Does nothing for a paper in another state, so that it may be asked any number of times. What fails is written on the
    paper (`make_tries`, `make_error`) and logged; the sweep asks again.
    """
    with backends.read(SYSTEM) as uow:
        order = _order(uow, paper_id)
    if order is None:
        return False
    try:
        made = make_files(backends.store, order)
    except (TemplateError, HosoError) as error:
        _write_failure(backends, paper_id, error.code)
        return False
    except Exception as error:  # the edge of a job: named in the log, and shown on the paper like any other failure
        log.exception("paper.unexpected", paper=paper_id, error=type(error).__name__)
        _write_failure(backends, paper_id, PdfNotMade.code)
        return False
    return _settle(backends, paper_id, made)


def _order(uow: UnitOfWork, paper_id: int) -> Order | None:
    paper = uow.session.get(Paper, paper_id)
    if paper is None or paper.state is not PaperState.NUMBERED or paper.frozen is None:
        return None
    return Order(paper.id, paper.form, paper.frozen)


def make_files(store: FileStore, order: Order) -> Made:
    """Render, convert, check and store; the slow part. Raises `TemplateError`, `LayoutBroken`, `StoreFull`."""
    with tempfile.TemporaryDirectory(prefix="hoso-make-") as folder:
        docx, pdf = Path(folder, "paper.docx"), Path(folder, "paper.pdf")
        rendered = render(form(order.form), order.facts, docx, mode=RenderMode.FINAL)
        broken = check(docx)
        if broken:
            raise LayoutBroken(codes=sorted({problem.code for problem in broken}))
        to_pdf(docx, pdf, timeout=PDF_SECONDS)
        return Made(store.put_path(docx), store.put_path(pdf), rendered.text)


def _write_failure(backends: Backends, paper_id: int, code: str) -> None:
    log.warning("paper.not-made", paper=paper_id, code=code)
    with backends.begin(SYSTEM) as uow:
        paper = uow.session.get_one(Paper, paper_id)
        hold(uow, paper)
        if paper.state is PaperState.NUMBERED:
            paper.make_tries += 1
            paper.make_error = code
            uow.record("paper.not-made", "paper", paper.id, code=code, tries=paper.make_tries)


def _settle(backends: Backends, paper_id: int, made: Made) -> bool:
    """Bind the stored files to the paper, unless somebody else did so or it was cancelled meanwhile."""
    with backends.begin(SYSTEM) as uow:
        paper = uow.session.get_one(Paper, paper_id)
        hold(uow, paper)
        if paper.state is not PaperState.NUMBERED:
            return False
        document = register_made(uow, paper, stored=made.pdf, name=_file_name(paper), title=paper.title)
        carry_facts(uow, paper, document)
        document.copy_kind, document.signed = CopyKind.ELECTRONIC, Signed.UNSEEN  # the file is not the signed original
        lay_into_case(uow, paper, document, {"paper": paper.id})
        paper.docx_file_id = stored_file(uow, made.docx).id
        paper.pdf_file_id = document.stored_file_id
        paper.document_id = document.id
        paper.text = made.text
        paper.make_error = None
        advance(uow, paper, PaperState.MADE)
    log.info("paper.made", paper=paper_id)
    return True


def _file_name(paper: Paper) -> str:
    return f"{paper.number}-{paper.symbol.replace('/', '-')}-{paper.number_date}.pdf"


def make_again(uow: UnitOfWork, paper: Paper) -> None:
    """Ask once more for the files of a numbered paper that could not be made."""
    take_up(uow, paper, Step.MAKE_AGAIN)
    paper.make_error, paper.make_tries = None, 0
    uow.record("paper.make-asked", "paper", paper.id)
    uow.defer(Job.MAKE, paper.id)


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A stored file of a made paper: where its bytes are and under which name it is given out."""

    sha256: str
    name: str
    media_type: str


def docx_of(uow: UnitOfWork, paper: Paper) -> PaperFile | None:
    """The DOCX of a made paper, or None where it is not made yet."""
    require(uow, Act.PAPER_VIEW, paper)
    if paper.docx_file_id is None:
        return None
    return PaperFile(_stored(uow, paper.docx_file_id), _file_name(paper).removesuffix(".pdf") + ".docx", DOCX)


def pdf_of(uow: UnitOfWork, paper: Paper) -> PaperFile | None:
    """The PDF of a made paper, or None where it is not made yet."""
    require(uow, Act.PAPER_VIEW, paper)
    if paper.pdf_file_id is None:
        return None
    return PaperFile(_stored(uow, paper.pdf_file_id), _file_name(paper), PDF)


def _stored(uow: UnitOfWork, file_id: int) -> str:
    return uow.session.get_one(StoredFile, file_id).sha256
