"""Arrange for the browser: three bodies with accounts that can sign in, served by the real program with its workers."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.models import (
    Document,
    EarlierScan,
    ExportKind,
    Organisation,
    PageText,
    Quality,
    RegisterEntry,
    Relative,
    RemovalReason,
    StoredFile,
    User,
)
from app.services import papers
from app.services.accounts import AccountData, create_account
from app.services.cases import CaseData, open_case
from app.services.exporting import ask_export
from app.services.keeping import Question
from app.services.list_lines import LineKind
from app.services.list_search import ask_list, make_list
from app.services.local_day import VIETNAM
from app.services.quarantine import SECRET_MARK, close
from app.services.removing import ask
from app.services.saved_searches import AlertData, save_search
from app.services.tokens import add_token
from app.services.work_lists import add_documents, create_list
from app.setting_up import first_administrator, prepare
from config.kinds import OrganisationKind
from tests import desks, factories
from tests.serving import Home, Served

PASSWORD = "mật khẩu dài của người thử 2026"
OFFICER, LEADER, CLERK = "hoso.ub", "lanhdao.ub", "vanthu.ub"
POLICE, INSPECTOR, AUDITOR, ADMINISTRATOR = "hoso.ca", "thanhtra", "kiemsoat", "quantri.thu"
PROCEDURE = "P11"
TERM = {"term_from": date(2026, 12, 1), "term_to": date(2027, 11, 30)}


@dataclass(frozen=True, slots=True)
class Records:
    """What lies in the People's Committee before anybody signs in, by id."""

    organisation: int
    account: int
    person: int
    case: int
    draft: int
    numbered: int
    book: int
    entry: int
    closed: int
    removal: int
    locked: int
    rescanned: int
    earlier: int
    export: int
    saved_search: int
    list_search: int
    work_list: int


@dataclass(frozen=True, slots=True)
class Site:
    """The running program, the token of the records officer, and the records it begins with."""

    served: Served
    token: str
    records: Records
    batch: int
    document: int

    @property
    def url(self) -> str:
        return self.served.url

    def take_in(self, name: str, content: bytes) -> int:
        """Send a file over REST and wait until it is searchable; the id of its document."""
        receipt = self.served.settled(self.token, self.served.upload(self.token, name, content)["batch"])
        (item,) = receipt["items"]
        number: int = item["documents"][0]
        return number


def set_up(home: Home) -> tuple[str, Records]:
    """Bodies, accounts and a few records; the token of the officer."""
    prepare(home.settings)
    with home.backends() as backends:
        first_administrator(backends)
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            actors = _accounts(uow)
        with backends.begin(actors[OFFICER]) as uow:
            token = add_token(uow, uow.session.get_one(User, actors[OFFICER].user_id), "thử")
        return token, _records(backends, actors)


def _accounts(uow: UnitOfWork) -> dict[str, Actor]:
    """The bodies and those who sign in there, by the name of the account."""
    parent = factories.organisation(
        uow, code="DKT-THU", name="Đoàn kiểm tra liên ngành tỉnh Mẫu", kind=OrganisationKind.SUPERVISOR
    )
    committee = _committee(uow, parent)
    police = factories.organisation(uow, code="CAP-THU", name="Công an phường Mẫu", parent_id=parent.id)
    made = {}
    for username, role, body in (
        (OFFICER, Role.RECORDS_OFFICER, committee),
        (LEADER, Role.LEADER, committee),
        (CLERK, Role.OFFICE_CLERK, committee),
        (POLICE, Role.RECORDS_OFFICER, police),
        (INSPECTOR, Role.INSPECTOR, parent),
        (AUDITOR, Role.AUDITOR, parent),
        (ADMINISTRATOR, Role.ADMINISTRATOR, parent),
    ):
        data = AccountData(username=username, name="Lê Thị Thử", role=role, organisation_id=body.id)
        made[username] = create_account(uow, data=data, password=PASSWORD)[0].actor()
    return made


def _committee(uow: UnitOfWork, parent: Organisation) -> Organisation:
    return factories.organisation(
        uow,
        code="UBND-THU",
        name="Ủy ban nhân dân phường Mẫu",
        superior_name="Ủy ban nhân dân tỉnh Mẫu",
        kind=OrganisationKind.COMMUNE_COMMITTEE,
        symbol="UBND",
        parent_id=parent.id,
    )


def _records(backends: Backends, actors: Mapping[str, Actor]) -> Records:
    """A person with a case in mid-life, a half-filled order, and an order that has its number."""
    officer = actors[OFFICER]
    with backends.begin(officer) as uow:
        office = uow.session.get_one(Organisation, officer.organisation_id)
        person = factories.person(uow, office, full_name="Phạm Văn Thử Sẵn")
        person.relatives.append(
            Relative(
                relation="mẹ",
                full_name="Trần Thị Thử Mẹ",
                birth_year=1968,
                residence="Số 1, phường Mẫu",
                occupation="hưu trí",
            )
        )
        data = CaseData(procedure=PROCEDURE, act_date=desks.ACT_DAY, began_elsewhere=True, **TERM)
        case = open_case(uow, person=person, data=data)
        draft = papers.draft(uow, case, desks.ORDER, act_date=desks.ACT_DAY)
        order = papers.draft(uow, case, desks.ORDER, act_date=desks.ACT_DAY)
        papers.save_draft(uow, order, values=desks.TYPED, revision=order.revision)
        papers.present(uow, order)
        ids = (office.id, officer.user_id or 0, person.id, case.id, draft.id, order.id)
    with backends.begin(actors[LEADER]) as uow:
        papers.approve(uow, papers.paper(uow, ids[-1]))
    with backends.begin(actors[CLERK]) as uow:
        order = papers.paper(uow, ids[-1])
        papers.record_signature(uow, order, signed_on=today(), signer_name="Trần Văn Mẫu")
        papers.number(uow, order, date=today())
    closed, removal = _closed(backends, officer)
    with backends.read(actors[CLERK]) as uow:
        entry = uow.session.scalars(select(RegisterEntry)).one()
        return Records(
            *ids,
            entry.series_id,
            entry.id,
            closed,
            removal,
            *_scans(backends, officer),
            _export(backends, officer),
            *_kept(backends, officer),
        )


def _kept(backends: Backends, officer: Actor) -> tuple[int, int, int]:
    """A saved search that tells of new results, a list that was searched for, and a list of documents."""
    with backends.begin(officer) as uow:
        saved = save_search(uow, Question("quản lý"), name="Quản lý sau cai nghiện", alert=AlertData()).id
        asked = ask_list(uow, ["Phạm Văn Thử Sẵn", "15/QĐ-UBND"], LineKind.AUTO, most=2).id
        listed = create_list(uow, name="Việc tuần này")
        mine = select(Document.id).where(Document.organisation_id == officer.organisation_id).limit(2)
        add_documents(uow, listed, uow.session.scalars(mine))
    make_list(backends, asked)
    return saved, asked, listed.id


def _export(backends: Backends, officer: Actor) -> int:
    """A list of search results that was asked for."""
    with backends.begin(officer) as uow:
        return ask_export(uow, Question("quản lý"), ExportKind.CSV, address="https://hoso.example/van-ban").id


def _without_bytes(uow: UnitOfWork, office: Organisation) -> Document:
    """A document of a format without pictures: there are no bytes behind it that one could be drawn from."""
    row = factories.document(uow, office)
    uow.session.get_one(StoredFile, row.stored_file_id).media_type = "text/plain"
    for text in uow.session.scalars(select(PageText).where(PageText.stored_file_id == row.stored_file_id)):
        text.pictured = False
    return row


def _closed(backends: Backends, officer: Actor) -> tuple[int, int]:
    """A quarantined document, and the removal of another one that was asked for."""
    with backends.begin(officer) as uow:
        office = uow.session.get_one(Organisation, officer.organisation_id)
        marked, misplaced = (_without_bytes(uow, office) for _ in range(2))
        close(uow, marked, code=SECRET_MARK)
        reason = RemovalReason.OTHER_PERSON
        removal = ask(uow, misplaced.id, reason=reason, explanation="Phiếu xét nghiệm của người khác")
        return marked.id, removal.id


def _scans(backends: Backends, officer: Actor) -> tuple[int, int, int]:
    """A locked document, and one with the scan that it had before."""
    with backends.begin(officer) as uow:
        office = uow.session.get_one(Organisation, officer.organisation_id)
        locked, row, old = (_without_bytes(uow, office) for _ in range(3))
        picture = io.BytesIO()
        Image.new("RGB", (595, 842), "white").save(picture, "PNG")
        stored = uow.store.put(io.BytesIO(picture.getvalue()))
        file = uow.session.get_one(StoredFile, old.stored_file_id)
        file.sha256, file.size, file.media_type = stored.sha256, stored.size, "image/png"
        locked.quality, locked.failure_code = Quality.UNREAD, "file-encrypted"
        pages = [{"file": old.stored_file_id, "page": 1, "hidden": False, "sheet": ""}]
        scan = EarlierScan(document_id=row.id, stored_file_id=old.stored_file_id, pages=pages, replaced_at=uow.now)
        uow.session.add(scan)
        uow.session.flush()
        return locked.id, row.id, scan.id


def today() -> date:
    """The day of the running program, in Vietnam."""
    return datetime.now(VIETNAM).date()


def dropped(page: Any, files: Sequence[Path]) -> None:
    """Let go of files over the page, as somebody who dragged them there does."""
    held = page.evaluate_handle(
        """files => {
          const held = new DataTransfer();
          for (const [name, content] of files) {
            const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
            held.items.add(new File([bytes], name, { type: "application/pdf" }));
          }
          return held;
        }""",
        [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in files],
    )
    for step in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", step, {"dataTransfer": held})
