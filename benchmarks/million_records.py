"""The records of some of the million documents: those that the questions of a measurement find, and no others."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update

from app.actor import SYSTEM, Role
from app.backends import Backends, UnitOfWork
from app.factory import create_app
from app.models import (
    Case,
    CaseDocument,
    Document,
    DocumentPage,
    FilingState,
    Organisation,
    PageText,
    Person,
    Source,
    StoredFile,
    TextSource,
    User,
)
from app.services import passwords
from app.services.page_words import pack
from benchmarks.million_documents import ORGANISATIONS, PERSONS, SEEN, Collection, name_of
from config.kinds import OrganisationKind
from config.settings import Settings
from indexer import SearchDocument
from indexer.folding import fold, sort_key
from ingestion import ENGINE

ABOVE = ORGANISATIONS + 1  # the body whose inspector sees those that `SEEN` names
NAME, PASSWORD = "thanh.tra.thu", "mật khẩu dài của người thử 2026"
SLICE = 250  # pages whose words lie in one file
LINE, LETTER = 14.0, 6.0  # points
_NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_AT_ONCE = 200
_TOKEN = re.compile(r'name="csrf-?_?token" (?:content|value)="([^"]+)"')


class Records:
    """A home with a database and a store beside an index that is there already."""

    def __init__(self, home: Path, index: Path, collection: Collection) -> None:
        self._settings = Settings.from_environment({"HOSO_HOME": str(home)})
        self._collection = collection
        environment = {**os.environ, "HOSO_HOME": str(home)}
        subprocess.run([sys.executable, "-m", "app.cli", "init"], env=environment, check=True, capture_output=True)
        self._settings.index.parent.mkdir(parents=True, exist_ok=True)
        if self._settings.index.exists():
            shutil.rmtree(self._settings.index)
        self._settings.index.symlink_to(index.resolve(), target_is_directory=True)
        self.backends = Backends.from_settings(self._settings, send=lambda _job, _id: None)
        with self.backends.begin(SYSTEM) as uow:
            self._people(uow)

    def _people(self, uow: UnitOfWork) -> None:
        """Bodies, an inspector above most of them, persons with a case each."""
        for number in range(ABOVE, 0, -1):
            uow.session.merge(
                Organisation(
                    id=number,
                    code=f"B{number}",
                    name=f"Cơ quan Mẫu {number}",
                    kind=OrganisationKind.COMMUNE_POLICE,
                    parent_id=ABOVE if number in SEEN else None,
                )
            )
        uow.session.flush()
        account = User(username=NAME, name="Người Thử", role=Role.INSPECTOR, organisation_id=ABOVE, created_at=_NOW)
        account.password_hash, account.allowed_flags = passwords.hashed(PASSWORD), []
        uow.session.add(account)
        for person in range(PERSONS):
            name = name_of(person)
            keys = {"folded_name": fold(name), "sort_key": sort_key(name)}
            uow.session.add(Person(id=person + 1, organisation_id=1, full_name=name, created_at=_NOW, **keys))
        uow.session.flush()
        for person in range(1, PERSONS + 1):
            days = {"act_date": _NOW.date(), "opened_on": _NOW.date(), "created_at": _NOW}
            uow.session.add(
                Case(id=person, organisation_id=1, code=f"HS-{person:06}", person_id=person, procedure="P11", **days)
            )

    def add(self, ids: Iterable[int]) -> None:
        """Documents with their pages, words and boxes."""
        wanted = sorted(set(ids))
        for at in range(0, len(wanted), _AT_ONCE):
            with self.backends.begin(SYSTEM) as uow:
                for id_ in wanted[at : at + _AT_ONCE]:
                    self._add(uow, self._collection.document(id_))

    def _add(self, uow: UnitOfWork, document: SearchDocument) -> None:
        stored = self.backends.store.put(io.BytesIO(f"document {document.id}".encode()))
        names = [f"{ENGINE}/words-{first}.json.gz" for first in range(1, len(document.pages) + 1, SLICE)]
        for name, pages in zip(names, _slices(document), strict=True):
            self.backends.store.put_derived(stored.sha256, name, pack({str(n): _words(text) for n, text in pages}))
        number, _, symbol = document.number_text.partition("/")
        file = StoredFile(sha256=stored.sha256, size=stored.size, media_type="application/pdf", created_at=_NOW)
        file.pages, file.finished_engine = len(document.pages), ENGINE
        uow.session.add(file)
        uow.session.flush()
        row = Document(id=document.id, organisation_id=document.organisations[0], stored_file_id=file.id)
        row.file_name, row.title, row.subject = document.file_name, document.title[:400], document.subject[:500]
        row.type, row.number, row.symbol, row.date = document.type, number, symbol, document.date
        row.body, row.quality, row.flags = document.body, str(document.quality), list(document.flags)
        row.indexed_revision, row.created_at = 1, _NOW
        uow.session.add(row)
        uow.session.flush()
        uow.session.add(
            CaseDocument(
                case_id=document.case_ids[0],
                document_id=document.id,
                source=Source.PERSON,
                state=FilingState.ACCEPTED,
                created_at=_NOW,
            )
        )
        for page in document.pages:
            place = DocumentPage(document_id=row.id, position=page.number, stored_file_id=file.id, page=page.number)
            uow.session.add(place)
            text = PageText(stored_file_id=file.id, page=page.number, engine=ENGINE, text=page.text)
            text.source = TextSource.TEXT if document.quality == "text" else TextSource.OCR
            text.width, text.height, text.words_name = 595.0, 842.0, names[(page.number - 1) // SLICE]
            uow.session.add(text)

    def settle(self) -> None:
        """What was written while the rows were made is no change that the index must learn."""
        with self.backends.begin(SYSTEM) as uow:
            uow.session.execute(update(Document).values(revision=1, indexed_revision=1, access_pending=False))

    def browser(self) -> FlaskClient:
        """A browser in which the inspector is signed in and has stated a purpose."""
        client = create_app(self._settings, send=lambda _job, _id: None).test_client()
        self._post(client, "/dang-nhap", username=NAME, password=PASSWORD)
        self._post(client, "/tim-kiem/muc-dich", purpose="Đo tốc độ của trang kết quả tìm kiếm", case_number="1/QĐ-TTr")
        return client

    def address_of(self, client: FlaskClient, text: str) -> str:
        """The address of the results of a question that was typed."""
        return self._post(client, "/tim-kiem", q=text)

    @staticmethod
    def _post(client: FlaskClient, url: str, **given: str) -> str:
        """Send a form; returns where it leads."""
        token = _TOKEN.search(client.get(url).text)
        answer = client.post(url, data={"csrf_token": token[1] if token else "", **given})
        if answer.status_code not in (302, 303):
            raise RuntimeError(f"{url} answered {answer.status_code}")
        return answer.location


def _slices(document: SearchDocument) -> Iterator[list[tuple[int, str]]]:
    pages = [(page.number, page.text) for page in document.pages]
    return (pages[at : at + SLICE] for at in range(0, len(pages), SLICE))


def _words(text: str) -> list[list[object]]:
    """The words of a page set in lines from left to right; one in fifty is doubtful."""
    words: list[list[object]] = []
    x = y = 50.0
    for place, word in enumerate(text.split()):
        wide = LETTER * len(word)
        if x + wide > 545.0:
            x, y = 50.0, y + LINE
        words.append([word, x, y, x + wide, y + LINE, 0.4 if place % 50 == 49 else 0.96])
        x += wide + LETTER
    return words
