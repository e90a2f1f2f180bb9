"""Databases for tests: each gets one of its own, made from a template that was migrated once."""

import fcntl
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from app.migrations.run import migrate, newest


@contextmanager
def fresh_database(server: str | None, folder: Path, templates: Path) -> Iterator[str]:
    """The address of an empty database at the newest migration: a file in `folder`, or one on the PostgreSQL server,
    removed afterwards. `templates` is a directory shared by all processes of this run."""
    if server is None:
        path = folder / "test.sqlite3"
        shutil.copyfile(_sqlite_template(templates), path)
        yield f"sqlite:///{path}"
        return
    template = _server_template(server, templates)
    name = f"hoso_{secrets.token_hex(6)}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _alone(templates: Path) -> Iterator[None]:
    with (templates / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sqlite_template(templates: Path) -> Path:
    path = templates / f"{newest()}.sqlite3"
    with _alone(templates):
        if not path.exists():
            made = templates / "being-made.sqlite3"
            migrate(f"sqlite:///{made}")
            made.rename(path)
    return path


def _server_template(server: str, templates: Path) -> str:
    mark = templates / "server-template"
    with _alone(templates):
        if not mark.exists():
            name = f"hoso_template_{secrets.token_hex(6)}"
            _on_server(server, f"CREATE DATABASE {name}")
            migrate(make_url(server).set(database=name).render_as_string(hide_password=False))
            mark.write_text(name, encoding="ascii")
    return mark.read_text(encoding="ascii")


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
