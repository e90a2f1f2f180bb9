"""Nothing from outside runs: not in the pages, not out of the files that people send."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import READ, Open
from tests.browser.site import OFFICER

pytestmark = pytest.mark.browser

HTML = b"<!doctype html><html><body><script>document.title='ran'</script><p>hello</p></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="ran"</script><rect width="9" height="9"/></svg>'


def test_the_policy_stops_script_and_style_that_stand_in_the_page(opened: Open) -> None:
    one = opened(OFFICER)
    page = one.go("/tim-kiem")
    ran = page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const button = document.createElement("button");
          button.setAttribute("onclick", "window.ran = true");
          button.setAttribute("style", "position: fixed; top: 7px");
          document.body.append(button);
          button.click();
          return [window.ran === true, button.style.top];
        }"""
    )
    assert ran == [False, ""]
    blocked = [told for told in one.complaints if "Content Security Policy" in told]
    assert len(blocked) >= 3, "script, handler and style"
    one.complaints = [told for told in one.complaints if told not in blocked]


@pytest.mark.parametrize(
    ("name", "content", "outcome"), [("trang.html", HTML, "tìm được"), ("hinh.svg", SVG, "không đọc được")]
)
def test_a_file_that_a_browser_would_run_is_kept_but_never_shown(
    opened: Open, name: str, content: bytes, outcome: str
) -> None:
    """The words of a web page are read; what it would run goes nowhere."""
    one = opened(OFFICER)
    page = one.go("/tiep-nhan")
    page.locator("#choose-files").set_input_files({"name": name, "mimeType": "text/html", "buffer": content})
    row = page.locator(".files li", has_text=name)
    expect(row.locator(".badge")).to_contain_text(outcome, timeout=READ)

    row.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Thông tin", exact=True).click()
    saved: Any
    with page.expect_response("**/tep-goc") as answer, page.expect_download() as saved:
        page.locator("a[href$='/tep-goc']").first.click()
    headers = answer.value.headers
    assert headers["content-disposition"].startswith("attachment")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"].split(";")[0] not in ("text/html", "image/svg+xml")
    assert "default-src" in headers["content-security-policy"]
    with open(saved.value.path(), "rb") as kept:
        assert kept.read() == content
    assert page.title() != "ran"
