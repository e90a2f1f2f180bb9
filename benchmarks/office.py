"""Office files of today: our readers against the bare library of each format asked for its words, and their memory.

The files are made by the bench: an order of 2,000 paragraphs and a table, a list of 5,000 rows, 100 slides. Both sides
take turns; memory is the peak of a process of its own that opens the file once, over that of one that imports nothing.
"""

import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from lxml import etree, html  # type: ignore[import-untyped]
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]
from pptx import Presentation
from pptx.util import Inches

from benchmarks.measuring import Row, Table, Watch, rate
from ingestion.detect import detect
from ingestion.engines.opening import open_reader

SENTENCE = "Căn cứ đề nghị của cơ sở cai nghiện, người sau cai được quản lý tại nơi cư trú theo quy định. "
_MEMORY = (
    "import sys; from pathlib import Path\n"
    "if len(sys.argv) > 1:\n"
    "    from ingestion.detect import detect; from ingestion.engines.opening import open_reader\n"
    "    path = Path(sys.argv[1]); open_reader(path, detect(path)).text_page(1)\n"
    "lines = Path('/proc/self/status').read_text().splitlines()\n"
    "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))"
)
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: how its file is made (of `size` paragraphs, rows or slides), and how its bare library gives words."""

    name: str
    make: Callable[[Path, int], None]
    bare: Callable[[Path], object]
    size: int


def _make_docx(path: Path, size: int) -> None:
    document = Document()
    for number in range(size):
        document.add_paragraph(f"{number}. {SENTENCE * 3}")
    table = document.add_table(size // 20, 4)
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            cell.text = f"ô {number}"
    document.save(str(path))


def _bare_docx(path: Path) -> object:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs], cells


def _make_xlsx(path: Path, size: int) -> None:
    book = Workbook()
    for number in range(size):
        book.active.append([number, f"Nguyễn Văn Thử {number}", number * 1.5, SENTENCE, "xã Thử"])
    book.save(str(path))


def _bare_xlsx(path: Path) -> object:
    with path.open("rb") as stream:  # a path is asked for its ending
        book = load_workbook(stream, read_only=True, data_only=True)
        return [[str(value) for value in row] for sheet in book for row in sheet.iter_rows(values_only=True)]


def _make_odt(path: Path, size: int) -> None:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(f"<text:p>{number}. {SENTENCE * 3}</text:p>" for number in range(size))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f'<o:document-content xmlns:o="{names}:office:1.0" xmlns:text="{names}:text:1.0"><o:body><o:text>{body}'
            "</o:text></o:body></o:document-content>",
        )


def _bare_odt(path: Path) -> object:
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("content.xml"))
    return ["".join(one.itertext()) for one in root.iter("{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p")]


def _make_pptx(path: Path, size: int) -> None:
    presentation = Presentation()
    for number in range(size):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Trang {number}"
        slide.shapes.add_textbox(0, 0, Inches(5), Inches(2)).text_frame.text = "\n".join([SENTENCE] * 6)
    presentation.save(str(path))


def _bare_pptx(path: Path) -> object:
    slides = Presentation(str(path)).slides
    return [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]


def _make_html(path: Path, size: int) -> None:
    body = "".join(f"<p>{number}. <b>{SENTENCE}</b>{SENTENCE}</p>" for number in range(size))
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


def _bare_html(path: Path) -> object:
    return html.document_fromstring(path.read_bytes()).text_content()


def _make_csv(path: Path, size: int) -> None:
    rows = "".join(f'{number};"Nguyễn Văn Thử";{SENTENCE};xã Thử\n' for number in range(size))
    path.write_text(rows, encoding="utf-8")


def _bare_csv(path: Path) -> object:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";"))


KINDS = (
    Kind("DOCX, 2,000 paragraphs", _make_docx, _bare_docx, 2_000),
    Kind("XLSX, 5,000 rows", _make_xlsx, _bare_xlsx, 5_000),
    Kind("ODT, 2,000 paragraphs", _make_odt, _bare_odt, 2_000),
    Kind("PPTX, 100 slides", _make_pptx, _bare_pptx, 100),
    Kind("HTML, 5,000 paragraphs", _make_html, _bare_html, 5_000),
    Kind("CSV, 5,000 rows", _make_csv, _bare_csv, 5_000),
)


def bench(*, quick: bool = False) -> Table:
    """One row a format; the remarks say the memory."""
    table = Table("Office", "python-docx, openpyxl, python-pptx, lxml and csv, asked for the words alone")
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        alone = _peak()
        said = []
        for kind in KINDS:
            path = Path(folder) / "file"
            kind.make(path, kind.size // 10 if quick else kind.size)
            table.rows.append(_row(kind, path))
            said.append(f"{kind.name.split(',')[0]} {_peak(path) - alone:.0f}")
    table.remarks.append(f"Memory over a bare Python ({alone:.0f} MB), in MB: {', '.join(said)}.")
    return table


def _row(kind: Kind, path: Path) -> Row:
    ours, bare = Watch(), Watch()
    for _ in range(_TURNS):
        with bare.turn(1):
            kind.bare(path)
        with ours.turn(1):
            reader = open_reader(path, detect(path))
            for number in range(1, reader.page_count + 1):
                reader.text_page(number)
    return rate(kind.name, ours, bare, unit="files/min")


def _peak(*paths: Path) -> float:
    """Megabytes of a process that reads these files."""
    command = [sys.executable, "-c", _MEMORY, *map(str, paths)]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout) / 1024
