"""Cutting a scan in a real browser: by keys and by mouse, saved by itself, undone, confirmed; and without script."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Window
from tests.browser.site import OFFICER, Site
from tests.unit.ingestion.drawn_papers import DECISION, Line, text_pdf

pytestmark = pytest.mark.browser

MOTTO = [
    Line(150, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True),
    Line(200, 78, "Độc lập - Tự do - Hạnh phúc", 12, True),
]


def five_pages(folder: Path, site: Site, name: str) -> int:
    """A file of two papers, three and two pages, taken in; the id of its document."""
    minutes = [*MOTTO, Line(240, 140, "BIÊN BẢN", 14, True), Line(180, 165, f"Về việc bàn giao {name}", 12)]
    later = [[Line(85, 100, f"Trang sau {number} của {name}.", 12)] for number in range(3)]
    paper = text_pdf(folder / f"{name}.pdf", [[*DECISION, Line(85, 700, name)], later[0], later[1], minutes, later[2]])
    return site.take_in(paper.name, paper.read_bytes())


def plan(one: Window, document: int) -> Page:
    """The plan of a document with one part: whatever was proposed is merged first."""
    page = one.go(f"/tach-ban-quet/{document}")
    expect(page.locator("[data-page]")).to_have_count(5)
    while (count := page.locator("[data-part]").count()) > 1:
        page.locator("[data-part]").nth(1).locator("[data-act=merge]").click()
        expect(page.locator("[data-part]")).to_have_count(count - 1)
    return page


def cuts(page: Page) -> list[int]:
    """How many pages each part has."""
    return [card.locator("[data-page]").count() for card in page.locator("[data-part]").all()]


def test_cuts_are_made_moved_and_undone_by_keys_and_saved_by_themselves(
    opened: Open, site: Site, tmp_path: Path
) -> None:
    one = opened(OFFICER)
    document = five_pages(tmp_path, site, "phimcat")
    page = plan(one, document)
    page.locator("[data-page] .picture").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert cuts(page) == [3, 2]
    expect(page.locator("[data-confirm]")).to_have_text("Xác nhận tách thành 2 văn bản")
    page.keyboard.press("Alt+ArrowLeft")
    assert cuts(page) == [4, 1]
    page.keyboard.press("Control+z")
    assert cuts(page) == [3, 2]
    page.keyboard.press("h")
    expect(page.locator(".hidden-side")).to_have_count(1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    expect(page.locator(".hidden-side")).to_have_count(1)
    page.keyboard.press("h")
    page.keyboard.press("x")
    expect(page.locator("[data-large-page]")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-large-name]")).to_have_text("Trang 3")
    page.keyboard.press("Escape")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu nháp")
    expect(page.locator("[data-part]").nth(1).locator("[data-name=type]")).to_have_value("BB")
    page.reload()
    assert cuts(page) == [3, 2]
    page.locator("[data-page] .picture").nth(3).focus()
    page.keyboard.press("m")
    assert cuts(page) == [5]


def test_cuts_and_pages_are_carried_by_mouse_and_the_parts_become_documents(
    opened: Open, site: Site, tmp_path: Path
) -> None:
    one = opened(OFFICER)
    document = five_pages(tmp_path, site, "chuotcat")
    page = plan(one, document)
    tiles = page.locator("[data-page]")
    tiles.nth(2).locator(".cut").click()
    assert cuts(page) == [2, 3]
    tiles.nth(2).locator(".cut").drag_to(tiles.nth(3))
    assert cuts(page) == [3, 2]
    tiles.nth(4).drag_to(tiles.nth(0), target_position={"x": 10, "y": 60})
    assert cuts(page) == [4, 1]
    page.locator("[data-undo]").click()
    assert cuts(page) == [3, 2]
    page.locator("[data-part]").nth(1).locator("[data-name=number]").fill("41")
    page.get_by_role("button", name="Xác nhận tách thành 2 văn bản").click()
    expect(page.locator(".split-note li")).to_have_count(2)
    page.locator(".split-note li a").nth(1).click()
    expect(page.locator(".split-note")).to_contain_text("Trang 4-5 của bản quét")
    expect(page.locator(".side .facts")).to_contain_text("41")
    page.get_by_role("link", name="Xem cách tách").click()
    page.get_by_role("button", name="Bỏ tách, trả về một văn bản").click()
    expect(page.locator(".flashes")).to_contain_text("bản quét lại là một văn bản")


def test_without_script_the_same_is_done_with_ticks_and_buttons(opened: Open, site: Site, tmp_path: Path) -> None:
    one = opened(OFFICER, java_script_enabled=False)
    document = five_pages(tmp_path, site, "khongkichban")
    page = one.go(f"/tach-ban-quet/{document}")
    for place, tile in enumerate(page.locator("[data-page]").all()):
        tile.get_by_label("Bắt đầu văn bản").set_checked(place in (0, 3))
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator("[data-part]")).to_have_count(2)
    page.get_by_role("button", name="Xác nhận tách thành 2 văn bản").click()
    expect(page.locator(".split-note li")).to_have_count(2)
