"""Arrange: records for tests, always of provably invented people (identity numbers start with 000)."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from app.actor import Actor, Role
from app.backends import Backends, UnitOfWork
from app.models import (
    Case,
    CaseDocument,
    CaseGrant,
    Document,
    DocumentPage,
    FilingState,
    Identity,
    IdentityKind,
    Organisation,
    PageText,
    Person,
    PersonKey,
    Reading,
    ReadingState,
    Sex,
    Source,
    StoredFile,
    TextSource,
    User,
)
from config.kinds import OrganisationKind
from indexer.folding import fold, sort_key
from indexer.name_keys import keys_of_name
from ingestion import ENGINE

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_serial = count(1)


def organisation(uow: UnitOfWork, **given: Any) -> Organisation:
    """An organisation; a commune police unless told otherwise."""
    serial = next(_serial)
    values: dict[str, Any] = {
        "code": f"ORG{serial}",
        "name": f"Công an phường Mẫu {serial}",
        "kind": OrganisationKind.COMMUNE_POLICE,
        "superior_name": "Công an tỉnh Mẫu",
        "symbol": "CAP",
        "place": "Mẫu",
        "head_name": "Trần Văn Mẫu",
    }
    row = Organisation(**(values | given))
    uow.session.add(row)
    uow.session.flush()
    return row


def user(uow: UnitOfWork, organisation: Organisation, role: Role = Role.RECORDS_OFFICER, **given: Any) -> User:
    """An account that cannot sign in (no usable password) unless a hash is given."""
    serial = next(_serial)
    values: dict[str, Any] = {
        "username": f"{role.value}{serial}",
        "name": f"Người Thử {serial}",
        "password_hash": "!",
        "role": role,
        "organisation_id": organisation.id,
        "allowed_flags": [],
        "created_at": NOW,
    }
    row = User(**(values | given))
    uow.session.add(row)
    uow.session.flush()
    return row


def person(uow: UnitOfWork, organisation: Organisation, **given: Any) -> Person:
    """A complete person: the forms need no more than this."""
    serial = next(_serial)
    name = given.pop("full_name", f"Nguyễn Văn Thử {serial}")
    number = given.pop("id_number", f"000090{serial:06d}")
    values: dict[str, Any] = {
        "organisation_id": organisation.id,
        "full_name": name,
        "folded_name": fold(name),
        "sort_key": sort_key(name),
        "sex": Sex.MALE,
        "birth_date": date(1990, 5, 12),
        "residence": "Số 1, tổ 1, phường Mẫu, tỉnh Mẫu",
        "occupation": "Lao động tự do",
        "workplace": "không",
        "created_at": NOW,
    }
    row = Person(**(values | given))
    row.keys = [PersonKey(key=key) for key in keys_of_name(name)]
    if number:
        row.identities.append(
            Identity(kind=IdentityKind.CCCD, number=number, issued_on=date(2021, 6, 1), issued_by="Cục CSQLHC về TTXH")
        )
    uow.session.add(row)
    uow.session.flush()
    return row


def case(uow: UnitOfWork, person: Person, procedure: str = "P11", **given: Any) -> Case:
    """A case of this person in the person's organisation, in regime D."""
    serial = next(_serial)
    values: dict[str, Any] = {
        "organisation_id": person.organisation_id,
        "code": f"HS-2026-{serial:04d}",
        "person_id": person.id,
        "procedure": procedure,
        "act_date": date(2026, 11, 2),
        "opened_on": date(2026, 11, 2),
        "created_at": NOW,
    }
    row = Case(**(values | given))
    uow.session.add(row)
    uow.session.flush()
    return row


def document(uow: UnitOfWork, organisation: Organisation, *texts: str, **given: Any) -> Document:
    """A document whose pages were read as these texts."""
    serial = next(_serial)
    texts = texts or ("Một trang chữ.",)
    stored = StoredFile(
        sha256=f"{serial:064x}",
        size=10,
        media_type="application/pdf",
        pages=len(texts),
        finished_engine=ENGINE,
        created_at=NOW,
    )
    stored.readings.append(Reading(engine=ENGINE, first=0, last=0, state=ReadingState.DONE))
    stored.readings.append(Reading(engine=ENGINE, first=1, last=len(texts), state=ReadingState.DONE))
    uow.session.add(stored)
    uow.session.flush()
    values: dict[str, Any] = {
        "organisation_id": organisation.id,
        "stored_file_id": stored.id,
        "file_name": f"tep-{serial}.pdf",
        "title": f"Văn bản {serial}",
        "quality": "text",
        "created_at": NOW,
    }
    row = Document(**(values | given))
    for position, text in enumerate(texts, 1):
        row.pages.append(DocumentPage(position=position, stored_file_id=stored.id, page=position))
        uow.session.add(
            PageText(
                stored_file_id=stored.id,
                page=position,
                engine=ENGINE,
                source=TextSource.TEXT,
                width=595.0,
                height=842.0,
                text=text,
                words_name="",
            )
        )
    uow.session.add(row)
    uow.session.flush()
    return row


def filing(uow: UnitOfWork, case: Case, document: Document, **given: Any) -> CaseDocument:
    """A filing that a person made."""
    values: dict[str, Any] = {"source": Source.PERSON, "state": FilingState.ACCEPTED, "created_at": NOW}
    row = CaseDocument(case_id=case.id, document_id=document.id, **(values | given))
    uow.session.add(row)
    uow.session.flush()
    return row


def grant(uow: UnitOfWork, user: User, case: Case, **given: Any) -> CaseGrant:
    """Leave for this account to read this case today."""
    values: dict[str, Any] = {
        "basis": "Công văn thử",
        "starts_at": NOW - timedelta(days=1),
        "ends_at": NOW + timedelta(days=1),
        "created_at": NOW,
    }
    row = CaseGrant(user_id=user.id, organisation_id=user.organisation_id, case_id=case.id, **(values | given))
    uow.session.add(row)
    uow.session.flush()
    return row


def actor_of(backends: Backends, organisation: Organisation, role: Role, **given: Any) -> Actor:
    """A new account of this role, as the one who acts."""
    with backends.begin(SYSTEM_ACTOR) as uow:
        return user(uow, organisation, role, **given).actor()


SYSTEM_ACTOR = Actor("system", Role.SYSTEM)
