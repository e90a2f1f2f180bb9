"""From a scanned file to the word marked on its picture."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import READ, Open, Window
from tests.browser.site import OFFICER, dropped
from tests.unit.ingestion.drawn_papers import DECISION, Line, picture, recognised_page, scan_pdf

pytestmark = [pytest.mark.browser, pytest.mark.ocr]

PAGES = 6  # read in more than the second between two looks at the receipt, on a quick machine too
TOLERANCE = 6.0  # points: a word's box by the recogniser against where the word was drawn
Box = tuple[float, float, float, float]


def second_page(words: str) -> tuple[Line, ...]:
    """A page whose words stand where we know."""
    return (
        Line(310, 100, "DANH SÁCH KÈM THEO QUYẾT ĐỊNH", 14, True),
        Line(85, 150, "Thứ tự ghi trong sổ theo dõi của phường."),
        Line(85, 420, f"Tài liệu lưu tại {words} của cơ quan."),
        Line(85, 470, "Danh sách này có hai trang."),
    )


def scanned(path: Path, words: str) -> Path:
    """Pages without a text layer; the words stand on the second."""
    first = [*DECISION, Line(85, 700, f"Mã số lần quét: {path.stem}")]
    others = [picture([Line(85, 150, f"Danh sách kèm theo, tờ thứ {number}.")]) for number in range(3, PAGES + 1)]
    return scan_pdf(path, [picture(first), picture(second_page(words)), *others])


def drawn_at(words: str) -> list[Box]:
    """Where the last two of these words stand on the second page, in points."""
    page = recognised_page(second_page(words))
    return [word.box for word in page.words if word.text in words.split()[-2:]]


def marked_at(page: Page) -> list[Box]:
    """Where the page marks words, in points of the paper: measured on the screen against the picture."""
    image = page.locator("[data-page-image]")
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-page-image]').naturalWidth > 0")
    frame = image.bounding_box()
    assert frame is not None
    scale = 595 / frame["width"]
    found = []
    for rect in page.locator(".sheet svg rect").all():
        box = rect.bounding_box()
        assert box is not None
        left, top = (box["x"] - frame["x"]) * scale, (box["y"] - frame["y"]) * scale
        found.append((left, top, left + box["width"] * scale, top + box["height"] * scale))
    return found


def assert_same_places(marked: Sequence[Box], drawn: Sequence[Box]) -> None:
    assert len(marked) == len(drawn)
    for seen, known in zip(sorted(marked), sorted(drawn), strict=True):
        assert all(abs(a - b) < TOLERANCE for a, b in zip(seen, known, strict=True)), (seen, known)


def by_button(one: Window, path: Path) -> None:
    one.page.locator("#choose-files").set_input_files(path)


def by_drop(one: Window, path: Path) -> None:
    dropped(one.page, [path])


@pytest.mark.parametrize(
    ("send", "name", "words", "asked"),
    [
        (by_button, "quet-bang-nut", "tủ hồ sơ hướng dương", "huong duong"),
        (by_drop, "quet-tha-vao", "tủ hồ sơ thược dược", "thuoc duoc"),
    ],
    ids=["button", "drop"],
)
def test_a_scan_is_sent_followed_found_without_accents_and_marked_on_its_picture(
    opened: Open,
    pictures: Callable[[Window, str], None],
    tmp_path: Path,
    send: Callable[[Window, Path], None],
    name: str,
    words: str,
    asked: str,
) -> None:
    one = opened(OFFICER)
    page = one.go("/tiep-nhan")
    path = scanned(tmp_path / f"{name}.pdf", words)
    send(one, path)

    row = page.locator(".files li", has_text=path.name)
    expect(row.locator(".badge")).to_contain_text(re.compile(rf"đang đọc trang \d/{PAGES}"), timeout=READ)
    page.reload()
    pictures(one, f"upload-{name}")
    expect(page.locator("[data-files] li .badge")).to_contain_text("tìm được", timeout=READ)
    expect(page.locator("[data-batch-summary]")).to_contain_text("1 tìm được")
    page.reload()
    expect(page.locator("[data-files] li", has_text=path.name)).to_contain_text(f"{PAGES} trang")

    one.look_for(asked)
    hit = page.locator("article.result")
    expect(hit).to_have_count(1)
    expect(hit.locator(".snippets mark").first).to_have_text(" ".join(words.split()[-2:]))
    pictures(one, f"found-{name}")
    hit.locator("h2 a").click()

    expect(page.locator("#go-page")).to_have_value("2")
    assert_same_places(marked_at(page), drawn_at(words))
    pictures(one, f"marked-{name}")
