"""Tables of a PDF page through pdfplumber: slow (0.1 to 1 s a page), so only asked where rules hint at a table."""

from __future__ import annotations

from pathlib import Path

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from ingestion.pages import Table
from ingestion.vietnamese.normalise import squeeze


def of_page(path: Path, number: int) -> tuple[Table, ...]:
    """The ruled tables of a page, rows of cell texts; none where pdfplumber cannot parse what pdfium could."""
    try:
        with pdfplumber.open(path, pages=[number]) as document:
            found = document.pages[0].extract_tables() if document.pages else []
    except (PDFException, PdfminerException, ValueError, KeyError, TypeError):
        return ()
    cleaned = (
        tuple(tuple(squeeze((cell or "").replace("\n", " ")) for cell in row) for row in table) for table in found
    )
    return tuple(table for table in cleaned if len(table) > 1 and len(table[0]) > 1)
