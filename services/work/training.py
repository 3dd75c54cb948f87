"""Carries a training job out: what the engine needs from the house, and what it leaves to the house."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine import devices
from engine.errors import NotFound
from engine.events import Wish
from engine.fitting import Fitting
from engine.preparing import RunData, prune
from engine.recipe import Effort, Input, Recipe
from engine.table.columns import ROW, Column, Kind, Schema
from services import keys, results, splits, teaching, versions
from services.house import House
from services.work import folders, improving
from services.work.reporting import Reporter
from storage.queries import datasets, improvements, progress, runs
from storage.queries.jobs import Superseded
from storage.records import Job, Run, Version

if TYPE_CHECKING:
    from engine.results import Evaluation
    from engine.running import Outcome

log = logging.getLogger(__name__)

KEPT_PREPARED = 10 * 1024**3
"""Bytes of encoded rows that are kept for later runs on the same columns."""
WARM_ROWS = 400


def carry_out_training(home: House, job: Job, reporter: Reporter) -> None:
    """Trains the job's run, going on from what an earlier attempt left, and finishes it with its bundle in place.

    Raises UserError, Stopped, and Superseded when another attempt took over.
    """
    from engine.running import carry_out

    run, version = _subject(home, job)
    recipe = Recipe.model_validate(run.recipe)
    folder = folders.of_run(home, run.id)
    if not folder.exists():
        with home.database.write() as session:
            progress.clear(session, job.id, job.attempts)
    reporter.device(devices.device(neural=recipe.model.neural))
    data = replace(_data(home, version, recipe), start=_start(home, run))
    outcome = carry_out(recipe, data, folder=folder, emit=reporter.emit, wishes=reporter.wishes, spent=reporter.waited)
    reporter.flush()
    _publish(home, job, run, outcome)
    folders.remove(home, run.id)
    prune(folders.prepared(home), KEPT_PREPARED)


def warm_up(needed: Callable[[], bool]) -> None:
    """Imports what a run needs, then trains on a few made-up rows, so that all is traced and loaded.

    Not when it is `needed` by then: what is left to warm up would only make a run wait.
    """
    import sklearn.ensemble  # noqa: F401
    import skops.io  # noqa: F401

    import engine.training  # noqa: F401

    if needed():
        return
    with tempfile.TemporaryDirectory(prefix="loam-warm-") as folder:
        try:
            _train_on_nothing(Path(folder))
        except Exception:
            log.exception("The spare process could not warm up; it serves all the same.")


def headline(evaluation: Evaluation) -> progress.Headline:
    """A run's outcome in one line, for lists."""
    metric = evaluation.metric(evaluation.headline)
    if metric is None:
        raise ValueError(f"The evaluation lacks its headline metric {evaluation.headline}.")
    guess = evaluation.metric(evaluation.headline, "guess")
    baseline = evaluation.metric(evaluation.headline, "baseline")
    return progress.Headline(
        metric=metric.name,
        higher_is_better=metric.higher_is_better,
        value=metric.value,
        low=metric.low,
        high=metric.high,
        guess=None if guess is None else guess.value,
        baseline=None if baseline is None else baseline.value,
        test_rows=evaluation.rows,
        verdict=evaluation.verdict.model_dump(mode="json"),
    )


def _subject(home: House, job: Job) -> tuple[Run, Version]:
    with home.database.read() as session:
        run = runs.get(session, job.run or 0)
        version = None if run is None else datasets.version(session, run.version)
    if run is None or version is None or version.table_key is None or version.schema is None:
        raise NotFound("The data of this run is not there, or no longer.")
    return run, version


def _data(home: House, version: Version, recipe: Recipe) -> RunData:
    """`version` is ready: `_subject` saw to it."""
    return RunData(
        table=home.files.path(version.table_key or ""),
        schema=Schema.model_validate(version.schema),
        parts=splits.membership(home, version, recipe),
        cache=folders.prepared_of(home, version.dataset),
        options=versions.options_of(version),
        steps=versions.steps_of(version),
        pictures=home.files.path(keys.pictures(version.dataset)),
        weights=home.settings.weights_folder,
    )


def _start(home: House, run: Run) -> Path | None:
    """The bundle whose columns and weights the run begins with; None for a run that begins from nothing."""
    with home.database.read() as session:
        found = improvements.of_run(session, run.id)
    if found is None or not found.from_weights:
        return None
    return results.bundle_of(teaching.production_run(home, found))


def _publish(home: House, job: Job, run: Run, outcome: Outcome) -> None:
    """Puts the bundle among the artifacts, then finishes the run; nobody sees one without the other."""
    key = keys.bundle(run.id, run.attempt)
    mark = hashlib.sha256((outcome.bundle / "manifest.json").read_bytes()).hexdigest()
    with home.files.new(key) as place:
        shutil.move(outcome.bundle, place)
    try:
        with home.database.write() as session:
            line = headline(outcome.evaluation)
            progress.finish(session, job.id, job.attempts, bundle_key=key, bundle_hash=mark, line=line)
            improving.after_training(session, run.id)
    except Superseded:
        home.files.remove(key)
        raise


def _train_on_nothing(folder: Path) -> None:
    from engine.running import carry_out

    random = np.random.default_rng(0)
    frame = pd.DataFrame({ROW: np.arange(WARM_ROWS), "x": random.normal(size=WARM_ROWS)})
    frame["c"] = np.where(random.random(WARM_ROWS) < 0.5, "a", "b")
    frame["y"] = np.where(frame["x"] > 0, "yes", "no")
    frame.to_parquet(folder / "table.parquet", index=False)
    columns: tuple[tuple[str, Kind], ...] = (("x", "number"), ("c", "category"), ("y", "category"))
    schema = Schema(columns=tuple(Column(name=name, kind=kind, read_as=kind) for name, kind in columns))
    recipe = Recipe(
        target="y",
        answer="binary",
        inputs=(Input(name="x", kind="number"), Input(name="c", kind="category")),
        fitting=Fitting(epochs=1),
        effort=Effort(name="own", seconds=5),
    )
    parts = pd.Series(np.array(["train", "train", "validation", "test"])[np.arange(WARM_ROWS) % 4], index=frame[ROW])
    data = RunData(table=folder / "table.parquet", schema=schema, parts=parts, cache=folder / "cache")
    carry_out(recipe, data, folder=folder / "run", emit=lambda _: None, wishes=lambda: Wish.GO_ON)
