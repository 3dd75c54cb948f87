"""Named models on every database: names, versions, pointers and what is written about them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage.database import Database
from storage.queries import models, runs, users
from storage.records import Model, Run
from storage.tables import now
from tests.storage.rows import a_model, a_run, a_user, a_version

ROOT = Path(__file__).parents[2]
KILLED = """
import os, sys
from storage.database import Database
from storage.queries import models
with Database(sys.argv[1]).write() as session:
    models.promote(session, models.lock(session, 1), 2, 1)
    session.flush()
    os._exit(9)
"""


@pytest.fixture
def two(database: Database) -> tuple[Model, Run, Run]:
    """A model with two versions; the first is production."""
    with database.write() as session:
        user = a_user(session)
        version = a_version(session, user.id)
        one, other = (a_run(session, version, user.id, key) for key in "ab")
        model = a_model(session, one, user.id)
        models.add_version(session, model.id, other, user.id)
    return model, one, other


def moved(database: Database, model: int) -> list[tuple[str, int | None, int | None, str]]:
    with database.read() as session:
        return [(each.pointer, each.from_version, each.to_version, each.why) for each in models.changes(session, model)]


def held(session: Session, model: Model) -> Model:
    found = models.lock(session, model.id)
    assert found is not None
    return found


def test_model_counts_its_versions_and_answers_by_name(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, other = two
    with database.read() as session:
        assert [(each.number, each.run) for each in models.versions(session, model.id)] == [(2, other.id), (1, one.id)]
        answering = models.answering(session.connection(), "survival")
        assert users.owner_of(session, "model", model.id) == model.owner
    assert answering is not None
    assert (answering.number, answering.run, answering.model_name) == (1, one.id, "Survival")


def test_every_move_of_a_pointer_is_written(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, _one, _other = two
    steps: tuple[Callable[[Session], None], ...] = (
        lambda session: models.nominate(session, held(session, model), 2, 1),
        lambda session: models.promote(session, held(session, model), 2, 1, "better"),
        lambda session: models.promote(session, held(session, model), 1, 1, "worse", rolled_back=True),
    )
    for step in steps:
        with database.write() as session:
            step(session)
    assert moved(database, model.id) == [
        ("production", 2, 1, "worse"),
        ("candidate", 2, None, ""),
        ("production", 1, 2, "better"),
        ("candidate", None, 2, ""),
        ("production", None, 1, ""),
    ]
    with database.read() as session:
        last, _ended, promoted, *_rest = models.changes(session, model.id)
        found = models.get(session, model.id)
    assert (last.rolled_back, promoted.rolled_back, promoted.owner_name) == (True, False, "Ada")
    assert found is not None
    assert (found.production, found.candidate) == (1, None)


def test_name_is_one_models_outside_the_trash(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, _other = two
    with pytest.raises(IntegrityError), database.write() as session:
        a_model(session, one, model.owner, "SURVIVAL")
    with database.write() as session:
        models.trash(session, model.id)
        assert models.answering(session.connection(), "survival") is None
        again = a_model(session, one, model.owner, "SURVIVAL")
        found = models.by_name(session, "survival")
    assert found == again
    with pytest.raises(IntegrityError), database.write() as session:
        models.change(session, model.id, trashed_at=None)


def test_run_is_a_version_once(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, _other = two
    with pytest.raises(IntegrityError), database.write() as session:
        models.add_version(session, model.id, one, model.owner)


def test_run_of_a_version_is_not_erased_before_the_model(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, _other = two
    with pytest.raises(IntegrityError), database.write() as session:
        runs.erase(session, one.id)
    with database.write() as session:
        models.erase(session, model.id)
        assert models.of_runs(session, [one.id]) == []
        assert models.changes(session, model.id) == []
        runs.erase(session, one.id)
        assert runs.get(session, one.id) is None


def test_models_are_found(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, other = two
    with database.write() as session:
        price = a_run(session, a_version(session, model.owner, "Houses"), model.owner, "c", target="price 价格")
        second = a_model(session, price, model.owner, "Alpha 100%")
        gone = a_model(session, one, model.owner, "Gone")
        models.trash(session, gone.id)
    with database.read() as session:

        def ids(sort: models.Sort = "newest", **wanted: object) -> list[int]:
            return [line.model.id for line in models.page(session, sort=sort, **wanted)[0]]  # type: ignore[arg-type]

        assert ids() == ids("name") == [second.id, model.id]
        assert ids("oldest") == [model.id, second.id]
        assert ids(search="价格") == ids(search="100%") == [second.id]
        assert ids(trashed=True) == [gone.id]
        assert models.page(session, limit=1)[1] == 2
        line = models.page(session, search="surv")[0][0]
        assert (line.run.id, line.versions, line.promoted.tzinfo is not None) == (one.id, 2, True)
        assert [each.id for each in models.like(session, price, model.owner)] == []
        assert [each.id for each in models.like(session, other, model.owner)] == []
        assert [each.model for each in models.of_runs(session, [one.id])] == [model.id, gone.id]
        assert [each.model for each in models.of_runs(session, [one.id], trashed=False)] == [model.id]
        assert models.trashed_before(session, now() - timedelta(days=1)) == []
        assert [each.id for each in models.trashed_before(session, now() + timedelta(days=1))] == [gone.id]


def test_like_models_lack_the_run_and_predict_the_same(database: Database, two: tuple[Model, Run, Run]) -> None:
    model, one, _other = two
    with database.write() as session:
        bob = a_user(session, "Bob")
        version = a_version(session, bob.id)
        third = a_run(session, version, bob.id, "d")
        number = a_run(session, version, bob.id, "e", answer="number")
        theirs = a_model(session, one, bob.id, "Theirs")
    with database.read() as session:
        assert models.like(session, third, bob.id) == [theirs]
        assert [each.id for each in models.like(session, third, model.owner)] == [model.id]
        assert models.like(session, one, bob.id) == models.like(session, number, bob.id) == []


def test_process_killed_in_the_middle_of_a_promotion_leaves_no_half_of_it(
    database: Database, two: tuple[Model, Run, Run]
) -> None:
    model, one, _other = two
    before = moved(database, model.id)
    done = subprocess.run([sys.executable, "-c", KILLED, database.url], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 9
    assert moved(database, model.id) == before
    with database.write() as session:  # and nothing is left locked
        assert held(session, model).production == 1
        answering = models.answering(session.connection(), "survival")
    assert answering is not None
    assert answering.run == one.id
