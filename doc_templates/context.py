"""What a context lacks and what is wrong with it, before a form is filled.

`missing` blocks the presentation of a paper, never its printing; `problems` holds every validation of the forms that
does not count a legal time limit. What is not checked at all is named by `unchecked`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.rules import FormRule, Gap, form_rule
from doc_templates.catalogue import GIVEN_BY_THE_BOOK, Form, Variable
from doc_templates.checks import CHECKS, Facts, Problem
from doc_templates.facts import fact, needed, span, stated, whole_day

NAME_LENGTH = 120  # characters [forms.md 2.2]

__all__ = ["Missing", "Problem", "missing", "problems", "unchecked"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A required fact that is absent, with its label for the screen."""

    variable: str
    label: str


def missing(form: Form, context: Mapping[str, object], *, numbered: bool = False) -> tuple[Missing, ...]:
    """The required facts that are absent, in the order of the form.

    Number and date come from the book after the signature [Decree 30/2020 Article 15], so they count only when
    `numbered`.
    """
    return tuple(
        Missing(row.name, row.label)
        for row in form.variables
        if (numbered or row.name not in GIVEN_BY_THE_BOOK)
        and needed(context, row)
        and stated(form, context, row) is None
    )


def problems(form: Form, context: Mapping[str, object], *, today: date) -> tuple[Problem, ...]:
    """Everything wrong with the facts that are there, in the order of the form, then of the law's checks."""
    rule = form_rule(form.code)
    found = [problem for row in form.variables for problem in _shape(form, context, row)]
    if found:  # the law's checks read shapes that hold
        return tuple(found)
    facts = Facts(form, rule, context, today)
    found += _act_date(rule, context)
    for check in rule.checks:
        found += CHECKS[check.key](facts, check)
    return tuple(found)


def unchecked(form: Form) -> tuple[Gap, ...]:
    """What a person must still check for this form ("chưa kiểm tra thời hạn"), with its basis."""
    return form_rule(form.code).unchecked


def _shape(form: Form, context: Mapping[str, object], row: Variable) -> list[Problem]:
    """A fact must have the shape its kind declares."""
    value = stated(form, context, row)
    if value is None:
        return []
    if row.kind == "date":
        exact = row.name == "person.birth_date"
        right = span(value) is not None if exact else whole_day(value) is not None
        return [] if right else [_bad("bad-date", row, "không phải là ngày hợp lệ")]
    if row.kind == "enum":
        return [] if value in row.choices else [_bad("bad-choice", row, "không có trong danh sách chọn")]
    if row.kind == "int":
        good = (type(value) is int and value >= 0) or (isinstance(value, str) and value.isascii() and value.isdigit())
        return [] if good else [_bad("bad-number", row, "phải là số nguyên")]
    if row.kind == "bool":
        return [] if isinstance(value, bool) else [_bad("bad-flag", row, "phải là có hoặc không")]
    if row.kind == "list":
        good = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        return [] if good else [_bad("bad-list", row, "phải là danh sách")]
    if not isinstance(value, str | int):
        return [_bad("bad-text", row, "phải là chữ")]
    if row.name.endswith(".full_name") and len(str(value)) > NAME_LENGTH:
        return [_bad("too-long", row, f"dài quá {NAME_LENGTH} ký tự")]
    return []


def _bad(code: str, row: Variable, what: str) -> Problem:
    return Problem(code, row.name, f"{row.label}: {what}.", "forms.md 2")


def _act_date(rule: FormRule, context: Mapping[str, object]) -> list[Problem]:
    """The form belongs to the days of its regime."""
    day = whole_day(fact(context, "doc.date"))
    if day is None or rule.covers(day):
        return []
    return [
        Problem("wrong-regime", "doc.date", f"Mẫu {rule.code} không dùng cho văn bản ngày {day:%d/%m/%Y}.", rule.basis)
    ]
