"""What styles of an OpenDocument change in what is read: fonts, list labels, hidden sheets, the size of the paper."""

from __future__ import annotations

import re
from functools import cache

from ingestion.engines.package import Element
from ingestion.engines.word_numbering import counted

_NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_LENGTH = re.compile(r"^([\d.]+)(cm|mm|in|pt|pc)$")
_POINTS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "pc": 12.0}
_LONGEST_CHAIN = 20  # styles with parents
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@cache
def q(name: str) -> str:
    """The full name of `prefix:local`."""
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def points(length: str | None) -> float | None:
    """A length of ODF in points; None where there is none."""
    found = _LENGTH.match(length or "")
    try:
        return float(found.group(1)) * _POINTS[found.group(2)] if found else None
    except ValueError:
        return None


class OpenStyles:
    """The styles of content.xml and styles.xml together; those of the content come first, as a program looks."""

    def __init__(self, content: Element, styles: Element | None) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        self._defaults: dict[str, Element] = {}
        self._faces: dict[str, str] = {}
        self._lists: dict[str, dict[int, Element]] = {}
        for root in (styles, content):
            if root is not None:
                self._learn(root)
        self.font = cache(self._font)

    def _learn(self, root: Element) -> None:
        for face in root.iter(q("style:font-face")):
            self._faces[face.get(q("style:name")) or ""] = (face.get(q("svg:font-family")) or "").strip("'\" ")
        for style in root.iter(q("style:style")):
            self._styles[style.get(q("style:family")) or "", style.get(q("style:name")) or ""] = style
        for style in root.iter(q("style:default-style")):
            self._defaults[style.get(q("style:family")) or ""] = style
        for style in root.iter(q("text:list-style")):
            levels = {int(level.get(q("text:level")) or "1"): level for level in style if level.get(q("text:level"))}
            self._lists[style.get(q("style:name")) or ""] = levels

    def _chain(self, family: str, name: str | None) -> list[Element]:
        found: list[Element] = []
        while name is not None and (family, name) in self._styles and len(found) < _LONGEST_CHAIN:
            found.append(self._styles[family, name])
            name = found[-1].get(q("style:parent-style-name"))
        return found

    def _font(self, family: str, name: str | None) -> str | None:
        """The font that a style sets; None where neither it nor those above it set one."""
        default = self._defaults.get(family)
        for style in (*self._chain(family, name), *([default] if default is not None else [])):
            look = style.find(q("style:text-properties"))
            if look is None:
                continue
            named, plain = look.get(q("style:font-name")), look.get(q("fo:font-family"))
            if named or plain:
                return self._faces.get(named or "", named) if named else (plain or "").strip("'\" ")
        return None

    def is_hidden(self, table: str | None) -> bool:
        """Whether a sheet of this style is not shown."""
        for style in self._chain("table", table):
            look = style.find(q("style:table-properties"))
            if look is not None and look.get(q("table:display")):
                return bool(look.get(q("table:display")) == "false")
        return False

    def list_of(self, paragraph: str | None) -> str | None:
        """The list style that a paragraph style brings."""
        named = (style.get(q("style:list-style-name")) for style in self._chain("paragraph", paragraph))
        return next((name for name in named if name), None)

    def label(self, name: str | None, counters: list[int]) -> str:
        """What stands before an item of the list of this style; `counters` of its level and those above."""
        levels = self._lists.get(name or "", {})
        level = levels.get(len(counters))
        if level is None:
            return ""
        if level.tag == q("text:list-level-style-bullet"):
            sign = level.get(q("text:bullet-char")) or ""
            return "- " if sign in ("-", "–") else ("+ " if sign == "+" else "• ")
        form = level.get(q("style:num-format")) or ""
        if level.tag != q("text:list-level-style-number") or form not in _FORMS:
            return ""
        shown = min(max(1, _whole(level.get(q("text:display-levels")))), len(counters))
        numbers = []
        for depth in range(len(counters) - shown, len(counters)):
            other: Element = levels.get(depth + 1, level)
            numbers.append(counted(counters[depth], _FORMS.get(other.get(q("style:num-format")) or "", "decimal")))
        prefix, suffix = level.get(q("style:num-prefix")) or "", level.get(q("style:num-suffix")) or ""
        return f"{prefix}{'.'.join(numbers)}{suffix} "

    def start(self, name: str | None, depth: int) -> int:
        """The first number of a level of a list."""
        level: Element | None = self._lists.get(name or "", {}).get(depth)
        said = None if level is None else level.get(q("text:start-value"))
        return _whole(said) if said else 1


def _whole(text: str | None) -> int:
    return min(int(text), 100_000) if text and text.isascii() and text.isdigit() else 0


def page_size(styles: Element | None) -> tuple[float, float]:
    """Width and height of the first paper of the document in points; zeros where it says none."""
    if styles is not None:
        for layout in styles.iter(q("style:page-layout-properties")):
            width, height = points(layout.get(q("fo:page-width"))), points(layout.get(q("fo:page-height")))
            if width and height:
                return width, height
    return 0.0, 0.0
