"""Reading a Tantivy index for a question: counting, ranking with ties by id, exact facets, best pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import tantivy

from indexer.asking import Order, Ranked, TooMany, Window
from indexer.backend import Bucket
from indexer.clauses import AnyOf, Clause, Group, Range, both, silent
from indexer.errors import SearchDamaged
from indexer.fields import FACETS
from indexer.generation import Part
from indexer.plan import Plan, page_clause
from indexer.tantivy_schema import KEY, integers, query, total
from indexer.tree import ParsedQuery

# Tantivy stops an aggregation at 65,000 buckets.
MOST_VALUES = 65_000

# Hits fetched beyond the window, so that equal scores at its edge can be put in the order of their ids.
EDGE = 50


class TantivyReader:
    """`asking.Reader` over one commit."""

    def __init__(self, part: Part) -> None:
        self._schema = part.schema
        self._searcher = part.searcher()
        self._together: dict[str, Sequence[Bucket] | TooMany] = {}
        self._counted: Plan | None = None

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """One counting search per clause."""
        return [total(self._search(clause, 1)) for clause in clauses]

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        """Total and window."""
        wanted = both(silent(plan.visible), silent(plan.narrowed()), plan.match)
        if order.column is None:
            return self._by_score(wanted, window)
        return self._by_column(wanted, order, window)

    def _by_column(self, wanted: Clause, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        matched = total(self._search(wanted, 1))
        offset = window.offset
        if window.after is not None and order.column is not None:
            edge = int(window.after.value)
            rest = Range(order.column, None, edge - 1) if order.descending else Range(order.column, edge + 1)
            wanted, offset = both(wanted, rest), 0
        if offset >= matched:
            return matched, []
        result = self._searcher.search(
            query(wanted, self._schema),
            limit=window.limit,
            offset=offset,
            count=False,
            order_by_field=order.column,
            order=tantivy.Order.Desc if order.descending else tantivy.Order.Asc,
        )
        return matched, self._ranked(result.hits, scored=False)

    def _by_score(self, wanted: Clause, window: Window) -> tuple[int, Sequence[Ranked]]:
        """The best so many, ordered by (score down, id up); fetches more until no tie crosses the edge."""
        start = window.after.seen if window.after else window.offset
        fetch = start + window.limit + EDGE
        while True:
            result = self._search(wanted, fetch)
            matched = total(result)
            ranked = self._ranked(result.hits, scored=True)
            complete = len(ranked) >= matched
            if not complete:  # those that tie with the last one may have unseen equals
                ranked = [hit for hit in ranked if hit.score > ranked[-1].score]
            ranked.sort(key=lambda hit: (-hit.score, hit.id))
            chosen = _after(ranked, window)
            if complete or len(chosen) >= window.limit:
                return matched, chosen[: window.limit]
            fetch *= 4

    def _ranked(self, hits: Sequence[tuple[float, tantivy.DocAddress]], *, scored: bool) -> list[Ranked]:
        addresses = [address for _, address in hits]
        ids = integers(self._searcher, "id", addresses)
        revisions = integers(self._searcher, "revision", addresses)
        return [
            Ranked(key, id_, revision, key if scored else 0.0)
            for (key, _), id_, revision in zip(hits, ids, revisions, strict=True)
        ]

    def values(self, plan: Plan, field: str, chosen: Sequence[str]) -> Sequence[Bucket] | TooMany:  # noqa: ARG002
        """Exact counts of all values; facets without a filter of their own are counted together."""
        if field in plan.filters:
            return self._counts(plan, (field,))[field]
        if self._counted is not plan or field not in self._together:
            self._together = self._counts(plan, tuple(name for name in FACETS if name not in plan.filters))
            self._counted = plan
        counted = self._together[field]
        # Together they may pass the engine's limit of buckets although each one alone does not.
        return self._counts(plan, (field,))[field] if isinstance(counted, TooMany) else counted

    def every_value(self, plan: Plan, field: str) -> Sequence[Bucket] | TooMany:
        """The same counts: this engine gives all of them."""
        return self.values(plan, field, ())

    def _counts(self, plan: Plan, fields: Sequence[str]) -> dict[str, Sequence[Bucket] | TooMany]:
        """Counts of fields that are limited by the same filters: all but that of the first."""
        wanted = both(silent(plan.visible), silent(plan.narrowed(without=fields[0])), silent(plan.match))
        terms = {name: {"terms": {"field": name, "size": MOST_VALUES, "segment_size": MOST_VALUES}} for name in fields}
        try:
            answer = self._searcher.aggregate(query(wanted, self._schema), terms)
        except ValueError as error:
            if "bucket" not in str(error).lower():
                raise
            return dict.fromkeys(fields, TooMany())
        return {name: _exact(name, answer[name]) for name in fields}

    def scores(self, ids: Sequence[int], clause: Clause) -> Mapping[int, float]:
        """One search among these documents."""
        among = AnyOf(KEY, tuple(str(id_) for id_ in ids))
        result = self._search(Group(must=(among, clause)), len(ids))
        return {hit.id: hit.score for hit in self._ranked(result.hits, scored=True)}

    def reasons(self, ids: Sequence[int], named: Mapping[str, Clause]) -> Mapping[int, tuple[str, ...]]:
        """One small search per name."""
        among = AnyOf(KEY, tuple(str(id_) for id_ in ids))
        found: dict[int, tuple[str, ...]] = {}
        for name, clause in named.items():
            result = self._search(both(among, silent(clause)), len(ids))
            for hit in self._ranked(result.hits, scored=False):
                found[hit.id] = (*found.get(hit.id, ()), name)
        return found

    def _search(self, clause: Clause, limit: int) -> tantivy.SearchResult:
        return self._searcher.search(query(clause, self._schema), limit=max(limit, 1))


def _exact(name: str, answer: Mapping[str, Any]) -> Sequence[Bucket] | TooMany:
    """The counts of a field, if they are exact."""
    if answer["doc_count_error_upper_bound"] != 0:
        return TooMany()
    if answer["sum_other_doc_count"] != 0:
        raise SearchDamaged(f"{name}: {answer['sum_other_doc_count']} documents not counted")
    return [Bucket(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]


def _after(ranked: Sequence[Ranked], window: Window) -> Sequence[Ranked]:
    if window.after is None:
        return ranked[window.offset :]
    edge = (-window.after.value, window.after.id)
    return [hit for hit in ranked if (-hit.score, hit.id) > edge]


def best_pages(
    part: Part, ids: Sequence[int], parsed: ParsedQuery, limit: int, *, every: bool = False
) -> dict[int, tuple[int, ...]]:
    """Numbers of the pages of each document that hold words of the question, best first, ties by number."""
    wanted = page_clause(parsed, every=every)
    if wanted is None or limit < 1:
        return {}
    searcher = part.searcher()
    found: dict[int, tuple[int, ...]] = {}
    for id_ in ids:
        clause = both(AnyOf("document", (str(id_),)), wanted)
        result = searcher.search(query(clause, part.schema), limit=limit + EDGE)
        numbers = integers(searcher, "number", [address for _, address in result.hits])
        scored = zip((score for score, _ in result.hits), numbers, strict=True)
        ordered = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
        if ordered:
            found[id_] = tuple(number for _, number in ordered[:limit])
    return found
