"""Text of a PDF page that is set in fonts older than Unicode: the fonts are told by name, their words are converted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ingestion.engines import pdf_binding as pdfium
from ingestion.vietnamese.legacy import is_legacy_font, to_unicode
from ingestion.vietnamese.legacy_evidence import is_right

# The byte of the letter ư in TCVN3 is a second hyphen in the encoding that PDF calls WinAnsi, so that pdfium gives "-"
# for both, or one of these marks at the end of a line.
_END_MARKS = ("\x02", "\ufffe")
_HORN = "\u00ad"
_TYPICAL = ".VnTime"
_AROUND = ".,;:!?()[]\"'/“”"


@dataclass(slots=True)
class Fonts:
    """The fonts of one page by handle; `legacy` says whether any holds letters of an encoding older than Unicode, or
    whether the text itself says so (`untold`)."""

    names: dict[int, str] = field(default_factory=dict)
    legacy: bool = False
    untold: bool = False

    def add(self, font: int) -> None:
        """Take a font of the page into account."""
        if font and font not in self.names:
            name = pdfium.name_of_font(font)
            self.names[font] = name
            self.legacy = self.legacy or is_legacy_font(name)

    def converted(self, textpage: int, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[str]:
        """The words in Unicode, run by run of one font: a run shows better than a word what it is written in."""
        named = [self._name(textpage, start) for start, _ in spans]
        done: list[str] = []
        for font, run in groupby(zip(named, texts, strict=True), key=lambda pair: pair[0]):
            words = [word for _, word in run]
            done += _converted(words, font) if self.untold or is_legacy_font(font) else words
        return done

    def _name(self, textpage: int, index: int) -> str | None:
        if self.untold:
            return None
        font = pdfium.font_of(pdfium.text_object(textpage, index) or 0) or 0
        if font not in self.names:
            self.names[font] = pdfium.name_of_font(font) if font else ""
        return self.names[font] or None


def _converted(words: list[str], font: str | None) -> list[str]:
    words = [_with_horn(word, font) for word in words]
    together = to_unicode("\n".join(words), font).split("\n")
    return together if len(together) == len(words) else [to_unicode(word, font) for word in words]


def _with_horn(word: str, font: str | None) -> str:
    """The word with ư for a hyphen where that makes a syllable of it ("c-" of "c- tró" is "cư")."""
    for mark in _END_MARKS:
        word = word.replace(mark, "-")
    if "-" not in word or len(word) < 2:
        return word
    horned = word.replace("-", _HORN)
    return horned if is_right(to_unicode(horned.strip(_AROUND), font or _TYPICAL)) else word
