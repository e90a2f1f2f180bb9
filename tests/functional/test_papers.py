"""Papers at the screen: drafted with the missing facts named, saved while typing, printed at any moment, presented,
returned, approved, signed, numbered, released, and told apart from their signed scan."""

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.backends import Backends
from app.models import BookKeeping, Paper, PaperState, RegisterEntry, Signed
from app.services import papers
from app.services.registers import open_book
from tests import desks, factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, filled_buttons, words
from tests.functional.conftest import Browser


@pytest.fixture
def at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def paper_row(backends: Backends, paper_id: int) -> Paper:
    with backends.read() as uow:
        return uow.session.get_one(Paper, paper_id)


def typed_form(officer: Browser, paper_id: int) -> dict[str, Any]:
    """The draft's form as it is filled on the screen, with the fields of `desks.TYPED` typed over it."""
    html = officer.get(f"/soan/{paper_id}/sua").text
    found = re.search(r'name="revision"[^>]*value="(\d+)"', html)
    assert found is not None
    return {"revision": found[1], **{name: str(value) for name, value in desks.TYPED.items()}}


def start(at: Committee) -> int:
    url = f"/soan/ho-so/{at.desk.case_id}/moi?mau=D163/V/53&ngay=2026-11-02"
    assert "Chưa kiểm tra thời hạn" in words(at.officer.get(url).text)
    answer = at.officer.post(url, {"act_date": "02/11/2026"})
    assert answer.status_code == 302, words(answer.text)
    return int(re.findall(r"/soan/(\d+)/sua", answer.headers["Location"])[0])


def test_a_draft_takes_its_facts_from_the_records_and_names_what_is_missing(at_work: Committee) -> None:
    paper_id = start(at_work)
    html = at_work.officer.get(f"/soan/{paper_id}/sua").text
    page = words(html)
    assert 'value="Ủy ban nhân dân phường Mẫu"' in html
    assert 'value="12/05/1990"' in html
    assert "lấy từ hồ sơ HS-2026-" in page
    assert "Còn thiếu để trình ký:" in page
    assert "Giao cho (họ, tên, đơn vị)" in page
    assert "Phần chưa đối chiếu với mẫu gốc" in page
    assert "Chưa kiểm tra thời hạn" in page
    view = at_work.officer.get(f"/soan/{paper_id}").text
    assert f'href="/soan/{paper_id}/trinh"' not in view
    assert f'action="/soan/{paper_id}/trinh"' not in view
    assert filled_buttons(view) == 1


def test_only_forms_that_the_law_of_the_day_gives_this_body_are_started(at_work: Committee) -> None:
    case_id = at_work.desk.case_id
    other_body = at_work.officer.post(f"/soan/ho-so/{case_id}/moi?mau=D163/V/22", {"act_date": "02/11/2026"})
    assert other_body.status_code == 403
    other_day = at_work.officer.post(f"/soan/ho-so/{case_id}/moi?mau=D163/V/53", {"act_date": "02/11/2025"})
    assert other_day.status_code == 422
    assert "không dùng cho ngày 02/11/2025" in words(other_day.text)
    assert at_work.leader.post(f"/soan/ho-so/{case_id}/moi?mau=D163/V/53", {}).status_code == 403


def test_typing_is_saved_and_a_stale_page_is_told(at_work: Committee, backends: Backends) -> None:
    paper_id = start(at_work)
    form = typed_form(at_work.officer, paper_id) | {"doc.effective_from": "01/12/2026"}
    url = f"/soan/{paper_id}/luu-nhap"
    saved = at_work.officer.post(url, form, headers={"Accept": "application/json"})
    assert saved.status_code == 200
    revision = saved.get_json()["revision"]
    assert revision > int(form["revision"])
    assert paper_row(backends, paper_id).context["typed"]["doc.effective_from"] == "2026-12-01"
    stale = at_work.officer.post(url, form | {"post.assignee": "Khác"}, headers={"Accept": "application/json"})
    assert stale.status_code == 409
    again = form | {"revision": str(revision), "post.assignee": "Ông Khác Văn Thử"}
    assert at_work.officer.post(url, again).get_json()["revision"] == revision + 1


def test_a_half_typed_date_does_not_keep_the_other_words_from_being_saved(
    at_work: Committee, backends: Backends
) -> None:
    paper_id = start(at_work)
    form = typed_form(at_work.officer, paper_id) | {"doc.effective_from": "01/1"}
    saved = at_work.officer.post(f"/soan/{paper_id}/luu-nhap", form).get_json()
    assert set(saved["wrong"]) == {"doc.effective_from"}
    typed = paper_row(backends, paper_id).context["typed"]
    assert typed["post.assignee"] == desks.TYPED["post.assignee"]
    assert "doc.effective_from" not in typed


def test_a_wrong_field_is_told_at_the_field_and_all_input_is_kept(at_work: Committee) -> None:
    paper_id = start(at_work)
    form = typed_form(at_work.officer, paper_id) | {"doc.effective_from": "ngày mai"}
    answer = at_work.officer.post(f"/soan/{paper_id}/sua", form)
    assert answer.status_code == 422
    assert 'href="#doc.effective_from"' in answer.text
    assert 'value="ngày mai"' in answer.text
    assert desks.TYPED["facility.name"] in answer.text


def test_a_draft_is_printed_blank_and_half_filled_as_a_download(at_work: Committee) -> None:
    paper_id = start(at_work)
    for mode in ("blank", "partial", "open"):
        answer = at_work.officer.get(f"/soan/{paper_id}/in/{mode}.docx")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        text = zipfile.ZipFile(io.BytesIO(answer.data)).read("word/document.xml").decode()
        assert ("Nguyễn Văn Thử" in text or "NGUYỄN VĂN THỬ" in text) is (mode != "blank")
        assert "chưa đối chiếu" not in text
    assert at_work.officer.get(f"/soan/{paper_id}/in/final.docx").status_code == 409
    assert at_work.officer.get(f"/soan/{paper_id}/in/other.docx").status_code == 404


@pytest.mark.office
def test_a_print_as_pdf_is_a_pdf(at_work: Committee) -> None:
    paper_id = start(at_work)
    assert at_work.officer.get(f"/soan/{paper_id}/in/partial.pdf").data.startswith(b"%PDF")


def test_presented_returned_with_remarks_and_presented_again(at_work: Committee, backends: Backends) -> None:
    paper_id = start(at_work)
    at_work.officer.post(f"/soan/{paper_id}/sua", typed_form(at_work.officer, paper_id))
    assert at_work.leader.post(f"/soan/{paper_id}/trinh").status_code == 403
    assert at_work.officer.post(f"/soan/{paper_id}/trinh").status_code == 302
    empty = at_work.leader.post(f"/soan/{paper_id}/tra-lai", {"remarks": ""})
    assert empty.status_code == 422
    assert "Ghi ý kiến" in words(empty.text)
    assert at_work.leader.post(f"/soan/{paper_id}/tra-lai", {"remarks": "Ghi rõ tên Tổ."}).status_code == 302
    page = at_work.officer.get(f"/soan/{paper_id}").text
    assert "bị trả lại" in words(page)
    assert "Ghi rõ tên Tổ." in words(page)
    assert filled_buttons(page) == 1
    assert at_work.officer.post(f"/soan/{paper_id}/trinh").status_code == 302
    assert paper_row(backends, paper_id).state is PaperState.PRESENTED


def test_the_leader_approves_only_what_was_seen(at_work: Committee, backends: Backends) -> None:
    paper_id = desks.presented(at_work.desk)
    revision = paper_row(backends, paper_id).revision
    stale = at_work.leader.post(f"/soan/{paper_id}/duyet", {"revision": str(revision - 1)})
    assert stale.status_code == 409
    assert at_work.leader.post(f"/soan/{paper_id}/duyet", {"revision": str(revision)}).status_code == 302
    assert paper_row(backends, paper_id).state is PaperState.APPROVED


def test_typing_after_presenting_takes_the_paper_back_and_the_page_says_so(
    at_work: Committee, backends: Backends
) -> None:
    paper_id = desks.presented(at_work.desk)
    html = at_work.officer.get(f"/soan/{paper_id}/sua").text
    assert "phải trình lại" in words(html)
    assert "data-autosave-url" not in html
    form = typed_form(at_work.officer, paper_id) | {"post.assignee": "Ông Khác Văn Thử"}
    assert at_work.officer.post(f"/soan/{paper_id}/luu-nhap", form).status_code == 409
    assert paper_row(backends, paper_id).state is PaperState.PRESENTED
    assert at_work.officer.post(f"/soan/{paper_id}/sua", form).status_code == 302
    assert paper_row(backends, paper_id).state is PaperState.DRAFT


def sign(at: Committee, paper_id: int, **given: str) -> TestResponse:
    return at.clerk.post(f"/soan/{paper_id}/ky", {"signed_on": "19/11/2026", "signer_name": "Trần Văn Mẫu"} | given)


def test_the_signature_is_recorded_for_the_named_signer_only(at_work: Committee) -> None:
    paper_id = desks.approved(at_work.desk)
    other = sign(at_work, paper_id, signer_name="Người Khác")
    assert other.status_code == 422
    assert "Khác người ký ghi trong dự thảo" in words(other.text)
    assert sign(at_work, paper_id, signed_on="").status_code == 422
    assert sign(at_work, paper_id).status_code == 302


def test_a_book_kept_here_gives_the_number_and_the_page_has_no_field_for_it(
    at_work: Committee, backends: Backends
) -> None:
    paper_id = desks.signed(at_work.desk)
    page = at_work.clerk.get(f"/soan/{paper_id}").text
    assert 'name="number_text"' not in page
    assert filled_buttons(page) == 1
    early = at_work.clerk.post(f"/soan/{paper_id}/cap-so", {"date": "18/11/2026"})
    assert early.status_code == 422
    assert "không được trước ngày ký" in words(early.text)
    assert at_work.clerk.post(f"/soan/{paper_id}/cap-so", {"date": "20/11/2026"}).status_code == 302
    page = words(at_work.clerk.get(f"/soan/{paper_id}").text)
    assert "1/QĐ-UBND" in page
    assert "chưa có bản ký" in page


def test_a_number_of_a_book_kept_elsewhere_is_typed_15a_too_and_never_twice(
    at_work: Committee, backends: Backends
) -> None:
    with backends.begin(at_work.desk.clerk) as uow:
        open_book(uow, organisation=at_work.desk.organisation(uow), year=2026, keeping=BookKeeping.ENTERED)
    first, second = desks.signed(at_work.desk), desks.signed(at_work.desk)
    assert 'name="number_text"' in at_work.clerk.get(f"/soan/{first}").text
    assert at_work.clerk.post(f"/soan/{first}/cap-so", {"date": "20/11/2026"}).status_code == 422
    typed = {"date": "20/11/2026", "number_text": "15a"}
    assert at_work.clerk.post(f"/soan/{first}/cap-so", typed).status_code == 302
    assert "15a/QĐ-UBND" in words(at_work.clerk.get(f"/soan/{first}").text)
    twice = at_work.clerk.post(f"/soan/{second}/cap-so", typed)
    assert twice.status_code == 409
    assert "Số này đã có trong sổ" in words(twice.text)
    assert 'value="15a"' in twice.text


def test_a_failure_of_making_is_shown_and_can_be_asked_again(
    at_work: Committee, backends: Backends, bell: Bell
) -> None:
    paper_id = desks.numbered(at_work.desk)
    bell.rung.clear()
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Paper, paper_id).make_error = "paper-not-made"
    page = at_work.clerk.get(f"/soan/{paper_id}").text
    assert "chưa tạo được tệp" in words(page)
    assert filled_buttons(page) == 1
    assert at_work.clerk.post(f"/soan/{paper_id}/tao-lai").status_code == 302
    assert bell.rung == [("make", paper_id)]


def test_a_cancelled_paper_leaves_its_number_in_the_book(at_work: Committee, backends: Backends) -> None:
    paper_id = desks.numbered(at_work.desk)
    assert at_work.clerk.post(f"/soan/{paper_id}/huy", {"reason": ""}).status_code == 422
    assert at_work.clerk.post(f"/soan/{paper_id}/huy", {"reason": "Cấp nhầm sổ"}).status_code == 302
    with backends.read() as uow:
        entry = uow.session.query(RegisterEntry).one()
    page = words(at_work.clerk.get(f"/so/{entry.series_id}").text)
    assert "đã hủy" in page
    assert "Lý do hủy: Cấp nhầm sổ" in page


def made(at: Committee) -> int:
    paper_id = desks.numbered(at.desk)
    at.clerk.work()
    return paper_id


def send_scan(at: Committee, paper_id: int, content: bytes) -> TestResponse:
    data = {"scan": (io.BytesIO(content), "ban quet.pdf")}
    return at.clerk.post(f"/soan/{paper_id}/ban-ky", data, content_type="multipart/form-data")


@pytest.mark.office
def test_from_made_to_released_and_the_signed_scan_back_on_the_same_record(
    at_work: Committee, backends: Backends
) -> None:
    paper_id = made(at_work)
    pdf = at_work.clerk.get(f"/soan/{paper_id}/in/final.pdf").data
    unproved = at_work.clerk.post(f"/soan/{paper_id}/phat-hanh", {"recipient": "Công an", "sent_on": "20/11/2026"})
    assert unproved.status_code == 422
    assert 'value="Công an"' in unproved.text
    sent = {"recipient": "Công an phường Mẫu", "sent_on": "20/11/2026", "proof": "ký nhận số 7"}
    assert at_work.clerk.post(f"/soan/{paper_id}/phat-hanh", sent).status_code == 302
    page = words(at_work.clerk.get(f"/soan/{paper_id}").text)
    assert "20/11/2026, ký nhận số 7" in page
    assert "chưa có bản ký" in page

    itself = send_scan(at_work, paper_id, pdf)
    assert itself.status_code == 422
    assert "không phải bản quét đã ký" in words(itself.text)
    assert send_scan(at_work, paper_id, pdf + b"\n% quet\n").status_code == 302
    assert "đang đọc bản quét" in words(at_work.clerk.get(f"/soan/{paper_id}").text)
    at_work.clerk.work()
    page_html = at_work.clerk.get(f"/soan/{paper_id}").text
    assert "chưa thấy chữ ký, cần người xem" in words(page_html)
    assert re.search(r"Bản quét có \d+ % số chữ của văn bản", words(page_html))
    assert filled_buttons(page_html) == 1
    assert at_work.clerk.post(f"/soan/{paper_id}/ban-ky/da-ky").status_code == 302
    assert "đã có bản ký" in words(at_work.clerk.get(f"/soan/{paper_id}").text)
    with backends.read(at_work.desk.clerk) as uow:
        row = papers.paper(uow, paper_id)
        assert row.state is PaperState.RELEASED
        document = uow.session.get(factories.Document, row.signed_document_id)
        assert document is not None
        assert document.signed is Signed.CONFIRMED
    case_page = words(at_work.officer.get(f"/ho-so/{at_work.desk.case_id}").text)
    assert "có, đã ký" in case_page


@pytest.mark.office
def test_a_wrong_scan_is_taken_off_with_the_reason(at_work: Committee, backends: Backends) -> None:
    paper_id = made(at_work)
    pdf = at_work.clerk.get(f"/soan/{paper_id}/in/final.pdf").data
    send_scan(at_work, paper_id, pdf + b"\n% quet\n")
    at_work.clerk.work()
    assert at_work.clerk.post(f"/soan/{paper_id}/ban-ky/go", {"drop_reason": ""}).status_code == 422
    assert at_work.clerk.post(f"/soan/{paper_id}/ban-ky/go", {"drop_reason": "Nhầm tệp"}).status_code == 302
    assert paper_row(backends, paper_id).signed_document_id is None
    assert "chưa có bản ký" in words(at_work.clerk.get(f"/soan/{paper_id}").text)


def test_a_scan_without_a_file_is_refused_at_its_field(at_work: Committee) -> None:
    paper_id = desks.numbered(at_work.desk)
    answer = at_work.clerk.post(f"/soan/{paper_id}/ban-ky", {})
    assert answer.status_code == 422
    assert "Chọn tệp bản quét đã ký." in words(answer.text)


def test_papers_are_listed_by_step(at_work: Committee) -> None:
    desks.presented(at_work.desk)
    desks.numbered(at_work.desk)
    assert "1–1 trong 1 văn bản" in words(at_work.leader.get("/soan?buoc=presented").text)
    assert "01/QĐ-UBND" in words(at_work.leader.get("/soan?chua-ky=1").text)
    assert "Không có văn bản nào khớp bộ lọc" in words(at_work.leader.get("/soan?buoc=released").text)


def test_a_stranger_does_not_know_the_paper(at_work: Committee, stranger: Browser) -> None:
    paper_id = desks.presented(at_work.desk)
    for path in ("", "/sua", "/in/blank.docx"):
        assert stranger.get(f"/soan/{paper_id}{path}").status_code == 404
    assert stranger.post(f"/soan/{paper_id}/luu-nhap", {}).status_code == 404
