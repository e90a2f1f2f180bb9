"""Pages per minute: our `read` in its sandboxed child against pypdfium2, pdfplumber and bare Tesseract.

Both sides of a comparison take turns file by file, so that a busy moment of the machine hits both alike.
"""

import ctypes
import io
import os
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from benchmarks.material import shared
from benchmarks.measuring import Row, Table, Watch, compile_engines, rate, timed
from ingestion import Sandbox, ocr_status, read, sandbox_status

SANDBOX = Sandbox()
LONG_FILE = 250  # pages: the longest slice of a file with a good text layer
WORKERS = 2  # reading children at once, as the queue starts them on two cores
UNIT = "pages/min"


@dataclass(frozen=True, slots=True)
class Part:
    """Some pages of a file (1-based, inclusive)."""

    path: Path
    first: int
    last: int

    @property
    def pages(self) -> int:
        """How many."""
        return self.last - self.first + 1


def bench(*, quick: bool) -> Table:
    """Text PDFs short and long, scans one after the other and as two workers read them."""
    plans = sorted(shared("plans").glob("*.pdf"))
    compile_engines()
    status = sandbox_status()
    made = Table(
        "Reading",
        baseline="for text, in this process: pypdfium2 with code and box of every letter, joined to words; pypdfium2 "
        "with the text of a page and the rectangle of every word; pdfplumber `extract_words` (on 25 pages). For scans "
        "`tesseract -l vie` on the picture of each page, text out, one thread. Ours also starts the child, finds the "
        "type, boxes and confidences of all words, reading order and paragraphs, rubbish layers and tables; the facts "
        "of the document are found when they are asked for, and are not.",
        remarks=[f"Sandbox: {status.reason}."],
    )
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        made.remarks.append(f"Of that, starting the child takes {_start_seconds(Path(folder)) * 1000:.0f} ms a file.")
        made.rows += _text_rows([p for p in plans if ".scan." not in p.name], Path(folder), quick=quick)
        if ocr_status().available:
            made.rows += _scan_rows([p for p in plans if ".scan." in p.name], Path(folder), quick=quick)
        else:
            made.remarks.append(f"Scans skipped: {ocr_status().reason}.")
    return made


def _start_seconds(folder: Path) -> float:
    """What it takes to read a file of one word, the middle of three."""
    word = folder / "word.txt"
    word.write_text("Thử", encoding="utf-8")
    return sorted(timed(lambda: read(word, sandbox=SANDBOX)) for _ in range(3))[1]


def _text_rows(plans: list[Path], folder: Path, *, quick: bool) -> list[Row]:
    short = [Part(path, 1, _count(path)) for path in plans] * (1 if quick else 5)
    long = folder / "long.pdf"
    pages = 50 if quick else LONG_FILE
    _joined(plans, pages, long)
    turns = [Part(long, 1, pages)] * (1 if quick else 3)
    few = folder / "few.pdf"  # pdfplumber takes half a minute for the long one
    _joined(plans, 25, few)
    one = f"text PDF, one file of {pages} pages"
    ours, letters, rectangles, plumber = Watch(), Watch(), Watch(), Watch()
    for part in turns:
        with ours.turn(pages):
            read(part.path, sandbox=SANDBOX)
        with letters.turn(pages):
            _boxes_by_letters(part.path)
        with rectangles.turn(pages):
            _boxes_by_rectangles(part.path)
        with plumber.turn(_count(few)):
            _plumbed(few)
    return [
        rate(f"{one}, against pypdfium2 by letters", ours, letters, unit=UNIT),
        rate(f"{one}, against pypdfium2 by rectangles", ours, rectangles, unit=UNIT),
        rate(f"{one}, against pdfplumber", ours, plumber, unit=UNIT),
        _short_row("text PDF, files of 4 to 17 pages, against pypdfium2 by letters", short),
    ]


def _short_row(what: str, parts: list[Part]) -> Row:
    ours, bare = Watch(), Watch()
    for part in parts:
        with ours.turn(part.pages):
            read(part.path, sandbox=SANDBOX)
        with bare.turn(part.pages):
            _boxes_by_letters(part.path)
    return rate(what, ours, bare, unit=UNIT)


Box = tuple[float, float, float, float]


def _boxes_by_letters(path: Path) -> list[tuple[str, Box]]:
    """Words with boxes as the documentation of pdfium suggests: code and box of every character."""
    pdf = pdfium.PdfDocument(str(path))
    words: list[tuple[str, Box]] = []
    edges = tuple(ctypes.c_double() for _ in range(4))
    for page in pdf:
        textpage = page.get_textpage()
        letters: list[str] = []
        boxes: list[Box] = []
        for index in range(textpage.count_chars()):
            letter = chr(raw.FPDFText_GetUnicode(textpage, index))
            if not letter.isspace():
                raw.FPDFText_GetCharBox(textpage, index, *edges)
                left, right, bottom, top = (edge.value for edge in edges)
                letters.append(letter)
                boxes.append((left, bottom, right, top))
            elif letters:
                words.append(("".join(letters), _around(boxes)))
                letters, boxes = [], []
        if letters:
            words.append(("".join(letters), _around(boxes)))
    pdf.close()
    return words


def _around(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _boxes_by_rectangles(path: Path) -> list[tuple[str, Box]]:
    """The quickest way we know to the same words and boxes through pypdfium2's own methods: two calls a word."""
    pdf = pdfium.PdfDocument(str(path))
    words: list[tuple[str, Box]] = []
    for page in pdf:
        textpage = page.get_textpage()
        for match in re.finditer(r"\S+", textpage.get_text_range()):
            start, end = match.span()
            if textpage.count_rects(start, end - start):
                words.append((match.group(), textpage.get_rect(0)))
    pdf.close()
    return words


def _plumbed(path: Path) -> int:
    found = 0
    with pdfplumber.open(str(path)) as pdf:
        for page in pdf.pages:
            found += len(page.extract_words())
            page.close()
    return found


def _joined(paths: list[Path], pages: int, out: Path) -> None:
    """One file of so many pages, taken in turn from the given ones."""
    made = pdfium.PdfDocument.new()
    sources = [pdfium.PdfDocument(str(path)) for path in paths]
    while len(made) < pages:
        for source in sources:
            room = pages - len(made)
            if room > 0:
                made.import_pages(source, list(range(min(room, len(source)))))
    made.save(str(out))


def _count(path: Path) -> int:
    pdf = pdfium.PdfDocument(str(path))
    try:
        return len(pdf)
    finally:
        pdf.close()


def _scan_rows(scans: list[Path], folder: Path, *, quick: bool) -> list[Row]:
    """First parts one by one, then the same parts in pairs."""
    most = 2 if quick else 6
    parts = [Part(path, 1, min(most, _count(path))) for path in scans]
    pictures = {part: _pictures(part, folder) for part in parts}
    ours, bare = Watch(), Watch()
    for part in parts:
        with ours.turn(part.pages):
            _read_part(part)
        with bare.turn(part.pages):
            for picture in pictures[part]:
                _bare_tesseract(picture)
    together, bare_together = Watch(), Watch()
    halves = [half for part in parts for half in _halved(part)]
    with ThreadPoolExecutor(WORKERS) as pool:
        with together.turn(sum(half.pages for half in halves)):
            list(pool.map(_read_part, halves))
        everything = [picture for part in parts for picture in pictures[part]]
        with bare_together.turn(len(everything)):
            list(pool.map(_bare_tesseract, everything))
    return [
        rate("scan at 200 dpi, one child", ours, bare, unit=UNIT),
        rate(f"scan at 200 dpi, {WORKERS} children at once", together, bare_together, unit=UNIT),
    ]


def _halved(part: Part) -> list[Part]:
    middle = part.first + part.pages // 2
    return [Part(part.path, part.first, middle - 1), Part(part.path, middle, part.last)]


def _read_part(part: Part) -> None:
    read(part.path, first=part.first, last=part.last, sandbox=SANDBOX)


def _pictures(part: Part, folder: Path) -> list[Path]:
    """The pictures that the pages of a scan hold, point by point as they were scanned, as grey bitmaps."""
    pdf = pdfium.PdfDocument(str(part.path))
    made = []
    for number in range(part.first, part.last + 1):
        picture = next(item for item in pdf[number - 1].get_objects() if isinstance(item, pdfium.PdfImage))
        buffer = io.BytesIO()
        picture.get_bitmap().to_pil().convert("L").save(buffer, "BMP", dpi=(200, 200))
        made.append(folder / f"{part.path.stem}-{number}.bmp")
        made[-1].write_bytes(buffer.getvalue())
    pdf.close()
    return made


def _bare_tesseract(picture: Path) -> None:
    subprocess.run(
        ["tesseract", str(picture), "stdout", "-l", "vie"],
        check=True,
        capture_output=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
