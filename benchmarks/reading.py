"""Pages per minute: our `read` in its sandboxed child against bare pypdfium2, and against bare Tesseract.

Both sides of a comparison take turns file by file, so that a busy moment of the machine hits both alike.
"""

import io
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from benchmarks.material import MaterialMissing, shared
from benchmarks.measuring import Row, Table, Watch, rate, timed
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
    title = "Reading"
    try:
        plans = sorted(shared("plans").glob("*.pdf"))
    except MaterialMissing as missing:
        return Table(title, skipped=str(missing))
    status = sandbox_status()
    made = Table(
        title,
        baseline="pypdfium2 reading the text of each page in this process; `tesseract -l vie` on the picture of each "
        "page of the scan, text out, one thread. Ours also starts the child, finds the type, boxes and confidences "
        "of all words, rubbish layers, tables, and the facts of the document.",
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
    return [
        _text_row("text PDF, files of 4 to 17 pages", short),
        _text_row(f"text PDF, one file of {pages} pages", [Part(long, 1, pages)]),
    ]


def _text_row(what: str, parts: list[Part]) -> Row:
    ours, bare = Watch(), Watch()
    for part in parts:
        with ours.turn(part.pages):
            read(part.path, sandbox=SANDBOX)
        with bare.turn(part.pages):
            _bare_text(part.path)
    return rate(what, ours, bare, unit=UNIT)


def _bare_text(path: Path) -> str:
    pdf = pdfium.PdfDocument(str(path))
    text = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    return text


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
