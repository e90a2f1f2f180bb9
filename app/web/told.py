"""Texts of services and libraries in the language of the reader.

Services say in Vietnamese what is wrong; their texts are in the catalogue like those of the screens (`babel.cfg`).
A text with something filled in stands there as a template (`Dài quá {0} ký tự.`) and is recognised by its shape.
"""

import re
from collections.abc import Mapping
from functools import cache

from flask_babel import get_locale, get_translations, gettext

_PLACE = re.compile(r"\\\{(\d)\\\}")
SOURCE = "vi"


def told(text: object) -> str:
    """The text in the language of this request; as it is where that is Vietnamese or the catalogue lacks it."""
    text = str(text)
    if not text or str(get_locale()) == SOURCE:
        return text
    found = str(gettext(text))
    if found != text:
        return found
    for shape, template in _shapes(str(get_locale())):
        if (match := shape.fullmatch(text)) is not None:
            return template.format(*(told(part) for part in match.groups()))
    return text


def told_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """`told` for what is wrong with each field."""
    return {name: told(message) for name, message in fields.items()}


@cache
def _shapes(_language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The templates of the catalogue as patterns, the longest first: it says most about the text."""
    known: Mapping[object, str] = get_translations()._catalog  # the only way to list what a catalogue holds
    templates = [one for one in known if isinstance(one, str) and "{0}" in one]
    return tuple(
        (re.compile(_PLACE.sub(r"(?P<p\1>.+)", re.escape(one)), re.DOTALL), known[one])
        for one in sorted(templates, key=len, reverse=True)
    )
