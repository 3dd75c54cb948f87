"""The database: one per data folder or URL. Opens it, brings it up to date, and gives sessions to read or write.

SQLite in WAL mode by default, PostgreSQL by URL. On SQLite a writing transaction begins IMMEDIATE, so that two writers
queue instead of failing half-way; a reading one never waits for a writer. Knows no table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

T = TypeVar("T")
BUSY_MS = 15_000  # how long a writer on SQLite waits for another one


class Database:
    """Sessions on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _open(url)
        self._writing = self._engine.execution_options(loam_begin="BEGIN IMMEDIATE")
        by_itself = {"loam_begin": ""} if self._engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._looking = self._engine.execution_options(**by_itself)
        steady = {} if self._engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = self._engine.execution_options(**steady)  # a reading transaction of SQLite is so by itself
        # SQLite has writers look again and again whether it is their turn, and each would hold a connection meanwhile.
        self._turn: AbstractContextManager[Any] = Lock() if self._engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent state. What it changes is never kept."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """For one question by itself, as each request asks some: a third of the time of `read`, for no transaction and
        no objects are made.
        """
        with self._looking.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed on leaving; an error rolls all of them back."""
        with self._turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def note(self) -> Iterator[Connection]:
        """For what each request leaves behind: a transaction as in `write`, two thirds of its time, for no objects are
        made.
        """
        with self._turn, self._writing.begin() as connection:
            yield connection

    def write_once(self, work: Callable[[Session], T]) -> T:
        """What `work` gives in a writing session; asked once more when another process just wrote the same thing.

        For work that looks whether something is there and adds it if not: where writers do not queue, as on
        PostgreSQL, two may look before either adds, and a unique constraint then stops the second.
        """
        try:
            with self.write() as session:
                return work(session)
        except IntegrityError:
            with self.write() as session:
                return work(session)

    @property
    def engine(self) -> Engine:
        """The engine that writes: for migrations."""
        return self._writing

    def close(self) -> None:
        """Gives the connections back."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"Database({make_url(self.url)!r})"  # the URL's repr hides the password


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{file.resolve()}"


def _open(url: str) -> Engine:
    engine = create_engine(url, json_serializer=_dump, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _dump(value: Any) -> str:
    # Not escaped, so that a search finds 中文 in a tag; no NaN, which PostgreSQL would refuse.
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions by itself: see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("loam_begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)
