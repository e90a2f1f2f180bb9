"""Whom a question names, and what search and the list of persons make of it; never anybody out of scope."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from app.actor import Actor, Role
from app.backends import Backends
from app.models import Export, ExportKind, Organisation, PersonKey, PersonName
from app.services.access import scope_of
from app.services.exporting import ask_export, make_export
from app.services.indexing import index_due
from app.services.keeping import Question
from app.services.naming import called, ids_named, names_like, persons_named
from app.services.persons import persons
from app.services.searching import Query, Results, as_json, search
from indexer.folding import fold
from indexer.name_keys import keys_of_name
from tests import factories
from tests.unit.services.test_page_of_results import counted


@dataclass(frozen=True, slots=True)
class Room:
    """Two offices, persons of both by a short name, and a document each."""

    backends: Backends
    actor: Actor
    persons: dict[str, int]
    documents: dict[str, int]

    def named(self, text: str) -> set[str]:
        with self.backends.read(self.actor) as uow:
            ids = {person.id for one in persons_named(uow, text) for person in one.persons}
        return {short for short, id_ in self.persons.items() if id_ in ids}

    def ask(self, text: str, **more: Any) -> Results:
        with self.backends.read(self.actor) as uow:
            return search(uow, Query(text, **more))

    def found(self, text: str) -> set[str]:
        ids = {hit.document for hit in self.ask(text).hits}
        return {short for short, id_ in self.documents.items() if id_ in ids}

    def listed(self, text: str) -> set[str]:
        with self.backends.read(self.actor) as uow:
            ids = {person.id for person in persons(uow, text=text).items}
        return {short for short, id_ in self.persons.items() if id_ in ids}


PERSONS = {
    "thử": ("Nguyễn Văn Thử", 1990, "lời khai thứ nhất"),
    "thử trẻ": ("Nguyễn Văn Thử", 2001, "lời khai thứ hai"),
    "thu": ("Nguyễn Văn Thu", 1985, "lời khai thứ ba"),
    "giả": ("Trần Thị Giả", 1979, "bản cam đoan"),
    "xa": ("Lê Giả Định", 1970, "tờ khai nơi khác"),
}


@pytest.fixture
def room(backends: Backends) -> Room:
    made: dict[str, int] = {}
    documents: dict[str, int] = {}
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        here, there = factories.organisation(uow), factories.organisation(uow)
        for short, (name, year, text) in PERSONS.items():
            office = there if short == "xa" else here
            person = factories.person(uow, office, full_name=name, birth_date=date(year, 3, 2))
            if short == "giả":
                person.names = [PersonName(name="Tư Lùn Giả Định", folded_name=fold("Tư Lùn Giả Định"))]
                known = {row.key for row in person.keys}
                person.keys += [PersonKey(key=key) for key in keys_of_name("Tư Lùn Giả Định") if key not in known]
            document = factories.document(uow, office, text)
            factories.filing(uow, factories.case(uow, person), document)
            made[short], documents[short] = person.id, document.id
        user = factories.user(uow, here, Role.RECORDS_OFFICER)
        actor = user.actor()
    index_due(backends)
    return Room(backends, actor, made, documents)


def test_a_look_up_reads_persons_and_their_names_and_nothing_else(room: Room) -> None:
    with counted(room.backends) as sent, room.backends.read(room.actor) as uow:
        scope_of(uow)
        sent.clear()
        named = persons_named(uow, "Nguyễn Văn Thử")
        assert [person.names for one in named for person in one.persons] == [[], []]
        assert called(uow, "Nguyễn Văn Thử").persons
    read = [re.findall(r"FROM (\w+)", statement) for statement in sent if statement.startswith("SELECT")]
    assert read == [["person_key"], ["person_name"]] * 2


NAMED = {
    "Nguyễn Văn Thử": {"thử", "thử trẻ"},
    "nguyen van thu": {"thử", "thử trẻ", "thu"},
    "Thử Nguyễn Văn": {"thử", "thử trẻ"},
    "lời khai của Nguyễn Văn Thu": {"thu"},
    "Nguyễn Văn Thử 1990": {"thử"},
    "Nguyễn Văn Thử sinh năm 2001": {"thử trẻ"},
    "Nguyễn Văn Thử 1950": {"thử", "thử trẻ"},
    "N.V. Thử 1990": {"thử"},
    "Nguyễn V. Thu": {"thu"},
    "Trần T. Giả": {"giả"},
    "tư lùn giả định": {"giả"},
    "Trần Thị Giả và Nguyễn Văn Thu": {"giả", "thu"},
    "Trần Giả": {"giả"},
    "ông Trần Giả": {"giả"},
    "lời khai Trần Giả": set(),
    "Lê Giả Định": set(),
    "Nguyễn Văn": set(),
    '"Nguyễn Văn Thử"': set(),
    "": set(),
}


def test_a_question_names_persons_in_scope(room: Room) -> None:
    assert {text: room.named(text) for text in NAMED} == NAMED


FOUND = {
    "Nguyễn Văn Thử 1990": {"thử"},
    "N.V. Thu": {"thử", "thử trẻ", "thu"},
    "Trần Thị Giả 1979 cam đoan": {"giả"},
    "Giả Trần Thị": {"giả"},
    'người:"Thu Nguyễn Văn"': {"thử", "thử trẻ", "thu"},
    'người:"Giả Trần"': {"giả"},
}


def test_the_documents_of_a_person_are_found_although_they_do_not_name_them(room: Room) -> None:
    assert {text: room.found(text) for text in FOUND} == FOUND


def test_persons_named_are_told_with_the_documents_that_may_be_seen(room: Room) -> None:
    answer = room.ask("Nguyễn Văn Thử")
    assert {(one.id, one.name, one.born, one.count) for one in answer.people} == {
        (room.persons["thử"], "Nguyễn Văn Thử", "1990", 1),
        (room.persons["thử trẻ"], "Nguyễn Văn Thử", "2001", 1),
    }
    assert room.ask("Nguyễn Văn Thử", offset=20).people == ()
    assert room.ask("cam đoan").people == ()


def test_the_documents_filed_to_a_person_come_before_those_that_mention_the_name(room: Room) -> None:
    with room.backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = uow.session.get_one(Organisation, room.actor.organisation_id)
        factories.document(uow, office, "Trần Thị Giả " * 5)
    index_due(room.backends)
    answer = room.ask("Trần Thị Giả")
    assert answer.total == 2
    assert answer.hits[0].document == room.documents["giả"]


PUT_RIGHT = {
    "Trần Thị Dả": ["Trần Thị Giả"],
    "cam đoan Trầm Thị Giả": ["cam đoan Trần Thị Giả"],
    "Tư Lùm Giả Định": ["Tư Lùn Giả Định"],
    "Trần Thị Giả": [],
    "không thấy Trầm Thị Giả": ["không thấy Trần Thị Giả"],
    "Lê Gỉả Địnhh": [],
}


def test_a_mistyped_name_is_put_right_where_that_finds_something(room: Room) -> None:
    answers = {text: room.ask(text) for text in PUT_RIGHT}
    assert {text: [one.text for one in answer.suggestions] for text, answer in answers.items()} == PUT_RIGHT
    assert {text: as_json(answer)["suggestions"] for text, answer in answers.items()} == PUT_RIGHT
    assert {one.count for answer in answers.values() for one in answer.suggestions} == {1}


def test_nothing_of_another_office_is_named_or_put_right(room: Room) -> None:
    with room.backends.read(room.actor) as uow:
        assert names_like(uow, "Lê Giả Dịnhh") == ()
        assert ids_named(uow, "L.G. Định") == ()


LISTED = {
    "nguyen v": {"thử", "thử trẻ", "thu"},
    "N.V. Thu": {"thử", "thử trẻ", "thu"},
    "Nguyễn Văn Thử 1990": {"thử"},
    "Trầm Thị Giả": {"giả"},
    "Lê Giả Định": set(),
    "không ai": set(),
}


def test_the_list_of_persons_finds_in_the_same_ways(room: Room) -> None:
    assert {text: room.listed(text) for text in LISTED} == LISTED


def test_a_list_of_all_results_has_the_documents_of_the_person_too(room: Room) -> None:
    with room.backends.begin(room.actor) as uow:
        number = ask_export(uow, Question("N.V. Thử 1990"), ExportKind.CSV, address="https://hoso.mau").id
    make_export(room.backends, number)
    with room.backends.read(room.actor) as uow:
        assert uow.session.get_one(Export, number).total == 1
