"""From a person nobody has written down yet to an order that is signed, numbered, released, found and inspected."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import READ, Open, Window
from tests.browser.site import CLERK, INSPECTOR, LEADER, OFFICER, today
from tests.desks import ACT_DAY
from tests.unit.ingestion.drawn_papers import scan_pdf

pytestmark = [pytest.mark.browser, pytest.mark.ocr, pytest.mark.office]

NAME = "Nguyễn Văn Thử Hành Trình"
PERSON = {
    "full_name": NAME,
    "birth": "12/05/1990",
    "residence": "Số 12, tổ 3, phường Mẫu, tỉnh Mẫu",
    "occupation": "Lao động tự do",
    "workplace": "không",
    "identities-0-number": "000090000977",
    "identities-0-issued_on": "15/06/2021",
    "identities-0-issued_by": "Cơ quan cấp thẻ thử",
    "relatives-0-relation": "mẹ",
    "relatives-0-full_name": "Trần Thị Thử Mẹ",
    "relatives-0-birth_year": "1964",
    "relatives-0-occupation": "Nội trợ",
    "relatives-0-residence": "Số 12, tổ 3, phường Mẫu, tỉnh Mẫu",
}
CASE = {
    "act_date": f"{ACT_DAY:%d/%m/%Y}",
    "term_from": "01/12/2026",
    "term_to": "30/11/2027",
    "earlier-0-happened_on": "13/10/2025",
    "earlier-0-title": "Quyết định áp dụng biện pháp đưa vào cơ sở cai nghiện bắt buộc",
    "earlier-0-issuer": "Tòa án nhân dân khu vực 1, tỉnh Mẫu",
    "earlier-0-number_text": "98/QĐ-TA",
}
ORDER = {
    "post.assignee": "Ông Trần Văn Mẫu, Ban chỉ huy quân sự phường Mẫu",
    "commune_police.name": "phường Mẫu",
    "facility.name": "Cơ sở cai nghiện ma túy số 1 tỉnh Mẫu",
    "doc.effective_from": "01/12/2026",
    "cited.proposal.number": "12/ĐN-CAP",
    "cited.proposal.date": "30/10/2026",
}
REMARK = "Ghi lại người được giao quản lý cho đủ chức danh."
MENDED = "Ông Trần Văn Mẫu, Phó Chỉ huy trưởng Ban chỉ huy quân sự phường Mẫu"
MADE = "[aria-labelledby=files] a:has-text('Văn bản đã có số, ngày (PDF)')"


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f"main [name='{name}']").fill(value)


def act(page: Page, key: str, **values: str) -> None:
    """Take one step on the page of the paper."""
    form = page.locator(f"#act-{key}")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    for name, value in values.items():
        form.locator(f"[name='{name}']").fill(value)
    form.get_by_role("button").last.click()
    expect(page.locator(".flashes .note.ok")).to_be_visible()


def open_case(one: Window) -> str:
    """A new person and their case, begun elsewhere; the path of the case."""
    page = one.go("/nguoi/moi")
    fill(page, PERSON)
    page.locator("[name='sex']").select_option(label="Nam")
    page.locator("main form .button.primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    person = int(page.url.rsplit("/", 1)[1])

    page = one.go(f"/ho-so/moi?nguoi={person}")
    page.locator("[name='procedure']").select_option("P11")
    page.locator("[name='began_elsewhere']").check()
    fill(page, CASE)
    page.locator("main form .button.primary").click()
    expect(page.locator("main")).to_contain_text("98/QĐ-TA")
    return page.url.removeprefix(one.url)


def draft_order(one: Window) -> str:
    """The draft from the menu of the case, filled; the path of the paper."""
    page = one.page
    page.locator("details.menu summary").click()
    page.locator(".menu-list a", has_text="Mẫu 53 NĐ 163/2026").click()
    page.locator("[name='act_date']").fill(CASE["act_date"])
    page.locator("main form .button.primary").click()
    page.wait_for_url("**/soan/*/sua")
    expect(page.locator("main")).to_contain_text("Còn thiếu để trình ký")
    fill(page, ORDER)
    page.locator("main form .button.primary").click()
    page.wait_for_url(re.compile(r"/soan/\d+$"))
    return page.url.removeprefix(one.url)


def when_made(page: Page) -> None:
    """Look again until the files are there, as a clerk does."""
    link = page.locator(MADE)
    for _ in range(READ // 1000):
        if link.is_visible():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"not made: {page.locator('main').inner_text()}")


def scan_of(printed: Path, folder: Path) -> Path:
    """The printed paper after pen and seal, under the scanner."""
    with pypdfium2.PdfDocument(printed) as document:
        pages = [page.render(scale=150 / 72).to_pil() for page in document]
    width, height = pages[-1].size
    pen = ImageDraw.Draw(pages[-1])
    right, low = round(width * 0.72), round(height * 0.72)
    pen.line([(right + 14 * step, low + (-20 if step % 2 else 20)) for step in range(9)], fill=(28, 52, 140), width=5)
    pen.ellipse((right - 150, low - 70, right - 10, low + 70), outline=(196, 40, 44), width=6)
    return scan_pdf(folder / "ban-quet-da-ky.pdf", pages, dpi=150)


def test_from_a_new_person_to_an_order_released_found_and_inspected(
    opened: Open, pictures: Callable[[Window, str], None], tmp_path: Path
) -> None:
    officer, leader, clerk = opened(), opened(), opened()
    officer.sign_in(OFFICER)
    case = open_case(officer)
    pictures(officer, "case-new")
    paper = draft_order(officer)
    pictures(officer, "paper-draft")
    act(officer.page, "present")

    leader.sign_in(LEADER)
    expect(leader.page.locator("main")).to_contain_text("Quyết định", ignore_case=True)
    leader.go(paper)
    pictures(leader, "paper-leader")
    act(leader.page, "return", remarks=REMARK)

    page = officer.go(paper)
    expect(page.locator("main")).to_contain_text(REMARK)
    officer.go(f"{paper}/sua")
    fill(page, {"post.assignee": MENDED})
    page.locator("main form .button.primary").click()
    page.wait_for_url(f"**{paper}")
    act(page, "present")
    leader.go(paper)
    expect(leader.page.locator("main")).to_contain_text(MENDED)
    act(leader.page, "approve")

    clerk.sign_in(CLERK)
    page = clerk.go(paper)
    act(page, "sign", signed_on=f"{today():%d/%m/%Y}")
    act(page, "number", date=f"{today():%d/%m/%Y}")
    number = re.search(r"(\d+)/QĐ-UBND", page.locator("main").inner_text())
    assert number is not None
    when_made(page)
    printed = saved_file(page, tmp_path)
    act(page, "release", recipient="Công an phường Mẫu", sent_on=f"{today():%d/%m/%Y}", proof="Ký nhận trong sổ")
    pictures(clerk, "paper-released")

    found_by_number(officer, int(number.group(1)), "chưa có bản ký")
    bring_back(clerk, paper, scan_of(printed, tmp_path))
    pictures(clerk, "paper-signed")
    found_by_number(officer, int(number.group(1)), "bản ký")
    pictures(officer, "found-signed")
    inspected(opened(), case, pictures)


def saved_file(page: Page, folder: Path) -> Path:
    saved: Any
    with page.expect_download() as saved:
        page.locator(MADE).click()
    target = folder / "da-in.pdf"
    saved.value.save_as(target)
    assert target.read_bytes()[:5] == b"%PDF-"
    return target


def found_by_number(one: Window, number: int, badge: str) -> None:
    """The order is among the results for its number, spelt as somebody writes it in haste."""
    for _ in range(READ // 2000):
        one.look_for(f"so {number} / qd-ubnd")
        hits = one.page.locator("article.result", has_text=f"{number}/QĐ-UBND")
        if hits.locator(".badge", has_text=re.compile(rf"^\W*{badge}$")).count():
            return
        one.page.wait_for_timeout(2000)
    raise AssertionError(one.page.locator("main").inner_text())


def bring_back(clerk: Window, paper: str, scan: Path) -> None:
    """The signed scan on the page of the paper, until it is recognised and a person has looked."""
    page = clerk.go(paper)
    form = page.locator("#act-signed-copy")
    if not form.is_visible():
        page.locator("details", has=form).locator("summary").click()
    form.locator("input[type=file]").set_input_files(scan)
    form.get_by_role("button").last.click()
    confirm = page.locator("#act-confirm")
    for _ in range(READ // 1000):
        if confirm.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    act(page, "confirm")


def inspected(inspector: Window, case: str, pictures: Callable[[Window, str], None]) -> None:
    """The inspector of the body above sees what the dossier still lacks, in the list and on the case."""
    inspector.sign_in(INSPECTOR)
    page = inspector.go("/kiem-tra")
    row = page.locator("tr", has_text=NAME)
    expect(row).to_contain_text("thiếu", ignore_case=True)
    pictures(inspector, "inspection")
    row.locator("a.strong").click()
    assert page.url.removeprefix(inspector.url) == case
    dossier = page.locator("[aria-labelledby=dossier-1]")
    expect(dossier.locator(".badge.bad").first).to_contain_text("thiếu")
    expect(dossier.locator("tr", has_text="Quyết định").locator(".badge.ok").first).to_be_visible()
    pictures(inspector, "case-inspected")
