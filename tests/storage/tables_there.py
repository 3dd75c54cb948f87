"""Databases with all tables and nothing in them: migrated once a process and copied, since that takes a hundredth of
the time, and nearly every test has one.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from storage.database import Database, sqlite_url
from storage.migrations import upgrade


def put_sqlite(file: Path) -> None:
    """Puts a database there, as a new house would make it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(_sqlite())


@cache
def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory(prefix="loam-tests-") as folder:
        file = Path(folder) / "loam.db"
        _migrate(sqlite_url(file), Path(folder) / "lock")
        return file.read_bytes()


def put_postgresql(cluster: str, lock: Path) -> str:
    """The URL of a database of this cluster, in place of the one that was put there before."""
    migrated, put = (make_url(cluster).set(database=name) for name in ("migrated", "put"))
    with create_engine(cluster, isolation_level="AUTOCOMMIT").connect() as connection:
        known = connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = 'migrated'"))
        if not known:
            connection.execute(text("CREATE DATABASE migrated"))
            _migrate(migrated.render_as_string(hide_password=False), lock)
        connection.execute(text("DROP DATABASE IF EXISTS put WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE put TEMPLATE migrated"))
    return put.render_as_string(hide_password=False)


def _migrate(url: str, lock: Path) -> None:
    database = Database(url)
    upgrade(database.engine, lock)
    database.close()
