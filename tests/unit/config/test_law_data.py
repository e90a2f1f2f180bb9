"""The law as data says what the legal reference says: regimes, required papers, who signs, what is not known."""

from datetime import date, timedelta

import pytest

from config.kinds import OrganisationKind
from config.rules import (
    CheckKey,
    Checklist,
    FormRule,
    Need,
    circumstance,
    circumstances,
    form_rule,
    regime,
    regimes,
    rule_version,
    rules_on,
    stages,
)

CHECKLISTS = [row for one in regimes() for row in one.checklists]
FORMS = [row for one in regimes() for row in one.forms]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2021, 12, 31), "0"),
        (date(2022, 1, 1), "A"),
        (date(2025, 2, 28), "A"),
        (date(2025, 3, 1), "B"),
        (date(2025, 6, 30), "B"),
        (date(2025, 7, 1), "C"),
        (date(2026, 6, 30), "C"),
        (date(2026, 7, 1), "D"),
        (date(2040, 1, 1), "D"),
    ],
)
def test_a_day_belongs_to_the_regime_of_the_timeline(day: date, code: str) -> None:
    assert rules_on(day).code == code


def test_regimes_neither_overlap_nor_leave_a_gap() -> None:
    first = rules_on(date.min)
    assert first.first_day == date.min
    for before, after in zip(regimes(), regimes()[1:], strict=False):
        assert before.last_day is not None
        assert after.first_day - before.last_day == timedelta(days=1)
    assert regimes()[-1].last_day is None


def test_papers_are_made_under_regimes_whose_text_was_read_only() -> None:
    assert {row.code for row in regimes() if row.generation} == {"A", "D"}
    assert {row.code for row in regimes() if row.forms} == {"A", "D"}


def test_unread_decree_184_shows_as_a_gap_of_the_whole_regime() -> None:
    gaps = {gap.code: gap for gap in regime("C").gaps_about("D116/51")}
    assert "184/2025" in gaps["U-06"].text_vi
    assert gaps["U-06"].basis


def test_procedures_are_named_in_every_regime_with_law() -> None:
    for code in "ABCD":
        assert {row.key for row in regime(code).procedures} >= {"P03", "P04", "P05", "P06", "P10", "P11"}


def test_every_row_carries_its_basis() -> None:
    for one in regimes():
        assert one.basis
        for row in (*one.procedures, *one.checklists, *one.forms, *one.authorities, *one.gaps):
            assert row.basis, row
    for item in (item for checklist in CHECKLISTS for item in checklist.items):
        assert item.basis
        assert all(other.basis for other in item.substitutes)
    for form in FORMS:
        for part in (*form.issuers, *form.recipients, *form.checks, *form.unchecked):
            assert part.basis, part


@pytest.mark.parametrize(
    ("code", "key", "rules"),
    [
        ("D", "d_p05", {"CR-25", "CR-26", "CR-27", "CR-28"}),
        ("D", "d_p03", {"CR-08", "CR-09", "CR-11", "CR-12"}),
        ("D", "d_p10", {"CR-51"}),
        ("D", "d_p11", {"CR-62", "CR-62a", "CR-62b"}),
        ("A", "a_p05", {"CR-20", "CR-21", "CR-22", "CR-23", "CR-24"}),
        ("A", "a_p10", {"CR-50"}),
        ("A", "a_p11", {"CR-60", "CR-61"}),
    ],
)
def test_a_checklist_holds_its_completeness_rules(code: str, key: str, rules: set[str]) -> None:
    assert {item.rule for item in regime(code).checklist(key).items} >= rules


@pytest.mark.parametrize("checklist", CHECKLISTS, ids=lambda row: row.key)
def test_conditions_and_stages_are_named_with_labels(checklist: Checklist) -> None:
    steps = [stage.key for stage in stages()]
    for item in checklist.items:
        assert item.stage in steps
        for condition in (item.condition, *(other.condition for other in item.substitutes)):
            if condition is not None:
                assert circumstance(condition).label_vi
                assert circumstance(condition).label_en


def test_every_circumstance_is_used() -> None:
    used = {item.condition for row in CHECKLISTS for item in row.items}
    used |= {other.condition for row in CHECKLISTS for item in row.items for other in item.substitutes}
    assert {row.key for row in circumstances()} <= used


def test_statement_is_asked_for_in_regime_a_and_not_in_d() -> None:
    assert any(item.key == "statement" for item in regime("A").checklist("a_p05").items)
    assert not any(item.key == "statement" for item in regime("D").checklist("d_p05").items)


def test_substitution_confirmation_stands_in_for_the_result_in_regime_d_alone() -> None:
    new, old = (regime(code).checklist(key).item("addiction_result") for code, key in (("D", "d_p05"), ("A", "a_p05")))
    assert [other.forms for other in new.substitutes] == [("D163/V/35",)]
    assert old.substitutes == ()
    assert new.copy_ok


def test_registration_takes_the_confirmation_only_on_substitution_treatment() -> None:
    (other,) = regime("D").checklist("d_p03").item("addiction_result").substitutes
    assert other.condition == "on_substitution_treatment"


def test_parents_opinion_stands_on_the_application_of_a_minor() -> None:
    item = regime("D").checklist("d_p03").item("guardian_opinion")
    assert (item.need, item.condition, item.part_of) == (Need.CONDITIONAL, "under_18", "application")


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("D163/V/22", {OrganisationKind.COMMUNE_POLICE}),
        ("D163/V/50", {OrganisationKind.FACILITY, OrganisationKind.REFORMATORY}),
        ("D163/V/53", {OrganisationKind.COMMUNE_COMMITTEE}),
        ("D163/V/56", {OrganisationKind.COMMUNE_COMMITTEE}),
        ("D116/51", {OrganisationKind.COMMUNE_COMMITTEE}),
    ],
)
def test_a_form_is_issued_by_the_body_the_law_names(code: str, kinds: set[OrganisationKind]) -> None:
    assert set(form_rule(code).issuer_kinds) == kinds


def test_a_reformatory_signs_the_certificate_with_its_own_post() -> None:
    rule = form_rule("D163/V/50")
    issuer = rule.issuer_for(OrganisationKind.REFORMATORY)
    assert issuer is not None
    assert issuer.position == "Hiệu trưởng"
    assert rule.signer_position == "Trưởng cơ sở"
    assert rule.issuer_for(OrganisationKind.COURT) is None


def test_the_old_supervision_order_ends_with_regime_a() -> None:
    rule = form_rule("D116/51")
    assert rule.covers(date(2025, 2, 28))
    assert not rule.covers(date(2025, 3, 1))
    assert not rule.covers(date(2021, 12, 31))


@pytest.mark.parametrize(("code", "months"), [("D163/V/22", (24, 36)), ("D163/V/53", (12, 24)), ("D116/51", (12, 24))])
def test_lengths_of_terms_are_law_data(code: str, months: tuple[int, ...]) -> None:
    assert [check.months for check in form_rule(code).checks if check.key is CheckKey.TERM_MONTHS] == [months]


@pytest.mark.parametrize("form", FORMS, ids=lambda row: row.code)
def test_a_form_says_what_time_limit_is_not_checked(form: FormRule) -> None:
    assert form.unchecked
    assert any("Chưa kiểm tra thời hạn" in gap.text_vi for gap in form.unchecked)


def test_the_contradictory_symbols_show_as_a_gap_of_the_voluntary_decision() -> None:
    assert "U-11" in {gap.code for gap in regime("D").gaps_about("D163/V/22")}
    assert "U-11" not in {gap.code for gap in regime("D").gaps_about("D163/V/53")}


def test_the_court_of_first_instance_follows_the_regime() -> None:
    assert regime("A").authority("court_first_level").name == "Tòa án nhân dân cấp huyện"
    assert regime("D").authority("court_first_level").name == "Tòa án nhân dân khu vực"


def test_unknown_keys_are_errors_not_empty_answers() -> None:
    for ask in (regime, form_rule, circumstance, regime("D").checklist, regime("D").form, regime("D").procedure):
        with pytest.raises(KeyError):
            ask("nothing")


def test_rule_version_is_one_for_all_data_and_one_for_each_regime() -> None:
    versions = {row.rule_version for row in regimes()}
    assert len(versions) == len(regimes())
    assert rule_version() not in versions


def test_monitoring_papers_are_asked_for_of_adults_alone_before_release() -> None:
    items = [item for item in regime("D").checklist("d_p10").items if item.key.startswith("monitoring_")]
    assert [item.forms for item in items] == [("D163/I/02",), ("D163/I/03",), ("D163/I/04",)]
    assert {item.condition for item in items} == {"adult"}
