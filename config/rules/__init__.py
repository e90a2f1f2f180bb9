"""The law as data: `rules_on(day)` gives the regime of a day: procedures, required papers, forms and authorities.

The rows lie in `<regime>/*.toml` beside this module, the shared vocabularies in `circumstances.toml` and `stages.toml`,
the articles of clerical work in `clerical.toml`. Which date picks the regime depends on the kind of act (a decision:
its own date; a dossier: the date of the deciding body's decision).
"""

from datetime import date
from functools import cache
from pathlib import Path

from config.reading import DataError
from config.rules.loading import Law, load
from config.rules.model import (
    Authority,
    CheckKey,
    Checklist,
    Circumstance,
    ClericalStep,
    FormCheck,
    FormRule,
    Gap,
    Issuer,
    Need,
    Procedure,
    Recipient,
    Regime,
    RequiredItem,
    Stage,
    Substitute,
)

__all__ = [
    "Authority",
    "CheckKey",
    "Checklist",
    "Circumstance",
    "ClericalStep",
    "DataError",
    "FormCheck",
    "FormRule",
    "Gap",
    "Issuer",
    "Need",
    "Procedure",
    "Recipient",
    "Regime",
    "RequiredItem",
    "Stage",
    "Substitute",
    "circumstance",
    "circumstances",
    "clerical_basis",
    "form_rule",
    "regime",
    "regimes",
    "rule_version",
    "rules_on",
    "stages",
]


@cache
def _law() -> Law:
    return load(Path(__file__).parent)


def regimes() -> tuple[Regime, ...]:
    """All regimes in the order of time; raises `DataError` where the data is wrong."""
    return _law().regimes


def rules_on(day: date) -> Regime:
    """The regime of a day. Every day has exactly one (the loader refuses gaps and overlaps)."""
    return next(row for row in reversed(regimes()) if row.first_day <= day)


def regime(code: str) -> Regime:
    """The regime with this code (`0`, `A`, `B`, `C`, `D`); KeyError for any other."""
    return {row.code: row for row in regimes()}[code]


def form_rule(code: str) -> FormRule:
    """The rule of a form code in whichever regime has it; KeyError where no regime makes it."""
    return {form.code: form for row in regimes() for form in row.forms}[code]


def circumstances() -> tuple[Circumstance, ...]:
    """The named facts on which conditional items depend, in the order of the screen."""
    return _law().circumstances


def circumstance(key: str) -> Circumstance:
    """The circumstance with this key; KeyError for any other."""
    return {row.key: row for row in circumstances()}[key]


def stages() -> tuple[Stage, ...]:
    """The steps at which papers are asked for, in order."""
    return _law().stages


def clerical_basis(step: str) -> str:
    """The article that rules this step in the life of a paper; empty where the data names none."""
    return {row.key: row.basis for row in _law().clerical}.get(step, "")


def rule_version() -> str:
    """The hash of all law data, kept with every completeness check."""
    return _law().version
