"""Transactions: what is kept, what is rolled back, who waits for whom."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from storage import tables
from storage.database import Database, sqlite_url
from storage.migrations import upgrade
from storage.queries import users
from tests.storage.rows import a_user, a_version

ROOT = Path(__file__).parents[2]


def test_write_that_fails_keeps_nothing(database: Database) -> None:
    def write() -> None:
        with database.write() as session:
            a_user(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    with database.read() as session:
        assert users.by_key(session, "ada") is None


def test_what_a_reading_session_changes_is_not_kept(database: Database) -> None:
    with database.read() as session:
        a_user(session)
    with database.read() as session:
        assert users.by_key(session, "ada") is None


def test_reading_session_sees_one_state(database: Database) -> None:
    with database.read() as session:
        assert users.by_key(session, "ada") is None
        with database.write() as writing:
            a_user(writing)
        assert users.by_key(session, "ada") is None, "whatever was written meanwhile"
    with database.read() as session:
        assert users.by_key(session, "ada") is not None


def test_name_is_one_person(database: Database) -> None:
    with database.write() as session:
        a_user(session)
    with pytest.raises(IntegrityError), database.write() as session:
        a_user(session)


def test_thing_without_its_owner_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(tables.Dataset(owner=99, name="x"))


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    there = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=timezone(timedelta(hours=8)))
    with database.write() as session:
        user = a_user(session)
        dataset = tables.Dataset(owner=user.id, name="x", created=there)
        session.add(dataset)
    with database.read() as session:
        back = session.scalars(select(tables.Dataset.created)).one()
    assert back == there
    assert back.tzinfo is UTC


def test_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError), database.write() as session:
        session.add(tables.Dataset(owner=1, name="x", created=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_chinese_and_html_come_back_as_they_were(database: Database) -> None:
    name = "客户 <b>“流失”</b> 🦊 '; DROP TABLE user; --"
    with database.write() as session:
        a_version(session, a_user(session).id, name)
    with database.read() as session:
        assert session.scalars(select(tables.Dataset.name)).one() == name


def test_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as writing:
        a_user(writing)
        began = time.monotonic()
        with database.read() as reading:
            assert users.by_key(reading, "ada") is None
        assert time.monotonic() - began < 3  # it would wait for the busy timeout, and fail


WRITER = """
import sys
from storage.database import Database
from storage.tables import User
database = Database(sys.argv[1])
for i in range(50):
    with database.write() as session:
        count = session.query(User).count()
        session.add(User(name=f"{count}", name_key=f"{count}"))
"""


@pytest.mark.slow
def test_two_processes_that_write_at_once_queue(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        return  # PostgreSQL reads before it locks, and does so by design
    command = [sys.executable, "-c", WRITER, database.url]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
    with database.read() as session:
        names = {int(name) for name in session.scalars(select(tables.User.name))}
    assert names == set(range(100))


@pytest.mark.slow
def test_two_processes_may_open_one_new_database(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from storage.database import Database;"
        "from storage.migrations import upgrade; upgrade(Database(sys.argv[1]).engine, Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, sqlite_url(tmp_path / "loam.db"), str(tmp_path / "lock")]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.wait(60) == 0, process.stderr and process.stderr.read()


def test_password_is_not_shown() -> None:
    assert "secret" not in repr(Database("postgresql+psycopg://loam:secret@localhost/loam"))


def test_sqlite_is_in_wal_mode(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "loam.db"))
    upgrade(database.engine, tmp_path / "lock")
    with database.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
