"""Saved searches, lists that are searched for and lists of documents, as pages."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import (
    CaseDocument,
    Document,
    Organisation,
    SavedSearch,
    SearchAlert,
    User,
)
from app.services.access import Flag
from app.services.indexing import index_due
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of, events
from tests.functional.orders import keep


def key_of(officer: Browser, words: str) -> str:
    """The address of a search, behind the path."""
    return str(officer.post("/tim-kiem", {"q": words}).location).partition("?")[2]


def save(browser: Browser, words: str, name: str, **fields: str) -> str:
    """Save a search; the address of its page."""
    answer = browser.post(f"/tim-kiem/da-luu/luu?{key_of(browser, words)}", {"name": name, **fields})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def a_moment_ago(backends: Backends) -> None:
    """All alerts were set an hour ago: the clock of the tests stands still."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for row in uow.session.query(SearchAlert):
            row.since = row.seen_at = uow.now - timedelta(hours=1)


def test_a_saved_search_is_opened_under_a_key_of_its_opener_and_its_words_stand_in_no_address(
    officer: Browser, colleague: Browser
) -> None:
    results = officer.get(f"/tim-kiem?{key_of(officer, 'quản lý')}").text
    assert "Lưu tìm kiếm" in results
    url = save(officer, "quản lý", "Của tổ", shared="y")
    assert "Của tổ" in officer.get("/tim-kiem/da-luu").text
    opened = str(colleague.post(f"{url}/mo").location)
    assert "quản" not in opened
    assert "quản lý" in colleague.get(opened).text
    assert officer.get(opened).status_code == 404


def test_only_the_maker_changes_a_shared_search_and_a_private_one_is_not_there_for_others(
    officer: Browser, colleague: Browser
) -> None:
    url = save(officer, "quản lý", "Của tổ", shared="y")
    assert colleague.get(url).status_code == 200
    assert {colleague.get(f"{url}/{part}").status_code for part in ("sua", "xoa")} == {403}
    assert officer.post(f"{url}/sua", {"name": "Của riêng"}).status_code == 302
    assert colleague.get(url).status_code == 404
    assert "Của riêng" not in colleague.get("/tim-kiem/da-luu").text
    assert officer.post(f"{url}/xoa").status_code == 302
    assert officer.get(url).status_code == 404


def test_new_results_are_counted_in_the_rail_until_they_are_looked_at(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    url = save(officer, "quản lý", "Việc mới", told="y")
    a_moment_ago(backends)
    ids = keep(backends, office, "Văn bản thứ nhất", "Văn bản thứ hai")
    index_due(backends)
    rail = r'>2<span class="visually-hidden"> văn bản mới tìm thấy'
    assert re.search(rail, officer.get("/viec-cua-toi").text)
    page = officer.get(url).text
    assert all(f"/van-ban/{number}" in page for number in ids)
    assert page.count("</span>mới</span>") == 2
    assert not re.search("văn bản mới tìm thấy", officer.get("/viec-cua-toi").text)
    assert "</span>mới</span>" not in officer.get(url).text
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, ids[0]).touch()
    index_due(backends)
    assert "văn bản mới tìm thấy" not in officer.get("/viec-cua-toi").text


def test_what_is_told_follows_the_rights_of_the_moment(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    url = save(officer, "quản lý", "Việc mới", told="y")
    a_moment_ago(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
    (plain,) = keep(backends, office, "Được xem")
    (flagged,) = keep(backends, office, "Kín HIV", flags=[Flag.HIV.value])
    (foreign,) = keep(backends, elsewhere, "Kín nơi khác")
    (pending,) = keep(backends, office, "Kín chờ")
    index_due(backends)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, pending).access_pending = True

    def told() -> set[int]:
        return {int(number) for number in re.findall(r'"/van-ban/(\d+)"', officer.get(url).text)}

    def counted() -> list[str]:
        return re.findall(r">(\d+)<span class=\"visually-hidden\"> văn bản mới", officer.get("/viec-cua-toi").text)

    assert counted() == ["1"]
    assert told() == {plain}
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(User).filter(User.role == Role.RECORDS_OFFICER).one().allowed_flags = [Flag.HIV.value]
        person = factories.person(uow, office)
        factories.filing(uow, factories.case(uow, person), uow.session.get_one(Document, foreign))
    assert told() == {plain, flagged, foreign}
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.query(CaseDocument).delete()
        uow.session.get_one(Document, plain).quarantined_at = uow.now
    assert told() == {flagged}
    assert "Kín chờ" not in officer.get(url).text


@pytest.mark.parametrize(
    "words", ["người:Thử", "cccd:000090000001", "ho so cua nguyen van thu", "Thử Nguyễn Văn", "N.V. Thử"]
)
def test_an_alert_on_a_named_person_needs_a_basis_and_an_end_and_is_silent_after_it(
    backends: Backends, office: Organisation, officer: Browser, words: str
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, office, full_name="Nguyễn Văn Thử")
    address = f"/tim-kiem/da-luu/luu?{key_of(officer, words)}"
    for missing in ({}, {"basis": "Kế hoạch 12/KH-CAP"}, {"until": "20/12/2026"}):
        assert officer.post(address, {"name": "Một người", "told": "y", **missing}).status_code == 422
    too_long = {"basis": "Kế hoạch 12/KH-CAP", "until": "20/12/2027"}
    assert officer.post(address, {"name": "Một người", "told": "y", **too_long}).status_code == 422
    url = save(officer, words, "Một người", told="y", basis="Kế hoạch 12/KH-CAP", until="20/12/2026")
    assert "báo đến hết ngày 20/12/2026" in officer.get(url).text
    (line,) = events(backends, "saved-search.alert-set")
    assert (line.detail["basis"], line.detail["until"]) == ("Kế hoạch 12/KH-CAP", "2026-12-20")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        alert = uow.session.query(SearchAlert).one()
        alert.until, alert.search.revision = uow.now.date() - timedelta(days=1), alert.search.revision + 1
    page = officer.get(url).text
    assert "đã thôi báo sau ngày 19/11/2026" in page
    assert "Đã hết thời hạn theo dõi" in page


def test_a_search_that_names_a_person_who_was_entered_later_says_what_its_alert_lacks(
    backends: Backends, office: Organisation, officer: Browser, colleague: Browser
) -> None:
    url = save(officer, "Nguyễn Văn Thử", "Một người", told="y", shared="y")
    assert "gọi tên một người" not in officer.get(url).text
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, office, full_name="Nguyễn Văn Thử")
    assert "mà báo chưa có căn cứ và ngày" in officer.get(url).text
    founded = {"told": "y", "basis": "Kế hoạch 12/KH-CAP", "until": "20/12/2026"}
    assert colleague.post(f"{url}/bao", founded).status_code == 302
    assert "Người khác trong cơ quan" in colleague.get(url).text
    assert officer.post(f"{url}/bao", founded).status_code == 302
    assert not any('class="note warn"' in one.get(url).text for one in (officer, colleague))


def test_the_page_of_an_alert_tells_of_a_name_that_the_question_nearly_has_and_of_nobody_elsewhere(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, office, full_name="Nguyễn Văn Thử")
        factories.person(uow, factories.organisation(uow), full_name="Lê Thị Mẫu")
    near = save(officer, "Nguyễn Văn Thửm", "Một người", told="y")
    assert "gần giống: Nguyễn Văn Thử. Báo theo đúng tên đã viết" in officer.get(near).text
    silent = save(officer, "Nguyễn Văn Thửm", "Không báo")
    elsewhere = save(officer, "Lê Thị Mẫum", "Nơi khác", told="y")
    assert not any("gần giống" in officer.get(url).text for url in (silent, elsewhere))


def test_a_person_of_another_organisation_is_not_given_away_by_what_an_alert_needs(
    backends: Backends, office: Organisation, officer: Browser
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, factories.organisation(uow), full_name="Nguyễn Văn Xthử")
        factories.person(uow, office, full_name="Nguyễn Văn Xnhà")

    def form(name: str) -> str:
        """The form of saving a question about somebody of this name, without what differs with every question."""
        page = officer.get(f"/tim-kiem/da-luu/luu?{key_of(officer, f'ho so cua nguyen van {name}')}").text
        return re.sub(rf"\b{name}\b|k=[\w-]+|value=\"[^\"]{{60,}}\"|content=\"[^\"]{{60,}}\"", "", page)

    assert form("xthu") == form("xvang")
    assert form("xnha") != form("xvang")
    save(officer, "ho so cua nguyen van xthu", "Chữ thường", told="y")


def test_a_colleague_is_told_of_a_shared_search_until_it_is_no_longer_shared(
    backends: Backends, office: Organisation, officer: Browser, colleague: Browser
) -> None:
    url = save(officer, "quản lý", "Của tổ", shared="y")
    assert colleague.post(f"{url}/bao", {"told": "y"}).status_code == 302
    a_moment_ago(backends)
    keep(backends, office, "Văn bản mới")
    index_due(backends)
    assert "Văn bản mới" in colleague.get(url).text
    assert officer.post(f"{url}/sua", {"name": "Của tổ"}).status_code == 302
    with backends.read() as uow:
        assert uow.session.query(SearchAlert).count() == 0
        assert uow.session.query(SavedSearch).one().shared is False


def test_a_list_of_documents_is_made_from_chosen_results_or_from_all(
    backends: Backends, office: Organisation, officer: Browser, colleague: Browser
) -> None:
    ids = keep(backends, office, *[f"Văn bản {number:02}" for number in range(23)])
    index_due(backends)
    address = f"/danh-sach-van-ban/lap?{key_of(officer, 'quản lý')}"
    page = officer.get(address).text
    assert "Đưa tất cả 23 kết quả vào danh sách" in page
    first = re.findall(r'name="document" id="[^"]+" value="(\d+)"', page)
    assert len(first) == 20
    made = officer.post(address, {"name": "Việc tuần này", "document": first[:2], "which": "chon"})
    url = str(made.location)
    assert re.findall(r'class="strong" href="/van-ban/(\d+)"', officer.get(url).text) == first[:2]
    list_id = url.rpartition("/")[2]
    officer.post(address, {"target": list_id, "which": "tat-ca"})
    rows = list(csv.reader(io.StringIO(officer.get(f"{url}/tep/csv").data.decode("utf-8-sig"))))
    assert sorted(int(row[-2].rpartition("/")[2]) for row in rows[1:]) == sorted(ids)
    assert colleague.get(url).status_code == 404
    assert officer.post(address, {"name": "", "document": first[:1], "which": "chon"}).status_code == 422
    assert officer.post(address, {"name": "Rỗng", "which": "chon"}).status_code == 422


def test_entries_are_noted_moved_and_taken_off_by_the_maker_alone(
    backends: Backends, office: Organisation, officer: Browser, colleague: Browser
) -> None:
    keep(backends, office, "Một", "Hai", "Ba")
    index_due(backends)
    address = f"/danh-sach-van-ban/lap?{key_of(officer, 'quản lý')}&sap-xep=cu-nhat"
    documents = re.findall(r'name="document" id="[^"]+" value="(\d+)"', officer.get(address).text)
    url = str(officer.post(address, {"name": "Của tổ", "shared": "y", "document": documents}).location)

    def shown(browser: Browser) -> tuple[list[str], list[str]]:
        page = browser.get(url).text
        return re.findall(r'id="muc-(\d+)"', page), re.findall(r'class="strong" href="/van-ban/\d+">(\w+)<', page)

    entries, titles = shown(officer)
    last = entries[2]
    officer.post(f"{url}/muc", {"entry": last, "act": "move:1"})
    assert shown(officer)[1] == [titles[2], titles[0], titles[1]]
    officer.post(f"{url}/muc", {"entry": last, "act": "note", "note": "=xem lại"})
    officer.post(f"{url}/muc", {"entry": entries[0], "act": "remove"})
    assert shown(colleague)[1] == [titles[2], titles[1]]
    assert "=xem lại" in colleague.get(url).text
    assert "'=xem lại" in colleague.get(f"{url}/tep/csv").data.decode("utf-8-sig")
    assert colleague.post(f"{url}/muc", {"entry": last, "act": "remove"}).status_code == 403
    assert officer.post(f"{url}/muc", {"entry": "999", "act": "remove"}).status_code == 404
    officer.post(f"{url}/xoa")
    assert officer.get(url).status_code == 404


def test_entries_that_a_reader_may_not_see_are_not_told_of(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, colleague: Browser
) -> None:
    maker = account(backends, office, Role.OFFICE_CLERK, allowed_flags=[Flag.HIV.value])
    browser = browser_of(application, backends, bell, maker)
    keep(backends, office, "Thấy một")
    keep(backends, office, "Kín HIV", flags=[Flag.HIV.value])
    keep(backends, office, "Thấy hai")
    index_due(backends)
    address = f"/danh-sach-van-ban/lap?{key_of(browser, 'quản lý')}"
    url = str(browser.post(address, {"name": "Của tổ", "shared": "y", "which": "tat-ca"}).location)
    assert "trong 3 văn bản" in browser.get(url).text
    page = colleague.get(url).text
    assert "Kín" not in page
    assert re.findall(r'data-label="Thứ tự" id="muc-\d+">(\d+)<', page) == ["1", "2"]
    assert "trong 2 văn bản" in page
    assert "Kín" not in colleague.get(f"{url}/tep/csv").data.decode("utf-8-sig")
    assert re.search(r'data-label="Văn bản">2<', colleague.get("/danh-sach-van-ban").text)
