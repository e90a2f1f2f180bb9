"""An index that another version of the program made: what it answers and what can be written to it.

While a rebuild fills the next index, the live one goes on: clauses on columns that it lacks find nothing, and rows are
written without them. Who may see what is never guessed: an index that lacks a column of the permission does not
answer. A column of the permission whose meaning changes therefore gets another name, and so does one of another kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.asking import Order, Ranked, Reader, TooMany, Window
from indexer.backend import Allowed, Bucket, Found
from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Phrase, Prefix, Range, Word
from indexer.errors import SearchOutdated
from indexer.fields import Kind, columns, page_columns, schema_version
from indexer.plan import Plan, visible_to
from indexer.rows import Entry
from indexer.tree import Note

# What writing, walking and comparing need beside the permission.
_MACHINERY = frozenset({"id", "revision", "removed", "last_page"})

KEY = "key"

_TOLD = Note(
    "index-older", "", "Chỉ mục đang được dựng lại cho phiên bản mới; vài điều kiện tạm thời có thể chưa cho kết quả."
)


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that an index has and this program knows, with the kind this program gives them."""

    version: str
    documents: Mapping[str, Kind]
    pages: Mapping[str, Kind]

    @property
    def is_current(self) -> bool:
        """Whether this program's declaration made it."""
        return self.version == schema_version()

    @property
    def has_pages(self) -> bool:
        """Whether its pages can be asked."""
        return self.pages.keys() == page_columns().keys()

    def fitting(self, entries: Iterable[Entry]) -> list[Entry]:
        """The same entries with the columns that this index has."""
        return [
            replace(
                each,
                row={name: value for name, value in each.row.items() if name in self.documents},
                pages=tuple((key, {n: v for n, v in row.items() if n in self.pages}) for key, row in each.pages),
            )
            for each in entries
        ]

    def reader(self, reader: Reader) -> Reader:
        """A reader of this index that is asked for what it has only."""
        return reader if self.is_current else _OlderReader(reader, self.documents)

    def told(self, found: Found) -> Found:
        """The answer, with a word on the index it came from."""
        return found if self.is_current else replace(found, notes=(*found.notes, _TOLD))


def shape_of(name: str, version: str, documents: Mapping[str, Kind | None], pages: Mapping[str, Kind | None]) -> Shape:
    """What an index with these columns can do. Raises `SearchOutdated` where it cannot tell who may see what."""
    shape = Shape(version, _shared(columns(), documents), _shared(page_columns(), pages))
    access = visible_to(Allowed(frozenset({0}), frozenset({0}), frozenset({""})), frozenset({0}))
    lacking = (_fields(access) | _MACHINERY) - shape.documents.keys() - {KEY}
    if lacking:
        raise SearchOutdated(f"{name} has {version} without {', '.join(sorted(lacking))}")
    return shape


def _shared(declared: Mapping[str, Kind], found: Mapping[str, Kind | None]) -> dict[str, Kind]:
    return {name: kind for name, kind in declared.items() if found.get(name) is kind}


def _fields(clause: Clause) -> set[str]:
    if isinstance(clause, Everything | Nothing):
        return set()
    if isinstance(clause, Constant):
        return _fields(clause.clause)
    if isinstance(clause, Group):
        return {name for part in (*clause.must, *clause.should, *clause.exclude) for name in _fields(part)}
    return {clause.field}


def within(clause: Clause, known: Mapping[str, Kind]) -> Clause:
    """The clause for an index with these columns: what it lacks finds nothing."""
    if isinstance(clause, Word | Phrase | Prefix | Near | AnyOf | Range):
        return clause if clause.field in known or clause.field == KEY else Nothing()
    if isinstance(clause, Constant):
        return replace(clause, clause=within(clause.clause, known))
    if isinstance(clause, Group):
        return replace(
            clause,
            must=tuple(within(part, known) for part in clause.must),
            should=tuple(within(part, known) for part in clause.should),
            exclude=tuple(within(part, known) for part in clause.exclude),
        )
    return clause


class _OlderReader:
    """`asking.Reader` over an index that lacks some columns."""

    def __init__(self, reader: Reader, known: Mapping[str, Kind]) -> None:
        self._reader = reader
        self._known = known
        self._trimmed: tuple[Plan, Plan] | None = None

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        return self._reader.count([within(clause, self._known) for clause in clauses])

    def weigh(self, clauses: Sequence[Clause]) -> Sequence[int]:
        return self._reader.weigh([within(clause, self._known) for clause in clauses])

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        return self._reader.rank(self._plan(plan), self._order(order), window)

    def together(
        self, counted: Sequence[Clause], listed: Sequence[tuple[Clause, int]], order: Order
    ) -> tuple[Sequence[int], Sequence[Sequence[int]]]:
        asked = [(within(clause, self._known), limit) for clause, limit in listed]
        return self._reader.together([within(clause, self._known) for clause in counted], asked, self._order(order))

    def ahead(self, plan: Plan) -> None:
        self._reader.ahead(self._plan(plan))

    def values(self, plan: Plan, field: str, chosen: Sequence[str]) -> Sequence[Bucket] | TooMany:
        return self._reader.values(self._plan(plan), field, chosen) if field in self._known else ()

    def every_value(self, plan: Plan, field: str) -> Sequence[Bucket] | TooMany:
        return self._reader.every_value(self._plan(plan), field) if field in self._known else ()

    def scores(self, ids: Sequence[int], clause: Clause) -> Mapping[int, float]:
        return self._reader.scores(ids, within(clause, self._known))

    def reasons(self, ids: Sequence[int], named: Mapping[str, Clause]) -> Mapping[int, tuple[str, ...]]:
        return self._reader.reasons(ids, {name: within(clause, self._known) for name, clause in named.items()})

    def _order(self, order: Order) -> Order:
        return order if order.column is None or order.column in self._known else replace(order, column="id")

    def _plan(self, plan: Plan) -> Plan:
        """The plan for this index; one object for one plan, for readers count all facets of a plan at once."""
        if self._trimmed is None or self._trimmed[0] is not plan:
            filters = {name: within(clause, self._known) for name, clause in plan.filters.items()}
            match, visible = within(plan.match, self._known), within(plan.visible, self._known)
            self._trimmed = plan, replace(plan, match=match, visible=visible, filters=filters)
        return self._trimmed[1]
