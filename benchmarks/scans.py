"""Scans, clean and with one fault at a time: pages per minute against bare Tesseract, characters and accents right,
and how far the confidence is off.

Ours reads in its sandboxed child, two pages at a time; the baseline is two processes of `tesseract -l vie`, one thread
each, on the same pages in grey at 300 dpi. They take turns kind by kind. Where `ocrmypdf` is on the PATH one of the
plans is also read against it, with two jobs.
"""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from benchmarks.aligning import Likeness, compare, right_words
from benchmarks.degrading import KINDS
from benchmarks.material import MaterialMissing, shared
from benchmarks.measuring import Row, Table, Watch, rate
from ingestion import Page, Sandbox, ocr_status, read
from ingestion.calibration import expected_error

NAMES = ("bac-giang-notice-2023", "dien-bien-plan-2018", "tuyen-quang-plan-2023")
CLEAN, DEGRADED = 12, 4  # pages
_BARE_DPI, _OWN_DPI = 300, 200


@dataclass(slots=True)
class Sums:
    """What the pages of a kind, or of all, came to."""

    like: Likeness = field(default_factory=Likeness)
    said: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    pages: list[tuple[float, float]] = field(default_factory=list)  # said and right, a page each

    def add(self, page: Page, true: str) -> None:
        """Compare one page."""
        self.like += compare(true, page.text)
        right = right_words(true, [word.text for word in page.words])
        self.said += [word.confidence or 0.0 for word in page.words]
        self.right += right
        self.pages.append((page.confidence or 0.0, sum(right) / max(1, len(right))))


def bench(*, quick: bool) -> Table:
    """The clean scans, then each kind of fault."""
    folder = scanned_plans()
    made = Table("Scans", baseline="two processes of `tesseract -l vie`, one thread each, 300 dpi grey, text out")
    everything = Sums()
    pages = plan_pages(folder, 4 if quick else CLEAN)
    few = pages[:: max(1, len(pages) // DEGRADED)][: 2 if quick else DEGRADED]
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        made.rows.append(_measured("clean", pages, _OWN_DPI, Path(name), everything, made.remarks))
        ours, bare = Watch(), Watch()
        for kind, (degrade, dpi) in KINDS.items():
            worse = [(degrade(image), true) for image, true in few]
            row = _measured(kind, worse, dpi, Path(name), everything, made.remarks, ours, bare)
            made.rows.append(row)
        made.rows.append(rate("all degraded", ours, bare, unit="pages/min"))
        if shutil.which("ocrmypdf"):
            made.rows.append(_against_ocrmypdf(folder / f"{NAMES[0]}.scan.pdf", Path(name)))
        else:
            made.remarks.append("- OCRmyPDF is not on the PATH: not compared.")
    made.remarks += _confidence(everything)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    made.remarks.append(f"- The largest process among the children, Tesseract included, held {peak:.0f} MB.")
    return made


def scanned_plans() -> Path:
    """The folder of the public plans. Raises `MaterialMissing`, also where nothing recognises them."""
    if not ocr_status().available:
        raise MaterialMissing(ocr_status().reason)
    return shared("plans")


def plan_pages(folder: Path, most: int) -> list[tuple[Image.Image, str]]:
    """Pictures of the scans, and the text that the PDF beside has on the same page, in turns over the documents."""
    found = []
    for name in NAMES:
        scan, text = pdfium.PdfDocument(folder / f"{name}.scan.pdf"), pdfium.PdfDocument(folder / f"{name}.pdf")
        for number in range(min(len(scan), most // len(NAMES) + 1)):
            held = next(item for item in scan[number].get_objects() if isinstance(item, pdfium.PdfImage))
            true = text[number].get_textpage().get_text_range()
            found.append((held.get_bitmap().to_pil().convert("L"), true))
    return found[:most]


def _measured(
    kind: str,
    pages: list[tuple[Image.Image, str]],
    dpi: int,
    folder: Path,
    everything: Sums,
    remarks: list[str],
    *totals: Watch,
) -> Row:
    path = folder / "pages.tiff"
    images = [image for image, _ in pages]
    images[0].save(path, save_all=True, append_images=images[1:], dpi=(dpi, dpi), compression="tiff_lzw")
    ours, bare = Watch(), Watch()
    with ours.turn(len(pages)):
        found = read(path, sandbox=Sandbox()).pages
    pictures = [_at_300(image, dpi, folder / f"{at}.png") for at, image in enumerate(images)]
    with bare.turn(len(pages)), ThreadPoolExecutor(2) as pool:
        list(pool.map(_bare, pictures))
    sums = Sums()
    for page, (_, true) in zip(found, pages, strict=True):
        sums.add(page, true)
        everything.add(page, true)
    for total, watch in zip(totals, (ours, bare), strict=False):
        total.seconds += watch.seconds
        total.count += watch.count
    steps = sorted({step for page in found for step in page.steps})
    remarks.append(
        f"- {kind}: characters wrong {sums.like.error_rate:.4f}, diacritics {sums.like.diacritics:.4f} of "
        f"{sums.like.words} words; done: {', '.join(steps) or 'nothing'}."
    )
    return rate(kind, ours, bare, unit="pages/min")


def _at_300(image: Image.Image, dpi: int, path: Path) -> Path:
    size = (image.width * _BARE_DPI // dpi, image.height * _BARE_DPI // dpi)
    image.convert("L").resize(size, Image.Resampling.BICUBIC).save(path, dpi=(_BARE_DPI, _BARE_DPI), compress_level=1)
    return path


def _bare(picture: Path) -> None:
    command = ["tesseract", str(picture), "stdout", "-l", "vie"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})


def _against_ocrmypdf(path: Path, folder: Path) -> Row:
    """One public scan, twice in turns, pictures of its pages written too; OCRmyPDF writes a PDF with a text layer."""
    ours, theirs = Watch(), Watch()
    count = len(pdfium.PdfDocument(path))
    command = ["ocrmypdf", "-q", "-l", "vie", "--jobs", "2", "--output-type", "pdf", "--optimize", "0", "--force-ocr"]
    for _ in range(2):
        with ours.turn(count):
            read(path, sandbox=Sandbox(), images=folder)
        with theirs.turn(count):
            subprocess.run([*command, str(path), str(folder / "layered.pdf")], check=True, capture_output=True)
    return rate("one plan, against OCRmyPDF", ours, theirs, unit="pages/min")


def _confidence(sums: Sums) -> Iterable[str]:
    """The calibration of words and pages, and the curve."""
    words = expected_error(sums.said, sums.right)
    pages = sum(abs(said - right) for said, right in sums.pages) / max(1, len(sums.pages))
    yield f"- Confidence: expected calibration error {words:.4f} of {len(sums.said)} words, {pages:.4f} of pages."
    for low in (0.0, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99):
        high = {0.0: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 0.9, 0.9: 0.97, 0.97: 0.99}.get(low, 1.01)
        chosen = [at for at, value in enumerate(sums.said) if low <= value < high]
        if chosen:
            said = sum(sums.said[at] for at in chosen) / len(chosen)
            right = sum(sums.right[at] for at in chosen) / len(chosen)
            yield f"- Words said to be right at {said:.3f}: {right:.3f} are, of {len(chosen)}."
