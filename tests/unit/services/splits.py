"""A scanned dossier for tests of splitting: six pages, three papers, and short ways to cut it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.models import Case, Document, Organisation, PageText, TextSource
from app.services.split_drafts import open_plan, save_plan
from app.services.split_plans import Edit, edited, flat
from app.services.splitting import confirm_split
from tests import factories

DECISION = (
    "ỦY BAN NHÂN DÂN PHƯỜNG MẪU\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    "Số: 15/QĐ-UBND\nMẫu, ngày 12 tháng 10 năm 2026\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện\nhoahongdo",
    "Điều 2. Quyết định có hiệu lực.\nhoahongxanh",
)
MINUTES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nBIÊN BẢN\nVề việc bàn giao\nhoacucvang",
    "Trang hai của biên bản\nhoacuctrang",
    "",
)
LETTER = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nĐƠN ĐỀ NGHỊ\nhoasentim",)
PAPERS = (DECISION, MINUTES, LETTER)
TEXTS = tuple(text for paper in PAPERS for text in paper)
CUTS = (1, 3, 6)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A scan that is a document of `office`, filed to `case`, and the officer who works on it."""

    backends: Backends
    office: int
    officer: Actor
    scan: int
    case: int

    def cut(self, *starts: int, scan: int | None = None) -> tuple[int, ...]:
        """Confirm that papers begin at these places (from 1) of all pages in the plan."""
        with self.backends.begin(self.officer) as uow:
            plan = open_plan(uow, scan or self.scan)
            keys = [page.key for page in flat(plan.parts)]
            edit = Edit(
                order=tuple(keys),
                starts=frozenset(keys[start - 1] for start in starts),
                hidden=frozenset(page.key for page in flat(plan.parts) if page.hidden),
                sheets={},
                firsts={part.number: part.pages[0].key for part in plan.parts if part.pages[0].key in keys},
                heads={},
            )
            plan = save_plan(uow, plan.whole.id, edited(plan.parts, edit), revision=plan.revision)
        return confirm_split(self.backends, self.officer, plan.whole.id, revision=plan.revision)

    def document(self, document_id: int) -> Document:
        """A row with its pages, facts and file."""
        with self.backends.read() as uow:
            row = uow.session.get_one(Document, document_id)
            _ = (row.pages, row.facts, row.file)
            return row

    def positions(self, document_id: int) -> list[int]:
        """The pages of a document as pages of its stored files."""
        return [page.page for page in self.document(document_id).pages]


def scanned(uow: UnitOfWork, office: Organisation, texts: Sequence[str] = TEXTS, **given: object) -> Document:
    """A scan read as these texts; an empty text is a blank side."""
    row = factories.document(uow, office, *texts, **{"quality": "scan", **given})
    for text in uow.session.scalars(select(PageText).where(PageText.stored_file_id == row.stored_file_id)):
        text.source, text.confidence, text.blank = TextSource.OCR, 0.95, not text.text
    return row


def dossier(backends: Backends) -> Dossier:
    """The scan of `PAPERS`, in its case."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        scan = scanned(uow, office)
        case: Case = factories.case(uow, factories.person(uow, office))
        factories.filing(uow, case, scan, item="quyet-dinh")
    officer = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    return Dossier(backends, office.id, officer, scan.id, case.id)
