"""Persons at the screen: written down, found by given name, changed, refused with all input kept."""

import re
from typing import Any

import pytest

from app.backends import Backends
from app.models import Organisation, Person
from app.services.paging import PAGE_SIZE
from tests import factories
from tests.functional.committee import filled_buttons, words
from tests.functional.conftest import Browser

TYPED: dict[str, Any] = {
    "full_name": "Nguyễn Thị Thử Ánh",
    "birth": "05/1990",
    "sex": "Nữ",
    "names": "Thử Em\r\nThử Chị",
    "residence": "Số 1, phường Mẫu",
    "identities-0-kind": "CCCD",
    "identities-0-number": "000190000111",
    "identities-0-issued_on": "01/06/2021",
    "relatives-0-relation": "mẹ",
    "relatives-0-full_name": "Trần Thị Thử",
    "relatives-0-birth_year": "1968",
}


def write_down(officer: Browser, **given: Any) -> str:
    answer = officer.post("/nguoi/moi", TYPED | given)
    assert answer.status_code == 302, words(answer.text)
    return answer.headers["Location"]


def test_a_person_is_written_down_as_typed(officer: Browser) -> None:
    page = words(officer.get(write_down(officer)).text)
    assert "Nguyễn Thị Thử Ánh" in page
    assert "05/1990" in page
    assert "Thử Em, Thử Chị" in page
    assert "Căn cước công dân 000190000111, cấp ngày 01/06/2021" in page
    assert "Người thân (mẹ) Trần Thị Thử; năm sinh 1968" in page


def test_the_list_stands_in_the_order_of_given_names_and_hides_part_of_the_number(
    officer: Browser, office: Organisation, backends: Backends
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for name in ("Trần Văn Thử Cường", "Vũ Văn Thử An", "An Thị Thử Bích"):
            factories.person(uow, office, full_name=name)
    officer.get(write_down(officer, full_name="Bùi Thị Thử Ân"))
    answer = officer.get("/nguoi")
    page = words(answer.text)
    places = [page.index(name) for name in ("Vũ Văn Thử An", "Bùi Thị Thử Ân", "An Thị Thử Bích", "Trần Văn Thử Cường")]
    assert places == sorted(places)
    assert "000 1900 ×××× 11" in page
    assert "000190000111" not in answer.text
    assert filled_buttons(answer.text) == 1


def test_people_are_found_without_accents(officer: Browser) -> None:
    write_down(officer)
    other = {"full_name": "Trần Văn Khác", "names": "", "identities-0-number": "000190000333"}
    officer.get(write_down(officer, **other))
    found = words(officer.post("/nguoi", {"q": "thu anh"}, follow=True).text)
    assert "Nguyễn Thị Thử Ánh" in found
    assert "Trần Văn Khác" not in found
    assert "Không có người nào khớp bộ lọc" in words(officer.post("/nguoi", {"q": "khongai"}, follow=True).text)


@pytest.mark.parametrize("path", ["/nguoi", "/ho-so/moi"])
def test_neither_name_nor_number_stands_in_an_address(
    officer: Browser, stranger: Browser, office: Organisation, backends: Backends, path: str
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for number in range(PAGE_SIZE + 1):
            factories.person(uow, office, full_name=f"Trần Văn Quýnh {number}")
        factories.person(uow, office, full_name="Lê Thị Khác", id_number="000190000222")
    address = str(officer.post(path, {"q": "tran van quynh"}).location)
    assert re.fullmatch(rf"{path}\?k=[\w-]+", address)
    page = officer.get(address).text
    assert f"trong {PAGE_SIZE + 1} người" in words(page)
    assert 'value="tran van quynh"' in page
    assert not re.findall('(?:href|action)="[^"]*quynh[^"]*"', page)
    (form,) = re.findall(rf'<form class="filter-bar" method="post" action="{path}".*?</form>', page, re.DOTALL)
    assert 'name="csrf_token"' in form
    second = re.findall('href="([^"]*trang=2[^"]*)"', page)[0].replace("&amp;", "&")
    assert f"{PAGE_SIZE + 1}–{PAGE_SIZE + 1} trong {PAGE_SIZE + 1} người" in words(officer.get(second).text)
    assert "Lê Thị Khác" in officer.post(path, {"q": "000 190 000 222"}, follow=True).text
    assert officer.post(path, {"q": " "}).location == path
    assert stranger.get(address).status_code == 404


def test_an_empty_list_offers_the_next_act(officer: Browser) -> None:
    page = words(officer.get("/nguoi").text)
    assert "Chưa có người nào" in page
    assert "Ghi người mới" in page


def test_what_is_wrong_is_said_at_its_field_and_all_input_is_kept(officer: Browser, backends: Backends) -> None:
    answer = officer.post("/nguoi/moi", TYPED | {"full_name": "", "identities-0-number": "12"})
    page = words(answer.text)
    assert answer.status_code == 422
    assert "Ô này không được để trống." in page
    assert "Số căn cước công dân gồm 12 chữ số." in page
    assert 'href="#identities-0-number"' in answer.text
    assert 'value="Số 1, phường Mẫu"' in answer.text
    assert 'value="Trần Thị Thử"' in answer.text
    with backends.read() as uow:
        assert uow.session.query(Person).count() == 0


def test_a_date_that_is_none_is_refused_in_vietnamese(officer: Browser) -> None:
    answer = officer.post("/nguoi/moi", TYPED | {"birth": "32/13/1990", "identities-0-issued_on": "hôm qua"})
    assert answer.status_code == 422
    assert "ví dụ 20/11/2026" in answer.text
    assert 'value="hôm qua"' in answer.text
    answer = officer.post("/nguoi/moi", TYPED | {"birth": "32/13/1990"})
    assert "05/1990 hoặc 1990" in words(answer.text)


def test_a_line_more_is_given_without_keeping_anything(officer: Browser, backends: Backends) -> None:
    answer = officer.post("/nguoi/moi", TYPED | {"more": "identities"})
    assert answer.status_code == 200
    assert 'name="identities-1-number"' in answer.text
    assert 'value="Nguyễn Thị Thử Ánh"' in answer.text
    with backends.read() as uow:
        assert uow.session.query(Person).count() == 0


def test_a_change_is_kept_and_one_on_an_old_page_is_not(officer: Browser) -> None:
    url = write_down(officer)
    form = officer.get(url + "/sua").text
    assert 'value="000190000111"' in form
    assert officer.post(url + "/sua", TYPED | {"revision": "1", "residence": "Số 2, phường Mẫu"}).status_code == 302
    assert "Số 2, phường Mẫu" in words(officer.get(url).text)
    late = officer.post(url + "/sua", TYPED | {"revision": "1", "residence": "Số 3"})
    assert late.status_code == 409
    assert 'value="Số 3"' in late.text
    assert "Người khác vừa sửa" in words(late.text)


def test_another_organisation_does_not_know_the_person(officer: Browser, stranger: Browser) -> None:
    url = write_down(officer)
    assert stranger.get(url).status_code == 404
    assert stranger.get(url + "/sua").status_code == 404
    assert "Nguyễn Thị Thử Ánh" not in stranger.get("/nguoi").text
