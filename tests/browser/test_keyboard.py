"""The whole way by keyboard: where one is is always to be seen."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.site import OFFICER, PASSWORD, Site
from tests.unit.ingestion.drawn_papers import DECISION, Line, text_pdf

pytestmark = pytest.mark.browser

MOST_STEPS = 80  # presses of Tab to anything on a page: more is a page that nobody can use without a mouse

FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + Math.min(box.height / 2, 12), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const label = at.labels && at.labels.length ? at.labels[0] : null;
  return {
    tag: at.tagName, id: at.id, href: at.getAttribute("href"),
    text: (at.textContent || at.value || "").trim().slice(0, 60),
    type: at.getAttribute("type"), box: [box.x, box.y, box.right, box.bottom], room: [innerWidth, innerHeight],
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    covered: !(top && (top === at || at.contains(top) || top.contains(at) || (label && label.contains(top)))),
  };
}"""


def seen(page: Page) -> dict[str, Any] | None:
    """What has the focus, after making sure that it can be seen: a ring around it, inside the window, under nothing."""
    at: dict[str, Any] | None = page.evaluate(FOCUS)
    if at is None:
        return None
    left, top, right, bottom = at["box"]
    wide, high = at["room"]
    assert right > 0 and bottom > 0 and left < wide and top < high, f"outside the window: {at}"  # noqa: PT018
    assert not at["covered"], f"hidden by something: {at}"
    assert at["ring"], f"no sign of focus: {at}"
    return at


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what this selector means has the focus; every stop on the way must be seen."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        seen(page)
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{MOST_STEPS} presses of Tab do not reach {wanted}")


def test_sign_in_search_open_and_walk_the_tabs_without_a_mouse(opened: Open, site: Site, tmp_path: Any) -> None:
    paper = text_pdf(tmp_path / "ban-phim.pdf", [[*DECISION, Line(85, 600, "Mã số thử bàn phím: hoatrangnguyen")]])
    site.take_in(paper.name, paper.read_bytes())
    one = opened()
    page = one.go("/dang-nhap")
    tab_to(page, "#username")
    page.keyboard.type(OFFICER)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/viec-cua-toi")

    page.keyboard.press("Tab")
    assert (seen(page) or {})["href"] == "#main", "the first stop skips to the content"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert (seen(page) or {})["id"] == "search-box"
    page.keyboard.type("hoatrangnguyen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem?**")
    tab_to(page, "article.result h2 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/**")

    for name in ("Văn bản", "Lịch sử", "Quyền", "Liên kết", "Thông tin"):
        key = page.locator(".tabs").get_by_role("link", name=name, exact=True).get_attribute("href")
        assert key is not None
        tab_to(page, f".tabs a[href='{key}']")
        page.keyboard.press("Enter")
        expect(page.locator(".tabs [aria-current=page]")).to_have_text(name)


def test_the_list_of_shortcuts_opens_and_closes_and_they_can_be_switched_off(opened: Open) -> None:
    one = opened(OFFICER)
    page = one.go("/tim-kiem")
    dialog = page.locator("#shortcuts")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    seen(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    tab_to(page, "[data-toggle-shortcuts]")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_every_stop_of_the_main_pages_can_be_seen(opened: Open, site: Site) -> None:
    one = opened(OFFICER)
    for path in ("/viec-cua-toi", "/tiep-nhan", f"/ho-so/{site.records.case}", f"/soan/{site.records.draft}/sua"):
        page = one.go(path)
        stops = 0
        for _ in range(MOST_STEPS):
            page.keyboard.press("Tab")
            if seen(page) is None:
                break
            stops += 1
        assert stops > 5, path


def test_suggestions_are_chosen_with_the_arrows_and_closed_with_escape(opened: Open, site: Site, tmp_path: Any) -> None:
    paper = text_pdf(tmp_path / "goi-y.pdf", [[*DECISION, Line(85, 600, "Mã số thử gợi ý")]])
    site.take_in(paper.name, paper.read_bytes())
    page = opened(OFFICER).go("/tim-kiem")
    box, options = page.locator("#search-box"), page.locator("#search-suggestions [role=option]")
    page.keyboard.press("/")
    page.keyboard.type("quyết định", delay=10)
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "search-suggestion-0")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("quyết định")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/**")
