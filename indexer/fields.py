"""The one declaration of search fields: Tantivy schema, Elasticsearch mapping, facets, projection and version follow.

A text field is kept in two forms, `<name>_exact` and `<name>_folded`, both already cut into tokens by `folding` and
split on blanks by the engine. Keyword fields are kept whole; number fields are signed 64-bit integers.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from indexer.backend import SearchDocument, SearchPage
from indexer.confusion import keys_of_word
from indexer.dates import day_token, day_tokens
from indexer.folding import folded_tokens, joined_forms
from indexer.numbers import number_keys, number_parts

# Stands between the parts of `all` so that no phrase runs from one field into the next; never cut from a text. Alone in
# a field without text: Lucene counts only documents that have a field, Tantivy all, and words would weigh differently.
BREAK = "¶"

# Bump when folding or the meaning of a field changes without the declaration changing.
FOLDING_VERSION = 4

# A keyword longer than this is cut: Lucene refuses more than 32,766 bytes, and no issuing body has such a name.
LONGEST_KEYWORD = 300

_ID_BITS = 32
_LAST = 1 << 62


class Kind(StrEnum):
    """How a field is kept."""

    TEXT = "text"
    KEYWORD = "keyword"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class TextField:
    """Words. `boost` is added to the score of a word found here too; `parts` are NFC texts of one document."""

    name: str
    parts: Callable[[SearchDocument], Iterable[str | Sequence[str]]]
    boost: float = 0.0
    why: bool = True


@dataclass(frozen=True, slots=True)
class KeywordField:
    """Whole values. `facet`: counted, and a filter of this name."""

    name: str
    values: Callable[[SearchDocument], Iterable[str]]
    facet: bool = False


@dataclass(frozen=True, slots=True)
class NumberField:
    """One integer per document, for ranges and order."""

    name: str
    value: Callable[[SearchDocument], int]


def _names(document: SearchDocument) -> Iterable[str]:
    return (name for _, name in document.persons)


def _number(document: SearchDocument) -> Iterable[str]:
    """The number as written, and without leading zeros where it has some."""
    parts = number_parts(document.number_text)
    plain = parts.number if parts else ""
    return (document.number_text, "" if plain in folded_tokens(document.number_text) else plain)


def _all(document: SearchDocument) -> Iterable[str | Sequence[str]]:
    for part in TEXT_FIELDS:
        if part.name != ALL:
            yield from part.parts(document)
    yield from (document.file_name, document.place, *document.identities)
    yield [page.text for page in document.pages]


def _days(document: SearchDocument) -> Iterable[str]:
    """One token for each day that the document bears or names, in whatever form."""
    own = [day_token(document.date)] if document.date else []
    return dict.fromkeys((*own, *(token for page in document.pages for token in day_tokens(page.text))))


def _titles(document: SearchDocument) -> Iterable[str]:
    """Title and subject as whole values, in both forms."""
    for title in (document.title, document.subject):
        yield from joined_forms(title)


def _misread(pages: Iterable[SearchPage]) -> Iterable[str]:
    """Confusion keys of the words that were recognised badly."""
    return dict.fromkeys(key for page in pages for word in page.doubtful for key in keys_of_word(word))


ALL = "all"
MISREAD = "misread"
TITLES = "titles"

TEXT_FIELDS: tuple[TextField, ...] = (
    TextField("title", lambda d: (d.title, d.subject), boost=2.0),
    TextField("number", _number, boost=2.0),
    TextField("person", _names, boost=1.5),
    TextField("case", lambda d: (code for _, code in d.cases), boost=1.5),
    TextField("body", lambda d: (d.body,), boost=0.5),
    TextField("signer", lambda d: (d.signer,), boost=0.5),
    TextField("typed", lambda d: (d.typed_text,), boost=1.0),
    TextField(ALL, _all, why=False),
)


def _keyword(value: str) -> str:
    return " ".join(value.split())[:LONGEST_KEYWORD]


def _keys(document: SearchDocument) -> Iterable[str]:
    year = document.date.year if document.date else None
    return dict.fromkeys((*document.number_keys, *number_keys(document.number_text, year)))


KEYWORD_FIELDS: tuple[KeywordField, ...] = (
    KeywordField("type", lambda d: (d.type,), facet=True),
    KeywordField("year", lambda d: (str(d.date.year),) if d.date else (), facet=True),
    KeywordField("body", lambda d: (d.body,), facet=True),
    KeywordField("person", lambda d: dict.fromkeys(str(id_) for id_, _ in d.persons), facet=True),
    KeywordField("case", lambda d: (str(id_) for id_, _ in d.cases), facet=True),
    KeywordField("quality", lambda d: (str(d.quality),), facet=True),
    KeywordField("number_keys", _keys),
    KeywordField(TITLES, _titles),
    KeywordField("days", _days),
    KeywordField("identities", lambda d: d.identities),
    KeywordField("organisations", lambda d: (str(id_) for id_ in d.organisations)),
    KeywordField("case_ids", lambda d: (str(id_) for id_ in d.case_ids)),
    KeywordField("flags", lambda d: d.flags),
    KeywordField(MISREAD, lambda d: _misread(d.pages)),
)


def _by_newest(document: SearchDocument) -> int:
    """Descending order: later date first, then smaller id; without a date last."""
    day = document.date.toordinal() if document.date else 0
    return (day << _ID_BITS) + ((1 << _ID_BITS) - 1 - document.id)


def _by_oldest(document: SearchDocument) -> int:
    """Ascending order: earlier date first, then smaller id; without a date last."""
    if document.date is None:
        return _LAST + document.id
    return (document.date.toordinal() << _ID_BITS) + document.id


def _by_number(document: SearchDocument) -> int:
    """Ascending order: smaller number, then suffix (15, 15a, 16), then smaller id; without a number last."""
    parts = number_parts(document.number_text)
    if parts is None:
        return _LAST + document.id
    digits = parts.number.rstrip("abcdefghijklmnopqrstuvwxyz")
    suffix = parts.number[len(digits) :]
    number = min(int(digits), (1 << 24) - 1)
    letter = ord(suffix) - 96 if suffix else 0
    order: int = ((number * 32 + letter) << _ID_BITS) + document.id
    return order


NUMBER_FIELDS: tuple[NumberField, ...] = (
    NumberField("id", lambda d: d.id),
    NumberField("revision", lambda d: d.revision),
    NumberField("removed", lambda d: 0),  # noqa: ARG005
    NumberField("flag_count", lambda d: len(set(d.flags))),
    NumberField("day", lambda d: d.date.toordinal() if d.date else 0),
    NumberField("by_newest", _by_newest),
    NumberField("by_oldest", _by_oldest),
    NumberField("by_number", _by_number),
    NumberField("last_page", lambda d: max((page.number for page in d.pages), default=0)),
)

FACETS: tuple[str, ...] = tuple(part.name for part in KEYWORD_FIELDS if part.facet)

# The fields of the page index beside the number of the page.
PAGE_TEXT = "text"

Values = str | int | list[str]


def columns() -> dict[str, Kind]:
    """Name and kind of every column of the document index, apart from the key."""
    found = {f"{part.name}_{form}": Kind.TEXT for part in TEXT_FIELDS for form in ("exact", "folded")}
    found |= {part.name: Kind.KEYWORD for part in KEYWORD_FIELDS}
    return found | {part.name: Kind.NUMBER for part in NUMBER_FIELDS}


def page_columns() -> dict[str, Kind]:
    """Name and kind of every column of the page index, apart from the key."""
    return {
        "document": Kind.KEYWORD,
        f"{PAGE_TEXT}_exact": Kind.TEXT,
        f"{PAGE_TEXT}_folded": Kind.TEXT,
        MISREAD: Kind.KEYWORD,
        "document_id": Kind.NUMBER,
        "number": Kind.NUMBER,
        "revision": Kind.NUMBER,
    }


def schema_version() -> str:
    """Changes whenever the declaration does; an index made with another one must be rebuilt."""
    declared = json.dumps([columns(), page_columns(), FOLDING_VERSION], sort_keys=True)
    return hashlib.sha256(declared.encode()).hexdigest()[:16]


def project(document: SearchDocument) -> Mapping[str, Values]:
    """What is written for a document: column -> value, exactly the columns of `columns()`."""
    row: dict[str, Values] = {}
    for part in TEXT_FIELDS:
        exact, folded = _forms(part.parts(document))
        row[f"{part.name}_exact"], row[f"{part.name}_folded"] = exact or BREAK, folded or BREAK
    for keyword in KEYWORD_FIELDS:
        row[keyword.name] = sorted({_keyword(value) for value in keyword.values(document)} - {""})
    for number in NUMBER_FIELDS:
        row[number.name] = number.value(document)
    return row


def project_page(document: SearchDocument, page: SearchPage) -> Mapping[str, Values]:
    """What is written for a page: exactly the columns of `page_columns()`."""
    exact, folded = _forms((page.text,))
    return {
        "document": str(document.id),
        f"{PAGE_TEXT}_exact": exact,
        f"{PAGE_TEXT}_folded": folded,
        MISREAD: sorted({_keyword(key) for key in _misread((page,))}),
        "document_id": document.id,
        "number": page.number,
        "revision": document.revision,
    }


def tombstone(id_: int, revision: int) -> Mapping[str, Values]:
    """What is written for a removed document: its id and revision and nothing else that could be found."""
    row: dict[str, Values] = dict(project(SearchDocument(id=id_, revision=revision)))
    return row | {"removed": 1, "quality": []}


def _forms(parts: Iterable[str | Sequence[str]]) -> tuple[str, str]:
    """Both forms of the parts of a field; a part may be several texts, across which phrases run."""
    exact: list[str] = []
    folded: list[str] = []
    for part in parts:
        texts = (part,) if isinstance(part, str) else part
        forms = [form for form in map(_cut, texts) if form[0]]
        if not forms:
            continue
        if exact:
            exact.append(BREAK)
            folded.append(BREAK)
        exact += (form[0] for form in forms)
        folded += (form[1] for form in forms)
    return " ".join(exact), " ".join(folded)


@lru_cache(maxsize=1024)  # texts: a page is cut for its document and again for itself
def _cut(text: str) -> tuple[str, str]:
    return joined_forms(text)
