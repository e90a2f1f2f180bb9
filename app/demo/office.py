"""The office at work on the papers of the demonstration: drafting, presenting, approving, signing, numbering, making,
releasing, and the signed scan that comes back; each step by the account whose role it is."""

import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.actor import Actor
from app.backends import Backends
from app.demo.drawing import as_pdf, signed_and_sealed
from app.demo.story import MadePaper
from app.demo.taking_in import pictures
from app.models import Case, Document, IntakeSource, StoredFile
from app.services import intake, issuing, papers
from app.services.documents import confirm_signature
from app.services.making import make_paper
from app.services.paper_steps import rule_of
from app.services.reading import sandbox_of
from ingestion import read

STEPS = ("draft", "presented", "approved", "signed", "numbered", "released", "signed_copy")


@dataclass(frozen=True, slots=True)
class Office:
    """The three accounts of one body through which a paper goes."""

    officer: Actor
    leader: Actor
    clerk: Actor


def issue(backends: Backends, office: Office, case_id: int, made: MadePaper) -> None:
    """Take one paper as far as the story says."""
    last = STEPS.index(made.until)
    with backends.begin(office.officer) as uow:
        case = uow.session.get_one(Case, case_id)
        paper = papers.draft(uow, case, made.form, act_date=made.act_date)
        papers.save_draft(uow, paper, values=made.values, revision=paper.revision)
        paper_id = paper.id
    if last >= STEPS.index("presented"):
        with backends.begin(office.officer) as uow:
            papers.present(uow, papers.paper(uow, paper_id))
    if last >= STEPS.index("approved"):
        with backends.begin(office.leader) as uow:
            papers.approve(uow, papers.paper(uow, paper_id))
    if last >= STEPS.index("numbered"):
        _sign_and_number(backends, office.clerk, paper_id, made.act_date)
    if last >= STEPS.index("released"):
        make_paper(backends, paper_id)
        _release(backends, office.clerk, paper_id, made)
    if made.until == "signed_copy":
        _bring_back(backends, office.clerk, paper_id)


def _sign_and_number(backends: Backends, clerk: Actor, paper_id: int, day: date) -> None:
    with backends.begin(clerk) as uow:
        paper = papers.paper(uow, paper_id)
        issuing.record_signature(uow, paper, signed_on=day, signer_name=paper.organisation.head_name)
    with backends.begin(clerk) as uow:
        issuing.number(uow, papers.paper(uow, paper_id), date=day)


def _release(backends: Backends, clerk: Actor, paper_id: int, made: MadePaper) -> None:
    with backends.begin(clerk) as uow:
        paper = papers.paper(uow, paper_id)
        printed = [one.label for one in rule_of(paper).recipients if one.printed]
        for name in (*printed, *made.values.get("recipients", ())):
            issuing.release(uow, paper, recipient=name, sent_on=made.act_date, proof="Sổ giao nhận, ký nhận trực tiếp")


def _bring_back(backends: Backends, clerk: Actor, paper_id: int) -> None:
    """The printed paper, signed and sealed, scanned and taken in on the paper's own page; reading attaches it."""
    with backends.read(clerk) as uow:
        paper = papers.paper(uow, paper_id)
        document = uow.session.get_one(Document, paper.document_id)
        sha256 = uow.session.get_one(StoredFile, paper.pdf_file_id).sha256
        name = document.file_name
        signer = paper.signer_name
    with tempfile.TemporaryDirectory(prefix="hoso-demo-") as folder:
        printed = Path(folder) / "printed.pdf"
        printed.write_bytes(backends.store.path(sha256).read_bytes())
        scan = _signed_scan(backends, printed, signer, paper_id)
    stored = backends.store.put(io.BytesIO(scan))
    with backends.begin(clerk) as uow:
        batch = intake.open_batch(uow, source=IntakeSource.SIGNED_SCAN, paper_id=paper_id)
        arrived = intake.receive(uow, batch, name=f"ban-ky-{name}", stored=stored)
        confirm_signature(uow, uow.session.get_one(Document, arrived.document_id), True)


def _signed_scan(backends: Backends, printed: Path, signer: str, seed: int) -> bytes:
    """The pages as a scanner gives them, with a stroke and a seal above the name of the one who signs."""
    read_back = read(printed, sandbox=sandbox_of(backends))
    pages = pictures(backends, printed, read_back.page_count)
    last = read_back.pages[-1]
    given_name = signer.split()[-1]
    places = [word.box for word in last.words if word.text == given_name]
    place = places[-1] if places else (last.width * 0.7, last.height * 0.5, last.width * 0.8, last.height * 0.52)
    spot = (place[0] / last.width, place[1] / last.height)
    return as_pdf([*pages[:-1], signed_and_sealed(pages[-1], spot=spot, seed=seed)])


def offices(accounts: Mapping[tuple[str, str], Actor]) -> dict[str, Office]:
    """The offices by body key, from accounts by (role, body key)."""
    bodies = sorted({body for _role, body in accounts})
    return {
        body: Office(accounts[("records_officer", body)], accounts[("leader", body)], accounts[("office_clerk", body)])
        for body in bodies
    }
