"""The left side of the search page: facets with counts, the histogram of dates, and the active filters as chips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.services.facet_values import SEARCHED
from app.services.labelling import FacetValue
from app.services.past_queries import PastQuery
from app.services.searching import Results
from app.web.document_words import QUALITIES, type_name
from app.web.search_address import FROM, PERSON, TO, SearchAddress
from indexer.dates import span_of
from indexer.plan import DAY

AT_ONCE = 6  # values of a facet: what lets the next facet begin on the first screen
SHOWN_VALUES = 20  # with "more"; beyond that a person looks by words
MOST_BARS = 24  # of the histogram: 8 pixels each in the column of facets

TITLES: Mapping[str, Any] = {
    "type": lazy_gettext("Loại văn bản"),
    "year": lazy_gettext("Năm"),
    "body": lazy_gettext("Cơ quan ban hành"),
    "person": lazy_gettext("Người"),
    "case": lazy_gettext("Hồ sơ"),
    "quality": lazy_gettext("Nguồn chữ"),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One value of a facet: a link where it may stand in the address, else posted by its value."""

    label: str
    number: int
    selected: bool
    url: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of the histogram; `height` in per cent of the highest, `url` none where there is nothing to choose."""

    label: str
    number: int
    height: int
    selected: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """Documents by years, or by months of the one year chosen: `all_url` then leads back to all years. `hidden`,
    `first`, `last` and `is_wrong` are of the form of days."""

    caption: str
    bars: tuple[Bar, ...]
    ends: tuple[str, str]
    all_url: str | None
    hidden: tuple[tuple[str, str], ...]
    first: str
    last: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: `buckets` at once and `more` on opening, under `more_title`; `search_url` looks among all values."""

    name: str
    title: str
    buckets: tuple[Bucket, ...]
    more: tuple[Bucket, ...]
    more_title: str
    search_url: str | None
    histogram: Histogram | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter: removed by a link, or by posting its name and value."""

    label: str
    remove_url: str | None
    name: str = ""
    value: str = ""


def facets_of(results: Results, address: SearchAddress, past: PastQuery, typed: Mapping[str, str]) -> tuple[Facet, ...]:
    """The facets in the order of the page; `typed` is what the form of days was sent with."""
    made = (_facet(name, results, address, past, typed) for name in TITLES)
    return tuple(one for one in made if one.buckets or one.more or one.histogram)


def _facet(name: str, results: Results, address: SearchAddress, past: PastQuery, typed: Mapping[str, str]) -> Facet:
    if name == "year":
        return _dates(results, address, typed)
    chosen = chosen_of(name, address, past)
    # What is chosen stays in sight.
    values = sorted(results.facets.get(name, ()), key=lambda one: one.value not in chosen)
    at_once = max(AT_ONCE, sum(1 for one in values if one.value in chosen))
    buckets = tuple(bucket_of(name, value, address, chosen) for value in values[: max(SHOWN_VALUES, at_once)])
    more = buckets[at_once:]
    look = url_for_facet(address, name) if name in SEARCHED and more else None
    return Facet(name, str(TITLES[name]), buckets[:at_once], more, _("Thêm %(n)s giá trị", n=len(more)), look)


def _dates(results: Results, address: SearchAddress, typed: Mapping[str, str]) -> Facet:
    """The facet of years: columns, and the same as a list, whose targets are large; so the months of one year."""
    name, title = "year", str(TITLES["year"])
    days = address.filters.get(DAY, ())
    values = sorted(results.facets.get(name, ()), key=lambda one: one.value, reverse=True)
    if not values and not days:
        return Facet(name, title, (), (), "", None)
    chart = histogram_of(results, address, typed)
    if chart.all_url:
        months = [replace(value, label=span_label(value.value)) for value in results.months if value.count]
        listed = tuple(bucket_of(DAY, value, address, days) for value in months)
        return Facet(name, title, (), listed, _("Chọn tháng"), None, chart)
    years = tuple(bucket_of(name, value, address, address.filters.get(name, ())) for value in values)
    return Facet(name, title, (), years, _("Chọn năm"), None, chart)


def url_for_facet(address: SearchAddress, name: str) -> str:
    """Where one looks for a value inside a facet."""
    return address.begun().url("search.facet", muc=name)


def chosen_of(name: str, address: SearchAddress, past: PastQuery) -> tuple[str, ...]:
    """The values of a facet that are filters now."""
    return past.persons if name == PERSON else address.filters.get(name, ())


def bucket_of(name: str, value: FacetValue, address: SearchAddress, chosen: Sequence[str]) -> Bucket:
    """One value with the way to choose it or take it off."""
    return Bucket(
        label=label_of(name, value),
        number=value.count,
        selected=value.value in chosen,
        url=None if name == PERSON else address.toggled(name, value.value).url(),
        value=value.value,
    )


def label_of(name: str, value: FacetValue) -> str:
    """The words for one value of a facet."""
    if name == "type":
        return type_name(value.value)
    if name == "quality":
        return str(QUALITIES.get(value.value, value.value))
    return value.label


# --- Histogram ---------------------------------------------------------------------------------------------------


def histogram_of(results: Results, address: SearchAddress, typed: Mapping[str, str]) -> Histogram:
    """The months of the one year chosen, else years (several together where there are many)."""
    year = address.one_year
    days = address.filters.get(DAY, ())
    if year is not None and results.months:
        bars = [_month(value, address, days) for value in results.months]
        caption, all_url = _("Theo tháng của năm %(year)s", year=year), address.with_filter("year", ()).url()
    else:
        bars = _years(results.facets.get("year", ()), address)
        caption, all_url = _("Theo năm"), None
    top = max((number for _label, number, _selected, _url in bars), default=0) or 1
    made = tuple(
        Bar(label, number, max(3, round(100 * number / top)) if number else 0, selected, url if number else None)
        for label, number, selected, url in bars
    )
    spans = [span for value in days if len(value) != len("2026-02") and (span := span_of(value)) is not None]
    ends = tuple(date.fromordinal(at).strftime("%d/%m/%Y") if at else "" for at in spans[0]) if spans else ("", "")
    sent = (typed.get(FROM, ""), typed.get(TO, ""))
    wrong = any(sent) and not days
    first, last = sent if wrong else (ends[0], ends[1])
    return Histogram(
        caption,
        made,
        (bars[0][0].split("–")[0], bars[-1][0].split("–")[-1]) if bars else ("", ""),
        all_url,
        address.begun().hidden(DAY, "year"),
        first,
        last,
        is_wrong=wrong,
    )


_Counted = tuple[str, int, bool, str]


def _month(value: FacetValue, address: SearchAddress, days: Sequence[str]) -> _Counted:
    year, month = value.value.split("-")
    return f"{month}/{year}", value.count, value.value in days, address.toggled(DAY, value.value).url()


def _years(values: Sequence[FacetValue], address: SearchAddress) -> list[_Counted]:
    """Years from the first to the last, those without documents too; together in fives or more where they are many."""
    counts = {int(value.value): value.count for value in values if value.value.isdigit()}
    if not counts:
        return []
    first, last = min(counts), max(counts)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500) if (last - first) // step < MOST_BARS)
    chosen = {int(year) for year in address.filters.get("year", ()) if year.isdigit()}
    found = []
    for start in range(first // step * step, last + 1, step):
        years = [year for year in range(start, start + step) if counts.get(year)]
        picked = bool(years) and chosen.issuperset(years)
        rest = chosen - set(years) if picked else chosen | set(years)
        url = address.with_filter("year", tuple(map(str, sorted(rest)))).url()
        label = str(start) if step == 1 else f"{start}–{start + step - 1}"
        found.append((label, sum(counts[year] for year in years), picked, url))
    return found


# --- Chips -------------------------------------------------------------------------------------------------------


def chips_of(results: Results, address: SearchAddress, past: PastQuery) -> tuple[Chip, ...]:
    """The active filters, each with the way to take it off."""
    chips = []
    for name, title in TITLES.items():
        labels = {value.value: label_of(name, value) for value in results.facets.get(name, ())}
        for value in chosen_of(name, address, past):
            label = f"{title}: {labels.get(value, label_of(name, FacetValue(value, 0, value)))}"
            if name == PERSON:
                chips.append(Chip(label, None, PERSON, value))
            else:
                chips.append(Chip(label, address.toggled(name, value).url()))
    chips += [Chip(span_label(value), address.toggled(DAY, value).url()) for value in address.filters.get(DAY, ())]
    return tuple(chips)


def span_label(value: str) -> str:
    """A span of days in words."""
    if len(value) == len("2026-02"):
        year, month = value.split("-")
        return str(_("Tháng %(month)s", month=f"{month}/{year}"))
    first, last = (date.fromordinal(at).strftime("%d/%m/%Y") if at else "" for at in span_of(value) or (None, None))
    if first and last:
        return str(_("Ngày %(day)s", day=first)) if first == last else str(_("Từ %(a)s đến %(b)s", a=first, b=last))
    return str(_("Từ ngày %(day)s", day=first)) if first else str(_("Đến ngày %(day)s", day=last))


def search_url() -> str:
    """Where the form of days is sent."""
    return url_for("search.results")
