"""Commands about documents: read, ingest, search, show."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from app.actor import Actor, Role
from app.backends import Backends
from app.commands.door import (
    acting,
    as_option,
    case_number_option,
    fail,
    failures_named,
    json_option,
    opened,
    print_json,
    purpose_option,
    settings,
    stating,
)
from app.commands.rereading import unlock_all
from app.errors import FileRefused, HosoError, Invalid, StoreFull
from app.models import Batch, IntakeSource, Outcome
from app.services import intake as arrivals
from app.services import receipts
from app.services.access import Act, require
from app.services.cases import case as find_case
from app.services.documents import describe, document
from app.services.organisations import organisation_for
from app.services.searching import FILTERS, SORTS, Query
from app.services.searching import as_json as results_json
from app.services.searching import search as search_now
from app.services.viewing import page_texts
from app.services.working import work_until
from indexer import Note
from ingestion import Sandbox
from ingestion import read as read_file

NAMED = (Outcome.FAILED, Outcome.DUPLICATE, Outcome.REMOVED)
"""Outcomes whose reason is told."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@failures_named
def read(file: Path, as_json: bool) -> None:
    """Read one file: text, words, facts. No database, nothing kept."""
    result = read_file(file, sandbox=Sandbox(settings().sandbox.value))
    if as_json:
        print_json(result.as_json())
        return
    for page in result.pages:
        click.echo(f"— {page.number} ({page.source.value}) —\n{page.text}")
    for warning in result.warnings:
        click.echo(f"{warning.code}: {warning.message}", err=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--recursive", is_flag=True, help="Take folders with all that is in them.")
@click.option(
    "--case", "case_code", metavar="CODE", help="File everything to this case (ORGANISATION:CODE where needed)."
)
@click.option("--organisation", "code", metavar="CODE", help="The organisation that receives (default: the only one).")
@click.option("--wait", is_flag=True, help="Return when every file is searchable, weak or failed.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --wait: open locked files with the passwords in this file, one a line.",
)
@as_option
@json_option
@failures_named
def ingest(
    paths: tuple[Path, ...],
    recursive: bool,
    case_code: str | None,
    code: str | None,
    wait: bool,
    password_file: Path | None,
    username: str | None,
    as_json: bool,
) -> None:
    """Take files in, the same way as an upload, and print the receipt."""
    if password_file is not None and not wait:
        raise click.UsageError("--password-file goes with --wait: a file is known to be locked when it was looked at")
    files = list(_files(paths, recursive=recursive))
    with opened() as backends:
        actor = acting(backends, username)
        batch_id = _take_in(backends, actor, files, code, case_code)
        if wait:
            work_until(backends, lambda: _settled(backends, actor, batch_id))
        if password_file is not None:
            unlock_all(backends, actor, batch_id, password_file.read_text(encoding="utf-8").splitlines())
            work_until(backends, lambda: _settled(backends, actor, batch_id))
        failed = _print_receipt(backends, actor, batch_id, as_json=as_json)
    if failed:
        raise SystemExit(1)


def _files(paths: Iterable[Path], *, recursive: bool) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
        elif recursive:
            yield from sorted(child for child in path.rglob("*") if child.is_file())
        else:
            raise click.UsageError(f"{path} is a folder; add --recursive")


def _take_in(backends: Backends, actor: Actor, files: list[Path], code: str | None, case_code: str | None) -> int:
    with backends.begin(actor) as uow:
        named = f"{code}:{case_code}" if case_code and code and ":" not in case_code else case_code
        case = find_case(uow, named) if named else None
        case_id = case.id if case else None
        try:
            wanted = code or (case.organisation.code if case else None)
            owner = organisation_for(uow, wanted) if actor.role is Role.OPERATOR else None
        except Invalid as error:
            raise click.UsageError(error.message) from error
        batch = arrivals.open_batch(
            uow, source=IntakeSource.COMMAND, organisation_id=owner.id if owner else None, case_id=case_id
        )
    for file in files:
        try:
            stored = backends.store.put_path(file)
        except (FileRefused, StoreFull) as error:
            _refuse(backends, actor, batch.id, file.name, error)
            continue
        with backends.begin(actor) as uow:
            arrivals.receive(uow, uow.session.get_one(Batch, batch.id), name=file.name, stored=stored)
    return batch.id


def _refuse(backends: Backends, actor: Actor, batch_id: int, name: str, error: HosoError) -> None:
    with backends.begin(actor) as uow:
        arrivals.refuse(uow, receipts.batch(uow, batch_id), name=name, error=error)


def _settled(backends: Backends, actor: Actor, batch_id: int) -> bool:
    with backends.read(actor) as uow:
        return receipts.receipt(receipts.batch(uow, batch_id)).is_settled


def _print_receipt(backends: Backends, actor: Actor, batch_id: int, *, as_json: bool) -> int:
    with backends.read(actor) as uow:
        batch = receipts.batch(uow, batch_id)
        value = receipts.as_json(uow, batch)
        counts = receipts.receipt(batch)
        refused = counts.failed + receipts.closed_in(batch)
        items = [
            (item.name, receipts.outcome_of(item), *receipts.failure_of(item)) for item in receipts.nested(batch.items)
        ]
    if as_json:
        print_json(value)
        return refused
    for name, outcome, code, message in items:
        reason = f"  {code}: {message}" if outcome in NAMED and code else ""
        click.echo(f"{outcome.value:<10}  {name}{reason}")
    click.echo(
        f"batch {batch_id}: received {counts.received} = waiting {counts.waiting} + searchable {counts.searchable}"
        f" + weak {counts.weak} + failed {counts.failed} + duplicate {counts.duplicate} + removed {counts.removed}"
    )
    return refused


@click.command()
@click.argument("query")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help=f"One of {', '.join(FILTERS)}.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance")
@click.option("--limit", type=click.IntRange(0, 100), default=20)
@click.option("--offset", type=click.IntRange(0), default=0)
@as_option
@purpose_option
@case_number_option
@json_option
@failures_named
def search(
    query: str,
    filters: tuple[str, ...],
    sort: str,
    limit: int,
    offset: int,
    username: str | None,
    purpose: str | None,
    case_number: str | None,
    as_json: bool,
) -> None:
    """Find documents: words, "phrases", -not, OR, field:value; with or without accents."""
    chosen = _filters(filters)
    with opened() as backends:
        actor = stating(acting(backends, username), purpose, case_number)
        with backends.read(actor) as uow:
            results = search_now(uow, Query(query, chosen, sort, limit, offset))
        with backends.begin(actor) as uow:
            uow.record("search.run", "search", None, hits=results.total)
    if as_json:
        print_json(results_json(results))
        return
    _print_notes(query, results.notes)
    for hit in results.hits:
        click.echo(f"{hit.document:>6}  {hit.number or '—':<18} {hit.date or '—':<10}  {hit.title}")
        for part in hit.snippets:
            click.echo(f"        {part.page}: {' '.join(part.text.split())}")
    click.echo(f"{len(results.hits)} of {results.total} in {results.took_ms} ms")


def _print_notes(query: str, notes: Sequence[Note]) -> None:
    """What there is to know about the query; a part that was not understood has carets under it."""
    for note in notes:
        if note.place is not None:
            start, end = (_columns(query[:at]) for at in note.place)
            click.echo(f"{query}\n{' ' * start}{'^' * max(1, end - start)}", err=True)
        click.echo(note.message, err=True)


def _columns(text: str) -> int:
    """How wide a line of Vietnamese is: marks that combine with their letter take no place."""
    return sum(1 for char in text if not unicodedata.combining(char))


def _filters(given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in FILTERS:
            raise click.UsageError(f"--filter {text}: use NAME=VALUE with NAME one of {', '.join(FILTERS)}")
        chosen[name] = (*chosen.get(name, ()), value)
    return chosen


@click.command()
@click.argument("document_id", metavar="DOCUMENT", type=int)
@click.option("--text", "as_text", is_flag=True, help="Print the text of all pages.")
@as_option
@json_option
@failures_named
def show(document_id: int, as_text: bool, username: str | None, as_json: bool) -> None:
    """One document: facts, links, pages."""
    if as_text and as_json:
        raise SystemExit(fail("usage", "use --text or --json, not both", status=2))
    with opened() as backends:
        actor = acting(backends, username)
        with backends.read(actor) as uow:
            found = document(uow, document_id)
            require(uow, Act.DOCUMENT_VIEW, found)
            view = describe(uow, found).as_json()
            texts = [(page.position, text.text if text else "") for page, text in page_texts(uow, found)]
        with backends.begin(actor) as uow:
            uow.record("document.viewed", "document", document_id)
    if as_text:
        for position, text in texts:
            click.echo(f"— {position} —\n{text}")
    elif as_json:
        print_json(view)
    else:
        for name, value in view.items():
            if name != "pages":
                click.echo(f"{name}: {value if value not in (None, [], '') else '—'}")
        click.echo(f"pages: {len(texts)}")
