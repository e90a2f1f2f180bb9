"""Search by list on the screen: asked for, shown with a summary that says of when it is, opened, exported, refused."""

import csv
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from app.actor import Role
from app.backends import Backends
from app.models import AskedState, Document, ListSearch, Organisation, User
from app.services.indexing import index_due
from app.web import list_search
from tests import factories
from tests.functional.conftest import Browser, events
from tests.functional.orders import keep


def test_a_list_is_searched_for_shown_opened_and_exported(
    backends: Backends, office: Organisation, officer: Browser, colleague: Browser
) -> None:
    (found,) = keep(backends, office, "Văn bản số 15", number="15", symbol="QĐ-UBND")
    index_due(backends)
    answer = officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": "15/QĐ-UBND\n=Lê Thị Vắng"})
    url = str(answer.location)
    page = officer.get(url).text
    assert f"/van-ban/{found}" in page
    assert "thấy 1, thấy nhiều 0, không thấy 1" in re.sub(r"<[^>]+>", "", page)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)[-6:]
    assert [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells] == ["2", "=Lê Thị Vắng", "không thấy", "", "", ""]
    opened = str(officer.post(f"{url}/mo", {"line": "1"}).location)
    assert "Văn bản số 15" in officer.get(opened).text
    rows = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [
        ["1", "15/QĐ-UBND", "thấy", "1"],
        ["2", "'=Lê Thị Vắng", "không thấy", "0"],
    ]
    sheet = load_workbook(io.BytesIO(officer.get(f"{url}/tep/xlsx").data)).active
    assert [[str(cell) for cell in row[:4]] for row in sheet.iter_rows(values_only=True)] == [row[:4] for row in rows]
    assert colleague.get(url).status_code == 404
    assert "Vắng" not in str(
        [line.detail for kind in ("asked", "answered") for line in events(backends, f"list-search.{kind}")]
    )


def test_the_summary_of_several_pages_is_of_when_the_list_was_searched_for_and_says_so(
    backends: Backends, office: Organisation, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        written = [factories.document(uow, office, "Của Lê Thị Mẫu.").id for _ in range(3)]
    index_due(backends)
    lines = "\n".join(["Lê Thị Mẫu"] * 3)
    url = str(officer.post("/tim-kiem/danh-sach", {"kind": "name", "text": lines}).location)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for document_id in written:
            row = uow.session.get_one(Document, document_id)
            row.quarantined_at = uow.now
            row.hide_until_indexed()

    def told(address: str) -> tuple[bool, str, int]:
        page = re.sub(r"<[^>]+>", "", officer.get(address).text)
        (summary,) = re.findall(r"3 dòng: (.+)", page)
        return "Các tổng này là của lúc tìm" in page, summary, page.count("3 văn bản")

    assert told(url) == (False, "thấy 0, thấy nhiều 0, không thấy 3", 0)
    monkeypatch.setattr(list_search, "ON_A_PAGE", 2)
    for page in (url, f"{url}?trang=2"):  # the lines of either are those of now, the summary is not
        assert told(page) == (True, "thấy 0, thấy nhiều 3, không thấy 0", 0)
    rows = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["không thấy"] * 3


def test_a_long_list_is_answered_in_the_background(backends: Backends, officer: Browser) -> None:
    lines = "\n".join(f"{number}/QĐ-UBND" for number in range(1, 102))
    url = str(officer.post("/tim-kiem/danh-sach", {"kind": "number", "text": lines}).location)
    assert officer.get(f"{url}/tinh-trang").get_json() == {"count": "0 / 101", "finished": False}
    assert officer.get(f"{url}/tep/csv").status_code == 409
    officer.work()
    assert officer.get(f"{url}/tinh-trang").get_json() == {"count": "101 dòng", "finished": True}


def test_what_cannot_be_a_list_is_told_at_the_form(officer: Browser) -> None:
    answer = officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": ""})
    assert (answer.status_code, "Chưa có dòng nào" in answer.text) == (422, True)
    assert '<label class="button" for="file" aria-hidden="true">Chọn tệp</label>' in answer.text
    sent = {"kind": "auto", "file": (io.BytesIO(b"x"), "a.exe")}
    answer = officer.post("/tim-kiem/danh-sach", sent, content_type="multipart/form-data")
    assert (answer.status_code, "Chỉ nhận tệp" in answer.text) == (422, True)


def test_a_list_beyond_the_limit_of_a_day_is_refused_at_the_form_with_what_is_left(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        owner = uow.session.query(User).filter(User.role == Role.RECORDS_OFFICER).one()
        most = backends.settings.list_lines
        before = {"kind": "name", "lines": [], "answers": [], "total": most - 1, "state": AskedState.DELETED}
        when = {"asked_at": uow.now, "touched_at": uow.now}
        uow.session.add(ListSearch(user_id=owner.id, organisation_id=office.id, **before, **when))
    answer = officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": "Thử A\nThử B"})
    assert answer.status_code == 429
    assert "còn 1 dòng" in answer.text
    assert "Thử A\nThử B" in answer.text.replace("\r", "")
    assert officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": "Thử A"}).status_code == 302


def test_a_line_that_is_nearly_a_name_says_so_and_whose_it_is(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, office, full_name="Nguyễn Văn Thử")
    url = str(officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": "N.V. Thử"}).location)
    page = re.sub(r"<[^>]+>", "", officer.get(url).text)
    assert "thấy 0, thấy nhiều 0, gần giống 1, không thấy 0" in page
    assert "Nguyễn Văn Thử" in page
    (row,) = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))[1:]
    assert row[:6] == ["1", "N.V. Thử", "gần giống", "0", "1", "Nguyễn Văn Thử"]


def test_a_line_with_too_many_namesakes_says_so_on_the_page_and_in_the_file(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for _ in range(51):
            factories.person(uow, office, full_name="Nguyễn Văn Thử")
    url = str(officer.post("/tim-kiem/danh-sach", {"kind": "auto", "text": "Nguyễn Văn Thử"}).location)
    page = re.sub(r"<[^>]+>", "", officer.get(url).text)
    assert "51 người" in page
    assert "quá nhiều người cùng tên" in page
    (row,) = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))[1:]
    assert row[2:8] == ["thấy nhiều", "", "51", "", "", "quá nhiều người cùng tên"]


def test_while_a_line_is_opened_and_the_index_asked_others_write(
    backends: Backends, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(officer.post("/tim-kiem/danh-sach", {"kind": "name", "text": "Nguyễn Văn Thử"}).location)
    find, asked = type(backends.search).find, []

    def find_beside_a_writer(*given: Any) -> Any:
        with backends.begin(factories.SYSTEM_ACTOR) as uow:
            asked.append(factories.organisation(uow).id)
        return find(*given)

    monkeypatch.setattr(type(backends.search), "find", find_beside_a_writer)
    assert officer.post(f"{url}/mo", {"line": "1"}).status_code == 302
    assert asked
