"""Pages of stored files as one new PDF: pages of a PDF are taken over as they are, pictures become pages.

Pages of a signed PDF come without its signatures: those hold for the whole file only.
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


def _add(made: pdfium.PdfDocument, path: Path, pages: Sequence[int]) -> None:
    kind = detect(path)
    try:
        if kind.family is Family.PDF:
            from ingestion.engines.pdf import PdfReader

            source = PdfReader(path).document
            if not all(1 <= page <= len(source) for page in pages):
                raise NoSuchPage()
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
