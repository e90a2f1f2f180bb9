"""What a context lacks and what is wrong with it: every validation of the forms that does not count a time limit."""

from datetime import date
from typing import Any

import pytest
from filled_forms import CONTEXTS, MOTHER, TODAY, filled

from config.rules import CheckKey
from doc_templates.catalogue import Form, form, forms
from doc_templates.checks import CHECKS, add_months
from doc_templates.context import missing, problems, unchecked

each_form = pytest.mark.parametrize("one", forms(), ids=lambda row: row.code)


def codes(form_code: str, **changes: Any) -> set[tuple[str, str]]:
    """(code, variable) of every problem of a right context with these changes."""
    return {(row.code, row.variable) for row in problems(form(form_code), filled(form_code, **changes), today=TODAY)}


def test_every_check_of_the_law_data_has_a_function() -> None:
    assert set(CHECKS) == set(CheckKey)


@each_form
def test_a_right_context_lacks_nothing_and_has_no_problem(one: Form) -> None:
    assert missing(one, CONTEXTS[one.code], numbered=True) == ()
    assert problems(one, CONTEXTS[one.code], today=TODAY) == ()


@each_form
def test_an_empty_context_lacks_every_required_fact_and_is_not_wrong_beside(one: Form) -> None:
    names = {row.variable for row in missing(one, {})}
    assert {"person.full_name", "person.birth_date", "signer.full_name", "agency.name"} <= names
    assert {row.code for row in problems(one, {}, today=TODAY)} <= {"recipients"}


@each_form
def test_number_and_date_are_missing_only_once_the_paper_is_numbered(one: Form) -> None:
    context = filled(one.code, doc__number=None, doc__date=None)
    assert missing(one, context) == ()
    assert [row.variable for row in missing(one, context, numbered=True)] == ["doc.number", "doc.date"]


def test_a_missing_fact_carries_its_label() -> None:
    (row,) = missing(form("D163/V/22"), filled("D163/V/22", rehab__place=" "))
    assert (row.variable, row.label) == ("rehab.place", "Địa điểm cai nghiện ma túy")


def test_the_effective_day_is_not_missing_where_the_decision_takes_effect_on_signing() -> None:
    assert [row.variable for row in missing(form("D163/V/53"), filled("D163/V/53", doc__effective_from=None))] == [
        "doc.effective_from"
    ]
    signing = filled("D163/V/53", doc__effective_from=None, doc__effective_on_signing=True)
    assert missing(form("D163/V/53"), signing) == ()


def test_the_relation_is_needed_with_a_representative() -> None:
    alone = {key: value for key, value in MOTHER.items() if key != "relation"}
    assert [row.variable for row in missing(form("D163/V/50"), filled("D163/V/50", rep=alone))] == ["rep.relation"]


def test_without_an_identity_paper_only_the_reason_is_needed() -> None:
    assert missing(form("D163/V/22"), filled("D163/V/22", person__id_doc={"none_reason": "bị mất"})) == ()
    names = {row.variable for row in missing(form("D163/V/22"), filled("D163/V/22", person__id_doc={}))}
    assert "person.id_doc.number" in names


@pytest.mark.parametrize(
    ("kind", "number", "right"),
    [
        ("CCCD", "000090000012", True),
        ("CCCD", "00009000001", False),
        ("CC", "0000900000123", False),
        ("CC", "000090000012", True),
        ("CMND", "000900012", True),
        ("CMND", "000090000012", True),
        ("CMND", "0009000123", False),
        ("HC", "T0000001", True),
        ("HC", "000090000012", False),
        ("CCCD", "00009000001a", False),
        ("CCCD", "٠٠٠٠٩٠٠٠٠٠١٢", False),
        ("CCCD", "000 090 000 012", True),
    ],
)
def test_the_identity_number_has_the_length_of_its_kind(kind: str, number: str, right: bool) -> None:
    found = codes("D163/V/22", person__id_doc__kind=kind, person__id_doc__number=number)
    assert found == (set() if right else {("identity-number", "person.id_doc.number")})


@pytest.mark.parametrize(
    ("code", "changes", "problem"),
    [
        ("D163/V/53", {"person__id_doc__issued_on": "2026-11-11"}, ("not-before", "doc.date")),
        ("D163/V/53", {"cited__proposal__date": "2026-11-11"}, ("not-before", "doc.date")),
        ("D163/V/56", {"cited__decision__date": "2026-11-11"}, ("not-before", "doc.date")),
        ("D163/V/50", {"cited__court__date": "2026-11-13"}, ("not-before", "doc.date")),
        ("D163/V/53", {"doc__date": "2026-11-23", "doc__effective_from": "2026-12-01"},
         ("not-after-today", "doc.date")),
        ("D163/V/53", {"doc__effective_from": "2026-11-09"}, ("not-before", "doc.effective_from")),
        ("D163/V/53", {"person__birth_date": "2014-11-11"}, ("minimum-age", "person.birth_date")),
        ("D163/V/53", {"post__term_to": "2026-11-11"}, ("order", "post.term_to")),
        ("D163/V/53", {"post__term_to": "2029-11-12"}, ("term-months", "post.term_to")),
        ("D116/51", {"post__term_to": "2027-02-05"}, ("term-months", "post.term_to")),
        ("D163/V/22", {"case__term_to": "2027-08-03"}, ("term-months", "case.term_to")),
        ("D163/V/22", {"rehab__place_kind": "reformatory", "recipients": ["Giám đốc Công an tỉnh", "PC04"]},
         ("minor-only", "rehab.place_kind")),
        ("D163/V/50", {"agency__kind": "reformatory"}, ("minor-only", "agency.kind")),
        ("D163/V/22", {"recipients": []}, ("recipients", "recipients")),
        ("D163/V/22", {"rehab__place_kind": "public_facility"}, ("recipients", "recipients")),
        ("D163/V/53", {"signer__prefix": "PP."}, ("bad-choice", "signer.prefix")),
        ("D163/V/53", {"doc__symbol": "UBND"}, ("symbol", "doc.symbol")),
        ("D163/V/53", {"doc__symbol": "GXN-UBND"}, ("symbol", "doc.symbol")),
        ("D163/V/53", {"doc__symbol": "QĐ-ubnd"}, ("symbol", "doc.symbol")),
        ("D163/V/53", {"doc__number": "0"}, ("number", "doc.number")),
        ("D163/V/53", {"doc__number": "12/2026"}, ("number", "doc.number")),
        ("D163/V/53", {"doc__date": "10/11/2026"}, ("bad-date", "doc.date")),
        ("D163/V/53", {"doc__date": "2026-11"}, ("bad-date", "doc.date")),
        ("D163/V/53", {"rep__age": "sáu mươi"}, ("bad-number", "rep.age")),
        ("D163/V/53", {"person__full_name": "Thử " * 40}, ("too-long", "person.full_name")),
        ("D163/V/53", {"recipients": "một nơi"}, ("bad-list", "recipients")),
        ("D163/V/53", {"doc__effective_on_signing": "có"}, ("bad-flag", "doc.effective_on_signing")),
        ("D116/51", {"doc__date": "2025-03-01", "doc__effective_from": "2025-03-01"}, ("wrong-regime", "doc.date")),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_named(code: str, changes: dict[str, Any], problem: tuple[str, str]) -> None:
    assert codes(code, **changes) == {problem}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("D163/V/22", {"case__term_to": "2028-08-02"}),
        ("D163/V/22", {"case__term_to": "2029-08-03"}),
        ("D163/V/22", {"case__term_to": "2027-01-15", "case__is_continuation": True}),
        ("D163/V/22", {"person__birth_date": "2010-01-01", "rehab__place_kind": "reformatory",
                       "recipients": ["Giám đốc Công an tỉnh", "PC04"]}),
        ("D163/V/22", {"doc__symbol": "QĐ-CAX"}),
        ("D163/V/53", {"post__term_to": "2027-11-12"}),
        ("D163/V/53", {"doc__effective_from": "2026-01-01", "doc__effective_on_signing": True}),
        ("D163/V/53", {"person__birth_date": "2014"}),
        ("D163/V/53", {"doc__number": "15a"}),
        ("D163/V/50", {"person__birth_date": "2010-01-01", "rep": MOTHER, "recipients": ["Mẹ của người cai nghiện"]}),
    ],
)  # fmt: skip
def test_what_the_law_allows_is_no_problem(code: str, changes: dict[str, Any]) -> None:
    assert codes(code, **changes) == set()


def test_the_certificate_of_a_minor_needs_the_representative_and_sends_it_to_him() -> None:
    found = codes("D163/V/50", person__birth_date="2009-11-13")
    assert found == {
        ("required-for-minor", "rep.full_name"),
        ("required-for-minor", "rep.residence"),
        ("recipients", "recipients"),
    }
    assert codes("D163/V/50", person__birth_date="2008-11-12") == set()


def test_the_ministry_is_not_taken_for_the_father_among_the_recipients() -> None:
    minor = {"person__birth_date": "2010-01-01", "rep": MOTHER}
    assert codes("D163/V/50", **minor, recipients=["Bộ Công an"]) == {("recipients", "recipients")}
    assert codes("D163/V/50", **minor, recipients=["Bố của người cai nghiện"]) == set()


def test_a_problem_says_what_is_wrong_and_on_what_basis() -> None:
    (row,) = problems(form("D163/V/22"), filled("D163/V/22", recipients=["Viện Thử"]), today=TODAY)
    assert "PC04" in row.message
    assert "Điều 91" in row.basis


@each_form
def test_what_counts_time_is_named_as_unchecked(one: Form) -> None:
    assert any("Chưa kiểm tra thời hạn" in gap.text_vi for gap in unchecked(one))


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 24, date(2028, 12, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_number_or_on_the_last_day(day: date, months: int, end: date) -> None:
    assert add_months(day, months) == end
