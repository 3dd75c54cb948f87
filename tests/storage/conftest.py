"""Databases to test on: SQLite always, and a throw-away PostgreSQL where its programs are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database, sqlite_url
from tests.storage.tables_there import put_postgresql, put_sqlite

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def _as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL of the `postgres` database of a fresh cluster."""
    assert POSTGRES is not None
    folder = Path(tempfile.mkdtemp(prefix="loam-pg-", dir="/tmp"))
    folder.chmod(0o777)
    data, port = folder / "data", _free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(_as_postgres([str(POSTGRES / program), *arguments]), check=True, cwd=folder, capture_output=True)

    run("initdb", "-D", str(data), "-U", "loam", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://loam@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


BOTH = ["sqlite", "postgresql"] if POSTGRES else ["sqlite"]


@pytest.fixture(params=BOTH)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables."""
    if request.param == "sqlite":
        database = Database(sqlite_url(tmp_path / "loam.db"))
    else:
        database = Database(request.getfixturevalue("cluster"))
        with database.write() as session:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
    yield database
    database.close()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables and nothing in them."""
    if request.param == "sqlite":
        put_sqlite(tmp_path / "loam.db")
        database = Database(sqlite_url(tmp_path / "loam.db"))
    else:
        database = Database(put_postgresql(request.getfixturevalue("cluster"), tmp_path / "lock"))
    yield database
    database.close()
