"""Bring a database to the newest migration, with a copy of an SQLite file beside it first."""

import os
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

HERE = Path(__file__).parent
KEPT_COPIES = 5


class MigrationFailed(RuntimeError):
    """The database is not as the migration should have left it; the copy made before is named."""


def configuration() -> Config:
    """Alembic's configuration, made in code: there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


def migrate(url: str, *, revision: str = "head") -> bool:
    """Run what is missing; says whether anything was. Raises `MigrationFailed` where references are broken after."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        if revision == "head" and _current(engine) == newest():
            return False
        copy = _copy_beside(url, _current(engine)) if engine.dialect.name == "sqlite" else None
        _upgrade(engine, revision, copy)
    finally:
        engine.dispose()
    return True


def newest() -> str | None:
    """The id of the newest migration."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _upgrade(engine: Engine, revision: str, copy: Path | None) -> None:
    config = configuration()
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            connection.rollback()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise MigrationFailed(f"{len(broken)} broken references after the migration; copy made before: {copy}")
        connection.rollback()


def _copy_beside(url: str, label: str | None) -> Path | None:
    """A copy of the SQLite file named after the migration it is at; the newest few are kept.

    A copy that is there stays: after a migration that stopped half way it is the only whole one.
    """
    name = make_url(url).database
    if not name or not Path(name).exists() or label is None:
        return None
    path = Path(name)
    copy = _new_file(path, label)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copies = sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda p: p.stat().st_mtime)
    for old in copies[:-KEPT_COPIES]:
        old.unlink()
    return copy


def _new_file(path: Path, label: str) -> Path:
    """An empty file of its own, for nobody else to read."""
    for number in count(1):
        copy = path.with_name(f"{path.name}.before-{label}" + (f".{number}" if number > 1 else ""))
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        return copy
    raise AssertionError("unreachable")
