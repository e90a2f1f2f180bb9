"""Rules of the query language."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import SearchRequest
from indexer.dates import parse_days
from indexer.folding import exact_tokens, folded_tokens
from indexer.query import MOST_PREFIXES, parse
from indexer.tree import Alike, And, Close, Days, Node, Not, Number, Or, Text, Value


def text(words: str, field: str = "all", *, quoted: bool = False) -> Text:
    """A text of these words, typed as they stand."""
    return Text(tuple(exact_tokens(words)), tuple(folded_tokens(words)), field, quoted)


@pytest.mark.parametrize(
    ("typed", "nodes"),
    [
        ("ma tuy", (text("ma"), text("tuy"))),
        ('"ma tuy"', (text("ma tuy", quoted=True),)),
        ("20/11/2025", (Or((text("20 11 2025"), Value("days", ("2025-11-20",)))),)),
        ("a -b", (text("a"), Not(And((text("b"),))))),
        ('a -"b c"', (text("a"), Not(And((text("b c", quoted=True),))))),
        ("a - b", (text("a"), text("b"))),
        ("a OR b OR c d", (Or((text("a"), text("b"), text("c"))), text("d"))),
        ("a HOẶC b", (Or((text("a"), text("b"))),)),
        ("OREGON or", (text("oregon"), text("or"))),
        ("nguoi:thu", (text("thu", "person"),)),
        ("người ký : thu", (text("thu", "signer"),)),
        ("loại:qd", (Value("type", ("QĐ",)),)),
        ("năm:2023-2024", (Value("year", ("2023", "2024")),)),
        ("cccd:000123456789", (Value("identities", ("000123456789",)),)),
        ("15/qd-ubnd", (Number(("15/qdubnd",), text("15 qd ubnd")),)),
        (
            "số: 15/ QĐ - UBND x",
            (
                Number(("15/qdubnd",), Text(("15", "qđ", "ubnd"), ("15", "qd", "ubnd"), "number"), keys_only=True),
                text("x"),
            ),
        ),
        ("15/qd -mat", (Number(("15/qd",), text("15 qd")), Not(And((text("mat"),))))),
    ],
)
def test_a_question_becomes_this_tree(typed: str, nodes: tuple[Node, ...]) -> None:
    parsed = parse(typed)
    assert parsed.node.nodes == nodes
    assert parsed.notes == ()


def test_a_question_takes_ten_beginnings_of_words_and_says_so() -> None:
    found = parse(" ".join(f"quyết{letter}*" for letter in "abcdefghiklm"))

    assert [text.prefix for text in found.texts()] == [True] * MOST_PREFIXES + [False] * 2
    assert [note.code for note in found.notes] == ["query-prefix-many"] * 2


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("a b", True),
        ("15/qd-x a", True),
        ('"a b"', False),
        ("a -b", False),
        ("a OR b", False),
        ("so:1", False),
        ("", False),
    ],
)
def test_only_words_and_numbers_are_plain(typed: str, plain: bool) -> None:
    assert parse(typed).plain is plain


def test_words_that_spell_a_number_carry_its_key() -> None:
    assert parse("so 15 qd ubnd").numbers == ("15/qdubnd",)
    assert parse("15 qd ubnd").numbers == ("15/qdubnd",)
    assert parse("quan ly 15").numbers == ()
    assert parse("15").numbers == ("15",)
    assert parse("2024").numbers == ()


def test_one_accent_makes_a_question_accented() -> None:
    assert parse("quan lý").accented
    assert not parse("quan ly -đỏ").accented


def test_texts_leave_out_what_is_not_wanted() -> None:
    assert parse("a -b nguoi:c 1/qd").texts() == (text("a"), text("c", "person"), text("1 qd"))


def test_a_word_that_announces_a_number_is_not_asked_for() -> None:
    assert parse("số 1/qd").node.nodes == (Number(("1/qd",), text("1 qd")),)
    assert len(parse("số OR 1/qd").node.nodes) == 1


def test_days_of_a_range() -> None:
    first, last = parse_days("02/2024") or (0, 0)
    assert last - first == 28
    assert parse("từ ngày:02/2024").node.nodes == (Days(first, None),)
    assert parse("den:02/2024").node.nodes == (Days(None, last),)


@pytest.mark.parametrize("typed", ["31/02/2024", "13/2024", "0/0/0", "hôm nay", "", "99999", "0000"])
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_days(typed) is None


def words_of(node: Node) -> Iterator[str]:
    """Every word that is asked for, or left out on purpose, somewhere in a tree."""
    if isinstance(node, Text):
        yield from node.folded
    elif isinstance(node, Number):
        yield from node.text.folded
    elif isinstance(node, Close):
        yield from (word for text in node.words for word in text.folded)
    elif isinstance(node, Value):
        yield from (word for value in node.values for word in folded_tokens(value))
    elif isinstance(node, Not | Alike):
        yield from words_of(node.node)
    elif isinstance(node, Or | And):
        yield from (word for part in node.nodes for word in words_of(part))


@given(st.text(alphabet='ab đố"-|()/0123* \n', max_size=40))
def test_every_word_that_is_typed_is_asked_for_whatever_signs_stand_between(typed: str) -> None:
    asked = list(words_of(parse(typed).node))
    asked.append("".join(asked))  # the parts of a number are words of their own
    assert [word for word in folded_tokens(typed) if not any(word in one for one in asked)] == []


@given(st.text(max_size=40) | st.text(alphabet='ab đ"-:|()/0123 ORso loạinăm~*\n', max_size=40))
def test_whatever_is_typed_is_one_of_the_conditions_or_a_note_says_where_it_is_wrong(typed: str) -> None:
    parsed = parse(typed)
    left, end = list(typed), 0
    for part in parsed.parts:
        assert end <= part.start < part.end <= len(typed)
        left[part.start : part.end] = " " * (part.end - part.start)
        end = part.end
    assert re.sub(r"OR|HOẶC|\|", " ", "".join(left)).strip() == ""
    for note in parsed.notes:
        assert note.place is None or typed[slice(*note.place)].strip() == note.value.strip() != ""


def test_an_order_that_does_not_exist_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError, match="loudest"):
        SearchRequest("a", sort="loudest")


def test_short_and_long_forms_are_alike_with_a_note() -> None:
    short, long = parse("UBND"), parse("uy ban nhan dan xã")
    assert [note.code for note in short.notes] == ["query-abbreviation"]
    assert short.node.nodes == (Alike(text("UBND"), text("ủy ban nhân dân")),)
    assert long.node.nodes == (
        Alike(And((text("uy"), text("ban"), text("nhan"), text("dan"))), text("UBND")),
        text("xã"),
    )


@pytest.mark.parametrize("typed", ["ca", '"UBND"', "người:UBND", "15/QĐ-UBND", "so 15 qd ubnd"])
def test_syllables_phrases_fields_and_numbers_are_no_short_forms(typed: str) -> None:
    assert not any(isinstance(node, Alike) for node in parse(typed).node.nodes)


def test_a_form_that_no_source_confirms_says_so() -> None:
    (note,) = parse("CA").notes
    assert "chưa kiểm chứng" in note.message


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("quyết định từ ngày:32/01/2026 cai", "32/01/2026"),
        ('cai "sau cai nghiện', '"sau cai nghiện'),
        ("cai OR", "OR"),
        ("OR cai", "OR"),
        ("cai màu:đỏ", "màu"),
        ("cai loại:", "loại:"),
        ("a* cai", "a*"),
        ('cai "nghiện"~3', '"nghiện"~3'),
        ("năm:20 cai", "20"),
        (" -ma -túy ", "-ma -túy"),
    ],
)
def test_a_note_about_a_wrong_part_says_where_it_stands(typed: str, wrong: str) -> None:
    (note,) = parse(typed).notes
    assert note.place is not None
    assert typed[slice(*note.place)] == note.value == wrong


def test_the_conditions_of_a_question_are_known_as_they_were_typed() -> None:
    typed = 'cai năm:2020  "ma túy" -tự người ký: thử'
    parts = parse(typed).parts
    assert [typed[part.start : part.end] for part in parts] == ["cai", "năm:2020", '"ma túy"', "-tự", "người ký: thử"]
    assert [part.field for part in parts] == ["", "year", "", "", "signer"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("UBND", "UBND: tìm cả “ủy ban nhân dân”."), ("ủy ban nhân dân", "“ủy ban nhân dân”: tìm cả UBND.")],
)
def test_the_other_form_is_told_from_the_side_of_the_one_that_was_typed(typed: str, told: str) -> None:
    assert [note.message for note in parse(typed).notes] == [told]
