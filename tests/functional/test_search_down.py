"""Search does not answer: a banner, look-up from the database, and an index that catches up by itself afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.backends import Backends
from app.models import Event, Organisation
from app.services.indexing import behind
from app.services.sweep import sweep
from app.web.context import EXTENSION
from config.settings import Settings
from indexer.errors import SearchDown
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser
from tests.functional.test_search import ask, total_line
from tests.running import run_due

BANNER = "Tìm kiếm hiện không trả lời."
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def unanswered(settings: Settings, bell: Bell) -> Iterator[Backends]:
    """The same records, with an index at an address where nobody listens."""
    made = Backends(replace(settings, search_url=NOBODY), send=bell, clock=lambda: factories.NOW)
    yield made
    made.close()


@pytest.fixture
def down(application: Flask, unanswered: Backends, officer: Browser, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """The officer, for whom search does not answer."""
    monkeypatch.setitem(application.extensions, EXTENSION, unanswered)
    return officer


def keep(backends: Backends, office: Organisation, *, name: str = "Trần Thị Thử Mẫu", number: str = "15") -> int:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        given = {"number": number, "symbol": "QĐ-UBND", "type": "QD", "date": date(2026, 2, 5)}
        document = factories.document(uow, office, "Quyết định cai nghiện", **given)
        factories.filing(uow, factories.case(uow, factories.person(uow, office, full_name=name)), document)
        return document.id


@pytest.mark.parametrize("typed", ["15 qd ubnd", "tran thi thu mau", "05/02/2026"])
def test_number_name_and_day_are_looked_up_under_a_banner(
    down: Browser, backends: Backends, office: Organisation, typed: str
) -> None:
    document = keep(backends, office)
    answer = down.get(ask(down, typed))
    assert answer.status_code == 200
    assert BANNER in answer.text
    assert total_line(answer.text).startswith("Hiển thị 1–1 trong 1 kết quả")
    assert f'<h2><a href="/van-ban/{document}' in answer.text
    assert "Trần Thị Thử Mẫu" in answer.text
    with backends.read() as uow:
        told = uow.session.query(Event).filter(Event.kind == "search.run").one()
        assert told.detail["results"] == 1


def test_what_can_only_be_found_by_its_content_is_told_so(
    down: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office)
    page = down.get(ask(down, "cai nghiện")).text
    assert BANNER in page
    assert "Không có kết quả nào" in total_line(page)
    assert "Lúc này chỉ tra được theo số và ký hiệu" in page
    page = down.get(ask(down, "cai nghiện 05/02/2026")).text
    assert "Chưa tra theo phần này được: cai, nghiện" in page


def test_filters_and_parts_stay(down: Browser, backends: Backends, office: Organisation) -> None:
    for n in range(21):
        keep(backends, office, name=f"Trần Thử {n}")
    url = ask(down, "15/QĐ-UBND")
    assert "Hiển thị 21–21 trong 21 kết quả" in total_line(down.get(f"{url}&trang=2").text)
    assert "trong 21 kết quả" in total_line(down.get(f"{url}&ngay=2026-02").text)
    assert "Không có kết quả nào" in total_line(down.get(f"{url}&ngay=2026-03").text)
    page = down.get(f"{url}&loai=KH").text
    assert "Không có kết quả nào" in total_line(page)
    assert "bỏ bộ lọc này" in page


def test_the_index_catches_up_by_itself_when_it_is_back(
    application: Flask, down: Browser, unanswered: Backends, backends: Backends, bell: Bell, office: Organisation
) -> None:
    document = keep(backends, office)
    sweep(unanswered)
    with pytest.raises(SearchDown):
        run_due(unanswered, bell)
    bell.rung.clear()  # the message is lost with the failure: only the sweep brings the work back
    with backends.read() as uow:
        assert behind(uow) == 1
    application.extensions[EXTENSION] = backends
    sweep(backends)
    run_due(backends, bell)
    with backends.read() as uow:
        assert behind(uow) == 0
    page = down.get(ask(down, "quyết định cai nghiện")).text
    assert BANNER not in page
    assert f'<h2><a href="/van-ban/{document}' in page


def test_a_directory_that_cannot_be_used_is_no_error_and_works_again_without_a_restart(
    application: Flask, officer: Browser, settings: Settings, bell: Bell, office: Organisation
) -> None:
    settings.index.write_text("a file where the directory of the index should be")
    embedded = Backends(replace(settings, search_url=None), send=bell, clock=lambda: factories.NOW)
    application.extensions[EXTENSION] = embedded
    document = keep(embedded, office)
    page = officer.get(ask(officer, "15/QĐ-UBND"))
    assert page.status_code == 200
    assert BANNER in page.text
    assert f'<h2><a href="/van-ban/{document}' in page.text
    settings.index.unlink()
    sweep(embedded)
    run_due(embedded, bell)
    assert BANNER not in officer.get(ask(officer, "quyết định cai nghiện")).text
    embedded.close()
