"""Cases at the screen: opened (also in mid-life), answered, filed to, proposals decided, closed."""

import re
from typing import Any

import pytest
from flask import Flask

from app.backends import Backends
from app.models import CaseDocument, FilingState, Source
from tests import factories
from tests.conftest import Bell
from tests.functional.committee import Committee, committee, filled_buttons, words
from tests.functional.conftest import Browser

OPENED: dict[str, Any] = {
    "procedure": "P11",
    "act_date": "02/11/2026",
    "opened_on": "03/11/2026",
    "began_elsewhere": "y",
    "earlier-0-happened_on": "20/10/2026",
    "earlier-0-title": "Giấy xác nhận hoàn thành cai nghiện",
    "earlier-0-issuer": "Cơ sở cai nghiện số 1 tỉnh Mẫu",
    "earlier-0-number_text": "88/GXN-CSCN",
    "term_from": "01/12/2026",
    "term_to": "30/11/2027",
}


@pytest.fixture
def office_at_work(application: Flask, backends: Backends, bell: Bell) -> Committee:
    return committee(application, backends, bell)


def person_id(backends: Backends, at: Committee) -> int:
    with backends.read() as uow:
        return at.desk.case(uow).person_id


def open_case(backends: Backends, at: Committee, **given: Any) -> str:
    answer = at.officer.post(f"/ho-so/moi?nguoi={person_id(backends, at)}", OPENED | given)
    assert answer.status_code == 302, words(answer.text)
    return answer.headers["Location"]


def test_a_case_is_opened_in_mid_life_with_the_numbers_of_other_bodies(
    office_at_work: Committee, backends: Backends
) -> None:
    page = words(office_at_work.officer.get(open_case(backends, office_at_work)).text)
    assert "HS-2026-0001" in page
    assert "Luật 120/2025/QH15, Nghị định 163/2026/NĐ-CP" in page
    assert "Giấy xác nhận hoàn thành cai nghiện 88/GXN-CSCN, Cơ sở cai nghiện số 1 tỉnh Mẫu" in page
    assert "Lập hồ sơ, tiếp tục việc bắt đầu ở nơi khác" in page
    assert "chưa kiểm tra thời hạn" in page


def test_the_person_is_chosen_before_the_case(office_at_work: Committee, backends: Backends) -> None:
    page = office_at_work.officer.get("/ho-so/moi").text
    assert f"/ho-so/moi?nguoi={person_id(backends, office_at_work)}" in page


def test_earlier_acts_need_a_day_and_the_mark_that_the_case_began_elsewhere(
    office_at_work: Committee, backends: Backends
) -> None:
    url = f"/ho-so/moi?nguoi={person_id(backends, office_at_work)}"
    answer = office_at_work.officer.post(url, {**OPENED, "earlier-0-happened_on": ""})
    assert answer.status_code == 422
    assert "Ghi ngày diễn ra." in words(answer.text)
    unmarked = {name: value for name, value in OPENED.items() if name != "began_elsewhere"}
    answer = office_at_work.officer.post(url, unmarked)
    assert answer.status_code == 422
    assert "Đánh dấu hồ sơ đã bắt đầu ở nơi khác" in words(answer.text)
    assert 'value="88/GXN-CSCN"' in answer.text


def test_a_day_without_law_is_refused_at_the_field(office_at_work: Committee, backends: Backends) -> None:
    url = f"/ho-so/moi?nguoi={person_id(backends, office_at_work)}"
    answer = office_at_work.officer.post(url, {**OPENED, "act_date": "01/01/1990", "procedure": ""})
    assert answer.status_code == 422
    assert "Chọn thủ tục." in words(answer.text)
    answer = office_at_work.officer.post(url, {**OPENED, "act_date": "01/01/1990"})
    assert answer.status_code == 422
    assert "chưa có trong dữ liệu" in words(answer.text)


def test_a_missing_paper_is_named_with_its_article_and_can_be_drafted(office_at_work: Committee) -> None:
    answer = office_at_work.officer.get(f"/ho-so/{office_at_work.desk.case_id}")
    page = words(answer.text)
    assert "thiếu" in page
    assert "NĐ 163/2026" in page
    assert "mau=D163/V/53" in answer.text
    assert filled_buttons(answer.text) == 1
    assert "D163/V/22" not in page  # another body's form


def test_a_missing_paper_is_called_so_once_without_codes_of_ours(office_at_work: Committee) -> None:
    page = words(office_at_work.officer.get(f"/ho-so/{office_at_work.desk.case_id}").text)
    assert re.search(r"khoản 1 Điều 134 NĐ 163/2026 ✕ ?thiếu Đưa bản quét vào", page)
    assert "Không có văn bản nào trong hồ sơ" not in page
    assert not re.search(r"\bCR-\d", page)


def test_a_leader_is_not_offered_to_draft(office_at_work: Committee) -> None:
    answer = office_at_work.leader.get(f"/ho-so/{office_at_work.desk.case_id}")
    assert "mau=D163" not in answer.text
    assert "Ghi trả lời" not in words(answer.text)


def test_an_answer_to_a_condition_of_the_law_changes_what_is_required(
    office_at_work: Committee, backends: Backends
) -> None:
    case_url = f"/ho-so/{office_at_work.desk.case_id}"
    asked = words(office_at_work.officer.get(case_url).text)
    assert "chưa rõ có thuộc trường hợp này không Trả lời Thay đổi nơi cư trú" in asked
    answer = office_at_work.officer.post(f"{case_url}/truong-hop", {"moved": "no"}, follow=True)
    assert "Không thuộc trường hợp: Thay đổi nơi cư trú" in words(answer.text)
    with backends.read() as uow:
        assert office_at_work.desk.case(uow).circumstances == {"moved": False}
    office_at_work.officer.post(f"{case_url}/truong-hop", {"moved": ""})
    with backends.read() as uow:
        assert office_at_work.desk.case(uow).circumstances == {}


def proposal(backends: Backends, at: Committee) -> int:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = factories.document(uow, at.desk.organisation(uow), title="Giấy xác nhận thử")
        evidence = {"why": "identity", "quote": "CCCD 000090000012", "page": 1}
        state, source = FilingState.PROPOSED, Source.PARSER
        case = at.desk.case(uow)
        return factories.filing(uow, case, document, state=state, source=source, evidence=evidence).id


@pytest.mark.parametrize(
    ("act", "state"),
    [("nhan", FilingState.ACCEPTED), ("khong-phai", FilingState.REJECTED)],
    ids=["accepted", "rejected"],
)
def test_a_proposal_is_shown_with_its_evidence_and_decided(
    office_at_work: Committee, backends: Backends, act: str, state: FilingState
) -> None:
    filing_id = proposal(backends, office_at_work)
    case_url = f"/ho-so/{office_at_work.desk.case_id}"
    page = words(office_at_work.officer.get(case_url).text)
    assert "CCCD 000090000012 ( tr. 1 )" in page
    assert "Số định danh trong văn bản trùng với người của hồ sơ." in page
    assert office_at_work.leader.post(f"{case_url}/de-nghi/{filing_id}/{act}").status_code == 403
    assert office_at_work.officer.post(f"{case_url}/de-nghi/{filing_id}/{act}").status_code == 302
    with backends.read() as uow:
        assert uow.session.get_one(CaseDocument, filing_id).state is state


def test_what_happens_is_added_and_shown(office_at_work: Committee) -> None:
    url = f"/ho-so/{office_at_work.desk.case_id}/dien-bien"
    assert office_at_work.officer.post(url, {"title": "Trình diện"}).status_code == 422
    typed = {"title": "Trình diện", "happened_on": "19/11/2026", "issuer": "Công an phường Mẫu"}
    answer = office_at_work.officer.post(url, typed, follow=True)
    assert "19/11/2026 Trình diện Công an phường Mẫu" in words(answer.text)


def test_a_case_is_changed_closed_and_opened_again(office_at_work: Committee) -> None:
    url = f"/ho-so/{office_at_work.desk.case_id}"
    form = office_at_work.officer.get(f"{url}/sua").text
    assert 'value="02/11/2026"' in form
    typed = {"revision": "1", "procedure": "P11", "act_date": "02/11/2026", "note": "Ghi chú thử"}
    assert office_at_work.officer.post(f"{url}/sua", typed).status_code == 302
    assert office_at_work.officer.post(f"{url}/sua", typed | {"note": "muộn"}).status_code == 409
    assert "còn thiếu" in words(office_at_work.officer.get(f"{url}/dong").text)
    closed = words(office_at_work.officer.post(f"{url}/dong", follow=True).text)
    assert "đã đóng" in closed
    assert "Soạn văn bản" not in closed
    assert "Ghi chú thử" in closed
    assert "đang mở" in words(office_at_work.officer.post(f"{url}/mo-lai", follow=True).text)


def test_the_list_is_narrowed_by_person_and_state(office_at_work: Committee, backends: Backends) -> None:
    open_case(backends, office_at_work)
    officer = office_at_work.officer
    assert "1–2 trong 2 hồ sơ" in words(officer.post("/ho-so", {"q": "nguyen van thu"}, follow=True).text)
    assert "Không có hồ sơ nào khớp bộ lọc" in words(officer.post("/ho-so", {"muc": "closed"}, follow=True).text)
    both = officer.post("/ho-so", {"q": "nguyen van thu", "muc": "open"}).location
    assert re.fullmatch(r"/ho-so\?k=[\w-]+&muc=open", str(both))
    assert "1–2 trong 2 hồ sơ" in words(officer.get(str(both)).text)
    assert "Không có hồ sơ nào khớp bộ lọc" in words(officer.post("/ho-so", {"q": "khongai"}, follow=True).text)


def test_a_stranger_does_not_know_the_case(office_at_work: Committee, stranger: Browser) -> None:
    url = f"/ho-so/{office_at_work.desk.case_id}"
    for path in ("", "/sua", "/dien-bien", "/dong"):
        assert stranger.get(url + path).status_code == 404
    assert stranger.post(f"{url}/truong-hop", {"moved": "no"}).status_code == 404
    assert "Chưa có hồ sơ nào" in words(stranger.get("/ho-so").text)
