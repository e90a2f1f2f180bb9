"""What the address of a search says: filters, order and place in clear; words and persons only as a key."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.services.searching import SORTS, Query
from app.services.wording import row_number
from app.web.pager import page_number
from indexer.dates import parse_days, span_of
from indexer.plan import DAY

PAGE_SIZE = 20
WINDOW = 10_000  # hits reached by number; deeper ones by going on from the last (Elasticsearch refuses larger offsets)
LAST_NUMBERED = WINDOW // PAGE_SIZE
MOST_VALUES = 100  # of one filter: each is a chip, whose address names all others
PERSON = "person"

NAMES: Mapping[str, str] = {
    "type": "loai",
    "year": "nam",
    "body": "co-quan",
    "case": "ho-so",
    "quality": "nguon",
    DAY: "ngay",
}
"""Filter -> its name in the address. Persons are not among them: they stand behind the key."""

FROM, TO = "tu", "den"  # fields of the form of days; the address that follows says them as one span

_YEAR = re.compile("[0-9]{1,4}")

SORT_NAMES = dict(zip(SORTS, ("lien-quan", "moi-nhat", "cu-nhat", "so"), strict=True))
_SORTS_BY_NAME = {name: sort for sort, name in SORT_NAMES.items()}


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """The state of the search page as its address says it. `page` counts from 1; `cursor` goes on where the numbered
    parts end; `is_last` stands at the last part, however many there are."""

    key: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = SORTS[0]
    page: int = 1
    cursor: str | None = None
    is_last: bool = False

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> "SearchAddress":
        """Read an address; what makes no sense in it is left out."""
        chosen = {code: tuple(dict.fromkeys(filter(None, args.getlist(name)))) for code, name in NAMES.items()}
        chosen["case"] = tuple(value for value in chosen["case"] if row_number(value))
        chosen["year"] = tuple(value for value in chosen["year"] if _YEAR.fullmatch(value))
        if DAY in chosen or args.get(FROM) or args.get(TO):
            chosen[DAY] = _spans((*chosen.get(DAY, ()), typed_span(args.get(FROM, ""), args.get(TO, ""))))
        cursor = args.get("sau") or None
        page = page_number(args.get("trang"))
        return cls(
            key=args.get("k") or None,
            filters={code: values[:MOST_VALUES] for code, values in chosen.items() if values},
            sort=_SORTS_BY_NAME.get(args.get("sap-xep", ""), SORTS[0]),
            page=page if cursor else min(page, LAST_NUMBERED),
            cursor=cursor,
            is_last=args.get("cuoi") == "1",
        )

    def query(self, text: str, persons: tuple[str, ...]) -> Query:
        """The question of this page."""
        filters = dict(self.filters) | ({PERSON: persons} if persons else {})
        place = (self.page - 1) * PAGE_SIZE
        return Query(text, filters, self.sort, PAGE_SIZE, place, self.cursor, self.is_last, self.one_year)

    @property
    def one_year(self) -> int | None:
        """The year whose months are shown: the only one chosen, or that of the only month."""
        years = self.filters.get("year") or tuple({value[:4] for value in self.filters.get(DAY, ()) if len(value) == 7})
        return int(years[0]) if len(years) == 1 and years[0].isascii() and years[0].isdigit() else None

    def url(self, endpoint: str = "search.results", **others: object) -> str:
        """The address of this state; the submitting address carries the filters but no place."""
        values: dict[str, object] = {NAMES[code]: list(chosen) for code, chosen in self.filters.items()}
        values["k"] = self.key
        values["sap-xep"] = None if self.sort == SORTS[0] else SORT_NAMES[self.sort]
        values["trang"] = self.page if self.page > 1 else None
        values["sau"] = self.cursor
        values["cuoi"] = "1" if self.is_last else None
        return url_for(endpoint, **values, **others)  # type: ignore[arg-type]

    def hidden(self, *but: str) -> tuple[tuple[str, str], ...]:
        """What a form that is sent by its fields has to carry along, these filters left out."""
        kept = (
            (name, value) for code, name in NAMES.items() if code not in but for value in self.filters.get(code, ())
        )
        state = (("k", self.key or ""), ("sap-xep", "" if self.sort == SORTS[0] else SORT_NAMES[self.sort]))
        return (*(pair for pair in state if pair[1]), *kept)

    def at(self, page: int, cursor: str | None = None) -> "SearchAddress":
        """The same search at another part."""
        return replace(self, page=page, cursor=cursor, is_last=False)

    def last(self) -> "SearchAddress":
        """The same search at its last part."""
        return replace(self.begun(), is_last=True)

    def begun(self) -> "SearchAddress":
        """The same search from its first part."""
        return self.at(1)

    def sorted_by(self, sort: str) -> "SearchAddress":
        """The same search in another order."""
        return replace(self.begun(), sort=sort)

    def toggled(self, code: str, value: str) -> "SearchAddress":
        """With this value chosen if it was not, and the other way round. Months without their year are none."""
        chosen = self.filters.get(code, ())
        kept = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        return self.with_filter(code, kept)

    def with_filter(self, code: str, values: tuple[str, ...]) -> "SearchAddress":
        """With these values of one filter."""
        filters = {name: chosen for name, chosen in self.filters.items() if name != code}
        if code == "year":
            filters.pop(DAY, None)
        return replace(self.begun(), filters=filters | ({code: values} if values else {}))

    def cleared(self, key: str | None) -> "SearchAddress":
        """Without filters, with the words of `key`."""
        return replace(self.begun(), filters={}, key=key)


def typed_span(first: str, last: str) -> str:
    """The span of two days as people type them (31/12/2025, 12/2025, 2025); empty where neither is one."""
    begin, end = parse_days(first), parse_days(last)
    if begin is None and end is None:
        return ""
    return "..".join(date.fromordinal(at).isoformat() if at else "" for at in (begin and begin[0], end and end[1]))


def _spans(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if span_of(value) is not None))
