"""The catalogue of forms: what can be printed, which facts it needs, what of it is rebuilt and not yet verified.

A form is a pair beside each other in `forms/<decree>/`: `<number>.toml` declares it, `<number>.docx` is the template
built from the declaration by `doc_templates.forms.build`. Forms are identified by decree, appendix and number
(`D163/V/53`), never by number alone: the same number means different papers in different decrees.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.document_types import document_types
from config.reading import Row, read_table
from doc_templates.errors import UnknownForm

FORMS = Path(__file__).parent / "forms"
KINDS = ("text", "long", "date", "int", "enum", "list", "bool")
NAME = r"[a-z][a-z_]*(?:\.[a-z][a-z_]*){0,2}"
GIVEN_BY_THE_BOOK = ("doc.number", "doc.date")


@dataclass(frozen=True, slots=True)
class Variable:
    """One fact a form needs.

    `name` is dotted (`person.id_doc.number`); `kind` one of `KINDS`, dates are ISO strings with year, month or day
    precision; `source` is the record it comes from (P person, C case, A agency, D document, O officer, F facility, J
    court). `required` facts block the presentation, unless the fact `unless` is stated; an optional fact becomes
    required with the fact `needed_with`; `empty` is printed where an optional fact is absent ("không", or nothing);
    `printed` is False for facts that only decide something; `default` names the variable whose value is taken where
    this one is absent.
    """

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    choice_labels: tuple[str, ...]
    source: str
    group: str
    note: str
    printed: bool
    empty: str
    default: str | None
    unless: str | None
    needed_with: str | None
    dots: int


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a body: style, text with Jinja fields and `**bold**`, the fact it depends on (or None)."""

    style: str
    text: str
    when: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """A head fragment: lines of the superior and the issuing body at the left; `rebuilt` says why it is unverified."""

    superior: tuple[str, ...]
    issuer: tuple[str, ...]
    rebuilt: str


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot fragment: lines of Nơi nhận, the signing body (may be empty) and the post; `rebuilt` as in `Head`."""

    recipients: tuple[Line, ...]
    collective: str
    post: str
    post_reformatory: str
    instruction: str
    rebuilt: str


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the catalogue; `unverified` names its rebuilt parts, shown on the screen and never on the paper."""

    code: str
    version: str
    regime: str
    type: str
    title: str
    subject: str
    variables: tuple[Variable, ...]
    unverified: tuple[str, ...]
    template: Path
    symbol: str | None
    head: Head
    foot: Foot
    body: tuple[Line, ...]

    def variable(self, name: str) -> Variable:
        """The declared variable with this name; KeyError where the form has none."""
        return {row.name: row for row in self.variables}[name]


def forms() -> tuple[Form, ...]:
    """All forms in the order of their codes; raises `config.reading.DataError` where a declaration is wrong."""
    return tuple(_catalogue().values())


def form(code: str) -> Form:
    """The form with this code; raises `UnknownForm`."""
    try:
        return _catalogue()[code]
    except KeyError:
        raise UnknownForm(code) from None


@cache
def _catalogue() -> dict[str, Form]:
    heads, feet = _heads(), _feet()
    words = {row.name: row for row in _dictionary()}
    found = [_form(path, words, heads, feet) for path in sorted(FORMS.glob("D*/*.toml"))]
    return {row.code: row for row in found}


def _dictionary() -> tuple[Variable, ...]:
    file = read_table(FORMS / "dictionary.toml", "forms/dictionary.toml")
    rows = file.rows("variable", _word)
    file.done()
    return rows


def _word(row: Row) -> Variable:
    """A word of the dictionary: everything about a fact that is the same on every form."""
    kind, choices = row.text("kind"), row.texts("choices")
    if kind not in KINDS or (kind == "enum") != bool(choices):
        raise row.fail("'kind' is unknown, or an enum without choices")
    labels = row.texts("choice_labels")
    if labels and len(labels) != len(choices):
        raise row.fail("as many choice_labels as choices")
    return Variable(
        row.text("name", NAME), row.text("label"), kind, row.flag("required", True), choices, labels or choices,
        row.text("source", "[PCADOFJ]"), row.text("group"), row.text_or("note"), row.flag("printed", True),
        row.text_or("empty"), None, row.optional_text("unless"), row.optional_text("needed_with"),
        row.optional_number("dots") or _dots(kind),
    )  # fmt: skip


def _dots(kind: str) -> int:
    return {"long": 160, "int": 6, "enum": 10}.get(kind, 36)


def _declared(row: Row, words: dict[str, Variable]) -> Variable:
    """A variable of a form: the dictionary's word with what the form says otherwise."""
    name = row.text("name", NAME)
    if name not in words:
        raise row.fail(f"'{name}' is not in the dictionary")
    word = words[name]
    return Variable(
        name, row.text_or("label", word.label), word.kind, row.flag("required", word.required), word.choices,
        word.choice_labels, word.source, word.group, row.text_or("note", word.note),
        row.flag("printed", word.printed), row.text_or("empty", word.empty), row.optional_text("default"), word.unless,
        row.optional_text("needed_with") or word.needed_with, word.dots,
    )  # fmt: skip


def _line(row: Row) -> Line:
    return Line(row.text_or("style", "body"), row.text("text"), row.optional_text("when"))


def _heads() -> dict[str, Head]:
    file = read_table(FORMS / "fragments" / "heads.toml", "forms/fragments/heads.toml")
    rows = file.rows(
        "head", lambda row: (row.text("key"), Head(row.texts("superior"), row.texts("issuer"), row.text_or("rebuilt")))
    )
    file.done()
    return dict(rows)


def _feet() -> dict[str, Foot]:
    file = read_table(FORMS / "fragments" / "feet.toml", "forms/fragments/feet.toml")
    rows = file.rows(
        "foot",
        lambda row: (
            row.text("form"),
            Foot(
                row.rows("recipient", _line), row.text_or("collective"), row.text("post"),
                row.text_or("post_reformatory"), row.text("instruction"), row.text_or("rebuilt"),
            ),
        ),
    )  # fmt: skip
    file.done()
    return dict(rows)


def _form(path: Path, words: dict[str, Variable], heads: dict[str, Head], feet: dict[str, Foot]) -> Form:
    file = read_table(path, f"forms/{path.parent.name}/{path.name}")
    code, head = file.text("code"), file.text("head")
    if head not in heads or code not in feet:
        raise file.fail("no fragment for its head or its foot")
    kind = file.text("type")
    if kind not in {row.code for row in document_types()}:
        raise file.fail(f"unknown document type {kind}")
    rebuilt = tuple(text for text in (heads[head].rebuilt, feet[code].rebuilt) if text)
    found = Form(
        code, file.text("version"), file.text("regime"), kind, file.text("title"), file.text("subject"),
        file.rows("variable", lambda row: _declared(row, words)), rebuilt + file.texts("unverified"),
        path.with_suffix(".docx"), file.optional_text("symbol"), heads[head], feet[code], file.rows("line", _line),
    )  # fmt: skip
    file.done()
    names = [row.name for row in found.variables]
    if len(set(names)) != len(names):
        raise file.fail("a variable is declared twice")
    return found
