"""Reading Elasticsearch for a question: hits, total and facets come from one search, so that they agree."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from indexer.asking import FACET_LIMIT, Order, Ranked, TooMany, Window
from indexer.backend import Bucket
from indexer.clauses import AnyOf, Clause, Everything, Group, Nothing, both, silent
from indexer.elastic_queries import Body, query
from indexer.elastic_walking import Search
from indexer.fields import FACETS
from indexer.plan import Plan

# index.max_result_window: offsets beyond it are walked.
MAX_WINDOW = 10_000

# More buckets than any field has values, as far as search.max_buckets lets us ask.
MOST_VALUES = 65_535

# Takes bodies of searches in which nothing is scored, gives their answers; one way to the server for all of them.
Searches = Callable[[Sequence[Body]], Sequence[Mapping[str, Any]]]

# A block whose searches see the index as it is at its beginning.
Moment = Callable[[], AbstractContextManager[Search]]


class ElasticReader:
    """`asking.Reader` over one index."""

    def __init__(self, search: Search, searches: Searches, moment: Moment) -> None:
        self._search = search
        self._searches = searches
        self._moment = moment
        self._facets: Mapping[str, Any] = {}
        self._counted: Plan | None = None
        self._wanted: Plan | None = None

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """All counts in one search."""
        counting = _Counting(clauses)
        return counting.counts(self._search(counting.body))

    def weigh(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """All counts in one search."""
        return self.count(clauses)

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        """Total and window; keeps the facets of the same search for `values`."""
        body: Body = {
            "query": {"bool": {"filter": [query(plan.visible)], "must": [query(plan.match)]}},
            "post_filter": query(plan.narrowed()),
            "sort": _sorted(order),
            "docvalue_fields": ["id", "revision"],
            "_source": False,
        }
        counted: Body = {"track_total_hits": True}
        if plan is self._wanted:
            counted["aggs"] = _aggregations(plan)
        after: list[Any] | None = [window.after.value, window.after.id] if window.after else None
        if after is not None and order.column is not None:
            after[0] = int(after[0])
        start = 0 if after is not None else window.offset
        if start + window.limit > MAX_WINDOW:
            with self._moment() as search:
                answer = _deep(search, body | counted, start, window.limit)
        else:
            page = body | counted | {"size": window.limit, "from": start}
            answer = self._search(page | ({"search_after": after} if after is not None else {}))
        if plan is self._wanted:
            self._facets, self._counted = answer["aggregations"], plan
        hits = [_ranked(hit, scored=order.column is None) for hit in answer["hits"]["hits"]]
        return int(answer["hits"]["total"]["value"]), hits

    def together(
        self, counted: Sequence[Clause], listed: Sequence[tuple[Clause, int]], order: Order
    ) -> tuple[Sequence[int], Sequence[Sequence[int]]]:
        """Several searches sent as one request."""
        bodies = [_listing(clause, limit, order) for clause, limit in listed]
        counting = _Counting(counted)
        if counted:
            bodies.append(counting.body)
        answers = self._searches(bodies) if bodies else ()
        ids = [[int(hit["fields"]["id"][0]) for hit in one["hits"]["hits"]] for one in answers[: len(listed)]]
        return counting.counts(answers[-1]) if counted else (), ids

    def ahead(self, plan: Plan) -> None:
        """The search that ranks a plan counts its facets; no other does."""
        self._wanted = plan

    def values(self, plan: Plan, field: str, chosen: Sequence[str]) -> Sequence[Bucket] | TooMany:
        """The facets that came with the hits of this plan, else asked for by themselves; an answer with a possible
        error is none."""
        if self._counted is not plan:
            asked = {"bool": {"filter": [query(plan.visible), query(plan.match)]}}
            answer = self._search({"size": 0, "query": asked, "aggs": _aggregations(plan)})
            self._facets, self._counted = answer["aggregations"], plan
        counted = self._facets[field]["all"]
        if counted["doc_count_error_upper_bound"] != 0:
            return TooMany()
        found = {bucket["key"]: int(bucket["doc_count"]) for bucket in counted["buckets"]}
        if chosen:
            among = query(AnyOf(field, tuple(chosen)))
            terms = {"field": field, "size": len(chosen), "include": list(chosen)}
            found |= self._chosen(plan, field, among, terms)
        return [Bucket(value, count) for value, count in found.items()]

    def _chosen(self, plan: Plan, field: str, among: Body, terms: Body) -> dict[str, int]:
        """Counts of the chosen values, which may lie outside the most frequent ones."""
        wanted = [query(plan.visible), query(plan.match), query(plan.narrowed(without=field)), among]
        answer = self._search({"size": 0, "query": {"bool": {"filter": wanted}}, "aggs": {"v": {"terms": terms}}})
        return {bucket["key"]: int(bucket["doc_count"]) for bucket in answer["aggregations"]["v"]["buckets"]}

    def every_value(self, plan: Plan, field: str) -> Sequence[Bucket] | TooMany:
        """One aggregation with as many buckets as the server gives."""
        wanted = [query(plan.visible), query(plan.match), query(plan.narrowed(without=field))]
        terms = {"field": field, "size": MOST_VALUES, "shard_size": MOST_VALUES}
        answer = self._search({"size": 0, "query": {"bool": {"filter": wanted}}, "aggs": {"v": {"terms": terms}}})
        counted = answer["aggregations"]["v"]
        if counted["doc_count_error_upper_bound"] != 0 or counted["sum_other_doc_count"] != 0:
            return TooMany()
        return [Bucket(bucket["key"], int(bucket["doc_count"])) for bucket in counted["buckets"]]

    def scores(self, ids: Sequence[int], clause: Clause) -> Mapping[int, float]:
        """One search among these documents."""
        among = {"ids": {"values": [str(id_) for id_ in ids]}}
        wanted = {"bool": {"filter": [among], "must": [query(clause)]}}
        fetch = {"size": len(ids), "docvalue_fields": ["id"], "_source": False, "track_total_hits": False}
        hits = self._search({"query": wanted, **fetch})["hits"]["hits"]
        return {int(hit["fields"]["id"][0]): float(hit["_score"]) for hit in hits}

    def reasons(self, ids: Sequence[int], named: Mapping[str, Clause]) -> Mapping[int, tuple[str, ...]]:
        """Named queries over the hits of the page."""
        shoulds = [
            {"constant_score": {"filter": query(clause), "boost": 0.0, "_name": name}} for name, clause in named.items()
        ]
        among = {"ids": {"values": [str(id_) for id_ in ids]}}
        answer = self._search(
            {
                "size": len(ids),
                "query": {"bool": {"filter": [among], "should": shoulds}},
                "docvalue_fields": ["id"],
                "_source": False,
            }
        )
        found: dict[int, tuple[str, ...]] = {}
        for hit in answer["hits"]["hits"]:
            matched = set(hit.get("matched_queries", ()))
            found[int(hit["fields"]["id"][0])] = tuple(name for name in named if name in matched)
        return found


class _Counting:
    """One search that counts each of some clauses: what all ask for first, mostly the permission, is said once, and
    each of the others once."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        parts = [_parts(clause) for clause in clauses]
        first = next((part[0] for part in parts if not isinstance(part[0], Nothing)), Everything())
        is_shared = all(part[0] in (first, Nothing()) for part in parts)
        shared = first if is_shared else Everything()
        self._rests = [both(*(part[1:] if part[0] == shared else part)) for part in parts]
        self._places = {rest: str(place) for place, rest in enumerate(dict.fromkeys(self._rests))}
        filters = {place: query(rest) for rest, place in self._places.items()}
        counted: Body = {"n": {"filters": {"filters": filters}}}
        self.body: Body = {"size": 0, "track_total_hits": False, "query": query(shared), "aggs": counted}

    def counts(self, answer: Mapping[str, Any]) -> list[int]:
        buckets = answer["aggregations"]["n"]["buckets"]
        return [int(buckets[self._places[rest]]["doc_count"]) for rest in self._rests]


def _parts(clause: Clause) -> tuple[Clause, ...]:
    """The clauses that this one is all of."""
    if isinstance(clause, Group) and clause.must and not (clause.should or clause.exclude or clause.minimum):
        return clause.must
    return (clause,)


def _listing(clause: Clause, limit: int, order: Order) -> Body:
    return {
        "query": query(silent(clause)),
        "size": limit,
        "sort": _sorted(order),
        "docvalue_fields": ["id"],
        "_source": False,
        "track_total_hits": False,
    }


def _sorted(order: Order) -> list[Body]:
    first = {"_score": "desc"} if order.column is None else {order.column: "desc" if order.descending else "asc"}
    return [first, {"id": "asc"}]


def _deep(search: Search, body: Body, offset: int, limit: int) -> Mapping[str, Any]:
    """The answer from this position on, by walking there; one without hits where there are not so many."""
    walked: Body = {}
    wanted = limit
    plain = {name: part for name, part in body.items() if name != "aggs"} | {"track_total_hits": False}
    while offset > 0:
        size = min(offset, MAX_WINDOW)
        hits = search(plain | walked | {"size": size})["hits"]["hits"]
        if len(hits) < size:
            wanted = 0
            break
        walked = {"search_after": hits[-1]["sort"]}
        offset -= size
    # Without hits nothing is walked on: a search that counts from its beginning.
    return search(body | (walked if wanted else {}) | {"size": wanted})


def _ranked(hit: Mapping[str, Any], *, scored: bool) -> Ranked:
    value = hit["sort"][0]
    fields = hit["fields"]
    return Ranked(value, int(fields["id"][0]), int(fields["revision"][0]), float(value) if scored else 0.0)


def _aggregations(plan: Plan) -> Body:
    return {
        name: {
            "filter": query(plan.narrowed(without=name)),
            "aggs": {"all": {"terms": {"field": name, "size": FACET_LIMIT, "shard_size": MOST_VALUES}}},
        }
        for name in FACETS
    }
