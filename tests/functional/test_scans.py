"""The scan behind a document, at the screen: passwords, reading again, better scans, sheets, copies, files inside."""

import io
import zipfile
from typing import Any

import pikepdf
from PIL import Image

from app.backends import Backends
from app.models import Document, FileMember, Likeness, Organisation, PageText, StoredFile
from app.services import rereading
from tests import factories
from tests.functional.conftest import Browser

NOTICE = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n".encode()
SECRET = "mật khẩu của tệp"


def send(browser: Browser, name: str, content: bytes) -> dict[str, Any]:
    browser.get("/tiep-nhan")
    data = {"files": [(io.BytesIO(content), name)]}
    answer: dict[str, Any] = browser.post("/tiep-nhan", data, headers={"Accept": "application/json"}).get_json()
    browser.work()
    return answer


def files_of(browser: Browser, sent: dict[str, Any]) -> list[dict[str, Any]]:
    status = browser.get(sent["batch"]["status_url"]).get_json()
    assert status["counts"]["received"] == len(status["files"])
    found: list[dict[str, Any]] = status["files"]
    return found


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        pdf.save(out, encryption=pikepdf.Encryption(owner="chủ", user=SECRET))
    return out.getvalue()


def test_a_locked_file_is_opened_with_its_password_which_is_kept_nowhere(officer: Browser, backends: Backends) -> None:
    sent = send(officer, "khoa.pdf", locked_pdf())
    item = files_of(officer, sent)[0]
    assert (item["outcome"], item["code"]) == ("failed", "file-encrypted")
    page = officer.get(item["url"]).text
    assert "chưa đọc được tệp nên chưa tìm chữ ký" in page
    assert "chưa thấy chữ ký" not in page  # nothing was looked at
    officer.get(item["unlock_url"])
    wrong = officer.post(item["unlock_url"], {"password": "không phải"})
    assert wrong.status_code == 422
    assert "Mật khẩu này không mở được tệp" in wrong.text
    assert "không phải" not in wrong.text
    assert officer.post(item["unlock_url"], {"password": SECRET}).status_code == 302
    officer.work()
    assert files_of(officer, sent)[0]["code"] != "file-encrypted"
    with backends.read() as uow:
        file = uow.session.query(StoredFile).one()
        assert (file.pages, file.media_type) == (1, "application/pdf")
        assert backends.store.derived(file.sha256, "reading-copy") is not None
        with backends.writer.connect() as connection:
            dump = [str(row) for table in ("reading", "event", "document") for row in _rows(connection, table)]
    assert not [line for line in dump if SECRET in line]


def _rows(connection: Any, table: str) -> list[Any]:
    return list(connection.exec_driver_sql(f"SELECT * FROM {table}"))  # noqa: S608 - names of the test's own


def test_documents_of_an_archive_say_where_they_came_from(officer: Browser, backends: Backends) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("quyet-dinh.txt", NOTICE)
        archive.writestr("rong.txt", b"")
    sent = send(officer, "tu-ho-so.zip", out.getvalue())
    container, inner, empty = files_of(officer, sent)
    assert (inner["member"], inner["depth"], empty["outcome"]) == (True, 1, "failed")
    assert empty["said"].startswith("Tệp rỗng. ")  # and not too large as well
    page = officer.get(inner["url"] + "?the=thong-tin").text
    assert "Từ tệp:" in page
    assert "tu-ho-so.zip" in page
    listed = officer.get(container["url"] + "?the=thong-tin").text
    assert "Tệp bên trong" in listed
    assert inner["url"] in listed
    batch = officer.get(sent["batch"]["url"]).text
    assert batch.index("tu-ho-so.zip") < batch.index("quyet-dinh.txt") < batch.index("rong.txt")
    table = officer.get(f"{sent['batch']['url']}/bien-nhan.csv").data.decode("utf-8-sig").splitlines()
    assert len(table) == 4
    assert table[2].startswith('"2","quyet-dinh.txt","1","tìm được"')
    assert '"file-refused"' in table[3]


def test_all_failed_files_are_read_again_at_once(officer: Browser) -> None:
    officer.get("/tiep-nhan")
    files = [(io.BytesIO(b"%PDF-1.7 not really " + bytes([n])), f"{n}.pdf") for n in (65, 66)]
    sent = officer.post("/tiep-nhan", {"files": files}, headers={"Accept": "application/json"}).get_json()
    officer.work()
    url = f"{sent['batch']['url']}/doc-lai"
    assert url in officer.get(sent["batch"]["url"]).text
    assert officer.post(url).status_code == 302
    assert {row["outcome"] for row in files_of(officer, sent)} == {"waiting"}


def picture(colour: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), (colour, 255, 255)).save(out, "PNG")
    return out.getvalue()


def test_a_better_scan_is_compared_and_takes_the_place(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    url = send(officer, "cu.png", picture(250))["item"]["url"]
    officer.get(f"{url}/thay-ban-quet")
    same = officer.post(f"{url}/thay-ban-quet", {"file": (io.BytesIO(picture(250)), "lai.png")})
    assert same.status_code == 422
    assert "Đây chính là tệp đang dùng" in same.text
    assert officer.post(f"{url}/thay-ban-quet", {"file": (io.BytesIO(picture(240)), "moi.png")}).status_code == 302
    assert "đang được đọc" in officer.get(f"{url}/thay-ban-quet").text
    officer.work()
    compare = officer.get(f"{url}/thay-ban-quet").text
    assert "Bản đang dùng" in compare
    assert "moi.png" in compare
    assert officer.post(f"{url}/thay-ban-quet/dung", {"reason": "rõ hơn"}).status_code == 302
    officer.work()
    page = officer.get(url).text
    assert "Bản quét đã dùng trước đây" in page
    assert "cu.png" in page
    assert "moi.png" in officer.get(f"{url}?the=lich-su").text
    with backends.read() as uow:
        document = uow.session.query(Document).filter(Document.deleted_at.is_(None)).one()
        assert document.quality is not None
    old = officer.get(f"{url}/ban-quet-cu/1")
    assert old.status_code == 200
    assert officer.get(f"{url}/ban-quet-cu/1/trang/1?rong=160").mimetype == "image/webp"
    assert officer.get(f"{url}/ban-quet-cu/1/trang/2?rong=160").status_code == 404


def test_what_the_machine_saw_and_what_is_signed_is_told_without_judging(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, uow.session.merge(office), "Trang một", "Trang hai")
        signature = {"signer": "Trần Văn Mẫu", "at": "2026-11-02T03:00:00+00:00", "covers_all": True, "note": ""}
        row.file.signatures = [{**signature, "intact": True}, {**signature, "intact": False}]
        texts = {text.page: text for text in uow.session.query(PageText)}
        texts[2].regions = [{"kind": "seal", "box": [10, 20, 60, 70], "score": 0.9, "value": ""}]
    url = f"/van-ban/{row.id}"
    page = officer.get(f"{url}?the=thong-tin").text
    assert "còn nguyên vẹn" in page
    assert "nội dung đã bị sửa sau khi ký" in page
    assert "máy thấy dấu ở trang 2, khá chắc" in page
    assert "có chữ ký số, cần người xem" in page
    assert "chưa thấy chữ ký" not in page
    assert "2 trang" in page
    assert officer.post(f"{url}/hai-mat", {"two_sided": "1"}).status_code == 302
    assert "2 trang, 1 tờ" in officer.get(f"{url}?the=thong-tin").text
    drawn = officer.get(f"{url}?trang=2").text
    assert "region seal" in drawn


def test_what_is_to_be_scanned_again_is_listed_worst_first(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.merge(office)
        for title, confidence in (("Khá mờ", 0.8), ("Rất mờ", 0.3)):
            row = factories.document(uow, home, "rõ", "mờ", title=title, quality="weak")
            text = uow.session.query(PageText).filter_by(stored_file_id=row.stored_file_id, page=2).one()
            text.confidence = confidence
        factories.document(uow, factories.organisation(uow), "mờ", title="Của nơi khác", quality="weak")
    page = officer.get("/tiep-nhan/can-quet-lai").text
    assert page.index("Rất mờ") < page.index("Khá mờ")
    assert "tr. 2 trong 2 trang" in page
    assert "Của nơi khác" not in page


def test_a_reading_again_that_failed_is_told_wherever_the_reading_is_told_of(
    officer: Browser, backends: Backends
) -> None:
    sent = send(officer, "thong-bao.txt", NOTICE)
    url = sent["item"]["url"]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        document = uow.session.query(Document).one()
        backends.store.path(document.file.sha256).unlink()
        rereading.reread(uow, document)
    officer.work()
    told = "Đọc lại không được (cả tệp"
    page = officer.get(url).text
    assert told in page
    assert "Chữ đọc lần trước vẫn dùng." in page
    assert "(store-bytes-lost)" in page
    assert told in officer.get("/tiep-nhan/can-quet-lai").text
    row = files_of(officer, sent)[0]
    assert row["outcome"] == "searchable"
    assert told in row["said"]


def test_a_copy_is_shown_as_a_question_until_a_person_answers(
    officer: Browser, backends: Backends, office: Organisation
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        home = uow.session.merge(office)
        one = factories.document(uow, home, title="Bản một", file_name="quét lần đầu.pdf")
        two = factories.document(uow, home, title="Bản hai")
        uow.session.add(Likeness(document_id=two.id, other_id=one.id, share=0.95))
    page = officer.get(f"/van-ban/{two.id}").text
    assert "Có thể là bản khác của" in page
    assert "Bản một (quét lần đầu.pdf)" in page  # copies mostly have one title
    assert officer.post(f"/van-ban/{two.id}/ban-khac/1", {"same": "1"}).status_code == 302
    assert "Bản khác của văn bản này" in officer.get(f"/van-ban/{one.id}").text
    with backends.read() as uow:
        assert uow.session.query(FileMember).count() == 0
        assert uow.session.get_one(Document, two.id).version_of_id == one.id
