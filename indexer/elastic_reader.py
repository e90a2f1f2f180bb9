"""Reading Elasticsearch for a question: hits, total and facets come from one search, so that they agree."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from indexer.asking import FACET_LIMIT, Order, Ranked, TooMany, Window
from indexer.backend import Bucket
from indexer.clauses import AnyOf, Clause
from indexer.elastic_queries import Body, query
from indexer.elastic_walking import Search
from indexer.fields import FACETS
from indexer.plan import Plan

# index.max_result_window: offsets beyond it are walked.
MAX_WINDOW = 10_000

# More buckets than any field has values, as far as search.max_buckets lets us ask.
MOST_VALUES = 65_535

# A block whose searches see the index as it is at its beginning.
Moment = Callable[[], AbstractContextManager[Search]]


class ElasticReader:
    """`asking.Reader` over one index."""

    def __init__(self, search: Search, moment: Moment) -> None:
        self._search = search
        self._moment = moment
        self._facets: Mapping[str, Any] = {}
        self._counted: Plan | None = None
        self._wanted: Plan | None = None

    def count(self, clauses: Sequence[Clause]) -> Sequence[int]:
        """All counts in one search."""
        wanted = {str(place): query(clause) for place, clause in enumerate(clauses)}
        answer = self._search({"size": 0, "aggs": {"n": {"filters": {"filters": wanted}}}})
        buckets = answer["aggregations"]["n"]["buckets"]
        return [int(buckets[str(place)]["doc_count"]) for place in range(len(clauses))]

    def rank(self, plan: Plan, order: Order, window: Window) -> tuple[int, Sequence[Ranked]]:
        """Total and window; keeps the facets of the same search for `values`."""
        sort = [{"_score": "desc"} if order.column is None else {order.column: "desc" if order.descending else "asc"}]
        sort.append({"id": "asc"})
        body: Body = {
            "query": {"bool": {"filter": [query(plan.visible)], "must": [query(plan.match)]}},
            "post_filter": query(plan.narrowed()),
            "sort": sort,
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
