"""What to try when nothing was found: which filter or which word bites, and how many results there are without it."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from app.backends import UnitOfWork
from app.services.past_queries import PastQuery
from app.services.searching import Query, search
from app.web.search_address import PERSON, SearchAddress
from app.web.search_views import TITLES
from indexer import parse

MOST_WORDS = 12  # each word is a question of its own; longer ones are relaxed by the index itself


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another search: by a link, or posted: `text` as the new words, or `remove` as a person filter taken off."""

    label: str
    url: str | None = None
    text: str | None = None
    clear_persons: bool = False


def suggestions(uow: UnitOfWork, address: SearchAddress, past: PastQuery) -> tuple[Suggestion, ...]:
    """Named constraints that bite, those whose removal gives most first."""
    query = address.begun().query(past.text, past.persons)
    found = _without_filters(uow, query, address)
    if past.text and not found:
        found = _without_words(uow, replace(query, filters={}), past.text)
    return found


def _count(uow: UnitOfWork, query: Query) -> int:
    return search(uow, replace(query, limit=0, offset=0, cursor=None)).total


def _without_filters(uow: UnitOfWork, query: Query, address: SearchAddress) -> tuple[Suggestion, ...]:
    ranked = []
    for name in query.filters:
        rest = {other: values for other, values in query.filters.items() if other != name}
        count = _count(uow, replace(query, filters=rest))
        if count:
            label = _("Bỏ bộ lọc “%(filter)s”: %(results)s", filter=str(TITLES[name]), results=_results(count))
            url = None if name == PERSON else address.with_filter(name, ()).url()
            ranked.append((count, Suggestion(label, url, clear_persons=name == PERSON)))
    return tuple(one for _count_of, one in sorted(ranked, key=lambda pair: -pair[0]))


def _without_words(uow: UnitOfWork, query: Query, text: str) -> tuple[Suggestion, ...]:
    words = text.split()
    if not parse(text).plain or not 2 <= len(words) <= MOST_WORDS:
        return ()
    missing = [word for word in words if not _count(uow, replace(query, text=word))]
    rest = " ".join(word for word in words if word not in missing)
    if not missing or not rest:
        return ()
    count = _count(uow, replace(query, text=rest))
    if not count:
        return ()
    label = _(
        "Không văn bản nào có “%(words)s”. Tìm “%(rest)s”: %(results)s",
        words=", ".join(missing),
        rest=rest,
        results=_results(count),
    )
    return (Suggestion(label, text=rest),)


def _results(count: int) -> str:
    return str(ngettext("%(num)s kết quả", "%(num)s kết quả", count))
