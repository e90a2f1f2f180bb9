"""Every kind of page in the rooms it runs in: an old office screen at 125 %, a phone; in both languages; under axe."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.factory import create_app
from config.settings import Settings
from tests.browser.conftest import Open, Window
from tests.browser.places import NO_PAGES, PLACES, Place, by_account
from tests.browser.site import OFFICER, Site

ENGLISH, VIETNAMESE = "en", "vi"
ROOMS = {"1366x768 at 125 %": (1093, 614), "phone": (390, 844)}
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LEAST_TARGET = 24  # CSS pixels (WCAG 2.2, 2.5.8)

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
ACTS = """() => [...document.querySelectorAll("main .button.primary, main summary.primary, main input[type=file]")]
  .filter(one => one.checkVisibility())
  .map(one => [one.textContent.trim() || one.id, one.getBoundingClientRect()])
  .map(([name, box]) => ({name, left: box.left, right: box.right, wide: box.width, high: box.height}))"""
TARGETS = """least => [...document.querySelectorAll(
    "button, input, select, textarea, summary, .button, .tabs a, .rail a")]
  .filter(one => one.type !== "hidden" && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(one => !one.closest(".visually-hidden, .skip") && !one.matches(".visually-hidden, .skip"))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width > 0 && (box.width < least - 0.5 || box.height < least - 0.5))
  .filter(([one]) => ![...(one.labels || [])].some(label => label.getBoundingClientRect().height >= least - 0.5))
  .map(([one, box]) => `${one.tagName} ${one.id || one.className} "${one.textContent.trim().slice(0, 30)}"`
    + ` ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def reached(one: Window, site: Site, place: Place) -> Page:
    """The page itself."""
    one.expected = {place.status} if place.status >= 400 else set()
    page = one.go(place.path(site))
    if place.words:
        one.look_for(place.words)
    return page


def complaints(page: Page) -> Iterator[str]:
    """What is wrong with this page in each room."""
    for room, (width, height) in ROOMS.items():
        page.set_viewport_size({"width": width, "height": height})
        if (over := page.evaluate(SIDEWAYS)) > 0:
            yield f"{room}: the page scrolls sideways by {over} px"
        for act in page.evaluate(ACTS):
            if act["left"] < 0 or act["right"] > width + 0.5:
                yield f"{room}: {act['name']} lies outside ({act['left']:.0f} to {act['right']:.0f})"
        for target in page.evaluate(TARGETS, LEAST_TARGET):
            yield f"{room}: target below {LEAST_TARGET} px: {target}"


def violations(page: Page) -> Iterator[str]:
    """What axe complains of."""
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
    for found in Axe().run(page, options=options).response["violations"]:
        where = "; ".join(str(node["target"]) + " " + node["html"][:120] for node in found["nodes"][:3])
        yield f"axe {found['id']} ({len(found['nodes'])}): {found['help']}: {where}"


@pytest.mark.browser
@pytest.mark.parametrize("language", [VIETNAMESE, ENGLISH])
@pytest.mark.parametrize("account", list(by_account()), ids=str)
def test_every_page_fits_its_room_and_has_no_barrier(
    opened: Open, site: Site, account: str | None, language: str
) -> None:
    one = opened(account)
    if language == ENGLISH:
        page = one.go("/dang-nhap" if account is None else "/viec-cua-toi")
        page.locator("button[lang=en]").click()
        expect(page.locator("html")).to_have_attribute("lang", ENGLISH)
    found = []
    for place in by_account()[account]:
        page = reached(one, site, place)
        assert page.locator("html").get_attribute("lang") == language
        told = [*violations(page), *complaints(page)]
        found += [f"{place.path(site)} {place.words}: {one_thing}" for one_thing in told]
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_the_locked_screen_asks_for_the_password_in_every_room(opened: Open) -> None:
    one = opened()
    one.sign_in(OFFICER)
    one.page.get_by_role("button", name="Khóa màn hình").click()
    expect(one.page.get_by_label("Mật khẩu")).to_be_visible()
    assert [*violations(one.page), *complaints(one.page)] == []
    one.go("/nguoi")
    expect(one.page.get_by_label("Mật khẩu")).to_be_visible()


def test_every_page_of_the_application_is_visited(settings: Settings) -> None:
    application = create_app(settings)
    pages = {
        rule.endpoint
        for rule in application.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/v1/")
    }
    assert pages - NO_PAGES == {place.endpoint for place in PLACES} - {"errors"}
