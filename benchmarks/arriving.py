"""Two hundred mixed files from upload to searchable, kind by kind, against the engines' own time on the same files.

Ours is the whole path with two workers as `hoso serve` starts them: bytes into the store, a sandboxed child for every
file, rows, facts, index. The baseline is what the engines alone take for the same bytes: two plain processes share the
files of a kind, each with its engines imported once, no sandbox, no database, no index.
"""

import io
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import openpyxl
from PIL import Image
from sqlalchemy import select

from app.actor import OPERATOR
from app.backends import Backends
from app.models import Batch, Document, Intake, IntakeSource
from app.services import intake, receipts
from app.services.organisations import organisation_for
from benchmarks.material import articles, shared
from benchmarks.measuring import Table, Watch, compile_engines, rate
from config.settings import Settings

FILES = {"text PDF": 40, "scan PDF": 25, "photo": 10, "DOCX": 30, "DOC": 20, "RTF": 8, "XLS": 10, "XLSX": 15}
FILES |= {"CSV": 10, "TXT": 12, "HTML": 10, "EML": 10}
QUICK_SHARE = 10
LONGEST = 1800.0  # seconds for one kind


def bench(*, quick: bool = False) -> Table:
    """Time to searchable per kind, and of all of them."""
    table = Table(
        "Two hundred mixed files, upload to searchable",
        "two plain processes that run the engines over the same files: no sandbox, no database, no index",
    )
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        root = Path(folder)
        made = {kind: list(_made(kind, count, root, quick=quick)) for kind, count in FILES.items()}
        compile_engines()
        ours_all, bare_all = Watch(), Watch()
        with Served(root / "home") as served:
            for kind, files in made.items():
                ours, bare = Watch(), Watch()
                with bare.turn(len(files)):
                    _bare(files)
                with ours.turn(len(files)):
                    outcomes = _ours(served.backends, files)
                table.rows.append(rate(kind, ours, bare, unit="files/min"))
                if outcomes:
                    table.remarks.append(f"- {kind}: {outcomes}")
                for whole, part in ((ours_all, ours), (bare_all, bare)):
                    whole.seconds, whole.count = whole.seconds + part.seconds, whole.count + part.count
        table.rows.append(rate("all", ours_all, bare_all, unit="files/min"))
    return table


class Served:
    """A home of its own with one organisation, and the two workers and the scheduler over it."""

    def __init__(self, home: Path) -> None:
        self._settings = Settings.from_environment({"HOSO_HOME": str(home)})
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def pids(self) -> list[int]:
        """The processes that were started; all others are below them."""
        return [worker.pid for worker in self._workers]

    def __enter__(self) -> "Served":
        environment = {**os.environ, "HOSO_HOME": str(self._settings.home)}
        base = [sys.executable, "-m", "app.cli"]
        subprocess.run([*base, "init"], env=environment, check=True, capture_output=True)
        for command in (["worker"], ["scheduler"]):
            quiet = subprocess.DEVNULL
            self._workers.append(subprocess.Popen([*base, *command], env=environment, stdout=quiet, stderr=quiet))
        from app.tasks import make_celery, sender

        self.backends = Backends.from_settings(self._settings, send=sender(make_celery(self._settings)))
        time.sleep(8)  # the workers are up and have done the first sweep
        return self

    def __exit__(self, *_: object) -> None:
        self.backends.close()
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.wait(timeout=30)


def _ours(backends: Backends, files: list[Path]) -> str:
    """Take files in as an upload does and wait until each is settled; what did not become searchable, in words."""
    with backends.begin(OPERATOR) as uow:
        owner = organisation_for(uow, None)
        batch_id = intake.open_batch(uow, source=IntakeSource.COMMAND, organisation_id=owner.id).id
    for file in files:
        stored = backends.store.put_path(file)
        with backends.begin(OPERATOR) as uow:
            intake.receive(uow, uow.session.get_one(Batch, batch_id), name=file.name, stored=stored)
    edge = time.monotonic() + LONGEST
    while _is_waiting(backends, batch_id) and time.monotonic() < edge:
        time.sleep(0.1)
    with backends.read(OPERATOR) as uow:
        counts = receipts.receipt(receipts.batch(uow, batch_id))
    left = counts.received - counts.searchable
    return (
        f"{counts.searchable} searchable, {counts.weak} weak, {counts.failed} failed, {counts.waiting} waiting"
        if left
        else ""
    )


def _is_waiting(backends: Backends, batch_id: int) -> bool:
    """Whether a file of the batch is not settled yet. The receipt says it too, but looking at every row ten times a
    second would take a quarter of a core from the workers."""
    unread = Document.quality.is_(None) | Document.indexed_revision.is_(None)
    query = select(Intake.id).join(Document, Document.id == Intake.document_id)
    with backends.read(OPERATOR) as uow:
        return uow.session.scalar(query.where(Intake.batch_id == batch_id, unread).limit(1)) is not None


_BARE = """
import sys, tempfile
from pathlib import Path
import ingestion.child  # the engines import less in a child
from ingestion.engines.answering import answer_read, answer_survey
from ingestion.errors import ReadError
for name in sys.argv[1:]:
    with tempfile.TemporaryDirectory() as out:
        try:
            answer = answer_survey(Path(name), Path(out), read_too=True)
            if answer.get("read") is None:
                answer_read(Path(name), first=1, last=None, images=Path(out))
        except ReadError as problem:
            print(name, problem.code)
"""


def _bare(files: list[Path]) -> None:
    """The engines alone: every second file to one of two processes."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _BARE, *map(str, files[part::2])],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
        for part in range(2)
    ]
    for process in running:
        process.wait(timeout=LONGEST)


def _made(kind: str, count: int, root: Path, *, quick: bool) -> Iterator[Path]:
    """`count` different files of a kind; each has bytes of its own, so that none is a duplicate."""
    folder = root / kind.replace(" ", "-")
    folder.mkdir()
    for number in range(max(1, count // QUICK_SHARE) if quick else count):
        suffix, content = _content(kind, number)
        path = folder / f"{number:03}{suffix}"
        path.write_bytes(content)
        yield path


def _content(kind: str, number: int) -> tuple[str, bytes]:
    plans = sorted(shared("plans").iterdir())
    if kind == "text PDF":
        source = [path for path in plans if path.suffix == ".pdf" and ".scan" not in path.name][number % 3]
        return ".pdf", source.read_bytes() + f"\n% {number}\n".encode()
    if kind in ("scan PDF", "photo"):
        return _scan(number, as_pdf=kind == "scan PDF")
    if kind == "DOCX":
        return ".docx", _again([path for path in plans if path.suffix == ".docx"][number % 3], number)
    if kind in ("DOC", "RTF", "XLS"):
        suffix = f".{kind.lower()}"
        originals = sorted(path for path in (shared("legacy") / "files").iterdir() if path.suffix == suffix)
        return suffix, originals[number % len(originals)].read_bytes() + (b"\0" * (number // len(originals)))
    return _written(kind, number)


def _scan(number: int, *, as_pdf: bool) -> tuple[str, bytes]:
    """One page of a public scan, as a PDF of its own or as a photo."""
    import pypdfium2 as pdfium

    source = pdfium.PdfDocument(str(shared("plans") / "bac-giang-notice-2023.scan.pdf"))
    page = number % len(source)
    out = io.BytesIO()
    if as_pdf:
        one = pdfium.PdfDocument.new()
        one.import_pages(source, [page])
        one.save(out)
        return ".pdf", out.getvalue() + f"\n% {number}\n".encode()
    picture: Image.Image = source[page].render(scale=200 / 72).to_pil().convert("RGB")
    picture.save(out, "JPEG", quality=80 + number % 15, dpi=(200, 200))
    return ".jpg", out.getvalue()


def _again(path: Path, number: int) -> bytes:
    """The same package with a comment of its own."""
    out = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(out, "a") as package:
        package.comment = str(number).encode()
    return out.getvalue()


def _written(kind: str, number: int) -> tuple[str, bytes]:
    """A table, a text, a web page or a mail over one article of the codified law."""
    article = articles(200)[number]
    paragraphs = [line for line in article.body.splitlines() if line.strip()] or [article.title]
    if kind == "XLSX":
        book, out = openpyxl.Workbook(), io.BytesIO()
        for row, text in enumerate(paragraphs * 10, start=1):
            book.active.append([row, article.number, text[:200]])
        book.save(out)
        return ".xlsx", out.getvalue()
    if kind == "CSV":
        return ".csv", "\n".join(
            f"{n};{article.number};{t[:80].replace(';', ',')}" for n, t in enumerate(paragraphs * 5)
        ).encode()
    if kind == "HTML":
        body = "".join(f"<p>{text}</p>" for text in paragraphs)
        return ".html", f"<!doctype html><meta charset=utf-8><title>{article.title}</title>{body}".encode()
    if kind == "EML":
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = article.title, "van-thu@example.invalid", "ho-so@example.invalid"
        mail.set_content(article.body)
        return ".eml", mail.as_bytes()
    return ".txt", f"{article.title}\n{article.body}\n{number}".encode()
