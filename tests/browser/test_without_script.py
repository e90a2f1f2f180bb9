"""The pages without JavaScript: slower by hand, but everything of the main walk works."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import READ, Open
from tests.browser.site import OFFICER, Site

pytestmark = pytest.mark.browser

PAPER = "ỦY BAN NHÂN DÂN PHƯỜNG MẪU\nSố: 31/TB-UBND\n\nTHÔNG BÁO\nVề việc thử không dùng kịch bản, cây ngọc lan\n"


def test_sign_in_search_open_and_read_without_script(opened: Open, site: Site) -> None:
    site.take_in("thong-bao-31.txt", PAPER.encode())
    one = opened(java_script_enabled=False)
    one.sign_in(OFFICER)
    one.look_for("ngoc lan")
    one.page.locator("article.result h2 a").first.click()
    expect(one.page.get_by_role("heading", level=1)).to_contain_text("THÔNG BÁO", ignore_case=True)
    expect(one.page.locator(".page-text mark").first).to_have_text("ngọc lan")
    for tab in ("Thông tin", "Lịch sử", "Liên kết", "Văn bản"):
        one.page.locator(".tabs").get_by_role("link", name=tab).click()
        expect(one.page.locator(".tabs [aria-current=page]")).to_have_text(tab)


def test_files_are_sent_with_a_plain_form_and_the_batch_says_when_they_are_found(opened: Open) -> None:
    one = opened(OFFICER, java_script_enabled=False)
    page = one.go("/tiep-nhan")
    page.locator("#choose-files").set_input_files(
        {"name": "gui-thuong.txt", "mimeType": "text/plain", "buffer": PAPER.replace("31/", "32/").encode()}
    )
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.locator("[data-files] li")).to_contain_text("gui-thuong.txt")
    expect(page.locator("[data-files] li .badge")).to_contain_text("tìm được", timeout=READ)


def test_leaving_goes_back_to_the_sign_in_page(opened: Open) -> None:
    one = opened(java_script_enabled=False)
    one.sign_in(OFFICER)
    one.page.get_by_role("button", name="Đổi người dùng").click()
    expect(one.page.get_by_role("button", name="Đăng nhập")).to_be_visible()
    one.go("/viec-cua-toi")
    expect(one.page.get_by_role("button", name="Đăng nhập")).to_be_visible()
