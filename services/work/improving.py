"""The jobs of an improvement, and what is queued after each: making the version, training on it, comparing.

    gather    accepted feedback becomes rows of a new version; then production's recipe is queued as a run on it
    (train)   an ordinary run; as it finishes it becomes the model's candidate, and the comparison is queued
    compare   production and candidate on the same rows: the old test part, and feedback held back from training

Each passes on in the transaction that ends it, guarded by the improvement's status: killed anywhere, it is done again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from engine.comparison import compare
from engine.errors import NotFound
from engine.recipe import Recipe
from engine.table.accepted import HELD_BACK
from services import importing, results, splits, teaching
from services.house import House
from services.work import judging, queue
from services.work.reporting import Reporter
from storage.queries import datasets, improvements, jobs, models, runs
from storage.records import Improvement, Job, Version
from storage.tables import now

GATHERED = 0.9  # of the progress of gathering


def carry_out_gathering(home: House, job: Job, reporter: Reporter) -> None:
    """Makes the version, then queues the run on it. Raises the engine's errors, and Superseded."""
    found = _improvement(home, job)
    importing.carry_out_import(home, job.version or 0, lambda part: reporter.advance(part * GATHERED))
    version = _made(home, job)
    recipe = Recipe.model_validate(teaching.production_run(home, found).recipe)
    counts = Counter(_parts_of_taught(home, version, recipe))
    reporter.flush()
    with home.database.write() as session:
        jobs.end(session, job.id, job.attempts, "done")
        _queue_run(session, found, recipe, dict(counts))


def carry_out_comparing(home: House, job: Job, reporter: Reporter) -> None:
    """Compares production and candidate, and ends the improvement. Raises the engine's errors, and Superseded."""
    found, version = _improvement(home, job), _made(home, job)
    production = teaching.production_run(home, found)
    candidate = results.run_of(found.run or 0)
    sides = {"production": production, "candidate": candidate}
    compared = {"test": compare({side: results.test_rows_of(run) for side, run in sides.items()})}
    reporter.advance(0.5)
    parts = _parts_of_taught(home, version, Recipe.model_validate(candidate.recipe))
    heard = judging.compared(home, version, parts.index[parts == HELD_BACK], sides)
    if heard is not None:
        compared["feedback"] = heard
    said = {part: comparison.model_dump(mode="json") for part, comparison in compared.items()}
    reporter.flush()
    with home.database.write() as session:
        jobs.end(session, job.id, job.attempts, "done")
        improvements.step(session, found.id, "comparing", status="finished", comparison=said, finished=now())


def after_training(session: Session, run_id: int) -> None:
    """In the transaction that finishes a run: if it belongs to an improvement, it is the candidate from now on."""
    found = improvements.of_run(session, run_id)
    if found is None or found.status != "training":
        return
    model, run = models.lock(session, found.model), runs.get(session, run_id)
    version = datasets.version(session, found.version or 0)
    if model is None or run is None or version is None:
        return
    added = models.add_version(session, model.id, run, found.owner)
    models.nominate(session, model, added.number, found.owner)
    improvements.step(session, found.id, "training", status="comparing", candidate=added.number)
    queue.compare(session, version, found.owner)


def _improvement(home: House, job: Job) -> Improvement:
    with home.database.read() as session:
        found = improvements.of_version(session, job.version or 0)
    if found is None:
        raise NotFound("The model that was to be improved is not there, or no longer.")
    return found


def _made(home: House, job: Job) -> Version:
    """The version, with its table."""
    with home.database.read() as session:
        version = datasets.version(session, job.version or 0)
    if version is None or version.table_key is None:
        raise NotFound("The data that were to be learned from are not there, or no longer.")
    return version


def _queue_run(session: Session, found: Improvement, recipe: Recipe, counts: dict[str, int]) -> None:
    """Production's recipe as a run on the new version."""
    version, model = datasets.version(session, found.version or 0), models.get(session, found.model)
    if version is None or model is None or found.status != "gathering":
        return
    run = runs.add(
        session,
        owner=found.owner,
        dataset=version.dataset,
        version=version.id,
        name=model.name,
        recipe=recipe.model_dump(mode="json"),
        target=recipe.target,
        answer=recipe.answer,
        family=recipe.model.family,
        request_key=f"improvement {found.id}",
    )
    queue.train(session, run)
    improvements.step(session, found.id, "gathering", status="training", run=run.id, rows=counts)


def _parts_of_taught(home: House, version: Version, recipe: Recipe) -> pd.Series[Any]:
    """The part of each row that was taught for this version, indexed by row id."""
    with home.database.read() as session:
        ids = [each.row_id for each in improvements.taught(session, version.id)]
    parts = splits.membership(home, version, recipe)
    return parts[parts.index.isin(ids)]
