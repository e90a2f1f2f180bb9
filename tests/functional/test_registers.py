"""Number books at the screen: opened, read with gaps and cancelled numbers, numbers for papers made elsewhere."""

import pytest
from flask import Flask
from sqlalchemy import delete

from app.backends import Backends
from app.models import BookKeeping, RegisterEntry, RegisterSeries
from app.services.registers import draw, open_book
from tests import desks, factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, filled_buttons, words
from tests.functional.conftest import Browser


@pytest.fixture
def at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def book(backends: Backends, at: Committee, keeping: BookKeeping = BookKeeping.DRAWN, numbers: int = 0) -> int:
    with backends.begin(at.desk.clerk) as uow:
        series = open_book(uow, organisation=at.desk.organisation(uow), year=2026, keeping=keeping)
        for _number in range(numbers):
            draw(uow, series, paper=None, date=desks.NUMBERED_ON, symbol="CV", subject="Công văn thử")
        return series.id


def test_an_empty_list_says_when_a_book_comes(at_work: Committee) -> None:
    answer = at_work.clerk.get("/so")
    assert "Chưa có sổ nào" in words(answer.text)
    assert filled_buttons(answer.text) == 1


def test_a_book_is_opened_with_the_kinds_that_share_it(at_work: Committee, backends: Backends) -> None:
    book(backends, at_work)
    typed = {"year": "2026", "name": "Sổ giấy xác nhận", "keeping": "entered", "types": ["GXN", "GCN"]}
    answer = at_work.clerk.post("/so/moi", typed, follow=True)
    assert "Giấy xác nhận, Giấy chứng nhận" in words(answer.text)
    listed = words(at_work.clerk.get("/so").text)
    assert "mọi loại còn lại, trừ Giấy xác nhận, Giấy chứng nhận" in listed
    assert "sổ giữ ở nơi khác, nhập số đã cấp" in listed
    again = at_work.clerk.post("/so/moi", typed | {"name": "Sổ khác"})
    assert again.status_code == 422
    assert "Loại văn bản này đã thuộc sổ" in words(again.text)
    assert 'value="Sổ khác"' in again.text
    assert at_work.clerk.post("/so/moi", typed | {"year": "hai nghìn"}).status_code == 422


def test_gaps_and_cancelled_numbers_are_visible(at_work: Committee, backends: Backends) -> None:
    book_id = book(backends, at_work, numbers=3)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.execute(delete(RegisterEntry).where(RegisterEntry.number == 2))
        first = uow.session.query(RegisterEntry).filter_by(number=1).one().id
    url = f"/so/{book_id}/so/{first}/huy"
    assert at_work.clerk.post(url, {"reason": " "}).status_code == 422
    page = words(at_work.clerk.post(url, {"reason": "Viết hỏng"}, follow=True).text)
    assert "Lý do hủy: Viết hỏng" in page
    assert "2 – – – – – ✕ trống số" in page
    assert "trống 1 số" in words(at_work.clerk.get("/so").text)
    assert at_work.clerk.post(url, {"reason": "Lần nữa"}).status_code == 409


def test_the_number_of_a_paper_is_cancelled_with_the_paper_alone(at_work: Committee, backends: Backends) -> None:
    paper_id = desks.numbered(at_work.desk)
    with backends.read() as uow:
        entry = uow.session.query(RegisterEntry).one()
    page = at_work.clerk.get(f"/so/{entry.series_id}").text
    assert f'href="/soan/{paper_id}"' in page
    assert "Hủy số" not in page
    answer = at_work.clerk.post(f"/so/{entry.series_id}/so/{entry.id}/huy", {"reason": "Thử"})
    assert answer.status_code == 409


def test_a_paper_made_elsewhere_gets_the_next_number(at_work: Committee, backends: Backends) -> None:
    url = f"/so/{book(backends, at_work, numbers=1)}/cap-so"
    assert 'name="number_text"' not in at_work.clerk.get(url).text
    assert at_work.clerk.post(url, {"date": "20/11/2026", "symbol": "", "subject": ""}).status_code == 422
    assert at_work.clerk.post(url, {"date": "21/11/2026", "symbol": "CV", "subject": "Mai"}).status_code == 422
    typed = {"date": "20/11/2026", "symbol": "CV", "subject": "Về việc thử"}
    assert "Đã cấp số 02/CV" in words(at_work.clerk.post(url, typed, follow=True).text)


def test_a_number_of_a_book_kept_elsewhere_is_typed_once(at_work: Committee, backends: Backends) -> None:
    url = f"/so/{book(backends, at_work, BookKeeping.ENTERED)}/cap-so"
    typed = {"date": "20/11/2026", "symbol": "CV", "subject": "Về việc thử", "number_text": "15a"}
    assert at_work.clerk.post(url, typed).status_code == 302
    twice = at_work.clerk.post(url, typed)
    assert twice.status_code == 409
    assert "Số này đã có trong sổ" in words(twice.text)


def test_others_read_a_book_and_do_not_write_in_it(at_work: Committee, backends: Backends, stranger: Browser) -> None:
    book_id = book(backends, at_work, numbers=1)
    page = at_work.officer.get(f"/so/{book_id}").text
    assert "Công văn thử" in words(page)
    assert "Hủy số" not in page
    assert at_work.officer.get("/so/moi").status_code == 403
    assert at_work.officer.post(f"/so/{book_id}/cap-so", {}).status_code == 403
    assert stranger.get(f"/so/{book_id}").status_code == 404
    with backends.read() as uow:
        assert uow.session.get_one(RegisterSeries, book_id).last == 1
