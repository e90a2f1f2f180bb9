"""How a run of a DOCX is shown, as far as it changes what is read: its font, and whether it is set in capitals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ingestion.engines.package import Element, Package
from ingestion.engines.word_names import VAL, w

_LONGEST_CHAIN = 20  # styles based on styles; Word allows 11
_OFF = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Look:
    """None: not said here, ask the style below."""

    font: str | None = None
    capitals: bool | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, else the one below."""
        return Look(
            below.font if self.font is None else self.font,
            below.capitals if self.capitals is None else self.capitals,
        )


def is_on(parent: Element | None, name: str) -> bool | None:
    """Whether a switch such as `w:caps` is on; None where it is not there."""
    found = None if parent is None else parent.find(w(name))
    return None if found is None else (found.get(VAL) or "true").lower() not in _OFF


def look_of(properties: Element | None) -> Look:
    """What `w:rPr` says. The letters above ASCII, which are what matters, are drawn in the `hAnsi` font."""
    if properties is None:
        return Look()
    fonts = properties.find(w("rFonts"))
    font = None
    if fonts is not None:
        themed = fonts.get(w("hAnsiTheme")) or fonts.get(w("asciiTheme"))
        # Themes hold fonts of today; an empty name stops the search for an older one in the styles.
        font = fonts.get(w("hAnsi")) or fonts.get(w("ascii")) or ("" if themed else None)
    return Look(font, is_on(properties, "caps"))


class Styles:
    """The styles of a document."""

    def __init__(self, package: Package, name: str | None) -> None:
        root = package.optional_xml(name)
        styles = [] if root is None else root.findall(w("style"))
        self._styles = {style.get(w("styleId")): style for style in styles}
        self._plain = next(
            (
                style.get(w("styleId"))
                for style in styles
                if style.get(w("type")) == "paragraph" and style.get(w("default")) in ("1", "true", "on")
            ),
            None,
        )
        default = None if root is None else root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}")
        self._default = look_of(default)
        self.of = cache(self._of)

    def _of(self, paragraph: str | None, run: str | None) -> Look:
        """The look of a run without settings of its own, by the ids of its paragraph's style and its own."""
        look = self._chain(run) if run else Look()
        return look.over(self._chain(paragraph or self._plain)).over(self._default)

    def _chain(self, name: str | None) -> Look:
        look = Look()
        for style in self.lineage(name):
            look = look.over(look_of(style.find(w("rPr"))))
        return look

    def lineage(self, name: str | None) -> list[Element]:
        """A style and those it is based on, nearest first."""
        found: list[Element] = []
        while name in self._styles and len(found) < _LONGEST_CHAIN:
            style = self._styles[name]
            found.append(style)
            based = style.find(w("basedOn"))
            name = None if based is None else based.get(VAL)
        return found
