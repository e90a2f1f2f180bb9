"""Search by list: lines from text and files, answers within the asker's scope, made in turns."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState

from app.actor import Actor
from app.backends import Backends
from app.errors import Invalid, ListLimit, NotFound
from app.jobs import Job
from app.models import (
    AskedState,
    Document,
    ListSearch,
    Organisation,
    Person,
    PersonKey,
    PersonName,
    User,
)
from app.services import asked_rows, list_search
from app.services.access import Flag
from app.services.indexing import index_due
from app.services.list_lines import LONGEST_LINE, MOST_LINES, LineKind, file_lines, question_of, typed_lines
from app.services.list_search import answers, ask_list, forget_lists, make_list, question_at
from app.services.searching import Query, search
from app.services.sweep import sweep
from config.settings import Settings
from indexer.name_keys import keys_of_name
from tests import factories
from tests.conftest import Bell


@pytest.mark.parametrize(
    ("text", "kind", "lines"),
    [
        ("Nguyễn Văn Thử\n\n  Trần  Thị Mẫu \n", LineKind.NAME, ["Nguyễn Văn Thử", "Trần Thị Mẫu"]),
        ("1. Nguyễn Văn Thử\n2) Trần Thị Mẫu", LineKind.NAME, ["Nguyễn Văn Thử", "Trần Thị Mẫu"]),
        ("1\tNguyễn Văn Thử\n2\tTrần Thị Mẫu", LineKind.AUTO, ["Nguyễn Văn Thử", "Trần Thị Mẫu"]),
        ("Họ tên\tSố CCCD\nThử\t000090000001", LineKind.IDENTITY, ["000090000001"]),
        ("Họ tên\tSố CCCD\nThử\t000090000001", LineKind.AUTO, ["Thử"]),
        (
            "Họ tên\tNăm sinh\nThử A\t1990\nThử B\t\nThử C\t2/3/1985",
            LineKind.AUTO,
            ["Thử A, 1990", "Thử B", "Thử C, 2/3/1985"],
        ),
        ("15/QĐ-UBND\n=1+1", LineKind.NUMBER, ["15/QĐ-UBND", "=1+1"]),
    ],
)
def test_lines_are_what_was_typed_or_the_column_that_the_head_names(
    text: str, kind: LineKind, lines: list[str]
) -> None:
    assert typed_lines(text, kind) == lines


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nguyễn Văn Thử", '"Nguyễn Văn Thử"'),
        ('Nguyễn "Ba" Thử', '"Nguyễn  Ba  Thử"'),
        ("Nguyễn Văn Thử, sinh năm 1990", '"Nguyễn Văn Thử"'),
        ("TRẦN VĂN NAM 12/05/1990", '"TRẦN VĂN NAM"'),
        ("Quyết định 2024", 'số:"Quyết định 2024"'),
        ("0000 9000 0001", "cccd:000090000001"),
        ("15/QĐ-UBND", 'số:"15/QĐ-UBND"'),
    ],
)
def test_each_line_says_itself_what_it_is(text: str, words: str) -> None:
    assert question_of(text, LineKind.AUTO) == words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "Chưa có dòng"),
        ("\n".join(["Thử"] * (MOST_LINES + 1)), "2001 dòng"),
        ("Thử\n" + "a" * (LONGEST_LINE + 1), "Dòng 2"),
    ],
)
def test_a_list_that_is_empty_or_too_long_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        typed_lines(text, LineKind.AUTO)


def test_files_are_read_as_text_or_by_the_child(backends: Backends) -> None:
    rows = [["STT", "Họ và tên"], [1, "Nguyễn Văn Thử"], [2, "Trần Thị Mẫu"]]
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    text = "\n".join(";".join(map(str, row)) for row in rows)
    names = ["Nguyễn Văn Thử", "Trần Thị Mẫu"]
    assert file_lines(backends, "a.xlsx", out.getvalue(), LineKind.AUTO) == names
    assert file_lines(backends, "a.csv", text.encode("utf-8-sig"), LineKind.AUTO) == names
    assert file_lines(backends, "a.TXT", "\n".join(names).encode("utf-16"), LineKind.AUTO) == names


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"x"), ("a.csv", "Thử".encode("utf-16-le")), ("a.xlsx", b"no sheet"), ("a.csv", b"")],
)
def test_a_file_that_is_no_list_is_refused(backends: Backends, name: str, content: bytes) -> None:
    with pytest.raises(Invalid):
        file_lines(backends, name, content, LineKind.AUTO)


def asked(backends: Backends, owner: Actor, *lines: str) -> int:
    with backends.begin(owner) as uow:
        return ask_list(uow, lines, LineKind.AUTO, most=backends.settings.list_lines).id


def told(backends: Backends, owner: Actor, list_id: int) -> list[tuple[int, int | None, int, int | None]]:
    with backends.read(owner) as uow:
        found = answers(uow, list_search.list_search(uow, list_id))
        return [
            (one.documents, one.document and one.document.id, one.persons, one.person and one.person.id)
            for one in found
        ]


def test_a_line_finds_one_document_several_or_none_within_the_scope(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        person = factories.person(uow, office, full_name="Nguyễn Văn Thử", id_number="000090000001")
        one = factories.document(uow, office, "Chữ.", number="15", symbol="QĐ-UBND")
        factories.document(uow, office, "Của Nguyễn Văn Thử.")
        factories.filing(uow, factories.case(uow, person), one)
        elsewhere = factories.organisation(uow)
        factories.document(uow, elsewhere, "Kín: Lê Thị Nơi Khác.", number="16", symbol="QĐ-UBND")
        factories.person(uow, elsewhere, full_name="Lê Thị Nơi Khác")
    index_due(backends)
    lines = ("15/QĐ-UBND", "Nguyễn Văn Thử", "0000 9000 0001", "Lê Thị Nơi Khác", "16/QĐ-UBND")
    list_id = asked(backends, officer, *lines)
    assert make_list(backends, list_id)
    assert told(backends, officer, list_id) == [
        (1, one.id, 0, None),
        (2, None, 1, person.id),
        (1, one.id, 1, person.id),
        (0, None, 0, None),
        (0, None, 0, None),
    ]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(Document, one.id).quarantined_at = uow.now
    assert told(backends, officer, list_id)[0] == (0, None, 0, None)
    with backends.read(officer) as uow:
        asked_for = list_search.list_search(uow, list_id)
        assert question_at(uow, asked_for, 2).text == '"Nguyễn Văn Thử"'
        with pytest.raises(NotFound):
            question_at(uow, asked_for, 6)


def test_a_long_list_is_answered_in_turns_and_goes_on_where_a_maker_died(
    backends: Backends, officer: Actor, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_search, "AT_ONCE", 2)
    monkeypatch.setattr(list_search, "A_TURN", 2)
    monkeypatch.setattr(list_search, "SHORT", 3)
    list_id = asked(backends, officer, *[f"Người Thử {name}" for name in "ABCDEFG"])
    assert (Job.LIST, list_id) in bell.rung
    bell.rung.clear()
    assert not make_list(backends, list_id)
    assert bell.rung == [(Job.LIST, list_id)]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        row = uow.session.get_one(ListSearch, list_id)
        assert (len(row.answers), row.state) == (4, AskedState.ASKED)
        row.touched_at = uow.now - asked_rows.RING_AGAIN - timedelta(seconds=1)
    bell.rung.clear()
    sweep(backends)
    assert (Job.LIST, list_id) in bell.rung
    assert make_list(backends, list_id)
    assert not make_list(backends, list_id)
    assert len(told(backends, officer, list_id)) == 7


def test_nobody_else_opens_a_list_and_after_its_days_only_the_counts_are_left(
    backends: Backends, officer: Actor, leader: Actor, settings: Settings
) -> None:
    list_id = asked(backends, officer, "Nguyễn Văn Thử")
    make_list(backends, list_id)
    with backends.read(leader) as uow, pytest.raises(NotFound):
        list_search.list_search(uow, list_id)
    later = Backends(settings, clock=lambda: factories.NOW + timedelta(days=settings.export_days, seconds=1))
    try:
        assert (forget_lists(later), forget_lists(later)) == (1, 0)
    finally:
        later.close()
    with backends.read(officer) as uow:
        row = list_search.list_search(uow, list_id)
        assert (row.state, row.lines, row.answers, row.total) == (AskedState.DELETED, [], [], 1)


def test_an_account_that_is_closed_is_answered_nothing(backends: Backends, officer: Actor) -> None:
    list_id = asked(backends, officer, "Nguyễn Văn Thử")
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        uow.session.get_one(User, officer.user_id).active = False
    assert not make_list(backends, list_id)
    with backends.read(officer) as uow:
        assert list_search.list_search(uow, list_id).state is AskedState.FAILED


# Line -> the persons it means, and whether it is only nearly their name.
NAMES: tuple[tuple[str, set[str], bool], ...] = (
    ("Nguyễn Văn Thử", {"an", "ba"}, False),
    ("nguyen van thu", {"an", "ba"}, False),
    ("Thử Nguyễn Văn", {"an", "ba"}, False),
    ("Nguyễn Văn Thử 1990", {"an"}, False),
    ("Nguyễn Văn Thử, sinh ngày 02/03/1985", {"ba"}, False),
    ("Tư Lùn", {"an"}, False),
    ("Nguyễn Văn Thử (1977)", {"an", "ba"}, True),
    ("Nguyễn Văn Thú", {"an", "ba"}, True),
    ("N.V. Thử", {"an", "ba"}, True),
    ("N.V. Thử 1990", {"an"}, True),
    ("Nguyễn Thử", {"an", "ba"}, True),
    ("Nguyễn Văn Thửw", {"an", "ba", "thuy"}, True),
    ("Nguyễm Văn Thử 1985", {"ba"}, True),
    ("Nguyễn Văn Thúy", {"thuy"}, True),  # but for an accent; nearer than one letter more or less
    ("Lê Thị Vắng", set(), False),
)


def test_a_name_is_looked_for_as_the_search_knows_names_and_what_is_not_wholly_it_says_so(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        persons = {
            "an": factories.person(uow, office, full_name="Nguyễn Văn Thử", birth_date=date(1990, 5, 12)),
            "ba": factories.person(uow, office, full_name="Nguyễn Văn Thử", birth_date=date(1985, 3, 2)),
            "thuy": factories.person(uow, office, full_name="Nguyễn Văn Thủy", birth_date=date(1985, 3, 2)),
        }
        persons["an"].keys += [PersonKey(key=key) for key in keys_of_name("Tư Lùn")]
        persons["an"].names = [PersonName(name="Tư Lùn", folded_name="tu lun")]
        filed = {}
        for name, row in persons.items():
            filed[name] = factories.document(uow, office, "Chữ khác.").id
            factories.filing(uow, factories.case(uow, row), uow.session.get_one(Document, filed[name]))
    index_due(backends)
    list_id = asked(backends, officer, *(line for line, _, _ in NAMES))
    make_list(backends, list_id)
    with backends.read(officer) as uow:
        asked_for = list_search.list_search(uow, list_id)
        for one, (line, called, near) in zip(answers(uow, asked_for), NAMES, strict=True):
            only = persons[min(called)].id if len(called) == 1 else None
            found = (one.documents, one.persons, one.person and one.person.id, one.near)
            assert (line, *found) == (line, len(called), len(called), only, near)
            opened = question_at(uow, asked_for, one.place)
            hits = search(uow, Query(opened.text, opened.filters)).hits
            assert {hit.document for hit in hits} == {filed[name] for name in called}


LONG_NAMES = ("Công Tằng Tôn Nữ Thử Mẫu Linh", "Lê Thử Hiếu Nghĩa Đệ Nhất Mẫu Thương Tâm Nhân")


@pytest.mark.parametrize("name", LONG_NAMES)
def test_a_name_of_seven_to_ten_words_is_known_in_a_list_and_where_it_is_all_that_is_searched_for(
    backends: Backends, office: Organisation, officer: Actor, name: str
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for one in LONG_NAMES:
            filed = factories.document(uow, office, "Chữ khác.", title=one)
            row = factories.person(uow, office, full_name=one)
            factories.filing(uow, factories.case(uow, row), filed)
    index_due(backends)
    *others, given = name.split()
    lines = (name, " ".join((given, *others)), name.replace("Thử", "Thửm"), f"{name}, 1990", f"{name} Thêm Chữ Nữa")
    list_id = asked(backends, officer, *lines)
    make_list(backends, list_id)
    with backends.read(officer) as uow:
        found = answers(uow, list_search.list_search(uow, list_id))
        hits = search(uow, Query(f"ông {lines[1]} sinh năm 1990")).hits
    told_of = [(one.person and one.person.full_name, one.near) for one in found]
    assert told_of == [(name, False), (name, False), (name, True), (name, False), (None, False)]
    assert [hit.title for hit in hits] == [name]


def test_a_name_as_it_stands_in_a_text_goes_before_persons_who_are_nearly_called_so(
    backends: Backends, office: Organisation, officer: Actor
) -> None:
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        factories.person(uow, office, full_name="Nguyễn Văn Thử")
        written = factories.document(uow, office, "Của Nguyễn Văn Thửm.")
    index_due(backends)
    list_id = asked(backends, officer, "Nguyễn Văn Thửm", "Nguyễn Văn Thửm 1990")
    make_list(backends, list_id)
    with backends.read(officer) as uow:
        plain, with_year = answers(uow, list_search.list_search(uow, list_id))
    assert (plain.documents, plain.document and plain.document.id, plain.persons, plain.near) == (
        1,
        written.id,
        0,
        False,
    )
    assert (with_year.documents, with_year.persons, with_year.near) == (1, 1, True)


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_counts_above_one_are_those_of_the_moment_at_which_they_are_shown(
    backends: Backends, office: Organisation, officer: Actor, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(list_search, "COUNTED_AT_ONCE", at_once)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        elsewhere = factories.organisation(uow)
        persons = [factories.person(uow, office, full_name="Nguyễn Văn Thử") for _ in range(3)]
        filed = [factories.document(uow, office, "Chữ khác.") for _ in persons]
        for person, document in zip(persons, filed, strict=True):
            factories.filing(uow, factories.case(uow, person), document)
        written = [factories.document(uow, office, "Của Lê Thị Mẫu.") for _ in range(3)]
    index_due(backends)
    list_id = asked(backends, officer, "Nguyễn Văn Thử 1990", "Lê Thị Mẫu", "Lê Thị Mẫu")
    make_list(backends, list_id)
    assert told(backends, officer, list_id) == [(3, None, 3, None), *[(3, None, 0, None)] * 2]
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for name, value in (("flags", [Flag.HIV.value]), ("quarantined_at", uow.now)):
            row = uow.session.get_one(Document, written.pop().id)
            setattr(row, name, value)
            row.hide_until_indexed()
        uow.session.get_one(Person, persons[0].id).organisation_id = elsewhere.id
    assert told(backends, officer, list_id) == [(2, None, 2, None), *[(1, None, 0, None)] * 2]
    with backends.read(officer) as uow:
        first = answers(uow, list_search.list_search(uow, list_id), range(1, 3))
    assert [one.documents for one in first] == [2, 1, 3]  # those that are not looked at stay as they were
    index_due(backends)
    assert told(backends, officer, list_id)[1] == (1, None, 0, None)


def test_of_a_name_that_too_many_bear_the_documents_are_not_asked_for_and_it_says_so(
    backends: Backends, office: Organisation, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_search, "MOST_OPENED", 1)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        for name in ("Nguyễn Văn Thử", "Nguyễn Văn Thử", "Lê Thị Mẫu"):
            factories.person(uow, office, full_name=name)
    list_id = asked(backends, officer, "Nguyễn Văn Thử", "Lê Thị Mẫu", "Lê Thị Vắng")
    make_list(backends, list_id)
    with backends.read(officer) as uow:
        found = answers(uow, list_search.list_search(uow, list_id))
    assert [(one.documents, one.persons, one.too_many) for one in found] == [(0, 2, True), (0, 1, False), (0, 0, False)]


def test_two_lists_of_an_account_are_counted_one_after_the_other(backends: Backends, officer: Actor) -> None:
    held: list[type] = []

    def note(state: ORMExecuteState) -> None:
        if getattr(state.statement, "_for_update_arg", None) is not None and state.bind_mapper is not None:
            held.append(state.bind_mapper.class_)

    with backends.begin(officer) as uow:
        event.listen(uow.session, "do_orm_execute", note)
        ask_list(uow, ["Thử A"], LineKind.AUTO, most=1)
        assert held == [User]


def test_an_account_searches_for_so_many_lines_within_a_day_and_then_waits(
    backends: Backends, officer: Actor, leader: Actor, settings: Settings
) -> None:
    def ask(owner: Actor, *lines: str, within: Backends = backends) -> int:
        with within.begin(owner) as uow:
            return ask_list(uow, lines, LineKind.AUTO, most=3).total

    assert (ask(officer, "Thử A", "Thử B"), ask(officer, "Thử C"), ask(leader, "Thử D")) == (2, 1, 1)
    with pytest.raises(ListLimit, match="còn 0 dòng"):
        ask(officer, "Thử E")
    with pytest.raises(ListLimit, match="còn 2 dòng"):
        ask(leader, "Thử E", "Thử F", "Thử G")
    later = Backends(settings, clock=lambda: factories.NOW + timedelta(hours=24))
    try:
        assert ask(officer, "Thử E", within=later) == 1
    finally:
        later.close()
