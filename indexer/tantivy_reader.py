"""Reading a Tantivy index for a question: counting, ranking with ties by id, exact facets, best pages.

A search among few documents is asked clause by clause: a clause alone skips from one of them to the next, a union of
clauses goes through thousands of documents around each (a hundred documents, twelve pairs of words: 8 ms, not 95).
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import tantivy

from indexer.asking import FACET_LIMIT, Order, Ranked, TooMany, Window
from indexer.backend import Bucket
from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Range, Word, both, silent
from indexer.errors import SearchDamaged
from indexer.fields import FACETS
from indexer.generation import Part
from indexer.plan import COMMON_SHARE, Plan, page_clause
from indexer.tantivy_schema import KEY, integers, query, total
from indexer.tree import ParsedQuery

# Tantivy stops an aggregation at 65,000 buckets.
MOST_VALUES = 65_000

# Hits fetched beyond the window, so that equal scores at its edge can be put in the order of their ids.
EDGE = 50

# Values of a facet that are fetched at first: beyond those that are shown, for values of one count may lie at the edge.
FREQUENT = 1_000

# Clauses told apart by one score: each gives a power of two, and a float of 32 bits adds these without loss up to 24.
MOST_BITS = 20

# Documents of an index in which single words are asked for together: of 3,000 documents that saves 5 ms in a question
# of 12 words and 13 ms in one of 40, of 823,000 the union costs 7 ms more than a search for each.
MOST_TOGETHER = 50_000

# Counts kept for one commit; a key and a number.
MOST_COUNTS = 20_000

_Facets = Mapping[str, tuple[Sequence[Bucket], bool] | TooMany]

_threads: dict[int, ThreadPoolExecutor] = {}


class TantivyReader:
    """`asking.Reader` over one commit."""

    def __init__(self, part: Part) -> None:
        self._schema = part.schema
        self._searcher, self._counts_kept = part.reading()
        self._ahead: tuple[Plan, Mapping[str, Future[_Facets]]] | None = None

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """One counting search per clause that was not counted since the last commit; several at once."""
        if len(clauses) < 2:
            return [self._count(clause) for clause in clauses]
        return list(_pool().map(self._count, clauses))

    def _count(self, clause: Clause) -> int:
        key = hashlib.sha256(repr(clause).encode()).digest()
        found = self._counts_kept.get(key)
        if found is None:
            # Counted as an aggregation: the engine's search weighs every document that it counts, twice the work.
            answer = self._searcher.aggregate(query(clause, self._schema), {"n": {"value_count": {"field": "removed"}}})
            found = int(answer["n"]["value"])
            if len(self._counts_kept) >= MOST_COUNTS:
                self._counts_kept.clear()
            self._counts_kept[key] = found
        return found

    def weigh(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """What the engine knows of a word, how many documents hold it, often tells enough; the others are counted."""
        visible = clauses[0]
        all_ = self._count(visible)
        unseen = sum(self._searcher.doc_freq("removed", value) for value in (0, 1)) - all_  # replaced ones among them
        numbers = {at: self._surely(clause, visible, all_, unseen) for at, clause in enumerate(clauses)}
        left = [at for at, number in numbers.items() if number is None]
        numbers |= dict(zip(left, self.count([clauses[at] for at in left]), strict=True))
        told = [number or 0 for number in numbers.values()]
        return told if any(0 < number <= all_ * COMMON_SHARE for number in told[1:]) else self.count(clauses)

    def _surely(self, clause: Clause, visible: Clause, all_: int, unseen: int) -> int | None:
        """A number that is on the same side of none and of the share as that of the visible documents with a word."""
        match clause:
            case Group((first, Constant(Word(field, token))), (), (), 0) if first == visible:
                held = self._searcher.doc_freq(field, token)
                if unseen < held <= all_ * COMMON_SHARE:
                    return held
                if held - unseen > all_ * COMMON_SHARE:
                    return held - unseen
        return None

    def ahead(self, plan: Plan) -> None:
        """Begin to count the facets in other threads: Tantivy lets go of the interpreter meanwhile."""
        self._ahead = self._begun(plan)

    def _begun(self, plan: Plan) -> tuple[Plan, Mapping[str, "Future[_Facets]"]]:
        """One pass for all facets without a filter of their own, and one for each of the others."""
        free = tuple(name for name in FACETS if name not in plan.filters)
        passes = [free, *((name,) for name in FACETS if name in plan.filters)]
        counting = {names: _pool().submit(self._frequent, plan, names) for names in passes}
        return plan, {name: counting[names] for names in passes for name in names}

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        """Total and window."""
        wanted = both(silent(plan.visible), silent(plan.narrowed()), plan.match)
        if order.column is None:
            return self._by_score(wanted, window)
        return self._by_column(wanted, order, window)

    def together(
        self, counted: Sequence[Clause], listed: Sequence[tuple[Clause, int]], order: Order
    ) -> tuple[Sequence[int], Sequence[Sequence[int]]]:
        """One after the other: nothing lies between here and the index."""
        found = [self._in_order(clause, order, limit, 0, count=False).hits for clause, limit in listed]
        ids = [integers(self._searcher, "id", [address for _, address in hits]) for hits in found]
        return self.count(counted), ids

    def _by_column(self, wanted: Clause, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        if window.after is None:
            result = self._in_order(wanted, order, window.limit, window.offset, count=True)
            return total(result), self._ranked(result.hits, scored=False)
        matched = self._count(wanted)
        offset = window.offset
        if order.column is not None:
            edge = int(window.after.value)
            rest = Range(order.column, None, edge - 1) if order.descending else Range(order.column, edge + 1)
            wanted, offset = both(wanted, rest), 0
        result = self._in_order(wanted, order, window.limit, offset, count=False)
        return matched, self._ranked(result.hits, scored=False)

    def _in_order(self, wanted: Clause, order: Order, limit: int, offset: int, *, count: bool) -> tantivy.SearchResult:
        return self._searcher.search(
            query(wanted, self._schema),
            limit=max(1, min(limit, self._searcher.num_docs)),
            offset=min(offset, self._searcher.num_docs),
            count=count,
            order_by_field=order.column,
            order=tantivy.Order.Desc if order.descending else tantivy.Order.Asc,
        )

    def _by_score(self, wanted: Clause, window: Window) -> tuple[int, Sequence[Ranked]]:
        """The best so many, ordered by (score down, id up); fetches more until no tie crosses the edge."""
        start = window.after.seen if window.after else window.offset
        most = max(1, self._searcher.num_docs)  # the engine makes room for all that it is asked for
        fetch = min(start + window.limit + EDGE, most)
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
            fetch = min(4 * fetch, most)

    def _ranked(self, hits: Sequence[tuple[float, tantivy.DocAddress]], *, scored: bool) -> list[Ranked]:
        addresses = [address for _, address in hits]
        ids = integers(self._searcher, "id", addresses)
        revisions = integers(self._searcher, "revision", addresses)
        return [
            Ranked(key, id_, revision, key if scored else 0.0)
            for (key, _), id_, revision in zip(hits, ids, revisions, strict=True)
        ]

    def values(self, plan: Plan, field: str, chosen: Sequence[str]) -> Sequence[Bucket] | TooMany:
        """Exact counts of the most frequent and the chosen values, at least `FACET_LIMIT` of them where there are."""
        if self._ahead is None or self._ahead[0] is not plan:
            self._ahead = self._begun(plan)
        counted = self._ahead[1][field].result()[field]
        # Together they may pass the engine's limit of buckets although each one alone does not.
        if isinstance(counted, TooMany):
            return self.every_value(plan, field)
        shown, every = counted
        if every or (len(shown) >= FACET_LIMIT and {bucket.value for bucket in shown}.issuperset(chosen)):
            return shown
        return self.every_value(plan, field)

    def every_value(self, plan: Plan, field: str) -> Sequence[Bucket] | TooMany:
        """Exact counts of all values."""
        answer = self._aggregate(plan, (field,), MOST_VALUES)
        if isinstance(answer, TooMany) or answer[field]["doc_count_error_upper_bound"] != 0:
            return TooMany()
        if answer[field]["sum_other_doc_count"] != 0:
            raise SearchDamaged(f"{field}: {answer[field]['sum_other_doc_count']} documents not counted")
        return _buckets(answer[field])

    def _frequent(self, plan: Plan, fields: Sequence[str]) -> _Facets:
        """The most frequent values of facets that are limited by the same filters."""
        answer = self._aggregate(plan, fields, FREQUENT)
        return {name: answer if isinstance(answer, TooMany) else _most_frequent(answer[name]) for name in fields}

    def _aggregate(self, plan: Plan, fields: Sequence[str], size: int) -> Mapping[str, Any] | TooMany:
        """Counts of fields that are limited by the same filters: all but that of the first."""
        if not fields:
            return {}
        wanted = both(silent(plan.visible), silent(plan.narrowed(without=fields[0])), silent(plan.match))
        terms = {name: {"terms": {"field": name, "size": size, "segment_size": MOST_VALUES}} for name in fields}
        try:
            answer: Mapping[str, Any] = self._searcher.aggregate(query(wanted, self._schema), terms)
        except ValueError as error:
            if "bucket" not in str(error).lower():
                raise
            return TooMany()
        return answer

    def scores(self, ids: Sequence[int], clause: Clause) -> Mapping[int, float]:
        """One search for each part of the clause among these documents."""
        optional = isinstance(clause, Group) and not (clause.must or clause.exclude or clause.minimum)
        parts = clause.should if isinstance(clause, Group) and optional else (clause,)
        found: dict[int, float] = {}
        for id_, score, _ in self._among(ids, parts):
            found[id_] = found.get(id_, 0.0) + score
        return found

    def reasons(self, ids: Sequence[int], named: Mapping[str, Clause]) -> Mapping[int, tuple[str, ...]]:
        """One small search per name; in a small index one for many names that ask for single words (see
        `MOST_TOGETHER`)."""
        names = tuple(named)
        is_small = self._searcher.num_docs <= MOST_TOGETHER
        together = [at for at, clause in enumerate(named.values()) if is_small and _is_of_words(clause)]
        alone = [at for at in range(len(names)) if at not in together]
        held: dict[int, set[int]] = {}
        for id_, _, at in self._among(ids, [silent(named[names[at]]) for at in alone]):
            held.setdefault(id_, set()).add(alone[at])
        for first in range(0, len(together), MOST_BITS):
            part = together[first : first + MOST_BITS]
            coded = tuple(Constant(named[names[at]], float(1 << bit)) for bit, at in enumerate(part))
            for id_, score, _ in self._among(ids, [Group(must=(Everything(),), should=coded)]):
                found = (at for bit, at in enumerate(part) if int(score) >> bit & 1)
                held.setdefault(id_, set()).update(found)
        return {id_: tuple(names[at] for at in sorted(places)) for id_, places in held.items() if places}

    def _among(self, ids: Sequence[int], clauses: Iterable[Clause]) -> list[tuple[int, float, int]]:
        """Id, score and place of the clause for each of these documents that a clause finds, clause by clause."""
        few = query(AnyOf(KEY, tuple(str(id_) for id_ in ids)), self._schema)
        hits: list[tuple[float, tantivy.DocAddress]] = []
        places: list[int] = []
        for at, clause in enumerate(clauses):
            must = [(tantivy.Occur.Must, few), (tantivy.Occur.Must, query(clause, self._schema))]
            result = self._searcher.search(tantivy.Query.boolean_query(must), limit=max(len(ids), 1), count=False)
            hits += result.hits
            places += [at] * len(result.hits)
        found = integers(self._searcher, "id", [address for _, address in hits])
        return [(id_, score, at) for id_, (score, _), at in zip(found, hits, places, strict=True)]

    def _search(self, clause: Clause, limit: int) -> tantivy.SearchResult:
        return self._searcher.search(query(clause, self._schema), limit=max(limit, 1))


def _is_of_words(clause: Clause) -> bool:
    """Whether a clause asks for single words and values alone: a union of phrases is dear (see above)."""
    if isinstance(clause, Constant):
        return _is_of_words(clause.clause)
    if isinstance(clause, Group):
        return all(_is_of_words(part) for part in (*clause.must, *clause.should, *clause.exclude))
    return isinstance(clause, Word | AnyOf)


def _pool() -> ThreadPoolExecutor:
    """Threads of this process; those of the process it was forked from are not in it."""
    process = os.getpid()
    if process not in _threads:
        workers = max(2, os.cpu_count() or 2)
        _threads[process] = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="counting")
    return _threads[process]


def _buckets(answer: Mapping[str, Any]) -> list[Bucket]:
    return [Bucket(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]


def _most_frequent(answer: Mapping[str, Any]) -> tuple[Sequence[Bucket], bool] | TooMany:
    """The exact counts of the most frequent values without those whose equals may be missing, and whether it is all."""
    if answer["doc_count_error_upper_bound"] != 0:
        return TooMany()
    found = _buckets(answer)
    if answer["sum_other_doc_count"] == 0:
        return found, True
    least = found[-1].count
    return [bucket for bucket in found if bucket.count > least], False


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
    if wanted is None or limit < 1 or not ids:
        return {}
    searcher = part.searcher()
    at_once = len(ids) * (limit + EDGE)
    together = _page_scores(part, searcher, AnyOf("document", tuple(str(id_) for id_ in ids)), wanted, at_once)
    least = together[-1][0] if len(together) == at_once else -1.0  # pages with no more than this may be missing
    found: dict[int, list[tuple[float, int]]] = {}
    for score, id_, number in together:
        if score > least:
            found.setdefault(id_, []).append((-score, number))
    if least >= 0.0:
        for id_ in ids:
            if len(found.get(id_, ())) < limit:
                own = _page_scores(part, searcher, AnyOf("document", (str(id_),)), wanted, limit + EDGE)
                found[id_] = [(-score, number) for score, _, number in own]
    return {id_: tuple(number for _, number in sorted(found[id_])[:limit]) for id_ in ids if found.get(id_)}


def _page_scores(
    part: Part, searcher: tantivy.Searcher, documents: AnyOf, wanted: Clause, limit: int
) -> list[tuple[float, int, int]]:
    """Score, document and number of the best pages of these documents, best first."""
    result = searcher.search(query(both(documents, wanted), part.schema), limit=max(limit, 1), count=False)
    addresses = [address for _, address in result.hits]
    owners, numbers = (integers(searcher, name, addresses) for name in ("document_id", "number"))
    return [(score, id_, number) for (score, _), id_, number in zip(result.hits, owners, numbers, strict=True)]
