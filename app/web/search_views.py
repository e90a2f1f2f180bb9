"""The search page in the words of its template: hits, facets, chips, orders, what to try when nothing was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.services.past_queries import PastQuery
from app.services.searching import SORTS, FacetValue, Hit, Results
from app.web.document_words import QUALITIES, Badge, badges, partial_date, printed_number, type_name, why
from app.web.pager import Pager, make_pager
from app.web.search_address import LAST_NUMBERED, PAGE_SIZE, PERSON, SearchAddress

SHOWN_VALUES = 8  # of a facet: what fits beside the first results; all of them on request

TITLES: Mapping[str, Any] = {
    "type": lazy_gettext("Loại văn bản"),
    "year": lazy_gettext("Năm"),
    "body": lazy_gettext("Cơ quan ban hành"),
    "person": lazy_gettext("Người"),
    "case": lazy_gettext("Hồ sơ"),
    "quality": lazy_gettext("Nguồn chữ"),
}
_SORT_LABELS = dict(
    zip(
        SORTS,
        (lazy_gettext("Liên quan"), lazy_gettext("Mới nhất"), lazy_gettext("Cũ nhất"), lazy_gettext("Số")),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One value of a facet: a link where it may stand in the address, else posted by its value."""

    label: str
    number: int
    selected: bool
    url: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet; `bars` draws it as columns."""

    name: str
    title: str
    buckets: tuple[Bucket, ...]
    bars: bool
    more_url: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter: removed by a link, or by posting its name and value."""

    label: str
    remove_url: str | None
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class SnippetView:
    """A piece of a page with the words marked, and the address that opens the document there."""

    page: int
    url: str
    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class HitView:
    """One result as the card shows it."""

    title: str
    url: str
    thumb_url: str | None
    type: str
    number: str
    date: str
    body: str
    badges: tuple[Badge, ...]
    persons: tuple[tuple[str, str], ...]
    cases: tuple[tuple[str, str], ...]
    snippets: tuple[SnippetView, ...]
    why: str


def hit_view(hit: Hit, key: str | None, *, has_picture: bool) -> HitView:
    """A hit with the addresses that open its document at the page that matched."""

    def at(page: int) -> str:
        return url_for("documents.view", document_id=hit.document, trang=page if page > 1 else None, k=key)

    thumb = url_for("documents.page_image", document_id=hit.document, position=hit.page, rong=160)
    reasons = why(name for name in hit.why if name != "text" or not hit.snippets)
    return HitView(
        title=hit.title,
        url=at(hit.page),
        thumb_url=thumb if has_picture else None,
        type=type_name(hit.type),
        number=printed_number(hit.number),
        date=partial_date(hit.date),
        body=hit.body,
        badges=badges(hit.badges),
        persons=tuple((name, url_for("persons.view", person_id=i)) for i, name in hit.persons),
        cases=tuple((code, url_for("cases.view", case_id=i)) for i, code in hit.cases),
        snippets=tuple(SnippetView(s.page, at(s.page), s.text, s.marks) for s in hit.snippets),
        why=_("Khớp ở: %(fields)s", fields=reasons) if reasons else "",
    )


def facets_of(results: Results, address: SearchAddress, past: PastQuery) -> tuple[Facet, ...]:
    """The facets in the order of the page."""
    return tuple(_facet(name, results.facets.get(name, ()), address, past) for name in TITLES)


def _facet(name: str, values: tuple[FacetValue, ...], address: SearchAddress, past: PastQuery) -> Facet:
    chosen = _chosen(name, address, past)
    is_open = address.opened == name
    if name == "year":
        values = tuple(sorted(values, key=lambda one: one.value))
    shown = (
        values
        if is_open or name == "year"
        else tuple(value for place, value in enumerate(values) if place < SHOWN_VALUES or value.value in chosen)
    )
    buckets = tuple(
        Bucket(
            label=label_of(name, value),
            number=value.count,
            selected=value.value in chosen,
            url=None if name == PERSON else address.toggled(name, value.value).url(),
            value=value.value,
        )
        for value in shown
    )
    more = address.opening(name).url() if len(shown) < len(values) else None
    return Facet(name, str(TITLES[name]), buckets, name == "year", more)


def _chosen(name: str, address: SearchAddress, past: PastQuery) -> tuple[str, ...]:
    return past.persons if name == PERSON else address.filters.get(name, ())


def label_of(name: str, value: FacetValue) -> str:
    """The words for one value of a facet."""
    if name == "type":
        return type_name(value.value)
    if name == "quality":
        return str(QUALITIES.get(value.value, value.value))
    return value.label


def chips_of(results: Results, address: SearchAddress, past: PastQuery) -> tuple[Chip, ...]:
    """The active filters, each with the way to take it off."""
    chips = []
    for name, title in TITLES.items():
        labels = {value.value: label_of(name, value) for value in results.facets.get(name, ())}
        for value in _chosen(name, address, past):
            label = f"{title}: {labels.get(value, label_of(name, FacetValue(value, 0, value)))}"
            if name == PERSON:
                chips.append(Chip(label, None, PERSON, value))
            else:
                chips.append(Chip(label, address.toggled(name, value).url()))
    return tuple(chips)


def sorts_of(address: SearchAddress) -> tuple[tuple[str, str, bool], ...]:
    """The orders as links."""
    return tuple(
        (str(label), address.sorted_by(sort).url(), sort == address.sort) for sort, label in _SORT_LABELS.items()
    )


def pager_of(results: Results, address: SearchAddress) -> Pager:
    """Numbered parts as far as they go, then on by the cursor of the last part."""

    def url(page: int) -> str:
        return address.at(page, results.cursor if page > LAST_NUMBERED else None).url()

    return make_pager(
        page=address.page,
        size=PAGE_SIZE,
        shown=len(results.hits),
        total=results.total,
        url=url,
        last=LAST_NUMBERED,
    )


def rule_note(results: Results) -> str:
    """Which rule of words was used, where there is more than one word to choose between."""
    if results.rule == "most":
        return str(_("Không văn bản nào có đủ mọi chữ, hoặc câu hỏi dài: đang tìm văn bản có phần lớn các chữ."))
    if len(results.query.text.split()) > 1:
        return str(_("Tìm văn bản có đủ mọi chữ, có dấu hay không dấu; đúng dấu xếp trước."))
    return ""
