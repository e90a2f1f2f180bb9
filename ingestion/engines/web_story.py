"""Web pages as lines and tables: what a browser would show, without fetching or running anything.

The tree is walked without recursion: pages of old editors nest hundreds of `<font>` that nobody closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html  # type: ignore[import-untyped]

from ingestion.engines.font_runs import Piece, joined
from ingestion.engines.package import Element
from ingestion.engines.table_lines import row_lines
from ingestion.engines.word_numbering import counted
from ingestion.pages import Table
from ingestion.vietnamese.normalise import normalise, squeeze

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody"),
        *("textarea", "tfoot", "thead", "tr", "ul"),
    )
)
_UNSHOWN = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "object", "embed", "applet", "iframe", "frame", "svg"),
        *("math", "audio", "video"),
    )
)
_FETCHING = {
    **dict.fromkeys(("img", "script", "iframe", "frame", "embed", "source", "audio", "video", "input"), "src"),
    "link": "href",
    "object": "data",
    "body": "background",
    "table": "background",
    "td": "background",
}
_REMOTE = re.compile(r"^\s*(?:https?:|ftp:|file:|//|\\\\)", re.IGNORECASE)
_STYLE_FONT = re.compile(r"font-family\s*:\s*[\"']?\s*([^\"',;}]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,4000})\}")
_SIMPLE = re.compile(r"^(?:([a-z][a-z0-9]*)?\.([\w-]+)|([a-z][a-z0-9]*))$", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_INLINE = re.compile(r"</?(?:font|span|b|i|u|strong|em|big|small|a|o:p|st1:[a-z]+)\b[^<>]{0,2000}>", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_WIDEST_SPAN, _LONGEST_SPAN = 200, 1_000
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(slots=True)
class WebText:
    """What a page shows; `title` stands in the window, not on the page."""

    lines: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    title: str = ""
    pictures: int = 0
    remote: int = 0
    has_scripts: bool = False


@dataclass(slots=True)
class _Grid:
    """A table being read: rows of cells with their lines; columns still covered by a cell above, and for how long."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)


def web_text(markup: str) -> WebText:
    """What the page shows. Never raises for bad markup: browsers do not either."""
    try:
        root = _parsed(markup)
        if root is None:
            root = _parsed(_INLINE.sub(" ", markup))
        if root is None:
            root = html.document_fromstring(_MARKUP.sub("\n", markup), ensure_head_body=True)
    except etree.ParserError:  # nothing but comments and blanks
        return WebText()
    return _Walk(root).result


def _parsed(markup: str) -> Element | None:
    """The tree, or None where libxml2 gave up because it is too deep (2048 levels)."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    content = markup.encode("utf-8", errors="replace")
    root = html.document_fromstring(content, parser=parser, ensure_head_body=True)
    return None if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log) else root


class _Walk:
    def __init__(self, root: Element) -> None:
        self.result = WebText()
        self._fonts: list[str | None] = [None]
        self._sinks: list[list[str]] = [self.result.lines]
        self._grids: list[_Grid] = []
        self._lists: list[tuple[str | None, int]] = []  # form of the numbers (None: bullets), last number
        self._pieces: list[Piece] = []
        self._label = ""
        self._plain = 0  # depth of `pre`
        self._rules = _font_rules(root)
        title = root.find(".//title")
        self.result.title = squeeze((title.text or "").replace("\n", " ")) if title is not None else ""
        self.result.remote = sum(_is_remote(element) for element in root.iter())
        self.result.has_scripts = next(root.iter("script"), None) is not None
        self._walk(root)
        self._flush()

    def _walk(self, root: Element) -> None:
        waiting: list[tuple[Element, bool]] = [(root, False)]
        while waiting:
            element, is_left = waiting.pop()
            if is_left:
                self._leave(element)
                self._say(element.tail)
                continue
            if (
                not isinstance(element.tag, str)
                or element.tag in _UNSHOWN
                or _HIDDEN.search(element.get("style") or "")
            ):
                self._say(element.tail)
                continue
            self._enter(element)
            self._say(element.text)
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element)]

    def _enter(self, element: Element) -> None:
        tag = element.tag
        if tag in _BLOCKS or tag == "br":
            self._flush()
        self._fonts.append(self._font(element) or self._fonts[-1])
        if tag == "pre":
            self._plain += 1
        elif tag in ("ul", "ol"):
            form = None if tag == "ul" else _LIST_FORMS.get(element.get("type") or "", "decimal")
            self._lists.append((form, _number(element.get("start"), 1) - 1))
        elif tag == "li":
            self._item(element)
        elif tag == "img":
            self.result.pictures += 1
        elif tag == "input":
            self._input(element)
        elif tag == "table":
            self._grids.append(_Grid())
        elif tag == "tr" and self._grids:
            self._grids[-1].cells, self._grids[-1].texts = [], []
        elif tag in ("td", "th") and self._grids:
            self._flush()
            self._sinks.append([])

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if tag in ("td", "th") and self._grids and len(self._sinks) > 1:
            self._flush()
            self._end_cell(element)
        elif tag in _BLOCKS:
            self._flush()
        if tag == "pre":
            self._plain -= 1
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._label = ""
        elif tag == "tr" and self._grids:
            self._end_row()
        elif tag == "table" and self._grids:
            rows = self._grids.pop().rows
            if len(rows) > 1 or (rows and len(rows[0]) > 2):
                self.result.tables.append(tuple(rows))
        self._fonts.pop()

    def _say(self, text: str | None) -> None:
        if text and self._plain:
            self._pieces.append((text, self._fonts[-1]))
        elif text:
            self._pieces.append((_SPACES.sub(" ", text), self._fonts[-1]))

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if not any(text.strip() for text, _ in pieces):
            return
        text = normalise(self._label + joined(pieces))
        self._label = ""
        self._sinks[-1] += [line for line in (_SPACES.sub(" ", line).strip() for line in text.split("\n")) if line]

    def _item(self, element: Element) -> None:
        if not self._lists:
            return
        form, last = self._lists[-1]
        number = _number(element.get("value"), last + 1)
        self._lists[-1] = (form, number)
        self._label = "• " if form is None else f"{counted(number, form)}. "

    def _input(self, element: Element) -> None:
        kind = (element.get("type") or "text").lower()
        if kind in ("checkbox", "radio"):
            self._say(" ☒ " if element.get("checked") is not None else " ☐ ")
        elif kind in ("text", "number", "date", "email", "tel"):
            self._say(f" {element.get('value') or ''} ")

    def _end_cell(self, element: Element) -> None:
        grid, lines = self._grids[-1], self._sinks.pop()
        _skip_covered(grid)
        across = min(_number(element.get("colspan"), 1), _WIDEST_SPAN)
        down = min(_number(element.get("rowspan"), 1), _LONGEST_SPAN)
        for at in range(len(grid.texts), len(grid.texts) + max(1, across)):
            if down > 1:
                grid.covered[at] = down
        grid.texts += [squeeze(" ".join(lines)), *[""] * (across - 1)]
        grid.cells.append(lines)

    def _end_row(self) -> None:
        grid = self._grids[-1]
        _skip_covered(grid)
        grid.covered = {at: left - 1 for at, left in grid.covered.items() if left > 1}
        if any(grid.texts):
            grid.rows.append(tuple(grid.texts))
            self._sinks[-1] += [line.rstrip("\t") for line in row_lines(grid.cells)]
        grid.cells, grid.texts = [], []

    def _font(self, element: Element) -> str | None:
        said = element.get("face") if element.tag == "font" else None
        if not said:
            found = _STYLE_FONT.search(element.get("style") or "")
            said = found.group(1) if found else None
        if not said and self._rules:
            names = [f".{name}" for name in (element.get("class") or "").split()]
            said = next((self._rules[name] for name in (*names, element.tag) if name in self._rules), None)
        return said.split(",")[0].strip("\"' ") if said else None


def _is_remote(element: Element) -> bool:
    """Whether a browser would fetch something for this element from elsewhere."""
    name = _FETCHING.get(element.tag)
    return name is not None and _REMOTE.match(element.get(name) or "") is not None


def _skip_covered(grid: _Grid) -> None:
    """Empty cells where a cell of a row above still stands (its own row is not counted)."""
    while grid.covered.get(len(grid.texts), 0) > 0 and len(grid.texts) < _WIDEST_SPAN:
        grid.texts.append("")


def _font_rules(root: Element) -> dict[str, str]:
    """The fonts of the simple rules of the page's own style sheets: by class (".x") and by element."""
    rules: dict[str, str] = {}
    for sheet in root.iter("style"):
        for selectors, body in _rules_of(sheet.text or ""):
            found = _STYLE_FONT.search(body)
            for selector in selectors.split(",") if found else ():
                simple = _SIMPLE.match(selector.strip())
                if simple and found:
                    name = f".{simple.group(2)}" if simple.group(2) else simple.group(3).lower()
                    rules[name] = found.group(1).strip()
    return rules


def _rules_of(sheet: str) -> Iterator[tuple[str, str]]:
    for found in _RULE.finditer(sheet.replace("<!--", "").replace("-->", "")):
        yield found.group(1), found.group(2)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else otherwise
