"""What to try when nothing was found: which filter, condition or word bites, and how many results there are without it.

All counts of one page are asked for at once, those that depend on the first ones once more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import structlog
from flask_babel import gettext as _
from flask_babel import ngettext

from app.backends import UnitOfWork
from app.services.past_queries import PastQuery
from app.services.searching import Query, request_of
from app.web.search_address import PERSON, SearchAddress
from app.web.search_facets import TITLES, span_label
from indexer import ParsedQuery, parse
from indexer.errors import SearchError
from indexer.folding import without_accents
from indexer.plan import DAY
from indexer.tree import Part

log = structlog.get_logger()

MOST_WORDS = 12  # each word is a question of its own; longer ones are relaxed by the index itself
MOST_SUGGESTIONS = 5
_QUOTES = str.maketrans("", "", '"')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another search: by a link, or posted: `text` as the new words, `clear_persons` without its persons, or `clear`
    without any filter."""

    label: str
    url: str | None = None
    text: str | None = None
    clear_persons: bool = False
    clear: bool = False


def suggestions(uow: UnitOfWork, address: SearchAddress, past: PastQuery) -> tuple[Suggestion, ...]:
    """Named constraints that bite, those whose removal gives most first; where none does alone, words that no document
    has."""
    query = replace(address.begun().query(past.text, past.persons), months_of=None)
    parsed = parse(past.text)
    asked = [*_without_filters(query, address), *_without_parts(query, parsed), *_fields_alone(query, parsed)]
    asked += _other_accents(query)
    single = _single_words(query, parsed)
    counts = _count(uow, [*(one for one, _made in asked), *(one for one, _word in single)])
    found = [(n, made(n)) for n, (_query, made) in zip(counts, asked, strict=False) if n]
    if found:
        ranked = sorted(found, key=lambda pair: -pair[0])
        return tuple(dict.fromkeys(one for _n, one in ranked))[:MOST_SUGGESTIONS]
    missing = [word for n, (_query, word) in zip(counts[len(asked) :], single, strict=True) if not n]
    return _without_words(uow, query, parsed, missing) or _words_alone(uow, query, parsed, past)


class _Label:
    """Makes the suggestion once the count is known."""

    def __init__(self, label: str, **given: object) -> None:
        self._label, self._given = label, given

    def __call__(self, count: int) -> Suggestion:
        return Suggestion(f"{self._label}: {_results(count)}", **self._given)  # type: ignore[arg-type]


Asked = tuple[Query, _Label]


def _count(uow: UnitOfWork, queries: Sequence[Query]) -> tuple[int, ...]:
    """How many documents each finds; nothing is suggested where search does not answer any more."""
    if not queries:
        return ()
    asker = request_of(uow, Query())
    try:
        return uow.search.count([replace(asker, text=query.text, filters=query.filters) for query in queries])
    except SearchError as error:
        log.warning("search.failed", code=error.code)
        return (0,) * len(queries)


def _without_filters(query: Query, address: SearchAddress) -> Iterator[Asked]:
    for name, values in query.filters.items():
        rest = {other: chosen for other, chosen in query.filters.items() if other != name}
        title = span_label(values[0]) if name == DAY else str(TITLES[name])
        url = None if name == PERSON else address.with_filter(name, ()).url()
        if name == "year":
            rest.pop(DAY, None)
        made = _Label(_("Bỏ bộ lọc “%(filter)s”", filter=title), url=url, clear_persons=name == PERSON)
        yield replace(query, filters=rest), made


def _without_parts(query: Query, parsed: ParsedQuery) -> Iterator[Asked]:
    """Without each field, phrase or excluded word that was typed."""
    typed = query.text
    for part in parsed.parts:
        said = typed[part.start : part.end]
        rest = " ".join(f"{typed[: part.start]} {typed[part.end :]}".split())
        if said.startswith('"'):
            loose = " ".join(
                f"{typed[: part.start]} {said.partition('~')[0].translate(_QUOTES)} {typed[part.end :]}".split()
            )
            label = _("Tìm %(words)s không cần đứng liền nhau", words=f"“{said.translate(_QUOTES)}”")
            yield replace(query, text=loose), _Label(label, text=loose)
        elif rest and (part.field or said.startswith("-") or _is_wrong(part, parsed)):
            yield replace(query, text=rest), _Label(_("Bỏ điều kiện “%(part)s”", part=said), text=rest)


def _fields_alone(query: Query, parsed: ParsedQuery) -> Iterator[Asked]:
    """The conditions without any word, where both were typed."""
    fields, words = (
        " ".join(query.text[part.start : part.end] for part in parsed.parts if bool(part.field) is has_field)
        for has_field in (True, False)
    )
    if fields and words:
        yield replace(query, text=fields), _Label(_("Bỏ các chữ “%(words)s”", words=words), text=fields)


def _is_wrong(part: Part, parsed: ParsedQuery) -> bool:
    """Whether something in this part could not be understood."""
    return any(note.place is not None and part.start <= note.place[0] < part.end for note in parsed.notes)


def _other_accents(query: Query) -> Iterator[Asked]:
    """The question without accents: the words in quotation marks are then found under any accents."""
    bare = without_accents(query.text)
    if '"' in query.text and bare != query.text:
        yield replace(query, text=bare), _Label(_("Tìm không phân biệt dấu: “%(words)s”", words=bare), text=bare)


def _single_words(query: Query, parsed: ParsedQuery) -> list[tuple[Query, str]]:
    words = _words(query, parsed)
    if not parsed.plain or not 2 <= len(words) <= MOST_WORDS:
        return []
    return [(replace(query, text=word, filters={}), word) for word in words]


def _words(query: Query, parsed: ParsedQuery) -> list[str]:
    """The words as they were typed; a part that was not understood stands together."""
    typed = (query.text[part.start : part.end].strip('"') for part in parsed.parts)
    return [word for word in typed if word]


def _without_words(
    uow: UnitOfWork, query: Query, parsed: ParsedQuery, missing: Sequence[str]
) -> tuple[Suggestion, ...]:
    rest = " ".join(word for word in _words(query, parsed) if word not in missing)
    if not parsed.plain or not missing or not rest:
        return ()
    (count,) = _count(uow, [replace(query, text=rest)])
    label = _("Không văn bản nào có “%(words)s”. Tìm “%(rest)s”", words=", ".join(missing), rest=rest)
    return (_Label(label, text=rest)(count),) if count else ()


def _words_alone(uow: UnitOfWork, query: Query, parsed: ParsedQuery, past: PastQuery) -> tuple[Suggestion, ...]:
    """The words without any field and filter, where several of these bite together."""
    kept = [past.text[part.start : part.end] for part in parsed.parts if not part.field]
    words = " ".join(word for word in kept if not word.startswith("-")).translate(_QUOTES)
    if not words or (words == past.text and not query.filters):
        return ()
    (count,) = _count(uow, [Query(words)])
    label = _("Bỏ mọi bộ lọc và điều kiện, chỉ tìm “%(words)s”", words=words)
    return (_Label(label, text=words, clear=True)(count),) if count else ()


def _results(count: int) -> str:
    return str(ngettext("%(num)s kết quả", "%(num)s kết quả", count))
