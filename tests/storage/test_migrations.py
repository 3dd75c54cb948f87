"""A fresh database gets exactly the tables that the code knows."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from storage.database import Database
from storage.migrations import VERSION_TABLE, upgrade
from storage.tables import Base
from tests.storage.rows import revision


def test_migrated_database_equals_the_tables_in_code(empty: Database, tmp_path: Path) -> None:
    upgrade(empty.engine, tmp_path / "lock")
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_record_of_migrations_is_our_own_table(empty: Database, tmp_path: Path) -> None:
    assert revision(empty) is None
    upgrade(empty.engine, tmp_path / "lock")
    names = inspect(empty.engine).get_table_names()
    assert VERSION_TABLE in names
    assert "alembic_version" not in names


def test_migrating_twice_changes_nothing(empty: Database, tmp_path: Path) -> None:
    upgrade(empty.engine, tmp_path / "lock")
    before = revision(empty)
    upgrade(empty.engine, tmp_path / "lock")
    assert revision(empty) == before
