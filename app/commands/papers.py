"""Commands about forms, without a database: the catalogue, and a form filled from JSON."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from app.commands.door import fail, failures_named, json_option, print_json
from doc_templates import catalogue
from doc_templates.context import problems
from doc_templates.pdf import to_pdf
from doc_templates.rendering import RenderMode
from doc_templates.rendering import render as render_form


@click.command()
@json_option
@failures_named
def forms(as_json: bool) -> None:
    """The forms, with their declared variables."""
    known = catalogue.forms()
    if as_json:
        print_json([_as_json(form) for form in known])
        return
    for form in known:
        click.echo(f"{form.code:<12} {form.title} {form.subject} (regime {form.regime}, version {form.version})")
        for variable in form.variables:
            sign = "*" if variable.required else " "
            click.echo(f"   {sign} {variable.name:<26} {variable.kind:<5} {variable.label}")


def _as_json(form: catalogue.Form) -> dict[str, Any]:
    return {
        "code": form.code,
        "version": form.version,
        "regime": form.regime,
        "type": form.type,
        "title": form.title,
        "subject": form.subject,
        "unverified": list(form.unverified),
        "variables": [
            {"name": v.name, "label": v.label, "kind": str(v.kind), "required": v.required, "choices": list(v.choices)}
            for v in form.variables
        ],
    }


@click.command()
@click.argument("form")
@click.argument("context", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.docx")
@click.option("--pdf", "with_pdf", is_flag=True, help="Make a PDF beside it.")
@failures_named
def render(form: str, context: Path, output: Path, with_pdf: bool) -> None:
    """Fill a form from a JSON file with its variables, nested by the dots of their names."""
    try:
        values = json.loads(context.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SystemExit(fail("context-not-json", f"{context}: {error}", status=2)) from error
    chosen = catalogue.form(form)
    for problem in problems(chosen, values, today=datetime.now(UTC).date()):
        click.echo(f"{problem.code}: {problem.variable}: {problem.message}", err=True)
    render_form(chosen, values, output, mode=RenderMode.FINAL)
    click.echo(output)
    if with_pdf:
        made = output.with_suffix(".pdf")
        to_pdf(output, made)
        click.echo(made)
