"""Suggestions while typing: how long one takes from the words posted to the lines, beside the bare index questions; and
questions for words that few documents hold as they were badly recognised, beside the same without confusion keys.

Records of an office (titles, numbers and persons recombined from word lists, provably invented) lie in a database and
an index of their own; somebody types questions letter by letter, and each beginning of two letters or more is asked.
With HOSO_TEST_SEARCH_URL (`tests/services/up.py`) the index is on that Elasticsearch.
"""

import os
import random
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from app.actor import SYSTEM, Actor, Role
from app.backends import Backends, UnitOfWork
from app.migrations.run import migrate
from app.models import Case, CaseDocument, Document, FilingState, Organisation, Person, Source, StoredFile, User
from app.services.access import index_filter, scope_of
from app.services.past_queries import keep_query
from app.services.suggesting import suggest
from app.wsgi import keep_loaded
from benchmarks.measuring import Table, latencies
from config.kinds import OrganisationKind
from config.settings import Settings
from indexer import SearchDocument, SearchPage, SearchRequest, Typed
from indexer.folding import fold, sort_key

SEED = 2026
DOCUMENTS, PERSONS, OFFICES = 20_000, 4_000, 3
AT_ONCE = 1_000
_START = date(2020, 1, 1)
_KINDS = ("Quyết định", "Kế hoạch", "Thông báo", "Biên bản", "Báo cáo", "Giấy mời", "Công văn")
_SIGNS = ("QĐ-UBND", "KH-UBND", "TB-UBND", "BB-CAP", "BC-CAP", "GM-UBND", "CV-CAP")
_ABOUT = (
    "quản lý sau cai",
    "cai nghiện tự nguyện",
    "phòng cháy",
    "trật tự xây dựng",
    "hộ tịch",
    "đất đai",
    "thu ngân sách",
)
_WHERE = ("tại phường Mẫu", "năm 2026", "trên địa bàn", "cho hộ gia đình", "của tổ dân phố", "quý I", "đợt hai")
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
_MIDDLE = ("Văn Thử", "Thị Thử", "Thử Đức", "Thử Minh", "Thử Ngọc", "Thử Thanh")
_GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Khánh", "Lan", "Minh", "Nam", "Phúc", "Quân", "Sơn", "Trang")
_TYPED = (
    "quyết định quản lý",
    "trần thị thử lan",
    "15/QĐ-UBND",
    "nguyen van",
    "ke hoach phong chay",
    "120/TB",
    "người: hoàng",
)
MISREAD_EVERY = 500  # one document in so many is a scan on which a word was misread: its keys are rare
_MISREAD = ("quản lý sau ca", "ca")  # for "cai", as it is misread most often
_FOR_KEYS = ("quản lý sau cai", "sau cai", "cai", "quan ly sau cai", "quyết định quản lý sau cai", "15 cai", "cai mẫu")
_NO_KEYS = tuple(" ".join(f'"{word}"' for word in text.split()) for text in _FOR_KEYS)  # the same in quotation marks


def bench(*, quick: bool) -> Table:
    """Every beginning of a few questions, by an officer who sees a third of the documents."""
    size = DOCUMENTS // (10 if quick else 1)
    made = Table("Suggestions", baseline="the index questions alone, in the same scope")
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        server = os.environ.get("HOSO_TEST_SEARCH_URL", "")
        engine = {"HOSO_SEARCH_URL": server, "HOSO_SEARCH_INDEX": f"bench-{secrets.token_hex(4)}"}
        settings = Settings.from_environment({"HOSO_HOME": str(Path(folder, "home")), **engine})
        migrate(settings.database_url)
        backends = Backends(settings)
        try:
            officer = _filled(backends, size)
            keep_loaded()  # as the web server does
            ours, bare, lines = _asked(backends, officer, rounds=1 if quick else 3)
            keyed, plain, by_key = _with_keys(backends, officer, rounds=5 if quick else 20)
        finally:
            backends.close()
    made.rows += latencies("one beginning", ours, bare)
    made.rows += latencies("a question with rare keys, against the same without", keyed, plain)
    engine_name = "Elasticsearch" if server else "embedded"
    made.remarks.append(
        f"{engine_name}; {size} documents, {PERSONS} persons, {len(ours)} beginnings, {lines} lines suggested; one"
        f" document in {MISREAD_EVERY} misread, keys found {by_key} documents in {len(keyed)} questions"
    )
    return made


def _with_keys(backends: Backends, officer: Actor, *, rounds: int) -> tuple[list[float], list[float], int]:
    """Seconds of `find` with confusion keys and without, in turns, and how many documents keys found in all."""
    times: tuple[list[float], list[float]] = ([], [])
    found = 0
    with backends.read(officer) as uow:
        allowed = index_filter(scope_of(uow))
    for texts in list(zip(_FOR_KEYS, _NO_KEYS, strict=True)) * rounds:
        for text, seconds in zip(texts, times, strict=True):
            start = time.perf_counter()
            found += backends.search.find(SearchRequest(text=text, allowed=allowed)).misread
            seconds.append(time.perf_counter() - start)
    return *times, found


def _asked(backends: Backends, officer: Actor, *, rounds: int) -> tuple[list[float], list[float], int]:
    ours: list[float] = []
    bare: list[float] = []
    lines = 0
    for text in _beginnings() * rounds:
        start = time.perf_counter()
        with backends.read(officer) as uow:
            lines += len(suggest(uow, text))
        ours.append(time.perf_counter() - start)
        with backends.read(officer) as uow:
            typed = Typed(text, index_filter(scope_of(uow)), limit=4)
        start = time.perf_counter()
        backends.search.suggest(typed)
        bare.append(time.perf_counter() - start)
    return ours, bare, lines


def _beginnings() -> list[str]:
    return [text[:end] for text in _TYPED for end in range(2, len(text) + 1)]


def _filled(backends: Backends, size: int) -> Actor:
    """Records and their index; the officer of the first office, with some past queries."""
    with backends.begin(SYSTEM) as uow:
        offices = [_office(uow, number) for number in range(OFFICES)]
        user = _user(uow, offices[0])
        persons = _persons(uow, offices)
        file = StoredFile(sha256="0" * 64, size=1, media_type="application/pdf", pages=1, created_at=uow.now)
        uow.session.add(file)
        uow.session.flush()
        documents = list(_documents(size, offices))
        uow.session.execute(insert(Document), [_row(uow, one, file.id) for one in documents])
        filed = _file(uow, documents, persons)
    names = {person_id: (name, case_id) for person_id, name, case_id in persons.values()}
    for at in range(0, size, AT_ONCE):
        backends.search.write([_with_person(one, filed, names) for one in documents[at : at + AT_ONCE]])
    with backends.begin(user.actor()) as uow:
        for number in range(150):
            keep_query(uow, text=f"{_KINDS[number % 7]} {_ABOUT[number % 5]} {number}")
    return user.actor()


def _office(uow: UnitOfWork, number: int) -> int:
    row = Organisation(
        code=f"UB{number}",
        name=f"UBND phường Mẫu {number}",
        kind=OrganisationKind.COMMUNE_COMMITTEE,
        superior_name="UBND tỉnh Mẫu",
        symbol="UBND",
        place="Mẫu",
        head_name="Trần Văn Mẫu",
    )
    uow.session.add(row)
    uow.session.flush()
    return row.id


def _user(uow: UnitOfWork, office: int) -> User:
    row = User(
        username="thu",
        name="Người Thử",
        password_hash="!",  # noqa: S106  # no password fits it
        role=Role.RECORDS_OFFICER,
        organisation_id=office,
        allowed_flags=[],
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _persons(uow: UnitOfWork, offices: list[int]) -> dict[int, tuple[int, str, int]]:
    """Place -> id, name and case; every person has one case."""
    chooser = random.Random(SEED)
    made = {}
    for place in range(PERSONS):
        name = " ".join(chooser.choice(part) for part in (_FAMILY, _MIDDLE, _GIVEN))
        office = offices[place % OFFICES]
        person = Person(
            organisation_id=office,
            full_name=name,
            folded_name=fold(name),
            sort_key=sort_key(name),
            birth_date=_START - timedelta(days=9_000 + place),
            created_at=uow.now,
        )
        uow.session.add(person)
        uow.session.flush()
        case = Case(
            organisation_id=office,
            code=f"HS-2026-{place:04d}",
            person_id=person.id,
            procedure="P11",
            act_date=_START,
            opened_on=_START,
            created_at=uow.now,
        )
        uow.session.add(case)
        uow.session.flush()
        made[place] = (person.id, name, case.id)
    return made


def _documents(size: int, offices: list[int]) -> Iterator[SearchDocument]:
    chooser = random.Random(SEED)
    for number in range(1, size + 1):
        kind = chooser.randrange(len(_KINDS))
        title = f"{_KINDS[kind]} {chooser.choice(_ABOUT)} {chooser.choice(_WHERE)}"
        yield SearchDocument(
            id=number,
            revision=1,
            title=title,
            type="QD",
            number_text=f"{chooser.randrange(1, 999)}/{_SIGNS[kind]}",
            date=_START + timedelta(days=chooser.randrange(2_400)),
            body="UBND phường Mẫu",
            organisations=(offices[number % OFFICES],),
            quality="text",
            pages=(SearchPage(1, _MISREAD[0], _MISREAD[1:]),) if number % MISREAD_EVERY == 0 else (),
        )


def _row(uow: UnitOfWork, one: SearchDocument, file_id: int) -> dict[str, object]:
    number, _, symbol = one.number_text.partition("/")
    return {
        "id": one.id,
        "organisation_id": one.organisations[0],
        "stored_file_id": file_id,
        "file_name": "tep.pdf",
        "title": one.title,
        "number": number,
        "symbol": symbol,
        "date": one.date,
        "body": one.body,
        "quality": "text",
        "flags": [],
        "fact_flags": [],
        "indexed_revision": 1,
        "created_at": uow.now,
    }


def _file(uow: UnitOfWork, documents: list[SearchDocument], persons: dict[int, tuple[int, str, int]]) -> dict[int, int]:
    """Every second document is filed to a case of its own office: document -> person."""
    filed, rows = {}, []
    for one in documents[::2]:
        person_id, _, case_id = persons[one.id % PERSONS]
        filed[one.id] = person_id
        rows.append(
            {
                "case_id": case_id,
                "document_id": one.id,
                "source": Source.PERSON,
                "state": FilingState.ACCEPTED,
                "evidence": {},
                "created_at": uow.now,
            }
        )
    uow.session.execute(insert(CaseDocument), rows)
    return filed


def _with_person(one: SearchDocument, filed: dict[int, int], names: dict[int, tuple[str, int]]) -> SearchDocument:
    person = filed.get(one.id)
    if person is None:
        return one
    name, case_id = names[person]
    return replace(one, persons=((person, name),), cases=((case_id, f"HS-2026-{case_id:04d}"),), case_ids=(case_id,))
