"""Sending files: stored first, told apart, followed, taken back; receipts add up."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.factory import create_app
from app.models import Document, Organisation
from config.settings import Settings
from tests import factories
from tests.conftest import Bell
from tests.functional.conftest import Browser, account, browser_of

NOTICE = "UBND PHƯỜNG MẪU\nSố: 15/QĐ-UBND\n\nQUYẾT ĐỊNH\nVề việc quản lý sau cai nghiện ma túy\n".encode()
SUMS = ("waiting", "searchable", "weak", "failed", "duplicate", "removed")


def send(browser: Browser, *files: tuple[str, bytes], **fields: str) -> Any:
    """Files sent the way the script does it."""
    data = {"files": [(io.BytesIO(content), name) for name, content in files], **fields}
    return browser.post("/tiep-nhan", data, headers={"Accept": "application/json"})


def status(browser: Browser, batch: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = browser.get(batch["status_url"]).get_json()
    counts = answer["counts"]
    assert counts["received"] == sum(counts[name] for name in SUMS) == len(answer["files"])
    return answer


def test_a_sent_file_is_answered_at_once_then_read_and_searchable(officer: Browser) -> None:
    answer = send(officer, ("qd15.txt", NOTICE))
    assert answer.status_code == 201
    batch = answer.get_json()["batch"]
    assert answer.get_json()["item"]["outcome"] == "waiting"
    assert status(officer, batch)["finished"] is False

    officer.work()
    told = status(officer, batch)
    assert told["finished"] is True
    assert told["counts"]["searchable"] == 1
    assert told["files"][0]["url"]
    assert officer.get(told["files"][0]["url"]).status_code == 200


def test_the_batch_page_shows_the_same_after_a_reload(officer: Browser) -> None:
    batch = send(officer, ("qd15.txt", NOTICE), ("rong.txt", b"")).get_json()["batch"]
    officer.work()
    first, again = officer.get(batch["url"]).text, officer.get(batch["url"]).text
    for page in (first, again):
        assert "qd15.txt" in page
        assert "rong.txt" in page
        assert "Xong, có tệp cần xem: 1 tìm được, 1 không đọc được" in page


def test_without_script_many_files_go_at_once_and_lead_to_their_batch(officer: Browser) -> None:
    files = [(io.BytesIO(NOTICE + name.encode()), name) for name in ("một.txt", "hai.txt")]
    answer = officer.post("/tiep-nhan", {"files": files})
    assert answer.status_code == 302
    page = officer.get(answer.location).text
    assert "một.txt" in page
    assert "hai.txt" in page


def test_a_second_file_joins_the_batch_and_a_stranger_cannot(officer: Browser, stranger: Browser) -> None:
    batch = send(officer, ("một.txt", NOTICE)).get_json()["batch"]
    joined = send(officer, ("hai.txt", NOTICE + b"2"), batch=str(batch["id"])).get_json()["batch"]
    assert joined["id"] == batch["id"]
    assert send(stranger, ("ba.txt", NOTICE), batch=str(batch["id"])).status_code == 404
    assert stranger.get(batch["url"]).status_code == 404
    assert stranger.get(batch["status_url"]).status_code == 404


def test_the_same_bytes_are_told_as_a_duplicate_inside_one_office_only(officer: Browser, stranger: Browser) -> None:
    first = send(officer, ("qd15.txt", NOTICE)).get_json()["item"]
    again = send(officer, ("qd15 ban 2.txt", NOTICE)).get_json()["item"]
    assert again["outcome"] == "duplicate"
    assert again["url"] == first["url"]
    elsewhere = send(stranger, ("qd15.txt", NOTICE)).get_json()["item"]
    assert elsewhere["outcome"] == "waiting"
    assert elsewhere["url"] != first["url"]


def test_a_file_that_cannot_be_read_is_failed_with_code_and_advice(officer: Browser) -> None:
    batch = send(officer, ("hong.pdf", b"%PDF-1.7 not really")).get_json()["batch"]
    officer.work()
    item = status(officer, batch)["files"][0]
    assert item["outcome"] == "failed"
    assert item["code"].startswith("file-")
    assert item["code"] in item["said"]
    assert item["retry_url"]


def test_one_failed_file_is_read_again(officer: Browser) -> None:
    batch = send(officer, ("hong.pdf", b"%PDF-1.7 not really")).get_json()["batch"]
    officer.work()
    item = status(officer, batch)["files"][0]
    assert officer.post(item["retry_url"]).status_code == 302
    assert status(officer, batch)["counts"]["waiting"] == 1
    officer.work()
    assert status(officer, batch)["counts"]["failed"] == 1


def test_one_file_is_taken_back_and_counted_as_removed(officer: Browser, backends: Backends) -> None:
    batch = send(officer, ("một.txt", NOTICE), ("hai.txt", NOTICE + b"2")).get_json()["batch"]
    item = status(officer, batch)["files"][0]
    assert officer.post(item["cancel_url"]).status_code == 302
    officer.work()
    counts = status(officer, batch)["counts"]
    assert (counts["removed"], counts["searchable"]) == (1, 1)
    with backends.read() as uow:
        gone = [row for row in uow.session.query(Document) if row.deleted_at is not None]
        assert [row.deletion_reason for row in gone] == ["Bỏ khi tiếp nhận."]


def test_taking_back_a_duplicate_leaves_the_record_it_already_is(officer: Browser) -> None:
    url = send(officer, ("qd15.txt", NOTICE)).get_json()["item"]["url"]
    again = send(officer, ("ban 2.txt", NOTICE)).get_json()
    assert again["item"]["cancel_url"] is None
    assert officer.post(f"/tiep-nhan/{again['batch']['id']}/tep/{again['item']['id']}/bo").status_code == 404
    assert officer.get(url).status_code == 200


def test_an_empty_file_is_counted_as_failed_and_leaves_no_document(officer: Browser, backends: Backends) -> None:
    answer = send(officer, ("rong.txt", b"")).get_json()
    assert (answer["item"]["outcome"], answer["item"]["code"]) == ("failed", "file-refused")
    assert answer["item"]["said"].startswith("Tệp rỗng. ")
    with backends.read() as uow:
        assert uow.session.query(Document).count() == 0


def test_a_full_store_refuses_the_file_and_says_so(
    settings: Settings, backends: Backends, bell: Bell, office: Organisation
) -> None:
    small = create_app(replace(settings, store_quota_bytes=10), send=bell, clock=lambda: factories.NOW)
    browser = browser_of(small, backends, bell, account(backends, office, Role.RECORDS_OFFICER))
    item = send(browser, ("qd15.txt", NOTICE)).get_json()["item"]
    assert (item["outcome"], item["code"]) == ("failed", "store-full")
    small.extensions["hoso"].close()


def test_the_list_of_failures_cannot_carry_a_formula(officer: Browser) -> None:
    batch = send(officer, ('=HYPERLINK("x").pdf', b"%PDF-1.7 broken")).get_json()["batch"]
    officer.work()
    answer = officer.get(f"/tiep-nhan/{batch['id']}/khong-doc-duoc.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = answer.data.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("\"'=HYPERLINK")


def test_an_unknown_case_keeps_what_was_typed_and_takes_nothing(officer: Browser, backends: Backends) -> None:
    answer = officer.post("/tiep-nhan", {"files": [(io.BytesIO(NOTICE), "a.txt")], "case": "HS-2026-9999"})
    assert answer.status_code == 422
    assert "HS-2026-9999" in answer.text
    assert "Không có hồ sơ mang mã này" in answer.text
    with backends.read() as uow:
        assert uow.session.query(Document).count() == 0


def test_files_sent_for_a_case_are_filed_to_it(officer: Browser, backends: Backends, office: Organisation) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        code = factories.case(uow, factories.person(uow, office)).code
    item = send(officer, ("a.txt", NOTICE), case=code).get_json()["item"]
    assert code in officer.get(f"{item['url']}?the=lien-ket").text


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_only_who_takes_files_in_may_send_them(
    application: Flask, backends: Backends, bell: Bell, office: Organisation, role: Role
) -> None:
    browser = browser_of(application, backends, bell, account(backends, office, role))
    browser.get("/mat-khau")
    assert send(browser, ("a.txt", NOTICE)).status_code == 403
