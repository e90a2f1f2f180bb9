"""Commands about files that were taken in before: reading again, and opening locked ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from app.actor import Actor
from app.backends import Backends
from app.commands.door import acting, as_option, failures_named, json_option, opened, print_json
from app.services import receipts, rereading, unlocking
from app.services.documents import document as find_document
from app.services.working import work_until
from ingestion import ReadError


@click.command()
@click.option("--document", "document_id", type=int, metavar="DOCUMENT", help="One document.")
@click.option("--weak", "which", flag_value="weak", help="Documents that were read badly or not at all.")
@click.option("--older", "which", flag_value="older", help="Documents with pages that an earlier version read.")
@click.option("--all", "which", flag_value="all", help="Every document.")
@click.option("--wait", is_flag=True, help="Return when all was read, and name what kept its old text.")
@as_option
@json_option
@failures_named
def reread(document_id: int | None, which: str | None, wait: bool, username: str | None, as_json: bool) -> None:
    """Ask for documents to be read again; the workers do it. What people confirmed stays, and so does the text that
    there is until a new one takes its place. With --wait, exit code 1 says that some could not be read again."""
    if (document_id is None) == (which is None):
        raise click.UsageError("say one of --document N, --weak, --older, --all")
    with opened() as backends:
        actor = acting(backends, username)
        with backends.begin(actor) as uow:
            if document_id is not None:
                asked = rereading.reread(uow, find_document(uow, document_id))
            else:
                asked = rereading.reread_some(uow, rereading.Which(str(which)))
        if wait:
            work_until(backends, lambda: _over(backends, asked))
        failed = _failed(backends, actor, asked) if wait else []
    if as_json:
        told = {"failed": failed} if wait else {}
        print_json({"files": asked.files, "documents": list(asked.documents), **told})
    else:
        _print_summary(asked, failed, waited=wait)
    if failed:
        raise SystemExit(1)


def _over(backends: Backends, asked: rereading.Asked) -> bool:
    with backends.read() as uow:
        return rereading.is_over(uow, asked.file_ids)


def _failed(backends: Backends, actor: Actor, asked: rereading.Asked) -> list[dict[str, Any]]:
    """What could not be read: pages by position, `kept` where their old text is in use."""
    with backends.read(actor) as uow:
        rows = [find_document(uow, document_id) for document_id in asked.documents]
        kept = rereading.not_reread(uow, rows)
        told = [
            {"document": row.id, "pages": list(one.pages), "code": one.code, "message": one.advice, "kept": True}
            for row in rows
            for one in kept.get(row.id, ())
        ]
        lost = [row for row in rows if row.failure_code is not None]
        return told + [
            {"document": row.id, "pages": [], "code": row.failure_code, "message": "", "kept": False} for row in lost
        ]


def _print_summary(asked: rereading.Asked, failed: Sequence[Mapping[str, Any]], *, waited: bool) -> None:
    for one in failed:
        where = "the old text stays" if one["kept"] else "no text"
        click.echo(f"document {one['document']}: {one['code']}, {where}. {one['message']}".rstrip())
    if not waited:
        click.echo(f"{asked.files} files of {len(asked.documents)} documents are read again; --wait tells what fails")
        return
    bad = len({one["document"] for one in failed})
    good = len(asked.documents) - bad
    click.echo(f"{asked.files} files of {len(asked.documents)} documents: {good} read again, {bad} not")


def unlock_all(backends: Backends, actor: Actor, batch_id: int, passwords: Sequence[str]) -> None:
    """Try the passwords on every locked file of a batch; those that none opens stay failed, with their code."""
    with backends.read(actor) as uow:
        batch = receipts.batch(uow, batch_id)
        known = {item.document_id: item.document for item in batch.items if item.document is not None}
        locked = [document.id for document in known.values() if unlocking.is_locked(uow, document)]
    for document_id in locked:
        for password in filter(None, passwords):
            try:
                unlocking.unlock(backends, actor, document_id, password)
            except ReadError as error:
                if error.code not in unlocking.LOCKED:
                    raise
            else:
                break
