"""What all commands share: settings, backends, the one who acts, and how errors and JSON are printed."""

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import logs
from app.actor import OPERATOR, Actor
from app.backends import Backends
from app.errors import HosoError, NotFound
from app.models import User
from app.services.purpose import checked
from app.tasks import make_celery, sender
from config.settings import SettingError, Settings
from doc_templates.errors import TemplateError
from indexer.errors import SearchError
from ingestion import ReadError

P = ParamSpec("P")
R = TypeVar("R")


def failures_named(run: Callable[P, R]) -> Callable[P, R]:
    """Print a failure as its code and advice, and exit with 1 (2 for a setting that cannot be used)."""

    @functools.wraps(run)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return run(*args, **kwargs)
        except SettingError as error:
            raise SystemExit(fail("setting", str(error), status=2)) from error
        except (HosoError, ReadError, SearchError, TemplateError) as error:
            detail = str(getattr(error, "message", "")) or error.advice
            raise SystemExit(fail(error.code, detail, error.advice)) from error
        except OperationalError as error:
            advice = "Run `hoso init` first, or check HOSO_DATABASE_URL."
            raise SystemExit(fail("database-down", str(error.orig), advice)) from error

    return guarded


def fail(code: str, message: str, advice: str = "", *, status: int = 1) -> int:
    """Say on standard error what failed; returns the exit code."""
    click.echo(f"hoso: {code}: {message}", err=True)
    if advice and advice != message:
        click.echo(advice, err=True)
    return status


def settings() -> Settings:
    """The settings of the environment, with logs set up."""
    logs.configure()
    return Settings.from_environment()


@contextmanager
def opened() -> Iterator[Backends]:
    """The backends, with the queue of the settings behind them."""
    chosen = settings()
    backends = Backends.from_settings(chosen, send=sender(make_celery(chosen)))
    try:
        yield backends
    finally:
        backends.close()


def acting(backends: Backends, username: str | None) -> Actor:
    """The account named with `--as`, or the operator. Raises `NotFound` for an unknown or disabled account."""
    if username is None:
        return OPERATOR
    with backends.read() as uow:
        user = uow.session.scalar(select(User).where(User.username == username, User.active))
        if user is None:
            raise NotFound(f"account {username}")
        return user.actor()


def stating(actor: Actor, purpose: str | None, case_number: str | None) -> Actor:
    """The actor with what the options state. Raises `Invalid` where only one is given, or one makes no sense."""
    if purpose is None and case_number is None:
        return actor
    return replace(actor, purpose=checked(purpose or "", case_number or ""))


as_option = click.option("--as", "username", metavar="USER", help="Act for this account, in its organisation.")
purpose_option = click.option(
    "--purpose", metavar="TEXT", help="Why names are looked up; inspectors and archivists have to say."
)
case_number_option = click.option(
    "--case-number", metavar="NUMBER", help="Number of the case or of the decision to inspect; goes with --purpose."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
