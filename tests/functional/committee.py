"""A commune People's Committee at the screen: the desk of `tests/desks.py`, one signed-in browser for each role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from flask import Flask

from app.actor import Role
from app.backends import Backends
from app.models import Organisation
from tests.conftest import Bell
from tests.desks import Desk, committee_desk
from tests.functional.conftest import Browser, account, browser_of

FILLED = re.compile(r'<(?:a|button|summary)[^>]*class="button[^"]*\bprimary\b')
_DIALOG = re.compile(r"(?s)<dialog\b.*?</dialog>")
_TAGS = re.compile(r"(?s)<(script|style|template|header|footer)\b.*?</\1>|<[^>]+>")


@dataclass(frozen=True, slots=True)
class Committee:
    """The office, its case, and who works there."""

    desk: Desk
    officer: Browser
    leader: Browser
    clerk: Browser
    inspector: Browser


def committee(application: Flask, backends: Backends, bell: Bell) -> Committee:
    """The office with everybody signed in."""
    desk = committee_desk(backends)
    with backends.begin(desk.officer) as uow:
        office = uow.session.get_one(Organisation, desk.organisation_id)
    roles = (Role.RECORDS_OFFICER, Role.LEADER, Role.OFFICE_CLERK, Role.INSPECTOR)
    browsers = [browser_of(application, backends, bell, account(backends, office, role)) for role in roles]
    return Committee(desk, *browsers)


def words(html: str) -> str:
    """What a page says, without its tags, in single blanks."""
    return " ".join(unescape(_TAGS.sub(" ", html)).split())


def filled_buttons(html: str) -> int:
    """How many buttons of a page are filled, those of dialogs left out."""
    return len(FILLED.findall(_DIALOG.sub("", html)))


def links(html: str, pattern: str) -> Iterator[str]:
    """The addresses on a page that match."""
    return (unescape(url) for url in re.findall(r'(?:href|action)="([^"]+)"', html) if re.search(pattern, url))
