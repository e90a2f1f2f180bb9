"""What screens say is said once, leads only where the reader may go, and never shows a made file as the signed one."""

import re

import pytest
from flask import Flask

from app.backends import Backends
from app.models import Paper
from app.web.document_words import printed_number
from tests import desks, factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, words


@pytest.fixture
def at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def document_of(backends: Backends, paper_id: int) -> int:
    with backends.read() as uow:
        found = uow.session.get_one(Paper, paper_id).document_id
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("1/QĐ-UBND", "01/QĐ-UBND"), ("5a", "05a"), ("07/BB", "07/BB"), ("15/QĐ-UBND", "15/QĐ-UBND"), ("", "")],
)
def test_a_number_below_ten_is_shown_as_papers_print_it(kept: str, shown: str) -> None:
    assert printed_number(kept) == shown


def test_a_paper_its_book_and_the_list_show_the_same_printed_number(at_work: Committee) -> None:
    paper_id = desks.numbered(at_work.desk)
    assert "01/QĐ-UBND" in words(at_work.clerk.get(f"/soan/{paper_id}").text)
    assert "01/QĐ-UBND" in words(at_work.clerk.get("/soan").text)
    book = re.search(r"/so/\d+", at_work.clerk.get("/so").text)
    assert book is not None
    assert re.search(r"\b01 \d\d/\d\d/\d{4} QĐ-UBND", words(at_work.clerk.get(book[0]).text))


def test_what_a_draft_lacks_leads_only_who_may_draft_to_its_form(at_work: Committee) -> None:
    paper_id = desks.drafted(at_work.desk, typed={})
    assert f"/soan/{paper_id}/sua#" in at_work.officer.get(f"/soan/{paper_id}").text
    seen = at_work.leader.get(f"/soan/{paper_id}").text
    assert "Còn thiếu để trình ký" in words(seen)
    assert f"/soan/{paper_id}/sua" not in seen


@pytest.mark.office
def test_the_made_file_is_nobodys_to_confirm_as_signed_or_to_delete(at_work: Committee, backends: Backends) -> None:
    paper_id = desks.numbered(at_work.desk)
    at_work.clerk.work()
    page = at_work.officer.get(f"/van-ban/{document_of(backends, paper_id)}?the=thong-tin").text
    assert "tệp hệ thống tạo, chưa phải bản ký" in words(page)
    assert 'name="signed"' not in page
    assert "Xóa văn bản" not in words(page)
    assert f"/soan/{paper_id}" in page


@pytest.mark.office
def test_an_origin_that_all_facts_share_is_told_once(at_work: Committee, backends: Backends) -> None:
    paper_id = desks.numbered(at_work.desk)
    at_work.clerk.work()
    page = words(at_work.officer.get(f"/van-ban/{document_of(backends, paper_id)}?the=thong-tin").text)
    assert page.count("đã có người xác nhận") + page.count("đã xác nhận bởi") == 1


def test_the_papers_made_here_are_reached_from_the_documents(at_work: Committee) -> None:
    assert 'href="/soan"' in at_work.leader.get("/van-ban").text


def test_a_document_that_waits_to_be_read_is_of_no_kind_yet(at_work: Committee, backends: Backends) -> None:
    with backends.begin(at_work.desk.officer) as uow:
        waits = factories.document(uow, at_work.desk.organisation(uow), quality=None, type="KHAC")
        uow.session.flush()
        document_id = waits.id
    rows = re.findall(r"(?s)<tr>.*?</tr>", at_work.officer.get("/van-ban").text)
    row = next(row for row in rows if f"/van-ban/{document_id}" in row)
    assert "Văn bản khác" not in words(row)
    assert "đang đọc" in words(row)
