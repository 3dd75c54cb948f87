"""Finished runs that took no training, with test rows as bundles hold them: models need no more of a run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.models import GradientBoosting
from engine.recipe import Input, Recipe
from services import keys
from services.access import User
from services.house import House
from storage.queries import jobs, progress, runs
from storage.records import Run, Version
from tests.engine.test_comparison import classes
from tests.storage.rows import a_run, a_version

ROWS = 200


def a_data_set(home: House, user: User) -> Version:
    """A version of a data set, without its table."""
    with home.database.write() as session:
        return a_version(session, user.id)


def a_finished_run(home: House, user: User, version: Version, key: str, *, skill: float = 1.0, **values: Any) -> Run:
    """A run whose answers are the better, the greater its `skill`."""
    given: dict[str, Any] = {"name": "Who buys?", "target": "bought", "answer": "binary"} | values
    recipe = Recipe(
        target=given["target"], answer=given["answer"], inputs=(Input(name="age", kind="number"),),
        model=GradientBoosting(),
    )  # fmt: skip
    with home.database.write() as session:
        run = a_run(session, version, user.id, key, recipe=recipe.model_dump(mode="json"), **given)
        jobs.add(session, "train", "train", user.id, run=run.id)
        job = jobs.claim(session, "train", "test", timedelta(minutes=5))
    assert job is not None
    assert job.run == run.id
    rows = classes(range(ROWS), skill)
    bundle = keys.bundle(run.id, job.attempts)
    with home.files.new(bundle) as folder:
        folder.mkdir()
        rows.to_parquet(folder / "test_rows.parquet", index=False)
    right = round(100 * (rows["truth"] == rows["answer"]).mean())
    said = {"text": "Right {value} times in 100", "values": {"value": f"{right}"}}
    ranged = {"text": "Right {value} times in 100 ({low}–{high}).",
              "values": {"value": f"{right}", "low": f"{right - 5}", "high": f"{right + 5}"}}  # fmt: skip
    line = progress.Headline(
        metric="accuracy", higher_is_better=True, value=right / 100, low=right / 100 - 0.05, high=right / 100 + 0.05,
        guess=0.6, baseline=None, test_rows=ROWS, verdict={"short": said, "headline": ranged},
    )  # fmt: skip
    with home.database.write() as session:
        progress.finish(session, job.id, job.attempts, bundle_key=bundle, bundle_hash=f"{run.id:064}", line=line)
        done = runs.get(session, run.id)
    assert done is not None
    return done
