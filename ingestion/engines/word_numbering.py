"""The numbers that Word puts before paragraphs by itself ("Điều 5.", "a)"): they are shown, so they are read."""

from __future__ import annotations

import re
from collections import defaultdict

from ingestion.engines.package import Element, Package
from ingestion.engines.word_names import VAL, w
from ingestion.engines.word_styles import Styles, is_on

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_LOW = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST = 100_000  # of a counter; what a file says beyond that is nonsense


class Numbering:
    """Counters of the lists of a document; ask for each paragraph once and in order."""

    def __init__(self, package: Package, name: str | None, styles: Styles) -> None:
        root = package.optional_xml(name)
        self._styles = styles
        self._levels: dict[str, dict[int, Element]] = {}  # of an abstract list
        self._lists: dict[str, str] = {}  # list -> abstract list
        self._starts: dict[tuple[str, int], int] = {}
        self._counters: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._learn(root)

    def _learn(self, root: Element) -> None:
        for abstract in root.findall(w("abstractNum")):
            levels = {_number(level.get(w("ilvl"))): level for level in abstract.findall(w("lvl"))}
            self._levels[abstract.get(w("abstractNumId"), "")] = levels
        for one in root.findall(w("num")):
            name = one.get(w("numId"), "")
            abstract = one.find(w("abstractNumId"))
            self._lists[name] = "" if abstract is None else abstract.get(VAL, "")
            for change in one.findall(w("lvlOverride")):
                start = change.find(w("startOverride"))
                if start is not None:
                    self._starts[name, _number(change.get(w("ilvl")))] = _number(start.get(VAL))

    def label(self, properties: Element | None, style: str | None) -> str:
        """What stands before the paragraph with these properties (`w:pPr`) and style; "" where nothing does."""
        if not self._lists:
            return ""
        name, depth = self._place(properties, style)
        abstract = self._lists.get(name, "")
        levels = self._levels.get(abstract, {})
        level = levels.get(depth)
        if name == "0" or level is None:
            return ""
        counters = self._counters[abstract]
        restart = self._starts.get((name, depth))
        if restart is not None and (name, depth) not in self._begun:
            counters[depth] = restart
        elif depth in counters:
            counters[depth] = min(counters[depth] + 1, _MOST)
        else:
            counters[depth] = _start(level)
        self._begun.add((name, depth))
        for below in [at for at in counters if at > depth]:
            del counters[below]
        return self._text(level, levels, counters)

    def _place(self, properties: Element | None, style: str | None) -> tuple[str, int]:
        holders = [properties, *(one.find(w("pPr")) for one in self._styles.lineage(style))]
        name, depth = "0", None
        for holder in holders:
            found = None if holder is None else holder.find(w("numPr"))
            if found is None:
                continue
            level, listed = found.find(w("ilvl")), found.find(w("numId"))
            if depth is None and level is not None:
                depth = _number(level.get(VAL))
            if listed is not None:
                name = listed.get(VAL, "0")
                break
        return name, min(depth or 0, _LEVELS - 1)

    def _text(self, level: Element, levels: dict[int, Element], counters: dict[int, int]) -> str:
        kind = _kind(level)
        pattern = level.find(w("lvlText"))
        text = "" if pattern is None else pattern.get(VAL, "")
        if kind == "none":
            return ""
        if kind == "bullet":
            return "- " if text.strip() in ("-", "–", "\uf02d") else ("+ " if text.strip() == "+" else "• ")
        plain = is_on(level, "isLgl")

        def place(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            other = levels.get(at)
            if other is None:
                return ""
            return counted(counters.get(at, _start(other)), "decimal" if plain else _kind(other))

        text = _PLACE.sub(place, text)
        return f"{text} " if text else ""


def _number(value: str | None) -> int:
    return min(int(value), _MOST) if value and value.isascii() and value.isdigit() else 0


def _start(level: Element) -> int:
    start = level.find(w("start"))
    return 1 if start is None else _number(start.get(VAL))


def _kind(level: Element) -> str:
    form = level.find(w("numFmt"))
    return "decimal" if form is None else form.get(VAL, "decimal")


def counted(number: int, form: str) -> str:
    """The number in one of the forms of Word; decimal where the form is none that papers here use."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 10)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        out = ""
        for value, sign in (*_ROMAN, *_ROMAN_LOW):
            out += sign * (number // value)
            number %= value
        return out if form == "lowerRoman" else out.upper()
    return f"{number:02d}" if form == "decimalZero" else str(number)
