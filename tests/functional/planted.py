"""A world with secrets in it, and every output in which they are looked for: a new output is one more row.

Every secret word holds `MARK`, which stands nowhere else. For each there is a decoy of the same shape that stands
nowhere at all: whoever may not see the secret must get the same answer for both.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook  # type: ignore[import-untyped]

from app.actor import Actor
from app.backends import Backends, UnitOfWork
from app.models import Organisation, User
from app.services.exporting import make_export
from app.services.searching import Query, as_json, search
from app.web.context import EXTENSION
from config.settings import Settings
from tests import factories
from tests.functional.conftest import Browser

MARK = "zqx"
DECOY = "zqy"
SECRET_ID, DECOY_ID = "000777123456", "000777123457"
SECRET_NUMBER, DECOY_NUMBER = "98765/QĐ-UBND", "98764/QĐ-UBND"
CITED = "555/QĐ-UBND"  # an open document names it, a secret one bears it
NOBODY = "http://127.0.0.1:1"

SHARED = "Quyết định quản lý sau cai nghiện tại nơi cư trú"
"""Words that open and secret documents have in common: what is counted by them must not tell of the secret ones."""

EVERYWHERE = (
    f"quản lý {MARK}flagged",
    f"Nguyễn Văn {MARK}name",
    SECRET_NUMBER,
)
"""What somebody types who has heard of a secret: asked of every output."""

MORE = (
    *(
        f"{MARK}{part}"
        for part in ("title", "subject", "body", "signer", "file", "place", "closed", "gone", "stranger")
    ),
    f"{MARK}page",
    f'"nơi cư trú {MARK}page"',
    f"{MARK}*",
    f"quản lý -{MARK}page",
    f"người:{MARK}name",
    f"cơ quan:{MARK}body",
    f"trích yếu:{MARK}subject",
    f"người ký:{MARK}signer",
    f"quản lý OR {MARK}page",
    f'"lý {MARK}page"~5',
    f"{SHARED} {MARK}page",
    SECRET_ID,
    f"số:{SECRET_NUMBER}",
    f"Quyết định số {SECRET_NUMBER}",
)
"""The same in every form that a question may have: asked where everything else gets its answers from."""


def decoy_of(text: str) -> str:
    """The same question about what does not exist."""
    for secret, decoy in ((SECRET_ID, DECOY_ID), (SECRET_NUMBER, DECOY_NUMBER), (MARK, DECOY)):
        text = text.replace(secret, decoy)
    return text


@dataclass(frozen=True, slots=True)
class Planted:
    """Who looks: an officer of `home` without leave for flagged records; ids of open documents, person and case."""

    app: Flask
    backends: Backends
    settings: Settings
    browser: Browser
    user: User
    bearer: str
    home: int
    elsewhere: int
    open_ids: tuple[int, ...]
    citing: int
    person: int
    case: int
    saved: int
    listed: int

    @property
    def actor(self) -> Actor:
        return self.user.actor()

    def client(self) -> FlaskClient:
        return self.app.test_client()


def open_records(uow: UnitOfWork, home: Organisation) -> tuple[tuple[int, ...], int, int, int]:
    """What everybody at home may see: documents with shared words, one that names numbers, a person and a case; and a
    closed document, which is nobody's to find, though the officers' open work counts it."""
    person = factories.person(uow, home, full_name="Nguyễn Văn Mở")
    case = factories.case(uow, person, code="HS-2026-0901")
    ids = []
    for number in range(1, 5):
        row = factories.document(
            uow,
            home,
            f"{SHARED} lần {number}",
            title=f"{SHARED} {number}",
            type="QD",
            number=str(number),
            symbol="QĐ-UBND",
            body="UBND phường Mở",
            date=date(2026, number, 5),
        )
        ids.append(row.id)
        factories.filing(uow, case, row)
    cites = f"Căn cứ Quyết định số {CITED} ngày 05 tháng 02 năm 2026; {SHARED}"
    citing = factories.document(uow, home, cites, title="Kế hoạch theo quyết định", date=date(2026, 9, 1))
    closed = {"title": f"{SHARED} {MARK}closed", "quarantined_at": factories.NOW, "quarantine_code": "x"}
    factories.document(uow, home, f"{SHARED} {MARK}closed", **closed)
    return tuple(ids), citing.id, person.id, case.id


def plant(uow: UnitOfWork, home: Organisation, elsewhere: Organisation, user: User) -> dict[str, int]:
    """More secrets: of others, flagged, deleted; with the shared words in all of them. Leave to read the case of others
    is over for this account; that of another account in the same office is in force."""
    person = factories.person(uow, elsewhere, full_name=f"Nguyễn Văn {MARK}name", id_number=SECRET_ID)
    case = factories.case(uow, person, code="HS-2026-0777")
    facts: dict[str, Any] = {
        "title": f"{SHARED} {MARK}title",
        "subject": f"{SHARED} {MARK}subject",
        "body": f"UBND {MARK}body",
        "signer": f"Trần Văn {MARK}signer",
        "file_name": f"{MARK}file.pdf",
        "kept_at": f"Kho {MARK}place",
        "type": "QD",
        "number": "98765",
        "symbol": "QĐ-UBND",
        "date": date(2026, 2, 5),
    }
    text = f"{SHARED} {MARK}page. Căn cứ Quyết định số 1/QĐ-UBND ngày 05/01/2026"
    theirs = factories.document(uow, elsewhere, text, **facts)
    factories.filing(uow, case, theirs)
    factories.grant(uow, user, case, ends_at=factories.NOW)
    factories.grant(uow, factories.user(uow, home), case)
    found = {"theirs": theirs.id, "person": person.id, "case": case.id}
    number, _, symbol = CITED.partition("/")
    factories.document(uow, elsewhere, text, **(facts | {"number": number, "symbol": symbol}))
    for _ in range(3):  # and often, so that any count or share of the whole collection would tell
        factories.document(uow, elsewhere, f"{text} {MARK}stranger", **facts)
    given = facts | {"title": f"{SHARED} {MARK}flagged", "body": "UBND phường Mở"}
    found["flagged"] = factories.document(uow, home, f"{text} {MARK}flagged", flags=["HIV"], **given).id
    given = facts | {"title": f"{SHARED} {MARK}gone", "deleted_at": factories.NOW}
    found["gone"] = factories.document(uow, home, f"{text} {MARK}gone", **given).id
    return found


# --- The outputs -------------------------------------------------------------------------------------------------

Output = Callable[[Planted, str], str]
ASKED_MORE = ("search over REST",)
"""The outputs of which `MORE` is asked too."""

_PASSING = (
    re.compile(r'(name="csrf[-_]token" (?:content|value)=)"[^"]*"'),
    re.compile(r"([?&;]k=)[\w-]+"),
    re.compile(r'(name="k" value=)"[^"]*"'),
    re.compile(r'("took_ms": ?)\d+'),
    re.compile(r"(/xuat/|ket-qua-tim-kiem-|/danh-sach/)\d+"),
    re.compile(r'("cursor": ?)"[^"]*"'),
    re.compile(r"(sau=)[\w-]+"),
)


def told(text: str) -> str:
    """An output without what differs from one request to the next."""
    for passing in _PASSING:
        text = passing.sub(r"\1", text)
    return text


def _post(world: Planted, path: str, **fields: str) -> str:
    answer = world.browser.post(path, fields)
    if answer.status_code == 302:
        answer = world.browser.get(str(answer.location))
    assert answer.status_code in (200, 422), (path, answer.status_code)
    return answer.text


def _rest(world: Planted, path: str, **asked: str) -> str:
    headers = {"Authorization": f"Bearer {world.bearer}"}
    answer = world.client().get(f"/api/v1{path}", query_string=asked, headers=headers)
    assert answer.status_code in (200, 404), (path, answer.status_code)
    return answer.text


def _page(world: Planted, text: str) -> str:
    return _post(world, "/tim-kiem", q=text)


def _filtered(world: Planted, text: str) -> str:
    found = world.browser.post("/tim-kiem", {"q": text}).location
    return world.browser.get(f"{found}{'&' if '?' in found else '?'}loai=QD&nam=2026&sap-xep=cu-nhat").text


def _down(world: Planted, text: str) -> str:
    unanswered = Backends(replace(world.settings, search_url=NOBODY), clock=lambda: factories.NOW)
    answering = world.app.extensions[EXTENSION]
    world.app.extensions[EXTENSION] = unanswered
    try:
        return _post(world, "/tim-kiem", q=text)
    finally:
        world.app.extensions[EXTENSION] = answering
        unanswered.close()


def _from_results(world: Planted, text: str, path: str) -> str:
    """A page that begins with the results of a search."""
    found = str(world.browser.post("/tim-kiem", {"q": text}).location)
    return world.browser.get(found.replace("/tim-kiem", path, 1)).text


def _exported(kind: str) -> Output:
    def output(world: Planted, text: str) -> str:
        found = world.browser.post("/tim-kiem", {"q": text}).location
        asked = world.browser.post(found.replace("/tim-kiem", "/tim-kiem/xuat", 1), {"kind": kind})
        if asked.status_code == 422:
            return asked.text
        number = int(str(asked.location).rpartition("/")[2])
        assert make_export(world.backends, number)
        page = world.browser.get(str(asked.location)).text
        file = world.browser.get(f"{asked.location}/tep")
        if kind == "csv":
            return page + "\n".join(map("|".join, csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline=""))))
        rows = load_workbook(io.BytesIO(file.data)).active.iter_rows(values_only=True)
        return page + "\n".join("|".join(str(cell) for cell in row) for row in rows)

    return output


def found(world: Planted, text: str) -> dict[str, Any]:
    """What `hoso search --as` prints: the same service as the same account."""
    with world.backends.read(world.actor) as uow:
        return as_json(search(uow, Query(text)))


def _command(world: Planted, text: str) -> str:
    return json.dumps(found(world, text), ensure_ascii=False, default=str)


def _at(path: str) -> Output:
    """A page that takes no words."""
    return lambda world, _text: world.browser.get(_filled(path, world)).text


def _listed(path: str) -> Output:
    return lambda world, text: _post(world, path, q=text)


def _filled(path: str, world: Planted) -> str:
    ids = {name: getattr(world, name) for name in ("citing", "person", "case", "saved", "listed")}
    return path.format(open=world.open_ids[0], **ids)


OUTPUTS: dict[str, Output] = {
    "search page": _page,
    "search page, filtered": _filtered,
    "search page, search down": _down,
    "search over REST": lambda world, text: _rest(world, "/search", q=text),
    "search over REST, filtered": lambda world, text: _rest(world, "/search", q=text, type="QD", sort="newest"),
    "search, command": _command,
    "suggestions": lambda world, text: _post(world, "/tim-kiem/goi-y", q=text),
    "export, CSV": _exported("csv"),
    "export, XLSX": _exported("xlsx"),
    "facet search": lambda world, text: _post(world, "/tim-kiem/loc?muc=body", q=text),
    "facet search, persons": lambda world, text: _post(world, "/tim-kiem/loc?muc=person", q=text),
    "search by list": lambda world, text: _post(world, "/tim-kiem/danh-sach", kind="auto", text=f"{text}\n{SHARED}"),
    "work list from results": lambda world, text: _from_results(world, text, "/danh-sach-van-ban/lap"),
    "saving a search": lambda world, text: _from_results(world, text, "/tim-kiem/da-luu/luu"),
    "persons": _listed("/nguoi"),
    "persons, for a new case": _listed("/ho-so/moi"),
    "persons over REST": lambda world, text: _rest(world, "/persons", q=text),
    "cases": _listed("/ho-so"),
    "cases over REST": lambda world, text: _rest(world, "/cases", q=text),
}
"""Everything that answers to words."""

PAGES: dict[str, Output] = {
    name: _at(path)
    for name, path in {
        "links of a document": "/van-ban/{open}?the=lien-ket",
        "links of one that cites": "/van-ban/{citing}?the=lien-ket",
        "documents": "/van-ban",
        "person": "/nguoi/{person}",
        "case": "/ho-so/{case}",
        "preview of a result": "/tim-kiem/xem/{open}",
        "saved searches": "/tim-kiem/da-luu",
        "saved search": "/tim-kiem/da-luu/{saved}",
        "work list": "/danh-sach-van-ban/{listed}",
        "work list, CSV": "/danh-sach-van-ban/{listed}/tep/csv",
        "empty search": "/tim-kiem",
    }.items()
}
"""Everything that shows records unasked. The page of open work is not among them: it tells the officers of an office of
their own closed documents, which they ask to be removed."""
