"""Languages of the screen: Vietnamese first, English second; dates, numbers and names as people here write them."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request, session
from flask_babel import Babel, format_number, get_locale, get_translations

from app.web.told import told

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LANGUAGES = ("vi", "en")


def install(app: Flask, default: str) -> None:
    """Set up translations and the filters for dates and moments."""
    app.config["BABEL_DEFAULT_LOCALE"] = default
    app.config["BABEL_DEFAULT_TIMEZONE"] = VIETNAM.key
    Babel(app, locale_selector=choose)
    app.jinja_env.filters.update(day=day, moment=moment, size=size, told=told, numberformat=number)
    app.jinja_env.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]


def choose() -> str:
    """The language of this request: chosen in the session, by the account, or the setting."""
    chosen = session.get("language") if request else None
    if chosen in LANGUAGES:
        return str(chosen)
    user = g.get("user")
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    return str(current_app.config["BABEL_DEFAULT_LOCALE"])


# A page of results asks for a hundred texts and a hundred numbers, most of them again and again.
def _gettext(text: str) -> str:
    return _text(str(get_locale()), text)


def _ngettext(one: str, many: str, count: int) -> str:
    return str(get_translations().ungettext(one, many, count))


@lru_cache(maxsize=8_192)
def _text(_locale: str, text: str) -> str:
    return str(get_translations().ugettext(text))


def number(value: int) -> str:
    """A number as the reader's language writes it."""
    return _number(str(get_locale()), value)


@lru_cache(maxsize=8_192)
def _number(_locale: str, value: int) -> str:
    return str(format_number(value))


def day(value: date | None) -> str:
    """A date as dd/mm/yyyy; empty for none."""
    return "" if value is None else f"{value:%d/%m/%Y}"


def moment(value: datetime | None) -> str:
    """A moment as dd/mm/yyyy HH:MM in Vietnam; empty for none."""
    if value is None:
        return ""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return f"{aware.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def size(value: int) -> str:
    """A number of bytes for people, with a decimal comma."""
    if value < 1000:
        return f"{value} B"
    for unit in ("kB", "MB", "GB"):
        value_in = value / {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
        if value_in < 1000 or unit == "GB":
            break
    return f"{value_in:.1f} {unit}".replace(".", ",")
