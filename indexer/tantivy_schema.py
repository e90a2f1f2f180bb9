"""Tantivy's side of the declaration: schema, rows and queries made from `fields` and `clauses`.

The key is a raw text field: on an unsigned field Tantivy's delete removes nothing and says nothing (measured).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import tantivy

from indexer.clauses import AnyOf, Clause, Constant, Everything, Group, Near, Nothing, Phrase, Prefix, Range, Word
from indexer.fields import Kind, Values, columns, page_columns

KEY = "key"

_CHUNK = 10_000

# Fields whose values have few documents each, and how many of them are cheaper one by one.
_UNIQUE = (KEY, "document", "titles")
MOST_LOOKED_UP = 1_000


def document_schema() -> tantivy.Schema:
    """The schema of the document index."""
    return _schema(columns())


def page_schema() -> tantivy.Schema:
    """The schema of the page index."""
    return _schema(page_columns())


def _schema(declared: Mapping[str, Kind]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(KEY, tokenizer_name="raw", index_option="basic")
    for name, kind in declared.items():
        if kind is Kind.TEXT:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        elif kind is Kind.KEYWORD:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        else:
            builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


def kind_of(column: Mapping[str, Any]) -> Kind | None:
    """The kind of a column as Tantivy's meta file describes it; None where it is none of ours."""
    if column["type"] == "i64":
        return Kind.NUMBER
    indexing = column["options"].get("indexing") or {}
    return {"whitespace": Kind.TEXT, "raw": Kind.KEYWORD}.get(str(indexing.get("tokenizer", "")))


def row(key: str, values: Mapping[str, Values], declared: Mapping[str, Kind]) -> tantivy.Document:
    """One Tantivy document."""
    document = tantivy.Document()
    document.add_text(KEY, key)
    for name, kind in declared.items():
        value = values[name]
        if kind is Kind.NUMBER and isinstance(value, int):
            document.add_integer(name, value)
        else:
            for text in value if isinstance(value, list) else [str(value)]:
                document.add_text(name, text)
    return document


def query(clause: Clause, schema: tantivy.Schema) -> tantivy.Query:
    """The Tantivy query of a clause."""
    make = tantivy.Query
    if isinstance(clause, Everything):
        return make.const_score_query(make.all_query(), 0.0)
    if isinstance(clause, Nothing):
        return make.empty_query()
    if isinstance(clause, Word):
        word = make.term_query(schema, clause.field, clause.token, index_option="freq")
        return make.boost_query(word, clause.boost)
    if isinstance(clause, Phrase):
        phrase = make.phrase_query(schema, clause.field, list(clause.tokens))
        return make.boost_query(phrase, clause.boost)
    if isinstance(clause, Prefix):
        begun = make.regex_query(schema, clause.field, f"{clause.letters}.*")  # tokens have letters and digits only
        return make.const_score_query(begun, clause.boost)
    if isinstance(clause, Near):
        return make.const_score_query(_near(clause, schema), 0.0)
    if isinstance(clause, AnyOf):
        return make.const_score_query(_any_of(clause, schema), 0.0)
    if isinstance(clause, Range):
        return make.const_score_query(_range(clause, schema), 0.0)
    if isinstance(clause, Constant):
        return make.const_score_query(query(clause.clause, schema), clause.score)
    return _group(clause, schema)


def _any_of(clause: AnyOf, schema: tantivy.Schema) -> tantivy.Query:
    """Few keys are looked up one by one; a set of values goes through the dictionary and marks every document."""
    if len(clause.values) > (MOST_LOOKED_UP if clause.field in _UNIQUE else 1):
        return tantivy.Query.term_set_query(schema, clause.field, list(clause.values))
    terms = [tantivy.Query.term_query(schema, clause.field, value, index_option="basic") for value in clause.values]
    if len(terms) == 1:
        return terms[0]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])


def _near(clause: Near, schema: tantivy.Schema) -> tantivy.Query:
    """One phrase for each distance and order: the engine's own slop counts only words in the order asked."""
    pairs = [(clause.first, clause.second)]
    if clause.first != clause.second:
        pairs.append((clause.second, clause.first))
    phrases = [
        tantivy.Query.phrase_query(schema, clause.field, [(0, one), (apart, two)])
        for one, two in pairs
        for apart in range(1, clause.distance + 2)
    ]
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, phrase) for phrase in phrases])


def _range(clause: Range, schema: tantivy.Schema) -> tantivy.Query:
    if clause.first is not None and clause.first == clause.last:
        return tantivy.Query.term_query(schema, clause.field, clause.first, index_option="basic")
    return tantivy.Query.range_query(
        schema, clause.field, tantivy.FieldType.Integer, lower_bound=clause.first, upper_bound=clause.last
    )


def _group(clause: Group, schema: tantivy.Schema) -> tantivy.Query:
    words = tuple(part for part in clause.should if isinstance(part, Word))
    if clause.must and not clause.minimum and 0 < len(words) < len(clause.should):
        # A union of single words alone goes through them faster: 300,000 documents of a sentence 112 ms, not 137.
        others = tuple(part for part in clause.should if not isinstance(part, Word))
        return _group(replace(clause, must=(Group(must=clause.must, should=words),), should=others), schema)
    parts = [(tantivy.Occur.Must, query(part, schema)) for part in clause.must]
    parts += [(tantivy.Occur.Should, query(part, schema)) for part in clause.should]
    parts += [(tantivy.Occur.MustNot, query(part, schema)) for part in clause.exclude]
    if clause.minimum > 0:
        return tantivy.Query.boolean_query(parts, minimum_number_should_match=clause.minimum)
    return tantivy.Query.boolean_query(parts)


def integers(searcher: tantivy.Searcher, field: str, addresses: Sequence[tantivy.DocAddress]) -> list[int]:
    """The values of a number field, in the order of the addresses."""
    found: list[int] = []
    for at in range(0, len(addresses), _CHUNK):
        values = searcher.fast_field_values(field, list(addresses[at : at + _CHUNK]))
        found += [int(value or 0) for value in values]
    return found


def total(result: tantivy.SearchResult) -> int:
    """The exact number of documents of a search (the library's type stub leaves the attribute out)."""
    return int(result.count)  # type: ignore[attr-defined]
