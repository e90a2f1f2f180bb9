"""Elasticsearch's side of the declaration: mappings, settings and query bodies made from `fields` and `clauses`.

Plain data; no client is needed for it. The server's BM25 has the factor (k1 + 1), as Tantivy's has: a word weighs the
same on both (a contract test compares the scores).
"""

from collections.abc import Mapping
from typing import Any

from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Phrase, Prefix, Range, Word
from indexer.fields import Kind, schema_version

Body = dict[str, Any]

K1 = 1.2
B = 0.75

_TYPES: dict[Kind, Body] = {
    Kind.TEXT: {"type": "text", "analyzer": "whitespace"},
    Kind.KEYWORD: {"type": "keyword"},
    Kind.NUMBER: {"type": "long"},
}

# What the index keeps of a row besides what is searched: enough to write the next revision, no text.
_KEPT = ["id", "revision", "removed", "last_page", "number", "document"]


def mappings(declared: Mapping[str, Kind]) -> Body:
    """Strict mappings; the schema version lies in `_meta`."""
    return {
        "dynamic": "strict",
        "_meta": {"schema": schema_version()},
        "_source": {"includes": _KEPT},
        "properties": {name: _TYPES[kind] for name, kind in declared.items()},
    }


def kind_of(column: Mapping[str, Any]) -> Kind | None:
    """The kind of a column as a mapping describes it; None where it is none of ours."""
    return {made["type"]: kind for kind, made in _TYPES.items()}.get(column.get("type"))


def settings(shards: int = 1, replicas: int | None = None) -> Body:
    """The same BM25 as Tantivy's; without a number of replicas one, where the cluster has a second node for it."""
    copies: Body = {"auto_expand_replicas": "0-1"} if replicas is None else {"number_of_replicas": replicas}
    return copies | {
        "number_of_shards": shards,
        "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
    }


def query(clause: Clause) -> Body:
    """The query body of a clause."""
    if isinstance(clause, Everything):
        return _constant({"match_all": {}}, 0.0)
    if isinstance(clause, Nothing):
        return {"match_none": {}}
    if isinstance(clause, Word):
        return {"term": {clause.field: {"value": clause.token, "boost": clause.boost}}}
    if isinstance(clause, Phrase):
        phrase = {"query": " ".join(clause.tokens), "boost": clause.boost, "analyzer": "whitespace"}
        return {"match_phrase": {clause.field: phrase}}
    if isinstance(clause, Prefix):
        return _constant({"prefix": {clause.field: {"value": clause.letters}}}, clause.boost)
    if isinstance(clause, Near):
        return _constant(_near(clause), 0.0)
    if isinstance(clause, AnyOf):
        if clause.field == "key":
            return _constant({"ids": {"values": list(clause.values)}}, 0.0)
        return _constant({"terms": {clause.field: list(clause.values)}}, 0.0)
    if isinstance(clause, Range):
        bounds = {"gte": clause.first, "lte": clause.last}
        kept = {name: bound for name, bound in bounds.items() if bound is not None}
        return _constant({"range": {clause.field: kept}}, 0.0)
    if isinstance(clause, Constant):
        return _constant(query(clause.clause), clause.score)
    return _group(clause)


def _near(clause: Near) -> Body:
    words = [{"match": {"query": token, "analyzer": "whitespace"}} for token in (clause.first, clause.second)]
    pair = {"intervals": words, "ordered": False, "max_gaps": clause.distance}
    return {"intervals": {clause.field: {"all_of": pair}}}


def _constant(body: Body, score: float) -> Body:
    return {"constant_score": {"filter": body, "boost": score}}


def _group(clause: Group) -> Body:
    return {
        "bool": {
            "must": [query(part) for part in clause.must],
            "should": [query(part) for part in clause.should],
            "must_not": [query(part) for part in clause.exclude],
            "minimum_should_match": clause.minimum,
        }
    }
