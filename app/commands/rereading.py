"""Commands about files that were taken in before: reading again, and opening locked ones."""

from collections.abc import Sequence

import click

from app.actor import Actor
from app.backends import Backends
from app.commands.door import acting, as_option, failures_named, json_option, opened, print_json
from app.services import receipts, rereading, unlocking
from app.services.documents import document as find_document
from ingestion import ReadError


@click.command()
@click.option("--document", "document_id", type=int, metavar="DOCUMENT", help="One document.")
@click.option("--weak", "which", flag_value="weak", help="Documents that were read badly or not at all.")
@click.option("--older", "which", flag_value="older", help="Documents with pages that an earlier version read.")
@click.option("--all", "which", flag_value="all", help="Every document.")
@as_option
@json_option
@failures_named
def reread(document_id: int | None, which: str | None, username: str | None, as_json: bool) -> None:
    """Ask for documents to be read again; the workers do it. What people confirmed stays, and so does the text that
    there is until a new one takes its place."""
    if (document_id is None) == (which is None):
        raise click.UsageError("say one of --document N, --weak, --older, --all")
    with opened() as backends:
        actor = acting(backends, username)
        with backends.begin(actor) as uow:
            if document_id is not None:
                asked = rereading.reread(uow, find_document(uow, document_id))
            else:
                asked = rereading.reread_some(uow, rereading.Which(str(which)))
    if as_json:
        print_json({"files": asked.files, "documents": list(asked.documents)})
        return
    click.echo(f"{asked.files} files of {len(asked.documents)} documents are read again")


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
