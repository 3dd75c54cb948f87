"""Databases of every earlier migration open today, and nothing in them is lost. One fixture a migration."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database import Database, sqlite_url
from storage.migrations import VERSION_TABLE, upgrade
from storage.queries import (
    api_keys,
    datasets,
    drafts,
    feedback,
    improvements,
    jobs,
    models,
    predictions,
    progress,
    runs,
    users,
    watching,
)
from storage.tables import Base
from tests.storage.rows import revision

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("*.sql"))
MIGRATIONS = sorted((Path(__file__).parents[2] / "storage/migrations/versions").glob("0*.py"))


@pytest.fixture(params=FIXTURES, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    connection = sqlite3.connect(tmp_path / "loam.db")
    connection.executescript(request.param.read_text("utf-8"))
    connection.close()
    database = Database(sqlite_url(tmp_path / "loam.db"))
    assert revision(database) == request.param.stem
    upgrade(database.engine, tmp_path / "lock")
    return database


def test_every_migration_has_its_old_database() -> None:
    assert [path.stem for path in FIXTURES] == [path.stem.split("_")[0] for path in MIGRATIONS]


def test_old_database_gets_the_tables_of_today(old: Database) -> None:
    with old.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_old_database_keeps_what_was_in_it(old: Database) -> None:
    with old.read() as session:
        ada = users.by_key(session, "ada")
        assert ada is not None
        lines, total = datasets.page(session)
        assert (total, lines[0].dataset.name, lines[0].runs) == (1, "Titanic 泰坦尼克", 1)
        assert datasets.split(session, 1, "cd" * 32) is not None
        run = runs.get(session, 1)
        assert run is not None
        assert (run.status, run.value, run.tags, run.owner_name) == ("finished", 0.82, ["标签"], "Ada")
        assert run.finished is not None
        assert run.finished.tzinfo is not None
        assert progress.points(session, 1)[0].best
        assert progress.notes(session, 1)[0].values == {"train": 919}
        assert drafts.of_owner(session, 2)[0].version == 1
        assert predictions.get(session, 1) is not None
        said = feedback.page(session, feedback.Wanted())[0][0]
        assert (said.comment, said.review, said.source, said.model) == ("他没有", "waiting", "page", None)
        job = jobs.get(session, 1)
        assert job is not None
        assert job.status == "done"


@pytest.mark.parametrize("old", FIXTURES[1:], ids=lambda path: path.stem, indirect=True)
def test_old_database_keeps_its_models(old: Database) -> None:
    with old.read() as session:
        line = models.page(session)[0][0]
        assert (line.model.name, line.model.candidate, line.run.id, line.versions) == ("Überlebt?", None, 1, 1)
        answering = models.answering(session.connection(), "überlebt?")
        assert answering is not None
        assert (answering.model, answering.number, answering.run) == (1, 1, 1)
        change = models.changes(session, 1)[0]
        assert (change.pointer, change.from_version, change.to_version, change.why) == ("production", None, 1, "首")


@pytest.mark.parametrize("old", FIXTURES[3:], ids=lambda path: path.stem, indirect=True)
def test_old_database_keeps_what_closes_the_loop(old: Database) -> None:
    with old.read() as session:
        key = api_keys.of_model(session, 1)[0]
        assert (key.name, key.scopes, key.expires) == ("Kasse 收银", ["predict"], None)
        made = predictions.get(session, 1)
        assert made is not None
        assert (made.model, made.version) == (1, 1)
        watch = watching.watch(session, 1)
        assert watch is not None
        assert (watch.webhook, watch.improve_after, watch.improve_on_alarm) == ("https://example.org/hook", 20, True)
        assert watching.open_alarms(session)[0].values == {"column": "fare"}
        improved = improvements.latest(session, 1)
        assert improved is not None
        assert (improved.status, improved.run, improved.rows) == ("finished", 1, {"taught": 1})
        said = feedback.get(session, 2)
        assert said is not None
        assert (said.review, said.accepted, said.used_in, said.used_row) == ("accepted", "1", 1, 7)
        what = [said.owner, said.prediction, said.batch, said.row_number, said.verdict, said.correct, said.comment]
        mark = hashlib.sha256(json.dumps(what).encode()).hexdigest()
        assert feedback.used_key(session, feedback.Once(1, "k-1", mark)) == (mark, 2)
