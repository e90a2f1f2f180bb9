"""Fills a form: checks that nothing required is missing, prints every fact as the form wants it, writes the DOCX.

The environment is sandboxed and strict: a field the form does not declare is an error, not an empty place, and what a
fact holds is printed as text (escaped for XML), never run.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import Table
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

from doc_templates.archive import write_frozen
from doc_templates.catalogue import GIVEN_BY_THE_BOOK, Form, Variable
from doc_templates.context import missing
from doc_templates.decree30 import DOTTED
from doc_templates.errors import BadFact, MissingFacts
from doc_templates.facts import span, stated
from doc_templates.filters import FILTERS, FUNCTIONS, clean, dots


class RenderMode(StrEnum):
    """`final`: all facts; `open`: number and date are dots, for the signature; `blank`: every absent fact is dots."""

    FINAL = "final"
    OPEN = "open"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made: the file, its text line by line (to compare with the signed scan), the facts printed as dots."""

    path: Path
    text: str
    unfilled: tuple[str, ...]


def render(form: Form, context: Mapping[str, object], out: Path, *, mode: RenderMode) -> Rendered:
    """Write the filled form to `out` (DOCX; the same facts give the same bytes).

    Raises `MissingFacts` where a final or open paper lacks something required, `BadFact` where a fact cannot be
    printed.
    """
    if mode is not RenderMode.BLANK:
        absent = missing(form, context, numbered=mode is RenderMode.FINAL)
        if absent:
            raise MissingFacts(tuple(row.variable for row in absent))
    values: dict[str, object] = {}
    unfilled = []
    for variable in form.variables:
        value, filled = _printed(form, context, variable, mode)
        _put(values, variable.name, value)
        if not filled and variable.printed:
            unfilled.append(variable.name)
    template = DocxTemplate(str(form.template))
    template.render(values, environment(), autoescape=True)
    _loosen(template.docx)
    target = io.BytesIO()
    template.save(target)
    write_frozen(target.getvalue(), out)
    return Rendered(out, text_of(out), tuple(unfilled))


def environment() -> SandboxedEnvironment:
    """The Jinja environment of all forms."""
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.filters.update(FILTERS)
    made.globals.update(FUNCTIONS)
    return made


def _printed(form: Form, context: Mapping[str, object], variable: Variable, mode: RenderMode) -> tuple[object, bool]:
    """The value as the template gets it, and whether it is there."""
    value = stated(form, context, variable)
    if mode is RenderMode.OPEN and variable.name in GIVEN_BY_THE_BOOK:
        value = None
    if value is not None:
        return _shaped(variable, value), True
    if mode is RenderMode.BLANK or variable.name in GIVEN_BY_THE_BOOK:
        line = dots(variable.dots)
        return ([line] if variable.kind == "list" else line), False
    if variable.kind == "list":
        return [], True
    return (False if variable.kind == "bool" else variable.empty), True


def _shaped(variable: Variable, value: object) -> object:
    if variable.kind == "list":
        if not isinstance(value, list | tuple):
            raise BadFact(variable.name, "must be a list")
        return [clean(item) for item in value if clean(item)]
    if variable.kind == "bool":
        if not isinstance(value, bool):
            raise BadFact(variable.name, "must be true or false")
        return value
    if isinstance(value, Mapping | list | tuple | bool):
        raise BadFact(variable.name, "must be a single value")
    text = clean(value)
    if variable.kind == "date" and span(text) is None:
        raise BadFact(variable.name, "must be an ISO date")
    return text


def _put(values: dict[str, object], name: str, value: object) -> None:
    *path, last = name.split(".")
    for part in path:
        inner = values.setdefault(part, {})
        if not isinstance(inner, dict):
            raise BadFact(name, "stands below a single value")
        values = inner
    values[last] = value


def _loosen(document: DocumentType) -> None:
    """Lines with dots are set left: justified, their few words would drift apart."""
    for paragraph in document.paragraphs:
        style = paragraph.style.name if paragraph.style is not None else ""
        if DOTTED in paragraph.text and style in ("D30 body", "D30 basis"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def text_of(docx: Path) -> str:
    """The visible text of a document, a line per paragraph, tables cell by cell, in the order of the paper."""
    return "\n".join(line for line in _lines(Document(str(docx)).iter_inner_content()) if line.strip())


def _lines(content: Iterator[Paragraph | Table]) -> Iterator[str]:
    for block in content:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from _lines(cell.iter_inner_content())


def template_variables(path: Path) -> frozenset[str]:
    """The dotted names that a template reads, without its loop variables and functions."""
    template = DocxTemplate(str(path))
    template.init_docx()
    tree = environment().parse(template.patch_xml(template.get_xml()))
    roots = meta.find_undeclared_variables(tree) - set(FUNCTIONS)
    found = {name for node in tree.find_all((nodes.Getattr, nodes.Name)) if (name := _dotted(node))}
    names = {name for name in found if name.split(".")[0] in roots}
    return frozenset(name for name in names if not any(other.startswith(f"{name}.") for other in names))


def _dotted(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        inner = _dotted(node.node)
        return f"{inner}.{node.attr}" if inner else ""
    return ""
