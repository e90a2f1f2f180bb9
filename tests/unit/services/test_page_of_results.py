"""Rules of a page of results: what it asks the database, and where the words of its pieces stand."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from app.actor import Actor, Purpose, Role
from app.backends import Backends, UnitOfWork
from app.models import Document, Organisation, Outcome, PageText, StoredFile
from app.services.access import scope_of
from app.services.documents import count_at
from app.services.indexing import index_due
from app.services.pieces import pieces_of
from app.services.searching import Query, search
from tests import factories

MOST_STATEMENTS = 11  # of one search, whatever it finds


@contextmanager
def counted(backends: Backends) -> Iterator[list[str]]:
    """The statements that are sent by units of work that only read."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        sent.append(statement)

    event.listen(backends.reader, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(backends.reader, "before_cursor_execute", note)


def inspector(backends: Backends, above: Organisation) -> Actor:
    return replace(factories.actor_of(backends, above, Role.INSPECTOR), purpose=Purpose("Kiểm tra hồ sơ", "1/QĐ-TTr"))


def test_a_search_asks_the_database_as_often_for_twenty_results_as_for_one(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        above = factories.organisation(uow)
        office = factories.organisation(uow, parent_id=factories.organisation(uow, parent_id=above.id).id)
        for n in range(20):
            texts = [f"quản lý sau cai lần {n}", "quản lý sau cai", "trang khác quản lý"]
            row = factories.document(uow, office, *texts, type="QĐ" if n == 7 else "CV")
            factories.filing(uow, factories.case(uow, factories.person(uow, office)), row)
    index_due(backends)
    sent: dict[int, int] = {}
    for filters in ({"type": ("QĐ",)}, {}):
        with counted(backends) as statements, backends.read(inspector(backends, above)) as uow:
            answer = search(uow, Query("quản lý", filters))
        assert all(len(hit.snippets) == 3 and hit.persons for hit in answer.hits)
        sent[len(answer.hits)] = len([one for one in statements if not one.startswith("BEGIN")])
    assert sorted(sent) == [1, 20]
    assert sent[1] == sent[20] <= MOST_STATEMENTS


def test_unread_documents_are_counted_without_going_through_the_others(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        for quality in ("unread", "scan", "unread", "text"):
            factories.document(uow, office, quality=quality)
    index_due(backends)
    actor = factories.actor_of(backends, office, Role.RECORDS_OFFICER)
    given: list[Any] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_given: Any) -> None:
        given[:] = [statement, parameters]

    with backends.read(actor) as uow:
        event.listen(backends.reader, "before_cursor_execute", keep)
        assert count_at(uow, Outcome.FAILED) == 2
        event.remove(backends.reader, "before_cursor_execute", keep)
        if uow.session.get_bind().dialect.name == "sqlite":  # PostgreSQL goes through so few rows faster
            statement, parameters = given
            plan = uow.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert "ix_document_unread" in str(plan.all())


def test_who_lies_below_is_asked_anew_where_it_may_change(backends: Backends) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        above = factories.organisation(uow)
    actor = inspector(backends, above)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        asking = uow.acting_as(actor)
        assert scope_of(asking).organisations == frozenset({above.id})
        below = factories.organisation(uow, parent_id=factories.organisation(uow, parent_id=above.id).id)
        assert scope_of(asking).owns(below.id)
    with backends.read(actor) as uow, counted(backends) as statements:
        assert scope_of(uow) == scope_of(uow)
        assert scope_of(uow).owns(below.id)
    assert len([one for one in statements if not one.startswith("BEGIN")]) == 2, "organisations below, granted cases"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Quản lý sau\ncai nghiện tại nơi cư trú", "Quản lý sau cai nghiện tại nơi cư trú"),
        ("Quản lý sau\n\ncai  nghiện tại nơi cư trú", "Quản lý sau cai nghiện tại nơi cư trú"),
        ("Quản lý sau\xa0cai nghiện tại nơi cư trú", "Quản lý sau cai nghiện tại nơi cư trú"),
        ("Quản lý sau cai nghiện tại nơi cư trú", "Quản ký sau cai nghiện tại nơi cư trú"),
        ("Quản lý sau cai nghiện tại nơi cư trú", "Quản sau lý cai nghiện tại nơi cư trú"),
    ],
    ids=["one blank", "more blanks", "other blanks", "a word that is not in the text", "words in another order"],
)
def test_the_boxes_of_a_piece_are_those_of_its_words(backends: Backends, text: str, words: str) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = factories.document(uow, factories.organisation(uow), text)
        edges = {word: (10.0 * at, 0.0, 10.0 * at + 9, 9.0) for at, word in enumerate(words.split())}
        _keep(uow, row, [[word, *edges[word], None] for word in words.split()])
        (piece,) = pieces_of(uow, {row.id: (1,)}, '"cai nghiện" trú')[row.id]
        assert [piece.text[a:b].split() for a, b in piece.marks] == [["cai", "nghiện"], ["trú"]]
        assert piece.boxes == (edges["cai"], edges["nghiện"], edges["trú"])
        (unboxed,) = pieces_of(uow, {row.id: (1,)}, '"cai nghiện" trú', boxes=False)[row.id]
        assert unboxed == replace(piece, boxes=())


def _keep(uow: UnitOfWork, document: Document, words: list[list[Any]]) -> None:
    """Put the words of the one page of the document into the store."""
    text = uow.session.get_one(PageText, document.pages[0].id)
    file = uow.session.get_one(StoredFile, text.stored_file_id)
    file.sha256, text.words_name = uow.store.put(io.BytesIO(text.text.encode())).sha256, "engine/words-1.json.gz"
    uow.store.put_derived(file.sha256, text.words_name, gzip.compress(json.dumps({"1": words}).encode()))
    uow.session.flush()
