"""Pages of stored files as one new PDF: pages of a PDF are taken over as they are, pictures become pages.

Pages of a signed PDF come without its signatures: those hold for the whole file only. Files and media that are pinned
to a page stay behind: a file inside is a document of its own, and who may have the page may not see it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from ingestion.detect import Family, detect
from ingestion.engines.opening import open_reader
from ingestion.errors import Damaged, NoPageImage, NoSuchPage

_WIDTH = 2480  # pixels; A4 at 300 dots per inch
_POINTS = 72.0


def answer_extract(parts: Sequence[tuple[Path, Sequence[int]]], out: Path) -> dict[str, Any]:
    """Write `extract.pdf`."""
    made = pdfium.PdfDocument.new()
    for path, pages in parts:
        _add(made, path, pages)
    made.save(str(out / "extract.pdf"))
    return {"pages": len(made)}


def _unpin(page: pdfium.PdfPage) -> None:
    """Take the annotations that carry a file off an open page; the source itself is never saved."""
    from pypdfium2 import raw

    carrying = (
        raw.FPDF_ANNOT_FILEATTACHMENT,
        raw.FPDF_ANNOT_SOUND,
        raw.FPDF_ANNOT_MOVIE,
        raw.FPDF_ANNOT_SCREEN,
        raw.FPDF_ANNOT_THREED,
        raw.FPDF_ANNOT_RICHMEDIA,
    )
    for number in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in carrying:
            raw.FPDFPage_RemoveAnnot(page, number)


def _add(made: pdfium.PdfDocument, path: Path, pages: Sequence[int]) -> None:
    kind = detect(path)
    try:
        if kind.family is Family.PDF:
            from ingestion.engines.pdf import PdfReader

            source = PdfReader(path).document
            if not all(1 <= page <= len(source) for page in pages):
                raise NoSuchPage()
            for page in pages:
                _unpin(source[page - 1])
            made.import_pages(source, [page - 1 for page in pages])
            return
        reader = open_reader(path, kind)
        if not reader.has_images:
            raise NoPageImage()
        for page in pages:
            picture = io.BytesIO()
            shown = reader.picture(page, _WIDTH)
            shown.save(picture, "PDF", resolution=shown.width / (reader.text_page(page).width / _POINTS))
            made.import_pages(pdfium.PdfDocument(picture.getvalue()))
    except pdfium.PdfiumError as problem:
        raise Damaged() from problem
