"""The forms and the law around them as the catalogue shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.web.language import day
from app.web.organisation_words import KINDS
from app.web.paper_words import form_name
from config.rules import FormRule, Regime, form_rule, regimes
from doc_templates.catalogue import Form, Variable, forms

SOURCES: Mapping[str, Any] = {
    "P": lazy_gettext("thông tin người"),
    "C": lazy_gettext("hồ sơ"),
    "A": lazy_gettext("thông tin cơ quan"),
    "D": lazy_gettext("văn bản"),
    "O": lazy_gettext("người soạn"),
    "F": lazy_gettext("cơ sở cai nghiện"),
    "J": lazy_gettext("tòa án"),
}

VARIABLE_KINDS: Mapping[str, Any] = {
    "text": lazy_gettext("chữ"),
    "long": lazy_gettext("đoạn chữ"),
    "date": lazy_gettext("ngày"),
    "int": lazy_gettext("số"),
    "enum": lazy_gettext("một trong các mục"),
    "list": lazy_gettext("danh sách"),
    "bool": lazy_gettext("có hoặc không"),
}


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form of the list."""

    code: str
    url: str
    title: str
    version: str
    basis: str
    issuers: str
    signer: str
    unverified: tuple[str, ...]
    blank_url: str


@dataclass(frozen=True, slots=True)
class VariableRow:
    """One declared fact of a form."""

    label: str
    kind: Any
    choices: str
    source: Any
    required: bool
    note: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """Something that the law data does not know, or that is not checked."""

    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class RegimeView:
    """A regime with its gaps."""

    title: str
    days: str
    basis: str
    generation: bool
    gaps: tuple[GapRow, ...]


def form_rows() -> list[FormRow]:
    """The whole catalogue, in the order of the codes."""
    return [_row(one, form_rule(one.code)) for one in forms()]


def _row(form: Form, rule: FormRule) -> FormRow:
    return FormRow(
        code=form_name(form.code),
        url=url_for("forms.view", code=form.code),
        title=title_of(form),
        version=form.version,
        basis=rule.basis,
        issuers=", ".join(dict.fromkeys(str(KINDS[issuer.kind]) for issuer in rule.issuers)),
        signer=", ".join(dict.fromkeys(issuer.position for issuer in rule.issuers)),
        unverified=form.unverified,
        blank_url=url_for("forms.blank", code=form.code, kind="pdf"),
    )


def title_of(form: Form) -> str:
    """The kind of paper and what it is about, as on a list."""
    return f"{form.title.capitalize()}: {form.subject[:1].lower()}{form.subject[1:]}"


def form_facts(form: Form) -> list[dict[str, Any]]:
    """What the law says about one form."""
    rule = form_rule(form.code)
    procedures = {row.key: row.name_vi for one in regimes() for row in one.procedures if one.code == form.regime}
    return [
        {"label": _("Mẫu"), "value": _("%(code)s, bản %(version)s", code=form_name(form.code), version=form.version)},
        {"label": _("Căn cứ"), "value": rule.basis},
        {"label": _("Dùng cho việc có ngày"), "value": _days(rule.first_day, rule.last_day)},
        {"label": _("Thủ tục"), "value": "; ".join(procedures.get(key, key) for key in rule.procedures)},
        *({"label": KINDS[one.kind], "value": one.position, "note": one.basis} for one in rule.issuers),
        {"label": _("Nơi nhận theo quy định"), "value": "; ".join(one.label for one in rule.recipients)},
    ]


def variable_rows(form: Form) -> dict[str, list[VariableRow]]:
    """The declared facts by their groups, in the order of the form."""
    groups: dict[str, list[VariableRow]] = {}
    for one in form.variables:
        groups.setdefault(one.group, []).append(_variable(one))
    return groups


def _variable(one: Variable) -> VariableRow:
    return VariableRow(
        label=one.label,
        kind=VARIABLE_KINDS[one.kind],
        choices=", ".join(one.choice_labels),
        source=SOURCES[one.source],
        required=one.required,
        note=one.note,
    )


def gaps_of_form(form: Form) -> tuple[GapRow, ...]:
    """What is not known or not checked about one form: of its regime, and what a person must still check."""
    rule = form_rule(form.code)
    of_regime = next(one for one in regimes() if one.code == form.regime).gaps_about(form.code)
    return _gaps([*of_regime, *rule.unchecked])


def regime_views() -> list[RegimeView]:
    """All regimes, the one in force first."""
    return [_regime(one) for one in reversed(regimes())]


def _regime(one: Regime) -> RegimeView:
    return RegimeView(
        title=one.name_vi,
        days=_days(one.first_day, one.last_day),
        basis=one.basis,
        generation=one.generation,
        gaps=_gaps(one.gaps),
    )


def _gaps(found: Iterable[Any]) -> tuple[GapRow, ...]:
    rows = {gap.code: GapRow(gap.text_vi, _articles(gap.basis)) for gap in found}
    return tuple(rows.values())


def _articles(basis: str) -> str:
    """The articles of a basis, without the references to the project's own notes."""
    return "; ".join(part.strip() for part in basis.split(";") if ".md" not in part)


def _days(first: date, last: date | None) -> str:
    if last is None:
        return str(_("từ %(first)s", first=day(first)))
    if first.year <= 1:
        return str(_("đến %(last)s", last=day(last)))
    return str(_("từ %(first)s đến %(last)s", first=day(first), last=day(last)))
