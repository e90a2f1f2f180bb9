"""One very long scan from upload to its last page: memory of every process, both cores, search while it is read."""

import io
import os
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
from sqlalchemy import func, select

from app.actor import OPERATOR
from app.backends import Backends
from app.models import IntakeSource, PageText
from app.services import intake, receipts
from app.services.organisations import organisation_for
from benchmarks.arriving import Served
from benchmarks.material import shared
from benchmarks.measuring import Row, Table

PAGES, QUICK_PAGES = 1000, 60
LONGEST = 3600.0  # seconds
BOUND = 600  # MB that no process may pass
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Samples:
    """Resident memory in MB by kind of process over time, and processor seconds used."""

    memory: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    processor: dict[int, float] = field(default_factory=dict)

    def take(self, roots: list[int], at: float) -> None:
        """Look at every process below these."""
        for pid, (name, memory, seconds) in _family(roots).items():
            self.memory[name].append((at, memory))
            self.processor[pid] = max(seconds, self.processor.get(pid, 0.0))


def bench(*, quick: bool = False) -> Table:
    """Pages a minute against two bare recognisers is the scan bench's matter; here memory and waiting are measured."""
    pages = QUICK_PAGES if quick else PAGES
    table = Table(f"A scan of {pages} pages", "the time to the last page; memory is resident, in MB")
    source = shared("plans") / "tuyen-quang-plan-2023.scan.pdf"
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder, Served(Path(folder) / "home") as served:
        began = time.monotonic()
        samples, first_hit = _followed(served, _long(source, pages), began)
        took = time.monotonic() - began
    table.rows.append(Row("first page found", 1, first_hit, f"{first_hit:.0f} s", f"{took:.0f} s", first_hit / took))
    for name, seen in sorted(samples.memory.items()):
        early = [memory for at, memory in seen if at < took / 2]
        late = [memory for at, memory in seen if at >= took / 2]
        if len(early) > 3 and len(late) > 3:
            most, before, after = max(m for _, m in seen), statistics.median(early), statistics.median(late)
            what = f"{name}: median of the second half against the first; most {most:.0f} MB of {BOUND}"
            table.rows.append(Row(what, len(seen), took, f"{after:.0f} MB", f"{before:.0f} MB", after / before))
    busy = sum(samples.processor.values()) / took
    table.remarks.append(f"- {pages / took * 60:.1f} pages a minute; {busy:.2f} cores busy on the average")
    return table


def _long(source: Path, pages: int) -> bytes:
    """A PDF whose pages are those of a public scan again and again."""
    scan, made, out = pdfium.PdfDocument(str(source)), pdfium.PdfDocument.new(), io.BytesIO()
    for number in range(pages):
        made.import_pages(scan, [number % len(scan)])
    made.save(out)
    return out.getvalue()


def _followed(served: Served, content: bytes, began: float) -> tuple[Samples, float]:
    """Take the scan in and watch until it is settled; when its first page could be found."""
    backends, samples, first_hit = served.backends, Samples(), 0.0
    stored = backends.store.put(io.BytesIO(content))
    with backends.begin(OPERATOR) as uow:
        owner = organisation_for(uow, None)
        batch = intake.open_batch(uow, source=IntakeSource.COMMAND, organisation_id=owner.id)
        document_id = intake.receive(uow, batch, name="tap-ho-so.pdf", stored=stored).document_id
        batch_id = batch.id
    while time.monotonic() - began < LONGEST:
        samples.take(served.pids, time.monotonic() - began)
        if not first_hit and document_id in dict(backends.search.revisions()):
            first_hit = time.monotonic() - began
        if _is_settled(backends, batch_id):
            break
        time.sleep(0.5)
    return samples, first_hit


def _is_settled(backends: Backends, batch_id: int) -> bool:
    with backends.read(OPERATOR) as uow:
        uow.session.scalar(select(func.count()).select_from(PageText))
        return receipts.receipt(receipts.batch(uow, batch_id)).is_settled


def _family(roots: list[int]) -> dict[int, tuple[str, float, float]]:
    """All processes below these: (kind, resident MB, processor seconds)."""
    parents: dict[int, int] = {}
    told: dict[int, tuple[str, float, float]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            memory = int((entry / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
        except (OSError, IndexError):
            continue  # it ended while we looked
        parents[int(entry.name)] = int(fields[1])
        told[int(entry.name)] = (_kind(command), memory, (int(fields[11]) + int(fields[12])) / _TICKS)
    return {pid: row for pid, row in told.items() if row[0] and _below(pid, parents, roots)}


def _kind(command: str) -> str:
    for word, kind in (
        ("bwrap", ""),
        ("prlimit", ""),
        ("tesseract", "tesseract"),
    ):
        if word in command.split(" -", 1)[0]:
            return kind
    for word, kind in (("engines/tesseract.py", "tesseract"), ("ingestion.child", "reading child")):
        if word in command:
            return kind
    return "worker" if "app.cli worker" in command else ""


def _below(pid: int, parents: dict[int, int], roots: list[int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False
