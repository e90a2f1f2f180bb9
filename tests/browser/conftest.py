"""A browser of one's own: Debian's Chromium, driven by Playwright, over the running program.

Whatever the page complains of fails the test: an error in the console, a request of ours that fails, a request to
anybody else.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.site import PASSWORD, Site, set_up
from tests.serving import Home, end, start
from tests.unit.ingestion.drawn_papers import DECISION, Line, text_pdf

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OFFICE = {"width": 1366, "height": 768}
SLOWEST = 20_000  # milliseconds for what a page does by itself
READ = 90_000  # milliseconds for what the workers do
expect.set_options(timeout=SLOWEST)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`hoso serve` over a data directory of its own, once for all tests of the browser and ended after them."""
    home = Home(tmp_path_factory.mktemp("browser") / "home")
    token, records = set_up(home)
    served = start(home)
    try:
        paper = text_pdf(
            home.folder.parent / "quyet-dinh-15a.pdf", [DECISION, [Line(85, 100, "Trang hai của văn bản.")]]
        )
        receipt = served.settled(token, served.upload(token, paper.name, paper.read_bytes())["batch"])
        yield Site(served, token, records, receipt["batch"], receipt["items"][0]["documents"][0])
    finally:
        end(served)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser itself."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Window:  # without slots: Playwright keeps its wrappers of our listeners on the object
    """A window of one person, with all that went wrong in it. Answers of `expected` status are no complaint."""

    context: BrowserContext
    page: Page
    url: str
    expected: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        told_by_status = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in ("error", "warning") and not told_by_status:
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.complaints.append(f"request to somebody else: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left, or the answer was saved as a file
            self.complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def go(self, path: str) -> Page:
        """Open a page by its path."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, username: str) -> None:
        """Through the form."""
        page = self.go("/dang-nhap")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url(lambda url: "/dang-nhap" not in url)

    def look_for(self, words: str) -> None:
        """Ask the box that stands on every page."""
        box = self.page.locator("#search-box")
        box.fill(words)
        box.press("Enter")
        self.page.wait_for_url("**/tim-kiem**")


Open = Callable[..., Window]


@pytest.fixture(scope="package")
def cookies(site: Site, chromium: Browser) -> Callable[[str], Any]:
    """The session of an account, signed in once through the form."""
    known: dict[str, Any] = {}

    def of(username: str) -> Any:
        if username not in known:
            with window(chromium, site.url) as one:
                one.sign_in(username)
                known[username] = one.context.storage_state()
        return known[username]

    return of


@contextmanager
def window(browser: Browser, url: str, **options: Any) -> Iterator[Window]:
    """A window that must have nothing to complain of in the end."""
    context = browser.new_context(**({"viewport": OFFICE, "locale": "vi-VN"} | options))
    context.set_default_timeout(SLOWEST)
    try:
        one = Window(context, context.new_page(), url)
        one.watch()
        yield one
        assert one.complaints == []
    finally:
        context.close()


@pytest.fixture
def opened(site: Site, chromium: Browser, cookies: Callable[[str], Any]) -> Iterator[Open]:
    """Opens windows: `opened("account")` is signed in, `opened()` is not; options are those of Playwright's context."""
    made: list[Any] = []

    def open_one(username: str | None = None, **options: Any) -> Window:
        state = {"storage_state": cookies(username)} if username else {}
        held = window(chromium, site.url, **(state | options))
        one = held.__enter__()
        made.append(held)
        return one

    yield open_one
    for held in reversed(made):
        held.__exit__(None, None, None)


@pytest.fixture
def pictures() -> Callable[[Window, str], None]:
    """Keeps what a window shows, where a directory is named: for a person who wants to look."""
    folder = os.environ.get("HOSO_TEST_PICTURES")

    def keep(one: Window, name: str) -> None:
        if folder:
            one.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep
