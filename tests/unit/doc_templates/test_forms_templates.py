"""The templates are what their declarations build, and ask for the facts they declare."""

import pytest

from config.rules import regimes
from doc_templates.catalogue import Form, form, forms
from doc_templates.errors import UnknownForm
from doc_templates.forms.build import build
from doc_templates.rendering import template_variables

CODES = {"D163/V/22", "D163/V/50", "D163/V/53", "D163/V/56", "D116/51"}
each_form = pytest.mark.parametrize("one", forms(), ids=lambda row: row.code)


def test_the_catalogue_holds_the_forms_the_law_data_rules() -> None:
    assert {row.code for row in forms()} == CODES
    assert {row.code for regime in regimes() for row in regime.forms} == CODES


@each_form
def test_a_rebuilt_template_has_the_same_bytes(one: Form) -> None:
    assert build(one) == one.template.read_bytes(), "run python -m doc_templates.forms.build and commit"


@each_form
def test_a_template_reads_exactly_the_declared_printed_facts(one: Form) -> None:
    assert template_variables(one.template) == {row.name for row in one.variables if row.printed}


@each_form
def test_a_form_belongs_to_the_regime_that_rules_it(one: Form) -> None:
    assert one.regime in {regime.code for regime in regimes() if one.code in {row.code for row in regime.forms}}


@each_form
def test_every_fact_that_a_check_names_is_declared(one: Form) -> None:
    declared = {row.name for row in one.variables}
    (rule,) = [row for regime in regimes() for row in regime.forms if row.code == one.code]
    for check in rule.checks:
        named = {*check.variables, *(name for name in (check.against, check.unless) if name)}
        assert named <= declared, check.key


def test_rebuilt_heads_and_feet_of_the_new_decree_are_marked_and_those_of_the_old_are_not() -> None:
    for one in forms():
        if one.code.startswith("D163/"):
            assert len(one.unverified) >= 2
        else:
            assert one.unverified == ()


@each_form
def test_what_is_unverified_is_not_printed(one: Form) -> None:
    printed = [line.text for line in (*one.body, *one.foot.recipients)] + list(one.head.issuer + one.head.superior)
    assert not any(words in text for words in one.unverified for text in printed)
    assert not any("dựng lại" in text for text in printed)


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(UnknownForm, match="D163/V/99"):
        form("D163/V/99")
