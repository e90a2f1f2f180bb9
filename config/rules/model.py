"""The shapes of the law data: what a regime says about procedures, required papers, forms and authorities.

Frozen rows, read from `config/rules/<regime>/*.toml` by `config.rules.loading`. Every row carries its legal basis
(decree and article) as a field; what could not be verified is a `Gap`, never a silent guess. Texts for the screen are
Vietnamese, as the law is.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.kinds import OrganisationKind


class Need(StrEnum):
    """How strongly a list of required papers asks for an item."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


class CheckKey(StrEnum):
    """The validations a form may ask for; `doc_templates.checks` holds one function for each.

    None of them counts a legal time limit (working days, hours, "n days before"): those are named as
    `FormRule.unchecked`.
    """

    NUMBER = "number"
    SYMBOL = "symbol"
    NOT_AFTER_TODAY = "not_after_today"
    NOT_BEFORE = "not_before"
    ORDER = "order"
    TERM_MONTHS = "term_months"
    IDENTITY_NUMBER = "identity_number"
    MINIMUM_AGE = "minimum_age"
    MINOR_ONLY = "minor_only"
    REQUIRED_FOR_MINOR = "required_for_minor"
    SIGNER_PREFIX = "signer_prefix"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A fact about a case that makes a conditional item required (`no_stable_residence`, `under_18`, ...)."""

    key: str
    label_vi: str
    label_en: str
    basis: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a procedure at which a paper must be there, in the order of the steps."""

    key: str
    label_vi: str
    label_en: str


@dataclass(frozen=True, slots=True)
class ClericalStep:
    """A step in the life of a paper and the article that rules it."""

    key: str
    basis: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure (`P03`..`P11`) as this regime names it."""

    key: str
    name_vi: str
    name_en: str
    basis: str


@dataclass(frozen=True, slots=True)
class Substitute:
    """A paper that lawfully stands in for a required one, always or under `condition` (a circumstance key)."""

    label: str
    forms: tuple[str, ...]
    types: tuple[str, ...]
    titles: tuple[str, ...]
    condition: str | None
    basis: str


@dataclass(frozen=True, slots=True)
class RequiredItem:
    """One paper that a list asks for.

    A document satisfies the item when its form code is in `forms`, or when its type is in `types` and its title holds
    one of `titles` (compared without accents and case by the caller). An item without `titles` is met by form code
    alone. `condition` is the circumstance key of a conditional item; `stage` is a `Stage.key`. `part_of` names the
    item on whose paper this one stands (a parent's opinion on an application): only a person can confirm that it is
    there.
    """

    key: str
    label: str
    basis: str
    rule: str
    need: Need
    condition: str | None
    forms: tuple[str, ...]
    types: tuple[str, ...]
    titles: tuple[str, ...]
    substitutes: tuple[Substitute, ...]
    must_be_signed: bool
    copy_ok: bool
    stage: str
    part_of: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The papers one dossier of a procedure needs (bộ hồ sơ), in the order of the law's list."""

    key: str
    procedure: str
    title: str
    basis: str
    items: tuple[RequiredItem, ...]

    def item(self, key: str) -> RequiredItem:
        """The item with this key; KeyError where the list has none."""
        for item in self.items:
            if item.key == key:
                return item
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who may issue a form: the kind of organisation, the post that signs, the post of a deputy (empty: not named)."""

    kind: OrganisationKind
    position: str
    deputy: str
    basis: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """A statutory recipient of a form.

    `printed` recipients stand in the form's own foot; the others must be among the paper's recipients, recognised by
    one of `match` (whole words, whatever the case: without accents "bố" would be "Bộ"), when `condition` holds.
    """

    label: str
    match: tuple[str, ...]
    condition: str | None
    printed: bool
    basis: str


@dataclass(frozen=True, slots=True)
class FormCheck:
    """One validation of a form: which variables it looks at and the law's figures it compares with."""

    key: CheckKey
    variables: tuple[str, ...]
    against: str | None
    months: tuple[int, ...]
    years: int | None
    values: tuple[str, ...]
    unless: str | None
    basis: str
    message: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the law data does not know or the product does not check, shown to people as it is.

    `concerns` lists form codes, procedure keys or checklist keys; empty means the whole regime.
    """

    code: str
    text_vi: str
    basis: str
    concerns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormRule:
    """The law around one generated form: who signs it, for which acts, to whom it goes, what is checked.

    `first_day` and `last_day` bound the date of the act; `produces_item` is the item key that the signed paper
    satisfies; `unchecked` names what must still be checked by a person ("chưa kiểm tra thời hạn").
    """

    code: str
    title: str
    issuers: tuple[Issuer, ...]
    basis: str
    first_day: date
    last_day: date | None
    procedures: tuple[str, ...]
    produces_item: str
    recipients: tuple[Recipient, ...]
    checks: tuple[FormCheck, ...]
    unchecked: tuple[Gap, ...]

    @property
    def issuer_kinds(self) -> tuple[OrganisationKind, ...]:
        """The kinds of organisation that may prepare and issue this form."""
        return tuple(issuer.kind for issuer in self.issuers)

    @property
    def signer_position(self) -> str:
        """The post that signs for the first issuer kind; `issuer_for` tells it for each kind."""
        return self.issuers[0].position

    def issuer_for(self, kind: OrganisationKind) -> Issuer | None:
        """The issuer row of this kind, or None where such an organisation may not issue the form."""
        return next((issuer for issuer in self.issuers if issuer.kind == kind), None)

    def covers(self, day: date) -> bool:
        """True where an act of this day may be printed on this form."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who exercises a function in this regime (`post_rehab_decision`, `court_first_level`, ...)."""

    key: str
    function_vi: str
    name: str
    basis: str


@dataclass(frozen=True, slots=True)
class Regime:
    """One legal regime: its days (inclusive) and all its rows.

    `generation` is False where papers of this regime must not be made here; a `Gap` then says why. `rule_version` is
    the hash of the data files this regime was read from.
    """

    code: str
    name_vi: str
    first_day: date
    last_day: date | None
    basis: str
    generation: bool
    procedures: tuple[Procedure, ...]
    checklists: tuple[Checklist, ...]
    forms: tuple[FormRule, ...]
    authorities: tuple[Authority, ...]
    gaps: tuple[Gap, ...]
    rule_version: str

    def covers(self, day: date) -> bool:
        """True where `day` lies in this regime."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def procedure(self, key: str) -> Procedure:
        """The procedure with this key; KeyError where the regime has none."""
        return {row.key: row for row in self.procedures}[key]

    def checklist(self, key: str) -> Checklist:
        """The list of required papers with this key; KeyError where the regime has none."""
        return {row.key: row for row in self.checklists}[key]

    def checklists_for(self, procedure: str) -> tuple[Checklist, ...]:
        """The lists of one procedure, in the order of the data."""
        return tuple(row for row in self.checklists if row.procedure == procedure)

    def form(self, code: str) -> FormRule:
        """The rule of a form; KeyError where this regime does not make it."""
        return {row.code: row for row in self.forms}[code]

    def authority(self, key: str) -> Authority:
        """Who exercises a function; KeyError where the regime names nobody."""
        return {row.key: row for row in self.authorities}[key]

    def gaps_about(self, subject: str) -> tuple[Gap, ...]:
        """The gaps that concern a form, procedure or checklist, with those of the whole regime."""
        return tuple(gap for gap in self.gaps if not gap.concerns or subject in gap.concerns)
