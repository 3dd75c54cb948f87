"""Brings a database up to date. `versions/` holds one file a change, oldest first.

Our own `version_table`, because a tool that shares the database (such as Optuna) refuses another's `alembic_version`.
"""

from __future__ import annotations

from pathlib import Path

from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from filelock import FileLock
from sqlalchemy import Connection, Engine, text

VERSION_TABLE = "loam_version"
PG_LOCK = 5_606_125  # any number, the same for every Loam: servers on several machines wait for each other


def upgrade(engine: Engine, lock: Path, to: str = "head") -> None:
    """Migrates to `to`, in one transaction with its record. One process at a time; the others wait on `lock`."""
    with FileLock(lock), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PG_LOCK})
        alembic_upgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
