"""The seam between the application and search: what is written, what is asked, what is answered.

Ids, revisions and scores cross it, never text out of the index. `embedded` and `elastic` keep the same promises and
the same contract tests hold them to it.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from indexer.accents import AccentModel
from indexer.tree import Note


class Quality(StrEnum):
    """How well a document could be read."""

    TEXT = "text"
    SCAN = "scan"
    WEAK = "weak"
    UNREAD = "unread"


class Sort(StrEnum):
    """Orders of the answer; ties always break by document id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"


class Rule(StrEnum):
    """Which words of a plain question must be in a document."""

    ALL = "all"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The text of one page; numbers begin at 1. `doubtful` are the words of it that were recognised badly."""

    number: int
    text: str
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """Everything search knows of a document. The index refuses it when it holds a newer revision.

    `organisations` and `case_ids` (owner organisations of the document and of the cases it is filed in; those cases)
    and `flags` decide who sees it; `persons` and `cases` are (id, name) and (id, code) for facets and words. A person
    known by several names is there once for each.
    """

    id: int
    revision: int
    title: str = ""
    type: str = ""
    number_text: str = ""
    number_keys: tuple[str, ...] = ()
    date: datetime.date | None = None
    body: str = ""
    subject: str = ""
    persons: tuple[tuple[int, str], ...] = ()
    identities: tuple[str, ...] = ()
    cases: tuple[tuple[int, str], ...] = ()
    organisations: tuple[int, ...] = ()
    case_ids: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    quality: Quality | str = Quality.UNREAD
    file_name: str = ""
    place: str = ""
    signer: str = ""
    typed_text: str = ""
    pages: tuple[SearchPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who asks: a document is visible if one of its organisations or cases is here and all its flags are.

    `organisations=None` means all of them (the operator only), `flags=None` all flags. Nothing is the default.
    """

    organisations: frozenset[int] | None = frozenset()
    cases: frozenset[int] = frozenset()
    flags: frozenset[str] | None = frozenset()

    @classmethod
    def everything(cls) -> "Allowed":
        """For the operator at the command line and for the audit."""
        return cls(organisations=None, flags=None)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question. `filters` are facet name -> values (OR inside a facet, AND between them).

    `exclude` are ids that are hidden although allowed (their access facts changed and are not indexed yet). `home` are
    the asker's own organisations: of several documents with the number asked for, theirs come first. `persons` are
    words of the question (without accents) that name persons, and their ids. `cursor`
    is what the answer before gave; with it `offset` is ignored. `limit` counts up to 5,000; more go by cursor.
    A walk by cursor is steady by date and number; by relevance a write in between may shift scores. `last` asks for the
    last of the parts of `limit` hits instead. `filters` may hold spans of days as `day` (see `dates.span_of`).
    `months_of` is a year whose months are counted besides. `accents` knows what words without accents probably mean.
    """

    text: str = ""
    allowed: Allowed = field(default_factory=Allowed)
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort | str = Sort.RELEVANCE
    limit: int = 20
    offset: int = 0
    cursor: str | None = None
    exclude: frozenset[int] = frozenset()
    home: frozenset[int] = frozenset()
    persons: Mapping[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict)
    last: bool = False
    months_of: int | None = None
    accents: AccentModel | None = None

    def __post_init__(self) -> None:
        """`ValueError` for an order that does not exist."""
        Sort(self.sort)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `why` are the names of the fields that hold a word of the question ("text" if none does).
    `lacks` are the words of the question, in small letters, that a document found under the rule of most does not
    hold."""

    id: int
    revision: int
    score: float
    why: tuple[str, ...]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """One value of a facet and how many documents have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: exact total, one page of hits, facets (most frequent values first), the rule that was used.

    `text` is the question that was answered, where it is not the one that was typed (keystrokes written out).
    `months` are the months of the year asked for (2026-02) under all filters but those of years and days.
    `before` is how many hits of the order come before this page.
    `misread` of the total were found only since a word was recognised badly: the last ones, in every order.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Bucket, ...]]
    rule: Rule
    notes: tuple[Note, ...]
    cursor: str | None
    text: str | None = None
    months: tuple[Bucket, ...] = ()
    misread: int = 0
    before: int = 0

    @property
    def is_poor(self) -> bool:
        """Whether nothing holds all the words as they were asked."""
        return self.total == self.misread or self.rule is Rule.MOST


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that somebody is typing, the last one perhaps only begun; `limit` documents of each kind.

    `persons` are ids of which the answer tells how many documents the asker may see, `allowed` and `exclude` as in
    `SearchRequest`. `past` are questions of which it tells how many documents each finds, as `SearchBackend.count`.
    """

    text: str
    allowed: Allowed = field(default_factory=Allowed)
    exclude: frozenset[int] = frozenset()
    persons: tuple[int, ...] = ()
    past: tuple[SearchRequest, ...] = ()
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Suggested:
    """Ids of documents whose number, and of those whose title holds the words begun, newest first; person -> number of
    documents, without those that have none; the total of each past question."""

    numbers: tuple[int, ...]
    titles: tuple[int, ...]
    persons: Mapping[int, int]
    past: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Ids that the index took, and ids it refused because it holds a newer revision."""

    taken: tuple[int, ...]
    refused: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did. Not swapped: `missing` and `extra` (id, revision) are the differences that stayed."""

    swapped: bool
    documents: int
    rounds: int
    missing: tuple[tuple[int, int], ...] = ()
    extra: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the index: kind ("tantivy" or "elasticsearch"), documents, and one line for the operator.

    `outdated`: another version of the program made it, or it cannot be opened; a rebuild repairs both. `beside`:
    documents in the index that a rebuild fills at this moment, None where none runs.
    """

    kind: str
    documents: int
    healthy: bool
    detail: str
    outdated: bool = False
    beside: int | None = None


Revision = tuple[int, int]
Check = Callable[[], Iterable[Revision]]
Fetch = Callable[[Sequence[int]], Iterable[SearchDocument]]


class SearchBackend(Protocol):
    """Search, embedded or on a server. Raises `SearchDown` where it cannot be reached; see `indexer.errors`."""

    def write(self, documents: Sequence[SearchDocument]) -> Written:
        """Write documents and their pages; durable and visible when it returns. Older revisions are refused."""
        ...

    def remove(self, rows: Sequence[Revision]) -> Written:
        """Remove documents; (id, revision) of the removal stays known, so that an older write is refused later."""
        ...

    def writing(self, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold the turn to write; `SearchBusy` after `wait` seconds where another process has it."""
        ...

    def find(self, request: SearchRequest) -> Found:
        """Answer a question."""
        ...

    def count(self, requests: Sequence[SearchRequest]) -> tuple[int, ...]:
        """How many documents each question finds, without their order and facets."""
        ...

    def every_value(self, request: SearchRequest, facet: str) -> tuple[Bucket, ...] | None:
        """All values of a facet for a question, most frequent first; None where there are too many to count."""
        ...

    def suggest(self, typed: Typed) -> Suggested:
        """What begins with the words that are typed."""
        ...

    def pages(
        self, ids: Sequence[int], text: str, limit_per_document: int = 3, *, every: bool = False
    ) -> dict[int, tuple[int, ...]]:
        """Numbers of the pages that match best, best first (exact accents before folded); {} entries are left out.

        A page matches that holds one of the words; with `every`, one that holds all that a text can hold.
        """
        ...

    def revisions(self) -> Iterator[Revision]:
        """(id, revision) of all documents in the index, by id; what was removed is not among them."""
        ...

    def rebuild(
        self, documents: Iterable[SearchDocument], *, check: Check, fetch: Fetch | None = None
    ) -> RebuildReport:
        """Write everything beside the live index, then swap under the live lock if it equals `check()`.

        `fetch` loads the documents with these ids as they are now; with it a rebuild brings documents in that
        changed on the way, without it it waits for the index jobs to do so.
        """
        ...

    def status(self) -> Status:
        """Never raises."""
        ...

    def clear(self) -> None:
        """Empty the index, removals included."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
