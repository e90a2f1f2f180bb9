"""Tantivy alone, as the search benches measure against it: one field of ids, fields of text, one writer, one commit."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy


def bare_index(
    folder: Path, names: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], *, tokenizer: str = "default"
) -> tantivy.Index:
    """An index in `folder` of rows of an id and the texts of the fields `names`, cut by a tokenizer of the engine."""
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    for name in names:
        builder.add_text_field(name, tokenizer_name=tokenizer)
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer(num_threads=1)
    for id_, texts in rows:
        writer.add_document(tantivy.Document(id=id_, **dict(zip(names, texts, strict=True))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def ids_of(index: tantivy.Index, query: tantivy.Query, limit: int) -> list[int]:
    """The ids of the first answers."""
    searcher = index.searcher()
    return [int(searcher.doc(address)["id"][0]) for _score, address in searcher.search(query, limit).hits]
