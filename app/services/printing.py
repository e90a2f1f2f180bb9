"""Printing a paper at any moment of its life: empty, half-filled, or complete with number and date left open.

Missing facts block presenting, never printing. A made paper is never rendered again: its stored bytes are given out.
"""

import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.actor import Actor
from app.backends import Backends
from app.errors import PdfNotMade, WrongState
from app.models import PaperState
from app.services.drafting import OFFICE_NAMES, context_of
from app.services.making import PDF_SECONDS, PaperFile, docx_of, pdf_of
from app.services.papers import paper
from doc_templates import context
from doc_templates.catalogue import form
from doc_templates.decree30 import LayoutProblem, check
from doc_templates.errors import TemplateError
from doc_templates.pdf import to_pdf
from doc_templates.rendering import RenderMode, render


class PrintMode(StrEnum):
    """`blank`: the empty form; `partial`: what is known, dotted lines for the rest; `open`: complete, number and date
    left open for the pen; `final`: the made file."""

    BLANK = "blank"
    PARTIAL = "partial"
    OPEN = "open"
    FINAL = "final"


class FileKind(StrEnum):
    """What is given out."""

    DOCX = "docx"
    PDF = "pdf"


def print_paper(
    backends: Backends, paper_id: int, actor: Actor, *, mode: PrintMode, kind: FileKind = FileKind.PDF
) -> bytes:
    """The bytes of a print. `open` with facts still missing prints as `partial`: printing is never refused.

    Raises `WrongState` where `final` is asked for before the paper is made, `PdfNotMade` where LibreOffice gives none.
    """
    with backends.begin(actor) as uow:
        row = paper(uow, paper_id)
        uow.record("paper.printed", "paper", row.id, mode=mode.value, file=kind.value)
        if mode is PrintMode.FINAL:
            stored = docx_of(uow, row) if kind is FileKind.DOCX else pdf_of(uow, row)
            if stored is None or row.state is PaperState.CANCELLED:
                raise WrongState("Văn bản chưa có số hoặc chưa tạo xong tệp; in bản để trống số, ngày.")
            return _bytes_of(backends, stored)
        code, facts = row.form, context_of(row)
    return _printed(code, {} if mode is PrintMode.BLANK else facts, mode, kind)


def _bytes_of(backends: Backends, stored: PaperFile) -> bytes:
    with backends.store.open(stored.sha256) as stream:
        return stream.read()


def print_form(code: str, kind: FileKind = FileKind.PDF) -> bytes:
    """The empty form, without any paper or person."""
    return _printed(code, {}, PrintMode.BLANK, kind)


def _printed(code: str, facts: Mapping[str, Any], mode: PrintMode, kind: FileKind) -> bytes:
    with tempfile.TemporaryDirectory(prefix="hoso-print-") as folder:
        docx, pdf = Path(folder, "paper.docx"), Path(folder, "paper.pdf")
        render(form(code), _without_number(facts), docx, mode=_render_mode(code, facts, mode))
        if kind is FileKind.DOCX:
            return docx.read_bytes()
        try:
            to_pdf(docx, pdf, timeout=PDF_SECONDS)
        except TemplateError as error:
            raise PdfNotMade(code=error.code) from error
        return pdf.read_bytes()


def _render_mode(code: str, facts: Mapping[str, Any], mode: PrintMode) -> RenderMode:
    return RenderMode.OPEN if mode is PrintMode.OPEN and not context.missing(form(code), facts) else RenderMode.BLANK


def _without_number(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Number and date are written by hand on a print that is not the made file, also where they are given already."""
    doc = {name: value for name, value in facts.get("doc", {}).items() if f"doc.{name}" not in OFFICE_NAMES}
    return {**facts, "doc": doc}


def trial(backends: Backends, paper_id: int, actor: Actor) -> tuple[LayoutProblem, ...]:
    """Render a draft as it stands and check the layout of Decree 30/2020; nothing is kept."""
    with backends.read(actor) as uow:
        row = paper(uow, paper_id)
        code, facts = row.form, context_of(row)
    with tempfile.TemporaryDirectory(prefix="hoso-trial-") as folder:
        docx = Path(folder, "paper.docx")
        render(form(code), _without_number(facts), docx, mode=RenderMode.BLANK)
        return tuple(check(docx))
