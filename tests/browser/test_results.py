"""Results beside their pages, and from hit to hit through a document, by keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.site import OFFICER, Site
from tests.unit.ingestion.drawn_papers import DECISION, Line, text_pdf

pytestmark = pytest.mark.browser

WORD = "bachduongxanh"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def papers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two papers of four pages that hold a word of their own on the second page (twice) and the fourth."""
    folder: Path = tmp_path_factory.mktemp("papers")
    for name in ("bach-duong-1", "bach-duong-2"):
        pages = [
            [*DECISION, Line(85, 640, f"Tệp {name}")],
            [Line(85, 120, f"Mã thử {WORD} ở đây"), Line(85, 700, f"và {WORD} ở cuối trang")],
            [Line(85, 120, "Trang ba.")],
            [Line(85, 120, f"Trang bốn có {WORD}")],
        ]
        paper = text_pdf(folder / f"{name}.pdf", pages)
        site.take_in(paper.name, paper.read_bytes())


@pytest.mark.usefixtures("papers")
def test_up_and_down_show_the_page_that_matched_and_enter_opens_it(opened: Open) -> None:
    one = opened(OFFICER)
    page = one.go("/tim-kiem")
    one.look_for(WORD)
    preview = page.locator("#preview")
    expect(preview).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(preview).to_be_visible()
    expect(preview).to_contain_text("trang 2/4")
    expect(preview.locator(".sheet rect")).to_have_count(2)
    first = page.locator("article.result h2 a").first
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("article.result").nth(1)).to_have_class(re.compile("chosen"))
    expect(page.locator("article.result h2 a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/*?**trang=2**")


@pytest.mark.usefixtures("papers")
def test_n_and_p_go_from_hit_to_hit_over_pages(opened: Open) -> None:
    one = opened(OFFICER)
    page = one.go("/tim-kiem")
    one.look_for(WORD)
    page.locator("article.result h2 a").first.click()
    told = page.get_by_text("Trang có kết quả 1/2")
    expect(told).to_be_visible()
    expect(page.locator(".leaves .is-hit")).to_have_count(2)
    expect(page.locator("g.now")).to_have_id("hit-1")
    page.keyboard.press("n")
    expect(page.locator("g.now")).to_have_id("hit-2")
    page.keyboard.press("n")
    expect(page.get_by_text("Trang có kết quả 2/2")).to_be_visible()
    page.keyboard.press("p")
    expect(told).to_be_visible()
    expect(page.locator("g.now")).to_have_id("hit-2")


@pytest.mark.usefixtures("papers")
def test_a_phone_has_results_without_a_preview(opened: Open) -> None:
    one = opened(OFFICER, viewport=PHONE)
    page = one.go("/tim-kiem")
    one.look_for(WORD)
    expect(page.locator("article.result")).to_have_count(2)
    expect(page.locator("[data-preview-toggle]")).to_be_hidden()
    keep, told = page.get_by_role("link", name="Lưu tìm kiếm"), page.get_by_text("Tìm văn bản có đủ mọi chữ")
    expect(keep).to_be_hidden()
    page.get_by_text("Lưu, xuất").click()
    expect(keep).to_be_visible()
    one.look_for(f"{WORD} {WORD}")
    expect(told).to_be_hidden()
    page.locator("summary", has_text="Có đủ mọi chữ").click()
    expect(told).to_be_visible()
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(keep).to_be_visible()
    page.set_viewport_size(PHONE)
    expect(keep).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("#preview")).to_be_hidden()
