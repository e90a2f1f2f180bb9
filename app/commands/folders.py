"""Commands about watched folders: `hoso folder add|list|remove`, and the watcher itself."""

import signal
import threading
from pathlib import Path

import click
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.actor import OPERATOR
from app.commands.door import failures_named, json_option, opened, print_json
from app.errors import Invalid, NotFound
from app.models import User
from app.services.folders import Watcher, add_folder, folders, own_places, remove_folder
from app.services.organisations import organisation_for

log = structlog.get_logger()

EVERY = 3.0  # seconds between two looks; what stood still for one of them counts


@click.group()
def folder() -> None:
    """Folders from which files are taken in."""


@folder.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--organisation", "code", metavar="CODE", help="The organisation that receives (default: the only one).")
@click.option("--account", required=True, metavar="USER", help="The account in whose name files are taken in.")
@failures_named
def add(path: Path, code: str | None, account: str) -> None:
    """Watch a folder: what is dropped there is taken in and moved to done/ or failed/."""
    with opened() as backends, backends.begin(OPERATOR) as uow:
        try:
            organisation = organisation_for(uow, code)
        except Invalid as error:
            raise click.UsageError(error.message) from error
        user = uow.session.scalar(select(User).where(User.username == account))
        if user is None:
            raise NotFound(f"account {account}")
        apart = own_places(backends.settings)
        made = add_folder(uow, path=path, organisation=organisation, user=user, apart_from=apart)
        click.echo(f"{made.path}: {organisation.code}, {user.username}")


@folder.command("list")
@json_option
@failures_named
def list_(as_json: bool) -> None:
    """All watched folders, with what is wrong with them."""
    with opened() as backends, backends.read(OPERATOR) as uow:
        rows = [
            {
                "path": row.path,
                "organisation": row.organisation_id,
                "account": row.user_id,
                "active": row.active,
                "looked_at": row.looked_at,
                "problem": row.problem,
            }
            for row in folders(uow)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['path']}: {row['problem'] or 'ok'}")


@folder.command()
@click.argument("path", type=click.Path(path_type=Path))
@failures_named
def remove(path: Path) -> None:
    """Watch a folder no longer; what lies in it stays."""
    with opened() as backends, backends.begin(OPERATOR) as uow:
        remove_folder(uow, path=path)


@click.command()
@click.option("--once", is_flag=True, help="Look twice, so that what stands still is taken, and leave.")
@failures_named
def watch(once: bool) -> None:
    """Take files in from the watched folders until stopped."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with opened() as backends:
        watcher = Watcher(backends)
        looks = 0
        while not stopped.is_set():
            try:
                for look in watcher.look():
                    if look.taken or look.refused:
                        log.info("folder.taken", folder=look.folder, taken=look.taken, refused=look.refused)
            except SQLAlchemyError as error:  # the database is away: what was claimed is given back later
                log.warning("folder.database-down", error=type(error).__name__)
            looks += 1
            if once and looks == 2:
                return
            stopped.wait(EVERY)
