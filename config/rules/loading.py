"""Reads a directory of law data into `Regime` rows and checks that the whole hangs together."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from config.document_types import document_types
from config.kinds import OrganisationKind
from config.reading import DataError, Row, read_table
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

Value = TypeVar("Value")

FORM_CODE = r"D\d{2,3}/(?:[IVX]+/)?\d{1,2}[a-z]?"
PROCEDURE_KEY = r"P\d{2}"
RULE_KEY = r"CR-\d{2}[a-z]?"
KEY = r"[a-z][a-z0-9_]*"


@dataclass(frozen=True, slots=True)
class Law:
    """All law data: regimes in the order of time, the shared vocabularies and the hash of every file."""

    regimes: tuple[Regime, ...]
    circumstances: tuple[Circumstance, ...]
    stages: tuple[Stage, ...]
    clerical: tuple[ClericalStep, ...]
    version: str


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    circumstances: frozenset[str]
    stages: frozenset[str]
    types: frozenset[str]


def load(directory: Path) -> Law:
    """Read every file below `directory`; raises `DataError` at the first thing that is wrong."""
    circumstances = _one_list(directory / "circumstances.toml", "circumstance", _circumstance)
    stages = _one_list(directory / "stages.toml", "stage", _stage)
    clerical = _one_list(directory / "clerical.toml", "step", _clerical)
    vocabulary = _Vocabulary(
        frozenset(row.key for row in circumstances),
        frozenset(row.key for row in stages),
        frozenset(kind.code for kind in document_types()),
    )
    shared = [directory / "circumstances.toml", directory / "stages.toml"]
    regimes = tuple(
        sorted(
            (
                _regime(folder, shared, vocabulary)
                for folder in sorted(directory.iterdir())
                if folder.is_dir() and (folder / "regime.toml").exists()
            ),
            key=lambda regime: regime.first_day,
        )
    )
    _without_gap_or_overlap(regimes)
    _known_procedures(regimes)
    version = version_of(sorted(directory.rglob("*.toml")), directory)
    return Law(regimes, circumstances, stages, clerical, version)


def version_of(files: Iterable[Path], base: Path) -> str:
    """The first 12 hexadecimal digits of the SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _one_list(path: Path, key: str, read: Callable[[Row], Value]) -> tuple[Value, ...]:
    file = read_table(path, path.name)
    rows = file.rows(key, read)
    file.done()
    return rows


def _circumstance(row: Row) -> Circumstance:
    return Circumstance(row.text("key", KEY), row.text("vi"), row.text("en"), row.text("basis"))


def _clerical(row: Row) -> ClericalStep:
    return ClericalStep(row.text("key", r"[a-z-]+"), row.text("basis"))


def _stage(row: Row) -> Stage:
    return Stage(row.text("key", KEY), row.text("vi"), row.text("en"))


def _regime(folder: Path, shared: list[Path], vocabulary: _Vocabulary) -> Regime:
    """One directory: `regime.toml` with the dates, the other files with procedures, lists, forms and authorities."""
    names = {path: f"{folder.name}/{path.name}" for path in sorted(folder.glob("*.toml"))}
    head = read_table(folder / "regime.toml", names[folder / "regime.toml"])
    code, name = head.text("code", "[0A-Z]"), head.text("name")
    first_day, last_day = head.day("first_day"), head.optional_day("last_day")
    basis, generation = head.text("basis"), head.flag("generation")
    if code != folder.name:
        raise head.fail(f"code '{code}' lies in the directory '{folder.name}'")
    files = [head] + [read_table(path, label) for path, label in names.items() if path.name != "regime.toml"]
    procedures: list[Procedure] = []
    checklists: list[Checklist] = []
    forms: list[FormRule] = []
    authorities: list[Authority] = []
    gaps: list[Gap] = []
    for file in files:
        procedures += file.rows("procedure", _procedure)
        checklists += file.rows("checklist", lambda row: _checklist(row, vocabulary))
        forms += file.rows("form", lambda row: _form(row, vocabulary))
        authorities += file.rows("authority", _authority)
        gaps += file.rows("gap", _gap)
        file.done()
    regime = Regime(
        code, name, first_day, last_day, basis, generation, tuple(procedures), tuple(checklists), tuple(forms),
        tuple(authorities), tuple(gaps), version_of([*shared, *names], folder.parent),
    )  # fmt: skip
    _consistent(regime, names[folder / "regime.toml"])
    return regime


def _procedure(row: Row) -> Procedure:
    return Procedure(row.text("key", PROCEDURE_KEY), row.text("vi"), row.text("en"), row.text("basis"))


def _authority(row: Row) -> Authority:
    return Authority(row.text("key", KEY), row.text("function"), row.text("name"), row.text("basis"))


def _gap(row: Row) -> Gap:
    return Gap(row.text("code", r"[A-Z]+-\d+[a-z]?"), row.text("text"), row.text("basis"), row.texts("concerns"))


def _form_codes(row: Row) -> tuple[str, ...]:
    codes = row.texts("forms")
    for code in codes:
        if re.fullmatch(FORM_CODE, code) is None:
            raise row.fail(f"'{code}' is not a form code")
    return codes


def _types(row: Row, vocabulary: _Vocabulary) -> tuple[str, ...]:
    types = row.texts("types")
    unknown = [code for code in types if code not in vocabulary.types]
    if unknown:
        raise row.fail(f"unknown document type {', '.join(unknown)}")
    return types


def _condition(row: Row, vocabulary: _Vocabulary) -> str | None:
    condition = row.optional_text("condition")
    if condition is not None and condition not in vocabulary.circumstances:
        raise row.fail(f"unknown circumstance '{condition}'")
    return condition


def _checklist(row: Row, vocabulary: _Vocabulary) -> Checklist:
    items = row.rows("item", lambda item: _item(item, vocabulary))
    if not items:
        raise row.fail("a list of required papers without items: an empty dossier would be complete")
    return Checklist(
        row.text("key", KEY), row.text("procedure", PROCEDURE_KEY), row.text("title"), row.text("basis"), items
    )


def _item(row: Row, vocabulary: _Vocabulary) -> RequiredItem:
    need, condition, stage = row.member("need", Need), _condition(row, vocabulary), row.text("stage")
    if (need is Need.CONDITIONAL) != (condition is not None):
        raise row.fail("'condition' belongs to need = \"conditional\" and to no other")
    if stage not in vocabulary.stages:
        raise row.fail(f"unknown stage '{stage}'")
    forms, types, titles = _form_codes(row), _types(row, vocabulary), row.texts("titles")
    if not forms and not titles:
        raise row.fail("neither 'forms' nor 'titles': no paper could satisfy it")
    return RequiredItem(
        row.text("key", KEY), row.text("label"), row.text("basis"), row.text("rule", RULE_KEY), need, condition,
        forms, types, titles, row.rows("substitute", lambda other: _substitute(other, vocabulary)),
        row.flag("must_be_signed"), row.flag("copy_ok"), stage, row.optional_text("part_of"), row.text_or("note"),
    )  # fmt: skip


def _substitute(row: Row, vocabulary: _Vocabulary) -> Substitute:
    return Substitute(
        row.text("label"), _form_codes(row), _types(row, vocabulary), row.texts("titles"),
        _condition(row, vocabulary), row.text("basis"),
    )  # fmt: skip


def _form(row: Row, vocabulary: _Vocabulary) -> FormRule:
    issuers = row.rows("issuer", _issuer)
    if not issuers:
        raise row.fail("a form that nobody may issue")
    return FormRule(
        row.text("code", FORM_CODE), row.text("title"), issuers, row.text("basis"), row.day("first_day"),
        row.optional_day("last_day"), row.texts("procedures"), row.text("produces_item", KEY),
        row.rows("recipient", lambda other: _recipient(other, vocabulary)), row.rows("check", _check),
        row.rows("unchecked", _gap),
    )  # fmt: skip


def _issuer(row: Row) -> Issuer:
    return Issuer(row.member("kind", OrganisationKind), row.text("position"), row.text_or("deputy"), row.text("basis"))


def _recipient(row: Row, vocabulary: _Vocabulary) -> Recipient:
    match, printed = row.texts("match"), row.flag("printed")
    if not printed and not match:
        raise row.fail("a recipient that is not printed needs 'match' words to be recognised by")
    return Recipient(row.text("label"), match, _condition(row, vocabulary), printed, row.text("basis"))


def _check(row: Row) -> FormCheck:
    return FormCheck(
        row.member("key", CheckKey), row.texts("variables"), row.optional_text("against"), row.numbers("months"),
        row.optional_number("years"), row.texts("values"), row.optional_text("unless"), row.text("basis"),
        row.text("message"),
    )  # fmt: skip


def _consistent(regime: Regime, file: str) -> None:
    """Keys are unique, references inside the regime exist, forms stay inside its days and leave no item unproduced."""
    procedures = {row.key for row in regime.procedures}
    for kind, keys in (
        ("procedure", [row.key for row in regime.procedures]),
        ("checklist", [row.key for row in regime.checklists]),
        ("form", [row.code for row in regime.forms]),
        ("authority", [row.key for row in regime.authorities]),
        *((f"item of {row.key}", [item.key for item in row.items]) for row in regime.checklists),
    ):
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise DataError(file, f"{kind} named twice: {', '.join(sorted(twice))}")
    for checklist in regime.checklists:
        if checklist.procedure not in procedures:
            raise DataError(file, f"checklist {checklist.key}: unknown procedure {checklist.procedure}")
        items = {item.key for item in checklist.items}
        for item in checklist.items:
            if item.part_of is not None and item.part_of not in items:
                raise DataError(file, f"item {item.key} of {checklist.key}: unknown item {item.part_of}")
    produced = {(item.key, code) for row in regime.checklists for item in row.items for code in item.forms}
    for form in regime.forms:
        if not regime.generation:
            raise DataError(file, f"form {form.code}: papers of regime {regime.code} must not be made")
        if not (regime.covers(form.first_day) and (form.last_day is None or regime.covers(form.last_day))):
            raise DataError(file, f"form {form.code}: its days lie outside regime {regime.code}")
        if form.last_day is None and regime.last_day is not None:
            raise DataError(file, f"form {form.code}: has no last day although regime {regime.code} ended")
        if not set(form.procedures) <= procedures or not form.procedures:
            raise DataError(file, f"form {form.code}: unknown procedure")
        if (form.produces_item, form.code) not in produced:
            raise DataError(file, f"form {form.code}: no list has an item '{form.produces_item}' met by this form")


def _without_gap_or_overlap(regimes: tuple[Regime, ...]) -> None:
    """Every day belongs to exactly one regime; the last one is open."""
    if not regimes or regimes[-1].last_day is not None:
        raise DataError("regime.toml", "the latest regime must be open-ended")
    for before, after in pairwise(regimes):
        if before.last_day is None or before.last_day + timedelta(days=1) != after.first_day:
            raise DataError(f"{after.code}/regime.toml", f"does not begin the day after regime {before.code} ends")


def _known_procedures(regimes: tuple[Regime, ...]) -> None:
    """A procedure keeps its key through all regimes, so that a case can pass from one to the next."""
    current = {row.key for row in regimes[-1].procedures}
    for regime in regimes:
        strange = {row.key for row in regime.procedures} - current
        if strange:
            raise DataError(f"{regime.code}/regime.toml", f"procedures unknown today: {', '.join(sorted(strange))}")
