"""The tab of links: whom a document names, who names it, what is like it."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.backends import Backends
from app.models import Organisation
from app.services.indexing import index_due
from app.web.context import EXTENSION
from config.settings import Settings
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser
from tests.functional.test_search_down import NOBODY

RARE = "vận hành trạm bơm thoát nước khu dân cư ven sông mùa lũ"


def tab(browser: Browser, document_id: int) -> str:
    return browser.get(f"/van-ban/{document_id}?the=lien-ket").text


def test_the_tab_names_cited_citing_and_similar_documents(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        order = factories.document(
            uow,
            office,
            f"Quyết định {RARE}",
            title="Quyết định gốc",
            number="15",
            symbol="QĐ-UBND",
            date=date(2026, 2, 5),
        )
        plan = factories.document(
            uow,
            office,
            "mục lục",
            f"Căn cứ Quyết định số 15/QĐ-UBND ngày 05/02/2026 về {RARE}",
            title="Kế hoạch theo sau",
        )
        for number in range(6):
            factories.document(uow, office, "Biên bản họp", title=f"Biên bản {number}")
        ids = order.id, plan.id
    index_due(backends)
    naming, named = tab(officer, ids[1]), tab(officer, ids[0])
    assert "Căn cứ vào, nhắc đến" in naming
    assert "Quyết định gốc" in naming
    assert f'href="/van-ban/{ids[1]}?trang=2&amp;the=lien-ket">tr. 2' in naming
    assert "Được nhắc đến ở" in named
    assert "Kế hoạch theo sau" in named
    assert "cần người xem" not in named
    alike = named.partition("Văn bản tương tự")[2]
    assert "Kế hoạch theo sau" in alike
    assert "Biên bản" not in alike
    assert "Căn cứ vào" not in named


def test_the_tab_opens_while_search_is_down(
    application: Flask,
    settings: Settings,
    officer: Browser,
    backends: Backends,
    office: Organisation,
    bell: Bell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document_id = factories.document(uow, office, number="15", symbol="QĐ-UBND").id
    unanswered = Backends(replace(settings, search_url=NOBODY), send=bell, clock=lambda: factories.NOW)
    monkeypatch.setitem(application.extensions, EXTENSION, unanswered)
    page = officer.get(f"/van-ban/{document_id}?the=lien-ket")
    unanswered.close()
    assert page.status_code == 200
    assert "chưa nêu được văn bản liên quan" in page.text
