"""Databases for tests: a file of its own on SQLite, a database of its own on PostgreSQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text


@contextmanager
def fresh_database(kind: str, server: str | None, folder: Path) -> Iterator[str]:
    """The address of an empty database, removed afterwards."""
    if kind == "sqlite" or server is None:
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    name = f"hoso_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
