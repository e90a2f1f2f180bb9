"""Migrations on both databases: fresh, again, over a filled database, and equal to the models."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, func, inspect, make_url, select, text
from sqlalchemy.pool import NullPool

from app.actor import Role
from app.backends import Backends
from app.migrations.run import MigrationFailed, configuration, migrate, newest
from app.models import Base, Document, Event, QueryKey
from config.settings import Settings
from indexer.name_keys import keys_of_name
from tests import factories
from tests.conftest import Bell

SERVER = os.environ.get("HOSO_TEST_DATABASE_URL")


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """An empty database without any migration."""
    if SERVER is None:
        (tmp_path / "home").mkdir()
        yield f"sqlite:///{tmp_path / 'home' / 'hoso.sqlite3'}"
        return
    name = f"hoso_migration_{os.getpid()}_{tmp_path.name[-8:]}".lower()
    admin = create_engine(SERVER, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    made = create_engine(empty_url, poolclass=NullPool)
    yield made
    made.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
        )


def revisions() -> list[str]:
    """All migrations, the first one first."""
    script = ScriptDirectory.from_config(configuration())
    return [row.revision for row in reversed(list(script.walk_revisions()))]


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def filled(url: str, home: Path) -> Backends:
    """Records that refer to each other, through the same doors as always."""
    settings = Settings.from_environment({"HOSO_HOME": str(home), "HOSO_DATABASE_URL": url})
    backends = Backends(settings, send=Bell(), clock=lambda: factories.NOW)
    with backends.begin(factories.SYSTEM_ACTOR) as uow:
        office = factories.organisation(uow)
        user = factories.user(uow, office, Role.LEADER)
        uow.session.add(QueryKey(key="một", user_id=user.id, text="thử", persons=[], created_at=factories.NOW))
        case = factories.case(uow, factories.person(uow, office))
        factories.filing(uow, case, factories.document(uow, office, "một", "hai"))
        uow.record("test.done", "case", case.id)
    return backends


def older_rows(newest: Backends, older: Engine) -> dict[str, int]:
    """Copy the records of a database of today into one of an older schema; the number of rows by table that has any."""
    known = MetaData()
    known.reflect(older)
    copied = {}
    with newest.read() as uow, older.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in known.tables:
                continue
            target = known.tables[table.name]
            found = [dict(row) for row in uow.session.execute(select(table)).mappings()]
            if found:
                kept = [{name: row[name] for name in row.keys() & target.columns.keys()} for row in found]
                connection.execute(target.delete())
                connection.execute(target.insert(), kept)
                copied[table.name] = len(found)
    return copied


def test_an_empty_database_gets_all_tables_and_equals_the_models(empty_url: str, engine: Engine) -> None:
    assert migrate(empty_url)
    assert differences(engine) == []


def test_migrating_again_changes_nothing(empty_url: str, engine: Engine) -> None:
    migrate(empty_url)
    assert not migrate(empty_url)
    assert differences(engine) == []


def test_there_is_one_line_of_migrations() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [newest()]


def test_records_stay_when_a_filled_database_is_migrated(empty_url: str, engine: Engine, tmp_path: Path) -> None:
    """The newest migration over records of the schema before it: what the older tables had columns for."""
    newest_url = f"sqlite:///{tmp_path / 'newest.sqlite3'}"
    migrate(newest_url)
    backends = filled(newest_url, tmp_path / "filled")
    migrate(empty_url, revision=revisions()[-2])
    copied = older_rows(backends, engine)
    backends.close()
    migrate(empty_url)
    after = rows(engine)
    assert {name: after[name] for name in copied} == copied
    with engine.connect() as connection:
        (name,) = connection.execute(text("SELECT full_name FROM person")).one()
    assert after["person_key"] == len(keys_of_name(name))  # written by the migration where the table is new
    assert {"document", "case_document", "event", "query_key"} <= copied.keys()
    home = tmp_path / "filled"  # the key of the event chain lies there
    backends = Backends(
        Settings.from_environment({"HOSO_HOME": str(home), "HOSO_DATABASE_URL": empty_url}), send=Bell()
    )
    with backends.read() as uow:
        assert uow.session.query(Document).one().deleted_at is None
        assert backends.chain.check(uow.session).broken_at is None
        assert uow.session.query(Event).one().kind == "test.done"
    backends.close()


def test_every_constraint_has_a_name_and_no_record_is_deleted_with_another(empty_url: str, engine: Engine) -> None:
    migrate(empty_url)
    inspector = inspect(engine)
    for table in Base.metadata.sorted_tables:
        keys = inspector.get_foreign_keys(table.name)
        assert [key for key in keys if not key["name"]] == []
        assert [key["name"] for key in keys if key["options"].get("ondelete", "NO ACTION") == "CASCADE"] == []
        assert [key for key in inspector.get_unique_constraints(table.name) if not key["name"]] == []


@pytest.mark.skipif(SERVER is not None, reason="PostgreSQL is backed up by its own tools")
class TestCopies:
    """The SQLite file is copied before anything is changed in it."""

    def begun(self, url: str, home: Path) -> Path:
        """A filled database, and the path of its file."""
        migrate(url)
        filled(url, home).close()
        return Path(make_url(url).database or "")

    def test_a_copy_with_all_records_is_made_first(self, empty_url: str, tmp_path: Path) -> None:
        path = self.begun(empty_url, tmp_path / "home")
        label = revisions()[-1]
        migrate(empty_url, revision=revisions()[-1])
        copy = path.with_name(f"{path.name}.before-{label}")
        with sqlite3.connect(copy) as connection:
            assert connection.execute("SELECT count(*) FROM document").fetchone() == (1,)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.stat().st_mode & 0o077 == 0

    def test_a_second_attempt_does_not_overwrite_the_copy_of_the_first(
        self, empty_url: str, engine: Engine, tmp_path: Path
    ) -> None:
        """After a migration that stopped half way the first copy is the only whole one."""
        path = self.begun(empty_url, tmp_path / "home")
        label = revisions()[-1]
        migrate(empty_url, revision=revisions()[-1])
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM document_page"))
        migrate(empty_url, revision=revisions()[-1])
        with sqlite3.connect(path.with_name(f"{path.name}.before-{label}")) as connection:
            assert connection.execute("SELECT count(*) FROM document_page").fetchone() == (2,)

    def test_broken_references_are_told_with_the_place_of_the_copy(self, empty_url: str, tmp_path: Path) -> None:
        path = self.begun(empty_url, tmp_path / "home")
        with sqlite3.connect(path) as connection:
            connection.execute("DELETE FROM stored_file")
        with pytest.raises(MigrationFailed, match=f"{path.name}.before-"):
            migrate(empty_url, revision=revisions()[-1])

    def test_nothing_is_copied_of_an_empty_database(self, empty_url: str) -> None:
        migrate(empty_url, revision=revisions()[-1])
        path = Path(make_url(empty_url).database or "")
        assert list(path.parent.glob("*.before-*")) == []
