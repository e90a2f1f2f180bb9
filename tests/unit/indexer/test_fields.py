"""One declaration: schema, mapping, projection and version agree."""

import os
import subprocess
import sys

import tantivy
from hypothesis import given
from hypothesis import strategies as st

from indexer import SearchDocument, SearchPage
from indexer.elastic_queries import mappings
from indexer.fields import (
    ALL,
    BREAK,
    FACETS,
    TEXT_FIELDS,
    Kind,
    columns,
    page_columns,
    project,
    project_page,
    schema_version,
    tombstone,
)
from indexer.folding import folded_tokens, spans
from indexer.tantivy_schema import document_schema, page_schema, row

FULL = SearchDocument(
    id=7,
    revision=3,
    title="Quyết định số 15",
    type="QĐ",
    number_text="015/QĐ-UBND",
    body="  UBND   phường Thử ",
    subject="quản lý sau cai",
    persons=((1, "Nguyễn Văn Thử"), (1, "Nguyễn Văn Thử")),
    identities=("000123456789",),
    cases=((5, "HS-2024-0001"),),
    organisations=(1, 2),
    case_ids=(5,),
    flags=("juvenile", "juvenile"),
    file_name="quet_01.pdf",
    place="Tủ 3",
    signer="Trần Thị Mẫu",
    typed_text="chữ viết tay",
    pages=(SearchPage(1, "trang một"), SearchPage(2, "trang hai")),
)


def test_projections_have_exactly_the_declared_columns() -> None:
    assert set(project(FULL)) == set(project(SearchDocument(id=1, revision=1))) == set(columns())
    assert set(tombstone(1, 1)) == set(columns())
    assert set(project_page(FULL, FULL.pages[0])) == set(page_columns())


def test_both_engines_take_the_declared_columns() -> None:
    for declared, schema, made in (
        (columns(), document_schema(), project(FULL)),
        (page_columns(), page_schema(), project_page(FULL, FULL.pages[0])),
    ):
        assert set(mappings(declared)["properties"]) == set(declared)
        index = tantivy.Index(schema)
        writer = index.writer(num_threads=1)
        document = row("7", made, declared)
        writer.add_document(document)
        writer.commit()
        index.reload()
        assert index.searcher().num_docs == 1
        assert {name for name, value in made.items() if value != []} <= set(document.to_dict())


def test_everything_a_person_can_read_is_in_the_field_of_all() -> None:
    everything = set(str(project(FULL)["all_folded"]).split())
    shown = (FULL.title, FULL.number_text, FULL.body, FULL.subject, FULL.file_name, FULL.place, FULL.signer)
    more = (FULL.typed_text, *FULL.identities, *(n for _, n in FULL.persons), *(c for _, c in FULL.cases))
    for text in (*shown, *more, *(page.text for page in FULL.pages)):
        assert set(folded_tokens(text)) <= everything


def test_facets_are_keywords_and_count_a_value_once() -> None:
    made = project(FULL)
    assert FACETS == ("type", "year", "body", "person", "case", "quality")
    assert all(columns()[name] is Kind.KEYWORD for name in FACETS)
    assert (made["person"], made["body"], made["year"]) == (["1"], ["UBND phường Thử"], [])
    assert (made["flag_count"], made["last_page"]) == (1, 2)


def test_a_tombstone_says_nothing_but_id_and_revision() -> None:
    empty = {name: value for name, value in tombstone(7, 4).items() if value not in (BREAK, [], 0)}
    assert set(empty) == {"id", "revision", "removed", "by_newest", "by_oldest", "by_number"}


def test_no_query_can_name_the_break_between_fields() -> None:
    assert spans(BREAK) == []
    assert any(part.name == ALL for part in TEXT_FIELDS)


def test_every_process_says_the_same_version_so_that_no_start_writes_the_index_anew() -> None:
    code = "from indexer.fields import schema_version; print(schema_version())"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {schema_version()}


@given(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1), st.dates(), st.dates())
def test_sort_columns_are_unique_and_order_by_date_then_id(one: int, two: int, first: object, second: object) -> None:
    a = project(SearchDocument(id=one, revision=1, date=first))  # type: ignore[arg-type]
    b = project(SearchDocument(id=two, revision=1, date=second))  # type: ignore[arg-type]
    if one == two:
        return
    assert (a["by_oldest"] < b["by_oldest"]) == ((first, one) < (second, two))  # type: ignore[operator]
    newer = first > second or (first == second and one < two)  # type: ignore[operator]
    assert (a["by_newest"] > b["by_newest"]) == newer  # type: ignore[operator]
