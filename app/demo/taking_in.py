"""Test papers and public texts brought in through the one way in, and filed to their cases by a person."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.actor import Actor
from app.backends import Backends
from app.demo.drawing import WIDTH, Content, as_pdf, degraded, set_papers
from app.demo.story import TestPaper
from app.models import Case, Document, IntakeSource
from app.services import intake, receipts
from app.services.documents import confirm_signature
from app.services.filing import file_document
from app.services.reading import sandbox_of
from doc_templates.pdf import to_pdf
from ingestion import render

PLANS = Path(__file__).parent / "plans"


@dataclass(frozen=True, slots=True)
class Errand:
    """A test paper with the case it belongs to and the account that files it."""

    content: Content
    case_id: int
    actor: Actor


def take_in_plans(backends: Backends, actor: Actor) -> None:
    """The three provincial documents, public texts: the first thing that can be found."""
    with backends.begin(actor) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.COMMAND)
    for path in sorted(PLANS.glob("*.pdf")):
        stored = backends.store.put_path(path)
        with backends.begin(actor) as uow:
            intake.receive(uow, receipts.batch(uow, batch.id), name=path.name, stored=stored)


def take_in_papers(backends: Backends, errands: Sequence[Errand]) -> None:
    """Make the files of all test papers at once, then bring each in and file it."""
    files = _files(backends, [errand.content for errand in errands])
    batches: dict[int, int] = {}
    for number, errand in enumerate(errands):
        name, content = files[number]
        stored = backends.store.put(io.BytesIO(content))
        with backends.begin(errand.actor) as uow:
            if errand.case_id not in batches:
                batches[errand.case_id] = intake.open_batch(uow, source=IntakeSource.COMMAND).id
            arrived = intake.receive(uow, receipts.batch(uow, batches[errand.case_id]), name=name, stored=stored)
            document = uow.session.get_one(Document, arrived.document_id)
            case = uow.session.get_one(Case, errand.case_id)
            file_document(uow, document, case, item=errand.content.paper.item or None)
            if errand.content.paper.signed is not None:
                confirm_signature(uow, document, errand.content.paper.signed)


def _files(backends: Backends, contents: Sequence[Content]) -> list[tuple[str, bytes]]:
    """Name and bytes of each paper. One run of the office program prints all that become scans."""
    with tempfile.TemporaryDirectory(prefix="hoso-demo-") as name:
        folder = Path(name)
        scans = [content for content in contents if content.paper.form in ("scan", "poor")]
        pages = iter(_printed_pages(backends, scans, folder))
        made = []
        for number, content in enumerate(contents):
            stem = f"{content.paper.date:%Y%m%d}-{_plain(content.paper)}-{number + 1:02d}"
            if content.paper.form in ("scan", "poor"):
                page = degraded(next(pages), poor=content.paper.form == "poor", seed=number)
                made.append((f"{stem}.pdf", as_pdf([page])))
                continue
            target = folder / f"{stem}.docx"
            set_papers([content], target)
            if content.paper.form == "pdf":
                printed = target.with_suffix(".pdf")
                to_pdf(target, printed)
                target = printed
            made.append((target.name, target.read_bytes()))
        return made


def _printed_pages(backends: Backends, contents: Sequence[Content], folder: Path) -> list[Image.Image]:
    if not contents:
        return []
    sheet, printed = folder / "all.docx", folder / "all.pdf"
    set_papers(contents, sheet)
    to_pdf(sheet, printed)
    return pictures(backends, printed, len(contents))


def pictures(backends: Backends, printed: Path, pages: int) -> list[Image.Image]:
    """The pages of a PDF of ours as images, made by the sandboxed child like all page images."""
    sandbox = sandbox_of(backends)
    found: list[Image.Image] = []
    for page in range(1, pages + 1):
        content = render(printed, page=page, width=WIDTH, kind="png", sandbox=sandbox)
        found.append(Image.open(io.BytesIO(content)))
    return found


_NAMES: Mapping[str, str] = {
    "LL": "ly-lich",
    "BB": "bien-ban",
    "PKQ": "phieu-ket-qua",
    "ĐƠN": "don",
    "GT": "can-cuoc",
    "BTT": "tuong-trinh",
    "TB": "thong-bao",
    "ĐN": "de-nghi",
    "GCN": "giay-chung-nhan",
    "QĐ": "quyet-dinh",
}


def _plain(paper: TestPaper) -> str:
    return _NAMES.get(paper.type, "van-ban")
