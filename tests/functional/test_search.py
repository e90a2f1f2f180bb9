"""Searching from the pages: exact totals, facets, keys that open for one account, and how to go on from nothing."""

import re
from typing import Any

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Event, Organisation, QueryKey
from app.services.indexing import index_due
from app.services.searching import Query, search
from app.web.search_address import LAST_NUMBERED, PAGE_SIZE, SearchAddress
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

ORDER = "Quyết định quản lý sau cai nghiện ma túy tại nơi cư trú"


def keep(backends: Backends, office: Organisation, *texts: str, **given: Any) -> list[int]:
    """Documents of the office with these texts, in the index."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        ids = [factories.document(uow, office, text, **given).id for text in texts]
    index_due(backends)
    return ids


def ask(browser: Browser, text: str, **fields: str) -> str:
    """The address that stands for a question."""
    answer = browser.post("/tim-kiem", {"q": text, **fields})
    assert answer.status_code == 302
    return str(answer.location)


def total_line(page: str) -> str:
    found = re.search(r'<h1 class="total">(.*?)</h1>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())


def test_the_total_is_exact_and_every_result_is_reached_by_numbers(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    ids = keep(backends, office, *[f"{ORDER} lần {n}" for n in range(45)])
    url = ask(officer, "quản lý sau cai")
    seen: list[str] = []
    for part, line in ((1, "1–20 trong 45"), (2, "21–40 trong 45"), (3, "41–45 trong 45")):
        page = officer.get(f"{url}&trang={part}").text
        assert f"Hiển thị {line} kết quả" in total_line(page)
        seen += re.findall(r'<h2><a href="/van-ban/(\d+)', page)
    assert sorted(map(int, seen)) == ids


def test_what_lies_beyond_the_numbers_is_reached_by_going_on(
    application: Flask, backends: Backends, office: Organisation, officer: Browser
) -> None:
    ids = keep(backends, office, *[f"{ORDER} lần {n}" for n in range(25)])
    actor = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    with backends.read(actor) as uow:
        first = search(uow, Query("quản lý", limit=PAGE_SIZE))
    with application.test_request_context():
        deep = SearchAddress.from_args(_args(ask(officer, "quản lý"))).at(LAST_NUMBERED + 1, first.cursor).url()
    page = officer.get(deep).text
    rest = {int(one) for one in re.findall(r'<h2><a href="/van-ban/(\d+)', page)}
    assert rest == set(ids) - {hit.document for hit in first.hits}


def test_a_page_number_beyond_the_window_is_not_asked_of_the_index() -> None:
    assert SearchAddress.from_args(_args(f"/tim-kiem?trang={LAST_NUMBERED + 5}")).page == LAST_NUMBERED


def _args(url: str) -> Any:
    from werkzeug.test import EnvironBuilder
    from werkzeug.wrappers import Request

    return Request(EnvironBuilder(url).get_environ()).args


def test_the_address_carries_a_key_and_never_the_words(officer: Browser) -> None:
    url = ask(officer, "Nguyễn Văn Thử")
    assert "Nguy" not in url
    assert "k=" in url
    page = officer.get(url).text
    assert 'value="Nguyễn Văn Thử"' in page
    assert not [link for link in re.findall(r'href="([^"]+)"', page) if "Nguy" in link or "Th%E1%BB%AD" in link]


def test_a_key_opens_only_for_the_account_that_made_it(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, officer: Browser
) -> None:
    url = ask(officer, "quản lý sau cai")
    colleague = browser_of(
        application, backends, bell, account(backends, office, Role.RECORDS_OFFICER, username="dong.nghiep")
    )
    assert officer.get(url).status_code == 200
    assert colleague.get(url).status_code == 404


def test_the_trail_of_a_search_keeps_no_words(officer: Browser, backends: Backends) -> None:
    officer.get(ask(officer, "Nguyễn Văn Thử"))
    with backends.read() as uow:
        lines = uow.session.query(Event).filter(Event.kind == "search.run").all()
    assert [line.detail for line in lines] == [{"results": 0}]


def test_values_of_one_facet_widen_and_facets_narrow_each_other(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER, ORDER, type="QĐ", body="UBND phường Mẫu 1")
    keep(backends, office, ORDER, type="TB", body="UBND phường Mẫu 1")
    keep(backends, office, ORDER, type="TB", body="UBND phường Mẫu 2")
    url = ask(officer, "quản lý")
    assert "trong 4 kết quả" in officer.get(url).text
    assert "trong 2 kết quả" in officer.get(f"{url}&loai=QĐ").text
    assert "trong 4 kết quả" in officer.get(f"{url}&loai=QĐ&loai=TB").text
    both = officer.get(f"{url}&loai=TB&co-quan=UBND phường Mẫu 2").text
    assert "trong 1 kết quả" in both
    assert _bucket(both, "Thông báo") == 1
    assert _bucket(both, "UBND phường Mẫu 1") == 1


def _bucket(page: str, label: str) -> int:
    found = re.search(rf'<span class="label">{label}</span><span class="number">(\d+)</span>', page)
    assert found
    return int(found.group(1))


def test_removing_all_filters_keeps_the_words(officer: Browser, backends: Backends, office: Organisation) -> None:
    keep(backends, office, ORDER, type="QĐ")
    url = ask(officer, "quản lý")
    page = officer.get(f"{url}&loai=QĐ&nam=2026").text
    found = re.search(r'href="([^"]+)">Xóa tất cả bộ lọc', page)
    assert found
    assert found.group(1).replace("&amp;", "&") == url


def test_a_person_filter_stands_behind_the_key(officer: Browser, backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Trần Thị Thử")
        document = factories.document(uow, office, ORDER)
        factories.document(uow, office, ORDER)
        factories.filing(uow, factories.case(uow, person), document)
        person_id, document_id = person.id, document.id
    index_due(backends)
    url = ask(officer, "quản lý")
    filtered = officer.post(url, {"person": str(person_id)}).location
    assert re.fullmatch(r"/tim-kiem\?k=[\w-]+", filtered)
    page = officer.get(filtered).text
    assert "trong 1 kết quả" in page
    assert f"/van-ban/{document_id}" in page
    assert "Người: Trần Thị Thử" in page
    assert officer.post(filtered, {"clear": "1"}).location == url
    assert officer.post(filtered, {"remove_person": str(person_id)}).location == url


def test_a_hit_opens_its_document_at_the_page_with_the_words_marked(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document_id = factories.document(uow, office, "Trang đầu không có gì.", "Thời hạn quản lý là hai năm.").id
    index_due(backends)
    page = officer.get(ask(officer, "thời hạn")).text
    assert "<mark>Thời hạn</mark>" in page
    found = re.search(rf'<a class="at" href="(/van-ban/{document_id}\?[^"]+)">tr\. 2</a>', page)
    assert found
    opened = officer.get(found.group(1).replace("&amp;", "&")).text
    assert re.findall("<mark>(.*?)</mark>", opened) == ["Thời hạn"]
    assert 'name="trang" type="text" inputmode="numeric" value="2"' in opened


def test_a_wrong_question_is_explained_and_still_answered(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    page = officer.get(ask(officer, 'quản lý "sau cai')).text
    assert "Thiếu dấu ngoặc kép đóng" in page
    assert "trong 1 kết quả" in page


def test_the_line_says_whether_all_words_were_asked_for_or_most_of_them(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    every, most = "đủ mọi chữ, có dấu hay không dấu", "đang tìm văn bản có nhiều chữ của câu hỏi"
    told = {text: officer.get(ask(officer, text)).text for text in ("quan ly sau cai", "quan ly vang")}
    assert {text: (every in page, most in page) for text, page in told.items()} == {
        "quan ly sau cai": (True, False),
        "quan ly vang": (False, True),
    }
    assert "trong 1 kết quả" in total_line(told["quan ly vang"])


def test_nothing_found_names_the_filter_that_bites(officer: Browser, backends: Backends, office: Organisation) -> None:
    keep(backends, office, ORDER, type="QĐ")
    page = officer.get(f"{ask(officer, 'quản lý')}&loai=TB").text
    assert "Không có kết quả nào" in page
    assert "Bỏ bộ lọc “Loại văn bản”: 1 kết quả" in page


def test_nothing_found_names_the_words_that_no_document_has(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    page = officer.get(ask(officer, "Điều 41 nghị định 99")).text
    assert "Không có kết quả nào" in total_line(page)
    assert "Không văn bản nào có “Điều, 41, nghị, 99”. Tìm “định”: 1 kết quả" in page


def test_documents_that_cannot_be_read_are_told_of(officer: Browser, backends: Backends, office: Organisation) -> None:
    keep(backends, office, "", quality="unread", file_name="hong.pdf", title="hong.pdf")
    page = officer.get(ask(officer, "quản lý")).text
    assert "1 văn bản chưa đọc được" in page
    assert "hong.pdf" in officer.get("/van-ban?muc=failed").text


def test_another_office_finds_nothing_of_this_one(
    officer: Browser, stranger: Browser, backends: Backends, office: Organisation
) -> None:
    keep(backends, office, ORDER)
    assert "trong 1 kết quả" in officer.get(ask(officer, "quản lý")).text
    assert "Không có kết quả nào" in stranger.get(ask(stranger, "quản lý")).text


@pytest.mark.parametrize("address", ["?trang=0", "?trang=x", "?sap-xep=x&loai=QĐ", "?ho-so=x", "?mo=x", "?loai=<b>"])
def test_an_address_that_makes_no_sense_is_still_a_page(officer: Browser, address: str) -> None:
    page = officer.get(f"/tim-kiem{address}")
    assert page.status_code == 200
    assert "<b>" not in page.text.replace("<b>NT", "")


def test_a_cursor_that_is_none_of_ours_is_a_refused_request_not_a_fault(officer: Browser) -> None:
    assert officer.get("/tim-kiem?loai=QĐ&sau=abc").status_code == 422


def test_asking_the_same_again_gives_the_same_key(officer: Browser, backends: Backends) -> None:
    assert ask(officer, "quản lý  sau cai") == ask(officer, "quản lý sau cai")
    with backends.read() as uow:
        assert uow.session.query(QueryKey).count() == 1
