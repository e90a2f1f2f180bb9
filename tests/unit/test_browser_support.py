"""The pages run in the browsers of old offices: nothing in CSS, JavaScript or templates is newer than these two.

Versions are those of the public browser compatibility data (MDN); None means that the browser never had the feature.
A feature that is needed all the same gets a fallback and then an exception here, with its reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.repository import ROOT

CHROMIUM, FIREFOX = 109, 115  # two generations back: the last ones on the systems that offices still run
STATIC, TEMPLATES = ROOT / "app/web/static", ROOT / "app/web/templates"


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature that is too new: how to see it, a sample of it, and the first version of each browser that has it."""

    name: str
    pattern: str
    sample: str
    chromium: int | None
    firefox: int | None


CSS = (
    Feature(":has()", r":has\(", "a:has(b) {}", 105, 121),
    Feature("style container query", r"@container[^{]*\bstyle\(", "@container style(--a: 1) {", 111, 151),
    Feature("text-wrap", r"\btext-wrap(-style)?\s*:", "text-wrap: balance", 114, 121),
    Feature("white-space-collapse", r"\bwhite-space-collapse\s*:", "white-space-collapse: preserve", 114, 124),
    Feature("light-dark()", r"\blight-dark\(", "color: light-dark(#000, #fff)", 123, 120),
    Feature("color-mix()", r"\bcolor-mix\(", "color: color-mix(in srgb, red, blue)", 111, 113),
    Feature("wide colours", r"(?<![\w-])(ok)?l(ch|ab)\(|(?<![\w-])color\(", "color: oklch(0.5 0.1 200)", 111, 113),
    Feature("relative colour", r"\b(rgba?|hsla?|hwb)\(\s*from\b", "color: rgb(from red r g b)", 122, 128),
    Feature("@scope", r"@scope\b", "@scope (.a) {", 118, 146),
    Feature("@starting-style", r"@starting-style\b", "@starting-style {", 117, 129),
    Feature("@property", r"@property\b", "@property --a {", 85, 128),
    Feature("@view-transition", r"@view-transition|\bview-transition-name\s*:", "view-transition-name: a", 111, 144),
    Feature(
        "anchor positioning", r"@position-try|\b(position-)?anchor(-name)?\s*:|\banchor\(", "anchor-name: --a", 125, 147
    ),
    Feature("scroll animation", r"\b(animation|scroll|view)-timeline\b", "animation-timeline: scroll()", 115, None),
    Feature(
        "transition-behavior", r"\btransition-behavior\s*:|allow-discrete", "transition-behavior: normal", 117, 129
    ),
    Feature(":popover-open", r":popover-open", ":popover-open {}", 114, 125),
    Feature(":user-valid", r":user-(in)?valid", "input:user-invalid {}", 119, 88),
    Feature(":dir()", r":dir\(", ":dir(rtl) {}", 120, 49),
    Feature(":open", r":open\b|::details-content", "details:open {}", 133, 136),
    Feature(":state()", r":state\(", ":state(a) {}", 125, 126),
    Feature(":nth-child(of)", r":nth-(last-)?child\([^)]*\bof\b", ":nth-child(2 of .a) {}", 111, 113),
    Feature("subgrid", r"\bsubgrid\b", "grid-template-columns: subgrid", 117, 71),
    Feature("field-sizing", r"\bfield-sizing\s*:", "field-sizing: content", 123, 152),
    Feature("calc-size()", r"\bcalc-size\(|\binterpolate-size\s*:", "height: calc-size(auto, size)", 129, None),
    Feature("trigonometry", r"(?<![\w-])(a?(sin|cos|tan)|atan2)\(", "width: calc(sin(1) * 1px)", 111, 108),
    Feature("stepped values", r"(?<![\w-])(round|mod|rem)\(", "width: round(1px, 2px)", 125, 118),
    Feature("linear()", r"(?<![\w-])linear\(", "transition: all linear(0, 1)", 113, 112),
    Feature("mask", r"(?<!-)\bmask(-\w+)*\s*:", "mask: url(a.svg)", 120, 53),
    Feature("image-set()", r"(?<!-)\bimage-set\(", "background: image-set(url(a.png) 1x)", 113, 89),
    Feature("line units", r"\d(r?lh)\b", "height: 2lh", 109, 120),
    Feature("content-visibility", r"\bcontent-visibility\s*:", "content-visibility: auto", 85, 125),
    Feature("zoom", r"(?<![\w-])zoom\s*:", "zoom: 2", 1, 126),
    Feature(
        "margin boxes", r"@(top|bottom|left|right)-(left|right|center|top|bottom|middle)\b", "@top-left {", 131, None
    ),
    Feature("hyphenate-limit-chars", r"\bhyphenate-limit-chars\s*:", "hyphenate-limit-chars: 5", 109, 137),
    Feature("text-box", r"\btext-box(-\w+)?\s*:", "text-box-trim: both", 133, 154),
    Feature("scripting query", r"\(\s*scripting\b", "@media (scripting: none) {", 120, 113),
)

SCRIPT = (
    Feature("Promise.withResolvers", r"\bPromise\.(withResolvers|try)\b", "Promise.withResolvers()", 119, 121),
    Feature("groupBy", r"\b(Object|Map)\.groupBy\b", "Object.groupBy(a, b)", 117, 119),
    Feature("Array.fromAsync", r"\bArray\.fromAsync\b", "Array.fromAsync(a)", 121, 115),
    Feature("copying array methods", r"\.(toSorted|toReversed|toSpliced)\(|\]\.with\(", "a.toSorted()", 110, 115),
    Feature(
        "set methods",
        r"\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(",
        "a.union(b)",
        122,
        127,
    ),
    Feature(
        "iterator helpers",
        r"\bIterator\.|\.(values|keys|entries)\(\)\.(map|filter|take|drop|some|every|find|reduce|toArray|flatMap|forEach)\(",
        "a.values().map(b)",
        122,
        131,
    ),
    Feature(
        "RegExp v flag",
        r"(?<=[^/*\s])/[dgimsy]*v[dgimsy]*(?=[.,;)])|\bRegExp\.escape\b",
        r"a.match(/\p{L}/v)",
        112,
        116,
    ),
    Feature("well-formed strings", r"\.(is|to)WellFormed\(", "a.isWellFormed()", 111, 119),
    Feature("Intl.Segmenter", r"\bIntl\.(Segmenter|DurationFormat)\b", "new Intl.Segmenter()", 87, 125),
    Feature("Temporal", r"\bTemporal\.", "Temporal.Now", 144, 139),
    Feature(
        "import attributes",
        r"\bimport\b[^;]*\b(with|assert)\s*\{\s*type\b",
        'import a from "a" with { type: "json" }',
        123,
        138,
    ),
    Feature("using", r"^\s*(await\s+)?using\s+\w+\s*=", "using a = b", 134, 141),
    Feature("URL.canParse", r"\bURL\.(canParse|parse)\(", "URL.canParse(a)", 120, 115),
    Feature("AbortSignal.any", r"\bAbortSignal\.any\(", "AbortSignal.any([])", 116, 124),
    Feature("view transitions", r"\bstartViewTransition\b", "document.startViewTransition()", 111, 144),
    Feature("popover methods", r"\b(show|hide|toggle)Popover\b|\.popover\b", "a.showPopover()", 114, 125),
    Feature("dialog closedBy", r"\bclosedBy\b|\brequestClose\(", 'a.closedBy = "any"', 134, 141),
    Feature("scrollend", r"\bscrollend\b", 'addEventListener("scrollend", f)', 114, 109),
    Feature("CSS.highlights", r"\bCSS\.highlights\b|\bnew Highlight\(", "CSS.highlights.set()", 105, 140),
    Feature("navigation", r"(?<![\w.-])navigation\.(navigate|addEventListener)", "navigation.navigate()", 102, 147),
    Feature("markup methods", r"\b(setHTMLUnsafe|setHTML|getHTML)\(", "a.setHTMLUnsafe(b)", 124, 123),
    Feature("moveBefore", r"\bmoveBefore\(", "a.moveBefore(b, c)", 133, 144),
    Feature("scheduler", r"(?<![\w.])scheduler\.", "scheduler.yield()", 94, 142),
    Feature("file pickers", r"\bshow(Open|Save)FilePicker\b|\bshowDirectoryPicker\b", "showOpenFilePicker()", 86, None),
    Feature("caretPositionFromPoint", r"\bcaretPositionFromPoint\b", "document.caretPositionFromPoint(1, 1)", 128, 20),
    Feature("userActivation", r"\buserActivation\b", "navigator.userActivation.isActive", 72, 120),
    Feature("reflected ARIA", r"\.aria[A-Z]\w+\s*=[^=]", 'a.ariaDisabled = "true"', 81, 119),
    Feature("CloseWatcher", r"\bCloseWatcher\b", "new CloseWatcher()", 126, 149),
    Feature(":has() in a query", r":has\(", 'document.querySelector("a:has(b)")', 105, 121),
    Feature("base64 of bytes", r"\.(fromBase64|toBase64|fromHex|toHex)\(", "Uint8Array.fromBase64(a)", 140, 133),
    Feature("ArrayBuffer.transfer", r"\.transfer(ToFixedLength)?\(", "a.transfer()", 114, 122),
)

MARKUP = (
    Feature("popover", r"\s(popover|popovertarget)\b(?=[\s=>])", "<div popover>", 114, 125),
    Feature("dialog closedby", r"\sclosedby\s*=", '<dialog closedby="any">', 134, 141),
    Feature("commandfor", r"\scommandfor\s*=", '<button commandfor="a">', 135, 144),
    Feature("details name", r"<details\b[^>]*\sname\s*=", '<details name="a">', 120, 130),
    Feature("search element", r"<search\b", "<search>", 118, 118),
    Feature("declarative shadow root", r"\sshadowrootmode\s*=", '<template shadowrootmode="open">', 111, 123),
    Feature("selectedcontent", r"<selectedcontent\b", "<selectedcontent>", 135, None),
)

TABLES = ((STATIC, "*.css", CSS), (STATIC, "*.js", SCRIPT), (TEMPLATES, "*.html", MARKUP))
ALL = (*CSS, *SCRIPT, *MARKUP)


def without_comments(text: str) -> str:
    """CSS, JavaScript or Jinja text without comments; the lines stay."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found.group().count("\n")

    return re.sub(r"/\*.*?\*/|\{#.*?#\}|(?<![:\"'\\])//[^\n]*", blank, text, flags=re.DOTALL)


def used(features: tuple[Feature, ...], text: str) -> Iterator[tuple[str, int]]:
    """The features of a table that a text uses, with the line."""
    plain = without_comments(text)
    for feature in features:
        for found in re.finditer(feature.pattern, plain, re.MULTILINE):
            yield feature.name, plain.count("\n", 0, found.start()) + 1


def nested_rules(css: str) -> Iterator[int]:
    """The lines of style rules inside style rules (CSS nesting: Chromium 120, Firefox 117)."""
    plain = without_comments(css)
    open_blocks: list[bool] = []  # whether each open block is a style rule
    begun = 0
    for place, sign in enumerate(plain):
        if sign == "{":
            is_style = not plain[begun:place].strip().startswith("@")
            if is_style and open_blocks and open_blocks[-1] and not plain[begun:place].strip().endswith("%"):
                yield plain.count("\n", 0, place) + 1
            open_blocks.append(is_style)
        elif sign == "}" and open_blocks:
            open_blocks.pop()
        if sign in "{};":
            begun = place + 1


@pytest.mark.parametrize("feature", ALL, ids=lambda feature: feature.name)
def test_every_feature_of_the_tables_is_too_new_and_is_seen(feature: Feature) -> None:
    assert (
        feature.chromium is None or feature.firefox is None or feature.chromium > CHROMIUM or feature.firefox > FIREFOX
    )
    assert re.search(feature.pattern, feature.sample, re.MULTILINE)


def test_nesting_is_seen_and_rules_in_media_queries_are_not_taken_for_it() -> None:
    assert list(nested_rules("a { color: red;\n & b { color: blue } }")) == [2]
    assert list(nested_rules("@media print { a { color: red } }\n@font-face { src: url(a) } b { c: d }")) == []


@pytest.mark.parametrize(("folder", "names", "features"), TABLES, ids=["css", "javascript", "markup"])
def test_no_page_needs_a_newer_browser(folder: Path, names: str, features: tuple[Feature, ...]) -> None:
    files = sorted(folder.rglob(names))
    assert files
    found = [(str(path.relative_to(ROOT)), *use) for path in files for use in used(features, path.read_text("utf-8"))]
    assert found == []


def test_no_style_sheet_nests_its_rules() -> None:
    nested = {path.name: list(nested_rules(path.read_text("utf-8"))) for path in STATIC.rglob("*.css")}
    assert {name: lines for name, lines in nested.items() if lines} == {}
