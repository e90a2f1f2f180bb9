"""Search documents in, answers out: fields, folding, query language, Tantivy and Elasticsearch behind one protocol."""

from indexer.backend import (
    Allowed,
    Bucket,
    Found,
    Hit,
    Quality,
    RebuildReport,
    Rule,
    SearchBackend,
    SearchDocument,
    SearchPage,
    SearchRequest,
    Sort,
    Status,
    Suggested,
    Typed,
    Written,
)
from indexer.opening import open_backend
from indexer.query import parse
from indexer.tree import Note, ParsedQuery

__all__ = [
    "Allowed",
    "Bucket",
    "Found",
    "Hit",
    "Note",
    "ParsedQuery",
    "Quality",
    "RebuildReport",
    "Rule",
    "SearchBackend",
    "SearchDocument",
    "SearchPage",
    "SearchRequest",
    "Sort",
    "Status",
    "Suggested",
    "Typed",
    "Written",
    "open_backend",
    "parse",
]
