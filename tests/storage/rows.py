"""Rows to begin a test with: a person, a data set with one ready version, a run, a model of it."""

from __future__ import annotations

from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy.orm import Session

from storage.database import Database
from storage.migrations import VERSION_TABLE
from storage.queries import datasets, models, runs, users
from storage.records import Model, Run, User, Version


def revision(database: Database) -> str | None:
    """The migration that the database is at, None for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def a_user(session: Session, name: str = "Ada") -> User:
    return users.add(session, name, name.casefold())


def a_version(session: Session, owner: int, name: str = "Titanic") -> Version:
    version = datasets.add_version(session, datasets.add(session, owner, name))
    datasets.ready(
        session, version.id, table_key="t", facts_key="f", schema={"columns": []}, rows=10, columns=2, bytes=9
    )
    return version


def a_run(session: Session, version: Version, owner: int, key: str = "k", **values: Any) -> Run:
    given = {
        "name": "First",
        "target": "survived",
        "answer": "binary",
        "family": "mlp",
        "recipe": {"target": "survived"},
    }
    return runs.add(
        session, owner=owner, dataset=version.dataset, version=version.id, request_key=key, **(given | values)
    )


def a_model(session: Session, run: Run, owner: int, name: str = "Survival") -> Model:
    return models.add(session, name, name.casefold(), run, owner)
