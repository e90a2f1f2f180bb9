"""Lists of search results as files: all that is found and allowed, nothing else, safe to open, for one account."""

import csv
import io
import os
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook  # type: ignore[import-untyped]

from app.actor import Actor, Role
from app.backends import Backends
from app.errors import WrongState
from app.jobs import Job
from app.models import AskedState, Document, Event, Export, ExportKind, Organisation, User
from app.services import asked_rows, exporting
from app.services.access import Flag
from app.services.exporting import HEADER, ask_export, export_file, forget_exports, make_export
from app.services.indexing import index_due
from app.services.keeping import Question
from app.services.searching import Query, search
from app.services.sweep import sweep
from app.services.verify import verify
from config.settings import Settings
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

ORDER = "Quyết định quản lý sau cai nghiện ma túy"
HERE = "https://hoso.example/van-ban"


@pytest.fixture
def asker(backends: Backends, office: Organisation) -> Actor:
    return factories.actor_of(backends, office, Role.RECORDS_OFFICER)


def keep(backends: Backends, office: Organisation, *titles: str, **given: Any) -> list[int]:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        ids = [factories.document(uow, office, ORDER, title=title, **given).id for title in titles]
    index_due(backends)
    return ids


def asked(backends: Backends, asker: Actor, kind: ExportKind = ExportKind.CSV) -> int:
    with backends.begin(asker) as uow:
        return ask_export(uow, Question("quản lý"), kind, address=HERE).id


def rows_of(backends: Backends, asker: Actor, export_id: int) -> list[list[str]]:
    with backends.read(asker) as uow:
        found = export_file(uow, export_id)
    content = found.path.read_bytes()
    if found.name.endswith(".csv"):
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    return [[value or "" for value in row] for row in sheet.iter_rows(values_only=True)]


def row_of(backends: Backends, export_id: int) -> Export:
    with backends.read() as uow:
        return uow.session.get_one(Export, export_id)


@pytest.mark.parametrize("kind", list(ExportKind))
def test_the_file_holds_every_result_once_and_the_count_is_the_total_of_the_search(
    backends: Backends, office: Organisation, asker: Actor, kind: ExportKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 3)
    ids = keep(backends, office, *[f"Việc {n}" for n in range(8)])
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Nguyễn Văn Thử")
        case = factories.case(uow, person)
        factories.filing(uow, case, uow.session.get_one(Document, ids[0]))
    export_id = asked(backends, asker, kind)
    assert make_export(backends, export_id)
    header, *rows = rows_of(backends, asker, export_id)
    assert header == list(HEADER)
    assert sorted(int(row[-1].removeprefix(f"{HERE}/")) for row in rows) == ids
    filed = next(row for row in rows if row[-1] == f"{HERE}/{ids[0]}")
    assert (filed[4], filed[5], filed[6]) == ("Việc 0", "Nguyễn Văn Thử", case.code)
    with backends.read(asker) as uow:
        total = search(uow, Query("quản lý")).total
    row = row_of(backends, export_id)
    assert (row.done, row.total, row.state) == (total, total, AskedState.DONE)


def test_nothing_that_the_asker_may_not_see_is_in_the_file(
    backends: Backends, office: Organisation, asker: Actor
) -> None:
    keep(backends, office, "Được xem")
    keep(backends, office, "Kín HIV", flags=[Flag.HIV.value])
    (pending,) = keep(backends, office, "Kín chờ")
    (moved,) = keep(backends, office, "Kín gỡ")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    keep(backends, elsewhere, "Kín nơi khác")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, pending).access_pending = True
        uow.session.get_one(Document, moved).quarantined_at = uow.now  # the index does not know yet
    for kind in ExportKind:
        export_id = asked(backends, asker, kind)
        make_export(backends, export_id)
        assert [row[4] for row in rows_of(backends, asker, export_id)[1:]] == ["Được xem"]


def test_a_right_that_was_taken_away_after_asking_counts(backends: Backends, office: Organisation) -> None:
    flagged = factories.actor_of(backends, office, Role.RECORDS_OFFICER, allowed_flags=[Flag.HIV.value])
    keep(backends, office, "Kín HIV", flags=[Flag.HIV.value])
    before, after = asked(backends, flagged), asked(backends, flagged)
    make_export(backends, before)
    assert len(rows_of(backends, flagged, before)) == 2
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        user = uow.session.get_one(User, flagged.user_id)
        user.allowed_flags = []
        now = user.actor()
    make_export(backends, after)
    assert rows_of(backends, now, after) == [list(HEADER)]
    with backends.read(now) as uow, pytest.raises(WrongState):
        export_file(uow, before)


@pytest.mark.parametrize("kind", list(ExportKind))
def test_no_cell_is_run_as_a_formula(backends: Backends, office: Organisation, asker: Actor, kind: ExportKind) -> None:
    wild = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x01=1", "\n=1", "＝1"]
    keep(backends, office, *wild)
    export_id = asked(backends, asker, kind)
    make_export(backends, export_id)
    titles = [row[4] for row in rows_of(backends, asker, export_id)[1:]]
    assert len(titles) == len(wild)
    assert all(title.startswith("'") for title in titles)


def test_a_maker_that_was_killed_is_followed_by_one_that_makes_it_whole(
    backends: Backends, office: Organisation, asker: Actor, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 2)
    ids = keep(backends, office, *[f"Việc {n}" for n in range(5)])
    export_id = asked(backends, asker)
    begin, opened = backends.begin, []

    def dying(actor: Actor) -> Any:
        opened.append(actor)
        if len(opened) == 3:  # one to count the try, one for the first part
            raise KeyboardInterrupt
        return begin(actor)

    with monkeypatch.context() as patch:
        patch.setattr(backends, "begin", dying)
        with pytest.raises(KeyboardInterrupt):
            make_export(backends, export_id)
    half = row_of(backends, export_id)
    assert (half.state, half.done, half.total) == (AskedState.ASKED, 2, 5)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Export, export_id).touched_at = uow.now - asked_rows.RING_AGAIN - timedelta(seconds=1)
    bell.rung.clear()
    sweep(backends)
    assert (Job.EXPORT, export_id) in bell.rung
    assert make_export(backends, export_id)
    assert len(rows_of(backends, asker, export_id)) == 1 + len(ids)
    assert not make_export(backends, export_id)


def test_after_the_last_try_only_the_asker_asks_again(backends: Backends, asker: Actor, bell: Bell) -> None:
    export_id = asked(backends, asker)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(Export, export_id)
        row.tries, row.touched_at = asked_rows.MOST_TRIES, uow.now - asked_rows.RING_AGAIN - timedelta(seconds=1)
    assert not make_export(backends, export_id)
    assert row_of(backends, export_id).state is AskedState.FAILED
    bell.rung.clear()
    sweep(backends)
    assert (Job.EXPORT, export_id) not in bell.rung
    assert make_export(backends, asked(backends, asker))


def test_a_file_is_deleted_after_its_days_and_not_before(
    backends: Backends, office: Organisation, asker: Actor, settings: Settings
) -> None:
    keep(backends, office, "Một")
    export_id = asked(backends, asker)
    make_export(backends, export_id)
    assert forget_exports(backends) == 0
    assert verify(backends).orphans == 0
    with backends.read(asker) as uow:
        path = export_file(uow, export_id).path
    os.utime(path, (0, 0))
    later = Backends(settings, clock=lambda: factories.NOW + timedelta(days=settings.export_days, seconds=1))
    try:
        assert (forget_exports(later), forget_exports(later)) == (1, 0)
    finally:
        later.close()
    assert not path.exists()
    row = row_of(backends, export_id)
    assert (row.state, row.text, row.filters) == (AskedState.DELETED, "", {})


def test_an_export_is_asked_for_followed_and_downloaded_by_its_asker_alone(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, officer: Browser
) -> None:
    keep(backends, office, *[f"Việc {n}" for n in range(3)])
    results = officer.get(str(officer.post("/tim-kiem", {"q": "quản lý"}).location)).text
    (action,) = re.findall(r'action="(/tim-kiem/xuat[^"]*)"', results)
    url = str(officer.post(action.replace("&amp;", "&"), {"kind": "xlsx"}).location)
    assert "Đang chờ" in officer.get(url).text
    assert officer.get(f"{url}/tinh-trang").get_json() == {"count": "Đang chờ", "finished": False}
    assert officer.get(f"{url}/tep").status_code == 409
    officer.work()
    assert "3 văn bản" in officer.get(url).text
    answer = officer.get(f"{url}/tep")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    addresses = [row[-1] for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)][1:]
    assert all(re.fullmatch(r"http://localhost/van-ban/\d+", one) for one in addresses)
    colleague = browser_of(application, backends, bell, account(backends, office, Role.LEADER))
    assert {colleague.get(f"{url}{part}").status_code for part in ("", "/tinh-trang", "/tep")} == {404}
    with backends.read() as uow:
        lines = {row.kind: row.detail for row in uow.session.query(Event).filter(Event.object_kind == "export")}
    assert lines["search.exported"]["count"] == lines["search.export-downloaded"]["count"] == 3
    assert "search.export-asked" in lines


def test_without_a_question_nothing_is_exported(officer: Browser) -> None:
    assert officer.post("/tim-kiem/xuat", {"kind": "csv"}).status_code == 422
    assert officer.post("/tim-kiem/xuat?loai=QD", {"kind": "exe"}).status_code == 422
