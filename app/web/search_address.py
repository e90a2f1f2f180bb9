"""What the address of a search says: filters, order and place in clear; words and persons only as a key."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.services.searching import SORTS, Query
from app.web.pager import page_number

PAGE_SIZE = 20
WINDOW = 10_000  # hits reached by number; deeper ones by going on from the last (Elasticsearch refuses larger offsets)
LAST_NUMBERED = WINDOW // PAGE_SIZE
PERSON = "person"

NAMES: Mapping[str, str] = {
    "type": "loai",
    "year": "nam",
    "body": "co-quan",
    "case": "ho-so",
    "quality": "nguon",
}
"""Filter -> its name in the address. Persons are not among them: they stand behind the key."""

SORT_NAMES = dict(zip(SORTS, ("lien-quan", "moi-nhat", "cu-nhat", "so"), strict=True))
_SORTS_BY_NAME = {name: sort for sort, name in SORT_NAMES.items()}


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """The state of the search page as its address says it. `page` counts from 1; `cursor` goes on where the numbered
    parts end; `opened` is the facet shown with all its values."""

    key: str | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = SORTS[0]
    page: int = 1
    cursor: str | None = None
    opened: str | None = None

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> "SearchAddress":
        """Read an address; what makes no sense in it is left out."""
        chosen = {code: tuple(dict.fromkeys(filter(None, args.getlist(name)))) for code, name in NAMES.items()}
        if "case" in chosen:
            chosen["case"] = tuple(value for value in chosen["case"] if value.isascii() and value.isdigit())
        cursor = args.get("sau") or None
        page = page_number(args.get("trang"))
        return cls(
            key=args.get("k") or None,
            filters={code: values for code, values in chosen.items() if values},
            sort=_SORTS_BY_NAME.get(args.get("sap-xep", ""), SORTS[0]),
            page=page if cursor else min(page, LAST_NUMBERED),
            cursor=cursor,
            opened=args.get("mo") if args.get("mo") in (*NAMES, PERSON) else None,
        )

    def query(self, text: str, persons: tuple[str, ...]) -> Query:
        """The question of this page."""
        filters = dict(self.filters) | ({PERSON: persons} if persons else {})
        return Query(text, filters, self.sort, PAGE_SIZE, (self.page - 1) * PAGE_SIZE, self.cursor)

    def url(self, endpoint: str = "search.results") -> str:
        """The address of this state; the submitting address carries the filters but no place."""
        values: dict[str, object] = {NAMES[code]: list(chosen) for code, chosen in self.filters.items()}
        values["k"] = self.key
        values["sap-xep"] = None if self.sort == SORTS[0] else SORT_NAMES[self.sort]
        values["trang"] = self.page if self.page > 1 else None
        values["sau"] = self.cursor
        values["mo"] = self.opened
        return url_for(endpoint, **values)  # type: ignore[arg-type]

    def at(self, page: int, cursor: str | None = None) -> "SearchAddress":
        """The same search at another part."""
        return replace(self, page=page, cursor=cursor)

    def begun(self) -> "SearchAddress":
        """The same search from its first part."""
        return self.at(1)

    def sorted_by(self, sort: str) -> "SearchAddress":
        """The same search in another order."""
        return replace(self.begun(), sort=sort)

    def opening(self, facet: str | None) -> "SearchAddress":
        """The same page with all values of a facet shown."""
        return replace(self, opened=facet)

    def toggled(self, code: str, value: str) -> "SearchAddress":
        """With this value chosen if it was not, and the other way round."""
        chosen = self.filters.get(code, ())
        kept = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        return self.with_filter(code, kept)

    def with_filter(self, code: str, values: tuple[str, ...]) -> "SearchAddress":
        """With these values of one filter."""
        filters = {name: chosen for name, chosen in self.filters.items() if name != code}
        return replace(self.begun(), filters=filters | ({code: values} if values else {}))

    def cleared(self, key: str | None) -> "SearchAddress":
        """Without filters, with the words of `key`."""
        return replace(self.begun(), filters={}, key=key)
