"""Copies of PDF files for reading only: unlocked ones, and repaired ones of files that pdfium cannot open."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf

from ingestion.errors import Damaged, Encrypted, PasswordWrong

_OBJECT = re.compile(rb"(?<!\d)(\d{1,7})\s+(\d{1,5})\s+obj\b")
_IS_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_NEAR = 2_000  # bytes of an object in which it says its type
_LARGEST = 256 * 1024 * 1024  # bytes of a file that is searched for lost pages
_MOST_PAGES = 5_000
_A4 = (0, 0, 595, 842)
_BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, OverflowError)


def unlock(path: Path, password: str, out: Path) -> None:
    """Write a copy without encryption. Raises `PasswordWrong`, `Damaged`."""
    try:
        with pikepdf.open(path, password=password) as pdf:
            pdf.save(out, encryption=False)
    except pikepdf.PasswordError as problem:
        raise PasswordWrong() from problem
    except _BROKEN as problem:
        raise Damaged() from problem


def repair(path: Path, out: Path) -> None:
    """Write a copy with its table of objects rebuilt, and with its pages gathered where their tree is lost.

    Raises `Damaged` where no page is found, `Encrypted`.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if len(pdf.pages):
                pdf.save(out, encryption=False)
                return
    except pikepdf.PasswordError as problem:
        raise Encrypted() from problem
    except _BROKEN:
        pass  # not even a tree of pages is left; its pages may be
    gather(path, out)


def gather(path: Path, out: Path) -> None:
    """Write a copy of the pages of a file that lost its catalogue (a file cut off at its end). Raises `Damaged`."""
    if path.stat().st_size > _LARGEST:
        raise Damaged()
    content = path.read_bytes()
    numbers = [0]
    pages: dict[tuple[int, int], None] = {}
    for one in _OBJECT.finditer(content):
        numbers.append(int(one[1]))
        held, _, _ = content[one.end() : one.end() + _NEAR].partition(b"endobj")
        if _IS_PAGE.search(held):
            pages[(int(one[1]), int(one[2]))] = None
    found = list(pages)[:_MOST_PAGES]
    if not found:
        raise Damaged()
    number = max(numbers) + 1
    kids = " ".join(f"{page} {generation} R" for page, generation in found)
    box = " ".join(str(edge) for edge in _A4)
    tail = (
        f"\nendstream\nendobj\n{number} 0 obj\n<< /Type /Catalog /Pages {number + 1} 0 R >>\nendobj\n"
        f"{number + 1} 0 obj\n<< /Type /Pages /Kids [ {kids} ] /Count {len(found)} /MediaBox [ {box} ] >>\nendobj\n"
        f"trailer\n<< /Root {number} 0 R /Size {number + 2} >>\nstartxref\n0\n%%EOF\n"
    )
    try:
        with pikepdf.open(io.BytesIO(content + tail.encode()), suppress_warnings=True) as pdf:
            if not len(pdf.pages):
                raise Damaged()
            pdf.save(out, encryption=False)
    except _BROKEN as problem:
        raise Damaged() from problem
