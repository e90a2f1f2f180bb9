"""Pages of a search by list: what their summary counts, and of when."""

import csv
import io
import re

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Document, Organisation
from app.services.indexing import index_due
from app.web import list_search
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import account, browser_of


def test_the_summary_of_several_pages_is_of_when_the_list_was_searched_for_and_says_so(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = browser_of(application, backends, bell, account(backends, office, Role.RECORDS_OFFICER))
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
        return "Các tổng này là của lần tìm lúc" in page, summary, page.count("3 văn bản")

    assert told(url) == (False, "thấy 0, thấy nhiều 0, không thấy 3", 0)
    monkeypatch.setattr(list_search, "ON_A_PAGE", 2)
    for page in (url, f"{url}?trang=2"):  # the lines of either are those of now, the summary is not
        assert told(page) == (True, "thấy 0, thấy nhiều 3, không thấy 0", 0)
    rows = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["không thấy"] * 3
