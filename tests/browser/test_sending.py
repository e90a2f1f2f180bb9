"""Sending over a bad line: what was lost is sent again by itself, and a folder is sent with all that lies in it."""

import random
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import READ, Open
from tests.browser.site import OFFICER

pytestmark = pytest.mark.browser

SEVERAL_PIECES = 500_000  # bytes; the first pieces are of 128 kB


def text_file(path: Path, words: str) -> Path:
    """A plain text of several pieces that no other test sends."""
    rest = random.Random(words).choices(("hồ", "sơ", "quản", "lý", "cai", "nghiện", "phường", "mẫu"), k=100_000)
    path.write_text(f"{words}\n" + " ".join(rest)[: SEVERAL_PIECES // 2], encoding="utf-8")
    return path


def test_a_file_goes_on_by_itself_after_the_line_dropped(opened: Open, tmp_path: Path) -> None:
    one = opened(OFFICER)
    page = one.go("/tiep-nhan")
    sent: list[str] = []

    def drop_some(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) in (2, 3):  # the second piece is lost twice
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/tiep-nhan/manh/*?tu=*", drop_some)
    page.locator("#choose-files").set_input_files(text_file(tmp_path / "duong-truyen.txt", "đường truyền chập chờn"))
    row = page.locator(".files li").first
    expect(row).to_contain_text("duong-truyen.txt")
    expect(row.get_by_text("Tìm được")).to_be_visible(timeout=READ)
    offsets = [int(url.rsplit("tu=", 1)[1]) for url in sent]
    assert offsets[0] == 0
    assert offsets.count(offsets[1]) == 3  # lost, lost again, kept
    assert offsets.count(0) == 1  # what had arrived was not sent again
    assert all("ERR_CONNECTION_RESET" in said for said in one.complaints)
    one.complaints.clear()


def test_a_folder_is_sent_with_all_that_lies_in_it(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "tu-ho-so"
    (folder / "ngan-2").mkdir(parents=True)
    text_file(folder / "mot.txt", "ngăn thứ nhất")
    text_file(folder / "ngan-2" / "hai.txt", "ngăn thứ hai")
    one = opened(OFFICER)
    one.go("/tiep-nhan")
    one.page.locator("#choose-folder").set_input_files(folder)
    for name in ("mot.txt", "hai.txt"):
        row = one.page.locator(".files li", has_text=name)
        expect(row.get_by_text("Tìm được")).to_be_visible(timeout=READ)


def test_a_chosen_file_is_told_in_the_words_of_the_page(opened: Open, tmp_path: Path) -> None:
    page = opened(OFFICER).go("/tim-kiem/danh-sach")
    told = page.locator("[data-file-name]")
    expect(told).to_have_text("Chưa chọn tệp")
    with page.expect_file_chooser() as choosing:
        page.get_by_text("Chọn tệp", exact=True).click()
    choosing.value.set_files(text_file(tmp_path / "ten.csv", "Nguyễn Văn Thử"))
    expect(told).to_have_text("ten.csv")
    page.get_by_label("Hoặc gửi tệp").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Hoặc gửi tệp")).to_be_focused()
