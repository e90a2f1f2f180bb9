"""Where each paper begins in a dossier that was scanned as one: a score for every gap between two pages.

The score of a gap is the logistic of a sum of weights; each weight belongs to one sign that a person can see on the
paper and is named in the reasons of the part. Nothing is learned: the weights stand in one table (`WEIGHTS`), tuned on
dossiers put together from public forms (see `benchmarks/splitting.py`, which measures on others).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from ingestion.facts import Facts
from ingestion.pages import Page
from ingestion.understanding.document import understand
from ingestion.understanding.sides import Side, side_of


class PartKind(StrEnum):
    """What a part of a dossier is."""

    DOCUMENT = "document"
    COVER = "cover"
    SEPARATOR = "separator"
    BLANK = "blank"


class CutReason(StrEnum):
    """What speaks for or against a new paper; the reasons of a part are of these."""

    FIRST_PAGE = "first-page"
    SEPARATOR = "separator"
    AFTER_SEPARATOR = "after-separator"
    COVER = "cover"
    AFTER_COVER = "after-cover"
    AFTER_CONTENTS = "after-contents"
    MOTTO = "motto"
    TITLE = "title"
    HEADING = "heading"
    NUMBER = "number"
    DATE = "date"
    BODY = "body"
    ADDRESSED = "addressed"
    PAGE_ONE = "page-one"
    PAGE_LATER = "page-later"
    PAGE_FOLLOWS = "page-follows"
    PAGE_RESTARTS = "page-restarts"
    LAST_WAS_COMPLETE = "last-was-complete"
    LAST_SIGNED = "last-signed"
    LAST_SHORT = "last-short"
    LAST_OPEN = "last-open"
    BROKEN_SENTENCE = "broken-sentence"
    CLAUSES_FOLLOW = "clauses-follow"
    CLAUSES_RESTART = "clauses-restart"
    SIZE = "size"
    LETTERS = "letters"
    ANNEX = "annex"
    ANNEX_OF_THIS = "annex-of-this"
    ANNEX_OF_OTHER = "annex-of-other"
    AFTER_BLANK = "after-blank"
    NO_HEAD = "no-head"
    ONLY_FOOT = "only-foot"


# Weight of each sign in the sum, and why it has this sign and size.
WEIGHTS: dict[CutReason, tuple[float, str]] = {
    CutReason.MOTTO: (3.6, "the State's name stands at the head of every paper (Decree 30); later pages have none"),
    CutReason.TITLE: (
        2.4,
        "a known kind of document in capitals, alone and near the top; annexes and forms inside have it too",
    ),
    CutReason.HEADING: (1.1, "other capitals centred at the top; headings of parts begin later pages too"),
    CutReason.NUMBER: (0.8, "a line of number and symbol in the head"),
    CutReason.DATE: (0.6, "a line of place and date in the head"),
    CutReason.BODY: (0.9, "the name of a body at the top left; running heads have it too"),
    CutReason.ADDRESSED: (0.8, "Kính gửi near the top"),
    CutReason.PAGE_ONE: (2.6, "page 1, or 1 of several"),
    CutReason.PAGE_LATER: (-3.4, "page 2 or later of a paper"),
    CutReason.PAGE_FOLLOWS: (-1.6, "the number after that of the page before, or one of the same total"),
    CutReason.PAGE_RESTARTS: (1.6, "a number not above that of the page before"),
    CutReason.LAST_WAS_COMPLETE: (2.2, "the page before was the last of its total"),
    CutReason.LAST_SIGNED: (1.1, "a signing block stands on the page before"),
    CutReason.LAST_SHORT: (0.7, "the page before ends in its upper two thirds"),
    CutReason.LAST_OPEN: (-1.2, "the page before ends inside a sentence"),
    CutReason.BROKEN_SENTENCE: (-2.6, "the page begins with a small letter"),
    CutReason.CLAUSES_FOLLOW: (-1.0, "numbered clauses go on"),
    CutReason.CLAUSES_RESTART: (0.4, "numbered clauses begin again at 1"),
    CutReason.SIZE: (1.2, "another paper size or orientation"),
    CutReason.LETTERS: (0.6, "letters of another size"),
    CutReason.ANNEX: (-4.5, "an annex stays with the paper it belongs to, even where it has a head of its own"),
    CutReason.ANNEX_OF_THIS: (-9.0, "an annex that names the number of the paper before"),
    CutReason.ANNEX_OF_OTHER: (0.6, "an annex that names the number of another paper: it lies here without it"),
    CutReason.AFTER_COVER: (2.5, "papers follow a cover"),
    CutReason.AFTER_CONTENTS: (1.0, "papers follow a list of contents, which may have pages of its own"),
    CutReason.AFTER_BLANK: (0.5, "a blank back lies between"),
    CutReason.NO_HEAD: (-0.9, "nothing that begins papers stands at the top"),
    CutReason.ONLY_FOOT: (-2.4, "recipients and a signature alone are the end of the paper before"),
}
_BIAS = -1.9  # most pages of a dossier go on with the paper before
_LETTERS = 0.13  # share by which letters differ to be of another size; recognition varies by 5 %
_SIZE = 0.04  # share by which the edges of a sheet differ to be of another size; scanners crop by 1 %
_ALIKE = 0.8  # numbers that differ less were read with a wrong letter
_SHORT, _FILLED = 0.66, 0.8  # shares of the height: a page that ends above, below


@dataclass(frozen=True, slots=True)
class Part:
    """Pages `first` to `last` (numbers as given) of one paper, cover, separator, or blank pages.

    `score` (0 to 1) is how sure it is that a part begins at `first`; under 0.85 a person should look. `reasons` are
    values of `CutReason`, the strongest first. `facts` are those of `understand`, empty where the part is no document.
    """

    first: int
    last: int
    kind: PartKind
    score: float
    reasons: tuple[str, ...]
    facts: Facts


def parts(pages: Sequence[Page]) -> tuple[Part, ...]:
    """The papers of a scan in order, every page in exactly one. About five milliseconds a page; pure."""
    if not pages:
        return ()
    sides = [side_of(page) for page in pages]
    begun = list(_cuts(sides))
    ends = [at for at, _, _, _ in begun[1:]] + [len(pages)]
    return tuple(
        _part(pages[at:end], kind, score, reasons) for (at, kind, score, reasons), end in zip(begun, ends, strict=True)
    )


def _part(pages: Sequence[Page], kind: PartKind, score: float, reasons: tuple[str, ...]) -> Part:
    facts = Facts()
    if kind is PartKind.DOCUMENT:
        facts = understand(pages)
    return Part(pages[0].number, pages[-1].number, kind, round(score, 3), reasons, facts)


Cut = tuple[int, PartKind, float, tuple[str, ...]]


def _cuts(sides: Sequence[Side]) -> Iterator[Cut]:
    """(index, kind, score, reasons) of every page at which a part begins."""
    begun = sides[0]
    kind = _kind(begun)
    yield 0, kind, 1.0, (str(CutReason.FIRST_PAGE),)
    before, backs = begun, 0
    for at, side in enumerate(sides[1:], start=1):
        if side.blank:  # a back, or an empty sheet: it stays with what lies before it
            backs += 1
            continue
        score, reasons = _gap(begun, before, side, backs)
        if score >= 0.5:
            kind, begun = _kind(side), side
            yield at, kind, score, reasons
        before, backs = side, 0


def _kind(side: Side) -> PartKind:
    if side.separator:
        return PartKind.SEPARATOR
    if side.blank:
        return PartKind.BLANK
    return PartKind.COVER if side.front else PartKind.DOCUMENT


def _gap(begun: Side, before: Side, side: Side, backs: int) -> tuple[float, tuple[str, ...]]:
    """How sure it is that a part begins at this side, and why; `begun` is the first side of the part before."""
    if side.separator:
        return 1.0, (str(CutReason.SEPARATOR),)
    if begun.separator or begun.blank:
        return 0.99, (str(CutReason.AFTER_SEPARATOR),)
    if side.front and side.front != begun.front:
        return 0.95, (str(CutReason.COVER),)
    signs = list(_signs(begun, before, side, backs))
    total = sum(WEIGHTS[sign][0] for sign in signs) + _BIAS
    spoke = [sign for sign in signs if (WEIGHTS[sign][0] > 0) == (total >= 0)]
    spoke.sort(key=lambda sign: -abs(WEIGHTS[sign][0]))
    return 1 / (1 + math.exp(-total)), tuple(str(sign) for sign in spoke)


def _signs(begun: Side, before: Side, side: Side, backs: int) -> Iterator[CutReason]:
    yield from _annex_signs(begun, side)
    if begun.front and not side.front:
        yield CutReason.AFTER_COVER if begun.front == "cover" else CutReason.AFTER_CONTENTS
    yield from _head_signs(side)
    yield from _number_signs(before, side)
    yield from _text_signs(before, side)
    if _differ(before.wide, side.wide, _SIZE) or _differ(before.high, side.high, _SIZE):
        yield CutReason.SIZE
    if before.letters and side.letters and _differ(before.letters, side.letters, _LETTERS):
        yield CutReason.LETTERS
    if backs:
        yield CutReason.AFTER_BLANK


def _annex_signs(begun: Side, side: Side) -> Iterator[CutReason]:
    if not side.annex and not (side.belongs and side.motto is None):
        return
    if side.parent is None or begun.own is None:
        yield CutReason.ANNEX
    else:
        alike = SequenceMatcher(None, side.parent, begun.own, autojunk=False).ratio()
        yield CutReason.ANNEX_OF_THIS if alike > _ALIKE else CutReason.ANNEX_OF_OTHER


def _text_signs(before: Side, side: Side) -> Iterator[CutReason]:
    """How the text before ended and how this one begins."""
    if before.signed:
        yield CutReason.LAST_SIGNED
    if before.filled < _SHORT:
        yield CutReason.LAST_SHORT
    if not before.ended and before.filled > _FILLED:
        yield CutReason.LAST_OPEN
    if side.broken:
        yield CutReason.BROKEN_SENTENCE
    if before.ordinals and side.ordinals:
        if side.ordinals[0] == before.ordinals[1] + 1 and side.ordinals[0] > 1:
            yield CutReason.CLAUSES_FOLLOW
        elif side.ordinals[0] == 1 and before.ordinals[1] > 1:
            yield CutReason.CLAUSES_RESTART


def _head_signs(side: Side) -> Iterator[CutReason]:
    found = []
    if side.motto is not None and side.motto < 0.3:
        found.append(CutReason.MOTTO)
    if side.title is not None:
        found.append(CutReason.TITLE)
    elif side.heading:
        found.append(CutReason.HEADING)
    if side.numbered:
        found.append(CutReason.NUMBER)
    if side.dated:
        found.append(CutReason.DATE)
    if side.body:
        found.append(CutReason.BODY)
    if side.addressed:
        found.append(CutReason.ADDRESSED)
    yield from found or [CutReason.NO_HEAD]
    if side.foot and not found:
        yield CutReason.ONLY_FOOT


def _number_signs(before: Side, side: Side) -> Iterator[CutReason]:
    if side.number == 1:
        yield CutReason.PAGE_ONE
    elif side.number is not None:
        yield CutReason.PAGE_LATER
    if before.total is not None and before.number == before.total:
        yield CutReason.LAST_WAS_COMPLETE
    if side.number is None or before.number is None:
        if side.number == 2 and before.number is None:
            yield CutReason.PAGE_FOLLOWS
        return
    if side.number == before.number + 1 and side.total == before.total:
        yield CutReason.PAGE_FOLLOWS
    elif side.number <= before.number:
        yield CutReason.PAGE_RESTARTS


def _differ(one: float, other: float, share: float) -> bool:
    return abs(one - other) > share * max(one, other, 1.0)
