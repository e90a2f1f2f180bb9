"""One document from its page: picture and text, hits, facts typed by people, filing, signature, download, deletion."""

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.actor import Role
from app.backends import Backends
from app.models import CaseDocument, Document, FilingState, Organisation, Signed, Source
from app.services.indexing import index_due
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

SHARED = Path(os.environ.get("HOSO_SHARED", Path(__file__).parents[3] / "shared"))
PLAN = SHARED / "data" / "plans" / "bac-giang-notice-2023.pdf"
NOTICE = (
    "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\nMẫu, ngày 12 tháng 8 năm 2026\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện\n"
)


def picture() -> bytes:
    """A page without words, as a PNG."""
    image = Image.new("RGB", (300, 420), "white")
    ImageDraw.Draw(image).rectangle((60, 60, 240, 120), outline="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sent(browser: Browser, name: str, content: bytes) -> str:
    """The address of a document sent and read."""
    data = {"files": [(io.BytesIO(content), name)]}
    answer = browser.post("/tiep-nhan", data, headers={"Accept": "application/json"})
    browser.work()
    return str(answer.get_json()["item"]["url"])


def kept(backends: Backends, office: Organisation, *texts: str, **given: object) -> str:
    """The address of a document whose pages were read as these texts."""
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document_id = factories.document(uow, office, *texts, **given).id
    index_due(backends)
    return f"/van-ban/{document_id}"


def row(backends: Backends, url: str) -> Document:
    with backends.read() as uow:
        return uow.session.get_one(Document, int(url.rsplit("/", 1)[1]))


@pytest.mark.shared
def test_a_real_paper_shows_its_picture_with_the_hits_drawn_on_it(officer: Browser) -> None:
    if not PLAN.exists():
        pytest.skip("the public papers are not beside the checkout")
    url = sent(officer, PLAN.name, PLAN.read_bytes())
    found = officer.post(f"{url}/tim", {"q": "dieu tri"}, follow=True).text
    assert "data-page-image" in found
    assert len(re.findall(r"<g id=\"hit-\d+\"><rect ", found)) >= 1
    assert re.search(r"<mark>điều</mark>|<mark>điều trị</mark>|<mark>Điều</mark>", found)
    image = re.search(r'src="([^"]+rong=1000)"', found)
    assert image
    answer = officer.get(image.group(1))
    assert answer.mimetype == "image/webp"
    assert abs(Image.open(io.BytesIO(answer.data)).width - 1000) <= 1  # the child rounds to whole points
    words = officer.get(f"{url}/trang/1/chu").get_json()
    assert words["words"][0]["box"][2] <= words["width"]


def test_a_picture_is_given_in_the_agreed_widths_only(officer: Browser) -> None:
    url = sent(officer, "trang.png", picture())
    assert officer.get(f"{url}/trang/1/anh?rong=160").status_code == 200
    assert officer.get(f"{url}/trang/1/anh?rong=1600").status_code == 200
    for wrong in ("rong=5000", "rong=x", ""):
        assert officer.get(f"{url}/trang/1/anh?{wrong}").status_code == 404
    assert officer.get(f"{url}/trang/2/anh?rong=160").status_code == 404


def test_the_original_comes_as_a_download_that_no_browser_runs(officer: Browser) -> None:
    content = b"<!doctype html><script>alert(1)</script>" + NOTICE.encode()
    url = sent(officer, "trang <b>.html", content)
    answer = officer.get(f"{url}/tep-goc")
    assert answer.data == content
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_hash_of_the_original_is_shown(officer: Browser, backends: Backends) -> None:
    url = sent(officer, "qd15.txt", NOTICE.encode())
    with backends.read() as uow:
        sha256 = uow.session.get_one(Document, int(url.rsplit("/", 1)[1])).file.sha256
    assert sha256 in officer.get(f"{url}?the=thong-tin").text


def test_names_and_texts_from_files_never_become_markup(officer: Browser) -> None:
    url = sent(officer, "<img src=x onerror=alert(1)>.txt", NOTICE.encode() + b"<script>alert(2)</script>")
    for tab in ("thong-tin", "van-ban", "lich-su", "quyen", "lien-ket"):
        page = officer.get(f"{url}?the={tab}").text
        assert "<img src=x" not in page
        assert "<script>alert" not in page


def test_find_goes_to_the_first_page_with_a_hit_and_on_to_the_next(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    url = kept(backends, office, "Mở đầu.", "Thời hạn hai năm.", "Nội dung.", "Hết thời hạn.")
    found = officer.post(f"{url}/tim", {"q": "thoi han"})
    assert "trang=2" in found.location
    assert "thoi" not in found.location
    page = officer.get(found.location).text
    assert re.search(r'role="status">4 chỗ|role="status">2 chỗ', page)
    following = re.search(r'href="([^"]+)" data-key="next-hit"', page)
    assert following
    assert "trang=4" in following.group(1)


def test_what_the_machine_read_says_so_and_what_a_person_typed_names_them(officer: Browser) -> None:
    url = sent(officer, "qd15.txt", NOTICE.encode())
    assert "máy đọc, cần người xem" in officer.get(f"{url}?the=thong-tin").text
    form = officer.get(f"{url}/thong-tin").text
    answer = officer.post(f"{url}/thong-tin", filled(form) | {"signer": "Trần Văn Mẫu"})
    assert answer.status_code == 302
    page = officer.get(f"{url}?the=thong-tin").text
    assert "Trần Văn Mẫu" in page
    assert "đã xác nhận bởi Lê Thị Thử" in page
    assert "máy đọc, cần người xem" in page


def filled(form: str) -> dict[str, str]:
    """What a form page holds, as a browser would send it back."""
    values = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="(?:text|hidden)"[^>]*value="([^"]*)"', form))
    values |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        values[name] = chosen.group(1) if chosen else ""
    for field in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="(\w+)"', field), re.search(r'value="([^"]*)"', field)
        if name and value and 'type="checkbox"' not in field:
            values[name.group(1)] = value.group(1)
    values.pop("q", None)
    return values


def test_only_changed_facts_become_a_persons_word(officer: Browser, backends: Backends) -> None:
    url = sent(officer, "qd15.txt", NOTICE.encode())
    officer.post(f"{url}/thong-tin", filled(officer.get(f"{url}/thong-tin").text) | {"kept_at": "Tủ 2"})
    with backends.read() as uow:
        facts = uow.session.get_one(Document, int(url.rsplit("/", 1)[1])).facts
        assert facts
        assert {fact.source for fact in facts} == {Source.PARSER}
    officer.post(f"{url}/thong-tin", filled(officer.get(f"{url}/thong-tin").text) | {"confirm": "y"})
    with backends.read() as uow:
        facts = uow.session.get_one(Document, int(url.rsplit("/", 1)[1])).facts
        assert {fact.source for fact in facts} == {Source.PERSON}


def test_a_wrong_date_is_told_at_its_field_and_all_input_is_kept(officer: Browser, backends: Backends) -> None:
    url = sent(officer, "qd15.txt", NOTICE.encode())
    typed = filled(officer.get(f"{url}/thong-tin").text) | {"date": "45/13/2026", "signer": "Người Đang Gõ"}
    answer = officer.post(f"{url}/thong-tin", typed)
    assert answer.status_code == 422
    assert "45/13/2026" in answer.text
    assert "Người Đang Gõ" in answer.text
    assert "✕" in answer.text


def test_a_form_seen_before_somebody_elses_change_is_refused_and_kept(officer: Browser) -> None:
    url = sent(officer, "qd15.txt", NOTICE.encode())
    form = filled(officer.get(f"{url}/thong-tin").text)
    assert officer.post(f"{url}/thong-tin", form | {"signer": "Một"}).status_code == 302
    stale = officer.post(f"{url}/thong-tin", form | {"signer": "Hai"})
    assert stale.status_code == 409
    assert "Hai" in stale.text


def test_a_typed_fact_is_found_by_search(officer: Browser) -> None:
    url = sent(officer, "trang.png", picture())
    form = filled(officer.get(f"{url}/thong-tin").text)
    officer.post(f"{url}/thong-tin", form | {"typed_text": "Đơn viết tay của ông Thử"})
    officer.work()
    page = officer.post("/tim-kiem", {"q": "đơn viết tay"}, follow=True).text
    assert url in page


def test_only_a_person_settles_the_signature(officer: Browser, backends: Backends, office: Organisation) -> None:
    url = kept(backends, office, "QUYẾT ĐỊNH")
    assert "chưa thấy chữ ký, cần người xem" in officer.get(f"{url}?the=thong-tin").text
    officer.post(f"{url}/chu-ky", {"signed": "1"})
    assert row(backends, url).signed is Signed.CONFIRMED
    officer.post(f"{url}/chu-ky", {"signed": "0"})
    assert row(backends, url).signed is Signed.UNSIGNED
    assert officer.post(f"{url}/chu-ky", {"signed": "x"}).status_code == 422


def test_a_proposal_shows_its_evidence_and_counts_only_when_accepted(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Nguyễn Văn Thử", id_number="000090000012")
        code = factories.case(uow, person).code
    text = NOTICE + "\nÁp dụng đối với ông Nguyễn Văn Thử, CCCD số 000090000012, nơi cư trú: phường Mẫu.\n"
    url = sent(officer, "qd.txt", text.encode())
    page = officer.get(f"{url}?the=lien-ket").text
    assert code in page
    assert "000090000012" in page
    assert "Số định danh trong văn bản trùng" in page
    accept = re.search(r'action="([^"]+/nhan)"', page)
    assert accept
    assert officer.post(accept.group(1)).status_code == 302
    with backends.read() as uow:
        assert uow.session.query(CaseDocument).one().state is FilingState.ACCEPTED
    assert officer.post(accept.group(1)).status_code == 409


def test_a_document_is_filed_by_code_and_taken_out_again(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    url = kept(backends, office, "QUYẾT ĐỊNH")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        code = factories.case(uow, factories.person(uow, office)).code
    assert officer.post(f"{url}/ho-so", {"case": "HS-1999-0001"}).status_code == 422
    assert officer.post(f"{url}/ho-so", {"case": code}).status_code == 302
    page = officer.get(f"{url}?the=lien-ket").text
    assert code in page
    remove = re.search(r'action="([^"]+/rut)"', page)
    assert remove
    officer.post(remove.group(1))
    assert "chưa được xếp vào hồ sơ nào" in officer.get(f"{url}?the=lien-ket").text


def test_deleting_asks_for_the_reason_and_the_document_is_gone(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    url = kept(backends, office, "QUYẾT ĐỊNH")
    assert officer.post(f"{url}/xoa", {"reason": ""}).status_code == 422
    assert officer.get(url).status_code == 200
    assert officer.post(f"{url}/xoa", {"reason": "Tải nhầm"}).status_code == 302
    assert officer.get(url).status_code == 404
    assert officer.get(f"{url}/tep-goc").status_code == 404


@pytest.mark.parametrize(
    "tail", ["", "/trang/1/anh?rong=160", "/trang/1/chu", "/tep-goc", "/thong-tin", "/xoa", "/ho-so"]
)
def test_nothing_of_a_document_is_told_to_another_office(
    stranger: Browser, backends: Backends, office: Organisation, tail: str
) -> None:
    url = kept(backends, office, "QUYẾT ĐỊNH mật của phường")
    answer = stranger.get(f"{url}{tail}")
    assert answer.status_code == 404
    assert "mật của phường" not in answer.text


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTOR, Role.ARCHIVIST])
def test_who_only_reads_is_offered_no_changes(
    application: object, backends: Backends, bell: Bell, office: Organisation, role: Role
) -> None:
    url = kept(backends, office, "QUYẾT ĐỊNH")
    browser = browser_of(application, backends, bell, account(backends, office, role))  # type: ignore[arg-type]
    page = browser.get(f"{url}?the=thong-tin").text
    assert "Sửa thông tin" not in page
    assert "Đã xem: có chữ ký" not in page
    assert browser.post(f"{url}/chu-ky", {"signed": "1"}).status_code == 403
    assert browser.post(f"{url}/xoa", {"reason": "x"}).status_code == 403


def test_a_restricted_document_is_hidden_from_who_was_not_granted_its_kind(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    url = kept(backends, office, "Phiếu kết quả", flags=["HIV"])
    assert officer.get(url).status_code == 404
    assert url not in officer.get("/van-ban").text
