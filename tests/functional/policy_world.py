"""The world in which the policy is walked: an office, the body above it, a stranger, a fresh record for every try."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from PIL import Image

from app.actor import Role
from app.backends import Backends, UnitOfWork
from app.models import (
    AskedState,
    Batch,
    BookKeeping,
    Case,
    CaseDocument,
    Document,
    Dossier,
    EarlierScan,
    Export,
    ExportKind,
    FilingState,
    Intake,
    IntakeSource,
    Likeness,
    ListSearch,
    Organisation,
    Quality,
    RegisterEntry,
    RegisterSeries,
    Removal,
    RemovalReason,
    SavedSearch,
    StoredFile,
    Upload,
    User,
    WorkList,
)
from app.services import papers, tokens
from app.services.exporting import IDS
from app.services.purpose import state_purpose
from app.services.quarantine import SECRET_MARK
from config.kinds import OrganisationKind
from config.rules import regime
from tests import factories
from tests.desks import ACT_DAY, ORDER

CHECKLIST = "d_p11"
_serial = count(1)
_Args = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """Ids of three organisations: `home` with `above` over it, and `elsewhere`, which has nothing to do with them."""

    backends: Backends
    home: int
    above: int
    elsewhere: int

    @classmethod
    def made(cls, backends: Backends) -> "World":
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            above = _office(uow, kind=OrganisationKind.SUPERVISOR)
            home = _office(uow, parent_id=above.id)
            elsewhere = _office(uow)
            return cls(backends, home.id, above.id, elsewhere.id)

    def account(self, role: Role, organisation_id: int) -> User:
        with self.backends.begin(factories.SYSTEM_ACTOR) as uow:
            return factories.user(uow, uow.session.get_one(Organisation, organisation_id), role)

    def purpose(self, user: User) -> str:
        """The key of a purpose that this account stated, for its session."""
        with self.backends.begin(user.actor()) as uow:
            return state_purpose(uow, text="kiểm tra theo kế hoạch", case_number="12/QĐ-TTr")

    def token(self, user: User) -> str:
        """A token of this account, for REST."""
        with self.backends.begin(factories.SYSTEM_ACTOR) as uow:
            return tokens.add_token(uow, uow.session.get_one(User, user.id), "thử")

    def record(self, kind: str | None, organisation_id: int, owner: User | None) -> _Args:
        """What an address names of a new record: the id under the name that the routes give it, and what goes along."""
        if kind is None:
            return {"code": ORDER, "kind": "docx", "filename": "logo.svg"}
        with self.backends.begin(factories.SYSTEM_ACTOR) as uow:
            return _MAKERS[kind](uow, uow.session.get_one(Organisation, organisation_id), owner)


def _office(uow: UnitOfWork, **given: Any) -> Organisation:
    values = {"kind": OrganisationKind.COMMUNE_COMMITTEE, "symbol": "UBND"}
    return factories.organisation(uow, **(values | given))


def _scan(uow: UnitOfWork, office: Organisation) -> Document:
    """A document with a real picture behind it, of its own bytes each time."""
    row = factories.document(uow, office)
    serial = next(_serial)
    image, out = Image.new("RGB", (120, 160), (serial % 256, serial // 256 % 256, 7)), io.BytesIO()
    image.save(out, "PNG")
    stored = uow.store.put(io.BytesIO(out.getvalue()))
    file = uow.session.get_one(StoredFile, row.stored_file_id)
    file.sha256, file.size, file.media_type = stored.sha256, stored.size, "image/png"
    uow.session.flush()
    return row


def _open_case(uow: UnitOfWork, office: Organisation) -> Case:
    case = factories.case(uow, factories.person(uow, office))
    case.dossiers.append(Dossier(checklist=CHECKLIST))
    uow.session.flush()
    return case


def _case(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    case = _open_case(uow, office)
    filing = factories.filing(uow, case, _scan(uow, office))
    item = regime("D").checklist(CHECKLIST).items[0].key
    return {"case_id": case.id, "document_id": filing.document_id, "item": item}


def _document(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    return {"document_id": _scan(uow, office).id, "other_id": 1, "position": 1, "number": 1}


def _locked(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    row = _scan(uow, office)
    row.quality, row.failure_code = Quality.UNREAD, "file-encrypted"
    uow.session.flush()
    return {"document_id": row.id}


def _earlier(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    row, old = _scan(uow, office), _scan(uow, office)
    pages = [{"file": old.stored_file_id, "page": 1, "hidden": False, "sheet": ""}]
    scan = EarlierScan(document_id=row.id, stored_file_id=old.stored_file_id, pages=pages, replaced_at=factories.NOW)
    uow.session.add(scan)
    uow.session.flush()
    return {"document_id": row.id, "scan_id": scan.id, "number": 1}


def _alike(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    older, newer = _scan(uow, office), _scan(uow, office)
    row = Likeness(document_id=newer.id, other_id=older.id, share=0.9)
    uow.session.add(row)
    uow.session.flush()
    return {"document_id": newer.id, "likeness_id": row.id}


def _filed(state: FilingState) -> Callable[[UnitOfWork, Organisation, User | None], _Args]:
    def make(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
        row: CaseDocument = factories.filing(uow, _open_case(uow, office), _scan(uow, office), state=state)
        return {"case_id": row.case_id, "document_id": row.document_id, "filing_id": row.id}

    return make


def _person(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    return {"person_id": factories.person(uow, office).id}


def _paper(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    row = papers.draft(uow, _open_case(uow, office), ORDER, act_date=ACT_DAY)
    uow.session.flush()
    return {"paper_id": row.id, "document_id": _scan(uow, office).id, "mode": "blank", "kind": "docx"}


def _book(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    book = RegisterSeries(
        organisation_id=office.id,
        year=2026,
        name=f"Sổ {next(_serial)}",
        keeping=BookKeeping.DRAWN,
        last=1,
        created_at=factories.NOW,
    )
    entry = RegisterEntry(number=1, symbol="QĐ-UBND", date=date(2026, 11, 2), created_at=factories.NOW)
    book.entries.append(entry)
    uow.session.add(book)
    uow.session.flush()
    return {"book_id": book.id, "entry_id": entry.id}


def _batch(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    document = _scan(uow, office)
    batch = Batch(organisation_id=office.id, source=IntakeSource.BROWSER, created_at=factories.NOW)
    item = Intake(
        organisation_id=office.id,
        name="tep.png",
        stored_file_id=document.stored_file_id,
        document_id=document.id,
        received_at=factories.NOW,
    )
    batch.items.append(item)
    uow.session.add(batch)
    uow.session.flush()
    return {"batch_id": batch.id, "item_id": item.id}


def _account(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    return {"account_id": factories.user(uow, office).id}


def _token(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    """A token of who asks, or of somebody else in the organisation."""
    user = factories.user(uow, office) if owner is None else uow.session.get_one(User, owner.id)
    tokens.add_token(uow, user, "thử")
    return {"token_id": tokens.tokens(uow, user)[0].id}


def _upload(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    """A file that who asks, or somebody else in the organisation, has begun to send."""
    user = factories.user(uow, office) if owner is None else uow.session.get_one(User, owner.id)
    batch = Batch(organisation_id=office.id, user_id=user.id, source=IntakeSource.BROWSER, created_at=factories.NOW)
    uow.session.add(batch)
    uow.session.flush()
    key, now = f"manh-{next(_serial)}", factories.NOW
    uow.session.add(
        Upload(
            key=key,
            batch_id=batch.id,
            user_id=user.id,
            name="a.pdf",
            size=9,
            modified=0,
            created_at=now,
            touched_at=now,
        )
    )
    uow.session.flush()
    return {"key": key}


def _export(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    """A finished list of who asks, or of somebody else in the organisation."""
    user = factories.user(uow, office) if owner is None else owner
    stored = uow.store.put(io.BytesIO(f"danh sách {next(_serial)}".encode()))
    uow.store.put_derived(stored.sha256, IDS, b"[]")
    row = Export(
        user_id=user.id,
        organisation_id=office.id,
        kind=ExportKind.CSV,
        state=AskedState.DONE,
        text="thử",
        filters={},
        address="",
        total=0,
        sha256=stored.sha256,
        asked_at=factories.NOW,
        touched_at=factories.NOW,
    )
    uow.session.add(row)
    uow.session.flush()
    return {"export_id": row.id}


def _owned_by(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    """Whose it is: of who asks, or of somebody else in the organisation."""
    user = factories.user(uow, office) if owner is None else owner
    return {"user_id": user.id, "organisation_id": office.id}


def _saved_search(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    whose = _owned_by(uow, office, owner)
    row = SavedSearch(**whose, name=f"Thử {next(_serial)}", text="thử", filters={}, created_at=factories.NOW)
    uow.session.add(row)
    uow.session.flush()
    return {"search_id": row.id}


def _list_search(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    row = ListSearch(
        **_owned_by(uow, office, owner),
        state=AskedState.DONE,
        kind="auto",
        lines=["thử"],
        answers=[[0, None, 0, None]],
        total=1,
        asked_at=factories.NOW,
        touched_at=factories.NOW,
    )
    uow.session.add(row)
    uow.session.flush()
    return {"list_id": row.id, "kind": "csv"}


def _work_list(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
    whose, now = _owned_by(uow, office, owner), factories.NOW
    row = WorkList(**whose, name=f"Thử {next(_serial)}", created_at=now, changed_at=now)
    uow.session.add(row)
    uow.session.flush()
    return {"list_id": row.id, "kind": "csv"}


def _closed(uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    document = _scan(uow, office)
    document.quarantined_at, document.quarantine_code = factories.NOW, SECRET_MARK
    uow.session.flush()
    return {"document_id": document.id}


def _removal(asked_by_owner: bool) -> Callable[[UnitOfWork, Organisation, User | None], _Args]:
    def make(uow: UnitOfWork, office: Organisation, owner: User | None) -> _Args:
        document_id = _closed(uow, office, owner)["document_id"]
        removal = Removal(
            document_id=document_id,
            organisation_id=office.id,
            reason=RemovalReason.SECRET,
            asked_by=owner.id if asked_by_owner and owner else None,
            asked_at=factories.NOW,
        )
        uow.session.add(removal)
        uow.session.flush()
        return {"removal_id": removal.id, "document_id": document_id}

    return make


def _organisation(_uow: UnitOfWork, office: Organisation, _owner: User | None) -> _Args:
    return {"organisation_id": office.id}


_MAKERS: dict[str, Callable[[UnitOfWork, Organisation, User | None], _Args]] = {
    "account": _account,
    "alike": _alike,
    "batch": _batch,
    "book": _book,
    "case": _case,
    "closed": _closed,
    "document": _document,
    "export": _export,
    "earlier": _earlier,
    "list_search": _list_search,
    "locked": _locked,
    "filing": _filed(FilingState.ACCEPTED),
    "organisation": _organisation,
    "paper": _paper,
    "person": _person,
    "proposal": _filed(FilingState.PROPOSED),
    "own_removal": _removal(asked_by_owner=True),
    "removal": _removal(asked_by_owner=False),
    "saved_search": _saved_search,
    "token": _token,
    "upload": _upload,
    "work_list": _work_list,
}
