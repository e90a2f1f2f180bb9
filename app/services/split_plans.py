"""A plan of how scans are cut into papers, as values: parts in order, each with its pages and what it is called.

Pure: nothing here asks the database. A page is named by the whole scan and the position it has there, so that a plan
speaks of nothing but the pages of its scans; every page of them stands in exactly one part.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.errors import Conflict, Invalid
from config.document_types import UNKNOWN

NAMED = ("type", "number", "symbol", "date", "subject")
"""What a part is called by: names of `FactsData`."""
DOUBTFUL_BELOW = 0.85  # score of a cut that a person should look at (`ingestion.understanding.boundaries.Part`)
SHEET_LENGTH = 12  # characters of a sheet number, as `DocumentPage.sheet` holds them
_SHEET = re.compile(r"\d{1,5}[a-zđ]?(?:[-/]\d{1,5}[a-zđ]?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """The page at `position` of the scan `document`; `typed` says that a person gave the sheet number."""

    document: int
    position: int
    hidden: bool = False
    sheet: str = ""
    typed: bool = False

    @property
    def key(self) -> str:
        """The name of the page in forms: "12.4" is page 4 of scan 12."""
        return f"{self.document}.{self.position}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a part is called, as read or typed. `typed` names the facts that a person gave; `score` (0 to 1) and
    `reasons` are those of the cut before it, None where a person made the cut."""

    values: Mapping[str, str] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    kind: str = ""
    score: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether the reading itself is not sure that a paper begins here."""
        return self.score is not None and self.score < DOUBTFUL_BELOW

    def given(self) -> dict[str, str]:
        """The facts that a person typed."""
        return {name: self.values.get(name, "") for name in self.typed}


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One paper: its pages in order and what it is called; `head` is None where nothing was read for it yet. `number`
    stays with a part while it is edited."""

    number: int
    pages: tuple[PlannedPage, ...]
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What a part holds: `sheets` (tờ) is None where nothing says how its pages lie on paper."""

    pages: int
    sheets: int | None
    hidden: int


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person made of the pages that a form showed. `order` are their keys as they lie now; `starts` the keys
    before which a paper begins; `heads` names typed by number of the part, `firsts` the page with which each of these
    parts began when the form was filled."""

    order: tuple[str, ...]
    starts: frozenset[str]
    hidden: frozenset[str]
    sheets: Mapping[str, str]
    firsts: Mapping[int, str]
    heads: Mapping[int, Mapping[str, str]]


def sums(pages: Sequence[PlannedPage], *, two_sided: bool | None) -> Sums:
    """The pages, sheets and hidden sides of a part. Sheet numbers count where every shown page has one."""
    hidden = sum(page.hidden for page in pages)
    numbers = {page.sheet for page in pages if page.sheet}
    if numbers and all(page.sheet or page.hidden for page in pages):
        return Sums(len(pages), len(numbers), hidden)
    if two_sided is None:
        return Sums(len(pages), None, hidden)
    return Sums(len(pages), (len(pages) + 1) // 2 if two_sided else len(pages), hidden)


def as_rows(parts: Iterable[PlannedPart]) -> list[dict[str, Any]]:
    """The parts as `SplitPlan.parts` keeps them."""
    return [
        {
            "number": part.number,
            "pages": [[p.document, p.position, int(p.hidden), p.sheet, int(p.typed)] for p in part.pages],
            "head": None if part.head is None else _head_row(part.head),
        }
        for part in parts
    ]


def _head_row(head: Head) -> dict[str, Any]:
    return {
        "values": dict(head.values),
        "typed": list(head.typed),
        "kind": head.kind,
        "score": head.score,
        "reasons": list(head.reasons),
    }


def from_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[PlannedPart, ...]:
    """The inverse of `as_rows`."""
    return tuple(
        PlannedPart(
            row["number"],
            tuple(PlannedPage(d, p, bool(hidden), sheet, bool(typed)) for d, p, hidden, sheet, typed in row["pages"]),
            None if row["head"] is None else _head_of(row["head"]),
        )
        for row in rows
    )


def _head_of(row: Mapping[str, Any]) -> Head:
    return Head(row["values"], tuple(row["typed"]), row["kind"], row["score"], tuple(row["reasons"]))


def flat(parts: Iterable[PlannedPart]) -> list[PlannedPage]:
    """All pages in order."""
    return [page for part in parts for page in part.pages]


def window(parts: Sequence[PlannedPart], first: int, count: int) -> tuple[PlannedPart, ...]:
    """The parts that have pages among the `count` pages from place `first` (0 is the first), cut to these pages."""
    found, place = [], 0
    for part in parts:
        begin, end = max(first - place, 0), min(first + count - place, len(part.pages))
        if begin < end:
            found.append(replace(part, pages=part.pages[begin:end]))
        place += len(part.pages)
    return tuple(found)


def edited(parts: Sequence[PlannedPart], edit: Edit) -> tuple[PlannedPart, ...]:
    """The parts after an edit of some of their pages that lie side by side; other pages stay as they are.

    A new part has no head until it is read. Raises `Conflict` where the form shows other pages than the plan has,
    `Invalid` for sheet numbers that are none.
    """
    pages = flat(parts)
    _refuse_bad_sheets(edit.sheets)
    place = {page.key: number for number, page in enumerate(pages)}
    if not edit.order or any(key not in place for key in edit.order):
        raise Conflict()
    first = min(place[key] for key in edit.order)
    shown = pages[first : first + len(edit.order)]
    if Counter(page.key for page in shown) != Counter(edit.order):
        raise Conflict()
    starts = {part.pages[0].key for part in parts} - set(edit.order) | edit.starts
    by_key = {page.key: page for page in shown}
    moved = [_edited_page(by_key[key], edit) for key in edit.order]
    after = [*pages[:first], *moved, *pages[first + len(edit.order) :]]
    return _cut(after, starts, _heads(parts, edit))


def _edited_page(page: PlannedPage, edit: Edit) -> PlannedPage:
    sheet = " ".join(edit.sheets.get(page.key, page.sheet).split())
    typed = page.typed or sheet != page.sheet
    return replace(page, hidden=page.key in edit.hidden, sheet=sheet, typed=typed and bool(sheet))


def _refuse_bad_sheets(sheets: Mapping[str, str]) -> None:
    said = "Số tờ (bút lục) chỉ gồm chữ số, có thể kèm một chữ cái, ví dụ 15 hoặc 15a."
    wrong = {f"sheet-{key}": said for key, sheet in sheets.items() if sheet.strip() and not is_sheet(sheet)}
    if wrong:
        raise Invalid(fields=wrong)


def is_sheet(text: str) -> bool:
    """Whether this is a sheet number as offices write them: 15, 15a, 7-8, 12/2."""
    return len(text.strip()) <= SHEET_LENGTH and _SHEET.fullmatch(text.strip()) is not None


def _heads(parts: Sequence[PlannedPart], edit: Edit) -> dict[str, tuple[int | None, Head | None]]:
    """Number and head of the parts by the key of their first page, after the edit."""
    found: dict[str, tuple[int | None, Head | None]] = {
        part.pages[0].key: (part.number, part.head) for part in parts if part.pages[0].key not in edit.order
    }
    known = {part.number: part.head for part in parts}
    for number, key in edit.firsts.items():
        head = _typed_head(known.get(number), edit.heads.get(number, {}))
        found[key] = (number if number in known or number >= next_number(parts) else None, head)
    for part in parts:
        if part.number not in edit.firsts and part.pages[0].key in edit.order:
            found.setdefault(part.pages[0].key, (part.number, part.head))
    return found


def _typed_head(head: Head | None, given: Mapping[str, str]) -> Head | None:
    """The head with what a person changed; a part that is not read yet has one only where something was typed."""
    before = head.values if head else {"type": UNKNOWN}
    changed = [name for name in NAMED if name in given and given[name] != before.get(name, "")]
    if not changed:
        return head
    values = {**before, **{name: given[name] for name in changed}}
    typed = tuple(name for name in NAMED if name in changed or (head is not None and name in head.typed))
    return replace(head, values=values, typed=typed) if head else Head(values, typed)


def _cut(
    pages: Sequence[PlannedPage], starts: Iterable[str], heads: Mapping[str, tuple[int | None, Head | None]]
) -> tuple[PlannedPart, ...]:
    begins = set(starts)
    groups: list[list[PlannedPage]] = []
    for page in pages:
        if not groups or page.key in begins:
            groups.append([])
        groups[-1].append(page)
    numbers = {number for number, _ in heads.values() if number is not None}
    fresh, taken = max(numbers, default=0), set[int]()
    parts = []
    for group in groups:
        number, head = heads.get(group[0].key, (None, None))
        if number is None or number in taken:
            fresh += 1
            number = fresh
        taken.add(number)
        parts.append(PlannedPart(number, tuple(group), head))
    return tuple(parts)


def numbered(parts: Sequence[PlannedPart], *, place: int, first: int, per_sheet: bool) -> tuple[PlannedPart, ...]:
    """Sheet numbers counted on from `first`, beginning with the page at `place` (1 is the first of all pages): one for
    each page, or one for every two where a sheet has two sides."""
    if not 1 <= place <= len(flat(parts)):
        raise Invalid(fields={"number_place": "Ghi thứ tự của một trang trong bản quét."})
    if not 1 <= first <= 99999:
        raise Invalid(fields={"number_first": "Ghi số tờ đầu tiên, từ 1 trở lên."})
    counted, done = 0, []
    for part in parts:
        pages = []
        for page in part.pages:
            counted += 1
            step = counted - place
            if step >= 0:
                page = replace(page, sheet=str(first + (step // 2 if per_sheet else step)), typed=True)
            pages.append(page)
        done.append(replace(part, pages=tuple(pages)))
    return tuple(done)


def shifted(parts: Sequence[PlannedPart], number: int, by: int) -> tuple[PlannedPart, ...]:
    """The parts with one of them moved by so many places; at the ends it stays."""
    order = list(parts)
    at = next((place for place, part in enumerate(order) if part.number == number), None)
    if at is not None:
        order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
    return tuple(order)


def moved(parts: Sequence[PlannedPart], page: int, after: int) -> tuple[PlannedPart, ...]:
    """The parts with one page (by its place among all, from 1) laid behind another one; 0 lays it before all."""
    pages = flat(parts)
    if not 1 <= page <= len(pages) or not 0 <= after <= len(pages):
        raise Invalid(fields={"move_page": "Ghi thứ tự của trang trong bản quét."})
    one = pages[page - 1]
    if after in (page, page - 1):
        return tuple(parts)
    behind = pages[after - 1].key if after else ""
    left = [replace(part, pages=tuple(p for p in part.pages if p.key != one.key)) for part in parts]
    left = [part for part in left if part.pages]
    if not behind:
        return (replace(left[0], pages=(one, *left[0].pages)), *left[1:])
    done = []
    for part in left:
        at = next((place for place, p in enumerate(part.pages, 1) if p.key == behind), None)
        done.append(part if at is None else replace(part, pages=(*part.pages[:at], one, *part.pages[at:])))
    return tuple(done)


def hiding(parts: Sequence[PlannedPart], keys: frozenset[str]) -> tuple[PlannedPart, ...]:
    """The parts with these pages hidden, besides those that are."""
    return tuple(
        replace(part, pages=tuple(replace(page, hidden=page.hidden or page.key in keys) for page in part.pages))
        for part in parts
    )


def merged(parts: Sequence[PlannedPart], number: int) -> tuple[PlannedPart, ...]:
    """The parts with one of them laid onto the one before it; the first one stays."""
    done: list[PlannedPart] = []
    for part in parts:
        if part.number == number and done:
            done[-1] = replace(done[-1], pages=(*done[-1].pages, *part.pages))
        else:
            done.append(part)
    return tuple(done)


def without_scan(parts: Sequence[PlannedPart], document_id: int) -> tuple[PlannedPart, ...]:
    """The parts without the pages of one scan."""
    left = (replace(part, pages=tuple(p for p in part.pages if p.document != document_id)) for part in parts)
    return tuple(part for part in left if part.pages)


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as people write them, in order: "1, 4-6"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def reconciled(parts: Sequence[PlannedPart], pages: Sequence[PlannedPage]) -> tuple[PlannedPart, ...]:
    """The parts over exactly these pages: those that are gone are left out, new ones come to the last part."""
    known = {page.key for page in pages}
    planned = {page.key for page in flat(parts)}
    left = [replace(part, pages=tuple(page for page in part.pages if page.key in known)) for part in parts]
    kept = [part for part in left if part.pages]
    fresh = tuple(page for page in pages if page.key not in planned)
    if not kept:
        return (PlannedPart(1, fresh),) if fresh else ()
    kept[-1] = replace(kept[-1], pages=(*kept[-1].pages, *fresh))
    return tuple(kept)


def next_number(parts: Iterable[PlannedPart]) -> int:
    """A number that no part has yet."""
    return max((part.number for part in parts), default=0) + 1
