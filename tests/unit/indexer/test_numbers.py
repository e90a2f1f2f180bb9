"""Rules of numbers and symbols, of dates and of identity numbers in questions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates import day_at, day_tokens
from indexer.numbers import number_keys, number_parts, number_questions
from indexer.query import parse
from indexer.tree import And, Or, Value


@pytest.mark.parametrize(
    ("written", "number", "year", "kind"),
    [
        ("15/2024/QĐ-UBND", "15", "2024", "qd"),
        ("Số: 015a/QĐ-UBND", "15a", None, "qd"),
        ("73/2021/QH14", "73", "2021", "qh"),
        ("01/2022/UBTVQH15", "1", "2022", "ubtvqh"),
    ],
)
def test_number_year_and_kind_are_told_apart(written: str, number: str, year: str | None, kind: str) -> None:
    parts = number_parts(written)
    assert parts is not None
    assert (parts.number, parts.year, parts.kind) == (number, year, kind)


@pytest.mark.parametrize(
    "text", ["15/QĐ-UBND", "15 qđ ubnd", "15/ QĐ - UBND", "15/qd–ubnd", "015 / QĐ-UBND", "Số: 15/QĐ-UBND"]
)
def test_every_spelling_of_a_number_has_its_key(text: str) -> None:
    assert "15/qdubnd" in number_keys(text)
    assert number_questions(text) == ("15/qdubnd",)


def test_a_number_without_a_hyphen_meets_the_one_with() -> None:
    assert set(number_questions("15/QĐUBND")) & set(number_keys("15/QĐ-UBND"))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("15/2024/QĐ-UBND", ("15/2024/qdubnd", "15/qdubnd", "15/2024", "/qdubnd", "qd 15", "qd 15/2024", "15")),
        ("15a/QĐ-UBND", ("15a/-/qdubnd", "15a/qdubnd", "/qdubnd", "qd 15a", "qd 15a/-", "15a")),
        ("/QĐ-UBND", ("/qdubnd",)),
        ("15", ("15",)),
        ("", ()),
        ("không số", ()),
    ],
)
def test_number_keys_from_telling_to_vague(text: str, keys: tuple[str, ...]) -> None:
    assert number_keys(text) == keys


@given(st.text(alphabet="0123456789/-aQĐ UBND", max_size=20))
def test_a_number_answers_the_question_for_itself(text: str) -> None:
    if number_keys(text):
        assert set(number_keys(text)) & set(number_questions(text))


@pytest.mark.parametrize(
    ("asked", "borne"),
    [
        ("nghị định 116/2021", "116/2021/NĐ-CP"),
        ("nd 116/2021", "116/2021/NĐ-CP"),
        ("Nghị định số 116/2021/NĐ-CP", "116/2021/NĐ-CP"),
        ("nghi dinh so 116", "116/2021/NĐ-CP"),
        ("116-2021", "116/2021/NĐ-CP"),
        ("116/2021", "116/2021/NĐ-CP"),
        ("QĐ 12", "12/QĐ-UBND"),
        ("so 12 qd ubnd", "12/QĐ-UBND"),
        ("12 qđ ubnd", "012/QĐ-UBND"),
        ("15a/QĐ-UBND", "15a/QĐ-UBND"),
        ("luật 73/2021", "73/2021/QH14"),
        ("thông tư 05/2025", "05/2025/TT-BNV"),
        ("15", "15/QĐ-UBND"),
        ("0015", "15/QĐ-UBND"),
        ("15", "0015/QĐ-UBND"),
        ("số 0015", "15/QĐ-UBND"),
        ("0015/QĐ-UBND", "15/QĐ-UBND"),
        ("15/QĐ-UBND", "0015/QĐ-UBND"),
        ("qđ 0015", "15/QĐ-UBND"),
        ("015a", "15a/QĐ-UBND"),
        ("số 2024", "2024/QĐ-UBND"),
    ],
)
def test_every_spelling_of_a_number_names_it_and_nothing_else(asked: str, borne: str) -> None:
    parsed = parse(asked)
    assert parsed.is_number
    assert set(parsed.numbers) & set(number_keys(borne))


@pytest.mark.parametrize("asked", ["QĐ 12", "12/2025", "quyết định 12/2025"])
def test_a_number_without_a_year_is_found_by_the_year_of_its_date(asked: str) -> None:
    assert set(parse(asked).numbers) & set(number_keys("12/QĐ-UBND", 2025))


def test_a_number_of_another_year_is_another_one() -> None:
    assert not set(parse("12/2024/QĐ-UBND").numbers) & set(number_keys("12/QĐ-UBND", 2025))
    assert set(parse("12/2024/QĐ-UBND").numbers) & set(number_keys("12/QĐ-UBND"))


def test_a_number_in_a_longer_question_is_named_but_not_alone() -> None:
    parsed = parse("Điều 41 Nghị định 116/2021")
    assert not parsed.is_number
    assert set(parsed.numbers) & set(number_keys("116/2021/NĐ-CP"))


@pytest.mark.parametrize("asked", ["12 người nghiện", "đơn 12", "tháng 5 2026", "2024", "000203004", "05022026"])
def test_other_numbers_are_no_numbers_of_documents(asked: str) -> None:
    assert not parse(asked).is_number


@pytest.mark.parametrize(
    "written", ["ngày 05 tháng 02 năm 2026", "5/2/2026", "05/02/2026", "5-2-2026", "05.02.2026", "5/2/26"]
)
def test_a_day_is_one_value_in_every_form(written: str) -> None:
    assert day_tokens(f"Mẫu 1, {written} (bản sao)") == ["2026-02-05"]
    assert Value("days", ("2026-02-05",)) in parse(written).node.nodes[0].nodes  # type: ignore[union-attr]


@pytest.mark.parametrize("written", ["31/02/2026", "5.2.26", "1.5.2.26", "15/QĐ-UBND", "12/2025", "192.168.10.2024"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert day_tokens(written) == []


def test_a_day_is_found_where_it_stands() -> None:
    assert day_at("từ 5/2/2026 đến", 3) == (date(2026, 2, 5), 11)


@pytest.mark.parametrize("typed", ["000 203 004 567", "000.203.004.567", "000203 004567"])
def test_an_identity_number_in_groups_is_found_whole(typed: str) -> None:
    (node,) = parse(typed).node.nodes
    assert isinstance(node, Or)
    assert isinstance(node.nodes[0], And)
    assert node.nodes[1] == Value("identities", ("000203004567",))


def test_words_that_announce_an_identity_number_are_not_asked_for() -> None:
    for words in ("số", "CCCD", "số CMND"):
        assert parse(f"{words} 000.203.004.567").node == parse("000.203.004.567").node
    assert len(parse("số bút lục 000.203.004.567").node.nodes) == 4


@pytest.mark.parametrize(
    ("typed", "alone", "nodes"),
    [
        ("nghị định 116 2021 nd cp", True, 6),
        ("quyết định 15 qd ubnd", True, 5),
        ("kế hoạch 12 không thực hiện", False, 4),
        ("quyết định 15 qd ubnd về hỗ trợ", False, 4),
    ],
)
def test_a_symbol_after_a_number_ends_at_the_first_syllable(typed: str, alone: bool, nodes: int) -> None:
    parsed = parse(typed)
    assert parsed.number is not None
    assert (parsed.number.alone, len(parsed.node.nodes)) == (alone, nodes)
