"""The validations a form may ask for (`config.rules.CheckKey`), one function each; the figures are law data."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.rules import CheckKey, FormCheck, FormRule
from doc_templates.catalogue import Form
from doc_templates.facts import ages, fact, stated, whole_day


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong fact: a stable code, the variable, what is wrong (Vietnamese), the legal basis."""

    code: str
    variable: str
    message: str
    basis: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a check looks at: the form, its rule, the context and the day of today."""

    form: Form
    rule: FormRule
    context: Mapping[str, object]
    today: date

    def get(self, name: str) -> object | None:
        """The fact as the form takes it (with the form's own symbol); None where absent."""
        declared = {row.name: row for row in self.form.variables}
        return stated(self.form, self.context, declared[name]) if name in declared else fact(self.context, name)

    def day(self, name: str) -> date | None:
        """The day of a date fact, None where absent."""
        return whole_day(self.get(name))

    def act_day(self) -> date:
        """The date of the paper, or today while it has none."""
        return self.day("doc.date") or self.today

    def is_minor(self) -> bool | None:
        """True from 12 to under 18 on the date of the paper; None where the birth date leaves it open."""
        found = ages(self.get("person.birth_date"), self.act_day())
        if found is None:
            return None
        lowest, highest = found
        return None if (lowest < 18) != (highest < 18) else highest < 18


Check = Callable[[Facts, FormCheck], list[Problem]]


def _problem(check: FormCheck, variable: str, detail: str = "") -> list[Problem]:
    code = check.key.value.replace("_", "-")
    return [Problem(code, variable, f"{check.message}{' ' + detail if detail else ''}", check.basis)]


def _number(facts: Facts, check: FormCheck) -> list[Problem]:
    value = facts.get("doc.number")
    if value is None:
        return []
    found = re.fullmatch(r"(\d{1,6})[a-zđ]?", str(value))
    return [] if found and int(found[1]) >= 1 else _problem(check, "doc.number")


def _symbol(facts: Facts, check: FormCheck) -> list[Problem]:
    value = facts.get("doc.symbol")
    if value is None:
        return []
    kind = facts.form.type
    right = re.fullmatch(r"[^\W\d_]+(?:-[^\W_]+)+", str(value))
    first, _, agency = str(value).partition("-")
    return (
        []
        if right and first == kind and agency == agency.upper()
        else _problem(check, "doc.symbol", f"Tên loại: {kind}.")
    )


def _not_after_today(facts: Facts, check: FormCheck) -> list[Problem]:
    return [
        p for name in check.variables if (day := facts.day(name)) and day > facts.today for p in _problem(check, name)
    ]


def _not_before(facts: Facts, check: FormCheck) -> list[Problem]:
    """The first date must not lie before the second; not asked where the fact `unless` is true."""
    if check.against is None or (check.unless and facts.get(check.unless) is True):
        return []
    limit = facts.day(check.against)
    found: list[Problem] = []
    for name in check.variables:
        day = facts.day(name)
        if day and limit and day < limit:
            found += _problem(check, name)
    return found


def _order(facts: Facts, check: FormCheck) -> list[Problem]:
    first, last = (facts.day(name) for name in check.variables)
    return _problem(check, check.variables[1]) if first and last and last < first else []


def add_months(day: date, months: int) -> date:
    """The same day number of a later month, or its last day [Civil Code 2015 Article 148 clause 3]."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _term_months(facts: Facts, check: FormCheck) -> list[Problem]:
    """The term has one of the law's lengths; its end is the same day number, or the day before it."""
    if check.unless and facts.get(check.unless) is True:
        return []
    first, last = (facts.day(name) for name in check.variables)
    if not first or not last or last < first:
        return []
    ends = {add_months(first, months) - timedelta(days=less) for months in check.months for less in (0, 1)}
    return [] if last in ends else _problem(check, check.variables[1])


def _identity_number(facts: Facts, check: FormCheck) -> list[Problem]:
    name = check.variables[0]
    value, kind = facts.get(name), facts.get(check.variables[1])
    if value is None:
        return []
    text = re.sub(r"[\s.]", "", str(value))
    digits = text.isascii() and text.isdigit()
    passport = re.fullmatch(r"[A-Za-z]{1,2}\d{6,8}", text) is not None
    right = {
        "CC": digits and len(text) == 12,
        "CCCD": digits and len(text) == 12,
        "CMND": digits and len(text) in (9, 12),
        "HC": passport,
    }.get(str(kind), passport or (digits and len(text) in (9, 12)))
    return [] if right else _problem(check, name)


def _minimum_age(facts: Facts, check: FormCheck) -> list[Problem]:
    found = ages(facts.get(check.variables[0]), facts.act_day())
    return _problem(check, check.variables[0]) if found and check.years and found[1] < check.years else []


def _minor_only(facts: Facts, check: FormCheck) -> list[Problem]:
    """The listed values are for people from 12 to under 18 alone."""
    name = check.variables[0]
    return _problem(check, name) if facts.get(name) in check.values and facts.is_minor() is False else []


def _required_for_minor(facts: Facts, check: FormCheck) -> list[Problem]:
    if facts.is_minor() is not True:
        return []
    return [p for name in check.variables if facts.get(name) is None for p in _problem(check, name)]


def _signer_prefix(facts: Facts, check: FormCheck) -> list[Problem]:
    value = facts.get(check.variables[0])
    return [] if value is None or value in check.values else _problem(check, check.variables[0])


def _holds(facts: Facts, condition: str | None) -> bool:
    """True unless a condition is known not to hold: a recipient too many does no harm, one too few does."""
    if condition is None:
        return True
    if condition == "under_18":
        return facts.is_minor() is not False
    if condition == "public_facility":
        return facts.get("rehab.place_kind") in (None, "public_facility", "reformatory")
    return True


def _comparable(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _recipients(facts: Facts, check: FormCheck) -> list[Problem]:
    """Every statutory recipient that the foot does not print must be among the recipients."""
    value = facts.get("recipients")
    named = [_comparable(str(item)) for item in value] if isinstance(value, list | tuple) else []
    found: list[Problem] = []
    for row in facts.rule.recipients:
        if row.printed or not _holds(facts, row.condition):
            continue
        words = [_comparable(word) for word in row.match]
        if not any(re.search(rf"\b{re.escape(word)}\b", name) for word in words for name in named):
            found.append(Problem("recipients", "recipients", f"{check.message} Thiếu: {row.label}.", row.basis))
    return found


CHECKS: Mapping[CheckKey, Check] = {
    CheckKey.NUMBER: _number,
    CheckKey.SYMBOL: _symbol,
    CheckKey.NOT_AFTER_TODAY: _not_after_today,
    CheckKey.NOT_BEFORE: _not_before,
    CheckKey.ORDER: _order,
    CheckKey.TERM_MONTHS: _term_months,
    CheckKey.IDENTITY_NUMBER: _identity_number,
    CheckKey.MINIMUM_AGE: _minimum_age,
    CheckKey.MINOR_ONLY: _minor_only,
    CheckKey.REQUIRED_FOR_MINOR: _required_for_minor,
    CheckKey.SIGNER_PREFIX: _signer_prefix,
    CheckKey.RECIPIENTS: _recipients,
}
